// RUN: chameleon-opt %s --transform-interpreter --split-input-file --verify-diagnostics | FileCheck %s

// 5x5 pixels are four squares of 4x4, of which only the part within is copied to the result. Rows and columns beyond the image
// repeat its last ones. Three squares of four are a tile, the fourth another one.
// CHECK-LABEL: func @squares_beyond
// CHECK: tensor.empty() : tensor<1x1x8x8x4xf64>
// CHECK: arith.minsi
// CHECK: scf.for {{.*}} -> (vector<4xf64>, vector<4xf64>, vector<4xf64>)
// CHECK: scf.for {{.*}} -> (vector<4xf64>)
// CHECK: %[[WITHIN:.*]] = tensor.extract_slice %{{.*}}[0, 0, 0, 0, 0] [1, 1, 5, 5, 4] [1, 1, 1, 1, 1]
// CHECK: linalg.copy {copy} ins(%[[WITHIN]]
#image = affine_map<(n, ko, oh, ow, ki, co, r, s, ci) -> (n, co, oh + r, ow + s, ci)>
#weights = affine_map<(n, ko, oh, ow, ki, co, r, s, ci) -> (ko, co, r, s, ci, ki)>
#result = affine_map<(n, ko, oh, ow, ki, co, r, s, ci) -> (n, ko, oh, ow, ki)>
module attributes {transform.with_named_sequence} {
  func.func @squares_beyond(%image: tensor<1x1x7x7x2xf64>, %weights: tensor<1x1x3x3x2x4xf64>, %out: tensor<1x1x5x5x4xf64>) -> tensor<1x1x5x5x4xf64> {
    %zero = arith.constant 0.0 : f64
    %fill = linalg.fill ins(%zero : f64) outs(%out : tensor<1x1x5x5x4xf64>) -> tensor<1x1x5x5x4xf64>
    %0 = linalg.generic {indexing_maps = [#image, #weights, #result], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction", "reduction"]}
        ins(%image, %weights : tensor<1x1x7x7x2xf64>, tensor<1x1x3x3x2x4xf64>) outs(%fill : tensor<1x1x5x5x4xf64>) {
    ^bb0(%a: f64, %b: f64, %c: f64):
      %1 = arith.mulf %a, %b : f64
      %2 = arith.addf %c, %1 : f64
      linalg.yield %2 : f64
    } -> tensor<1x1x5x5x4xf64>
    return %0 : tensor<1x1x5x5x4xf64>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %convolution = transform.structured.match ops{["linalg.generic"]} in %root : (!transform.any_op) -> !transform.any_op
    %four = transform.param.constant 4 : i64 -> !transform.param<i64>
    %three = transform.param.constant 3 : i64 -> !transform.param<i64>
    %copies = transform.chameleon.lower_winograd %convolution outputs %four blocks %four tiles %three
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    transform.annotate %copies "copy" : !transform.any_op
    transform.yield
  }
}

// RUN: chameleon-opt %s --transform-interpreter --canonicalize --cse | FileCheck %s

// The residual is read like the result, the bias once for each column; a column vector is spread.
// CHECK-LABEL: func @pointwise(
// CHECK:         gpu.launch
// CHECK:           scf.for
// CHECK:           vector.load {{.*}} {alignment = 16 : i64} : memref<32xf32>, vector<4xf32>
// CHECK:           vector.load {{.*}} {alignment = 16 : i64} : memref<100352xf32>, vector<4xf32>
// CHECK:           %[[SCALAR:.*]] = vector.load {{.*}} {alignment = 4 : i64} : memref<3136xf32>, vector<1xf32>
// CHECK:           %[[ELEMENT:.*]] = vector.extract %[[SCALAR]][0]
// CHECK:           vector.broadcast %[[ELEMENT]] : f32 to vector<4xf32>
#id = affine_map<(n, h, w, c) -> (n, h, w, c)>
#channel = affine_map<(n, h, w, c) -> (c)>
#pixel = affine_map<(n, h, w, c) -> (h, w)>
module attributes {transform.with_named_sequence} {
  func.func @pointwise(%x: tensor<1x56x56x64xf32>, %w: tensor<1x1x64x32xf32>, %bias: tensor<32xf32>, %residual: tensor<1x56x56x32xf32>, %mask: tensor<56x56xf32>, %out: tensor<1x56x56x32xf32>) -> tensor<1x56x56x32xf32> {
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<1x56x56x32xf32>
    %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<1x56x56x32xf32>) -> tensor<1x56x56x32xf32>
    %0 = linalg.conv_2d_nhwc_hwcf {dilations = dense<1> : vector<2xi64>, strides = dense<1> : vector<2xi64>}
        ins(%x, %w : tensor<1x56x56x64xf32>, tensor<1x1x64x32xf32>) outs(%fill : tensor<1x56x56x32xf32>) -> tensor<1x56x56x32xf32>
    %1 = linalg.generic {indexing_maps = [#id, #channel, #id, #pixel, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
        ins(%0, %bias, %residual, %mask : tensor<1x56x56x32xf32>, tensor<32xf32>, tensor<1x56x56x32xf32>, tensor<56x56xf32>) outs(%out : tensor<1x56x56x32xf32>) {
    ^bb0(%a: f32, %b: f32, %r: f32, %m: f32, %o: f32):
      %2 = arith.addf %a, %b : f32
      %3 = arith.addf %2, %r : f32
      %4 = arith.mulf %3, %m : f32
      linalg.yield %4 : f32
    } -> tensor<1x56x56x32xf32>
    return %1 : tensor<1x56x56x32xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["linalg.conv_2d_nhwc_hwcf"]} in %root : (!transform.any_op) -> !transform.any_op
    %tile = transform.param.constant 32 : i64 -> !transform.param<i64>
    %one = transform.param.constant 1 : i64 -> !transform.param<i64>
    %two = transform.param.constant 2 : i64 -> !transform.param<i64>
    %four = transform.param.constant 4 : i64 -> !transform.param<i64>
    %untouched = transform.param.constant 0 : i64 -> !transform.param<i64>
    %launches = transform.chameleon.lower_to_gpu_contraction %op tile %tile, %tile, %tile interleave %one, %one thread %two, %four
        stages %two pad %four turn %untouched splits %one cluster %one
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    transform.yield
  }
}

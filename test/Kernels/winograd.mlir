// RUN: chameleon-opt %s --transform-interpreter --split-input-file --verify-diagnostics | FileCheck %s

// A strip of two rows of a 4x4 image, two of four blocks of channels. All weights are transformed, ahead of the loops; squares of
// 2x2 pixels make 16 products of 2 squares x 16 channels, in tiles of 2 blocks x 2 squares.
// CHECK-LABEL: func @strips
// CHECK-SAME: %[[IMAGE:[^:]*]]: tensor<1x2x6x6x8xf32>, %[[WEIGHTS:[^:]*]]: tensor<4x2x3x3x8x8xf32>
// CHECK: %[[ALL:.*]] = tensor.empty() : tensor<16x4x16x8xf32>
// CHECK: %[[TRANSFORMED:.*]] = scf.for {{.*}} iter_args(%{{.*}} = %[[ALL]])
// CHECK-COUNT-3: vector.transfer_read %[[WEIGHTS]]
// CHECK-COUNT-4: vector.transfer_write
// CHECK: scf.for %[[BLOCK:.*]] = %{{.*}} to %{{.*}} step %{{.*}} -> (tensor<1x4x4x4x8xf32>)
// CHECK: %[[PART:.*]] = tensor.extract_slice %[[IMAGE]]
// CHECK-NOT: linalg.fill
// CHECK: tensor.empty() : tensor<16x2x24xf32>
// CHECK-COUNT-4: vector.transfer_read %[[PART]]{{.*}} tensor<1x2x4x6x8xf32>, vector<8xf32>
// CHECK: tensor.empty() : tensor<16x2x3x8xf32>
// CHECK: affine.apply {{.*}}(%{{.*}}, %[[BLOCK]])
// CHECK: scf.for {{.*}} -> (vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>)
// CHECK: vector.transfer_read %[[TRANSFORMED]]
// CHECK: vector.transfer_read %[[TRANSFORMED]]
// CHECK-COUNT-4: math.fma
// CHECK-COUNT-4: vector.transfer_write {{.*}} tensor<16x2x3x8xf32>
// CHECK: vector.transfer_write {{.*}} tensor<1x2x2x4x8xf32>
// CHECK-NOT: linalg.
// CHECK: return
#image = affine_map<(n, ko, oh, ow, ki, co, r, s, ci) -> (n, co, oh + r, ow + s, ci)>
#weights = affine_map<(n, ko, oh, ow, ki, co, r, s, ci) -> (ko, co, r, s, ci, ki)>
#result = affine_map<(n, ko, oh, ow, ki, co, r, s, ci) -> (n, ko, oh, ow, ki)>
module attributes {transform.with_named_sequence} {
  func.func @strips(%image: tensor<1x2x6x6x8xf32>, %weights: tensor<4x2x3x3x8x8xf32>, %out: tensor<1x4x4x4x8xf32>) -> tensor<1x4x4x4x8xf32> {
    %zero = arith.constant 0.0 : f32
    %fill = linalg.fill ins(%zero : f32) outs(%out : tensor<1x4x4x4x8xf32>) -> tensor<1x4x4x4x8xf32>
    %0 = linalg.generic {indexing_maps = [#image, #weights, #result], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction", "reduction"]}
        ins(%image, %weights : tensor<1x2x6x6x8xf32>, tensor<4x2x3x3x8x8xf32>) outs(%fill : tensor<1x4x4x4x8xf32>) {
    ^bb0(%a: f32, %b: f32, %c: f32):
      %1 = arith.mulf %a, %b : f32
      %2 = arith.addf %c, %1 : f32
      linalg.yield %2 : f32
    } -> tensor<1x4x4x4x8xf32>
    return %0 : tensor<1x4x4x4x8xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %convolution = transform.structured.match ops{["linalg.generic"]} in %root : (!transform.any_op) -> !transform.any_op
    %part, %loops:2 = transform.structured.fuse %convolution tile_sizes [0, 2, 2] : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op)
    %two = transform.param.constant 2 : i64 -> !transform.param<i64>
    %copies = transform.chameleon.lower_winograd %part outputs %two blocks %two tiles %two
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    transform.yield
  }
}

// -----

#image = affine_map<(n, ko, oh, ow, ki, co, r, s, ci) -> (n, co, oh * 2 + r, ow * 2 + s, ci)>
#weights = affine_map<(n, ko, oh, ow, ki, co, r, s, ci) -> (ko, co, r, s, ci, ki)>
#result = affine_map<(n, ko, oh, ow, ki, co, r, s, ci) -> (n, ko, oh, ow, ki)>
module attributes {transform.with_named_sequence} {
  func.func @stride(%image: tensor<1x1x9x9x4xf32>, %weights: tensor<1x1x3x3x4x4xf32>, %out: tensor<1x1x4x4x4xf32>) -> tensor<1x1x4x4x4xf32> {
    %zero = arith.constant 0.0 : f32
    %fill = linalg.fill ins(%zero : f32) outs(%out : tensor<1x1x4x4x4xf32>) -> tensor<1x1x4x4x4xf32>
    // expected-note @below {{when applied to this op}}
    %0 = linalg.generic {indexing_maps = [#image, #weights, #result], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction", "reduction"]}
        ins(%image, %weights : tensor<1x1x9x9x4xf32>, tensor<1x1x3x3x4x4xf32>) outs(%fill : tensor<1x1x4x4x4xf32>) {
    ^bb0(%a: f32, %b: f32, %c: f32):
      %1 = arith.mulf %a, %b : f32
      %2 = arith.addf %c, %1 : f32
      linalg.yield %2 : f32
    } -> tensor<1x1x4x4x4xf32>
    return %0 : tensor<1x1x4x4x4xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %convolution = transform.structured.match ops{["linalg.generic"]} in %root : (!transform.any_op) -> !transform.any_op
    %two = transform.param.constant 2 : i64 -> !transform.param<i64>
    // expected-error @below {{expects a stride and a dilation of 1 and all channels of the image}}
    %copies = transform.chameleon.lower_winograd %convolution outputs %two blocks %two tiles %two
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    transform.yield
  }
}

// -----

#image = affine_map<(n, ko, oh, ow, ki, co, r, s, ci) -> (n, co, oh + r, ow + s, ci)>
#weights = affine_map<(n, ko, oh, ow, ki, co, r, s, ci) -> (ko, co, r, s, ci, ki)>
#result = affine_map<(n, ko, oh, ow, ki, co, r, s, ci) -> (n, ko, oh, ow, ki)>
module attributes {transform.with_named_sequence} {
  func.func @batch(%image: tensor<2x1x6x6x4xf32>, %weights: tensor<1x1x3x3x4x4xf32>, %out: tensor<2x1x4x4x4xf32>) -> tensor<2x1x4x4x4xf32> {
    %zero = arith.constant 0.0 : f32
    %fill = linalg.fill ins(%zero : f32) outs(%out : tensor<2x1x4x4x4xf32>) -> tensor<2x1x4x4x4xf32>
    // expected-note @below {{when applied to this op}}
    %0 = linalg.generic {indexing_maps = [#image, #weights, #result], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction", "reduction"]}
        ins(%image, %weights : tensor<2x1x6x6x4xf32>, tensor<1x1x3x3x4x4xf32>) outs(%fill : tensor<2x1x4x4x4xf32>) {
    ^bb0(%a: f32, %b: f32, %c: f32):
      %1 = arith.mulf %a, %b : f32
      %2 = arith.addf %c, %1 : f32
      linalg.yield %2 : f32
    } -> tensor<2x1x4x4x4xf32>
    return %0 : tensor<2x1x4x4x4xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %convolution = transform.structured.match ops{["linalg.generic"]} in %root : (!transform.any_op) -> !transform.any_op
    %two = transform.param.constant 2 : i64 -> !transform.param<i64>
    // expected-error @below {{expects a batch of 1, found 2}}
    %copies = transform.chameleon.lower_winograd %convolution outputs %two blocks %two tiles %two
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  func.func @exp(%a: tensor<4xf32>) -> tensor<4xf32> {
    // expected-note @below {{when applied to this op}}
    %0 = linalg.exp ins(%a : tensor<4xf32>) outs(%a : tensor<4xf32>) -> tensor<4xf32>
    return %0 : tensor<4xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %exp = transform.structured.match ops{["linalg.exp"]} in %root : (!transform.any_op) -> !transform.any_op
    %two = transform.param.constant 2 : i64 -> !transform.param<i64>
    %three = transform.param.constant 3 : i64 -> !transform.param<i64>
    // expected-error @below {{expects 2 or 4 outputs, found 3}}
    %copies = transform.chameleon.lower_winograd %exp outputs %three blocks %two tiles %two
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    transform.yield
  }
}

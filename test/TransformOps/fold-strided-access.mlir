// RUN: chameleon-opt %s --transform-interpreter --split-input-file --verify-diagnostics | FileCheck %s

// A tile of a convolution with stride 2 and dilation 3: of a row every second pixel is read, and neither the batch, nor the row, nor
// the window moves. The weights are read along loops already.
// CHECK: #[[$PIXELS:.*]] = affine_map<(d0, d1, d2, d3, d4, d5) -> (d2)>
// CHECK: #[[$WEIGHTS:.*]] = affine_map<(d0, d1, d2, d3, d4, d5) -> (d4, d5, d3)>
// CHECK-LABEL: func @strided
// CHECK-SAME: %[[IMAGE:[^:]*]]: tensor<1x1x27xf32>
// CHECK: %[[SLICE:.*]] = tensor.extract_slice %[[IMAGE]][0, 0, 0] [1, 1, 14] [1, 1, 2] : tensor<1x1x27xf32> to tensor<14xf32>
// CHECK: linalg.generic {indexing_maps = [#[[$PIXELS]], #[[$WEIGHTS]],
// CHECK-SAME: ins(%[[SLICE]], %{{.*}} : tensor<14xf32>, tensor<1x1x16xf32>)
#image = affine_map<(n, oh, ow, ki, r, s) -> (n, oh * 2 + r * 3, ow * 2 + s * 3)>
#weights = affine_map<(n, oh, ow, ki, r, s) -> (r, s, ki)>
#result = affine_map<(n, oh, ow, ki, r, s) -> (n, oh, ow, ki)>
module attributes {transform.with_named_sequence} {
  func.func @strided(%image: tensor<1x1x27xf32>, %weights: tensor<1x1x16xf32>, %out: tensor<1x1x14x16xf32>) -> tensor<1x1x14x16xf32> {
    %0 = linalg.generic {indexing_maps = [#image, #weights, #result],
        iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]}
        ins(%image, %weights : tensor<1x1x27xf32>, tensor<1x1x16xf32>) outs(%out : tensor<1x1x14x16xf32>) {
    ^bb0(%x: f32, %w: f32, %o: f32):
      %p = arith.mulf %x, %w : f32
      %q = arith.addf %o, %p : f32
      linalg.yield %q : f32
    } -> tensor<1x1x14x16xf32>
    return %0 : tensor<1x1x14x16xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %op = transform.structured.match ops{["linalg.generic"]} in %root : (!transform.any_op) -> !transform.any_op
    transform.chameleon.fold_strided_access %op : !transform.any_op
    transform.yield
  }
}

// -----

// Read along two loops at once: a window of more than one element. A constant offset is kept; dynamic sizes are left alone.
// CHECK-LABEL: func @two_loops
// CHECK-NOT: extract_slice
// CHECK-LABEL: func @offset
// CHECK: tensor.extract_slice %{{.*}}[3] [4] [1] : tensor<8xf32> to tensor<4xf32>
// CHECK-LABEL: func @dynamic
// CHECK-NOT: extract_slice
#window = affine_map<(ow, s) -> (ow + s)>
#kept = affine_map<(ow, s) -> (ow)>
#shifted = affine_map<(i) -> (i + 3)>
#id = affine_map<(i) -> (i)>
module attributes {transform.with_named_sequence} {
  func.func @two_loops(%image: tensor<16xf32>, %taps: tensor<3xf32>, %out: tensor<14xf32>) -> tensor<14xf32> {
    %0 = linalg.generic {indexing_maps = [#window, affine_map<(ow, s) -> (s)>, #kept], iterator_types = ["parallel", "reduction"]}
        ins(%image, %taps : tensor<16xf32>, tensor<3xf32>) outs(%out : tensor<14xf32>) {
    ^bb0(%x: f32, %w: f32, %o: f32):
      %q = arith.addf %o, %x : f32
      linalg.yield %q : f32
    } -> tensor<14xf32>
    return %0 : tensor<14xf32>
  }
  func.func @offset(%image: tensor<8xf32>, %out: tensor<4xf32>) -> tensor<4xf32> {
    %0 = linalg.generic {indexing_maps = [#shifted, #id], iterator_types = ["parallel"]}
        ins(%image : tensor<8xf32>) outs(%out : tensor<4xf32>) {
    ^bb0(%x: f32, %o: f32):
      linalg.yield %x : f32
    } -> tensor<4xf32>
    return %0 : tensor<4xf32>
  }
  func.func @dynamic(%image: tensor<?xf32>, %out: tensor<?xf32>) -> tensor<?xf32> {
    %0 = linalg.generic {indexing_maps = [#shifted, #id], iterator_types = ["parallel"]}
        ins(%image : tensor<?xf32>) outs(%out : tensor<?xf32>) {
    ^bb0(%x: f32, %o: f32):
      linalg.yield %x : f32
    } -> tensor<?xf32>
    return %0 : tensor<?xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %op = transform.structured.match ops{["linalg.generic"]} in %root : (!transform.any_op) -> !transform.any_op
    transform.chameleon.fold_strided_access %op : !transform.any_op
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  // expected-note @below {{when applied to this op}}
  func.func @f() {
    return
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %functions = transform.structured.match ops{["func.func"]} in %root : (!transform.any_op) -> !transform.any_op
    // expected-error @below {{expects a linalg.generic on tensors, found func.func}}
    transform.chameleon.fold_strided_access %functions : !transform.any_op
    transform.yield
  }
}

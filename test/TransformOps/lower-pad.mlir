// RUN: chameleon-opt %s --transform-interpreter --split-input-file --verify-diagnostics | FileCheck %s

// The border of an image of 2 channels: above, below, and, between these, the left and the right.
// CHECK-LABEL: func @pad
// CHECK-SAME: %[[SOURCE:[^:]*]]: tensor<2x5x7xf32>
// CHECK: %[[EMPTY:.*]] = tensor.empty() : tensor<2x8x9xf32>
// CHECK: tensor.extract_slice %[[EMPTY]][0, 0, 0] [2, 1, 9]
// CHECK: linalg.fill {fill}
// CHECK: %[[ABOVE:.*]] = tensor.insert_slice {{.*}} into %[[EMPTY]][0, 0, 0] [2, 1, 9]
// CHECK: linalg.fill {fill}
// CHECK: %[[BELOW:.*]] = tensor.insert_slice {{.*}} into %[[ABOVE]][0, 6, 0] [2, 2, 9]
// CHECK: linalg.fill {fill}
// CHECK: %[[LEFT:.*]] = tensor.insert_slice {{.*}} into %[[BELOW]][0, 1, 0] [2, 5, 1]
// CHECK: linalg.fill {fill}
// CHECK: %[[RIGHT:.*]] = tensor.insert_slice {{.*}} into %[[LEFT]][0, 1, 8] [2, 5, 1]
// CHECK: %[[INSIDE:.*]] = tensor.extract_slice %[[RIGHT]][0, 1, 1] [2, 5, 7]
// CHECK: %[[COPY:.*]] = linalg.copy {copy} ins(%[[SOURCE]] : tensor<2x5x7xf32>) outs(%[[INSIDE]]
// CHECK: %[[ALL:.*]] = tensor.insert_slice %[[COPY]] into %[[RIGHT]][0, 1, 1] [2, 5, 7]
// CHECK: return %[[ALL]]
// CHECK-LABEL: func @value_inside
// CHECK: %[[VALUE:.*]] = arith.constant 1.0
// CHECK: linalg.fill {fill} ins(%[[VALUE]]
// CHECK-NOT: linalg.fill
// CHECK: linalg.copy
module attributes {transform.with_named_sequence} {
  func.func @pad(%source: tensor<2x5x7xf32>) -> tensor<2x8x9xf32> {
    %zero = arith.constant 0.0 : f32
    %0 = tensor.pad %source low[0, 1, 1] high[0, 2, 1] {
    ^bb0(%i: index, %j: index, %k: index):
      tensor.yield %zero : f32
    } : tensor<2x5x7xf32> to tensor<2x8x9xf32>
    return %0 : tensor<2x8x9xf32>
  }
  func.func @value_inside(%source: tensor<4xf32>) -> tensor<6xf32> {
    %0 = tensor.pad %source low[0] high[2] {
    ^bb0(%i: index):
      %one = arith.constant 1.0 : f32
      tensor.yield %one : f32
    } : tensor<4xf32> to tensor<6xf32>
    return %0 : tensor<6xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %pads = transform.structured.match ops{["tensor.pad"]} in %root : (!transform.any_op) -> !transform.any_op
    %fills, %copies = transform.chameleon.lower_pad %pads : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.annotate %fills "fill" : !transform.any_op
    transform.annotate %copies "copy" : !transform.any_op
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  func.func @dynamic(%source: tensor<?xf32>) -> tensor<?xf32> {
    %zero = arith.constant 0.0 : f32
    // expected-note @below {{when applied to this op}}
    %0 = tensor.pad %source low[1] high[1] {
    ^bb0(%i: index):
      tensor.yield %zero : f32
    } : tensor<?xf32> to tensor<?xf32>
    return %0 : tensor<?xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %pads = transform.structured.match ops{["tensor.pad"]} in %root : (!transform.any_op) -> !transform.any_op
    // expected-error @below {{expects static sizes}}
    %fills, %copies = transform.chameleon.lower_pad %pads : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  func.func @varying(%source: tensor<4xf32>) -> tensor<6xf32> {
    // expected-note @below {{when applied to this op}}
    %0 = tensor.pad %source low[1] high[1] {
    ^bb0(%i: index):
      %c = arith.index_cast %i : index to i32
      %f = arith.sitofp %c : i32 to f32
      tensor.yield %f : f32
    } : tensor<4xf32> to tensor<6xf32>
    return %0 : tensor<6xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %pads = transform.structured.match ops{["tensor.pad"]} in %root : (!transform.any_op) -> !transform.any_op
    // expected-error @below {{expects the same padding value everywhere}}
    %fills, %copies = transform.chameleon.lower_pad %pads : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
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
    // expected-error @below {{expects a tensor.pad}}
    %fills, %copies = transform.chameleon.lower_pad %functions : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

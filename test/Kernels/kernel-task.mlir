// RUN: chameleon-opt %s --split-input-file --transform-interpreter --canonicalize --cse | FileCheck %s

// What belongs to an operation: its fill, which begins the sum, the chain of what follows, and a destination elsewhere.
// CHECK-LABEL: func @chain(
// CHECK-SAME:    tensor<8xf32>, %[[OUT:[^:]*]]: tensor<8xf32>)
// CHECK-NOT:     linalg.
// CHECK:         arith.constant dense<1.5
// CHECK:         %[[RESULT:.*]] = bufferization.to_buffer %[[OUT]] : tensor<8xf32>
// CHECK:         gpu.launch
// CHECK:           arith.addf {{.*}} : vector<1xf32>
// CHECK:           math.sqrt
// CHECK:           arith.negf
// CHECK-NOT:     materialize_in_destination
// CHECK:         bufferization.to_tensor %[[RESULT]] restrict writable
module attributes {transform.with_named_sequence} {
  func.func @chain(%a: tensor<8x32xf32>, %start: tensor<8xf32>, %out: tensor<8xf32>) -> tensor<8xf32> {
    %c = arith.constant 1.5 : f32
    %empty = tensor.empty() : tensor<8xf32>
    %fill = linalg.fill ins(%c : f32) outs(%empty : tensor<8xf32>) -> tensor<8xf32>
    %0 = linalg.reduce {arith.addf} ins(%a : tensor<8x32xf32>) outs(%fill : tensor<8xf32>) dimensions = [1] {anchor}
    %1 = linalg.sqrt ins(%0 : tensor<8xf32>) outs(%empty : tensor<8xf32>) -> tensor<8xf32>
    %2 = linalg.negf ins(%1 : tensor<8xf32>) outs(%empty : tensor<8xf32>) -> tensor<8xf32>
    %3 = bufferization.materialize_in_destination %2 in %out : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
    return %3 : tensor<8xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match attributes {anchor} in %root : (!transform.any_op) -> !transform.any_op
    %warp = transform.param.constant 32 : i64 -> !transform.param<i64>
    %one = transform.param.constant 1 : i64 -> !transform.param<i64>
    %launch = transform.chameleon.lower_to_gpu_loops %op threads %warp lanes %one sharing %one
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    transform.yield
  }
}

// -----

// Padding that is no constant, and a result that is used twice, stay operations of their own.
// CHECK-LABEL: func @apart(
// CHECK:         tensor.pad
// CHECK:         gpu.launch
// CHECK:         linalg.sqrt
// CHECK:         linalg.negf
module attributes {transform.with_named_sequence} {
  func.func @apart(%a: tensor<8xf32>, %value: f32, %out: tensor<10xf32>) -> (tensor<10xf32>, tensor<10xf32>) {
    %padded = tensor.pad %a low[1] high[1] {
    ^bb0(%i: index):
      tensor.yield %value : f32
    } : tensor<8xf32> to tensor<10xf32>
    %empty = tensor.empty() : tensor<10xf32>
    %0 = linalg.exp {anchor} ins(%padded : tensor<10xf32>) outs(%empty : tensor<10xf32>) -> tensor<10xf32>
    %1 = linalg.sqrt ins(%0 : tensor<10xf32>) outs(%empty : tensor<10xf32>) -> tensor<10xf32>
    %2 = linalg.negf ins(%0 : tensor<10xf32>) outs(%out : tensor<10xf32>) -> tensor<10xf32>
    return %1, %2 : tensor<10xf32>, tensor<10xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match attributes {anchor} in %root : (!transform.any_op) -> !transform.any_op
    %warp = transform.param.constant 32 : i64 -> !transform.param<i64>
    %one = transform.param.constant 1 : i64 -> !transform.param<i64>
    %launch = transform.chameleon.lower_to_gpu_loops %op threads %warp lanes %one sharing %one
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    transform.yield
  }
}

// RUN: chameleon-opt %s --split-input-file --transform-interpreter --canonicalize --cse | FileCheck %s

// Which threads a warp is: those that take the fewest accesses of shared memory.

// Rows of 32 elements begin in one bank: threads of four rows would wait for each other, so that a warp is a line of threads.
// CHECK-LABEL: func @line(
// CHECK:         gpu.launch
// CHECK-NOT:       arith.remui %{{.*}}, %c32_i32
// CHECK:           nvvm.cp.async.commit.group
module attributes {transform.with_named_sequence} {
  func.func @line(%a: tensor<64x64xf32>, %b: tensor<64x64xf32>, %out: tensor<64x64xf32>) -> tensor<64x64xf32> {
    %0 = linalg.matmul ins(%a, %b : tensor<64x64xf32>, tensor<64x64xf32>) outs(%out : tensor<64x64xf32>) -> tensor<64x64xf32>
    return %0 : tensor<64x64xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["linalg.matmul"]} in %root : (!transform.any_op) -> !transform.any_op
    %tile = transform.param.constant 64 : i64 -> !transform.param<i64>
    %depth = transform.param.constant 32 : i64 -> !transform.param<i64>
    %zero = transform.param.constant 0 : i64 -> !transform.param<i64>
    %one = transform.param.constant 1 : i64 -> !transform.param<i64>
    %two = transform.param.constant 2 : i64 -> !transform.param<i64>
    %four = transform.param.constant 4 : i64 -> !transform.param<i64>
    %eight = transform.param.constant 8 : i64 -> !transform.param<i64>
    %launches = transform.chameleon.lower_to_gpu_contraction %op tile %tile, %tile, %depth interleave %one, %one thread %eight, %four
        stages %two pad %zero turn %zero splits %one cluster %one
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    transform.yield
  }
}

// -----

// Each thread has 2 x 4 rows and 4 columns, and rows are four elements longer than the tile: a block of 4 x 8 threads takes fewer
// accesses than a line.
// CHECK-LABEL: func @block(
// CHECK:         gpu.launch
// CHECK:           %[[LANE:.*]] = arith.remui %[[THREAD:.*]], %c32_i32
// CHECK-NEXT:      %[[WARP:.*]] = arith.divui %[[THREAD]], %c32_i32
// CHECK-NEXT:      arith.divui %[[LANE]], %c4_i32
// CHECK:           nvvm.cp.async.commit.group
module attributes {transform.with_named_sequence} {
  func.func @block(%a: tensor<64x64xf32>, %b: tensor<64x64xf32>, %out: tensor<64x64xf32>) -> tensor<64x64xf32> {
    %0 = linalg.matmul ins(%a, %b : tensor<64x64xf32>, tensor<64x64xf32>) outs(%out : tensor<64x64xf32>) -> tensor<64x64xf32>
    return %0 : tensor<64x64xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["linalg.matmul"]} in %root : (!transform.any_op) -> !transform.any_op
    %tile = transform.param.constant 64 : i64 -> !transform.param<i64>
    %depth = transform.param.constant 16 : i64 -> !transform.param<i64>
    %zero = transform.param.constant 0 : i64 -> !transform.param<i64>
    %one = transform.param.constant 1 : i64 -> !transform.param<i64>
    %two = transform.param.constant 2 : i64 -> !transform.param<i64>
    %four = transform.param.constant 4 : i64 -> !transform.param<i64>
    %launches = transform.chameleon.lower_to_gpu_contraction %op tile %tile, %tile, %depth interleave %two, %one thread %four, %four
        stages %two pad %four turn %zero splits %one cluster %one
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    transform.yield
  }
}

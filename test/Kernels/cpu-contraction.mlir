// RUN: chameleon-opt %s --transform-interpreter --split-input-file --verify-diagnostics | FileCheck %s

// Extents that are whole tiles: the result is accumulated in place, the right operand is read where it is.
// CHECK-LABEL: func @whole_tiles
// CHECK-SAME:    %[[A:.*]]: tensor<4x32xf32>, %[[B:.*]]: tensor<32x64xf32>, %[[OUT:.*]]: tensor<4x64xf32>
// CHECK:         %[[PANELS:.*]] = tensor.empty() : tensor<2x2x48xf32>
// CHECK:         %[[PACKED:.*]] = scf.for
// CHECK:           vector.transfer_read %[[A]]
// CHECK:         %[[FILL:.*]] = linalg.fill {{.*}} outs(%[[OUT]]
// CHECK:         %[[RESULT:.*]] = scf.for {{.*}} iter_args(%{{.*}} = %[[FILL]])
// CHECK:               scf.for {{.*}} -> (vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>)
// CHECK-COUNT-2:         vector.transfer_read %[[B]]
// CHECK:                 %[[LEFT:.*]] = tensor.extract %[[PACKED]]
// CHECK:                 vector.broadcast %[[LEFT]] : f32 to vector<16xf32>
// CHECK-COUNT-4:         math.fma
// CHECK:         return %[[RESULT]]
module attributes {transform.with_named_sequence} {
  func.func @whole_tiles(%a: tensor<4x32xf32>, %b: tensor<32x64xf32>, %out: tensor<4x64xf32>) -> tensor<4x64xf32> {
    %zero = arith.constant 0.0 : f32
    %fill = linalg.fill ins(%zero : f32) outs(%out : tensor<4x64xf32>) -> tensor<4x64xf32>
    %0 = linalg.matmul ins(%a, %b : tensor<4x32xf32>, tensor<32x64xf32>) outs(%fill : tensor<4x64xf32>) -> tensor<4x64xf32>
    return %0 : tensor<4x64xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %product = transform.structured.match ops{["linalg.matmul"]} in %root : (!transform.any_op) -> !transform.any_op
    %rows = transform.param.constant 2 : i64 -> !transform.param<i64>
    %columns = transform.param.constant 32 : i64 -> !transform.param<i64>
    %depth = transform.param.constant 32 : i64 -> !transform.param<i64>
    %yes = transform.param.constant 1 : i64 -> !transform.param<i64>
    %no = transform.param.constant 0 : i64 -> !transform.param<i64>
    %fills, %copies = transform.chameleon.lower_contraction %product rows %rows columns %columns depth %depth pack_lhs %yes pack_rhs %no
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>)
        -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

// A transposed right operand, a batch of one, extents that no tile divides: panels and accumulators are filled up, rows
// beyond the end repeat the last one, and the part that counts is copied to the destination.
// CHECK-LABEL: func @ragged
// CHECK-SAME:    %[[A:.*]]: tensor<1x5x7xf32>, %[[B:.*]]: tensor<1x9x7xf32>, %[[OUT:.*]]: tensor<1x5x9xf32>
// CHECK:         tensor.empty() : tensor<2x4x32xf32>
// CHECK:         tensor.empty() : tensor<1x16x16xf32>
// CHECK:         arith.minsi
// CHECK:         vector.transpose {{.*}} : vector<16x16xf32> to vector<16x16xf32>
// CHECK:         %[[SCRATCH:.*]] = tensor.empty() : tensor<8x16xf32>
// CHECK:         %[[FILL:.*]] = linalg.fill {{.*}} outs(%[[SCRATCH]]
// CHECK:         %[[RESULT:.*]] = scf.for {{.*}} iter_args(%{{.*}} = %[[FILL]])
// CHECK:         %[[PART:.*]] = tensor.extract_slice %[[RESULT]][0, 0] [5, 9] [1, 1]
// CHECK:         %[[COPY:.*]] = linalg.copy {copied} ins(%[[PART]] : tensor<5x9xf32>)
// CHECK:         tensor.insert_slice %[[COPY]] into %[[OUT]]
module attributes {transform.with_named_sequence} {
  func.func @ragged(%a: tensor<1x5x7xf32>, %b: tensor<1x9x7xf32>, %out: tensor<1x5x9xf32>) -> tensor<1x5x9xf32> {
    %zero = arith.constant 0.0 : f32
    %fill = linalg.fill ins(%zero : f32) outs(%out : tensor<1x5x9xf32>) -> tensor<1x5x9xf32>
    %0 = linalg.batch_matmul indexing_maps = [affine_map<(b, m, n, k) -> (b, m, k)>, affine_map<(b, m, n, k) -> (b, n, k)>, affine_map<(b, m, n, k) -> (b, m, n)>]
        ins(%a, %b : tensor<1x5x7xf32>, tensor<1x9x7xf32>) outs(%fill : tensor<1x5x9xf32>) -> tensor<1x5x9xf32>
    return %0 : tensor<1x5x9xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %product = transform.structured.match ops{["linalg.batch_matmul"]} in %root : (!transform.any_op) -> !transform.any_op
    %rows = transform.param.constant 4 : i64 -> !transform.param<i64>
    %columns = transform.param.constant 16 : i64 -> !transform.param<i64>
    %depth = transform.param.constant 4 : i64 -> !transform.param<i64>
    %yes = transform.param.constant 1 : i64 -> !transform.param<i64>
    %fills, %copies = transform.chameleon.lower_contraction %product rows %rows columns %columns depth %depth pack_lhs %yes pack_rhs %yes
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>)
        -> (!transform.any_op, !transform.any_op)
    transform.annotate %copies "copied" : !transform.any_op
    transform.yield
  }
}

// -----

// Operands packed block by block: the panels hold one block of the reduction, and are made within its loop.
// CHECK-LABEL: func @blocks
// CHECK-SAME:    %[[A:.*]]: tensor<4x32xf32>, %[[B:.*]]: tensor<32x16xf32>
// CHECK:         scf.for %[[FROM:.*]] = {{.*}} iter_args(
// CHECK-DAG:       %[[ROWS:.*]] = tensor.extract_slice %[[A]][0, %[[FROM]]]
// CHECK-DAG:       tensor.empty() : tensor<2x2x32xf32>
// CHECK-DAG:       %[[COLUMNS:.*]] = tensor.extract_slice %[[B]][%[[FROM]], 0]
// CHECK-DAG:       tensor.empty() : tensor<1x12x16xf32>
// CHECK:           scf.for %[[STEP:.*]] = %[[FROM]] to {{.*}} -> (vector<16xf32>, vector<16xf32>)
// CHECK:             affine.apply #{{.*}}(%[[STEP]], %[[FROM]])
module attributes {transform.with_named_sequence} {
  func.func @blocks(%a: tensor<4x32xf32>, %b: tensor<32x16xf32>, %out: tensor<4x16xf32>) -> tensor<4x16xf32> {
    %0 = linalg.matmul ins(%a, %b : tensor<4x32xf32>, tensor<32x16xf32>) outs(%out : tensor<4x16xf32>) -> tensor<4x16xf32>
    return %0 : tensor<4x16xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %product = transform.structured.match ops{["linalg.matmul"]} in %root : (!transform.any_op) -> !transform.any_op
    %rows = transform.param.constant 2 : i64 -> !transform.param<i64>
    %columns = transform.param.constant 16 : i64 -> !transform.param<i64>
    %depth = transform.param.constant 12 : i64 -> !transform.param<i64>
    %block = transform.param.constant 2 : i64 -> !transform.param<i64>
    %fills, %copies = transform.chameleon.lower_contraction %product rows %rows columns %columns depth %depth pack_lhs %block pack_rhs %block
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>)
        -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  func.func @batch(%a: tensor<2x4x8xf32>, %b: tensor<2x8x16xf32>, %out: tensor<2x4x16xf32>) -> tensor<2x4x16xf32> {
    // expected-note @below {{when applied to this op}}
    %0 = linalg.batch_matmul ins(%a, %b : tensor<2x4x8xf32>, tensor<2x8x16xf32>) outs(%out : tensor<2x4x16xf32>) -> tensor<2x4x16xf32>
    return %0 : tensor<2x4x16xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %product = transform.structured.match ops{["linalg.batch_matmul"]} in %root : (!transform.any_op) -> !transform.any_op
    %size = transform.param.constant 4 : i64 -> !transform.param<i64>
    // expected-error @below {{expects batch dimensions to be tiled to 1, found 2}}
    %fills, %copies = transform.chameleon.lower_contraction %product rows %size columns %size depth %size pack_lhs %size pack_rhs %size
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>)
        -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  func.func @dynamic(%a: tensor<?x8xf32>, %b: tensor<8x16xf32>, %out: tensor<?x16xf32>) -> tensor<?x16xf32> {
    // expected-note @below {{when applied to this op}}
    %0 = linalg.matmul ins(%a, %b : tensor<?x8xf32>, tensor<8x16xf32>) outs(%out : tensor<?x16xf32>) -> tensor<?x16xf32>
    return %0 : tensor<?x16xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %product = transform.structured.match ops{["linalg.matmul"]} in %root : (!transform.any_op) -> !transform.any_op
    %size = transform.param.constant 4 : i64 -> !transform.param<i64>
    // expected-error @below {{expects extents with a constant upper bound}}
    %fills, %copies = transform.chameleon.lower_contraction %product rows %size columns %size depth %size pack_lhs %size pack_rhs %size
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>)
        -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

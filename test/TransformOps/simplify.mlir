// RUN: chameleon-opt %s --transform-interpreter --split-input-file --verify-diagnostics | FileCheck %s

// Branches and loops that are decided go.
// CHECK-LABEL: func @decided
// CHECK-NEXT:    linalg.exp
// CHECK-NEXT:    return
module attributes {transform.with_named_sequence} {
  func.func @decided(%a: tensor<4xf32>) -> tensor<4xf32> {
    %false = arith.constant false
    %0 = scf.if %false -> tensor<4xf32> {
      %1 = linalg.exp ins(%a : tensor<4xf32>) outs(%a : tensor<4xf32>) -> tensor<4xf32>
      scf.yield %1 : tensor<4xf32>
    } else {
      scf.yield %a : tensor<4xf32>
    }
    %2 = scf.forall (%i) in (1) shared_outs(%out = %0) -> (tensor<4xf32>) {
      %part = tensor.extract_slice %out[%i] [4] [1] : tensor<4xf32> to tensor<4xf32>
      %3 = linalg.exp ins(%part : tensor<4xf32>) outs(%part : tensor<4xf32>) -> tensor<4xf32>
      scf.forall.in_parallel {
        tensor.parallel_insert_slice %3 into %out[%i] [4] [1] : tensor<4xf32> into tensor<4xf32>
      }
    }
    return %2 : tensor<4xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %functions = transform.structured.match ops{["func.func"]} in %root : (!transform.any_op) -> !transform.any_op
    transform.chameleon.simplify %functions : !transform.any_op
    transform.yield
  }
}

// -----

// Each of the two only where it is asked for.
// CHECK-LABEL: func @plain
// CHECK:         tensor.empty() : tensor<8xf32>
// CHECK:         tensor.extract_slice
// CHECK:         tensor.extract_slice
// CHECK:         vector.transfer_read
// CHECK-LABEL: func @folded
// CHECK-NOT:     tensor.extract_slice
// CHECK:         tensor.empty() : tensor<4xf32>
// CHECK:         vector.transfer_read %{{.*}}[%c4]
module attributes {transform.with_named_sequence} {
  func.func @plain(%a: tensor<8xf32>) -> (tensor<4xf32>, vector<4xf32>) {
    %zero = arith.constant 0.0 : f32
    %c0 = arith.constant 0 : index
    %e = tensor.empty() : tensor<8xf32>
    %0 = tensor.extract_slice %e[4] [4] [1] : tensor<8xf32> to tensor<4xf32>
    %1 = tensor.extract_slice %a[4] [4] [1] : tensor<8xf32> to tensor<4xf32>
    %2 = vector.transfer_read %1[%c0], %zero {in_bounds = [true]} : tensor<4xf32>, vector<4xf32>
    return %0, %2 : tensor<4xf32>, vector<4xf32>
  }
  func.func @folded(%a: tensor<8xf32>) -> (tensor<4xf32>, vector<4xf32>) attributes {fold} {
    %zero = arith.constant 0.0 : f32
    %c0 = arith.constant 0 : index
    %e = tensor.empty() : tensor<8xf32>
    %0 = tensor.extract_slice %e[4] [4] [1] : tensor<8xf32> to tensor<4xf32>
    %1 = tensor.extract_slice %a[4] [4] [1] : tensor<8xf32> to tensor<4xf32>
    %2 = vector.transfer_read %1[%c0], %zero {in_bounds = [true]} : tensor<4xf32>, vector<4xf32>
    return %0, %2 : tensor<4xf32>, vector<4xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %functions = transform.structured.match ops{["func.func"]} in %root : (!transform.any_op) -> !transform.any_op
    transform.chameleon.simplify %functions : !transform.any_op
    %folded = transform.structured.match ops{["func.func"]} attributes {fold} in %root : (!transform.any_op) -> !transform.any_op
    transform.chameleon.simplify %folded {fold_empty_tensors, fold_transfers} : !transform.any_op
    transform.yield
  }
}

// -----

// Slices that loops only write vectors to, and that are put back, go: of a permuted transfer, of two in a row, of a nest of
// loops, of undefined content. What is read too, put elsewhere or not whole remains.
// CHECK-DAG:     #[[$SWAP:.*]] = affine_map<(d0, d1, d2) -> (d2, d1)>
// CHECK-LABEL: func @written
// CHECK-SAME:    (%[[A:.*]]: tensor<4x16x16xf32>, %[[V:.*]]: vector<4x8xf32>)
// CHECK-NOT:     slice
// CHECK:         scf.for %[[I:.*]] = {{.*}} iter_args(%[[OUTER:.*]] = %[[A]]) -> (tensor<4x16x16xf32>)
// CHECK:           scf.for %[[J:.*]] = {{.*}} iter_args(%[[INNER:.*]] = %[[OUTER]]) -> (tensor<4x16x16xf32>)
// CHECK:             affine.apply #{{.*}}(%[[J]])
// CHECK:             %[[FIRST:.*]] = vector.transfer_write %[[V]], %[[INNER]][%[[I]], %{{.*}}, %c3] {in_bounds = [true, true], permutation_map = #[[$SWAP]]}
// CHECK:             vector.transfer_write %[[V]], %[[FIRST]][%[[I]], %{{.*}}, %c7]
// CHECK-NOT:     slice
// CHECK-LABEL: func @undefined
// CHECK-NOT:     slice
// CHECK:         scf.for {{.*}} iter_args(%{{.*}} = %arg0) -> (tensor<16xf32>)
// CHECK-LABEL: func @read
// CHECK:         tensor.extract_slice
// CHECK:         scf.for
// CHECK:         tensor.insert_slice
// CHECK-LABEL: func @elsewhere
// CHECK:         tensor.extract_slice
// CHECK:         vector.transfer_write
// CHECK:         tensor.insert_slice
// CHECK-LABEL: func @beyond
// CHECK:         tensor.extract_slice
// CHECK:         vector.transfer_write
// CHECK:         tensor.insert_slice
module attributes {transform.with_named_sequence} {
  func.func @written(%a: tensor<4x16x16xf32>, %v: vector<4x8xf32>) -> tensor<4x16x16xf32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %c4 = arith.constant 4 : index
    %slice = tensor.extract_slice %a[0, 3, 3] [4, 10, 10] [1, 1, 1] : tensor<4x16x16xf32> to tensor<4x10x10xf32>
    %outer = scf.for %i = %c0 to %c4 step %c1 iter_args(%0 = %slice) -> tensor<4x10x10xf32> {
      %plane = tensor.extract_slice %0[%i, 0, 0] [1, 10, 10] [1, 1, 1] : tensor<4x10x10xf32> to tensor<10x10xf32>
      %inner = scf.for %j = %c0 to %c2 step %c1 iter_args(%1 = %plane) -> tensor<10x10xf32> {
        %2 = vector.transfer_write %v, %1[%j, %c0] {in_bounds = [true, true], permutation_map = affine_map<(d0, d1) -> (d1, d0)>} : vector<4x8xf32>, tensor<10x10xf32>
        %3 = vector.transfer_write %v, %2[%j, %c4] {in_bounds = [true, true], permutation_map = affine_map<(d0, d1) -> (d1, d0)>} : vector<4x8xf32>, tensor<10x10xf32>
        scf.yield %3 : tensor<10x10xf32>
      }
      %4 = tensor.insert_slice %inner into %0[%i, 0, 0] [1, 10, 10] [1, 1, 1] : tensor<10x10xf32> into tensor<4x10x10xf32>
      scf.yield %4 : tensor<4x10x10xf32>
    }
    %5 = tensor.insert_slice %outer into %a[0, 3, 3] [4, 10, 10] [1, 1, 1] : tensor<4x10x10xf32> into tensor<4x16x16xf32>
    return %5 : tensor<4x16x16xf32>
  }
  func.func @undefined(%a: tensor<16xf32>, %v: vector<4xf32>) -> tensor<16xf32> {
    %c0 = arith.constant 0 : index
    %c4 = arith.constant 4 : index
    %c8 = arith.constant 8 : index
    %e = tensor.empty() : tensor<8xf32>
    %0 = scf.for %i = %c0 to %c8 step %c4 iter_args(%1 = %e) -> tensor<8xf32> {
      %2 = vector.transfer_write %v, %1[%i] {in_bounds = [true]} : vector<4xf32>, tensor<8xf32>
      scf.yield %2 : tensor<8xf32>
    }
    %3 = tensor.insert_slice %0 into %a[2] [8] [1] : tensor<8xf32> into tensor<16xf32>
    return %3 : tensor<16xf32>
  }
  func.func @read(%a: tensor<16xf32>) -> tensor<16xf32> {
    %zero = arith.constant 0.0 : f32
    %c0 = arith.constant 0 : index
    %c4 = arith.constant 4 : index
    %c8 = arith.constant 8 : index
    %slice = tensor.extract_slice %a[2] [8] [1] : tensor<16xf32> to tensor<8xf32>
    %0 = scf.for %i = %c0 to %c8 step %c4 iter_args(%1 = %slice) -> tensor<8xf32> {
      %2 = vector.transfer_read %1[%i], %zero {in_bounds = [true]} : tensor<8xf32>, vector<4xf32>
      %3 = math.exp %2 : vector<4xf32>
      %4 = vector.transfer_write %3, %1[%i] {in_bounds = [true]} : vector<4xf32>, tensor<8xf32>
      scf.yield %4 : tensor<8xf32>
    }
    %5 = tensor.insert_slice %0 into %a[2] [8] [1] : tensor<8xf32> into tensor<16xf32>
    return %5 : tensor<16xf32>
  }
  func.func @elsewhere(%a: tensor<16xf32>, %v: vector<4xf32>) -> tensor<16xf32> {
    %c0 = arith.constant 0 : index
    %slice = tensor.extract_slice %a[2] [8] [1] : tensor<16xf32> to tensor<8xf32>
    %0 = vector.transfer_write %v, %slice[%c0] {in_bounds = [true]} : vector<4xf32>, tensor<8xf32>
    %1 = tensor.insert_slice %0 into %a[3] [8] [1] : tensor<8xf32> into tensor<16xf32>
    return %1 : tensor<16xf32>
  }
  func.func @beyond(%a: tensor<16xf32>, %v: vector<4xf32>, %i: index) -> tensor<16xf32> {
    %slice = tensor.extract_slice %a[2] [8] [1] : tensor<16xf32> to tensor<8xf32>
    %0 = vector.transfer_write %v, %slice[%i] : vector<4xf32>, tensor<8xf32>
    %1 = tensor.insert_slice %0 into %a[2] [8] [1] : tensor<8xf32> into tensor<16xf32>
    return %1 : tensor<16xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %functions = transform.structured.match ops{["func.func"]} in %root : (!transform.any_op) -> !transform.any_op
    transform.chameleon.simplify %functions {fold_transfers} : !transform.any_op
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  func.func @task(%a: tensor<4xf32>, %out: tensor<4xf32>) -> tensor<4xf32> {
    // expected-note @below {{when applied to this op}}
    %0 = linalg.exp ins(%a : tensor<4xf32>) outs(%out : tensor<4xf32>) -> tensor<4xf32>
    return %0 : tensor<4xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %exp = transform.structured.match ops{["linalg.exp"]} in %root : (!transform.any_op) -> !transform.any_op
    // expected-error @below {{expects an operation that is isolated from above, found linalg.exp}}
    transform.chameleon.simplify %exp : !transform.any_op
    transform.yield
  }
}

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

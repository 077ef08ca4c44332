// RUN: chameleon-opt %s --transform-interpreter --split-input-file --verify-diagnostics | FileCheck %s
// RUN: mlir-opt --load-dialect-plugin=%plugin %s --transform-interpreter --split-input-file --verify-diagnostics | FileCheck %s

// CHECK-LABEL: func @by_two
// CHECK: %[[STEP:.*]] = arith.constant 2 : index
// CHECK: scf.for {{.*}} step %[[STEP]]
// CHECK-COUNT-2: call @body
// CHECK-NOT: call @body
// CHECK-LABEL: func @complete
// CHECK-NOT: scf.for
// CHECK-COUNT-3: call @body
// CHECK-NOT: call @body
module attributes {transform.with_named_sequence} {
  func.func private @body()
  func.func @by_two() {
    %zero = arith.constant 0 : index
    %one = arith.constant 1 : index
    %eight = arith.constant 8 : index
    scf.for %i = %zero to %eight step %one {
      func.call @body() : () -> ()
    }
    return
  }
  func.func @complete() {
    %zero = arith.constant 0 : index
    %one = arith.constant 1 : index
    %three = arith.constant 3 : index
    scf.for %i = %zero to %three step %one {
      func.call @body() : () -> ()
    }
    return
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %loops = transform.structured.match ops{["scf.for"]} in %root : (!transform.any_op) -> !transform.any_op
    %first, %second = transform.split_handle %loops : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    %two = transform.param.constant 2 : i64 -> !transform.param<i64>
    %sixteen = transform.param.constant 16 : i64 -> !transform.param<i64>
    transform.chameleon.unroll_loop %first by %two : !transform.any_op, !transform.param<i64>
    transform.chameleon.unroll_loop %second by %sixteen : !transform.any_op, !transform.param<i64>
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  func.func @f() {
    return
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %functions = transform.structured.match ops{["func.func"]} in %root : (!transform.any_op) -> !transform.any_op
    %zero = transform.param.constant 0 : i64 -> !transform.param<i64>
    // expected-error @below {{expects an integer of at least 1 for parameter 'factor', found 0 : i64}}
    transform.chameleon.unroll_loop %functions by %zero : !transform.any_op, !transform.param<i64>
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
    %two = transform.param.constant 2 : i64 -> !transform.param<i64>
    // expected-error @below {{expects an scf.for, found func.func}}
    transform.chameleon.unroll_loop %functions by %two : !transform.any_op, !transform.param<i64>
    transform.yield
  }
}

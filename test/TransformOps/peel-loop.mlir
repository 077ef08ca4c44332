// RUN: chameleon-opt %s --transform-interpreter --split-input-file --verify-diagnostics | FileCheck %s

// The last three of 11 get a loop of their own; 8 are left as they are.
// CHECK-LABEL: func @partial
// CHECK-DAG: %[[THREE:.*]] = arith.constant 3 : index
// CHECK-DAG: %[[EIGHT:.*]] = arith.constant 8 : index
// CHECK-DAG: %[[FOUR:.*]] = arith.constant 4 : index
// CHECK: scf.for %{{.*}} to %[[EIGHT]] step %[[FOUR]]
// CHECK: call @body(%[[FOUR]])
// CHECK: main
// CHECK: call @body(%[[THREE]])
// CHECK-LABEL: func @whole
// CHECK: scf.for
// CHECK-NOT: scf.for
// CHECK: return
module attributes {transform.with_named_sequence} {
  func.func private @body(index)
  func.func @partial() {
    %zero = arith.constant 0 : index
    %four = arith.constant 4 : index
    %eleven = arith.constant 11 : index
    scf.for %i = %zero to %eleven step %four {
      %size = affine.min affine_map<(i) -> (4, 11 - i)>(%i)
      func.call @body(%size) : (index) -> ()
    }
    return
  }
  func.func @whole() {
    %zero = arith.constant 0 : index
    %four = arith.constant 4 : index
    %eight = arith.constant 8 : index
    scf.for %i = %zero to %eight step %four {
      func.call @body(%i) : (index) -> ()
    }
    return
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %loops = transform.structured.match ops{["scf.for"]} in %root : (!transform.any_op) -> !transform.any_op
    transform.chameleon.peel_loop %loops : !transform.any_op
    transform.annotate %loops "main" : !transform.any_op
    %functions = transform.structured.match ops{["func.func"]} in %root : (!transform.any_op) -> !transform.any_op
    transform.apply_patterns to %functions {
      transform.apply_patterns.canonicalization
    } : !transform.any_op
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
    // expected-error @below {{expects an scf.for, found func.func}}
    transform.chameleon.peel_loop %functions : !transform.any_op
    transform.yield
  }
}

// Types that nearly all schedules have need not be spelt, and are printed; others are spelt as ever.
// RUN: chameleon-opt %s --split-input-file --verify-diagnostics | FileCheck %s
// RUN: chameleon-opt %s --split-input-file --verify-diagnostics | chameleon-opt --split-input-file | FileCheck %s

// CHECK-LABEL: @short
module attributes {transform.with_named_sequence} {
  transform.named_sequence @short(%op: !transform.any_op {transform.consumed}, %n: !transform.param<i64> {transform.readonly}) {
    // CHECK: transform.chameleon.simplify %{{.*}} {fold_transfers} : !transform.any_op
    transform.chameleon.simplify %op {fold_transfers}
    // CHECK: transform.chameleon.is_constant %{{.*}}[1] : (!transform.any_op) -> !transform.param<i64>
    %constant = transform.chameleon.is_constant %op[1]
    // CHECK: transform.chameleon.tile_reductions %{{.*}} parallel_order = [1, 0] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    %step, %loops = transform.chameleon.tile_reductions %op parallel_order = [1, 0]
    // CHECK: transform.chameleon.unroll_loop %{{.*}} by %{{.*}} : !transform.any_op, !transform.param<i64>
    transform.chameleon.unroll_loop %loops by %n
    // CHECK: transform.chameleon.lower_to_gpu_loops %{{.*}} threads %{{.*}} lanes %{{.*}} sharing %{{.*}} : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    %launch = transform.chameleon.lower_to_gpu_loops %step threads %n lanes %n sharing %n
    transform.yield
  }
}

// -----

// CHECK-LABEL: @spelt
module attributes {transform.with_named_sequence} {
  transform.named_sequence @spelt(%op: !transform.op<"scf.for"> {transform.consumed}, %n: !transform.any_param {transform.readonly}) {
    // CHECK: transform.chameleon.peel_loop %{{.*}} : !transform.op<"scf.for">
    transform.chameleon.peel_loop %op : !transform.op<"scf.for">
    // CHECK: transform.chameleon.winograd_applies %{{.*}} : (!transform.op<"scf.for">) -> !transform.any_param
    %applies = transform.chameleon.winograd_applies %op : (!transform.op<"scf.for">) -> !transform.any_param
    // CHECK: transform.chameleon.unroll_loop %{{.*}} by %{{.*}} : !transform.op<"scf.for">, !transform.any_param
    transform.chameleon.unroll_loop %op by %n : !transform.op<"scf.for">, !transform.any_param
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  // expected-note @below {{prior use here}}
  transform.named_sequence @other_handle(%op: !transform.op<"scf.for"> {transform.readonly}) {
    // expected-error @below {{use of value '%op' expects different type than prior uses: '!transform.any_op' vs '!transform.op<"scf.for">'}}
    transform.chameleon.peel_loop %op
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @few_types(%op: !transform.any_op {transform.consumed}, %n: !transform.param<i64> {transform.readonly}) {
    // expected-error @below {{expected 2 types, found 1}}
    transform.chameleon.unroll_loop %op by %n : !transform.any_op
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @many_operands(%op: !transform.any_op {transform.consumed}) {
    // expected-error @below {{expected 1 operand types, found 2}}
    %a, %b = transform.chameleon.lower_pad %op : (!transform.any_op, !transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @few_results(%op: !transform.any_op {transform.consumed}) {
    // expected-error @below {{expected 3 types, found 2}}
    %a, %b = transform.chameleon.lower_pad %op : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

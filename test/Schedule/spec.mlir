// A spec of several tasks in stock mlir-opt: alone where it uses upstream's operations, with the plug-in where it uses ours.
// RUN: split-file %s %t
// RUN: chameleon-opt %t/payload.mlir '--resolve-schedules=library=%t/library.mlir schedule=upstream configuration={x=3}' 2>/dev/null > %t/upstream.mlir
// RUN: FileCheck %s --check-prefix=SPEC < %t/upstream.mlir
// RUN: mlir-opt %t/upstream.mlir --transform-interpreter | FileCheck %s
// RUN: chameleon-opt %t/payload.mlir '--resolve-schedules=library=%t/library.mlir schedule=own' 2>/dev/null > %t/own.mlir
// RUN: mlir-opt --load-dialect-plugin=%plugin %t/own.mlir --transform-interpreter | FileCheck %s --check-prefix=OWN
// The plug-in's pass, which stock mlir-opt knows in a pipeline only.
// RUN: mlir-opt --load-dialect-plugin=%plugin --load-pass-plugin=%plugin %t/payload.mlir --pass-pipeline='builtin.module(resolve-schedules{library=%t/library.mlir apply})' 2>/dev/null | FileCheck %s --check-prefix=DEFAULT
// RUN: not mlir-opt %t/own.mlir 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// Tasks that the payload lacks are skipped, and so is a payload with none of them.
// RUN: mlir-opt %t/absent.mlir --transform-interpreter | FileCheck %s --check-prefix=ABSENT
// A knob without a value is an error of the interpreter.
// RUN: not mlir-opt %t/unresolved.mlir --transform-interpreter 2>&1 | FileCheck %s --check-prefix=UNRESOLVED

// The matcher once, and once the schedule that two tasks share with the same configuration.
// SPEC-COUNT-1: transform.named_sequence @match_exp
// SPEC-NOT: transform.named_sequence @match_exp
// SPEC: transform.named_sequence @upstream_one
// SPEC: transform.named_sequence @__transform_main
// SPEC: transform.structured.match ops{["func.func"]} attributes {chameleon.task = "one"}
// SPEC: transform.include @upstream_one
// SPEC: transform.structured.match ops{["func.func"]} attributes {chameleon.task = "two"}
// The second function has two anchors, which the handle is split into; the first is scheduled.
// SPEC: %[[ANCHORS:.*]]:2 = transform.split_handle
// SPEC: transform.collect_matching @match_exp in %[[ANCHORS]]#0
// SPEC: transform.include @upstream_one

// CHECK-LABEL: func.func @one
// CHECK: linalg.exp {chameleon.anchor, x = 3 : i64}
// CHECK-LABEL: func.func @two
// CHECK: linalg.exp {chameleon.anchor, x = 3 : i64}
// CHECK: linalg.exp {chameleon.anchor} ins
// CHECK-LABEL: func.func @untouched
// CHECK: linalg.exp {chameleon.anchor} ins

// OWN-LABEL: func.func @one
// OWN-COUNT-3: linalg.exp
// OWN-NOT: linalg.exp
// OWN-LABEL: func.func @two

// DEFAULT-LABEL: func.func @one
// DEFAULT: linalg.exp {chameleon.anchor, x = 2 : i64}
// UNKNOWN: 'transform.chameleon.unroll_loop' is unknown
// ABSENT: linalg.exp {chameleon.anchor} ins
// UNRESOLVED: error: non-deterministic choice "x" is only resolved through providing a `selected` attr

//--- payload.mlir
func.func @one(%a: tensor<3xf32>, %out: tensor<3xf32>) -> tensor<3xf32> attributes {chameleon.task = "one"} {
  %0 = linalg.exp {chameleon.anchor} ins(%a : tensor<3xf32>) outs(%out : tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}
func.func @two(%a: tensor<3xf32>, %out: tensor<3xf32>) -> tensor<3xf32> attributes {chameleon.task = "two"} {
  %0 = linalg.exp {chameleon.anchor} ins(%a : tensor<3xf32>) outs(%out : tensor<3xf32>) -> tensor<3xf32>
  %1 = linalg.exp {chameleon.anchor} ins(%0 : tensor<3xf32>) outs(%out : tensor<3xf32>) -> tensor<3xf32>
  return %1 : tensor<3xf32>
}
func.func @untouched(%a: tensor<3xf32>, %out: tensor<3xf32>) -> tensor<3xf32> {
  %0 = linalg.exp {chameleon.anchor} ins(%a : tensor<3xf32>) outs(%out : tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

//--- library.mlir
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match_exp(%op: !transform.any_op {transform.readonly}) -> !transform.any_op {
    transform.match.operation_name %op ["linalg.exp"] : !transform.any_op
    transform.yield %op : !transform.any_op
  }
  transform.named_sequence @helper(%op: !transform.any_op {transform.readonly}, %x: !transform.param<i64> {transform.readonly}) {
    transform.annotate %op "x" = %x : !transform.any_op, !transform.param<i64>
    transform.yield
  }
  transform.named_sequence @upstream(%op: !transform.any_op {transform.readonly}) {
    %x = transform.tune.knob<"x"> = 2 : i64 from options = [2, 3] -> !transform.param<i64>
    transform.include @helper failures(propagate) (%op, %x) : (!transform.any_op, !transform.param<i64>) -> ()
    transform.yield
  }
  transform.named_sequence @own(%op: !transform.any_op {transform.consumed}) {
    %x = transform.tune.knob<"x"> options = [4] -> !transform.param<i64>
    %tiled, %loop = transform.structured.tile_using_for %op tile_sizes [1] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.chameleon.unroll_loop %loop by %x : !transform.any_op, !transform.param<i64>
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %0 = transform.foreach_match in %root @match_exp -> @upstream : (!transform.any_op) -> !transform.any_op
    %1 = transform.foreach_match in %0 @match_exp -> @own : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

//--- absent.mlir
module {
  func.func @f(%a: tensor<3xf32>, %out: tensor<3xf32>) -> tensor<3xf32> {
    %0 = linalg.exp {chameleon.anchor} ins(%a : tensor<3xf32>) outs(%out : tensor<3xf32>) -> tensor<3xf32>
    return %0 : tensor<3xf32>
  }
  module @chameleon_schedules attributes {transform.with_named_sequence} {
    transform.named_sequence @__transform_main(%root: !transform.any_op) {
      %functions = transform.structured.match ops{["func.func"]} attributes {chameleon.task = "one"} in %root : (!transform.any_op) -> !transform.any_op
      transform.foreach %functions : !transform.any_op {
      ^bb0(%function: !transform.any_op):
        %n = transform.dlti.query ["CPU", "nothing"] at %function : (!transform.any_op) -> !transform.any_param
      }
      transform.yield
    }
  }
}

//--- unresolved.mlir
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %x = transform.tune.knob<"x"> options = [2, 3] -> !transform.param<i64>
    transform.yield
  }
}

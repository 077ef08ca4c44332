// A schedule that does not apply to a task never takes the model with it: its task gets the next schedule that applies, or stays as it
// is, with one remark that says why.
// RUN: split-file %s %t

// No legal configuration, a fact that cannot be computed, a transform that fails, one that breaks the function: the next one applies,
// and the remark names the user's that did not.
// RUN: chameleon-opt %t/model.mlir --apply-schedules="defaults=true target=cpu threads=1 prepare=false library=%t/never.mlir" -o %t/never.out 2> %t/never.log
// RUN: FileCheck %s --check-prefix=NEVER < %t/never.log
// RUN: FileCheck %s --check-prefix=APPLIED < %t/never.out
// NEVER-NOT: error:
// NEVER: remark: task 'elementwise 64x256 +exp' does without one of its schedules: schedule '{{.*}}never.mlir@mine': schedule @mine has no legal configuration for task 'chameleon_elementwise_{{.*}}' ({{.*}}never.mlir:{{[0-9]+}}: never holds for this task)
// NEVER-NOT: remark:
// RUN: chameleon-opt %t/model.mlir --apply-schedules="defaults=true target=cpu threads=1 prepare=false library=%t/fact.mlir" -o %t/fact.out 2> %t/fact.log
// RUN: FileCheck %s --check-prefix=FACT < %t/fact.log
// RUN: FileCheck %s --check-prefix=APPLIED < %t/fact.out
// FACT-NOT: error:
// FACT: remark: task 'elementwise 64x256 +exp' does without one of its schedules: schedule '{{.*}}fact.mlir@mine':
// RUN: chameleon-opt %t/model.mlir --apply-schedules="defaults=true target=cpu threads=1 prepare=false library=%t/fails.mlir" -o %t/fails.out 2> %t/fails.log
// RUN: FileCheck %s --check-prefix=FAILS < %t/fails.log
// RUN: FileCheck %s --check-prefix=APPLIED < %t/fails.out
// FAILS-NOT: error:
// FAILS: remark: task 'elementwise 64x256 +exp' does without one of its schedules: schedule '{{.*}}fails.mlir@mine': 
// FAILS-NOT: remark:
// RUN: chameleon-opt %t/model.mlir --apply-schedules="defaults=true target=cpu threads=1 prepare=false library=%t/breaks.mlir" -o %t/breaks.out 2> %t/breaks.log
// RUN: FileCheck %s --check-prefix=BREAKS < %t/breaks.log
// BREAKS-NOT: error:
// BREAKS: does without one of its schedules: schedule '{{.*}}breaks.mlir@mine': 
// RUN: FileCheck %s --check-prefix=APPLIED < %t/breaks.out
// APPLIED-LABEL: func.func private @chameleon_elementwise_
// APPLIED:         math.fma {{.*}} : vector<

// A spec that holds such a schedule for one of two tasks: the other one gets its own.
// RUN: chameleon-opt %t/two.mlir --apply-schedules="target=cpu threads=1" 2> %t/two.log | FileCheck %s --check-prefix=TWO
// RUN: FileCheck %s --check-prefix=LEFT < %t/two.log
// LEFT-NOT: error:
// LEFT: remark: task 'first' is left as it is: {{.*}}expected to contain 3 payloads but it contains 1 payloads
// LEFT-NOT: remark:
// TWO: func.func private @first
// TWO-NOT: touched
// TWO: linalg.exp {chameleon.anchor} ins
// TWO: func.func private @second
// TWO: linalg.exp {chameleon.anchor, touched}

// So does who runs the tuned module.
// RUN: chameleon-run %t/two.mlir --target=cpu --input=64x256xf32=0 --input=32x256xf32=0 > %t/run.out 2> %t/run.log
// RUN: FileCheck %s --check-prefix=LEFT < %t/run.log
// RUN: FileCheck %s --check-prefix=VALUES < %t/run.out
// VALUES: result 0: tensor<64x256xf32> = [1, 1
// VALUES: result 1: tensor<32x256xf32> = [1, 1

// Tuning does the same; a module of which nothing can be tuned is emitted as it is.
// RUN: chameleon-opt %t/model.mlir --tune-schedules="dry-run=true target=cpu threads=1 no-database=true library=%t/never.mlir" -o /dev/null 2>&1 | FileCheck %s --check-prefix=DRY
// DRY-NOT: error:
// DRY: does without one of its schedules
// DRY: warning: no schedule of library '{{.*}}never.mlir' matches any task
// DRY: elementwise 64x256 +exp {{.*}}builtin:cpu/elementwise@
// RUN: chameleon-opt %t/nothing.mlir --tune-schedules="target=cpu no-database=true" 2>&1 | FileCheck %s --check-prefix=EMPTY
// EMPTY: remark: found nothing to tune: no linalg operation that a task can be made of
// EMPTY: func.func @main

// A schedule that uses a handle which it has consumed is found out, too.
// RUN: chameleon-opt %t/model.mlir --apply-schedules="defaults=true target=cpu threads=1 prepare=false library=%t/consumed.mlir" -o %t/consumed.out 2> %t/consumed.log
// RUN: FileCheck %s --check-prefix=CONSUMED < %t/consumed.log
// RUN: FileCheck %s --check-prefix=APPLIED < %t/consumed.out
// CONSUMED-NOT: error:
// CONSUMED: does without one of its schedules: schedule '{{.*}}consumed.mlir@mine': op uses a handle invalidated by a previously executed transform op

// What no schedule is made for: extents of zero, declarations.
// RUN: chameleon-opt %t/empty.mlir --apply-schedules="defaults=true target=cpu threads=1 prepare=false" -o /dev/null 2>&1 | FileCheck %s --check-prefix=EXTENTS
// EXTENTS: remark: task 'nothing' is left as it is: expected extents above zero, found tensor<0x256xf32>
// EXTENTS-NOT: declared

// Encodings say something of the memory that no schedule asks for.
// RUN: chameleon-opt %t/encoding.mlir --tune-schedules="target=cpu no-database=true" 2>&1 | FileCheck %s --check-prefix=ENCODING
// ENCODING: remark: left alone: operand 0 has an encoding, found tensor<64x256xf32, "x">
// ENCODING: remark: found nothing to tune

// What was asked for by name is an error.
// RUN: not chameleon-opt %t/model.mlir --apply-schedules="defaults=true target=cpu library=%t/model.mlir" 2>&1 | FileCheck %s --check-prefix=LIBRARY
// LIBRARY: error: {{.*}}so it is no schedule library

//--- model.mlir
func.func @main(%a: tensor<64x256xf32>) -> tensor<64x256xf32> {
  %e = tensor.empty() : tensor<64x256xf32>
  %r = linalg.exp ins(%a : tensor<64x256xf32>) outs(%e : tensor<64x256xf32>) -> tensor<64x256xf32>
  return %r : tensor<64x256xf32>
}

//--- nothing.mlir
func.func @main(%a: tensor<?xf32>) -> tensor<?xf32> {
  return %a : tensor<?xf32>
}

//--- never.mlir
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match_mine(%op: !transform.any_op {transform.readonly}) -> !transform.any_op {
    transform.match.operation_name %op ["linalg.exp"] : !transform.any_op
    transform.yield %op : !transform.any_op
  }
  transform.named_sequence @mine(%op: !transform.any_op {transform.readonly}) {
    %k = transform.tune.knob<"k"> options = [1, 2] -> !transform.param<i64>
    %n = transform.chameleon.loop_extents %op[0]
    transform.smt.constrain_params(%n, %k) : (!transform.param<i64>, !transform.param<i64>) -> () {
    ^bb0(%a: !smt.int, %b: !smt.int):
      %c = smt.int.constant 65
      %is = smt.eq %a, %c : !smt.int
      smt.assert %is
      smt.yield
    }
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.foreach_match in %root @match_mine -> @mine : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

//--- fact.mlir
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match_mine(%op: !transform.any_op {transform.readonly}) -> !transform.any_op {
    transform.match.operation_name %op ["linalg.exp"] : !transform.any_op
    transform.yield %op : !transform.any_op
  }
  transform.named_sequence @mine(%op: !transform.any_op {transform.readonly}) {
    %n = transform.chameleon.loop_extents %op[7]
    transform.smt.constrain_params(%n) : (!transform.param<i64>) -> () {
    ^bb0(%a: !smt.int):
      %c = smt.int.constant 65
      %is = smt.int.cmp lt %a, %c
      smt.assert %is
      smt.yield
    }
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.foreach_match in %root @match_mine -> @mine : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

//--- fails.mlir
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match_mine(%op: !transform.any_op {transform.readonly}) -> !transform.any_op {
    transform.match.operation_name %op ["linalg.exp"] : !transform.any_op
    transform.yield %op : !transform.any_op
  }
  transform.named_sequence @mine(%op: !transform.any_op {transform.consumed}) {
    %f = transform.get_parent_op %op {op_name = "func.func"} : (!transform.any_op) -> !transform.any_op
    transform.annotate %op "touched" : !transform.any_op
    %a:3 = transform.split_handle %f : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op)
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.foreach_match in %root @match_mine -> @mine : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

//--- empty.mlir
func.func private @declared(tensor<64x256xf32>) -> tensor<64x256xf32> attributes {chameleon.task = "x", chameleon.name = "declared"}
func.func @main(%x: tensor<0x256xf32>) -> tensor<0x256xf32> attributes {chameleon.task = "k", chameleon.name = "nothing"} {
  %e = linalg.add {chameleon.anchor} ins(%x, %x : tensor<0x256xf32>, tensor<0x256xf32>) outs(%x : tensor<0x256xf32>) -> tensor<0x256xf32>
  return %e : tensor<0x256xf32>
}

//--- encoding.mlir
func.func @main(%a: tensor<64x256xf32, "x">) -> tensor<64x256xf32, "x"> {
  %e = tensor.empty() : tensor<64x256xf32, "x">
  %r = linalg.exp ins(%a : tensor<64x256xf32, "x">) outs(%e : tensor<64x256xf32, "x">) -> tensor<64x256xf32, "x">
  return %r : tensor<64x256xf32, "x">
}

//--- consumed.mlir
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match_mine(%op: !transform.any_op {transform.readonly}) -> !transform.any_op {
    transform.match.operation_name %op ["linalg.exp"] : !transform.any_op
    transform.yield %op : !transform.any_op
  }
  transform.named_sequence @mine(%anchor: !transform.any_op {transform.consumed}) {
    %t, %l:2 = transform.structured.tile_using_for %anchor tile_sizes [8, 8] : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op)
    transform.annotate %anchor "x" : !transform.any_op
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.foreach_match in %root @match_mine -> @mine : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

//--- breaks.mlir
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match_mine(%op: !transform.any_op {transform.readonly}) -> !transform.any_op {
    transform.match.operation_name %op ["linalg.exp"] : !transform.any_op
    transform.yield %op : !transform.any_op
  }
  transform.named_sequence @mine(%op: !transform.any_op {transform.readonly}) {
    %f = transform.get_parent_op %op {op_name = "func.func"} : (!transform.any_op) -> !transform.any_op
    %p = transform.param.constant 5 -> !transform.any_param
    transform.annotate %f "function_type" = %p : !transform.any_op, !transform.any_param
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.foreach_match in %root @match_mine -> @mine : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

//--- two.mlir
module {
  func.func @main(%a: tensor<64x256xf32>, %b: tensor<32x256xf32>) -> (tensor<64x256xf32>, tensor<32x256xf32>) {
    %e = tensor.empty() : tensor<64x256xf32>
    %r = call @first(%a, %e) : (tensor<64x256xf32>, tensor<64x256xf32>) -> tensor<64x256xf32>
    %f = tensor.empty() : tensor<32x256xf32>
    %s = call @second(%b, %f) : (tensor<32x256xf32>, tensor<32x256xf32>) -> tensor<32x256xf32>
    return %r, %s : tensor<64x256xf32>, tensor<32x256xf32>
  }
  func.func private @first(%a: tensor<64x256xf32>, %e: tensor<64x256xf32>) -> tensor<64x256xf32> attributes {chameleon.task = "1", chameleon.name = "first"} {
    %r = linalg.exp {chameleon.anchor} ins(%a : tensor<64x256xf32>) outs(%e : tensor<64x256xf32>) -> tensor<64x256xf32>
    return %r : tensor<64x256xf32>
  }
  func.func private @second(%a: tensor<32x256xf32>, %e: tensor<32x256xf32>) -> tensor<32x256xf32> attributes {chameleon.task = "2", chameleon.name = "second"} {
    %r = linalg.exp {chameleon.anchor} ins(%a : tensor<32x256xf32>) outs(%e : tensor<32x256xf32>) -> tensor<32x256xf32>
    return %r : tensor<32x256xf32>
  }
  module @chameleon_schedules attributes {transform.with_named_sequence} {
    transform.named_sequence @__transform_main(%root: !transform.any_op) {
      %1 = transform.structured.match ops{["func.func"]} attributes {chameleon.task = "1"} in %root : (!transform.any_op) -> !transform.any_op
      transform.foreach %1 : !transform.any_op {
      ^bb0(%f: !transform.any_op):
        %op = transform.structured.match attributes {chameleon.anchor} in %f : (!transform.any_op) -> !transform.any_op
        transform.annotate %op "touched" : !transform.any_op
        %a:3 = transform.split_handle %op {fail_on_payload_too_small = true, overflow_result = 2} : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op)
        transform.yield
      }
      %2 = transform.structured.match ops{["func.func"]} attributes {chameleon.task = "2"} in %root : (!transform.any_op) -> !transform.any_op
      transform.foreach %2 : !transform.any_op {
      ^bb0(%f: !transform.any_op):
        %op = transform.structured.match attributes {chameleon.anchor} in %f : (!transform.any_op) -> !transform.any_op
        transform.annotate %op "touched" : !transform.any_op
        transform.yield
      }
      transform.yield
    }
  }
}

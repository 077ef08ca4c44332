// Facts are computed from what does not change the payload and depends on no knob.
// RUN: split-file %s %t
// RUN: chameleon-opt %t/payload.mlir '--resolve-schedules=library=%t/dimension.mlir' 2>&1 | FileCheck %s --check-prefix=DIM
// RUN: not chameleon-opt %t/payload.mlir '--resolve-schedules=library=%t/changes.mlir' 2>&1 | FileCheck %s --check-prefix=CHANGES
// RUN: not chameleon-opt %t/payload.mlir '--resolve-schedules=library=%t/knob.mlir' 2>&1 | FileCheck %s --check-prefix=KNOB
// RUN: not chameleon-opt %t/payload.mlir '--resolve-schedules=library=%t/fails.mlir' 2>&1 | FileCheck %s --check-prefix=FAILS
// RUN: not chameleon-opt %t/payload.mlir '--resolve-schedules=library=%t/argument.mlir' 2>&1 | FileCheck %s --check-prefix=ARGUMENT

// 24 is divided by 8 and 12 of {5, 8, 12}; the default 5 gives way to the nearest.
// DIM: remark: {{.*}} @schedule: 3 configurations, 2 legal, default {x = 8 : i64}
// The parameter that the constraint yields, and no trace of what only the constraint needed.
// DIM-LABEL: transform.named_sequence @schedule_t
// DIM-NOT: transform.match.structured
// DIM: %[[TRIPS:.*]] = transform.param.constant 3 : i64 -> !transform.param<i64>
// DIM-NOT: smt
// DIM: transform.annotate %{{.*}} "trips" = %[[TRIPS]]
// CHANGES: changes.mlir:7:21: error: 'transform.structured.tile_using_for' op changes the payload, but a fact of a constraint depends on it
// KNOB: knob.mlir:7:10: error: 'transform.tune.knob' op is needed to compute a fact of a constraint; facts cannot depend on knobs
// FAILS: error: target op of failed DLTI query
// FAILS: fails.mlir:6:3: error: 'transform.named_sequence' op has constraints whose facts cannot be computed for task 'task'
// ARGUMENT: argument.mlir:10:12: error: {{.*}} depends on an argument of 'transform.foreach'; constraints see what is known at the entry of the schedule

//--- payload.mlir
func.func @task(%a: tensor<4x24xf32>, %out: tensor<4x24xf32>) -> tensor<4x24xf32> attributes {chameleon.task = "t"} {
  %0 = linalg.exp {chameleon.anchor} ins(%a : tensor<4x24xf32>) outs(%out : tensor<4x24xf32>) -> tensor<4x24xf32>
  return %0 : tensor<4x24xf32>
}

//--- dimension.mlir
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match(%op: !transform.any_op {transform.readonly}) -> !transform.any_op {
    transform.match.operation_name %op ["linalg.exp"] : !transform.any_op
    transform.yield %op : !transform.any_op
  }
  transform.named_sequence @schedule(%op: !transform.any_op {transform.readonly}) {
    %x = transform.tune.knob<"x"> = 5 : i64 from options = [5, 8, 12] -> !transform.param<i64>
    %n = transform.match.structured failures(propagate) %op : (!transform.any_op) -> !transform.param<i64> {
    ^bb0(%s: !transform.any_op):
      %d = transform.match.structured.dim %s[-1] : (!transform.any_op) -> !transform.param<i64>
      transform.match.structured.yield %d : !transform.param<i64>
    }
    %t = transform.smt.constrain_params(%x, %n) : (!transform.param<i64>, !transform.param<i64>) -> !transform.param<i64> {
    ^bb0(%a: !smt.int, %b: !smt.int):
      %zero = smt.int.constant 0
      %rest = smt.int.mod %b, %a
      %divides = smt.eq %rest, %zero : !smt.int
      smt.assert %divides
      %trips = smt.int.div %b, %a
      smt.yield %trips : !smt.int
    }
    transform.annotate %op "trips" = %t : !transform.any_op, !transform.param<i64>
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.foreach_match in %root @match -> @schedule : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

//--- changes.mlir
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match(%op: !transform.any_op {transform.readonly}) -> !transform.any_op {
    transform.match.operation_name %op ["linalg.exp"] : !transform.any_op
    transform.yield %op : !transform.any_op
  }
  transform.named_sequence @schedule(%op: !transform.any_op {transform.consumed}) {
    %tiled, %loop = transform.structured.tile_using_for %op tile_sizes [2] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    %n = transform.num_associations %loop : (!transform.any_op) -> !transform.param<i64>
    transform.smt.constrain_params(%n) : (!transform.param<i64>) -> () {
    ^bb0(%a: !smt.int):
      smt.yield
    }
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.foreach_match in %root @match -> @schedule : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

//--- knob.mlir
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match(%op: !transform.any_op {transform.readonly}) -> !transform.any_op {
    transform.match.operation_name %op ["linalg.exp"] : !transform.any_op
    transform.yield %op : !transform.any_op
  }
  transform.named_sequence @schedule(%op: !transform.any_op {transform.readonly}) {
    %x = transform.tune.knob<"x"> options = [1, 2] -> !transform.param<i64>
    %n = transform.num_associations %x : (!transform.param<i64>) -> !transform.param<i64>
    transform.smt.constrain_params(%n) : (!transform.param<i64>) -> () {
    ^bb0(%a: !smt.int):
      smt.yield
    }
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.foreach_match in %root @match -> @schedule : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

//--- fails.mlir
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match(%op: !transform.any_op {transform.readonly}) -> !transform.any_op {
    transform.match.operation_name %op ["linalg.exp"] : !transform.any_op
    transform.yield %op : !transform.any_op
  }
  transform.named_sequence @schedule(%op: !transform.any_op {transform.readonly}) {
    %n = transform.dlti.query ["CPU", "nothing"] at %op : (!transform.any_op) -> !transform.param<i64>
    transform.smt.constrain_params(%n) : (!transform.param<i64>) -> () {
    ^bb0(%a: !smt.int):
      smt.yield
    }
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.foreach_match in %root @match -> @schedule : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

//--- argument.mlir
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match(%op: !transform.any_op {transform.readonly}) -> !transform.any_op {
    transform.match.operation_name %op ["linalg.exp"] : !transform.any_op
    transform.yield %op : !transform.any_op
  }
  transform.named_sequence @schedule(%op: !transform.any_op {transform.readonly}) {
    %function = transform.get_parent_op %op {op_name = "func.func"} : (!transform.any_op) -> !transform.any_op
    transform.foreach %function : !transform.any_op {
    ^bb0(%f: !transform.any_op):
      %n = transform.num_associations %f : (!transform.any_op) -> !transform.param<i64>
      transform.smt.constrain_params(%n) : (!transform.param<i64>) -> () {
      ^bb0(%a: !smt.int):
        smt.yield
      }
    }
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.foreach_match in %root @match -> @schedule : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}


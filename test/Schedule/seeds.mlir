// What the author of a schedule expects to be good: the first legal seed is the default, and a search measures all legal ones first.
// RUN: split-file %s %t
// RUN: chameleon-opt %t/payload.mlir '--resolve-schedules=library=%t/seeds.mlir' 2>&1 | FileCheck %s --check-prefix=DEFAULT
// RUN: not chameleon-opt %t/payload.mlir '--resolve-schedules=library=%t/knob.mlir' 2>&1 | FileCheck %s --check-prefix=KNOB
// RUN: not chameleon-opt %t/payload.mlir '--resolve-schedules=library=%t/option.mlir' 2>&1 | FileCheck %s --check-prefix=OPTION
// RUN: not chameleon-opt %t/payload.mlir '--resolve-schedules=library=%t/form.mlir' 2>&1 | FileCheck %s --check-prefix=FORM
// RUN: chameleon-opt %t/pairs.mlir '--resolve-schedules=library=%t/matchers.mlir' 2>&1 | FileCheck %s --check-prefix=PAIRS
// RUN: not chameleon-opt %t/payload.mlir '--resolve-schedules=library=%t/default.mlir' 2>&1 | FileCheck %s --check-prefix=OFMATCHER
// RUN: not chameleon-opt %t/payload.mlir '--resolve-schedules=library=%t/default-form.mlir' 2>&1 | FileCheck %s --check-prefix=OFMATCHERFORM

// One schedule, paired with a matcher that has neither, with one that has defaults, and with one that has seeds as well, which
// leave `other` at the matcher's default. What is shipped says what was chosen, not what there was to choose from.
// PAIRS: remark: {{.*}} @schedule: 12 configurations, 12 legal, default {other = 2 : i64, rows = 8 : i64}
// PAIRS: remark: {{.*}} @schedule: 12 configurations, 12 legal, default {other = 4 : i64, rows = 8 : i64}
// PAIRS: remark: {{.*}} @schedule: 12 configurations, 12 legal, default {other = 1 : i64, rows = 2 : i64}
// PAIRS-NOT: chameleon.seeds
// PAIRS-NOT: chameleon.defaults
// OFMATCHER: default.mlir:2:3: error: 'transform.named_sequence' op has a default for a knob 'row', which the schedule does not have
// OFMATCHERFORM: default-form.mlir:2:3: error: 'transform.named_sequence' op expects 'chameleon.defaults' to be a dictionary, found [1]

// The first seed is not legal, the second leaves `other` at its own default.
// DEFAULT: remark: {{.*}} @schedule: 12 configurations, 6 legal, default {other = 2 : i64, rows = 4 : i64}
// DEFAULT-NOT: chameleon.seeds
// KNOB: knob.mlir:6:3: error: 'transform.named_sequence' op has a seed for a knob 'row', which it does not have
// OPTION: option.mlir:6:3: error: 'transform.named_sequence' op has a seed with 3 : i64 for knob 'rows', which is none of its 2 options
// FORM: form.mlir:6:3: error: 'transform.named_sequence' op expects 'chameleon.seeds' to be an array of dictionaries, found {rows = 1 : i64}

//--- payload.mlir
func.func @task(%a: tensor<4x24xf32>, %out: tensor<4x24xf32>) -> tensor<4x24xf32> attributes {chameleon.task = "t"} {
  %0 = linalg.exp {chameleon.anchor} ins(%a : tensor<4x24xf32>) outs(%out : tensor<4x24xf32>) -> tensor<4x24xf32>
  return %0 : tensor<4x24xf32>
}

//--- seeds.mlir
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match(%op: !transform.any_op {transform.readonly}) -> !transform.any_op {
    transform.match.operation_name %op ["linalg.exp"] : !transform.any_op
    transform.yield %op : !transform.any_op
  }
  transform.named_sequence @schedule(%op: !transform.any_op {transform.readonly})
      attributes {chameleon.seeds = [{other = 1 : i64, rows = 8 : i64}, {rows = 4 : i64}, {other = 4 : i64}]} {
    %r = transform.tune.knob<"rows"> = 1 : i64 from options = [1, 2, 4, 8] -> !transform.param<i64>
    %o = transform.tune.knob<"other"> = 2 : i64 from options = [1, 2, 4] -> !transform.param<i64>
    transform.smt.constrain_params(%r, %o) : (!transform.param<i64>, !transform.param<i64>) -> () {
    ^bb0(%a: !smt.int, %b: !smt.int):
      %c5 = smt.int.constant 5
      %c1 = smt.int.constant 1
      %small = smt.int.cmp lt %a, %c5
      smt.assert %small
      %more = smt.int.cmp gt %b, %c1
      smt.assert %more
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
  transform.named_sequence @schedule(%op: !transform.any_op {transform.readonly}) attributes {chameleon.seeds = [{row = 1 : i64}]} {
    %r = transform.tune.knob<"rows"> options = [1, 2] -> !transform.param<i64>
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.foreach_match in %root @match -> @schedule : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

//--- option.mlir
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match(%op: !transform.any_op {transform.readonly}) -> !transform.any_op {
    transform.match.operation_name %op ["linalg.exp"] : !transform.any_op
    transform.yield %op : !transform.any_op
  }
  transform.named_sequence @schedule(%op: !transform.any_op {transform.readonly}) attributes {chameleon.seeds = [{rows = 3 : i64}]} {
    %r = transform.tune.knob<"rows"> options = [1, 2] -> !transform.param<i64>
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.foreach_match in %root @match -> @schedule : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

//--- form.mlir
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match(%op: !transform.any_op {transform.readonly}) -> !transform.any_op {
    transform.match.operation_name %op ["linalg.exp"] : !transform.any_op
    transform.yield %op : !transform.any_op
  }
  transform.named_sequence @schedule(%op: !transform.any_op {transform.readonly}) attributes {chameleon.seeds = {rows = 1 : i64}} {
    %r = transform.tune.knob<"rows"> options = [1, 2] -> !transform.param<i64>
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.foreach_match in %root @match -> @schedule : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

//--- pairs.mlir
func.func @exp(%a: tensor<4xf32>, %out: tensor<4xf32>) -> tensor<4xf32> attributes {chameleon.task = "exp"} {
  %0 = linalg.exp {chameleon.anchor} ins(%a : tensor<4xf32>) outs(%out : tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
func.func @log(%a: tensor<4xf32>, %out: tensor<4xf32>) -> tensor<4xf32> attributes {chameleon.task = "log"} {
  %0 = linalg.log {chameleon.anchor} ins(%a : tensor<4xf32>) outs(%out : tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
func.func @tanh(%a: tensor<4xf32>, %out: tensor<4xf32>) -> tensor<4xf32> attributes {chameleon.task = "tanh"} {
  %0 = linalg.tanh {chameleon.anchor} ins(%a : tensor<4xf32>) outs(%out : tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

//--- matchers.mlir
!op = !transform.any_op
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match_exp(%op: !op {transform.readonly}) -> !op {
    transform.match.operation_name %op ["linalg.exp"] : !op
    transform.yield %op : !op
  }
  transform.named_sequence @match_log(%op: !op {transform.readonly}) -> !op attributes {chameleon.defaults = {other = 4}} {
    transform.match.operation_name %op ["linalg.log"] : !op
    transform.yield %op : !op
  }
  transform.named_sequence @match_tanh(%op: !op {transform.readonly}) -> !op attributes {chameleon.defaults = {other = 1, rows = 4}, chameleon.seeds = [{rows = 2}]} {
    transform.match.operation_name %op ["linalg.tanh"] : !op
    transform.yield %op : !op
  }
  transform.named_sequence @schedule(%op: !op {transform.readonly}) attributes {chameleon.seeds = [{rows = 8}]} {
    %r = transform.tune.knob<"rows"> = 1 from options = [1, 2, 4, 8] -> !transform.param<i64>
    %o = transform.tune.knob<"other"> = 2 from options = [1, 2, 4] -> !transform.param<i64>
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !op) {
    transform.foreach_match in %root
        @match_exp -> @schedule,
        @match_log -> @schedule,
        @match_tanh -> @schedule
        : (!op) -> !op
    transform.yield
  }
}

//--- default.mlir
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match_exp(%op: !transform.any_op {transform.readonly}) -> !transform.any_op attributes {chameleon.defaults = {row = 4}} {
    transform.match.operation_name %op ["linalg.exp"] : !transform.any_op
    transform.yield %op : !transform.any_op
  }
  transform.named_sequence @schedule(%op: !transform.any_op {transform.readonly}) attributes {chameleon.seeds = [{rows = 8}]} {
    %r = transform.tune.knob<"rows"> = 1 from options = [1, 2, 4, 8] -> !transform.param<i64>
    %o = transform.tune.knob<"other"> = 2 from options = [1, 2, 4] -> !transform.param<i64>
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.foreach_match in %root
        @match_exp -> @schedule
        : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

//--- default-form.mlir
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match_exp(%op: !transform.any_op {transform.readonly}) -> !transform.any_op attributes {chameleon.defaults = [1]} {
    transform.match.operation_name %op ["linalg.exp"] : !transform.any_op
    transform.yield %op : !transform.any_op
  }
  transform.named_sequence @schedule(%op: !transform.any_op {transform.readonly}) attributes {chameleon.seeds = [{rows = 8}]} {
    %r = transform.tune.knob<"rows"> = 1 from options = [1, 2, 4, 8] -> !transform.param<i64>
    %o = transform.tune.knob<"other"> = 2 from options = [1, 2, 4] -> !transform.param<i64>
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.foreach_match in %root
        @match_exp -> @schedule
        : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

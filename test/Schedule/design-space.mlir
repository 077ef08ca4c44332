// What a schedule spans, and what makes it span nothing.
// RUN: split-file %s %t
// RUN: chameleon-opt %t/payload.mlir '--resolve-schedules=library=%t/options.mlir' 2>&1 | FileCheck %s --check-prefix=OPTIONS
// RUN: chameleon-opt %t/payload.mlir '--resolve-schedules=library=%t/options.mlir configuration={divisors=8,letters="b",range=12,wide=true}' 2>&1 | FileCheck %s --check-prefix=CHOSEN
// RUN: not chameleon-opt %t/payload.mlir '--resolve-schedules=library=%t/options.mlir configuration={other=1}' 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: not chameleon-opt %t/payload.mlir '--resolve-schedules=library=%t/options.mlir configuration={divisors=4,letters="a",range=4,wide=true}' 2>&1 | FileCheck %s --check-prefix=ILLEGAL
// RUN: not chameleon-opt %t/payload.mlir '--resolve-schedules=library=%t/unsupported.mlir' 2>&1 | FileCheck %s --check-prefix=LOGIC
// RUN: not chameleon-opt %t/payload.mlir '--resolve-schedules=library=%t/quantifier.mlir' 2>&1 | FileCheck %s --check-prefix=QUANTIFIER
// RUN: not chameleon-opt %t/payload.mlir '--resolve-schedules=library=%t/never.mlir' 2>&1 | FileCheck %s --check-prefix=NEVER
// RUN: not chameleon-opt %t/payload.mlir '--resolve-schedules=library=%t/contradiction.mlir' 2>&1 | FileCheck %s --check-prefix=CONTRADICTION
// RUN: not chameleon-opt %t/payload.mlir '--resolve-schedules=library=%t/string.mlir' 2>&1 | FileCheck %s --check-prefix=STRING

// Lighthouse's dictionaries, strings and booleans: range is 4, 8, 12, 16; divisors 1, 2, 4, 8.
// OPTIONS: remark: {{.*}} @schedule: 64 configurations, 32 legal, default {divisors = 2 : i64, letters = "a", range = 4 : i64, wide = true}
// CHOSEN-LABEL: transform.named_sequence @schedule_t
// CHOSEN-SAME: chameleon.configuration = {divisors = 8 : i64, letters = "b", range = 12 : i64, wide = true}
// CHOSEN: transform.tune.knob<"range"> = 12 : i64 from
// CHOSEN: transform.tune.knob<"divisors"> = 8 : i64 from
// CHOSEN: transform.tune.knob<"letters"> = "b" from
// UNKNOWN: error: configuration {other = 1 : i64} does not fit the knobs {divisors = 2 : i64
// ILLEGAL: error: configuration {{.*}} is not legal
// LOGIC: unsupported.mlir:10:12: error: 'smt.int2bv' op is not supported in the constraints of a schedule
// QUANTIFIER: quantifier.mlir:10:12: error: 'smt.declare_fun' op is not supported in the constraints of a schedule
// NEVER: never.mlir:6:3: error: schedule @schedule has no legal configuration for task 'task'
// NEVER: never.mlir:12:7: note: never holds for this task
// CONTRADICTION: contradiction.mlir:6:3: error: schedule @schedule has no legal configuration for task 'task'
// STRING: string.mlir:9:5: error: 'transform.smt.constrain_params' op expects integers, found "a"

//--- payload.mlir
func.func @task(%a: tensor<4x24xf32>, %out: tensor<4x24xf32>) -> tensor<4x24xf32> attributes {chameleon.task = "t"} {
  %0 = linalg.exp {chameleon.anchor} ins(%a : tensor<4x24xf32>) outs(%out : tensor<4x24xf32>) -> tensor<4x24xf32>
  return %0 : tensor<4x24xf32>
}

//--- options.mlir
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match(%op: !transform.any_op {transform.readonly}) -> !transform.any_op {
    transform.match.operation_name %op ["linalg.exp"] : !transform.any_op
    transform.yield %op : !transform.any_op
  }
  transform.named_sequence @schedule(%op: !transform.any_op {transform.readonly}) {
    %r = transform.tune.knob<"range"> options = {lower_bound = 3, upper_bound = 17, divisible_by = 4} -> !transform.param<i64>
    %d = transform.tune.knob<"divisors"> = 2 : i64 from options = {lower_bound = 1, upper_bound = 9, divides = 16} -> !transform.param<i64>
    %l = transform.tune.knob<"letters"> options = ["a", "b"] -> !transform.any_param
    %w = transform.tune.knob<"wide"> options = [true, false] -> !transform.any_param
    transform.smt.constrain_params(%r, %d) : (!transform.param<i64>, !transform.param<i64>) -> () {
    ^bb0(%a: !smt.int, %b: !smt.int):
      %four = smt.int.constant 4
      %large = smt.int.cmp ge %b, %four
      %small = smt.int.cmp le %a, %four
      %differ = smt.distinct %large, %small : !smt.bool
      smt.assert %differ
      smt.yield
    }
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.foreach_match in %root @match -> @schedule : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

//--- unsupported.mlir
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match(%op: !transform.any_op {transform.readonly}) -> !transform.any_op {
    transform.match.operation_name %op ["linalg.exp"] : !transform.any_op
    transform.yield %op : !transform.any_op
  }
  transform.named_sequence @schedule(%op: !transform.any_op {transform.readonly}) {
    %x = transform.tune.knob<"x"> options = [1, 2] -> !transform.param<i64>
    transform.smt.constrain_params(%x) : (!transform.param<i64>) -> () {
    ^bb0(%a: !smt.int):
      %b = smt.int2bv %a : !smt.bv<8>
      smt.yield
    }
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.foreach_match in %root @match -> @schedule : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

//--- quantifier.mlir
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match(%op: !transform.any_op {transform.readonly}) -> !transform.any_op {
    transform.match.operation_name %op ["linalg.exp"] : !transform.any_op
    transform.yield %op : !transform.any_op
  }
  transform.named_sequence @schedule(%op: !transform.any_op {transform.readonly}) {
    %x = transform.tune.knob<"x"> options = [1, 2] -> !transform.param<i64>
    transform.smt.constrain_params(%x) : (!transform.param<i64>) -> () {
    ^bb0(%a: !smt.int):
      %y = smt.declare_fun : !smt.int
      smt.yield
    }
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.foreach_match in %root @match -> @schedule : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

//--- never.mlir
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match(%op: !transform.any_op {transform.readonly}) -> !transform.any_op {
    transform.match.operation_name %op ["linalg.exp"] : !transform.any_op
    transform.yield %op : !transform.any_op
  }
  transform.named_sequence @schedule(%op: !transform.any_op {transform.readonly}) {
    %x = transform.tune.knob<"x"> options = [1, 2] -> !transform.param<i64>
    transform.smt.constrain_params(%x) : (!transform.param<i64>) -> () {
    ^bb0(%a: !smt.int):
      %zero = smt.int.constant 0
      %less = smt.int.cmp lt %zero, %zero
      smt.assert %less
      smt.yield
    }
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.foreach_match in %root @match -> @schedule : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

//--- contradiction.mlir
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match(%op: !transform.any_op {transform.readonly}) -> !transform.any_op {
    transform.match.operation_name %op ["linalg.exp"] : !transform.any_op
    transform.yield %op : !transform.any_op
  }
  transform.named_sequence @schedule(%op: !transform.any_op {transform.readonly}) {
    %x = transform.tune.knob<"x"> options = [1, 2] -> !transform.param<i64>
    transform.smt.constrain_params(%x) : (!transform.param<i64>) -> () {
    ^bb0(%a: !smt.int):
      %two = smt.int.constant 2
      %more = smt.int.cmp gt %a, %two
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

//--- string.mlir
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match(%op: !transform.any_op {transform.readonly}) -> !transform.any_op {
    transform.match.operation_name %op ["linalg.exp"] : !transform.any_op
    transform.yield %op : !transform.any_op
  }
  transform.named_sequence @schedule(%op: !transform.any_op {transform.readonly}) {
    %x = transform.tune.knob<"x"> options = ["a"] -> !transform.param<i64>

    transform.smt.constrain_params(%x) : (!transform.param<i64>) -> () {
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


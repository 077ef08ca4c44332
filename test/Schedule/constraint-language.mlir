// What constraints in the language of transform.chameleon.constrain allow: n is 0, 1, 2 or 3.
// RUN: split-file %s %t
// RUN: chameleon-opt %t/payload.mlir '--resolve-schedules=library=%t/library.mlir' 2>&1 >/dev/null | FileCheck %s

// A remainder is never negative, whatever the signs.
// CHECK: remark: {{.*}} @of_exp: 4 configurations, 4 legal
// Dividing by zero violates a constraint.
// CHECK: remark: {{.*}} @of_log: 4 configurations, 3 legal
// Unless a connective settles it without.
// CHECK: remark: {{.*}} @of_tanh: 4 configurations, 4 legal
// So does leaving 64 bits, in between as well.
// CHECK: remark: {{.*}} @of_sqrt: 4 configurations, 2 legal
// The other branch is not asked.
// CHECK: remark: {{.*}} @of_abs: 4 configurations, 3 legal
// Functions of parameters.
// CHECK: remark: {{.*}} @of_ceil: 4 configurations, 2 legal

//--- payload.mlir
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
func.func @sqrt(%a: tensor<4xf32>, %out: tensor<4xf32>) -> tensor<4xf32> attributes {chameleon.task = "sqrt"} {
  %0 = linalg.sqrt {chameleon.anchor} ins(%a : tensor<4xf32>) outs(%out : tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
func.func @abs(%a: tensor<4xf32>, %out: tensor<4xf32>) -> tensor<4xf32> attributes {chameleon.task = "abs"} {
  %0 = linalg.abs {chameleon.anchor} ins(%a : tensor<4xf32>) outs(%out : tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
func.func @ceil(%a: tensor<4xf32>, %out: tensor<4xf32>) -> tensor<4xf32> attributes {chameleon.task = "ceil"} {
  %0 = linalg.ceil {chameleon.anchor} ins(%a : tensor<4xf32>) outs(%out : tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

//--- library.mlir
!op = !transform.any_op
!param = !transform.param<i64>
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match_exp(%op: !op {transform.readonly}) -> !op {
    transform.match.operation_name %op ["linalg.exp"] : !op
    transform.yield %op : !op
  }
  transform.named_sequence @of_exp(%op: !op {transform.readonly}) {
    %n = transform.tune.knob<"n"> options = [0, 1, 2, 3] -> !param
    transform.chameleon.constrain { assert -7 mod 3 == 2 and -7 div 3 == -3 and 7 mod -3 == 1 and 7 ceildiv 2 == 4 }
    transform.yield
  }
  transform.named_sequence @match_log(%op: !op {transform.readonly}) -> !op {
    transform.match.operation_name %op ["linalg.log"] : !op
    transform.yield %op : !op
  }
  transform.named_sequence @of_log(%op: !op {transform.readonly}) {
    %n = transform.tune.knob<"n"> options = [0, 1, 2, 3] -> !param
    transform.chameleon.constrain { assert 6 div %n > 0 }
    transform.yield
  }
  transform.named_sequence @match_tanh(%op: !op {transform.readonly}) -> !op {
    transform.match.operation_name %op ["linalg.tanh"] : !op
    transform.yield %op : !op
  }
  transform.named_sequence @of_tanh(%op: !op {transform.readonly}) {
    %n = transform.tune.knob<"n"> options = [0, 1, 2, 3] -> !param
    transform.chameleon.constrain { assert %n > 0 implies 6 mod %n == 0 }
    transform.yield
  }
  transform.named_sequence @match_sqrt(%op: !op {transform.readonly}) -> !op {
    transform.match.operation_name %op ["linalg.sqrt"] : !op
    transform.yield %op : !op
  }
  transform.named_sequence @of_sqrt(%op: !op {transform.readonly}) {
    %n = transform.tune.knob<"n"> options = [0, 1, 2, 3] -> !param
    transform.chameleon.constrain { assert %n * 9223372036854775807 - 9223372036854775807 * (%n - 1) > 0 }
    transform.yield
  }
  transform.named_sequence @match_abs(%op: !op {transform.readonly}) -> !op {
    transform.match.operation_name %op ["linalg.abs"] : !op
    transform.yield %op : !op
  }
  transform.named_sequence @of_abs(%op: !op {transform.readonly}) {
    %n = transform.tune.knob<"n"> options = [0, 1, 2, 3] -> !param
    transform.chameleon.constrain { assert (if %n == 0 then 1 else 6 div %n) > 1 }
    transform.yield
  }
  transform.named_sequence @match_ceil(%op: !op {transform.readonly}) -> !op {
    transform.match.operation_name %op ["linalg.ceil"] : !op
    transform.yield %op : !op
  }
  transform.named_sequence @of_ceil(%op: !op {transform.readonly}) {
    %n = transform.tune.knob<"n"> options = [0, 1, 2, 3] -> !param
    transform.chameleon.constrain { assert max(%n, 2) - min(%n, 2) == abs(%n - 2) and distinct(%n, 1, 2) }
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !op) {
    transform.foreach_match in %root
        @match_exp -> @of_exp,
        @match_log -> @of_log,
        @match_tanh -> @of_tanh,
        @match_sqrt -> @of_sqrt,
        @match_abs -> @of_abs,
        @match_ceil -> @of_ceil
        : (!op) -> !op
    transform.yield
  }
}

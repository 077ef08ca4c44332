// Every mistake in a schedule has one diagnostic on the operation concerned, when the library is loaded.
// RUN: split-file %s %t
// RUN: not chameleon-opt %t/payload.mlir --resolve-schedules="library=%t/knob-in-matcher.mlir" 2>&1 | FileCheck %s --check-prefix=MATCHER
// RUN: not chameleon-opt %t/payload.mlir --resolve-schedules="library=%t/knob-in-included.mlir" 2>&1 | FileCheck %s --check-prefix=INCLUDED
// RUN: not chameleon-opt %t/payload.mlir --resolve-schedules="library=%t/duplicate.mlir" 2>&1 | FileCheck %s --check-prefix=DUPLICATE
// RUN: not chameleon-opt %t/payload.mlir --resolve-schedules="library=%t/no-options.mlir" 2>&1 | FileCheck %s --check-prefix=OPTIONS
// RUN: not chameleon-opt %t/payload.mlir --resolve-schedules="library=%t/default.mlir" 2>&1 | FileCheck %s --check-prefix=DEFAULT
// RUN: not chameleon-opt %t/payload.mlir --resolve-schedules="library=%t/any-param.mlir" 2>&1 | FileCheck %s --check-prefix=ANYPARAM
// RUN: not chameleon-opt %t/payload.mlir --resolve-schedules="library=%t/zero.mlir" 2>&1 | FileCheck %s --check-prefix=ZERO
// RUN: not chameleon-opt %t/payload.mlir --resolve-schedules="library=%t/empty-name.mlir" 2>&1 | FileCheck %s --check-prefix=EMPTY
// RUN: not chameleon-opt %t/payload.mlir --resolve-schedules="library=%t/no-matcher.mlir" 2>&1 | FileCheck %s --check-prefix=NOMATCHER

// EMPTY: empty-name.mlir:6:8: error: 'transform.tune.knob' op has an empty name, expected one that a configuration can have
// NOMATCHER: no-matcher.mlir:3:8: error: 'transform.structured.match' op is in matcher 'match', expected operations that match and change nothing
// MATCHER: knob-in-matcher.mlir:3:8: error: 'transform.tune.knob' op is in matcher 'match'; only the schedule itself can be tuned
// INCLUDED: knob-in-included.mlir:3:8: error: 'transform.tune.knob' op is in included sequence 'helper'; only the schedule itself can be tuned
// DUPLICATE: duplicate.mlir:7:8: error: 'transform.tune.knob' op has the name 'x', which another knob of the schedule has
// DUPLICATE: duplicate.mlir:6:8: note: the other knob
// OPTIONS: no-options.mlir:6:8: error: 'transform.tune.knob' op has no options for knob 'x'
// DEFAULT: default.mlir:6:8: error: 'transform.tune.knob' op selects 5 : i64, which is not an option of knob 'x'
// ANYPARAM: any-param.mlir:7:17: error: 'transform.structured.tile_using_for' op expects tile sizes of type '!transform.param<i64>', found '!transform.any_param'
// ZERO: zero.mlir:6:8: error: 'transform.tune.knob' op has option 0 : i64, but is a tile size of 'transform.structured.tile_using_for', which needs positive ones

//--- payload.mlir
func.func private @f()

//--- knob-in-matcher.mlir
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match(%op: !transform.any_op {transform.readonly}) -> !transform.any_op {
  %x = transform.tune.knob<"x"> options = [1, 2] -> !transform.param<i64>
    transform.yield %op : !transform.any_op
  }
  transform.named_sequence @schedule(%op: !transform.any_op {transform.readonly}) {
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.foreach_match in %root @match -> @schedule : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

//--- knob-in-included.mlir
module attributes {transform.with_named_sequence} {
  transform.named_sequence @helper(%op: !transform.any_op {transform.readonly}) {
  %x = transform.tune.knob<"x"> options = [1, 2] -> !transform.param<i64>
    transform.yield
  }
  transform.named_sequence @match(%op: !transform.any_op {transform.readonly}) -> !transform.any_op {
    transform.yield %op : !transform.any_op
  }
  transform.named_sequence @schedule(%op: !transform.any_op {transform.readonly}) {
    transform.include @helper failures(propagate) (%op) : (!transform.any_op) -> ()
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.foreach_match in %root @match -> @schedule : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

//--- duplicate.mlir
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match(%op: !transform.any_op {transform.readonly}) -> !transform.any_op {
    transform.yield %op : !transform.any_op
  }
  transform.named_sequence @schedule(%op: !transform.any_op {transform.readonly}) {
  %x = transform.tune.knob<"x"> options = [1, 2] -> !transform.param<i64>
  %y = transform.tune.knob<"x"> options = [1, 2] -> !transform.param<i64>
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.foreach_match in %root @match -> @schedule : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

//--- empty-name.mlir
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match(%op: !transform.any_op {transform.readonly}) -> !transform.any_op {
    transform.yield %op : !transform.any_op
  }
  transform.named_sequence @schedule(%op: !transform.any_op {transform.readonly}) {
  %x = transform.tune.knob<""> options = [1, 2] -> !transform.param<i64>
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.foreach_match in %root @match -> @schedule : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

//--- no-matcher.mlir
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match(%op: !transform.any_op {transform.readonly}) -> !transform.any_op {
  %g = transform.structured.match ops{["linalg.add"]} in %op : (!transform.any_op) -> !transform.any_op
    transform.yield %g : !transform.any_op
  }
  transform.named_sequence @schedule(%op: !transform.any_op {transform.readonly}) {
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.foreach_match in %root @match -> @schedule : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

//--- no-options.mlir
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match(%op: !transform.any_op {transform.readonly}) -> !transform.any_op {
    transform.yield %op : !transform.any_op
  }
  transform.named_sequence @schedule(%op: !transform.any_op {transform.readonly}) {
  %x = transform.tune.knob<"x"> options = {lower_bound = 5, upper_bound = 7, divisible_by = 4} -> !transform.param<i64>
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.foreach_match in %root @match -> @schedule : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

//--- default.mlir
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match(%op: !transform.any_op {transform.readonly}) -> !transform.any_op {
    transform.yield %op : !transform.any_op
  }
  transform.named_sequence @schedule(%op: !transform.any_op {transform.readonly}) {
  %x = transform.tune.knob<"x"> = 5 : i64 from options = {lower_bound = 4, upper_bound = 8, divisible_by = 4} -> !transform.param<i64>
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.foreach_match in %root @match -> @schedule : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

//--- any-param.mlir
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match(%op: !transform.any_op {transform.readonly}) -> !transform.any_op {
    transform.yield %op : !transform.any_op
  }
  transform.named_sequence @schedule(%op: !transform.any_op {transform.consumed}) {
    %x = transform.tune.knob<"x"> options = [4] -> !transform.any_param
    %t, %loop = transform.structured.tile_using_for %op tile_sizes [%x] : (!transform.any_op, !transform.any_param) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.foreach_match in %root @match -> @schedule : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

//--- zero.mlir
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match(%op: !transform.any_op {transform.readonly}) -> !transform.any_op {
    transform.yield %op : !transform.any_op
  }
  transform.named_sequence @schedule(%op: !transform.any_op {transform.consumed}) {
  %x = transform.tune.knob<"x"> options = [4, 0] -> !transform.param<i64>
    %t, %loop = transform.structured.tile_using_for %op tile_sizes [%x] : (!transform.any_op, !transform.param<i64>) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.foreach_match in %root @match -> @schedule : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

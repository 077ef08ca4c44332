// Loading libraries, and which schedule applies: the user's first.
// RUN: split-file %s %t
// RUN: not chameleon-opt %t/payload.mlir --resolve-schedules="library=%t/broken.mlir" 2>&1 | FileCheck %s --check-prefix=BROKEN
// RUN: not chameleon-opt %t/payload.mlir --resolve-schedules="library=%t/absent.mlir" 2>&1 | FileCheck %s --check-prefix=ABSENT
// RUN: not chameleon-opt %t/payload.mlir --resolve-schedules="library=%t/no-pairs.mlir" 2>&1 | FileCheck %s --check-prefix=PAIRS
// RUN: not chameleon-opt %t/payload.mlir --resolve-schedules="library=%t/missing.mlir" 2>&1 | FileCheck %s --check-prefix=MISSING
// RUN: chameleon-opt %t/payload.mlir --resolve-schedules="library=%t/user.mlir" 2>&1 | FileCheck %s --check-prefix=USER
// RUN: not chameleon-opt %t/payload.mlir --resolve-schedules="schedule=nothing" 2>&1 | FileCheck %s --check-prefix=NONE

// BROKEN: broken.mlir:2:3: error: Dialect `something' not found
// ABSENT: error: cannot open the schedule library '{{.*}}absent.mlir'
// PAIRS: no-pairs.mlir:1:1: error: 'builtin.module' op has no 'transform.foreach_match' that pairs matchers with schedules, so it is no schedule library
// MISSING: missing.mlir:6:5: error: {{.*}}nowhere
// USER: payload.mlir:3:{{.*}} remark: {{.*}}user.mlir @mine: 1 configurations, 1 legal, default {}
// USER-NOT: payload.mlir:9:{{.*}} remark: {{.*}}user.mlir
// USER: payload.mlir:15:{{.*}} remark: {{.*}}user.mlir @mine
// USER: payload.mlir:20:{{.*}} remark: matcher 'match_mine' accepts 2 operations, none of them marked chameleon.anchor: not used
// USER: payload.mlir:25:{{.*}} remark: no schedule applies
// USER: transform.named_sequence @match_mine
// USER: transform.named_sequence @mine_two
// NONE: error: no library has a schedule 'nothing'

//--- payload.mlir
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<"vector_bits" = 512 : i64, "l1_bytes" = 32768 : i64, "l2_bytes" = 1048576 : i64, "l3_bytes" = 33554432 : i64, "threads" = 1 : i64, "registers" = 32 : i64>>} {
  // Two anchors: the first one in program order is scheduled.
  func.func @two(%a: tensor<4x16xf32>, %out: tensor<4x16xf32>) -> tensor<4x16xf32> attributes {chameleon.task = "two"} {
    %0 = linalg.exp {chameleon.anchor} ins(%a : tensor<4x16xf32>) outs(%out : tensor<4x16xf32>) -> tensor<4x16xf32>
    %1 = linalg.exp {chameleon.anchor} ins(%0 : tensor<4x16xf32>) outs(%out : tensor<4x16xf32>) -> tensor<4x16xf32>
    return %1 : tensor<4x16xf32>
  }
  // What is beside the anchor does not count.
  func.func @none(%a: tensor<4xf32>, %out: tensor<4xf32>) -> tensor<4xf32> attributes {chameleon.task = "none"} {
    %0 = linalg.exp ins(%a : tensor<4xf32>) outs(%out : tensor<4xf32>) -> tensor<4xf32>
    %1 = linalg.log {chameleon.anchor} ins(%0 : tensor<4xf32>) outs(%out : tensor<4xf32>) -> tensor<4xf32>
    return %1 : tensor<4xf32>
  }
  // Where nothing is marked, the only operation that is accepted.
  func.func @single(%a: tensor<4xf32>, %out: tensor<4xf32>) -> tensor<4xf32> attributes {chameleon.task = "single"} {
    %0 = linalg.exp ins(%a : tensor<4xf32>) outs(%out : tensor<4xf32>) -> tensor<4xf32>
    %1 = linalg.log ins(%0 : tensor<4xf32>) outs(%out : tensor<4xf32>) -> tensor<4xf32>
    return %1 : tensor<4xf32>
  }
  func.func @ambiguous(%a: tensor<4xf32>, %out: tensor<4xf32>) -> tensor<4xf32> attributes {chameleon.task = "ambiguous"} {
    %0 = linalg.exp ins(%a : tensor<4xf32>) outs(%out : tensor<4xf32>) -> tensor<4xf32>
    %1 = linalg.exp ins(%0 : tensor<4xf32>) outs(%out : tensor<4xf32>) -> tensor<4xf32>
    return %1 : tensor<4xf32>
  }
  func.func @nothing(%a: tensor<4xcomplex<f32>>, %out: tensor<4xcomplex<f32>>) -> tensor<4xcomplex<f32>> attributes {chameleon.task = "nothing"} {
    %0 = linalg.copy {chameleon.anchor} ins(%a : tensor<4xcomplex<f32>>) outs(%out : tensor<4xcomplex<f32>>) -> tensor<4xcomplex<f32>>
    return %0 : tensor<4xcomplex<f32>>
  }
}

//--- broken.mlir
module {
  something.nobody.knows
}

//--- no-pairs.mlir
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.yield
  }
}

//--- missing.mlir
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match(%op: !transform.any_op {transform.readonly}) -> !transform.any_op {
    transform.yield %op : !transform.any_op
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.foreach_match in %root @match -> @nowhere : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

//--- user.mlir
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match_mine(%op: !transform.any_op {transform.readonly}) -> !transform.any_op {
    transform.match.operation_name %op ["linalg.exp"] : !transform.any_op
    transform.yield %op : !transform.any_op
  }
  transform.named_sequence @mine(%op: !transform.any_op {transform.readonly}) {
    transform.annotate %op "scheduled" : !transform.any_op
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.foreach_match in %root @match_mine -> @mine : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

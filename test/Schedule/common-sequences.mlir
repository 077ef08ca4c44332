// Sequences that all libraries may include by their names: linked into each one that does, as upstream merges symbols.
// RUN: split-file %s %t
// RUN: chameleon-opt %t/payload.mlir '--resolve-schedules=library=%t/uses.mlir' 2>&1 | FileCheck %s --check-prefix=USES
// RUN: chameleon-opt %t/payload.mlir '--resolve-schedules=library=%t/declares.mlir' 2>&1 | FileCheck %s --check-prefix=USES
// RUN: chameleon-opt %t/payload.mlir '--resolve-schedules=library=%t/own.mlir' 2>&1 | FileCheck %s --check-prefix=OWN
// RUN: chameleon-opt %t/payload.mlir '--resolve-schedules=library=%t/beside.mlir' 2>&1 | FileCheck %s --check-prefix=BESIDE
// RUN: not chameleon-opt %t/payload.mlir '--resolve-schedules=library=%t/unknown.mlir' 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: not chameleon-opt %t/payload.mlir '--resolve-schedules=library=%t/mismatch.mlir' 2>&1 | FileCheck %s --check-prefix=MISMATCH
// RUN: not chameleon-opt %t/payload.mlir '--resolve-schedules=library=%t/twice.mlir' 2>&1 | FileCheck %s --check-prefix=TWICE
// RUN: not chameleon-opt %t/payload.mlir '--resolve-schedules=library=%t/other-target.mlir target=nvvm' 2>&1 | FileCheck %s --check-prefix=TARGET

// A spec has what its schedules include, and what that includes, and nothing else; stock tools know all of it.
// USES: remark: {{.*}} @schedule: 1 configurations
// USES: module @chameleon_schedules
// USES-NOT: @vectorize_rest
// USES-DAG: transform.named_sequence @last_operation
// USES-DAG: transform.named_sequence @mark_root
// USES-DAG: transform.named_sequence @has_whole_bytes
// USES: transform.named_sequence @schedule_t
// USES: transform.include @mark_root

// A library's own sequence is what it includes, whatever its name.
// OWN: transform.named_sequence @mark_root
// OWN-NEXT: transform.annotate %{{.*}} "mine"
// OWN: transform.named_sequence @schedule_t

// Where a common sequence includes another, it is not the library's, which has the same name.
// BESIDE: transform.named_sequence @last_operation_0(
// BESIDE-NEXT: transform.structured.match ops{["func.return"]}
// BESIDE: transform.named_sequence @mark_root(
// BESIDE-NEXT: transform.include @last_operation_0
// BESIDE: transform.named_sequence @last_operation(
// BESIDE-NEXT: transform.annotate %{{.*}} "mine"

// UNKNOWN: unknown.mlir:{{.*}}: error: 'transform.include' op does not reference a named transform sequence
// MISMATCH: error: external definition has a mismatching signature
// TWICE: error: redefinition of symbol named 'mark_root'
// TARGET: other-target.mlir:{{.*}}: error: 'transform.include' op does not reference a named transform sequence

//--- payload.mlir
func.func @task(%a: tensor<4x24xf32>, %out: tensor<4x24xf32>) -> tensor<4x24xf32> attributes {chameleon.task = "t"} {
  %0 = linalg.exp {chameleon.anchor} ins(%a : tensor<4x24xf32>) outs(%out : tensor<4x24xf32>) -> tensor<4x24xf32>
  return %0 : tensor<4x24xf32>
}

//--- uses.mlir
!op = !transform.any_op
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match(%op: !op {transform.readonly}) -> !op {
    transform.match.operation_name %op ["linalg.exp"] : !op
    transform.include @has_whole_bytes failures(propagate) (%op) : (!op) -> ()
    transform.yield %op : !op
  }
  transform.named_sequence @schedule(%op: !op {transform.readonly}) {
    %function = transform.get_parent_op %op {op_name = "func.func"} : (!op) -> !op
    %root = transform.include @mark_root failures(propagate) (%function) : (!op) -> !op
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !op) {
    transform.foreach_match in %root @match -> @schedule : (!op) -> !op
    transform.yield
  }
}

//--- declares.mlir
!op = !transform.any_op
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match(%op: !op {transform.readonly}) -> !op {
    transform.match.operation_name %op ["linalg.exp"] : !op
    transform.include @has_whole_bytes failures(propagate) (%op) : (!op) -> ()
    transform.yield %op : !op
  }
  transform.named_sequence private @mark_root(!op {transform.readonly}) -> !op
  transform.named_sequence @schedule(%op: !op {transform.readonly}) {
    %function = transform.get_parent_op %op {op_name = "func.func"} : (!op) -> !op
    %root = transform.include @mark_root failures(propagate) (%function) : (!op) -> !op
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !op) {
    transform.foreach_match in %root @match -> @schedule : (!op) -> !op
    transform.yield
  }
}

//--- own.mlir
!op = !transform.any_op
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match(%op: !op {transform.readonly}) -> !op {
    transform.match.operation_name %op ["linalg.exp"] : !op
    transform.yield %op : !op
  }
  transform.named_sequence @mark_root(%function: !op {transform.readonly}) -> !op {
    transform.annotate %function "mine" : !op
    transform.yield %function : !op
  }
  transform.named_sequence @schedule(%op: !op {transform.readonly}) {
    %function = transform.get_parent_op %op {op_name = "func.func"} : (!op) -> !op
    %root = transform.include @mark_root failures(propagate) (%function) : (!op) -> !op
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !op) {
    transform.foreach_match in %root @match -> @schedule : (!op) -> !op
    transform.yield
  }
}

//--- beside.mlir
!op = !transform.any_op
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match(%op: !op {transform.readonly}) -> !op {
    transform.match.operation_name %op ["linalg.exp"] : !op
    transform.yield %op : !op
  }
  transform.named_sequence @last_operation(%function: !op {transform.readonly}) -> !op {
    transform.annotate %function "mine" : !op
    transform.yield %function : !op
  }
  transform.named_sequence @schedule(%op: !op {transform.readonly}) {
    %function = transform.get_parent_op %op {op_name = "func.func"} : (!op) -> !op
    %root = transform.include @mark_root failures(propagate) (%function) : (!op) -> !op
    %last = transform.include @last_operation failures(propagate) (%function) : (!op) -> !op
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !op) {
    transform.foreach_match in %root @match -> @schedule : (!op) -> !op
    transform.yield
  }
}

//--- unknown.mlir
!op = !transform.any_op
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match(%op: !op {transform.readonly}) -> !op {
    transform.match.operation_name %op ["linalg.exp"] : !op
    transform.yield %op : !op
  }
  transform.named_sequence @schedule(%op: !op {transform.readonly}) {
    %function = transform.get_parent_op %op {op_name = "func.func"} : (!op) -> !op
    %root = transform.include @mark_nothing failures(propagate) (%function) : (!op) -> !op
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !op) {
    transform.foreach_match in %root @match -> @schedule : (!op) -> !op
    transform.yield
  }
}

//--- mismatch.mlir
!op = !transform.any_op
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match(%op: !op {transform.readonly}) -> !op {
    transform.match.operation_name %op ["linalg.exp"] : !op
    transform.yield %op : !op
  }
  transform.named_sequence private @mark_root(!op {transform.readonly})
  transform.named_sequence @schedule(%op: !op {transform.readonly}) {
    %function = transform.get_parent_op %op {op_name = "func.func"} : (!op) -> !op
    transform.include @mark_root failures(propagate) (%function) : (!op) -> ()
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !op) {
    transform.foreach_match in %root @match -> @schedule : (!op) -> !op
    transform.yield
  }
}

//--- twice.mlir
!op = !transform.any_op
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match(%op: !op {transform.readonly}) -> !op {
    transform.match.operation_name %op ["linalg.exp"] : !op
    transform.yield %op : !op
  }
  transform.named_sequence @mark_root(%function: !op {transform.readonly}) -> !op {
    transform.annotate %function "mine" : !op
    transform.yield %function : !op
  }
  transform.named_sequence @mark_root(%function: !op {transform.readonly}) -> !op {
    transform.annotate %function "mine" : !op
    transform.yield %function : !op
  }
  transform.named_sequence @schedule(%op: !op {transform.readonly}) {
    %function = transform.get_parent_op %op {op_name = "func.func"} : (!op) -> !op
    %root = transform.include @mark_root failures(propagate) (%function) : (!op) -> !op
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !op) {
    transform.foreach_match in %root @match -> @schedule : (!op) -> !op
    transform.yield
  }
}

//--- other-target.mlir
!op = !transform.any_op
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match(%op: !op {transform.readonly}) -> !op {
    transform.match.operation_name %op ["linalg.exp"] : !op
    transform.yield %op : !op
  }
  transform.named_sequence @schedule(%op: !op {transform.readonly}) {
    %function = transform.get_parent_op %op {op_name = "func.func"} : (!op) -> !op
    %root = transform.include @mark_root failures(propagate) (%function) : (!op) -> !op
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !op) {
    transform.foreach_match in %root @match -> @schedule : (!op) -> !op
    transform.yield
  }
}

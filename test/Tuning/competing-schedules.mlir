// A schedule of the user's competes with the built-in one: both are tried, the records of both are kept and found again, and the best over
// both is embedded, reused and applied from the database.
// RUN: rm -rf %t && split-file %s %t
// RUN: chameleon-opt %t/model.mlir --tune-schedules="dry-run=true no-database=true threads=1 target=cpu library=%t/library.mlir" -o /dev/null 2>&1 | FileCheck %s --check-prefix=DRY
// DRY: elementwise 64x256 +exp {{.*}}library.mlir@rows
// DRY: elementwise 64x256 +exp {{.*}}builtin:cpu/elementwise@elementwise

// RUN: chameleon-opt %t/model.mlir --tune-schedules="trials=8 strategy=random database=%t/tuning.db progress=lines threads=1 target=cpu library=%t/library.mlir" -o %t/tuned.mlir 2> %t/log
// RUN: FileCheck %s --check-prefix=LOG < %t/log
// LOG: 1 tasks, up to 8 trials each
// LOG: elementwise 64x256 +exp{{.*}} by {{.*}}@
// RUN: chameleon-opt --export-database=%t/tuning.db | FileCheck %s --check-prefix=RECORDS
// RECORDS-DAG: "schedule":"{{[^"]*}}library.mlir@rows"
// RECORDS-DAG: "schedule":"builtin:cpu/elementwise@elementwise"
// RUN: chameleon-opt %t/model.mlir --tune-schedules="trials=8 strategy=random database=%t/tuning.db progress=lines threads=1 target=cpu library=%t/library.mlir worker=/nowhere" -o %t/again.mlir 2>&1 | FileCheck %s --check-prefix=AGAIN
// AGAIN: everything is in the database
// RUN: diff %t/tuned.mlir %t/again.mlir
// RUN: chameleon-opt %t/tuned.mlir --apply-schedules="threads=1 target=cpu" -o %t/applied.mlir
// RUN: chameleon-opt %t/model.mlir --apply-schedules="database=%t/tuning.db threads=1 target=cpu library=%t/library.mlir" | diff %t/applied.mlir -

//--- model.mlir
func.func @main(%a: tensor<64x256xf32>) -> tensor<64x256xf32> {
  %e = tensor.empty() : tensor<64x256xf32>
  %r = linalg.exp ins(%a : tensor<64x256xf32>) outs(%e : tensor<64x256xf32>) -> tensor<64x256xf32>
  return %r : tensor<64x256xf32>
}

//--- library.mlir
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match(%op: !transform.any_op {transform.readonly}) -> !transform.any_op {
    transform.match.operation_name %op ["linalg.exp", "linalg.generic"] : !transform.any_op
    transform.yield %op : !transform.any_op
  }
  transform.named_sequence @rows(%op: !transform.any_op {transform.consumed}) {
    %rows = transform.tune.knob<"rows"> options = [1, 2, 4, 8] -> !transform.param<i64>
    %tiled, %loop = transform.structured.tile_using_for %op tile_sizes [%rows]
        : (!transform.any_op, !transform.param<i64>) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.foreach_match in %root @match -> @rows : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

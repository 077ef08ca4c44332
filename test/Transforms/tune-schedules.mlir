// REQUIRES: agent
// The whole loop on a tiny module: tune, find everything again, apply, and run nothing wrong.
// RUN: rm -rf %t && mkdir -p %t
// RUN: chameleon-opt %s --tune-schedules="trials=8 database=%t/tuning.db progress=lines threads=1" -o %t/tuned.mlir 2> %t/log
// RUN: FileCheck %s --check-prefix=LOG < %t/log
// RUN: FileCheck %s < %t/tuned.mlir
// LOG: 1 tasks, up to 8 trials each
// LOG: elementwise 64x256 +add
// LOG: tuned operations: {{.*}} trials
// CHECK-LABEL: func.func @main
// CHECK:         call @[[TASK:chameleon_elementwise_[0-9a-f]+]]
// CHECK:       func.func private @[[TASK]]
// CHECK-SAME:    chameleon.task = "[[KEY:[0-9a-f]+]]"
// CHECK:       module @chameleon_schedules attributes {chameleon.seal = "{{[0-9a-f]+}}", transform.with_named_sequence}
// CHECK-NOT:     transform.smt.constrain_params
// CHECK:         chameleon.task = "[[KEY]]"

// A second run finds everything in the database: no worker is needed.
// RUN: chameleon-opt %s --tune-schedules="trials=8 database=%t/tuning.db progress=lines threads=1 worker=/nowhere" -o %t/again.mlir 2>&1 | FileCheck %s --check-prefix=AGAIN
// RUN: diff %t/tuned.mlir %t/again.mlir
// AGAIN: everything is in the database
// AGAIN: 0 trials and {{[1-8]}} from the database

// The schedules apply from the module, from a file and from the database, and give the same.
// RUN: chameleon-opt %t/tuned.mlir --apply-schedules -o %t/applied.mlir
// RUN: FileCheck %s --check-prefix=APPLIED < %t/applied.mlir
// RUN: chameleon-opt %s --apply-schedules="spec=%t/tuned.mlir threads=1" | diff %t/applied.mlir -
// RUN: chameleon-opt %s --apply-schedules="database=%t/tuning.db threads=1" | diff %t/applied.mlir -
// APPLIED-LABEL: func.func private @chameleon_elementwise_
// APPLIED:         arith.addf {{.*}} : vector<
// APPLIED-NOT:   @chameleon_schedules

// RUN: not chameleon-opt %s --apply-schedules 2>&1 | FileCheck %s --check-prefix=NOTHING
// NOTHING: error: no schedules to apply
// RUN: not chameleon-opt %s --apply-schedules="spec=%t/absent.mlir" 2>&1 | FileCheck %s --check-prefix=ABSENT
// ABSENT: error: {{.*}}absent.mlir

// A dry run lists the tasks and measures nothing.
// RUN: chameleon-opt %s --tune-schedules="dry-run=true no-database=true threads=1" -o /dev/null 2>&1 | FileCheck %s --check-prefix=DRY
// DRY: count      GFLOP       points        legal  task
// DRY: elementwise 64x256 +add {{.*}}builtin:cpu/elementwise@

// Every trial is exported, one JSON object a line.
// RUN: chameleon-opt --export-database=%t/tuning.db | FileCheck %s --check-prefix=JSON
// JSON: {{^{.*"outcome":"ok".*}$}}

// What was right with a looser tolerance is wrong with a tighter one, and something else has to be measured.
// RUN: python3 -c "import sqlite3; d = sqlite3.connect('%t/tuning.db'); d.execute('update record set relative_error = 5e-5'); d.commit()"
// RUN: chameleon-opt %s --tune-schedules="trials=8 database=%t/tuning.db progress=lines threads=1 worker=/nowhere" -o /dev/null 2>&1 | FileCheck %s --check-prefix=AGAIN
// RUN: not chameleon-opt %s --tune-schedules="trials=8 database=%t/tuning.db progress=lines threads=1 worker=/nowhere tolerance=1e-5" 2>&1 | FileCheck %s --check-prefix=STRICT
// STRICT-NOT: everything is in the database
// STRICT: error: worker '/nowhere' does not exist

#id = affine_map<(i, j) -> (i, j)>
func.func @main(%a: tensor<64x256xf32>, %b: tensor<64x256xf32>) -> tensor<64x256xf32> {
  %e = tensor.empty() : tensor<64x256xf32>
  %r = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<64x256xf32>, tensor<64x256xf32>) outs(%e : tensor<64x256xf32>) {
  ^bb0(%u: f32, %v: f32, %o: f32):
    %s = arith.addf %u, %v : f32
    linalg.yield %s : f32
  } -> tensor<64x256xf32>
  return %r : tensor<64x256xf32>
}

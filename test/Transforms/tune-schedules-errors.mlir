// Each wrong input: one clear diagnostic, a non-zero exit, nothing measured.
// RUN: not chameleon-opt %s --tune-schedules="preset=fast" 2>&1 | FileCheck %s --check-prefix=PRESET
// PRESET: for the --preset option: Cannot find option named 'fast'!
// RUN: not chameleon-opt %s --tune-schedules="target=tpu" 2>&1 | FileCheck %s --check-prefix=TARGET
// TARGET: error: unknown target 'tpu'
// RUN: not chameleon-opt %s --tune-schedules="progress=loud" 2>&1 | FileCheck %s --check-prefix=PROGRESS
// PROGRESS: for the --progress option: Cannot find option named 'loud'!
// RUN: not chameleon-opt %s --tune-schedules="trials=-1" 2>&1 | FileCheck %s --check-prefix=TRIALS
// TRIALS: error: option 'trials' is -1, expected at least 0
// RUN: not chameleon-opt %s --tune-schedules="tolerance=nan" 2>&1 | FileCheck %s --check-prefix=TOLERANCE
// TOLERANCE: error: option 'tolerance' is nan, expected at least 0
// RUN: not chameleon-opt %s --tune-schedules="trials=many" 2>&1 | FileCheck %s --check-prefix=NUMBER
// NUMBER: many
// RUN: not chameleon-opt %s --tune-schedules="colour=red" 2>&1 | FileCheck %s --check-prefix=OPTION
// OPTION: colour
// RUN: not chameleon-opt %s --tune-schedules="no-database=true strategy=luck" 2>&1 | FileCheck %s --check-prefix=STRATEGY
// STRATEGY: error: unknown strategy 'luck', expected one of {{.*}}chameleon
// RUN: not chameleon-opt %s --tune-schedules="no-database=true worker=/nowhere/worker" 2>&1 | FileCheck %s --check-prefix=WORKER
// WORKER: error: {{.*}}/nowhere/worker
// RUN: not chameleon-opt %s --tune-schedules="no-database=true launcher='\"/no where/launcher\" -q'" 2>&1 | FileCheck %s --check-prefix=LAUNCHER
// LAUNCHER: error: {{.*}}'/no where/launcher'
// RUN: not chameleon-opt %s --tune-schedules="no-database=true search-library=/nowhere/search.so" 2>&1 | FileCheck %s --check-prefix=SEARCH
// SEARCH: error: cannot load the search library: {{.*}}/nowhere/search.so
// RUN: not chameleon-opt %s --tune-schedules="library=/nowhere/library.mlir" 2>&1 | FileCheck %s --check-prefix=LIBRARY
// LIBRARY: error: {{.*}}/nowhere/library.mlir
// RUN: not chameleon-opt %s --tune-schedules="database=/proc/nowhere/tuning.db" 2>&1 | FileCheck %s --check-prefix=DATABASE
// DATABASE: error: {{.*}}/proc/nowhere
// RUN: echo "this is no database, and long enough not to be taken for an empty one: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" > %t.db
// RUN: not chameleon-opt %s --tune-schedules="database=%t.db" 2>&1 | FileCheck %s --check-prefix=CORRUPT
// CORRUPT: error: {{.*}}.db
// RUN: echo "func.func @f(" | not chameleon-opt --tune-schedules 2>&1 | FileCheck %s --check-prefix=PARSE
// PARSE: error: expected
// RUN: echo '"other.op"() : () -> ()' | not chameleon-opt --tune-schedules 2>&1 | FileCheck %s --check-prefix=DIALECT
// DIALECT: error: operation being parsed with an unregistered dialect

func.func @main(%a: tensor<64x64xf32>, %b: tensor<64x64xf32>) -> tensor<64x64xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<64x64xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<64x64xf32>) -> tensor<64x64xf32>
  %c = linalg.matmul ins(%a, %b : tensor<64x64xf32>, tensor<64x64xf32>) outs(%fill : tensor<64x64xf32>) -> tensor<64x64xf32>
  return %c : tensor<64x64xf32>
}

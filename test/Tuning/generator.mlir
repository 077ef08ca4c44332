// REQUIRES: agent
// What this code generator has measured is not measured again; what another one has is no answer, but starts the search warm: nearly
// all that it had measured is measured first, though another seed would draw other configurations.
// RUN: rm -rf %t && mkdir -p %t
// RUN: chameleon-opt %s --tune-schedules="trials=8 seed=1 database=%t/tuning.db progress=lines threads=1" -o /dev/null 2>&1 | FileCheck %s --check-prefix=FIRST
// RUN: chameleon-opt %s --tune-schedules="trials=8 seed=2 database=%t/tuning.db progress=lines threads=1" -o /dev/null 2>&1 | FileCheck %s --check-prefix=REUSED
// RUN: chameleon-opt --export-database=%t/tuning.db | sed 's/.*"configuration":"\([^"]*\)".*/\1/' | sort -u > %t/source

// RUN: python3 -c "import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript('UPDATE record SET generator = \'older\'')" %t/tuning.db
// RUN: chameleon-opt %s --apply-schedules="database=%t/tuning.db target=cpu threads=1" -o %t/plain.mlir
// RUN: FileCheck %s --check-prefix=PLAIN < %t/plain.mlir
// RUN: chameleon-opt %s --tune-schedules="trials=8 seed=2 database=%t/tuning.db progress=lines threads=1" -o /dev/null 2>&1 | FileCheck %s --check-prefix=FIRST
// RUN: chameleon-opt --export-database=%t/tuning.db | grep -v '"generator":"older"' | sed 's/.*"configuration":"\([^"]*\)".*/\1/' | sort -u > %t/warm
// RUN: comm -12 %t/source %t/warm > %t/both
// RUN: head -n 5 %t/both | count 5

// FIRST: 1 tasks, up to 8 trials each
// REUSED: everything is in the database
// PLAIN: linalg.matmul

func.func @main(%a: tensor<64x32xf32>, %b: tensor<32x64xf32>) -> tensor<64x64xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<64x64xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<64x64xf32>) -> tensor<64x64xf32>
  %r = linalg.matmul ins(%a, %b : tensor<64x32xf32>, tensor<32x64xf32>) outs(%f : tensor<64x64xf32>) -> tensor<64x64xf32>
  return %r : tensor<64x64xf32>
}

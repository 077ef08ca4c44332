// RUN: not chameleon-run %s 2>&1 | FileCheck %s --check-prefix=MISSING
// RUN: chameleon-run %s --fill-missing=1 --output=%t.npy
// RUN: chameleon-run %s --fill-missing=1 --expect=%t.npy --tolerance=0 | FileCheck %s --check-prefix=SAME
// RUN: not chameleon-run %s --fill-missing=2 --expect=%t.npy

// MISSING: error: constant 'elided' has no data
// SAME: result 0: relative error 0

func.func @main() -> tensor<8xf32> {
  %w = arith.constant dense_resource<elided> : tensor<8xf32>
  return %w : tensor<8xf32>
}

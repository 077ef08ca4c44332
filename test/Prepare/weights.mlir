// A safetensors file: `w` of rank 2, `v` as bf16, one more that the model does not have.
// RUN: mkdir -p %t.d && python3 %S/Inputs/make-weights.py %t.safetensors %t.d
// RUN: chameleon-run %s --target=cpu --weights=%t.safetensors | FileCheck %s
// The weights may come after tuning and after lowering.
// RUN: chameleon-opt %s --apply-schedules="target=cpu defaults=true" -o %t.applied.mlir
// RUN: chameleon-run %t.applied.mlir --target=cpu --weights=%t.safetensors | FileCheck %s
// RUN: chameleon-opt %t.applied.mlir --lower-to-cpu -o %t.lowered.mlir
// RUN: chameleon-run %t.lowered.mlir --target=cpu --weights=%t.safetensors | FileCheck %s
// Code for a GPU needs them as little.
// RUN: chameleon-opt %s --apply-schedules="target=nvvm:sm_90 defaults=true" --lower-to-nvvm | FileCheck %s --check-prefix=NVVM
// NVVM:     gpu.binary
// NVVM-DAG: dense_resource<w>
// NVVM-DAG: dense_resource<v>
// CHECK:      result 0: tensor<2x3xf32> = [1, 2, 3, 4, 5, 6]
// CHECK-NEXT: result 1: tensor<2xbf16> = [1, 2]

// RUN: not chameleon-run %s --target=cpu 2>&1 | FileCheck %s --check-prefix=MISSING
// RUN: not chameleon-run %s --target=nvvm:sm_90 --save-program=%t.program 2>&1 | FileCheck %s --check-prefix=MISSING
// MISSING: error: constant '{{[vw]}}' has no data

// One array, by the file's name.
// RUN: chameleon-run %s --target=cpu --weights=%t.d/w.npy --fill-missing=1 | FileCheck %s --check-prefix=NPY
// NPY: result 0: tensor<2x3xf32> = [6, 5, 4, 3, 2, 1]
// RUN: not chameleon-run %s --target=cpu --weights=%t.d/v.npy 2>&1 | FileCheck %s --check-prefix=TYPE
// TYPE: error: weight 'v' has type 'tensor<2x3xf32>' in '{{.*}}v.npy', expected {{.*}}tensor<2xbf16>
// RUN: not chameleon-run %s --target=cpu --weights=%t.d/z.npy 2>&1 | FileCheck %s --check-prefix=NONE
// NONE: error: '{{.*}}z.npy' has none of the 2 weights without data ('{{[vw]}}', '{{[vw]}}'), found 'z'
// RUN: not chameleon-run %s --target=cpu --weights=/nowhere/w.safetensors 2>&1 | FileCheck %s --check-prefix=OPEN
// OPEN: error: cannot open '/nowhere/w.safetensors'
func.func @main() -> (tensor<2x3xf32>, tensor<2xbf16>) {
  %w = arith.constant dense_resource<w> : tensor<2x3xf32>
  %v = arith.constant dense_resource<v> : tensor<2xbf16>
  return %w, %v : tensor<2x3xf32>, tensor<2xbf16>
}

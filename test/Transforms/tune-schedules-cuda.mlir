// REQUIRES: cuda, agent
// On a real device: kernels compute what the host computes, with and without schedules.

// RUN: chameleon-run %s --target=cpu --random-inputs --output=%t.npy
// RUN: chameleon-run %s --target=nvvm --random-inputs --expect=%t.npy | FileCheck %s
// RUN: chameleon-opt %s --tune-schedules="target=nvvm trials=4 no-database=true progress=quiet" -o %t.mlir
// RUN: FileCheck %s --check-prefix=TUNED < %t.mlir
// RUN: chameleon-run %t.mlir --target=nvvm --random-inputs --expect=%t.npy | FileCheck %s

// CHECK: result 0: relative error {{[0-9.e-]+$}}
// TUNED: module @chameleon_schedules

func.func @main(%a: tensor<64x96xf32>, %b: tensor<96x128xf32>) -> tensor<64x128xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<64x128xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<64x128xf32>) -> tensor<64x128xf32>
  %r = linalg.matmul ins(%a, %b : tensor<64x96xf32>, tensor<96x128xf32>) outs(%fill : tensor<64x128xf32>) -> tensor<64x128xf32>
  return %r : tensor<64x128xf32>
}

// Weights are laid out once: a candidate's panels are made before it is timed (and checked with them), the tuned module makes
// them at load. 31 columns: the last panel is filled up.
// RUN: chameleon-opt %s --tune-schedules="trials=6 strategy=random no-database=true progress=quiet threads=1 target=cpu" -o %t.mlir
// RUN: chameleon-opt %t.mlir --apply-schedules="target=cpu threads=1" | FileCheck %s
// RUN: chameleon-opt %t.mlir --apply-schedules="target=cpu threads=1 prepare=false" | FileCheck %s --check-prefix=UNCHANGED
// RUN: chameleon-run %t.mlir --input=24x40xf32=1 | FileCheck %s --check-prefix=RESULT
// CHECK: func.func @main(%arg0: tensor<24x40xf32>, %arg1: tensor<{{.*}}xf32> {chameleon.constant = 0 : i64})
// CHECK: func.func @main_init()
// UNCHANGED: func.func @main(%arg0: tensor<24x40xf32>) -> tensor<24x31xf32> {
// RESULT: result 0: tensor<24x31xf32> = [20, 20, 20,
func.func @main(%x: tensor<24x40xf32>) -> tensor<24x31xf32> {
  %w = arith.constant dense<0.5> : tensor<40x31xf32>
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<24x31xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<24x31xf32>) -> tensor<24x31xf32>
  %r = linalg.matmul ins(%x, %w : tensor<24x40xf32>, tensor<40x31xf32>) outs(%f : tensor<24x31xf32>) -> tensor<24x31xf32>
  return %r : tensor<24x31xf32>
}

// RUN: chameleon-run %s --target=cpu --input=45x67xf32=2 --input=f64=3 --input=i64=4 --input=f32=5 --input=index=6 | FileCheck %s
// RUN: chameleon-opt %s --tune-schedules="target=cpu trials=2 no-database=true progress=quiet" -o %t.tuned.mlir
// RUN: chameleon-run %t.tuned.mlir --target=cpu --input=45x67xf32=2 --input=xf64=3 --input=i64=4 --input=f32=5 --input=index=6 | FileCheck %s
// RUN: chameleon-opt %s --apply-schedules="target=cpu defaults=true" | FileCheck %s --check-prefix=TASK
// RUN: chameleon-opt %s --apply-schedules="target=nvvm:sm_90 defaults=true" | chameleon-opt --lower-to-nvvm="format=nvvm" | FileCheck %s --check-prefix=NVVM
// RUN: chameleon-opt %s --lower-to-nvvm="format=nvvm" | FileCheck %s --check-prefix=NVVM
// RUN: not chameleon-run %s --target=cpu --input=45x67xf32=2 --input=f32=3 --random-inputs 2>&1 | FileCheck %s --check-prefix=TYPE

// Scalars among arguments and results, as numbers of Python among a model's inputs are: converted, computed with, captured by a
// body, an operand, filled with, passed on, returned.

// CHECK:      result 0: tensor<45x67xf32> = [20, 20, 20, 20, 20, 20, ..., 20, 20, 20, 20, 20, 20]
// CHECK-NEXT: result 1: tensor<8xf32> = [10, 10, 10, 10, 10, 10, 10, 10]
// CHECK-NEXT: result 2: tensor<f64> = [12]
// CHECK-NEXT: result 3: tensor<index> = [6]
// A task takes tensors alone.
// TASK: func.func private @chameleon_elementwise_{{[^(]*}}(%{{.*}}: tensor<45x67xf32>, %{{.*}}: tensor<f64>, %{{.*}}: tensor<i64>, %{{.*}}: tensor<f32>, %{{.*}}: tensor<45x67xf32>)
// A list of launches has no place for scalars.
// NVVM: func.func @main(%{{.*}}: memref<45x67xf32>, %{{.*}}: memref<f64>, %{{.*}}: memref<i64>, %{{.*}}: memref<f32>, %{{.*}}: memref<index>,
// NVVM-NOT: memref.{{load|store}}
// NVVM: return
// TYPE: error: input 1 has type 'tensor<f32>', expected 'tensor<f64>'
#id = affine_map<(i, j) -> (i, j)>
#none = affine_map<(i, j) -> ()>
func.func @main(%x: tensor<45x67xf32>, %scale: f64, %n: i64, %bias: f32, %at: index) -> (tensor<45x67xf32>, tensor<8xf32>, f64, index) {
  %s = arith.truncf %scale : f64 to f32
  %m = arith.sitofp %n : i64 to f32
  %two = arith.constant 2.0 : f32
  %b2 = arith.mulf %bias, %two : f32
  %0 = tensor.empty() : tensor<45x67xf32>
  %1 = linalg.generic {indexing_maps = [#id, #none, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x, %b2 : tensor<45x67xf32>, f32) outs(%0 : tensor<45x67xf32>) {
  ^bb0(%in: f32, %b: f32, %out: f32):
    %2 = arith.mulf %in, %s : f32
    %3 = arith.addf %2, %m : f32
    %4 = arith.addf %3, %b : f32
    linalg.yield %4 : f32
  } -> tensor<45x67xf32>
  %e = tensor.empty() : tensor<8xf32>
  %f = linalg.fill ins(%b2 : f32) outs(%e : tensor<8xf32>) -> tensor<8xf32>
  %t, %d = call @twice(%f, %scale) : (tensor<8xf32>, f64) -> (tensor<8xf32>, f64)
  %q = arith.addf %d, %d : f64
  return %1, %t, %q, %at : tensor<45x67xf32>, tensor<8xf32>, f64, index
}
func.func private @twice(%t: tensor<8xf32>, %x: f64) -> (tensor<8xf32>, f64) {
  %0 = arith.addf %x, %x : f64
  return %t, %0 : tensor<8xf32>, f64
}
// A function of scalars alone is none of a program's.
func.func @scalars(%x: f64) -> f64 {
  return %x : f64
}

// What --lower-to-nvvm makes runs in MLIR's own runner: scratch memory (the reduction is split, so that there is some) and
// constants are on the device, and the library of mgpu functions is this project's.

// RUN: split-file %s %t
// RUN: chameleon-opt %t/product.mlir --apply-schedules="defaults target=nvvm:sm_90" --lower-to-nvvm="chip=sm_90 format=ptx" -o %t/device.mlir
// RUN: FileCheck %s < %t/device.mlir
// RUN: grep -v "^}" %t/device.mlir > %t/both.mlir
// RUN: cat %t/host.mlir >> %t/both.mlir
// RUN: chameleon-opt %t/both.mlir --pass-pipeline="builtin.module(func.func(gpu-async-region,convert-scf-to-cf),gpu-to-llvm{use-bare-pointers-for-kernels=1},reconcile-unrealized-casts)" -o %t/llvm.mlir
// RUN: FileCheck %s --check-prefix=HOST < %t/llvm.mlir
// RUN: env %fake_cuda mlir-runner %t/llvm.mlir -e main --entry-point-result=void %runner_libraries | FileCheck %s --check-prefix=FAKE
// RUN: %if cuda %{ mlir-runner %t/llvm.mlir -e main --entry-point-result=void %runner_libraries | FileCheck %s --check-prefix=RESULT %}

// CHECK:      gpu.binary @kernels
// CHECK:      memref.global "private" constant @[[WEIGHTS:.*]] : memref<96x128xf32>
// CHECK:      func.func @product(%[[A:.*]]: memref<64x96xf32>, %[[OUT:.*]]: memref<64x128xf32>)
// CHECK:        %[[CONSTANT:.*]] = memref.get_global @[[WEIGHTS]]
// CHECK:        %[[DEVICE:.*]] = gpu.alloc () : memref<96x128xf32>
// CHECK:        gpu.memcpy %[[DEVICE]], %[[CONSTANT]]
// CHECK:        call @[[TASK:.*]](%[[A]], %[[DEVICE]], %[[OUT]])
// CHECK:        gpu.dealloc %[[DEVICE]]
// CHECK:      func.func private @[[TASK]](
// CHECK:        %[[SCRATCH:.*]] = gpu.alloc ()
// CHECK:        gpu.launch_func @kernels::{{.*}}%[[SCRATCH]] 
// CHECK:        gpu.launch_func @kernels::{{.*}}%[[SCRATCH]] 
// CHECK:        gpu.dealloc %[[SCRATCH]]
// HOST:       llvm.func @product
// HOST:         llvm.call @mgpuMemAlloc
// HOST:         llvm.call @mgpuMemcpy
// FAKE:       different elements: {{[1-9]}}
// RESULT:     different elements: 0{{$}}

//--- product.mlir
func.func @product(%a: tensor<64x96xf32>) -> tensor<64x128xf32> {
  %zero = arith.constant 0.0 : f32
  %two = arith.constant dense<2.0> : tensor<96x128xf32>
  %empty = tensor.empty() : tensor<64x128xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<64x128xf32>) -> tensor<64x128xf32>
  %r = linalg.matmul ins(%a, %two : tensor<64x96xf32>, tensor<96x128xf32>) outs(%fill : tensor<64x128xf32>) -> tensor<64x128xf32>
  return %r : tensor<64x128xf32>
}
//--- host.mlir
  // Small whole numbers: every order of the sum is exact.
  func.func @main() {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c3 = arith.constant 3 : index
    %c7 = arith.constant 7 : index
    %c11 = arith.constant 11 : index
    %rows = arith.constant 64 : index
    %columns = arith.constant 128 : index
    %depth = arith.constant 96 : index
    %none = arith.constant 0.0 : f32
    %two = arith.constant 2.0 : f32
    %a = memref.alloc() : memref<64x96xf32>
    %c = memref.alloc() : memref<64x128xf32>
    scf.for %i = %c0 to %rows step %c1 {
      scf.for %k = %c0 to %depth step %c1 {
        %x = arith.muli %i, %c7 : index
        %y = arith.muli %k, %c3 : index
        %z = arith.addi %x, %y : index
        %m = arith.remui %z, %c11 : index
        %v = arith.index_cast %m : index to i32
        %f = arith.sitofp %v : i32 to f32
        memref.store %f, %a[%i, %k] : memref<64x96xf32>
      }
    }
    %da = gpu.alloc() : memref<64x96xf32>
    %dc = gpu.alloc() : memref<64x128xf32>
    gpu.memcpy %da, %a : memref<64x96xf32>, memref<64x96xf32>
    func.call @product(%da, %dc) : (memref<64x96xf32>, memref<64x128xf32>) -> ()
    gpu.memcpy %c, %dc : memref<64x128xf32>, memref<64x128xf32>
    gpu.dealloc %da : memref<64x96xf32>
    gpu.dealloc %dc : memref<64x128xf32>
    %different = scf.for %i = %c0 to %rows step %c1 iter_args(%n0 = %c0) -> index {
      %sum = scf.for %k = %c0 to %depth step %c1 iter_args(%s = %none) -> f32 {
        %v = memref.load %a[%i, %k] : memref<64x96xf32>
        %p = arith.mulf %v, %two : f32
        %s1 = arith.addf %s, %p : f32
        scf.yield %s1 : f32
      }
      %n = scf.for %j = %c0 to %columns step %c1 iter_args(%n1 = %n0) -> index {
        %v = memref.load %c[%i, %j] : memref<64x128xf32>
        %wrong = arith.cmpf une, %v, %sum : f32
        %one = arith.select %wrong, %c1, %c0 : index
        %n2 = arith.addi %n1, %one : index
        scf.yield %n2 : index
      }
      scf.yield %n : index
    }
    vector.print str "different elements: "
    vector.print %different : index
    return
  }
}

// RUN: chameleon-opt %s --lower-to-nvvm="format=ptx" | FileCheck %s

// What host code calls: the PTX in place of the kernels; scratch memory of the device, freed at the end; a constant that each
// call brings there; shared memory beyond 48 KiB said at the launch. Functions of others are left alone.
// CHECK:       gpu.binary @kernels [#gpu.object<#nvvm.target<O = 1, chip = "sm_90", features = "+ptx80">, assembly = "
// CHECK:       memref.global "private" constant @weights
// CHECK:       func.func private @elsewhere(memref<64xf32>)
// CHECK-LABEL: func.func @scratch(
// CHECK-SAME:    %[[A:.*]]: memref<64xf32>, %[[OUT:.*]]: memref<64xf32>)
// CHECK-NOT:     memref.alloc
// CHECK:         %[[SCRATCH:.*]] = gpu.alloc () : memref<64xf32>
// CHECK:         gpu.launch_func {{ *}}@kernels::@scratch_kernel blocks in ({{[^)]*}}) threads in ({{[^)]*}}) args(%[[A]] : memref<64xf32>, %[[SCRATCH]] : memref<64xf32>)
// CHECK:         gpu.launch_func {{ *}}@kernels::@scratch_kernel_0 {{.*}} args(%[[SCRATCH]] : memref<64xf32>, %[[OUT]] : memref<64xf32>)
// CHECK:         gpu.dealloc %[[SCRATCH]] : memref<64xf32>
// CHECK-NEXT:    return
// CHECK-LABEL: func.func @constant(
// CHECK:         %[[HOST:.*]] = memref.get_global @weights : memref<64xf32>
// CHECK-NEXT:    %[[DEVICE:.*]] = gpu.alloc () : memref<64xf32>
// CHECK-NEXT:    gpu.memcpy %[[DEVICE]], %[[HOST]] : memref<64xf32>, memref<64xf32>
// CHECK:         gpu.launch_func {{ *}}@kernels::@constant_kernel {{.*}} dynamic_shared_memory_size %c65536_i32 args({{.*}}%[[DEVICE]] : memref<64xf32>
// CHECK:         gpu.dealloc %[[DEVICE]] : memref<64xf32>
// CHECK-NEXT:    return
memref.global "private" constant @weights : memref<64xf32> = dense<2.0>
func.func private @elsewhere(memref<64xf32>)
func.func @scratch(%a: memref<64xf32>, %out: memref<64xf32>) {
  %c1 = arith.constant 1 : index
  %c64 = arith.constant 64 : index
  %scratch = memref.alloc() : memref<64xf32>
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %c1, %gy = %c1, %gz = %c1) threads(%tx, %ty, %tz) in (%sx = %c64, %sy = %c1, %sz = %c1) {
    %v = memref.load %a[%tx] : memref<64xf32>
    memref.store %v, %scratch[%tx] : memref<64xf32>
    gpu.terminator
  }
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %c1, %gy = %c1, %gz = %c1) threads(%tx, %ty, %tz) in (%sx = %c64, %sy = %c1, %sz = %c1) {
    %v = memref.load %scratch[%tx] : memref<64xf32>
    memref.store %v, %out[%tx] : memref<64xf32>
    gpu.terminator
  }
  return
}
func.func @constant(%out: memref<64xf32>) {
  %c1 = arith.constant 1 : index
  %c64 = arith.constant 64 : index
  %weights = memref.get_global @weights : memref<64xf32>
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %c1, %gy = %c1, %gz = %c1) threads(%tx, %ty, %tz) in (%sx = %c64, %sy = %c1, %sz = %c1)
      workgroup(%buffer : memref<16384xf32, 3>) {
    %c63 = arith.constant 63 : index
    %v = memref.load %weights[%tx] : memref<64xf32>
    memref.store %v, %buffer[%tx] : memref<16384xf32, 3>
    gpu.barrier
    %other = arith.subi %c63, %tx : index
    %w = memref.load %buffer[%other] : memref<16384xf32, 3>
    memref.store %w, %out[%tx] : memref<64xf32>
    gpu.terminator
  }
  return
}

// RUN: chameleon-opt %s --lower-to-nvvm="format=nvvm" | FileCheck %s

// All kernels are in one module under names of their own; constants and views move into them.
// CHECK:       gpu.module @kernels
// CHECK:         llvm.func @first_kernel(%{{[^,]*}}: !llvm.ptr, %{{[^,]*}}: !llvm.ptr) attributes {chameleon.distinct
// CHECK:           llvm.mlir.constant(2.000000e+00 : f32)
// In place: one buffer is read and written through two shapes, so nothing may be assumed.
// CHECK:         llvm.func @second_kernel(%{{[^,]*}}: !llvm.ptr) attributes
// Clusters are the kernel's own affair: whoever launches it need not know.
// CHECK:         llvm.func @clustered_kernel({{.*}}nvvm.cluster_dim = array<i32: 4, 1, 1>
// CHECK:       func.func @first
// CHECK:         gpu.launch_func {{ *}}@kernels::@first_kernel
// CHECK-SAME:      args(%arg0 : memref<4x4xf32>, %arg1 : memref<4x4xf32>)
// CHECK:       func.func @second
// CHECK:         gpu.launch_func {{ *}}@kernels::@second_kernel
// CHECK-SAME:      args(%arg0 : memref<16xf32>)
// CHECK:       func.func @clustered
// CHECK:         gpu.launch_func {{ *}}@kernels::@clustered_kernel blocks
func.func @first(%a: memref<4x4xf32>, %out: memref<4x4xf32>) {
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %two = arith.constant 2.0 : f32
  %corner = memref.subview %a[2, 2] [2, 2] [1, 1] : memref<4x4xf32> to memref<2x2xf32, strided<[4, 1], offset: 10>>
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %c1, %gy = %c1, %gz = %c1) threads(%tx, %ty, %tz) in (%sx = %c2, %sy = %c2, %sz = %c1) {
    %v = memref.load %corner[%tx, %ty] : memref<2x2xf32, strided<[4, 1], offset: 10>>
    %w = arith.mulf %v, %two : f32
    memref.store %w, %out[%tx, %ty] : memref<4x4xf32>
    gpu.terminator
  }
  return
}
func.func @second(%a: memref<16xf32>) {
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %square = memref.expand_shape %a [[0, 1]] output_shape [4, 4] : memref<16xf32> into memref<4x4xf32>
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %c1, %gy = %c1, %gz = %c1) threads(%tx, %ty, %tz) in (%sx = %c4, %sy = %c4, %sz = %c1) {
    %v = memref.load %square[%tx, %ty] : memref<4x4xf32>
    %i = arith.addi %tx, %ty : index
    memref.store %v, %a[%i] : memref<16xf32>
    gpu.terminator
  }
  return
}
func.func @clustered(%a: memref<16xf32>) {
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  gpu.launch clusters(%cx, %cy, %cz) in (%nx = %c4, %ny = %c1, %nz = %c1) blocks(%bx, %by, %bz) in (%gx = %c4, %gy = %c1, %gz = %c1)
      threads(%tx, %ty, %tz) in (%sx = %c4, %sy = %c1, %sz = %c1) {
    %v = memref.load %a[%bx] : memref<16xf32>
    memref.store %v, %a[%tx] : memref<16xf32>
    gpu.terminator
  }
  return
}

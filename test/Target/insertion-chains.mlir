// RUN: chameleon-opt %s --split-input-file --lower-to-cpu --mlir-print-ir-before=empty-tensor-to-alloc-tensor -o /dev/null 2>&1 | FileCheck %s
// RUN: chameleon-opt %s --split-input-file --lower-to-nvvm --mlir-print-ir-before=empty-tensor-to-alloc-tensor -o /dev/null 2>&1 | FileCheck %s

// A long chain of insertions, which bufferization would compare with each other, is copies into one buffer.

// CHECK-LABEL:   func.func @concat17(
// CHECK-NOT:       tensor.insert_slice
// CHECK:           %[[BUFFER:.*]] = memref.alloc() : memref<17x4xf32>
// CHECK:           %[[FIRST:.*]] = memref.subview %[[BUFFER]][0, 0] [1, 4] [1, 1]
// CHECK:           %[[X:.*]] = bufferization.to_buffer %{{.*}} read_only
// CHECK:           memref.copy %[[X]], %[[FIRST]]
// CHECK-COUNT-16:  memref.copy
// CHECK:           bufferization.to_tensor %[[BUFFER]] restrict :
// CHECK-NOT:       tensor.insert_slice
// CHECK:           return
func.func @concat17(%x: tensor<1x4xf32>) -> tensor<17x4xf32> {
  %0 = tensor.concat dim(0) %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x : (tensor<1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<17x4xf32>
  return %0 : tensor<17x4xf32>
}

// -----

// A short one is left to the analysis.

// CHECK-LABEL:   func.func @concat3(
// CHECK-NOT:       memref.copy
// CHECK-COUNT-3:   tensor.insert_slice
// CHECK:           return
func.func @concat3(%x: tensor<1x4xf32>) -> tensor<3x4xf32> {
  %0 = tensor.concat dim(0) %x, %x, %x : (tensor<1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<3x4xf32>
  return %0 : tensor<3x4xf32>
}

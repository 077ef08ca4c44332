// RUN: chameleon-run %s --input=4xf32=0 | FileCheck %s
// RUN: chameleon-run %s --function=malloc --input=4xf32=0 | FileCheck %s --check-prefix=MALLOC
// RUN: chameleon-opt %s --lower-to-nvvm | FileCheck %s --check-prefix=KERNELS

// Functions of a model may have the names of ours, of the C library's and of
// its mathematics: neither calls the other.

// CHECK: result 0: tensor<4xf32> = [2.7182{{[0-9]+}}, 2.7182
// MALLOC: result 0: tensor<4xf32> = [1, 1, 1, 1]
// KERNELS: gpu.binary @kernels_0
// KERNELS: gpu.launch_func @kernels_0::@
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = call @malloc(%x) : (tensor<4xf32>) -> tensor<4xf32>
  %1 = call @memcpy(%0) : (tensor<4xf32>) -> tensor<4xf32>
  %2 = call @chameleon.entry.main(%1) : (tensor<4xf32>) -> tensor<4xf32>
  %3 = call @kernels(%2) : (tensor<4xf32>) -> tensor<4xf32>
  return %3 : tensor<4xf32>
}
func.func @malloc(%x: tensor<4xf32>) -> tensor<4xf32> {
  %one = arith.constant dense<1.0> : tensor<4xf32>
  %e = tensor.empty() : tensor<4xf32>
  %r = linalg.add ins(%x, %one : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}
func.func @memcpy(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
func.func @chameleon.entry.main(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
func.func @kernels(%x: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %r = linalg.exp ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

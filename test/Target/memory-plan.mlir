// RUN: chameleon-opt %s --split-input-file --lower-to-cpu | FileCheck %s

// Three activations of 4096 bytes, two of them alive at a time: one arena of 8192 bytes, and the allocator is never called.
// The scratch of the tasks lies in an arena of their own, which they share.

// CHECK-DAG: llvm.mlir.global private @chameleon_arena_1() {{.*}} !llvm.array<8192 x i8>
// CHECK-DAG: llvm.mlir.global private @chameleon_arena_0() {{.*}} !llvm.array<4096 x i8>
// CHECK-NOT: call @aligned_alloc
// CHECK-LABEL: llvm.func @main(
// CHECK-NOT: call @aligned_alloc
// CHECK: llvm.return
func.func private @twice(%in: tensor<1024xf32>, %out: tensor<1024xf32>) -> tensor<1024xf32> attributes {chameleon.task = "a"} {
  %e = tensor.empty() : tensor<1024xf32>
  %0 = linalg.abs ins(%in : tensor<1024xf32>) outs(%e : tensor<1024xf32>) -> tensor<1024xf32>
  %1 = linalg.exp ins(%0 : tensor<1024xf32>) outs(%out : tensor<1024xf32>) -> tensor<1024xf32>
  return %1 : tensor<1024xf32>
}
func.func @main(%in: tensor<1024xf32>) -> tensor<1024xf32> {
  %e = tensor.empty() : tensor<1024xf32>
  %0 = call @twice(%in, %e) : (tensor<1024xf32>, tensor<1024xf32>) -> tensor<1024xf32>
  %1 = call @twice(%0, %e) : (tensor<1024xf32>, tensor<1024xf32>) -> tensor<1024xf32>
  %2 = call @twice(%1, %e) : (tensor<1024xf32>, tensor<1024xf32>) -> tensor<1024xf32>
  %3 = call @twice(%2, %e) : (tensor<1024xf32>, tensor<1024xf32>) -> tensor<1024xf32>
  return %3 : tensor<1024xf32>
}

// -----

// A recursive function cannot own an arena.

// CHECK-NOT: chameleon_arena
// CHECK-LABEL: llvm.func @recursive
// CHECK: call @aligned_alloc
func.func @recursive(%in: tensor<1024xf32>) -> tensor<1024xf32> {
  %e = tensor.empty() : tensor<1024xf32>
  %0 = linalg.abs ins(%in : tensor<1024xf32>) outs(%e : tensor<1024xf32>) -> tensor<1024xf32>
  %1 = call @recursive(%0) : (tensor<1024xf32>) -> tensor<1024xf32>
  %2 = linalg.add ins(%0, %1 : tensor<1024xf32>, tensor<1024xf32>) outs(%e : tensor<1024xf32>) -> tensor<1024xf32>
  return %2 : tensor<1024xf32>
}

// RUN: chameleon-opt %s --split-input-file --lower-to-cpu | FileCheck %s
// RUN: chameleon-opt %s --split-input-file --lower-to-cpu --mlir-print-ir-after=convert-linalg-to-loops 2>&1 | FileCheck %s --check-prefix=LOOPS

// CSE leaves two products one zero fill; each gets its own, so that neither is copied.

// CHECK-LABEL: llvm.func @shared_fill(
// CHECK-NOT: llvm.intr.memcpy
// CHECK: llvm.return
func.func @shared_fill(%a: tensor<8x8xf32>, %b: tensor<8x8xf32>) -> (tensor<8x8xf32>, tensor<8x8xf32>) {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<8x8xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<8x8xf32>) -> tensor<8x8xf32>
  %0 = linalg.matmul ins(%a, %b : tensor<8x8xf32>, tensor<8x8xf32>) outs(%f : tensor<8x8xf32>) -> tensor<8x8xf32>
  %1 = linalg.matmul ins(%b, %a : tensor<8x8xf32>, tensor<8x8xf32>) outs(%f : tensor<8x8xf32>) -> tensor<8x8xf32>
  return %0, %1 : tensor<8x8xf32>, tensor<8x8xf32>
}

// -----

// The loop over columns, of which there are 7, goes inside the reduction over 5, and multiply-add is one operation.

// LOOPS-LABEL: func.func{{.*}} @loop_order(
// LOOPS: scf.for {{.*}} to %c3
// LOOPS: scf.for {{.*}} to %c5
// LOOPS: scf.for {{.*}} to %c7
// CHECK-LABEL: llvm.func @loop_order(
// CHECK: llvm.intr.fma
func.func @loop_order(%a: tensor<3x5xf32>, %b: tensor<5x7xf32>, %c: tensor<3x7xf32>) -> tensor<3x7xf32> attributes {chameleon.task = "k"} {
  %0 = linalg.matmul ins(%a, %b : tensor<3x5xf32>, tensor<5x7xf32>) outs(%c : tensor<3x7xf32>) -> tensor<3x7xf32>
  return %0 : tensor<3x7xf32>
}

// -----

// A copy into a window of a padded image is a loop: no runtime library.

// CHECK-NOT: memrefCopy
// CHECK-LABEL: llvm.func @window(
func.func @window(%a: tensor<4x4xf32>) -> tensor<6x6xf32> {
  %z = arith.constant 0.0 : f32
  %p = tensor.pad %a low[1, 1] high[1, 1] {
  ^bb0(%i: index, %j: index):
    tensor.yield %z : f32
  } : tensor<4x4xf32> to tensor<6x6xf32>
  return %p : tensor<6x6xf32>
}

// -----

// A part of a concatenation that is one block of memory is copied as one: DenseNet's 651 copies as loops of five
// dimensions took LLVM ten minutes.

// CHECK-LABEL: llvm.func @block(
// CHECK: llvm.intr.memcpy
// CHECK: llvm.intr.memcpy
// CHECK-NOT: llvm.br
// CHECK: llvm.return
func.func @block(%a: tensor<1x2x3x8xf32>, %b: tensor<1x4x3x8xf32>) -> tensor<1x6x3x8xf32> {
  %r = tensor.concat dim(1) %a, %b : (tensor<1x2x3x8xf32>, tensor<1x4x3x8xf32>) -> tensor<1x6x3x8xf32>
  return %r : tensor<1x6x3x8xf32>
}

// -----

// A small buffer of a parallel loop belongs to the thread: on its stack, outside of the loop.

// CHECK-LABEL: llvm.func @thread_local(
// CHECK: omp.parallel {
// CHECK: llvm.alloca {{.*}} x f32
// CHECK: omp.wsloop
// CHECK-NOT: llvm.alloca
// CHECK-NOT: aligned_alloc
func.func @thread_local(%a: tensor<8x16xf32>) -> tensor<8x16xf32> {
  %e = tensor.empty() : tensor<8x16xf32>
  %r = scf.forall (%i) in (8) shared_outs(%o = %e) -> (tensor<8x16xf32>) {
    %x = tensor.extract_slice %a[%i, 0] [1, 16] [1, 1] : tensor<8x16xf32> to tensor<1x16xf32>
    %y = tensor.extract_slice %o[%i, 0] [1, 16] [1, 1] : tensor<8x16xf32> to tensor<1x16xf32>
    %t = tensor.empty() : tensor<1x16xf32>
    %u = linalg.abs ins(%x : tensor<1x16xf32>) outs(%t : tensor<1x16xf32>) -> tensor<1x16xf32>
    %z = linalg.add ins(%u, %x : tensor<1x16xf32>, tensor<1x16xf32>) outs(%y : tensor<1x16xf32>) -> tensor<1x16xf32>
    scf.forall.in_parallel {
      tensor.parallel_insert_slice %z into %o[%i, 0] [1, 16] [1, 1] : tensor<1x16xf32> into tensor<8x16xf32>
    }
  }
  return %r : tensor<8x16xf32>
}

// -----

// A function that is no task may be tiled as well: its result is computed into the destination that was appended.

// CHECK-LABEL: llvm.func @tiled(
// CHECK-NOT: aligned_alloc
// CHECK-NOT: llvm.intr.memcpy
// CHECK: llvm.return
func.func @tiled(%a: tensor<8xf32>) -> tensor<8xf32> {
  %c0 = arith.constant 0 : index
  %c2 = arith.constant 2 : index
  %c8 = arith.constant 8 : index
  %e = tensor.empty() : tensor<8xf32>
  %r = scf.for %i = %c0 to %c8 step %c2 iter_args(%o = %e) -> tensor<8xf32> {
    %x = tensor.extract_slice %a[%i] [2] [1] : tensor<8xf32> to tensor<2xf32>
    %y = tensor.extract_slice %o[%i] [2] [1] : tensor<8xf32> to tensor<2xf32>
    %z = linalg.add ins(%x, %x : tensor<2xf32>, tensor<2xf32>) outs(%y : tensor<2xf32>) -> tensor<2xf32>
    %w = tensor.insert_slice %z into %o[%i] [2] [1] : tensor<2xf32> into tensor<8xf32>
    scf.yield %w : tensor<8xf32>
  }
  return %r : tensor<8xf32>
}

// RUN: chameleon-opt %s --split-input-file --lower-to-cpu --verify-diagnostics | FileCheck %s
// RUN: chameleon-opt %s --split-input-file --lower-to-cpu=parallel=false --verify-diagnostics | FileCheck %s --check-prefix=SERIAL

// Tasks return nothing and write their last argument; main gets its result as an argument and hands it through: no copy, no
// allocation in between.

// CHECK-LABEL: llvm.func @exp_task(
// CHECK-SAME: %{{[^:]*}}: !llvm.ptr {llvm.noalias}, %{{[^:]*}}: !llvm.ptr {llvm.noalias})
// CHECK-SAME: chameleon.signature = (tensor<8x16xf32>, tensor<8x16xf32>) -> tensor<8x16xf32>
// CHECK-SAME: chameleon.task = "k"
// A polynomial, not a call of the C library in the loop.
// CHECK-NOT: llvm.intr.exp
// CHECK: llvm.intr.fma
// CHECK-LABEL: llvm.func @main(
// CHECK-SAME: %[[IN:[^:]*]]: !llvm.ptr {{[^%]*}} %[[OUT:[^:]*]]: !llvm.ptr
// CHECK-NOT: aligned_alloc
// CHECK-NOT: memcpy
// CHECK: llvm.call @exp_task
// CHECK-NOT: memcpy
// CHECK: llvm.return
func.func private @exp_task(%in: tensor<8x16xf32>, %out: tensor<8x16xf32>) -> tensor<8x16xf32> attributes {chameleon.task = "k"} {
  %r = linalg.exp ins(%in : tensor<8x16xf32>) outs(%out : tensor<8x16xf32>) -> tensor<8x16xf32>
  return %r : tensor<8x16xf32>
}
func.func @main(%in: tensor<8x16xf32>) -> tensor<8x16xf32> {
  %e = tensor.empty() : tensor<8x16xf32>
  %r = call @exp_task(%in, %e) : (tensor<8x16xf32>, tensor<8x16xf32>) -> tensor<8x16xf32>
  return %r : tensor<8x16xf32>
}

// -----

// A task whose result is not its destination copies it there; one that returns its input does as well.

// CHECK-LABEL: llvm.func @returns_input(
// CHECK-SAME: !llvm.ptr{{.*}} !llvm.ptr{{.*}})
// CHECK: "llvm.intr.memcpy"
func.func @returns_input(%in: tensor<8xf32>) -> tensor<8xf32> {
  return %in : tensor<8xf32>
}

// CHECK-LABEL: llvm.func @ignores_destination(
// CHECK: "llvm.intr.memcpy"
func.func @ignores_destination(%in: tensor<8xf32>, %out: tensor<8xf32>) -> tensor<8xf32> attributes {chameleon.task = "k"} {
  return %in : tensor<8xf32>
}

// -----

// An input is never overwritten, even where that would save a buffer.

// CHECK-LABEL: llvm.func @in_place(
// CHECK-SAME: %[[IN:[^:]*]]: !llvm.ptr
// CHECK-NOT: llvm.store {{.*}}%[[IN]]
// CHECK: "llvm.intr.memcpy"
func.func @in_place(%in: tensor<8xf32>) -> tensor<8xf32> {
  %r = linalg.exp ins(%in : tensor<8xf32>) outs(%in : tensor<8xf32>) -> tensor<8xf32>
  return %r : tensor<8xf32>
}

// -----

// Parallel loops.

// CHECK-LABEL: llvm.func @parallel(
// CHECK: omp.parallel
// SERIAL-LABEL: llvm.func @parallel(
// SERIAL-NOT: omp.parallel
func.func @parallel(%a: tensor<8x16xf32>) -> tensor<8x16xf32> {
  %e = tensor.empty() : tensor<8x16xf32>
  %r = scf.forall (%i) in (8) shared_outs(%o = %e) -> (tensor<8x16xf32>) {
    %x = tensor.extract_slice %a[%i, 0] [1, 16] [1, 1] : tensor<8x16xf32> to tensor<1x16xf32>
    %y = tensor.extract_slice %o[%i, 0] [1, 16] [1, 1] : tensor<8x16xf32> to tensor<1x16xf32>
    %z = linalg.abs ins(%x : tensor<1x16xf32>) outs(%y : tensor<1x16xf32>) -> tensor<1x16xf32>
    scf.forall.in_parallel {
      tensor.parallel_insert_slice %z into %o[%i, 0] [1, 16] [1, 1] : tensor<1x16xf32> into tensor<8x16xf32>
    }
  }
  return %r : tensor<8x16xf32>
}

// -----

// Embedded schedules go; packs, concatenations and softmax are lowered.

// CHECK-NOT: transform
// CHECK-LABEL: llvm.func @aggregates(
module @chameleon_schedules attributes {transform.with_named_sequence} {
}
func.func @aggregates(%a: tensor<32x8xf32>, %b: tensor<32x8xf32>) -> (tensor<2x8x16xf32>, tensor<64x8xf32>, tensor<32x8xf32>, tensor<32x8xf32>) {
  %e = tensor.empty() : tensor<2x8x16xf32>
  %p = linalg.pack %a inner_dims_pos = [0] inner_tiles = [16] into %e : tensor<32x8xf32> -> tensor<2x8x16xf32>
  %f = tensor.empty() : tensor<32x8xf32>
  %u = linalg.unpack %p inner_dims_pos = [0] inner_tiles = [16] into %f : tensor<2x8x16xf32> -> tensor<32x8xf32>
  %c = tensor.concat dim(0) %a, %b : (tensor<32x8xf32>, tensor<32x8xf32>) -> tensor<64x8xf32>
  %g = tensor.empty() : tensor<32x8xf32>
  %s = linalg.softmax dimension(1) ins(%a : tensor<32x8xf32>) outs(%g : tensor<32x8xf32>) -> tensor<32x8xf32>
  return %p, %c, %s, %u : tensor<2x8x16xf32>, tensor<64x8xf32>, tensor<32x8xf32>, tensor<32x8xf32>
}

// -----

// Attributes by which chameleon-run finds hoisted constants survive.

// The initialiser runs once and is not worth optimising.
// CHECK-LABEL: llvm.func @main_init(
// CHECK-SAME: passthrough = ["noinline", "optnone"]
// CHECK-LABEL: llvm.func @main(
// CHECK-SAME: chameleon.constant = 0 : i64
// CHECK-SAME: chameleon.init = @main_init
func.func @main_init() -> tensor<4xf32> {
  %c = arith.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  return %c : tensor<4xf32>
}
func.func @main(%a: tensor<4xf32>, %c: tensor<4xf32> {chameleon.constant = 0 : i64}) -> tensor<4xf32> attributes {chameleon.init = @main_init} {
  %e = tensor.empty() : tensor<4xf32>
  %r = linalg.add ins(%a, %c : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// -----

// expected-error@+1 {{argument 0 of function 'dynamic' has type 'tensor<?x4xf32>', expected a static shape}}
func.func @dynamic(%a: tensor<?x4xf32>) -> tensor<?x4xf32> {
  return %a : tensor<?x4xf32>
}

// -----

// expected-error@+1 {{result 0 of function 'dynamic' has type 'tensor<?xf32>', expected a static shape}}
func.func @dynamic(%a: tensor<4xf32>) -> tensor<?xf32> {
  %r = tensor.cast %a : tensor<4xf32> to tensor<?xf32>
  return %r : tensor<?xf32>
}

// -----

// expected-error@+1 {{task has 0 arguments, expected a destination for each of its 1 results}}
func.func @task() -> tensor<4xf32> attributes {chameleon.task = "k"} {
  %r = arith.constant dense<1.0> : tensor<4xf32>
  return %r : tensor<4xf32>
}

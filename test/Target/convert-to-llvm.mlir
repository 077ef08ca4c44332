// RUN: chameleon-opt %s --lower-to-cpu | FileCheck %s

// One conversion for all dialects: bare pointers, buffers from aligned_alloc, intrinsics where there are any and calls of
// the C library where there are none, no cast left.
// CHECK-DAG: llvm.func @aligned_alloc(
// CHECK-DAG: llvm.func @erf(f64) -> f64
// CHECK-NOT: unrealized_conversion_cast

// CHECK-LABEL: llvm.func @math(
// CHECK-SAME:    %{{.*}}: !llvm.ptr {{.*}}, %{{.*}}: !llvm.ptr
// CHECK-DAG:     llvm.call @erf(
// CHECK-DAG:     llvm.intr.exp(
// CHECK:         llvm.return
func.func @math(%x: tensor<8xf64>) -> tensor<8xf64> {
  %empty = tensor.empty() : tensor<8xf64>
  %r = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : tensor<8xf64>) outs(%empty : tensor<8xf64>) {
  ^bb0(%a: f64, %o: f64):
    %e = math.erf %a : f64
    %f = math.exp %e : f64
    linalg.yield %f : f64
  } -> tensor<8xf64>
  return %r : tensor<8xf64>
}

// An allocation of unknown size finds no place in an arena, and is freed.
// CHECK-LABEL: llvm.func @owns(
// CHECK:         llvm.call @aligned_alloc(
// CHECK:         llvm.call @free(
func.func @owns(%n: index) -> f32 {
  %c0 = arith.constant 0 : index
  %one = arith.constant 1.0 : f32
  %buffer = memref.alloc(%n) : memref<?xf32>
  memref.store %one, %buffer[%c0] : memref<?xf32>
  %r = memref.load %buffer[%c0] : memref<?xf32>
  return %r : f32
}

// CHECK-LABEL: llvm.func @index(
// CHECK-DAG:     llvm.sdiv
// CHECK-DAG:     llvm.select
func.func @index(%i: index, %limit: index) -> index {
  %c3 = index.constant 3
  %q = index.ceildivs %i, %c3
  %less = arith.cmpi slt, %q, %limit : index
  cf.cond_br %less, ^low, ^high
^low:
  return %q : index
^high:
  return %limit : index
}

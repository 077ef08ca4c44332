// What is computed on a tile of a product reads along with it. What reads against the loops, or by their remainders, is no
// part of its task: upstream's tiling takes the wrong slice of such operands.
// RUN: chameleon-opt %s --extract-tasks=table=false | FileCheck %s
// RUN: chameleon-run %s --target=cpu --random-inputs --output=%t.0.npy --output=%t.1.npy --output=%t.2.npy
// RUN: chameleon-opt %s --apply-schedules="defaults=true target=cpu threads=1" -o %t.mlir
// RUN: chameleon-run %t.mlir --target=cpu --random-inputs --expect=%t.0.npy --expect=%t.1.npy --expect=%t.2.npy
// RUN: not chameleon-run %t.mlir --target=cpu --random-inputs --expect=%t.0.npy --expect=%t.0.npy --expect=%t.2.npy 2>&1 | FileCheck %s --check-prefix=OTHER
// OTHER: result 1 differs

#same = affine_map<(b, i, j) -> (b, i, j)>

// CHECK-LABEL: func.func @main
// CHECK:       call @chameleon_batch_matmul
// CHECK:       linalg.generic
// CHECK:       linalg.generic
// CHECK:       call @chameleon_batch_matmul{{.*}}(%arg0, %arg1, %arg3,
// CHECK-NOT:   linalg.generic
// CHECK:       return
func.func @main(%a: tensor<13x3x32xf32>, %b: tensor<13x32x2xf32>, %v: tensor<13x2xf32>, %w: tensor<13x4xf32>)
    -> (tensor<13x3x2xf32>, tensor<13x3x2xf32>, tensor<13x3x2xf32>) {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<13x3x2xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<13x3x2xf32>) -> tensor<13x3x2xf32>
  %p = linalg.batch_matmul ins(%a, %b : tensor<13x3x32xf32>, tensor<13x32x2xf32>) outs(%f : tensor<13x3x2xf32>) -> tensor<13x3x2xf32>
  %reversed = linalg.generic {indexing_maps = [#same, affine_map<(b, i, j) -> (b, j * -1 + 1)>, #same], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%p, %v : tensor<13x3x2xf32>, tensor<13x2xf32>) outs(%e : tensor<13x3x2xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %s = arith.addf %x, %y : f32
    linalg.yield %s : f32
  } -> tensor<13x3x2xf32>
  %wrapped = linalg.generic {indexing_maps = [#same, affine_map<(b, i, j) -> (b, (i + 1) mod 2)>, #same], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%reversed, %v : tensor<13x3x2xf32>, tensor<13x2xf32>) outs(%e : tensor<13x3x2xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %s = arith.addf %x, %y : f32
    linalg.yield %s : f32
  } -> tensor<13x3x2xf32>
  // With a step they are along.
  %q = linalg.batch_matmul ins(%a, %b : tensor<13x3x32xf32>, tensor<13x32x2xf32>) outs(%f : tensor<13x3x2xf32>) -> tensor<13x3x2xf32>
  %stepped = linalg.generic {indexing_maps = [#same, affine_map<(b, i, j) -> (b, j * 2 + 1)>, #same], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%q, %w : tensor<13x3x2xf32>, tensor<13x4xf32>) outs(%e : tensor<13x3x2xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %s = arith.addf %x, %y : f32
    linalg.yield %s : f32
  } -> tensor<13x3x2xf32>
  return %reversed, %wrapped, %stepped : tensor<13x3x2xf32>, tensor<13x3x2xf32>, tensor<13x3x2xf32>
}

// RUN: chameleon-opt %s --apply-schedules="defaults target=cpu:+avx512f threads=1 prepare=false" 2>&1 | FileCheck %s
// RUN: chameleon-opt %s --tune-schedules="dry-run no-database target=cpu threads=1 prepare=false" -o /dev/null 2>&1 | FileCheck %s --check-prefix=TASKS
// RUN: chameleon-opt %s --apply-schedules="defaults target=cpu threads=1" -o %t.mlir
// RUN: chameleon-run %s --target=cpu --function=all --random-inputs --output=%t.0.npy --output=%t.1.npy --output=%t.2.npy --output=%t.3.npy
// RUN: chameleon-run %t.mlir --target=cpu --function=all --random-inputs --expect=%t.0.npy --expect=%t.1.npy --expect=%t.2.npy --expect=%t.3.npy

// What no other schedule is made for: windows in one and three dimensions, products over several dimensions, reductions
// of dimensions in the middle. What another one takes, it alone takes.
// TASKS-DAG: conv1d {{.*}}builtin:cpu/loops@loops
// TASKS-DAG: pool {{.*}}builtin:cpu/loops@loops
// TASKS-DAG: reduce {{.*}}builtin:cpu/loops@loops
// TASKS-DAG: matmul 42x10x72 {{.*}}builtin:cpu/loops@loops
// TASKS-NOT: matmul 40x48x56 {{.*}}builtin:cpu/loops@loops

// The image is read by vectors at every step of the window.
// CHECK-LABEL: func private @chameleon_conv1d
// CHECK:         vector.transfer_read {{.*}} : tensor<2x24x55xf32>, vector<16xf32>
// CHECK:         arith.mulf {{.*}} : vector<16xf32>
// CHECK-LABEL: func private @chameleon_pool
// CHECK:         arith.maximumf {{.*}} : vector<16xf32>
// CHECK-LABEL: func private @chameleon_reduce
// CHECK:         arith.addf {{.*}} : vector<16xf32>
// CHECK-LABEL: func private @chameleon_matmul_
// CHECK:         arith.mulf {{.*}} : vector<16xf32>
func.func @all(%x: tensor<2x24x55xf32>, %w: tensor<8x24x3xf32>, %v: tensor<2x3x11x13x15xf32>, %i: tensor<2x24x13x15xf32>,
    %a: tensor<6x7x8x9xf32>, %b: tensor<8x9x10xf32>)
    -> (tensor<2x8x53xf32>, tensor<2x3x5x6x7xf32>, tensor<2x13x15xf32>, tensor<6x7x10xf32>) {
  %zero = arith.constant 0.0 : f32
  %low = arith.constant 0xFF800000 : f32
  %e0 = tensor.empty() : tensor<2x8x53xf32>
  %f0 = linalg.fill ins(%zero : f32) outs(%e0 : tensor<2x8x53xf32>) -> tensor<2x8x53xf32>
  %0 = linalg.conv_1d_ncw_fcw {dilations = dense<1> : vector<1xi64>, strides = dense<1> : vector<1xi64>}
      ins(%x, %w : tensor<2x24x55xf32>, tensor<8x24x3xf32>) outs(%f0 : tensor<2x8x53xf32>) -> tensor<2x8x53xf32>
  %e1 = tensor.empty() : tensor<2x3x5x6x7xf32>
  %f1 = linalg.fill ins(%low : f32) outs(%e1 : tensor<2x3x5x6x7xf32>) -> tensor<2x3x5x6x7xf32>
  %window = tensor.empty() : tensor<3x3x3xf32>
  %1 = linalg.generic {indexing_maps = [
        affine_map<(n, c, d, h, w, q, r, s) -> (n, c, d * 2 + q, h * 2 + r, w * 2 + s)>,
        affine_map<(n, c, d, h, w, q, r, s) -> (q, r, s)>,
        affine_map<(n, c, d, h, w, q, r, s) -> (n, c, d, h, w)>],
      iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
      ins(%v, %window : tensor<2x3x11x13x15xf32>, tensor<3x3x3xf32>) outs(%f1 : tensor<2x3x5x6x7xf32>) {
  ^bb0(%in: f32, %unused: f32, %out: f32):
    %m = arith.maximumf %in, %out : f32
    linalg.yield %m : f32
  } -> tensor<2x3x5x6x7xf32>
  %e2 = tensor.empty() : tensor<2x13x15xf32>
  %f2 = linalg.fill ins(%zero : f32) outs(%e2 : tensor<2x13x15xf32>) -> tensor<2x13x15xf32>
  %2 = linalg.generic {indexing_maps = [affine_map<(n, c, h, w) -> (n, c, h, w)>, affine_map<(n, c, h, w) -> (n, h, w)>],
      iterator_types = ["parallel", "reduction", "parallel", "parallel"]}
      ins(%i : tensor<2x24x13x15xf32>) outs(%f2 : tensor<2x13x15xf32>) {
  ^bb0(%in: f32, %out: f32):
    %s = arith.addf %in, %out : f32
    linalg.yield %s : f32
  } -> tensor<2x13x15xf32>
  %e3 = tensor.empty() : tensor<6x7x10xf32>
  %f3 = linalg.fill ins(%zero : f32) outs(%e3 : tensor<6x7x10xf32>) -> tensor<6x7x10xf32>
  %3 = linalg.generic {indexing_maps = [affine_map<(i, j, k, l, m) -> (i, j, l, m)>, affine_map<(i, j, k, l, m) -> (l, m, k)>, affine_map<(i, j, k, l, m) -> (i, j, k)>],
      iterator_types = ["parallel", "parallel", "parallel", "reduction", "reduction"]}
      ins(%a, %b : tensor<6x7x8x9xf32>, tensor<8x9x10xf32>) outs(%f3 : tensor<6x7x10xf32>) {
  ^bb0(%l: f32, %r: f32, %out: f32):
    %p = arith.mulf %l, %r : f32
    %s = arith.addf %out, %p : f32
    linalg.yield %s : f32
  } -> tensor<6x7x10xf32>
  return %0, %1, %2, %3 : tensor<2x8x53xf32>, tensor<2x3x5x6x7xf32>, tensor<2x13x15xf32>, tensor<6x7x10xf32>
}

func.func @other(%l: tensor<40x56xf32>, %r: tensor<56x48xf32>) -> tensor<40x48xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<40x48xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<40x48xf32>) -> tensor<40x48xf32>
  %0 = linalg.matmul ins(%l, %r : tensor<40x56xf32>, tensor<56x48xf32>) outs(%f : tensor<40x48xf32>) -> tensor<40x48xf32>
  return %0 : tensor<40x48xf32>
}

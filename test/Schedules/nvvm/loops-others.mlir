// RUN: chameleon-opt %s --apply-schedules="defaults target=nvvm:sm_90 prepare=false" --lower-to-nvvm="ptx=%t.ptx" -o /dev/null 2>&1 | count 0
// RUN: chameleon-opt %s --tune-schedules="dry-run no-database target=nvvm:sm_90 prepare=false" -o /dev/null 2>&1 | FileCheck %s

// What no other schedule is made for: windows in three dimensions, reductions of dimensions in the middle, products over
// several dimensions; narrow ones by loops.
// CHECK-DAG: pool {{.*}}builtin:nvvm/loops@window
// CHECK-DAG: reduce {{.*}}builtin:nvvm/loops@window
// CHECK-DAG: conv3d {{.*}}builtin:nvvm/contraction@contraction
// CHECK-DAG: matmul 42x10x72 {{.*}}builtin:nvvm/contraction@contraction
// CHECK-DAG: matmul 300x7x16 {{.*}}builtin:nvvm/loops@window
func.func @all(%x: tensor<2x3x11x13x15xf32>, %i: tensor<2x24x13x15xf32>, %v: tensor<2x16x8x16x16xf32>,
    %w: tensor<32x16x3x3x3xf32>, %a: tensor<6x7x8x9xf32>, %b: tensor<8x9x10xf32>, %c: tensor<300x4x4xf32>,
    %d: tensor<4x4x7xf32>) -> (tensor<2x3x4x5x15xf32>, tensor<2x13x15xf32>, tensor<2x32x6x14x14xf32>,
    tensor<6x7x10xf32>, tensor<7x300xf32>) {
  %zero = arith.constant 0.0 : f32
  %low = arith.constant 0xFF800000 : f32
  %e0 = tensor.empty() : tensor<2x3x4x5x15xf32>
  %f0 = linalg.fill ins(%low : f32) outs(%e0 : tensor<2x3x4x5x15xf32>) -> tensor<2x3x4x5x15xf32>
  %window = tensor.empty() : tensor<3x3xf32>
  %0 = linalg.generic {indexing_maps = [
        affine_map<(n, c, d, h, w, q, r) -> (n, c, d * 2 + q, h * 2 + r, w)>,
        affine_map<(n, c, d, h, w, q, r) -> (q, r)>, affine_map<(n, c, d, h, w, q, r) -> (n, c, d, h, w)>],
      iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]}
      ins(%x, %window : tensor<2x3x11x13x15xf32>, tensor<3x3xf32>) outs(%f0 : tensor<2x3x4x5x15xf32>) {
  ^bb0(%in: f32, %unused: f32, %out: f32):
    %m = arith.maximumf %in, %out : f32
    linalg.yield %m : f32
  } -> tensor<2x3x4x5x15xf32>
  %e1 = tensor.empty() : tensor<2x13x15xf32>
  %f1 = linalg.fill ins(%zero : f32) outs(%e1 : tensor<2x13x15xf32>) -> tensor<2x13x15xf32>
  %1 = linalg.generic {indexing_maps = [affine_map<(n, c, h, w) -> (n, c, h, w)>, affine_map<(n, c, h, w) -> (n, h, w)>],
      iterator_types = ["parallel", "reduction", "parallel", "parallel"]}
      ins(%i : tensor<2x24x13x15xf32>) outs(%f1 : tensor<2x13x15xf32>) {
  ^bb0(%in: f32, %out: f32):
    %s = arith.addf %in, %out : f32
    linalg.yield %s : f32
  } -> tensor<2x13x15xf32>
  %e2 = tensor.empty() : tensor<2x32x6x14x14xf32>
  %f2 = linalg.fill ins(%zero : f32) outs(%e2 : tensor<2x32x6x14x14xf32>) -> tensor<2x32x6x14x14xf32>
  %2 = linalg.conv_3d_ncdhw_fcdhw {dilations = dense<1> : vector<3xi64>, strides = dense<1> : vector<3xi64>}
      ins(%v, %w : tensor<2x16x8x16x16xf32>, tensor<32x16x3x3x3xf32>) outs(%f2 : tensor<2x32x6x14x14xf32>) -> tensor<2x32x6x14x14xf32>
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
  %e4 = tensor.empty() : tensor<7x300xf32>
  %f4 = linalg.fill ins(%zero : f32) outs(%e4 : tensor<7x300xf32>) -> tensor<7x300xf32>
  %4 = linalg.generic {indexing_maps = [affine_map<(i, j, l, m) -> (j, l, m)>, affine_map<(i, j, l, m) -> (l, m, i)>, affine_map<(i, j, l, m) -> (i, j)>],
      iterator_types = ["parallel", "parallel", "reduction", "reduction"]}
      ins(%c, %d : tensor<300x4x4xf32>, tensor<4x4x7xf32>) outs(%f4 : tensor<7x300xf32>) {
  ^bb0(%l: f32, %r: f32, %out: f32):
    %p = arith.mulf %l, %r : f32
    %s = arith.addf %out, %p : f32
    linalg.yield %s : f32
  } -> tensor<7x300xf32>
  return %0, %1, %2, %3, %4 : tensor<2x3x4x5x15xf32>, tensor<2x13x15xf32>, tensor<2x32x6x14x14xf32>, tensor<6x7x10xf32>, tensor<7x300xf32>
}

// Functions of f64 that have no expansion are calls of scalars, also where a schedule computes by vectors.
// RUN: chameleon-run %s --target=cpu --random-inputs --output=%t.npy
// RUN: chameleon-opt %s --apply-schedules="defaults=true target=cpu threads=1" -o %t.mlir
// RUN: FileCheck %s < %t.mlir
// RUN: chameleon-run %t.mlir --target=cpu --random-inputs --expect=%t.npy
// RUN: not chameleon-run %t.mlir --target=cpu --random-inputs --seed=7 --expect=%t.npy

// CHECK: math.erf %{{.*}} : vector<{{[0-9]+}}xf64>
func.func @main(%x: tensor<48x16xf64>, %y: tensor<8x8xf64>) -> tensor<48x8x8xf64> {
  %e = tensor.empty() : tensor<48x8x8xf64>
  %r = linalg.generic {indexing_maps = [affine_map<(i, j, k) -> (i, j * 2)>, affine_map<(i, j, k) -> (7 - j, k)>, affine_map<(i, j, k) -> (i, j, k)>],
      iterator_types = ["parallel", "parallel", "parallel"]} ins(%x, %y : tensor<48x16xf64>, tensor<8x8xf64>) outs(%e : tensor<48x8x8xf64>) {
  ^bb0(%a: f64, %b: f64, %o: f64):
    %s = arith.addf %a, %b : f64
    %f = math.erf %s : f64
    linalg.yield %f : f64
  } -> tensor<48x8x8xf64>
  return %r : tensor<48x8x8xf64>
}

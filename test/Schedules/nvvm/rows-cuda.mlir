// REQUIRES: cuda
// Softmax over rows of a prime number of elements as one kernel: by half a warp, by a warp, by several, in registers and in loops,
// several rows to a block and rows that do not fill the last one.

// RUN: chameleon-run %s --target=cpu --random-inputs --output=%t.0.npy --output=%t.1.npy
// RUN: chameleon-opt %s --extract-tasks="join-rows table=false" --resolve-schedules="target=nvvm schedule=reduction configuration={threads=128,lanes=1,sharing=16} apply" -o %t.16.mlir
// RUN: FileCheck %s --check-prefix=ONE < %t.16.mlir
// RUN: chameleon-run %t.16.mlir --target=nvvm --random-inputs --expect=%t.0.npy --expect=%t.1.npy | FileCheck %s
// RUN: chameleon-opt %s --extract-tasks="join-rows table=false" --resolve-schedules="target=nvvm schedule=reduction configuration={threads=256,lanes=4,sharing=32} apply" -o %t.32.mlir
// RUN: chameleon-run %t.32.mlir --target=nvvm --random-inputs --expect=%t.0.npy --expect=%t.1.npy | FileCheck %s
// RUN: chameleon-opt %s --extract-tasks="join-rows table=false" --resolve-schedules="target=nvvm schedule=reduction configuration={threads=512,lanes=2,sharing=256} apply" -o %t.256.mlir
// RUN: chameleon-run %t.256.mlir --target=nvvm --random-inputs --expect=%t.0.npy --expect=%t.1.npy | FileCheck %s
// RUN: chameleon-opt %s --extract-tasks="join-rows table=false" --resolve-schedules="target=nvvm schedule=reduction configuration={threads=64,lanes=1,sharing=1} apply" -o %t.1.mlir
// RUN: chameleon-run %t.1.mlir --target=nvvm --random-inputs --expect=%t.0.npy --expect=%t.1.npy | FileCheck %s

// ONE-COUNT-2: gpu.launch
// ONE-NOT:     gpu.launch
// CHECK: result 0: relative error {{[0-9.e-]+$}}
// CHECK: result 1: relative error {{[0-9.e-]+$}}
#whole = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"GPU" = #dlti.target_device_spec<"shared_bytes" = 232448 : i64, "multiprocessors" = 132 : i64, "max_threads" = 1024 : i64, "registers" = 65536 : i64, "cluster_blocks" = 8 : i64>>} {
func.func @main(%x: tensor<37x251xf32>, %z: tensor<37x512xf32>, %weights: tensor<512xf32>) -> (tensor<37x251xf32>, tensor<37x512xf32>) {
  %zero = arith.constant 0.0 : f32
  %lowest = arith.constant 0xFF800000 : f32
  %count = arith.constant 512.0 : f32
  %rows = tensor.empty() : tensor<37xf32>
  %start = linalg.fill ins(%lowest : f32) outs(%rows : tensor<37xf32>) -> tensor<37xf32>
  %max = linalg.generic {indexing_maps = [#whole, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<37x251xf32>) outs(%start : tensor<37xf32>) {
  ^bb0(%a: f32, %o: f32):
    %m = arith.maximumf %a, %o : f32
    linalg.yield %m : f32
  } -> tensor<37xf32>
  %empty = tensor.empty() : tensor<37x251xf32>
  %e = linalg.generic {indexing_maps = [#whole, #row, #whole], iterator_types = ["parallel", "parallel"]} ins(%x, %max : tensor<37x251xf32>, tensor<37xf32>) outs(%empty : tensor<37x251xf32>) {
  ^bb0(%a: f32, %m: f32, %o: f32):
    %d = arith.subf %a, %m : f32
    %r = math.exp %d : f32
    linalg.yield %r : f32
  } -> tensor<37x251xf32>
  %none = linalg.fill ins(%zero : f32) outs(%rows : tensor<37xf32>) -> tensor<37xf32>
  %sum = linalg.generic {indexing_maps = [#whole, #row], iterator_types = ["parallel", "reduction"]} ins(%e : tensor<37x251xf32>) outs(%none : tensor<37xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.addf %a, %o : f32
    linalg.yield %s : f32
  } -> tensor<37xf32>
  %softmax = linalg.generic {indexing_maps = [#whole, #row, #whole], iterator_types = ["parallel", "parallel"]} ins(%e, %sum : tensor<37x251xf32>, tensor<37xf32>) outs(%empty : tensor<37x251xf32>) {
  ^bb0(%a: f32, %s: f32, %o: f32):
    %q = arith.divf %a, %s : f32
    linalg.yield %q : f32
  } -> tensor<37x251xf32>

  // Normalisation: mean, variance, scale.
  %total = linalg.generic {indexing_maps = [#whole, #row], iterator_types = ["parallel", "reduction"]} ins(%z : tensor<37x512xf32>) outs(%none : tensor<37xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.addf %a, %o : f32
    linalg.yield %s : f32
  } -> tensor<37xf32>
  %mean = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]} ins(%total : tensor<37xf32>) outs(%rows : tensor<37xf32>) {
  ^bb0(%a: f32, %o: f32):
    %q = arith.divf %a, %count : f32
    linalg.yield %q : f32
  } -> tensor<37xf32>
  %squares = linalg.generic {indexing_maps = [#whole, #row, #row], iterator_types = ["parallel", "reduction"]} ins(%z, %mean : tensor<37x512xf32>, tensor<37xf32>) outs(%none : tensor<37xf32>) {
  ^bb0(%a: f32, %m: f32, %o: f32):
    %d = arith.subf %a, %m : f32
    %p = arith.mulf %d, %d : f32
    %s = arith.addf %p, %o : f32
    linalg.yield %s : f32
  } -> tensor<37xf32>
  %wide = tensor.empty() : tensor<37x512xf32>
  %normalized = linalg.generic {indexing_maps = [#whole, #row, #row, affine_map<(i, j) -> (j)>, #whole], iterator_types = ["parallel", "parallel"]}
      ins(%z, %mean, %squares, %weights : tensor<37x512xf32>, tensor<37xf32>, tensor<37xf32>, tensor<512xf32>) outs(%wide : tensor<37x512xf32>) {
  ^bb0(%a: f32, %m: f32, %v: f32, %w: f32, %o: f32):
    %d = arith.subf %a, %m : f32
    %r = math.rsqrt %v : f32
    %n = arith.mulf %d, %r : f32
    %q = arith.mulf %n, %w : f32
    linalg.yield %q : f32
  } -> tensor<37x512xf32>
  return %softmax, %normalized : tensor<37x251xf32>, tensor<37x512xf32>
}
}

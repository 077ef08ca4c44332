// REQUIRES: cuda
// A split reduction is added up in clusters of every size, by one cluster to a tile or by several; tiles and pixels do not divide.

// RUN: chameleon-run %s --target=cpu --random-inputs --output=%t.npy
// RUN: chameleon-opt %s --extract-tasks=table=false --resolve-schedules="target=nvvm schedule=contraction configuration={tile_rows=28,tile_columns=64,tile_depth=32,parts_rows=1,parts_columns=1,thread_rows=7,thread_columns=4,stages=3,pad=4,turn=0,splits=16,cluster=2} apply" -o %t.2.mlir
// RUN: chameleon-run %t.2.mlir --target=nvvm --random-inputs --expect=%t.npy | FileCheck %s
// RUN: chameleon-opt %s --extract-tasks=table=false --resolve-schedules="target=nvvm schedule=contraction configuration={tile_rows=32,tile_columns=64,tile_depth=32,parts_rows=1,parts_columns=1,thread_rows=4,thread_columns=4,stages=3,pad=4,turn=0,splits=16,cluster=4} apply" -o %t.4.mlir
// RUN: chameleon-run %t.4.mlir --target=nvvm --random-inputs --expect=%t.npy | FileCheck %s
// RUN: chameleon-opt %s --extract-tasks=table=false --resolve-schedules="target=nvvm schedule=contraction configuration={tile_rows=28,tile_columns=64,tile_depth=64,parts_rows=1,parts_columns=1,thread_rows=7,thread_columns=4,stages=3,pad=0,turn=0,splits=8,cluster=8} apply" -o %t.8.mlir
// RUN: chameleon-run %t.8.mlir --target=nvvm --random-inputs --expect=%t.npy | FileCheck %s
// RUN: chameleon-opt %s --extract-tasks=table=false --resolve-schedules="target=nvvm schedule=contraction configuration={tile_rows=56,tile_columns=64,tile_depth=16,parts_rows=1,parts_columns=1,thread_rows=7,thread_columns=2,stages=4,pad=4,turn=1,splits=32,cluster=8} apply" -o %t.32.mlir
// RUN: chameleon-run %t.32.mlir --target=nvvm --random-inputs --expect=%t.npy | FileCheck %s

// CHECK: result 0: relative error {{[0-9.e-]+$}}
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"GPU" = #dlti.target_device_spec<"shared_bytes" = 232448 : i64, "multiprocessors" = 132 : i64, "max_threads" = 1024 : i64, "registers" = 65536 : i64, "cluster_blocks" = 8 : i64>>} {
func.func @main(%x: tensor<1x7x7x128xf32>, %w: tensor<3x3x128x200xf32>, %bias: tensor<200xf32>) -> tensor<1x7x7x200xf32> {
  %zero = arith.constant 0.0 : f32
  %padded = tensor.pad %x low[0, 1, 1, 0] high[0, 1, 1, 0] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %zero : f32
  } : tensor<1x7x7x128xf32> to tensor<1x9x9x128xf32>
  %empty = tensor.empty() : tensor<1x7x7x200xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<1x7x7x200xf32>) -> tensor<1x7x7x200xf32>
  %0 = linalg.conv_2d_nhwc_hwcf {dilations = dense<1> : vector<2xi64>, strides = dense<1> : vector<2xi64>}
      ins(%padded, %w : tensor<1x9x9x128xf32>, tensor<3x3x128x200xf32>) outs(%fill : tensor<1x7x7x200xf32>) -> tensor<1x7x7x200xf32>
  %1 = linalg.generic {indexing_maps = [affine_map<(n, h, w, c) -> (n, h, w, c)>, affine_map<(n, h, w, c) -> (c)>, affine_map<(n, h, w, c) -> (n, h, w, c)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%0, %bias : tensor<1x7x7x200xf32>, tensor<200xf32>) outs(%empty : tensor<1x7x7x200xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %s = arith.addf %a, %b : f32
    %r = arith.maximumf %s, %zero : f32
    linalg.yield %r : f32
  } -> tensor<1x7x7x200xf32>
  return %1 : tensor<1x7x7x200xf32>
}
}

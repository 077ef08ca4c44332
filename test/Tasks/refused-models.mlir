// What the built-in schedules do not take, on either target, is lowered all the same: as plain loops or kernels where no schedule applies.
// RUN: split-file %s %t
// RUN: chameleon-opt %t/boolean.mlir --apply-schedules="defaults=true target=cpu threads=1" --lower-to-cpu -o /dev/null 2>&1 | FileCheck %s --allow-empty
// RUN: chameleon-opt %t/boolean.mlir --apply-schedules="defaults=true target=nvvm:sm_90" --lower-to-nvvm -o /dev/null 2>&1 | FileCheck %s --allow-empty
// RUN: chameleon-opt %t/strided.mlir --apply-schedules="defaults=true target=cpu threads=1" --lower-to-cpu -o /dev/null 2>&1 | FileCheck %s --allow-empty
// RUN: chameleon-opt %t/strided.mlir --apply-schedules="defaults=true target=nvvm:sm_90" --lower-to-nvvm -o /dev/null 2>&1 | FileCheck %s --allow-empty
// RUN: chameleon-opt %t/destination.mlir --apply-schedules="defaults=true target=cpu threads=1" --lower-to-cpu -o /dev/null 2>&1 | FileCheck %s --allow-empty
// RUN: chameleon-opt %t/destination.mlir --apply-schedules="defaults=true target=nvvm:sm_90" --lower-to-nvvm -o /dev/null 2>&1 | FileCheck %s --allow-empty
// RUN: chameleon-opt %t/sum.mlir --apply-schedules="defaults=true target=cpu threads=1" --lower-to-cpu -o /dev/null 2>&1 | FileCheck %s --allow-empty
// RUN: chameleon-opt %t/sum.mlir --apply-schedules="defaults=true target=nvvm:sm_90" --lower-to-nvvm -o /dev/null 2>&1 | FileCheck %s --allow-empty
// RUN: chameleon-opt %t/accumulate.mlir --apply-schedules="defaults=true target=cpu threads=1" --lower-to-cpu -o /dev/null 2>&1 | FileCheck %s --allow-empty
// RUN: chameleon-opt %t/accumulate.mlir --apply-schedules="defaults=true target=nvvm:sm_90" --lower-to-nvvm -o /dev/null 2>&1 | FileCheck %s --allow-empty
// RUN: chameleon-opt %t/mask.mlir --apply-schedules="defaults=true target=cpu threads=1" --lower-to-cpu -o /dev/null 2>&1 | FileCheck %s --allow-empty
// RUN: chameleon-opt %t/mask.mlir --apply-schedules="defaults=true target=nvvm:sm_90" --lower-to-nvvm -o /dev/null 2>&1 | FileCheck %s --allow-empty
// RUN: chameleon-opt %t/window.mlir --apply-schedules="defaults=true target=cpu threads=1" --lower-to-cpu -o /dev/null 2>&1 | FileCheck %s --allow-empty
// RUN: chameleon-opt %t/window.mlir --apply-schedules="defaults=true target=nvvm:sm_90" --lower-to-nvvm -o /dev/null 2>&1 | FileCheck %s --allow-empty
// RUN: chameleon-opt %t/twice.mlir --apply-schedules="defaults=true target=cpu threads=1" --lower-to-cpu -o /dev/null 2>&1 | FileCheck %s --allow-empty
// RUN: chameleon-opt %t/twice.mlir --apply-schedules="defaults=true target=nvvm:sm_90" --lower-to-nvvm -o /dev/null 2>&1 | FileCheck %s --allow-empty
// CHECK-NOT: error:

//--- boolean.mlir
module {
  func.func @main(%mask: tensor<64x64xi1>, %x: tensor<2x64x64xf32>) -> tensor<2x64x64xf32> {
    %low = arith.constant 0xFF800000 : f32
    %0 = tensor.empty() : tensor<2x64x64xf32>
    %1 = linalg.generic {indexing_maps = [affine_map<(b, i, j) -> (i, j)>, affine_map<(b, i, j) -> (b, i, j)>, affine_map<(b, i, j) -> (b, i, j)>],
        iterator_types = ["parallel", "parallel", "parallel"]}
        ins(%mask, %x : tensor<64x64xi1>, tensor<2x64x64xf32>) outs(%0 : tensor<2x64x64xf32>) {
    ^bb0(%m: i1, %in: f32, %out: f32):
      %2 = arith.select %m, %in, %low : f32
      linalg.yield %2 : f32
    } -> tensor<2x64x64xf32>
    return %1 : tensor<2x64x64xf32>
  }
}

//--- strided.mlir
module {
  func.func @main(%x: tensor<2x3x48x48xf32>) -> tensor<2x3x3x48x16xf32> {
    %0 = tensor.empty() : tensor<2x3x3x48x16xf32>
    %1 = linalg.generic {indexing_maps = [affine_map<(a, b, c, d, e) -> (a, b, c * 16 + e, d)>, affine_map<(a, b, c, d, e) -> (a, b, c, d, e)>],
        iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]}
        ins(%x : tensor<2x3x48x48xf32>) outs(%0 : tensor<2x3x3x48x16xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<2x3x3x48x16xf32>
    return %1 : tensor<2x3x3x48x16xf32>
  }
}

//--- destination.mlir
module {
  func.func @main(%x: tensor<40x33xf32>, %w: tensor<33x50xf32>) -> tensor<40x50xf32> {
    %zero = arith.constant 0.0 : f32
    %e = tensor.empty() : tensor<4x10x50xf32>
    %0 = tensor.collapse_shape %e [[0, 1], [2]] : tensor<4x10x50xf32> into tensor<40x50xf32>
    %1 = linalg.fill ins(%zero : f32) outs(%0 : tensor<40x50xf32>) -> tensor<40x50xf32>
    %2 = linalg.matmul ins(%x, %w : tensor<40x33xf32>, tensor<33x50xf32>) outs(%1 : tensor<40x50xf32>) -> tensor<40x50xf32>
    return %2 : tensor<40x50xf32>
  }
}

//--- sum.mlir
func.func @main(%x: tensor<100x333xf32>) -> (tensor<f32>) {
  %fz = arith.constant 0.0 : f32
  %fe = tensor.empty() : tensor<f32>
  %f = linalg.fill ins(%fz : f32) outs(%fe : tensor<f32>) -> tensor<f32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<100x333xf32>) outs(%f : tensor<f32>) dimensions = [0, 1]
  return %s : tensor<f32>
}

//--- accumulate.mlir
func.func @main(%a: tensor<33x40xf32>, %b: tensor<40x50xf32>, %c: tensor<33x50xf32>) -> (tensor<33x50xf32>, tensor<33x50xf32>) {
  %r = linalg.matmul ins(%a, %b : tensor<33x40xf32>, tensor<40x50xf32>) outs(%c : tensor<33x50xf32>) -> tensor<33x50xf32>
  return %r, %c : tensor<33x50xf32>, tensor<33x50xf32>
}

//--- mask.mlir
func.func @main(%a: tensor<40x33xf32>, %b: tensor<33x61xf32>, %k: tensor<40x61xi1>) -> tensor<40x61xf32> {
  %low = arith.constant -1.0e4 : f32
  %mzm = arith.constant 0.0 : f32
  %mem = tensor.empty() : tensor<40x61xf32>
  %mfm = linalg.fill ins(%mzm : f32) outs(%mem : tensor<40x61xf32>) -> tensor<40x61xf32>
  %m = linalg.matmul ins(%a, %b : tensor<40x33xf32>, tensor<33x61xf32>) outs(%mfm : tensor<40x61xf32>) -> tensor<40x61xf32>
  %e = tensor.empty() : tensor<40x61xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%m, %k : tensor<40x61xf32>, tensor<40x61xi1>) outs(%e : tensor<40x61xf32>) {
  ^bb0(%x: f32, %y: i1, %o: f32):
    %s = arith.select %y, %x, %low : f32
    linalg.yield %s : f32
  } -> tensor<40x61xf32>

  return %r : tensor<40x61xf32>
}

//--- window.mlir
// Strides and dilations of one may be left out.
func.func @main(%x: tensor<1x3x10x10xf32>, %w: tensor<8x3x3x3xf32>) -> tensor<1x8x8x8xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x8x8x8xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32>
  %r = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x3x10x10xf32>, tensor<8x3x3x3xf32>) outs(%f : tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32>
  return %r : tensor<1x8x8x8xf32>
}

//--- twice.mlir
// What a task makes is returned twice.
func.func @main(%x: tensor<64x64xf32>) -> (tensor<64x64xf32>, tensor<64x64xf32>) {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<64x64xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<64x64xf32>) -> tensor<64x64xf32>
  %g = linalg.matmul ins(%x, %x : tensor<64x64xf32>, tensor<64x64xf32>) outs(%f : tensor<64x64xf32>) -> tensor<64x64xf32>
  return %g, %g : tensor<64x64xf32>, tensor<64x64xf32>
}

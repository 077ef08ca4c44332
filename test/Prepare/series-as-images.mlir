// RUN: chameleon-opt %s --assign-layouts="layout=nchwc" --split-input-file | FileCheck %s
// RUN: split-file %s %t
// RUN: chameleon-opt %t/series.mlir --apply-schedules="defaults target=cpu threads=1" -o %t/applied.mlir
// RUN: FileCheck %s --check-prefix=APPLIED < %t/applied.mlir
// RUN: chameleon-run %t/series.mlir --target=cpu --function=series --random-inputs --output=%t/0.npy --output=%t/1.npy --output=%t/2.npy
// RUN: chameleon-run %t/applied.mlir --target=cpu --function=series --random-inputs --expect=%t/0.npy --expect=%t/1.npy --expect=%t/2.npy

// Windows along one dimension are windows of height one: padding and what follows a convolution stay with it.
// APPLIED-DAG: func.func private @chameleon_conv2d_{{.*}} "conv2d 2*16 -> 32x1x51 1x3/2 +add+max"
// APPLIED-DAG: chameleon.name = "depthwise_conv2d
// APPLIED-DAG: chameleon.name = "pool

//--- series.mlir
// CHECK-LABEL: func @series
// CHECK-NOT:     conv_1d
// CHECK-NOT:     pooling_ncw
func.func @series(%x: tensor<2x16x101xf32>, %w: tensor<32x16x3xf32>, %b: tensor<32xf32>, %y: tensor<2x101x24xf32>, %d: tensor<3x24xf32>)
    -> (tensor<2x32x51xf32>, tensor<2x99x24xf32>, tensor<2x16x50xf32>) {
  %zero = arith.constant 0.0 : f32
  %low = arith.constant 0xFF800000 : f32
  %p = tensor.pad %x low[0, 0, 1] high[0, 0, 1] {
  ^bb0(%i: index, %j: index, %k: index):
    tensor.yield %zero : f32
  } : tensor<2x16x101xf32> to tensor<2x16x103xf32>
  %e0 = tensor.empty() : tensor<2x32x51xf32>
  %f0 = linalg.fill ins(%zero : f32) outs(%e0 : tensor<2x32x51xf32>) -> tensor<2x32x51xf32>
  %c = linalg.conv_1d_ncw_fcw {dilations = dense<1> : vector<1xi64>, strides = dense<2> : vector<1xi64>}
      ins(%p, %w : tensor<2x16x103xf32>, tensor<32x16x3xf32>) outs(%f0 : tensor<2x32x51xf32>) -> tensor<2x32x51xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(i, j, k) -> (i, j, k)>, affine_map<(i, j, k) -> (j)>, affine_map<(i, j, k) -> (i, j, k)>],
      iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%c, %b : tensor<2x32x51xf32>, tensor<32xf32>) outs(%e0 : tensor<2x32x51xf32>) {
  ^bb0(%in: f32, %bias: f32, %out: f32):
    %s = arith.addf %in, %bias : f32
    %m = arith.maximumf %s, %zero : f32
    linalg.yield %m : f32
  } -> tensor<2x32x51xf32>
  %e1 = tensor.empty() : tensor<2x99x24xf32>
  %f1 = linalg.fill ins(%zero : f32) outs(%e1 : tensor<2x99x24xf32>) -> tensor<2x99x24xf32>
  %1 = linalg.depthwise_conv_1d_nwc_wc {dilations = dense<1> : vector<1xi64>, strides = dense<1> : vector<1xi64>}
      ins(%y, %d : tensor<2x101x24xf32>, tensor<3x24xf32>) outs(%f1 : tensor<2x99x24xf32>) -> tensor<2x99x24xf32>
  %e2 = tensor.empty() : tensor<2x16x50xf32>
  %f2 = linalg.fill ins(%low : f32) outs(%e2 : tensor<2x16x50xf32>) -> tensor<2x16x50xf32>
  %window = tensor.empty() : tensor<3xf32>
  %2 = linalg.pooling_ncw_max {dilations = dense<1> : vector<1xi64>, strides = dense<2> : vector<1xi64>}
      ins(%x, %window : tensor<2x16x101xf32>, tensor<3xf32>) outs(%f2 : tensor<2x16x50xf32>) -> tensor<2x16x50xf32>
  return %r, %1, %2 : tensor<2x32x51xf32>, tensor<2x99x24xf32>, tensor<2x16x50xf32>
}

//--- dynamic.mlir
// -----

// Of unknown extents: left alone.
// CHECK-LABEL: func @dynamic
// CHECK:         linalg.conv_1d_ncw_fcw
func.func @dynamic(%x: tensor<2x16x?xf32>, %w: tensor<32x16x3xf32>, %out: tensor<2x32x?xf32>) -> tensor<2x32x?xf32> {
  %c = linalg.conv_1d_ncw_fcw {dilations = dense<1> : vector<1xi64>, strides = dense<1> : vector<1xi64>}
      ins(%x, %w : tensor<2x16x?xf32>, tensor<32x16x3xf32>) outs(%out : tensor<2x32x?xf32>) -> tensor<2x32x?xf32>
  return %c : tensor<2x32x?xf32>
}

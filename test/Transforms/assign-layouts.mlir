// RUN: chameleon-opt %s --assign-layouts | FileCheck %s
// RUN: not chameleon-opt %s --assign-layouts=layout=nchw 2>&1 | FileCheck %s --check-prefix=LAYOUT
// RUN: not chameleon-opt %s --assign-layouts=channel-block=5 2>&1 | FileCheck %s --check-prefix=BLOCK
// LAYOUT: for the --layout option: Cannot find option named 'nchw'!
// BLOCK: error: channel block of 5 found, expected 4, 8 or 16

// CHECK-DAG: #[[$IMAGE:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6, d7, d8) -> (d0, d5, d2 * 2 + d6, d3 * 2 + d7, d8)>
// CHECK-DAG: #[[$WEIGHT:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6, d7, d8) -> (d1, d5, d6, d7, d8, d4)>
// CHECK-LABEL: @conv
// CHECK-DAG: linalg.pack %arg1 inner_dims_pos = [1, 0] inner_tiles = [16, 8]
// CHECK-DAG: linalg.pack %arg0 inner_dims_pos = [1] inner_tiles = [16]
// CHECK: linalg.generic {indexing_maps = [#[[$IMAGE]], #[[$WEIGHT]], #{{.*}}]
// CHECK: arith.mulf {{.*}} fastmath<contract>
// CHECK: linalg.unpack
func.func @conv(%x: tensor<1x32x9x9xf32>, %w: tensor<24x32x3x3xf32>) -> tensor<1x24x4x4xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<1x24x4x4xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<1x24x4x4xf32>) -> tensor<1x24x4x4xf32>
  %y = linalg.conv_2d_nchw_fchw {dilations = dense<1> : vector<2xi64>, strides = dense<2> : vector<2xi64>}
    ins(%x, %w : tensor<1x32x9x9xf32>, tensor<24x32x3x3xf32>) outs(%fill : tensor<1x24x4x4xf32>) -> tensor<1x24x4x4xf32>
  return %y : tensor<1x24x4x4xf32>
}

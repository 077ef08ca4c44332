// RUN: chameleon-opt %s --assign-layouts=layout=nhwc | FileCheck %s

#id = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#c = affine_map<(d0, d1, d2, d3) -> (d1)>

// CHECK: #[[$ID:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
// CHECK: #[[$C:.*]] = affine_map<(d0, d1, d2, d3) -> (d3)>
// CHECK-LABEL: @network
// CHECK-DAG: linalg.transpose ins(%arg0 {{.*}} permutation = [0, 2, 3, 1]
// CHECK-DAG: linalg.transpose ins(%arg1 {{.*}} permutation = [2, 3, 1, 0]
// CHECK-DAG: linalg.transpose ins(%arg2 {{.*}} permutation = [1, 2, 0]
// CHECK: tensor.pad %{{.*}} low[0, 1, 1, 0] high[0, 1, 1, 0]
// CHECK: linalg.conv_2d_nhwc_hwcf {dilations = dense<1> : vector<2xi64>, strides = dense<1> : vector<2xi64>}
// CHECK: linalg.generic {indexing_maps = [#[[$ID]], #[[$C]], #[[$ID]]]
// CHECK: linalg.depthwise_conv_2d_nhwc_hwc
// CHECK: linalg.pooling_nhwc_sum
// CHECK-NOT: linalg.transpose
// CHECK: tensor.concat dim(3)
// CHECK: linalg.transpose {{.*}} permutation = [0, 3, 1, 2]
// CHECK: return
func.func @network(%x: tensor<1x5x6x6xf32>, %w: tensor<7x5x3x3xf32>, %d: tensor<7x3x3xf32>, %b: tensor<7xf32>) -> tensor<1x14x2x2xf32> {
  %zero = arith.constant 0.0 : f32
  %p = tensor.pad %x low[0, 0, 1, 1] high[0, 0, 1, 1] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %zero : f32
  } : tensor<1x5x6x6xf32> to tensor<1x5x8x8xf32>
  %e = tensor.empty() : tensor<1x7x6x6xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<1x7x6x6xf32>) -> tensor<1x7x6x6xf32>
  %y = linalg.conv_2d_nchw_fchw {dilations = dense<1> : vector<2xi64>, strides = dense<1> : vector<2xi64>} ins(%p, %w : tensor<1x5x8x8xf32>, tensor<7x5x3x3xf32>) outs(%f : tensor<1x7x6x6xf32>) -> tensor<1x7x6x6xf32>
  %t = linalg.generic {indexing_maps = [#id, #c, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%y, %b : tensor<1x7x6x6xf32>, tensor<7xf32>) outs(%e : tensor<1x7x6x6xf32>) {
  ^bb0(%a: f32, %v: f32, %o: f32):
    %r = arith.addf %a, %v : f32
    linalg.yield %r : f32
  } -> tensor<1x7x6x6xf32>
  %de = tensor.empty() : tensor<1x7x4x4xf32>
  %df = linalg.fill ins(%zero : f32) outs(%de : tensor<1x7x4x4xf32>) -> tensor<1x7x4x4xf32>
  %z = linalg.depthwise_conv_2d_nchw_chw {dilations = dense<1> : vector<2xi64>, strides = dense<1> : vector<2xi64>} ins(%t, %d : tensor<1x7x6x6xf32>, tensor<7x3x3xf32>) outs(%df : tensor<1x7x4x4xf32>) -> tensor<1x7x4x4xf32>
  %window = tensor.empty() : tensor<2x2xf32>
  %pe = tensor.empty() : tensor<1x7x2x2xf32>
  %pf = linalg.fill ins(%zero : f32) outs(%pe : tensor<1x7x2x2xf32>) -> tensor<1x7x2x2xf32>
  %q = linalg.pooling_nchw_sum {dilations = dense<1> : vector<2xi64>, strides = dense<2> : vector<2xi64>} ins(%z, %window : tensor<1x7x4x4xf32>, tensor<2x2xf32>) outs(%pf : tensor<1x7x2x2xf32>) -> tensor<1x7x2x2xf32>
  %k = tensor.concat dim(1) %q, %q : (tensor<1x7x2x2xf32>, tensor<1x7x2x2xf32>) -> tensor<1x14x2x2xf32>
  return %k : tensor<1x14x2x2xf32>
}

// As many channels as rows and columns: both orders have the same type, and the result is transposed all the same.
// CHECK-LABEL: @square
// CHECK: %[[Y:.*]] = linalg.conv_2d_nhwc_hwcf
// CHECK: %[[R:.*]] = linalg.transpose ins(%[[Y]] {{.*}} permutation = [0, 3, 1, 2]
// CHECK: return %[[R]]
func.func @square(%x: tensor<1x3x10x10xf32>, %w: tensor<8x3x3x3xf32>) -> tensor<1x8x8x8xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x8x8x8xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32>
  %y = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x3x10x10xf32>, tensor<8x3x3x3xf32>) outs(%f : tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32>
  return %y : tensor<1x8x8x8xf32>
}

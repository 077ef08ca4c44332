// RUN: chameleon-opt %s --assign-layouts --split-input-file | FileCheck %s
// RUN: chameleon-opt %s --assign-layouts=channel-block=4 --split-input-file | FileCheck %s --check-prefix=FOUR

// Three colours are not blocked: eight loops, n ko oh ow ki c r s.
// CHECK-DAG: #[[$IMAGE:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6, d7) -> (d0, d5, d2 * 2 + d6 * 3, d3 * 2 + d7 * 3)>
// CHECK-DAG: #[[$WEIGHTS:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6, d7) -> (d1, d5, d6, d7, d4)>
// CHECK-DAG: #[[$OUT:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6, d7) -> (d0, d1, d2, d3, d4)>
// CHECK-LABEL: @first_layer
// CHECK: linalg.pack %arg1 inner_dims_pos = [0] inner_tiles = [8]
// CHECK-SAME: tensor<24x3x3x3xf32> -> tensor<3x3x3x3x8xf32>
// CHECK: linalg.generic {indexing_maps = [#[[$IMAGE]], #[[$WEIGHTS]], #[[$OUT]]], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
// CHECK-SAME: ins(%arg0
// FOUR-LABEL: @first_layer
// FOUR: linalg.pack %arg1 inner_dims_pos = [0] inner_tiles = [4]
func.func @first_layer(%x: tensor<1x3x15x15xf32>, %w: tensor<24x3x3x3xf32>) -> tensor<1x24x5x5xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x24x5x5xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<1x24x5x5xf32>) -> tensor<1x24x5x5xf32>
  %y = linalg.conv_2d_nchw_fchw {dilations = dense<3> : vector<2xi64>, strides = dense<2> : vector<2xi64>} ins(%x, %w : tensor<1x3x15x15xf32>, tensor<24x3x3x3xf32>) outs(%f : tensor<1x24x5x5xf32>) -> tensor<1x24x5x5xf32>
  return %y : tensor<1x24x5x5xf32>
}

// -----

// Depthwise, pad, pool and epilogue in one region: packed once, unpacked never,
// because the mean leaves nothing but channels.
// CHECK-DAG: #[[$DIMAGE:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1, d2 + d5, d3 + d6, d4)>
// CHECK-DAG: #[[$DWEIGHTS:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d1, d5, d6, d4)>
// CHECK-DAG: #[[$PWINDOW:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d5, d6)>
// CHECK-LABEL: @region
// CHECK: tensor.expand_shape %arg2 {{\[\[}}0, 1]] output_shape [2, 16]
// CHECK: linalg.pack %arg1
// CHECK: linalg.pack %arg0
// CHECK: tensor.pad %{{.*}} low[0, 0, 1, 1, 0] high[0, 0, 1, 1, 0]
// CHECK: linalg.generic {indexing_maps = [#[[$DIMAGE]], #[[$DWEIGHTS]], #{{.*}}], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]}
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]}
// CHECK: math.tanh
// CHECK: linalg.generic {indexing_maps = [#{{.*}}, #[[$PWINDOW]], #{{.*}}]
// CHECK-NOT: linalg.pack
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "parallel", "reduction", "reduction"]
// CHECK-NOT: linalg.unpack
// CHECK: tensor.collapse_shape
// CHECK: return
#id = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#c = affine_map<(d0, d1, d2, d3) -> (d1)>
#nc = affine_map<(d0, d1, d2, d3) -> (d0, d1)>
func.func @region(%x: tensor<1x32x6x6xf32>, %w: tensor<32x3x3xf32>, %b: tensor<32xf32>) -> tensor<1x32xf32> {
  %zero = arith.constant 0.0 : f32
  %low = arith.constant 0xFF800000 : f32
  %p = tensor.pad %x low[0, 0, 1, 1] high[0, 0, 1, 1] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %zero : f32
  } : tensor<1x32x6x6xf32> to tensor<1x32x8x8xf32>
  %e = tensor.empty() : tensor<1x32x6x6xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<1x32x6x6xf32>) -> tensor<1x32x6x6xf32>
  %y = linalg.depthwise_conv_2d_nchw_chw {dilations = dense<1> : vector<2xi64>, strides = dense<1> : vector<2xi64>} ins(%p, %w : tensor<1x32x8x8xf32>, tensor<32x3x3xf32>) outs(%f : tensor<1x32x6x6xf32>) -> tensor<1x32x6x6xf32>
  %t = linalg.generic {indexing_maps = [#id, #c, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%y, %b : tensor<1x32x6x6xf32>, tensor<32xf32>) outs(%e : tensor<1x32x6x6xf32>) {
  ^bb0(%a: f32, %v: f32, %o: f32):
    %s = arith.addf %a, %v : f32
    %r = math.tanh %s : f32
    linalg.yield %r : f32
  } -> tensor<1x32x6x6xf32>
  %window = tensor.empty() : tensor<2x2xf32>
  %pe = tensor.empty() : tensor<1x32x3x3xf32>
  %pf = linalg.fill ins(%low : f32) outs(%pe : tensor<1x32x3x3xf32>) -> tensor<1x32x3x3xf32>
  %q = linalg.pooling_nchw_max {dilations = dense<1> : vector<2xi64>, strides = dense<2> : vector<2xi64>} ins(%t, %window : tensor<1x32x6x6xf32>, tensor<2x2xf32>) outs(%pf : tensor<1x32x3x3xf32>) -> tensor<1x32x3x3xf32>
  %me = tensor.empty() : tensor<1x32xf32>
  %mf = linalg.fill ins(%zero : f32) outs(%me : tensor<1x32xf32>) -> tensor<1x32xf32>
  %m = linalg.generic {indexing_maps = [#id, #nc], iterator_types = ["parallel", "parallel", "reduction", "reduction"]} ins(%q : tensor<1x32x3x3xf32>) outs(%mf : tensor<1x32xf32>) {
  ^bb0(%a: f32, %o: f32):
    %r = arith.addf %a, %o : f32
    linalg.yield %r : f32
  } -> tensor<1x32xf32>
  return %m : tensor<1x32xf32>
}

// -----

// Concatenation and slices of channels stay packed where they respect the
// blocks; an operand with a smaller block than the result is packed anew.
// CHECK-LABEL: @concat_and_slice
// CHECK: %[[CONCAT:.*]] = tensor.concat dim(1) %{{.*}} : (tensor<1x1x4x4x16xf32>, tensor<1x1x4x4x16xf32>) -> tensor<1x2x4x4x16xf32>
// CHECK: tensor.extract_slice %[[CONCAT]][0, 1, 0, 0, 0] [1, 1, 4, 4, 16]
func.func @concat_and_slice(%x: tensor<1x16x4x4xf32>, %w: tensor<16x16x1x1xf32>) -> tensor<1x16x4x4xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x16x4x4xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<1x16x4x4xf32>) -> tensor<1x16x4x4xf32>
  %y = linalg.conv_2d_nchw_fchw {dilations = dense<1> : vector<2xi64>, strides = dense<1> : vector<2xi64>} ins(%x, %w : tensor<1x16x4x4xf32>, tensor<16x16x1x1xf32>) outs(%f : tensor<1x16x4x4xf32>) -> tensor<1x16x4x4xf32>
  %k = tensor.concat dim(1) %x, %y : (tensor<1x16x4x4xf32>, tensor<1x16x4x4xf32>) -> tensor<1x32x4x4xf32>
  %s = tensor.extract_slice %k[0, 16, 0, 0] [1, 16, 4, 4] [1, 1, 1, 1] : tensor<1x32x4x4xf32> to tensor<1x16x4x4xf32>
  return %s : tensor<1x16x4x4xf32>
}

// -----

// Rank four alone is no reason: nothing here is connected with a convolution.
// CHECK-LABEL: @softmax
// CHECK-NOT: linalg.pack
// CHECK: return
#id = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
func.func @softmax(%x: tensor<1x16x8x8xf32>) -> tensor<1x16x8x8xf32> {
  %e = tensor.empty() : tensor<1x16x8x8xf32>
  %t = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x : tensor<1x16x8x8xf32>) outs(%e : tensor<1x16x8x8xf32>) {
  ^bb0(%a: f32, %o: f32):
    %r = math.exp %a : f32
    linalg.yield %r : f32
  } -> tensor<1x16x8x8xf32>
  return %t : tensor<1x16x8x8xf32>
}

// -----

// Dynamic shapes, odd channel counts and integers stay as they are.
// CHECK-LABEL: @dynamic
// CHECK: linalg.conv_2d_nchw_fchw
func.func @dynamic(%x: tensor<?x16x6x6xf32>, %w: tensor<16x16x3x3xf32>, %f: tensor<?x16x4x4xf32>) -> tensor<?x16x4x4xf32> {
  %y = linalg.conv_2d_nchw_fchw {dilations = dense<1> : vector<2xi64>, strides = dense<1> : vector<2xi64>} ins(%x, %w : tensor<?x16x6x6xf32>, tensor<16x16x3x3xf32>) outs(%f : tensor<?x16x4x4xf32>) -> tensor<?x16x4x4xf32>
  return %y : tensor<?x16x4x4xf32>
}
// CHECK-LABEL: @odd
// CHECK: linalg.conv_2d_nchw_fchw
func.func @odd(%x: tensor<1x16x6x6xf32>, %w: tensor<10x16x3x3xf32>, %f: tensor<1x10x4x4xf32>) -> tensor<1x10x4x4xf32> {
  %y = linalg.conv_2d_nchw_fchw {dilations = dense<1> : vector<2xi64>, strides = dense<1> : vector<2xi64>} ins(%x, %w : tensor<1x16x6x6xf32>, tensor<10x16x3x3xf32>) outs(%f : tensor<1x10x4x4xf32>) -> tensor<1x10x4x4xf32>
  return %y : tensor<1x10x4x4xf32>
}
// CHECK-LABEL: @integers
// CHECK: linalg.conv_2d_nchw_fchw
func.func @integers(%x: tensor<1x16x6x6xi8>, %w: tensor<16x16x3x3xi8>, %f: tensor<1x16x4x4xi32>) -> tensor<1x16x4x4xi32> {
  %y = linalg.conv_2d_nchw_fchw {dilations = dense<1> : vector<2xi64>, strides = dense<1> : vector<2xi64>} ins(%x, %w : tensor<1x16x6x6xi8>, tensor<16x16x3x3xi8>) outs(%f : tensor<1x16x4x4xi32>) -> tensor<1x16x4x4xi32>
  return %y : tensor<1x16x4x4xi32>
}

// -----

// The padding value may be a constant of the pad's own body.
// CHECK-LABEL: @constant_in_pad
// CHECK: tensor.pad %{{.*}} low[0, 0, 1, 1, 0]
func.func @constant_in_pad(%x: tensor<1x16x4x4xf32>, %w: tensor<16x16x3x3xf32>) -> tensor<1x16x4x4xf32> {
  %zero = arith.constant 0.0 : f32
  %p = tensor.pad %x low[0, 0, 1, 1] high[0, 0, 1, 1] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    %one = arith.constant 1.0 : f32
    tensor.yield %one : f32
  } : tensor<1x16x4x4xf32> to tensor<1x16x6x6xf32>
  %e = tensor.empty() : tensor<1x16x4x4xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<1x16x4x4xf32>) -> tensor<1x16x4x4xf32>
  %y = linalg.conv_2d_nchw_fchw {dilations = dense<1> : vector<2xi64>, strides = dense<1> : vector<2xi64>} ins(%p, %w : tensor<1x16x6x6xf32>, tensor<16x16x3x3xf32>) outs(%f : tensor<1x16x4x4xf32>) -> tensor<1x16x4x4xf32>
  return %y : tensor<1x16x4x4xf32>
}

// -----

// Three dimensions: n ko od oh ow ki, co q r s ci; the pad in the layout too.
// CHECK-DAG: #[[$VOLUME:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6, d7, d8, d9, d10) -> (d0, d6, d2 + d7, d3 * 2 + d8, d4 * 2 + d9 * 3, d10)>
// CHECK-DAG: #[[$VWEIGHTS:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6, d7, d8, d9, d10) -> (d1, d6, d7, d8, d9, d10, d5)>
// CHECK-DAG: #[[$VOUT:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6, d7, d8, d9, d10) -> (d0, d1, d2, d3, d4, d5)>
// CHECK-LABEL: @volume
// CHECK: %[[W:.*]] = linalg.pack %arg1 inner_dims_pos = [1, 0] inner_tiles = [16, 8]
// CHECK-SAME: -> tensor<3x2x2x3x2x16x8xf32>
// CHECK: %[[X:.*]] = linalg.pack %arg0
// CHECK: %[[P:.*]] = tensor.pad %[[X]] low[0, 0, 1, 0, 0, 0] high[0, 0, 0, 0, 0, 0]
// CHECK: linalg.generic {indexing_maps = [#[[$VOLUME]], #[[$VWEIGHTS]], #[[$VOUT]]], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction", "reduction", "reduction"]} ins(%[[P]], %[[W]]
// CHECK: linalg.unpack
func.func @volume(%x: tensor<1x32x4x7x8xf32>, %w: tensor<24x32x2x3x2xf32>) -> tensor<1x24x4x3x3xf32> {
  %zero = arith.constant 0.0 : f32
  %p = tensor.pad %x low[0, 0, 1, 0, 0] high[0, 0, 0, 0, 0] {
  ^bb0(%i: index, %j: index, %k: index, %l: index, %m: index):
    tensor.yield %zero : f32
  } : tensor<1x32x4x7x8xf32> to tensor<1x32x5x7x8xf32>
  %e = tensor.empty() : tensor<1x24x4x3x3xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<1x24x4x3x3xf32>) -> tensor<1x24x4x3x3xf32>
  %y = linalg.conv_3d_ncdhw_fcdhw {dilations = dense<[1, 1, 3]> : vector<3xi64>, strides = dense<[1, 2, 2]> : vector<3xi64>} ins(%p, %w : tensor<1x32x5x7x8xf32>, tensor<24x32x2x3x2xf32>) outs(%f : tensor<1x24x4x3x3xf32>) -> tensor<1x24x4x3x3xf32>
  return %y : tensor<1x24x4x3x3xf32>
}

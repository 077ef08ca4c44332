// RUN: chameleon-opt %s --assign-layouts --hoist-constants --split-input-file | FileCheck %s
// RUN: chameleon-opt %s --assign-layouts=channel-block=4 --split-input-file | FileCheck %s --check-prefix=FOUR
// RUN: chameleon-opt %s --assign-layouts --extract-tasks --split-input-file -o /dev/null 2>&1 | FileCheck %s --check-prefix=NAME

// NAME: grouped_conv2d 24 -> 24x4x4 3x3/2 +tanh
// NAME: grouped_conv2d 64 -> 64x3x3 3x3
// Groups of four channels, blocks of eight: the weights get zeros between the two groups, once, at load.
// CHECK-DAG: #[[$IMAGE:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6, d7, d8) -> (d0, d1 + d5, d2 * 2 + d6, d3 * 2 + d7, d8)>
// CHECK-DAG: #[[$WEIGHTS:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6, d7, d8) -> (d1, d5, d6, d7, d8, d4)>
// CHECK-DAG: #[[$OUT:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6, d7, d8) -> (d0, d1, d2, d3, d4)>
// CHECK-LABEL: func.func @narrow
// CHECK-SAME: tensor<3x1x3x3x8x8xf32> {chameleon.constant
// CHECK: %[[IMAGE:.*]] = linalg.pack %arg0
// CHECK: linalg.generic {indexing_maps = [#[[$IMAGE]], #[[$WEIGHTS]], #[[$OUT]]], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction", "reduction"]}
// CHECK-SAME: ins(%[[IMAGE]], %arg1 : tensor<1x3x9x9x8xf32>, tensor<3x1x3x3x8x8xf32>)
// CHECK-NOT: ngchw
// CHECK-NOT: linalg.unpack
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]
// CHECK: linalg.unpack
// CHECK-LABEL: func.func @narrow_init
// CHECK: linalg.generic
// CHECK: %[[OUTPUT:.*]] = linalg.index 0
// CHECK: %[[NUMBER:.*]] = arith.divui %[[OUTPUT]], %c4
// CHECK: %[[OWNER:.*]] = arith.remui %[[NUMBER]], %c2
// CHECK: %[[GROUP:.*]] = linalg.index 1
// CHECK: %[[OWN:.*]] = arith.cmpi eq, %[[OWNER]], %[[GROUP]]
// CHECK: arith.select %[[OWN]], %in, %{{.*}} : f32
// CHECK: linalg.pack

// Blocks of four are the groups.
// FOUR-LABEL: func.func @narrow
// FOUR-NOT: linalg.index
// FOUR: linalg.generic {{.*}} ins({{.*}} : tensor<1x6x9x9x4xf32>, tensor<6x1x3x3x4x4xf32>)
func.func @narrow(%x: tensor<1x24x9x9xf32>) -> tensor<1x24x4x4xf32> {
  %w = arith.constant dense_resource<w> : tensor<6x4x4x3x3xf32>
  %zero = arith.constant 0.0 : f32
  %i = tensor.expand_shape %x [[0], [1, 2], [3], [4]] output_shape [1, 6, 4, 9, 9] : tensor<1x24x9x9xf32> into tensor<1x6x4x9x9xf32>
  %e = tensor.empty() : tensor<1x6x4x4x4xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<1x6x4x4x4xf32>) -> tensor<1x6x4x4x4xf32>
  %c = linalg.conv_2d_ngchw_gfchw {dilations = dense<1> : vector<2xi64>, strides = dense<2> : vector<2xi64>} ins(%i, %w : tensor<1x6x4x9x9xf32>, tensor<6x4x4x3x3xf32>) outs(%f : tensor<1x6x4x4x4xf32>) -> tensor<1x6x4x4x4xf32>
  %j = tensor.collapse_shape %c [[0], [1, 2], [3], [4]] : tensor<1x6x4x4x4xf32> into tensor<1x24x4x4xf32>
  %o = tensor.empty() : tensor<1x24x4x4xf32>
  %z = linalg.generic {indexing_maps = [affine_map<(a, b, c, d) -> (a, b, c, d)>, affine_map<(a, b, c, d) -> (a, b, c, d)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%j : tensor<1x24x4x4xf32>) outs(%o : tensor<1x24x4x4xf32>) {
  ^bb0(%a: f32, %b: f32):
    %r = math.tanh %a : f32
    linalg.yield %r : f32
  } -> tensor<1x24x4x4xf32>
  return %z : tensor<1x24x4x4xf32>
}

// -----

// Groups of 32 do not fit into blocks of 16: every value of 64 channels is in blocks of 32, the dense convolution's too.
// CHECK-LABEL: func.func @wide
// CHECK: linalg.generic {{.*}} ins({{.*}} : tensor<1x1x5x5x16xf32>, tensor<2x1x1x1x16x32xf32>)
// CHECK-NOT: pack
// CHECK: linalg.generic {{.*}} ins({{.*}} : tensor<1x2x5x5x32xf32>, tensor<2x1x3x3x32x32xf32>)
// CHECK: linalg.unpack {{.*}} inner_tiles = [32]
func.func @wide(%x: tensor<1x16x5x5xf32>, %v: tensor<64x16x1x1xf32>, %w: tensor<2x32x32x3x3xf32>) -> tensor<1x64x3x3xf32> {
  %zero = arith.constant 0.0 : f32
  %e0 = tensor.empty() : tensor<1x64x5x5xf32>
  %f0 = linalg.fill ins(%zero : f32) outs(%e0 : tensor<1x64x5x5xf32>) -> tensor<1x64x5x5xf32>
  %d = linalg.conv_2d_nchw_fchw {dilations = dense<1> : vector<2xi64>, strides = dense<1> : vector<2xi64>} ins(%x, %v : tensor<1x16x5x5xf32>, tensor<64x16x1x1xf32>) outs(%f0 : tensor<1x64x5x5xf32>) -> tensor<1x64x5x5xf32>
  %i = tensor.expand_shape %d [[0], [1, 2], [3], [4]] output_shape [1, 2, 32, 5, 5] : tensor<1x64x5x5xf32> into tensor<1x2x32x5x5xf32>
  %e = tensor.empty() : tensor<1x2x32x3x3xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<1x2x32x3x3xf32>) -> tensor<1x2x32x3x3xf32>
  %c = linalg.conv_2d_ngchw_gfchw {dilations = dense<1> : vector<2xi64>, strides = dense<1> : vector<2xi64>} ins(%i, %w : tensor<1x2x32x5x5xf32>, tensor<2x32x32x3x3xf32>) outs(%f : tensor<1x2x32x3x3xf32>) -> tensor<1x2x32x3x3xf32>
  %j = tensor.collapse_shape %c [[0], [1, 2], [3], [4]] : tensor<1x2x32x3x3xf32> into tensor<1x64x3x3xf32>
  return %j : tensor<1x64x3x3xf32>
}

// -----

// A group of more than four vectors, or of 24 channels (LLVM takes such vectors apart), stays as it is.
// CHECK-LABEL: func.func @too_wide
// CHECK: linalg.conv_2d_ngchw_gfchw
// CHECK-LABEL: func.func @no_vector
// CHECK: linalg.conv_2d_ngchw_gfchw
func.func @too_wide(%x: tensor<1x160x3x3xf32>, %w: tensor<2x80x80x3x3xf32>) -> tensor<1x160x1x1xf32> {
  %zero = arith.constant 0.0 : f32
  %i = tensor.expand_shape %x [[0], [1, 2], [3], [4]] output_shape [1, 2, 80, 3, 3] : tensor<1x160x3x3xf32> into tensor<1x2x80x3x3xf32>
  %e = tensor.empty() : tensor<1x2x80x1x1xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<1x2x80x1x1xf32>) -> tensor<1x2x80x1x1xf32>
  %c = linalg.conv_2d_ngchw_gfchw {dilations = dense<1> : vector<2xi64>, strides = dense<1> : vector<2xi64>} ins(%i, %w : tensor<1x2x80x3x3xf32>, tensor<2x80x80x3x3xf32>) outs(%f : tensor<1x2x80x1x1xf32>) -> tensor<1x2x80x1x1xf32>
  %j = tensor.collapse_shape %c [[0], [1, 2], [3], [4]] : tensor<1x2x80x1x1xf32> into tensor<1x160x1x1xf32>
  return %j : tensor<1x160x1x1xf32>
}
func.func @no_vector(%x: tensor<1x48x3x3xf32>, %w: tensor<2x24x24x3x3xf32>) -> tensor<1x48x1x1xf32> {
  %zero = arith.constant 0.0 : f32
  %i = tensor.expand_shape %x [[0], [1, 2], [3], [4]] output_shape [1, 2, 24, 3, 3] : tensor<1x48x3x3xf32> into tensor<1x2x24x3x3xf32>
  %e = tensor.empty() : tensor<1x2x24x1x1xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<1x2x24x1x1xf32>) -> tensor<1x2x24x1x1xf32>
  %c = linalg.conv_2d_ngchw_gfchw {dilations = dense<1> : vector<2xi64>, strides = dense<1> : vector<2xi64>} ins(%i, %w : tensor<1x2x24x3x3xf32>, tensor<2x24x24x3x3xf32>) outs(%f : tensor<1x2x24x1x1xf32>) -> tensor<1x2x24x1x1xf32>
  %j = tensor.collapse_shape %c [[0], [1, 2], [3], [4]] : tensor<1x2x24x1x1xf32> into tensor<1x48x1x1xf32>
  return %j : tensor<1x48x1x1xf32>
}

// -----

// No block holds whole groups of six.
// CHECK-LABEL: func.func @odd
// CHECK: linalg.conv_2d_ngchw_gfchw
func.func @odd(%x: tensor<1x24x3x3xf32>, %w: tensor<4x6x6x3x3xf32>) -> tensor<1x24x1x1xf32> {
  %zero = arith.constant 0.0 : f32
  %i = tensor.expand_shape %x [[0], [1, 2], [3], [4]] output_shape [1, 4, 6, 3, 3] : tensor<1x24x3x3xf32> into tensor<1x4x6x3x3xf32>
  %e = tensor.empty() : tensor<1x4x6x1x1xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<1x4x6x1x1xf32>) -> tensor<1x4x6x1x1xf32>
  %c = linalg.conv_2d_ngchw_gfchw {dilations = dense<1> : vector<2xi64>, strides = dense<1> : vector<2xi64>} ins(%i, %w : tensor<1x4x6x3x3xf32>, tensor<4x6x6x3x3xf32>) outs(%f : tensor<1x4x6x1x1xf32>) -> tensor<1x4x6x1x1xf32>
  %j = tensor.collapse_shape %c [[0], [1, 2], [3], [4]] : tensor<1x4x6x1x1xf32> into tensor<1x24x1x1xf32>
  return %j : tensor<1x24x1x1xf32>
}

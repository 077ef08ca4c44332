// RUN: chameleon-opt %s --resolve-schedules="target=nvvm apply" 2>/dev/null | FileCheck %s
// RUN: chameleon-opt %s --resolve-schedules="target=nvvm apply" --lower-to-nvvm="ptx=%t.ptx" -o /dev/null 2>/dev/null
// RUN: %if ptxas %{ ptxas -arch=sm_90 %t.ptx -o %t.cubin %}

// Convolutions of one and three dimensions, and of groups, are contractions like any other.
// CHECK-LABEL: func @series(
// CHECK-NOT:     linalg.
// CHECK:         math.fma
// CHECK-LABEL: func @series_first(
// CHECK-NOT:     linalg.
// CHECK:         math.fma
// CHECK-LABEL: func @volume(
// CHECK-NOT:     linalg.
// CHECK:         math.fma
// CHECK-LABEL: func @groups_first(
// CHECK-NOT:     linalg.
// CHECK:         math.fma
// CHECK-LABEL: func @groups_last(
// CHECK-NOT:     linalg.
// CHECK:         math.fma
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"GPU" = #dlti.target_device_spec<"shared_bytes" = 232448 : i64, "multiprocessors" = 132 : i64, "max_threads" = 1024 : i64, "registers" = 65536 : i64, "cluster_blocks" = 8 : i64>>} {
  func.func @series(%x: tensor<1x66x32xf32>, %w: tensor<3x32x48xf32>, %out: tensor<1x64x48xf32>) -> tensor<1x64x48xf32> attributes {chameleon.task = "series"} {
    %zero = arith.constant 0.0 : f32
    %fill = linalg.fill ins(%zero : f32) outs(%out : tensor<1x64x48xf32>) -> tensor<1x64x48xf32>
    %0 = linalg.conv_1d_nwc_wcf {chameleon.anchor, dilations = dense<1> : vector<1xi64>, strides = dense<1> : vector<1xi64>}
        ins(%x, %w : tensor<1x66x32xf32>, tensor<3x32x48xf32>) outs(%fill : tensor<1x64x48xf32>) -> tensor<1x64x48xf32>
    return %0 : tensor<1x64x48xf32>
  }
  func.func @series_first(%x: tensor<1x32x66xf32>, %w: tensor<48x32x3xf32>, %out: tensor<1x48x64xf32>) -> tensor<1x48x64xf32> attributes {chameleon.task = "series_first"} {
    %zero = arith.constant 0.0 : f32
    %fill = linalg.fill ins(%zero : f32) outs(%out : tensor<1x48x64xf32>) -> tensor<1x48x64xf32>
    %0 = linalg.conv_1d_ncw_fcw {chameleon.anchor, dilations = dense<1> : vector<1xi64>, strides = dense<1> : vector<1xi64>}
        ins(%x, %w : tensor<1x32x66xf32>, tensor<48x32x3xf32>) outs(%fill : tensor<1x48x64xf32>) -> tensor<1x48x64xf32>
    return %0 : tensor<1x48x64xf32>
  }
  func.func @volume(%x: tensor<1x6x10x10x16xf32>, %w: tensor<3x3x3x16x24xf32>, %out: tensor<1x4x8x8x24xf32>) -> tensor<1x4x8x8x24xf32> attributes {chameleon.task = "volume"} {
    %zero = arith.constant 0.0 : f32
    %fill = linalg.fill ins(%zero : f32) outs(%out : tensor<1x4x8x8x24xf32>) -> tensor<1x4x8x8x24xf32>
    %0 = linalg.conv_3d_ndhwc_dhwcf {chameleon.anchor, dilations = dense<1> : vector<3xi64>, strides = dense<1> : vector<3xi64>}
        ins(%x, %w : tensor<1x6x10x10x16xf32>, tensor<3x3x3x16x24xf32>) outs(%fill : tensor<1x4x8x8x24xf32>) -> tensor<1x4x8x8x24xf32>
    return %0 : tensor<1x4x8x8x24xf32>
  }
  func.func @groups_first(%x: tensor<1x4x8x16x16xf32>, %w: tensor<4x12x8x3x3xf32>, %out: tensor<1x4x12x14x14xf32>) -> tensor<1x4x12x14x14xf32> attributes {chameleon.task = "groups_first"} {
    %zero = arith.constant 0.0 : f32
    %fill = linalg.fill ins(%zero : f32) outs(%out : tensor<1x4x12x14x14xf32>) -> tensor<1x4x12x14x14xf32>
    %0 = linalg.conv_2d_ngchw_gfchw {chameleon.anchor, dilations = dense<1> : vector<2xi64>, strides = dense<1> : vector<2xi64>}
        ins(%x, %w : tensor<1x4x8x16x16xf32>, tensor<4x12x8x3x3xf32>) outs(%fill : tensor<1x4x12x14x14xf32>) -> tensor<1x4x12x14x14xf32>
    return %0 : tensor<1x4x12x14x14xf32>
  }
  func.func @groups_last(%x: tensor<1x16x16x4x8xf32>, %w: tensor<4x12x3x3x8xf32>, %out: tensor<1x14x14x4x12xf32>) -> tensor<1x14x14x4x12xf32> attributes {chameleon.task = "groups_last"} {
    %zero = arith.constant 0.0 : f32
    %fill = linalg.fill ins(%zero : f32) outs(%out : tensor<1x14x14x4x12xf32>) -> tensor<1x14x14x4x12xf32>
    %0 = linalg.conv_2d_nhwgc_gfhwc {chameleon.anchor, dilations = dense<1> : vector<2xi64>, strides = dense<1> : vector<2xi64>}
        ins(%x, %w : tensor<1x16x16x4x8xf32>, tensor<4x12x3x3x8xf32>) outs(%fill : tensor<1x14x14x4x12xf32>) -> tensor<1x14x14x4x12xf32>
    return %0 : tensor<1x14x14x4x12xf32>
  }
}

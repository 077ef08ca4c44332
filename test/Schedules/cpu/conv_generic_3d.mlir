// RUN: chameleon-opt %s --resolve-schedules="schedule=conv_generic_3d apply" --split-input-file 2>/dev/null | FileCheck %s

// Along the pixels of a row, 28 = 16 + 12, five channels at a time.
// CHECK-LABEL: func.func @ncdhw
// CHECK-NOT: tensor.pad
// CHECK: -> (vector<5x16xf32>)
// CHECK: -> (vector<5x12xf32>)
// CHECK-NOT: linalg.
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<"vector_bits" = 512 : i64, "threads" = 1 : i64, "registers" = 32 : i64>>} {
  func.func @ncdhw(%i: tensor<1x32x8x28x28xf32>, %w: tensor<45x32x1x3x3xf32>, %out: tensor<1x45x8x28x28xf32>) -> tensor<1x45x8x28x28xf32> attributes {chameleon.task = "g1"} {
    %z = arith.constant 0.0 : f32
    %p = tensor.pad %i low[0, 0, 0, 1, 1] high[0, 0, 0, 1, 1] {
    ^bb0(%x0: index, %x1: index, %x2: index, %x3: index, %x4: index):
      tensor.yield %z : f32
    } : tensor<1x32x8x28x28xf32> to tensor<1x32x8x30x30xf32>
    %f = linalg.fill ins(%z : f32) outs(%out : tensor<1x45x8x28x28xf32>) -> tensor<1x45x8x28x28xf32>
    %c = linalg.conv_3d_ncdhw_fcdhw {chameleon.anchor, dilations = dense<1> : tensor<3xi64>, strides = dense<1> : tensor<3xi64>} ins(%p, %w : tensor<1x32x8x30x30xf32>, tensor<45x32x1x3x3xf32>) outs(%f : tensor<1x45x8x28x28xf32>) -> tensor<1x45x8x28x28xf32>
    return %c : tensor<1x45x8x28x28xf32>
  }
}

// -----

// Along the channels, 30 = 16 + 14; two threads share the depths.
// CHECK-LABEL: func.func @ndhwc
// CHECK: scf.forall
// CHECK: -> (vector<4x16xf32>)
// CHECK: -> (vector<4x14xf32>)
// CHECK-NOT: linalg.
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<"vector_bits" = 512 : i64, "threads" = 2 : i64, "registers" = 32 : i64>>} {
  func.func @ndhwc(%i: tensor<1x8x30x30x32xf32>, %w: tensor<1x3x3x32x30xf32>, %out: tensor<1x8x28x28x30xf32>) -> tensor<1x8x28x28x30xf32> attributes {chameleon.task = "g2"} {
    %z = arith.constant 0.0 : f32
    %f = linalg.fill ins(%z : f32) outs(%out : tensor<1x8x28x28x30xf32>) -> tensor<1x8x28x28x30xf32>
    %c = linalg.conv_3d_ndhwc_dhwcf {chameleon.anchor, dilations = dense<1> : tensor<3xi64>, strides = dense<1> : tensor<3xi64>} ins(%i, %w : tensor<1x8x30x30x32xf32>, tensor<1x3x3x32x30xf32>) outs(%f : tensor<1x8x28x28x30xf32>) -> tensor<1x8x28x28x30xf32>
    return %c : tensor<1x8x28x28x30xf32>
  }
}

// -----

// The last average of a video model: one position left.
// CHECK-LABEL: func.func @average
// CHECK: arith.addf {{.*}} : vector<16xf32>
// CHECK-NOT: linalg.
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<"vector_bits" = 512 : i64, "threads" = 1 : i64, "registers" = 32 : i64>>} {
  func.func @average(%i: tensor<1x2x7x7x64xf32>, %out: tensor<1x1x1x1x64xf32>) -> tensor<1x1x1x1x64xf32> attributes {chameleon.task = "g3"} {
    %z = arith.constant 0.0 : f32
    %w = tensor.empty() : tensor<2x7x7xf32>
    %f = linalg.fill ins(%z : f32) outs(%out : tensor<1x1x1x1x64xf32>) -> tensor<1x1x1x1x64xf32>
    %c = linalg.pooling_ndhwc_sum {chameleon.anchor, dilations = dense<1> : tensor<3xi64>, strides = dense<1> : tensor<3xi64>} ins(%i, %w : tensor<1x2x7x7x64xf32>, tensor<2x7x7xf32>) outs(%f : tensor<1x1x1x1x64xf32>) -> tensor<1x1x1x1x64xf32>
    return %c : tensor<1x1x1x1x64xf32>
  }
}

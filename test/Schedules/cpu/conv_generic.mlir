// RUN: chameleon-opt %s --resolve-schedules="schedule=conv_generic apply" --split-input-file 2>/dev/null | FileCheck %s

// Along the pixels of a row, 28 = 16 + 12, five channels at a time.
// CHECK-LABEL: func.func @nchw
// CHECK-NOT: tensor.pad
// CHECK: -> (vector<5x16xf32>)
// CHECK: -> (vector<5x12xf32>)
// CHECK-NOT: linalg.
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<"vector_bits" = 512 : i64, "threads" = 1 : i64, "registers" = 32 : i64>>} {
  func.func @nchw(%i: tensor<1x32x28x28xf32>, %w: tensor<30x32x3x3xf32>, %out: tensor<1x30x28x28xf32>) -> tensor<1x30x28x28xf32> attributes {chameleon.task = "g1"} {
    %z = arith.constant 0.0 : f32
    %p = tensor.pad %i low[0, 0, 1, 1] high[0, 0, 1, 1] {
    ^bb0(%x0: index, %x1: index, %x2: index, %x3: index):
      tensor.yield %z : f32
    } : tensor<1x32x28x28xf32> to tensor<1x32x30x30xf32>
    %f = linalg.fill ins(%z : f32) outs(%out : tensor<1x30x28x28xf32>) -> tensor<1x30x28x28xf32>
    %c = linalg.conv_2d_nchw_fchw {chameleon.anchor, dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>} ins(%p, %w : tensor<1x32x30x30xf32>, tensor<30x32x3x3xf32>) outs(%f : tensor<1x30x28x28xf32>) -> tensor<1x30x28x28xf32>
    return %c : tensor<1x30x28x28xf32>
  }
}

// -----

// Along the channels, 30 = 16 + 14, four rows at a time; two threads share the rows.
// CHECK-LABEL: func.func @nhwc
// CHECK: scf.forall
// CHECK: -> (vector<4x16xf32>)
// CHECK: -> (vector<4x14xf32>)
// CHECK-NOT: linalg.
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<"vector_bits" = 512 : i64, "threads" = 2 : i64, "registers" = 32 : i64>>} {
  func.func @nhwc(%i: tensor<1x30x30x32xf32>, %w: tensor<3x3x32x30xf32>, %out: tensor<1x28x28x30xf32>) -> tensor<1x28x28x30xf32> attributes {chameleon.task = "g2"} {
    %z = arith.constant 0.0 : f32
    %f = linalg.fill ins(%z : f32) outs(%out : tensor<1x28x28x30xf32>) -> tensor<1x28x28x30xf32>
    %c = linalg.conv_2d_nhwc_hwcf {chameleon.anchor, dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>} ins(%i, %w : tensor<1x30x30x32xf32>, tensor<3x3x32x30xf32>) outs(%f : tensor<1x28x28x30xf32>) -> tensor<1x28x28x30xf32>
    return %c : tensor<1x28x28x30xf32>
  }
}

// -----

// CHECK-LABEL: func.func @max_pool
// CHECK: arith.maximumf {{.*}} : vector<5x7xf32>
// CHECK-NOT: linalg.
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<"vector_bits" = 512 : i64, "threads" = 1 : i64, "registers" = 32 : i64>>} {
  func.func @max_pool(%i: tensor<1x5x15x15xf32>, %out: tensor<1x5x7x7xf32>) -> tensor<1x5x7x7xf32> attributes {chameleon.task = "g4"} {
    %z = arith.constant 0xFF800000 : f32
    %w = tensor.empty() : tensor<3x3xf32>
    %f = linalg.fill ins(%z : f32) outs(%out : tensor<1x5x7x7xf32>) -> tensor<1x5x7x7xf32>
    %c = linalg.pooling_nchw_max {chameleon.anchor, dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%i, %w : tensor<1x5x15x15xf32>, tensor<3x3xf32>) outs(%f : tensor<1x5x7x7xf32>) -> tensor<1x5x7x7xf32>
    return %c : tensor<1x5x7x7xf32>
  }
}

// -----

// A matrix product is another schedule's.
// CHECK-LABEL: func.func @matmul
// CHECK: linalg.matmul
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<"vector_bits" = 512 : i64, "threads" = 1 : i64, "registers" = 32 : i64>>} {
  func.func @matmul(%a: tensor<4x8xf32>, %b: tensor<8x16xf32>, %out: tensor<4x16xf32>) -> tensor<4x16xf32> attributes {chameleon.task = "g5"} {
    %0 = linalg.matmul {chameleon.anchor} ins(%a, %b : tensor<4x8xf32>, tensor<8x16xf32>) outs(%out : tensor<4x16xf32>) -> tensor<4x16xf32>
    return %0 : tensor<4x16xf32>
  }
}

// -----

// A squeeze of an image to a pixel: 26 channels have no divisor between 2 and 13, and still there is a legal point.
// CHECK-LABEL: func.func @squeeze
// CHECK-NOT: linalg.
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<"vector_bits" = 512 : i64, "threads" = 1 : i64, "registers" = 32 : i64>>} {
  func.func @squeeze(%i: tensor<1x104x1x1xf32>, %w: tensor<26x104x1x1xf32>, %out: tensor<1x26x1x1xf32>) -> tensor<1x26x1x1xf32> attributes {chameleon.task = "g6"} {
    %z = arith.constant 0.0 : f32
    %f = linalg.fill ins(%z : f32) outs(%out : tensor<1x26x1x1xf32>) -> tensor<1x26x1x1xf32>
    %c = linalg.conv_2d_nchw_fchw {chameleon.anchor, dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>} ins(%i, %w : tensor<1x104x1x1xf32>, tensor<26x104x1x1xf32>) outs(%f : tensor<1x26x1x1xf32>) -> tensor<1x26x1x1xf32>
    return %c : tensor<1x26x1x1xf32>
  }
}

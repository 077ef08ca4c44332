// RUN: chameleon-opt %s --resolve-schedules="schedule=depthwise_nchw apply" --split-input-file 2>/dev/null | FileCheck %s

// Along the pixels of a row, 28 = 16 + 12; four rows of a channel at a time, stride two by a strided slice.
// CHECK-LABEL: func.func @stride_two
// CHECK-NOT: tensor.pad
// CHECK: -> (vector<4x16xf32>)
// CHECK: -> (vector<4x12xf32>)
// CHECK-NOT: linalg.
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<"vector_bits" = 512 : i64, "threads" = 1 : i64, "registers" = 32 : i64>>} {
  func.func @stride_two(%i: tensor<1x58x55x55xf32>, %w: tensor<58x3x3xf32>, %out: tensor<1x58x28x28xf32>) -> tensor<1x58x28x28xf32> attributes {chameleon.task = "d1"} {
    %z = arith.constant 0.0 : f32
    %p = tensor.pad %i low[0, 0, 1, 1] high[0, 0, 1, 1] {
    ^bb0(%x0: index, %x1: index, %x2: index, %x3: index):
      tensor.yield %z : f32
    } : tensor<1x58x55x55xf32> to tensor<1x58x57x57xf32>
    %f = linalg.fill ins(%z : f32) outs(%out : tensor<1x58x28x28xf32>) -> tensor<1x58x28x28xf32>
    %c = linalg.depthwise_conv_2d_nchw_chw {chameleon.anchor, dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%p, %w : tensor<1x58x57x57xf32>, tensor<58x3x3xf32>) outs(%f : tensor<1x58x28x28xf32>) -> tensor<1x58x28x28xf32>
    return %c : tensor<1x58x28x28xf32>
  }
}

// -----

// A prime number of channels and rows has a legal point too, rows are 8 + 5 pixels; two threads share the channels.
// CHECK-LABEL: func.func @primes
// CHECK: scf.forall
// CHECK: -> (vector<8xf32>)
// CHECK: -> (vector<5xf32>)
// CHECK-NOT: linalg.
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<"vector_bits" = 512 : i64, "threads" = 2 : i64, "registers" = 32 : i64>>} {
  func.func @primes(%i: tensor<1x11x15x15xf32>, %w: tensor<11x3x3xf32>, %out: tensor<1x11x13x13xf32>) -> tensor<1x11x13x13xf32> attributes {chameleon.task = "d2"} {
    %z = arith.constant 0.0 : f32
    %f = linalg.fill ins(%z : f32) outs(%out : tensor<1x11x13x13xf32>) -> tensor<1x11x13x13xf32>
    %c = linalg.depthwise_conv_2d_nchw_chw {chameleon.anchor, dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>} ins(%i, %w : tensor<1x11x15x15xf32>, tensor<11x3x3xf32>) outs(%f : tensor<1x11x13x13xf32>) -> tensor<1x11x13x13xf32>
    return %c : tensor<1x11x13x13xf32>
  }
}

// RUN: chameleon-opt %s --resolve-schedules="schedule=grouped_nchw apply" --split-input-file 2>/dev/null | FileCheck %s

// Groups of six channels: two of them at a time, along rows of 28 = 16 + 12 pixels.
// CHECK-LABEL: func.func @six
// CHECK: -> (vector<{{.*}}x16xf32>)
// CHECK: -> (vector<{{.*}}x12xf32>)
// CHECK-NOT: linalg.
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<"vector_bits" = 512 : i64, "threads" = 1 : i64, "registers" = 32 : i64>>} {
  func.func @six(%i: tensor<1x4x6x30x30xf32>, %w: tensor<4x6x6x3x3xf32>, %out: tensor<1x4x6x28x28xf32>) -> tensor<1x4x6x28x28xf32> attributes {chameleon.task = "n1"} {
    %z = arith.constant 0.0 : f32
    %f = linalg.fill ins(%z : f32) outs(%out : tensor<1x4x6x28x28xf32>) -> tensor<1x4x6x28x28xf32>
    %c = linalg.conv_2d_ngchw_gfchw {chameleon.anchor, dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>} ins(%i, %w : tensor<1x4x6x30x30xf32>, tensor<4x6x6x3x3xf32>) outs(%f : tensor<1x4x6x28x28xf32>) -> tensor<1x4x6x28x28xf32>
    return %c : tensor<1x4x6x28x28xf32>
  }
}

// -----

// Two threads share the groups; stride two.
// CHECK-LABEL: func.func @shared
// CHECK: scf.forall (%{{.*}}) in (17)
// CHECK: -> (vector<{{.*}}x7xf32>)
// CHECK-NOT: linalg.
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<"vector_bits" = 512 : i64, "threads" = 2 : i64, "registers" = 32 : i64>>} {
  func.func @shared(%i: tensor<1x17x24x15x15xf32>, %w: tensor<17x24x24x3x3xf32>, %out: tensor<1x17x24x7x7xf32>) -> tensor<1x17x24x7x7xf32> attributes {chameleon.task = "n2"} {
    %z = arith.constant 0.0 : f32
    %f = linalg.fill ins(%z : f32) outs(%out : tensor<1x17x24x7x7xf32>) -> tensor<1x17x24x7x7xf32>
    %c = linalg.conv_2d_ngchw_gfchw {chameleon.anchor, dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%i, %w : tensor<1x17x24x15x15xf32>, tensor<17x24x24x3x3xf32>) outs(%f : tensor<1x17x24x7x7xf32>) -> tensor<1x17x24x7x7xf32>
    return %c : tensor<1x17x24x7x7xf32>
  }
}

// RUN: chameleon-opt %s --resolve-schedules="target=nvvm apply" 2>/dev/null | FileCheck %s
// RUN: chameleon-opt %s --resolve-schedules="target=nvvm" 2>&1 >/dev/null | FileCheck %s --check-prefix=SPEC
// RUN: chameleon-opt %s --resolve-schedules="target=nvvm apply" --lower-to-nvvm="ptx=%t.ptx launches=%t.launches" -o /dev/null 2>/dev/null
// RUN: FileCheck %s --check-prefix=LAUNCH < %t.launches
// RUN: %if ptxas %{ ptxas -arch=sm_90 %t.ptx -o %t.cubin %}

// The first seed that is legal: large tiles, and blocks that share the reduction of those that are few; every extent has a legal
// point.
// SPEC: remark: builtin:nvvm/contraction @contraction: {{.*}} legal, default {{.*}}splits = 4 : i64, stages = 3 : i64, thread_columns = 4 : i64, thread_rows = 4 : i64, tile_columns = 128 : i64, tile_depth = 16 : i64, tile_rows = 128 : i64, turn = 1 : i64
// SPEC: remark: builtin:nvvm/contraction @contraction: {{.*}} legal
// SPEC: remark: builtin:nvvm/contraction @contraction: {{.*}} legal
// SPEC: remark: builtin:nvvm/contraction @contraction: {{.*}} legal, default {{.*}}splits = {{[248]|16|32}} : i64
// SPEC: remark: builtin:nvvm/contraction @contraction: {{.*}} legal

// CHECK-LABEL: func @large
// CHECK-NOT:     linalg.
// CHECK:         gpu.launch
// CHECK:           math.fma {{.*}} : f32
// CHECK-LABEL: func @prime
// CHECK-NOT:     linalg.
// CHECK:         gpu.launch
// CHECK-LABEL: func @batched
// CHECK-NOT:     linalg.
// CHECK:         gpu.launch
// CHECK-LABEL: func @small_image
// CHECK-NOT:     linalg.
// CHECK:         memref.alloc() {{.*}}xf32>
// CHECK:         gpu.launch
// CHECK:         gpu.launch
// CHECK-LABEL: func @channels_first
// CHECK-NOT:     linalg.
// CHECK:         gpu.launch

// LAUNCH:      function large
// LAUNCH-NEXT: launch large_kernel grid 256,1,1 block 256,1,1 shared 49920
// LAUNCH-NEXT: launch large_kernel_0 {{.*}} scratch
// LAUNCH-NEXT: function prime
// LAUNCH:      function small_image arguments 100352,9437184,100352 results 1 scratch {{[1-9]}}
// LAUNCH-NEXT: launch small_image_kernel {{.*}} argument:0 argument:1 scratch
// LAUNCH-NEXT: launch small_image_kernel{{_[0-9]+}} {{.*}} scratch argument:2
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"GPU" = #dlti.target_device_spec<"shared_bytes" = 232448 : i64, "multiprocessors" = 132 : i64, "max_threads" = 1024 : i64, "registers" = 65536 : i64, "cluster_blocks" = 8 : i64>>} {
  func.func @large(%a: tensor<1024x1024xf32>, %b: tensor<1024x1024xf32>, %out: tensor<1024x1024xf32>) -> tensor<1024x1024xf32> attributes {chameleon.task = "k1"} {
    %zero = arith.constant 0.0 : f32
    %fill = linalg.fill ins(%zero : f32) outs(%out : tensor<1024x1024xf32>) -> tensor<1024x1024xf32>
    %0 = linalg.matmul {chameleon.anchor} ins(%a, %b : tensor<1024x1024xf32>, tensor<1024x1024xf32>) outs(%fill : tensor<1024x1024xf32>) -> tensor<1024x1024xf32>
    return %0 : tensor<1024x1024xf32>
  }

  func.func @prime(%a: tensor<37x53xf32>, %b: tensor<41x53xf32>, %out: tensor<37x41xf32>) -> tensor<37x41xf32> attributes {chameleon.task = "k2"} {
    %zero = arith.constant 0.0 : f32
    %fill = linalg.fill ins(%zero : f32) outs(%out : tensor<37x41xf32>) -> tensor<37x41xf32>
    %0 = linalg.matmul indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>]
        {chameleon.anchor} ins(%a, %b : tensor<37x53xf32>, tensor<41x53xf32>) outs(%fill : tensor<37x41xf32>) -> tensor<37x41xf32>
    return %0 : tensor<37x41xf32>
  }

  func.func @batched(%a: tensor<12x128x64xf32>, %b: tensor<12x64x128xf32>, %out: tensor<12x128x128xf32>) -> tensor<12x128x128xf32> attributes {chameleon.task = "k3"} {
    %zero = arith.constant 0.0 : f32
    %fill = linalg.fill ins(%zero : f32) outs(%out : tensor<12x128x128xf32>) -> tensor<12x128x128xf32>
    %0 = linalg.batch_matmul {chameleon.anchor} ins(%a, %b : tensor<12x128x64xf32>, tensor<12x64x128xf32>) outs(%fill : tensor<12x128x128xf32>) -> tensor<12x128x128xf32>
    return %0 : tensor<12x128x128xf32>
  }

  func.func @small_image(%x: tensor<1x7x7x512xf32>, %w: tensor<3x3x512x512xf32>, %out: tensor<1x7x7x512xf32>) -> tensor<1x7x7x512xf32> attributes {chameleon.task = "k4"} {
    %zero = arith.constant 0.0 : f32
    %padded = tensor.pad %x low[0, 1, 1, 0] high[0, 1, 1, 0] {
    ^bb0(%i: index, %j: index, %k: index, %l: index):
      tensor.yield %zero : f32
    } : tensor<1x7x7x512xf32> to tensor<1x9x9x512xf32>
    %fill = linalg.fill ins(%zero : f32) outs(%out : tensor<1x7x7x512xf32>) -> tensor<1x7x7x512xf32>
    %0 = linalg.conv_2d_nhwc_hwcf {chameleon.anchor, dilations = dense<1> : vector<2xi64>, strides = dense<1> : vector<2xi64>}
        ins(%padded, %w : tensor<1x9x9x512xf32>, tensor<3x3x512x512xf32>) outs(%fill : tensor<1x7x7x512xf32>) -> tensor<1x7x7x512xf32>
    return %0 : tensor<1x7x7x512xf32>
  }

  func.func @channels_first(%x: tensor<1x16x15x15xf32>, %w: tensor<24x16x3x3xf32>, %out: tensor<1x24x13x13xf32>) -> tensor<1x24x13x13xf32> attributes {chameleon.task = "k5"} {
    %zero = arith.constant 0.0 : f32
    %fill = linalg.fill ins(%zero : f32) outs(%out : tensor<1x24x13x13xf32>) -> tensor<1x24x13x13xf32>
    %0 = linalg.conv_2d_nchw_fchw {chameleon.anchor, dilations = dense<1> : vector<2xi64>, strides = dense<1> : vector<2xi64>}
        ins(%x, %w : tensor<1x16x15x15xf32>, tensor<24x16x3x3xf32>) outs(%fill : tensor<1x24x13x13xf32>) -> tensor<1x24x13x13xf32>
    return %0 : tensor<1x24x13x13xf32>
  }
}

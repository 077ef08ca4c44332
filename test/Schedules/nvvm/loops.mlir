// RUN: chameleon-opt %s --resolve-schedules="target=nvvm apply" 2>/dev/null | FileCheck %s
// RUN: chameleon-opt %s --resolve-schedules="target=nvvm apply" --lower-to-nvvm="ptx=%t.ptx launches=%t.launches" -o /dev/null 2>/dev/null
// RUN: FileCheck %s --check-prefix=LAUNCH < %t.launches
// RUN: %if ptxas %{ ptxas -arch=sm_90 %t.ptx -o %t.cubin %}

// LAUNCH: launch elementwise_kernel grid 9,1,1 block 256,1,1 shared 0 argument:0 argument:1 argument:2
// LAUNCH: launch pool_kernel grid {{.*}} argument:0 argument:1
// LAUNCH: launch row_kernel grid 32,1,1 block 128,1,1 shared 0 argument:0 argument:1
// LAUNCH: launch classifier_kernel
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"GPU" = #dlti.target_device_spec<"shared_bytes" = 232448 : i64, "multiprocessors" = 132 : i64, "max_threads" = 1024 : i64, "registers" = 65536 : i64, "cluster_blocks" = 8 : i64>>} {
  // A row vector is added to each row: both are read by vectors.
  // CHECK-LABEL: func @elementwise
  // CHECK-NOT:     linalg.
  // CHECK-COUNT-2: vector.load {{.*}} {alignment = 16 : i64}
  // CHECK:         arith.addf {{.*}} : vector<4xf32>
  func.func @elementwise(%a: tensor<128x72xf32>, %b: tensor<72xf32>, %out: tensor<128x72xf32>) -> tensor<128x72xf32> attributes {chameleon.task = "k1"} {
    %0 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
        ins(%a, %b : tensor<128x72xf32>, tensor<72xf32>) outs(%out : tensor<128x72xf32>) attrs = {chameleon.anchor} {
    ^bb0(%x: f32, %y: f32, %o: f32):
      %s = arith.addf %x, %y : f32
      linalg.yield %s : f32
    } -> tensor<128x72xf32>
    return %0 : tensor<128x72xf32>
  }

  // Padding of a pool is its smallest number.
  // CHECK-LABEL: func @pool
  // CHECK-NOT:     linalg.
  // CHECK:         arith.constant dense<0xFF800000> : vector<4xf32>
  // CHECK-COUNT-9: arith.maximumf {{.*}} : vector<4xf32>
  func.func @pool(%x: tensor<1x56x56x64xf32>, %out: tensor<1x28x28x64xf32>) -> tensor<1x28x28x64xf32> attributes {chameleon.task = "k2"} {
    %lowest = arith.constant 0xFF800000 : f32
    %padded = tensor.pad %x low[0, 1, 1, 0] high[0, 1, 1, 0] {
    ^bb0(%i: index, %j: index, %k: index, %l: index):
      tensor.yield %lowest : f32
    } : tensor<1x56x56x64xf32> to tensor<1x58x58x64xf32>
    %window = tensor.empty() : tensor<3x3xf32>
    %fill = linalg.fill ins(%lowest : f32) outs(%out : tensor<1x28x28x64xf32>) -> tensor<1x28x28x64xf32>
    %0 = linalg.pooling_nhwc_max {chameleon.anchor, dilations = dense<1> : vector<2xi64>, strides = dense<2> : vector<2xi64>}
        ins(%padded, %window : tensor<1x58x58x64xf32>, tensor<3x3xf32>) outs(%fill : tensor<1x28x28x64xf32>) -> tensor<1x28x28x64xf32>
    return %0 : tensor<1x28x28x64xf32>
  }

  // A warp for each row.
  // CHECK-LABEL: func @row
  // CHECK-NOT:     linalg.
  // CHECK:         scf.for
  // CHECK-COUNT-5: gpu.shuffle xor
  func.func @row(%a: tensor<128x768xf32>, %out: tensor<128xf32>) -> tensor<128xf32> attributes {chameleon.task = "k3"} {
    %zero = arith.constant 0.0 : f32
    %fill = linalg.fill ins(%zero : f32) outs(%out : tensor<128xf32>) -> tensor<128xf32>
    %0 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]}
        ins(%a : tensor<128x768xf32>) outs(%fill : tensor<128xf32>) attrs = {chameleon.anchor} {
    ^bb0(%x: f32, %o: f32):
      %s = arith.addf %o, %x : f32
      linalg.yield %s : f32
    } -> tensor<128xf32>
    return %0 : tensor<128xf32>
  }

  // The threads that share a reduction are as far apart as the results of a block, and meet in shared memory.
  // CHECK-LABEL: func @classifier
  // CHECK-NOT:     linalg.
  // CHECK:         gpu.launch {{.*}} workgroup
  // CHECK-NOT:     gpu.shuffle
  // CHECK:         gpu.barrier
  func.func @classifier(%a: tensor<1x512xf32>, %b: tensor<512x1000xf32>, %out: tensor<1x1000xf32>) -> tensor<1x1000xf32> attributes {chameleon.task = "k4"} {
    %zero = arith.constant 0.0 : f32
    %fill = linalg.fill ins(%zero : f32) outs(%out : tensor<1x1000xf32>) -> tensor<1x1000xf32>
    %0 = linalg.matmul {chameleon.anchor} ins(%a, %b : tensor<1x512xf32>, tensor<512x1000xf32>) outs(%fill : tensor<1x1000xf32>) -> tensor<1x1000xf32>
    return %0 : tensor<1x1000xf32>
  }
}

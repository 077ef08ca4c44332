// RUN: chameleon-opt %s --resolve-schedules="schedule=window_nchwc apply" --split-input-file 2>%t | FileCheck %s
// RUN: FileCheck %s --check-prefix=SPACE < %t

// A depthwise convolution: one block of channels is padded, then its windows are read.
// SPACE: remark: builtin:cpu/window_nchwc @window_nchwc: {{.*}} default {blocks = 1 : i64, ohb = 1 : i64, owb = 14 : i64}
// CHECK-LABEL: func.func @depthwise
// CHECK-NOT: tensor.pad
// CHECK: tensor.empty() : tensor<1x1x16x16x16xf32>
// CHECK: scf.for
// CHECK: scf.for {{.*}} -> (vector<14x16xf32>)
// CHECK: scf.for {{.*}} -> (vector<14x16xf32>)
// CHECK: arith.mulf {{.*}} fastmath<contract> : vector<14x16xf32>
// CHECK: arith.maximumf {{.*}} : vector<14x16xf32>
// CHECK-NOT: linalg.
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<"vector_bits" = 512 : i64, "threads" = 1 : i64, "registers" = 32 : i64>>} {
  func.func @depthwise(%img: tensor<1x3x14x14x16xf32>, %w: tensor<3x3x3x16xf32>, %bias: tensor<3x16xf32>, %out: tensor<1x3x14x14x16xf32>) -> tensor<1x3x14x14x16xf32> attributes {chameleon.task = "depthwise"} {
    %z = arith.constant 0.0 : f32
    %zero = arith.constant 0.0 : f32
    %p = tensor.pad %img low[0, 0, 1, 1, 0] high[0, 0, 1, 1, 0] {
    ^bb0(%x0: index, %x1: index, %x2: index, %x3: index, %x4: index):
      tensor.yield %z : f32
    } : tensor<1x3x14x14x16xf32> to tensor<1x3x16x16x16xf32>
    %e = tensor.empty() : tensor<1x3x14x14x16xf32>
    %f = linalg.fill ins(%z : f32) outs(%e : tensor<1x3x14x14x16xf32>) -> tensor<1x3x14x14x16xf32>
    %c = linalg.generic {indexing_maps = [affine_map<(n,ko,oh,ow,ki,r,s)->(n,ko,oh + r,ow + s,ki)>, affine_map<(n,ko,oh,ow,ki,r,s)->(ko,r,s,ki)>, affine_map<(n,ko,oh,ow,ki,r,s)->(n,ko,oh,ow,ki)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]} ins(%p, %w : tensor<1x3x16x16x16xf32>, tensor<3x3x3x16xf32>) outs(%f : tensor<1x3x14x14x16xf32>) attrs = {chameleon.anchor} {
    ^bb0(%x: f32, %y: f32, %o: f32):
      %a = arith.mulf %x, %y fastmath<contract> : f32
      %b = arith.addf %o, %a fastmath<contract> : f32
      linalg.yield %b : f32
    } -> tensor<1x3x14x14x16xf32>
    %y = linalg.generic {indexing_maps = [affine_map<(n,ko,oh,ow,ki)->(n,ko,oh,ow,ki)>, affine_map<(n,ko,oh,ow,ki)->(ko,ki)>, affine_map<(n,ko,oh,ow,ki)->(n,ko,oh,ow,ki)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%c, %bias : tensor<1x3x14x14x16xf32>, tensor<3x16xf32>) outs(%out : tensor<1x3x14x14x16xf32>) attrs = {chameleon.epilogue} {
    ^bb0(%i0: f32, %i1: f32, %o: f32):
      %s1 = arith.addf %i0, %i1 : f32
      %m = arith.maximumf %s1, %zero fastmath<nsz> : f32
      linalg.yield %m : f32
    } -> tensor<1x3x14x14x16xf32>
    return %y : tensor<1x3x14x14x16xf32>
  }
}

// -----

// Stride 2 and a remainder of the row: 37 = 14 + 14 + 9.
// SPACE: @window_nchwc
// CHECK-LABEL: func.func @strided
// CHECK: -> (vector<14x8xf32>)
// CHECK: -> (vector<9x8xf32>)
// CHECK-NOT: linalg.
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<"vector_bits" = 512 : i64, "threads" = 1 : i64, "registers" = 32 : i64>>} {
  func.func @strided(%img: tensor<1x3x9x75x8xf32>, %w: tensor<3x3x3x8xf32>, %bias: tensor<3x8xf32>, %out: tensor<1x3x4x37x8xf32>) -> tensor<1x3x4x37x8xf32> attributes {chameleon.task = "strided"} {
    %z = arith.constant 0.0 : f32
    %zero = arith.constant 0.0 : f32
    %e = tensor.empty() : tensor<1x3x4x37x8xf32>
    %f = linalg.fill ins(%z : f32) outs(%e : tensor<1x3x4x37x8xf32>) -> tensor<1x3x4x37x8xf32>
    %c = linalg.generic {indexing_maps = [affine_map<(n,ko,oh,ow,ki,r,s)->(n,ko,oh * 2 + r,ow * 2 + s,ki)>, affine_map<(n,ko,oh,ow,ki,r,s)->(ko,r,s,ki)>, affine_map<(n,ko,oh,ow,ki,r,s)->(n,ko,oh,ow,ki)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]} ins(%img, %w : tensor<1x3x9x75x8xf32>, tensor<3x3x3x8xf32>) outs(%f : tensor<1x3x4x37x8xf32>) attrs = {chameleon.anchor} {
    ^bb0(%x: f32, %y: f32, %o: f32):
      %a = arith.mulf %x, %y fastmath<contract> : f32
      %b = arith.addf %o, %a fastmath<contract> : f32
      linalg.yield %b : f32
    } -> tensor<1x3x4x37x8xf32>
    %y = linalg.generic {indexing_maps = [affine_map<(n,ko,oh,ow,ki)->(n,ko,oh,ow,ki)>, affine_map<(n,ko,oh,ow,ki)->(ko,ki)>, affine_map<(n,ko,oh,ow,ki)->(n,ko,oh,ow,ki)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%c, %bias : tensor<1x3x4x37x8xf32>, tensor<3x8xf32>) outs(%out : tensor<1x3x4x37x8xf32>) attrs = {chameleon.epilogue} {
    ^bb0(%i0: f32, %i1: f32, %o: f32):
      %s1 = arith.addf %i0, %i1 : f32
      %m = arith.maximumf %s1, %zero fastmath<nsz> : f32
      linalg.yield %m : f32
    } -> tensor<1x3x4x37x8xf32>
    return %y : tensor<1x3x4x37x8xf32>
  }
}

// -----

// Pooling: the border is minus infinity.
// SPACE: @window_nchwc
// CHECK-LABEL: func.func @max_pool
// CHECK: arith.constant dense<0xFF800000>
// CHECK: arith.maximumf {{.*}} : vector<14x16xf32>
// CHECK-NOT: linalg.
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<"vector_bits" = 512 : i64, "threads" = 1 : i64, "registers" = 32 : i64>>} {
  func.func @max_pool(%img: tensor<1x2x28x28x16xf32>, %out: tensor<1x2x14x14x16xf32>) -> tensor<1x2x14x14x16xf32> attributes {chameleon.task = "max_pool"} {
    %z = arith.constant 0xFF800000 : f32
    %zero = arith.constant 0.0 : f32
    %p = tensor.pad %img low[0, 0, 1, 1, 0] high[0, 0, 1, 1, 0] {
    ^bb0(%x0: index, %x1: index, %x2: index, %x3: index, %x4: index):
      tensor.yield %z : f32
    } : tensor<1x2x28x28x16xf32> to tensor<1x2x30x30x16xf32>
    %w = tensor.empty() : tensor<3x3xf32>
    %f = linalg.fill ins(%z : f32) outs(%out : tensor<1x2x14x14x16xf32>) -> tensor<1x2x14x14x16xf32>
    %c = linalg.generic {indexing_maps = [affine_map<(n,ko,oh,ow,ki,r,s)->(n,ko,oh * 2 + r,ow * 2 + s,ki)>, affine_map<(n,ko,oh,ow,ki,r,s)->(r,s)>, affine_map<(n,ko,oh,ow,ki,r,s)->(n,ko,oh,ow,ki)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]} ins(%p, %w : tensor<1x2x30x30x16xf32>, tensor<3x3xf32>) outs(%f : tensor<1x2x14x14x16xf32>) attrs = {chameleon.anchor} {
    ^bb0(%x: f32, %y: f32, %o: f32):
      %b = arith.maximumf %o, %x : f32
      linalg.yield %b : f32
    } -> tensor<1x2x14x14x16xf32>
    return %c : tensor<1x2x14x14x16xf32>
  }
}

// -----

// Two threads share the blocks of channels.
// SPACE: @window_nchwc
// CHECK-LABEL: func.func @threads
// CHECK: scf.forall
// CHECK: scf.for {{.*}} -> (vector<7x16xf32>)
// CHECK-NOT: linalg.
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<"vector_bits" = 512 : i64, "threads" = 2 : i64, "registers" = 32 : i64>>} {
  func.func @threads(%img: tensor<1x4x14x14x16xf32>, %out: tensor<1x4x7x7x16xf32>) -> tensor<1x4x7x7x16xf32> attributes {chameleon.task = "threads"} {
    %z = arith.constant 0.0 : f32
    %zero = arith.constant 0.0 : f32
    %w = tensor.empty() : tensor<2x2xf32>
    %f = linalg.fill ins(%z : f32) outs(%out : tensor<1x4x7x7x16xf32>) -> tensor<1x4x7x7x16xf32>
    %c = linalg.generic {indexing_maps = [affine_map<(n,ko,oh,ow,ki,r,s)->(n,ko,oh * 2 + r,ow * 2 + s,ki)>, affine_map<(n,ko,oh,ow,ki,r,s)->(r,s)>, affine_map<(n,ko,oh,ow,ki,r,s)->(n,ko,oh,ow,ki)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]} ins(%img, %w : tensor<1x4x14x14x16xf32>, tensor<2x2xf32>) outs(%f : tensor<1x4x7x7x16xf32>) attrs = {chameleon.anchor} {
    ^bb0(%x: f32, %y: f32, %o: f32):
      %b = arith.addf %o, %x : f32
      linalg.yield %b : f32
    } -> tensor<1x4x7x7x16xf32>
    return %c : tensor<1x4x7x7x16xf32>
  }
}

// -----

// A dense convolution is another schedule's.
// SPACE: the schedule does not apply
// CHECK-LABEL: func.func @dense
// CHECK: linalg.generic
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<"vector_bits" = 512 : i64, "threads" = 1 : i64, "registers" = 32 : i64>>} {
  func.func @dense(%img: tensor<1x1x8x8x16xf32>, %w: tensor<1x1x3x3x16x16xf32>, %bias: tensor<1x16xf32>, %out: tensor<1x1x8x8x16xf32>) -> tensor<1x1x8x8x16xf32> attributes {chameleon.task = "dense"} {
    %z = arith.constant 0.0 : f32
    %zero = arith.constant 0.0 : f32
    %p = tensor.pad %img low[0, 0, 1, 1, 0] high[0, 0, 1, 1, 0] {
    ^bb0(%x0: index, %x1: index, %x2: index, %x3: index, %x4: index):
      tensor.yield %z : f32
    } : tensor<1x1x8x8x16xf32> to tensor<1x1x10x10x16xf32>
    %e = tensor.empty() : tensor<1x1x8x8x16xf32>
    %f = linalg.fill ins(%z : f32) outs(%e : tensor<1x1x8x8x16xf32>) -> tensor<1x1x8x8x16xf32>
    %c = linalg.generic {indexing_maps = [affine_map<(n,ko,oh,ow,ki,co,r,s,ci)->(n,co,oh + r,ow + s,ci)>, affine_map<(n,ko,oh,ow,ki,co,r,s,ci)->(ko,co,r,s,ci,ki)>, affine_map<(n,ko,oh,ow,ki,co,r,s,ci)->(n,ko,oh,ow,ki)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction", "reduction"]} ins(%p, %w : tensor<1x1x10x10x16xf32>, tensor<1x1x3x3x16x16xf32>) outs(%f : tensor<1x1x8x8x16xf32>) attrs = {chameleon.anchor} {
    ^bb0(%x: f32, %y: f32, %o: f32):
      %a = arith.mulf %x, %y fastmath<contract> : f32
      %b = arith.addf %o, %a fastmath<contract> : f32
      linalg.yield %b : f32
    } -> tensor<1x1x8x8x16xf32>
    %y = linalg.generic {indexing_maps = [affine_map<(n,ko,oh,ow,ki)->(n,ko,oh,ow,ki)>, affine_map<(n,ko,oh,ow,ki)->(ko,ki)>, affine_map<(n,ko,oh,ow,ki)->(n,ko,oh,ow,ki)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%c, %bias : tensor<1x1x8x8x16xf32>, tensor<1x16xf32>) outs(%out : tensor<1x1x8x8x16xf32>) attrs = {chameleon.epilogue} {
    ^bb0(%i0: f32, %i1: f32, %o: f32):
      %s1 = arith.addf %i0, %i1 : f32
      %m = arith.maximumf %s1, %zero fastmath<nsz> : f32
      linalg.yield %m : f32
    } -> tensor<1x1x8x8x16xf32>
    return %y : tensor<1x1x8x8x16xf32>
  }
}

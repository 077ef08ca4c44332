// RUN: chameleon-opt %s --resolve-schedules="schedule=conv_nchwc apply" --split-input-file 2>%t | FileCheck %s
// RUN: FileCheck %s --check-prefix=SPACE < %t

// Two channel blocks, rows of 13: one tile a row, no remainder. The image is padded into a buffer; fill, convolution, bias and relu
// stay in registers, and the destination is written once.
// SPACE: remark: builtin:cpu/conv_nchwc @conv_nchwc: {{.*}} default {blocks = 1 : i64, kob = 2 : i64, method = 0 : i64, ohb = 1 : i64, outputs = 2 : i64, owb = 7 : i64, rows = 1 : i64
// CHECK-LABEL: func.func @whole_rows
// CHECK-NOT: tensor.pad
// CHECK-NOT: scf.forall
// CHECK: tensor.empty() : tensor<1x2x15x15x16xf32>
// CHECK: scf.for {{.*}} -> (vector<7x2x16xf32>)
// CHECK: scf.for {{.*}} -> (vector<7x2x16xf32>)
// CHECK: scf.for {{.*}} -> (vector<7x2x16xf32>)
// CHECK: scf.for {{.*}} -> (vector<7x2x16xf32>)
// CHECK: vector.from_elements {{.*}} : vector<7x1x1xf32>
// CHECK: arith.mulf {{.*}} fastmath<contract> : vector<7x2x16xf32>
// CHECK: arith.addf {{.*}} fastmath<contract> : vector<7x2x16xf32>
// CHECK: arith.addf {{.*}} : vector<7x2x16xf32>
// CHECK: arith.maximumf {{.*}} : vector<7x2x16xf32>
// CHECK-COUNT-1: vector.transfer_write
// CHECK-NOT: linalg.
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<"vector_bits" = 512 : i64, "threads" = 1 : i64, "registers" = 32 : i64>>} {
  func.func @whole_rows(%img: tensor<1x2x13x13x16xf32>, %w: tensor<2x2x3x3x16x16xf32>, %bias: tensor<2x16xf32>, %out: tensor<1x2x13x13x16xf32>) -> tensor<1x2x13x13x16xf32> attributes {chameleon.task = "whole_rows"} {
    %z = arith.constant 0.0 : f32
    %zero = arith.constant 0.0 : f32
    %p = tensor.pad %img low[0, 0, 1, 1, 0] high[0, 0, 1, 1, 0] {
    ^bb0(%x0: index, %x1: index, %x2: index, %x3: index, %x4: index):
      tensor.yield %z : f32
    } : tensor<1x2x13x13x16xf32> to tensor<1x2x15x15x16xf32>
    %e = tensor.empty() : tensor<1x2x13x13x16xf32>
    %f = linalg.fill ins(%z : f32) outs(%e : tensor<1x2x13x13x16xf32>) -> tensor<1x2x13x13x16xf32>
    %c = linalg.generic {indexing_maps = [affine_map<(n,ko,oh,ow,ki,co,r,s,ci)->(n,co,oh + r,ow + s,ci)>, affine_map<(n,ko,oh,ow,ki,co,r,s,ci)->(ko,co,r,s,ci,ki)>, affine_map<(n,ko,oh,ow,ki,co,r,s,ci)->(n,ko,oh,ow,ki)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction", "reduction"]} ins(%p, %w : tensor<1x2x15x15x16xf32>, tensor<2x2x3x3x16x16xf32>) outs(%f : tensor<1x2x13x13x16xf32>) attrs = {chameleon.anchor} {
    ^bb0(%x: f32, %y: f32, %o: f32):
      %a = arith.mulf %x, %y fastmath<contract> : f32
      %b = arith.addf %o, %a fastmath<contract> : f32
      linalg.yield %b : f32
    } -> tensor<1x2x13x13x16xf32>
    %y = linalg.generic {indexing_maps = [affine_map<(n,ko,oh,ow,ki)->(n,ko,oh,ow,ki)>, affine_map<(n,ko,oh,ow,ki)->(ko,ki)>, affine_map<(n,ko,oh,ow,ki)->(n,ko,oh,ow,ki)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%c, %bias : tensor<1x2x13x13x16xf32>, tensor<2x16xf32>) outs(%out : tensor<1x2x13x13x16xf32>) attrs = {chameleon.epilogue} {
    ^bb0(%i0: f32, %i1: f32, %o: f32):
      %s1 = arith.addf %i0, %i1 : f32
      %m = arith.maximumf %s1, %zero fastmath<nsz> : f32
      linalg.yield %m : f32
    } -> tensor<1x2x13x13x16xf32>
    return %y : tensor<1x2x13x13x16xf32>
  }
}

// -----

// Rows of 37 are two tiles of 14 and one of 9; stride 2 and dilation 2; batch 2; 24 channels come in blocks of 8. No padding, and
// nothing after the convolution: it writes its destination itself.
// SPACE: owb = 14 : i64
// CHECK-LABEL: func.func @remainder
// CHECK: -> (vector<14x8xf32>)
// CHECK: tensor.extract_slice {{.*}} [1, 1, 1, 14, 1] [1, 1, 1, 2, 1]
// CHECK: -> (vector<9x8xf32>)
// CHECK: tensor.extract_slice {{.*}} [1, 1, 1, 9, 1] [1, 1, 1, 2, 1]
// CHECK-NOT: linalg.
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<"vector_bits" = 512 : i64, "threads" = 1 : i64, "registers" = 32 : i64>>} {
  func.func @remainder(%img: tensor<2x3x9x77x8xf32>, %w: tensor<3x3x3x3x8x8xf32>, %out: tensor<2x3x3x37x8xf32>) -> tensor<2x3x3x37x8xf32> attributes {chameleon.task = "remainder"} {
    %z = arith.constant 0.0 : f32
    %zero = arith.constant 0.0 : f32
    %f = linalg.fill ins(%z : f32) outs(%out : tensor<2x3x3x37x8xf32>) -> tensor<2x3x3x37x8xf32>
    %c = linalg.generic {indexing_maps = [affine_map<(n,ko,oh,ow,ki,co,r,s,ci)->(n,co,oh * 2 + r * 2,ow * 2 + s * 2,ci)>, affine_map<(n,ko,oh,ow,ki,co,r,s,ci)->(ko,co,r,s,ci,ki)>, affine_map<(n,ko,oh,ow,ki,co,r,s,ci)->(n,ko,oh,ow,ki)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction", "reduction"]} ins(%img, %w : tensor<2x3x9x77x8xf32>, tensor<3x3x3x3x8x8xf32>) outs(%f : tensor<2x3x3x37x8xf32>) attrs = {chameleon.anchor} {
    ^bb0(%x: f32, %y: f32, %o: f32):
      %a = arith.mulf %x, %y fastmath<contract> : f32
      %b = arith.addf %o, %a fastmath<contract> : f32
      linalg.yield %b : f32
    } -> tensor<2x3x3x37x8xf32>
    return %c : tensor<2x3x3x37x8xf32>
  }
}

// -----

// The first layer: three channels, unblocked, stride 4.
// SPACE: @conv_nchwc
// CHECK-LABEL: func.func @few_channels
// CHECK: -> (vector<14x2x16xf32>)
// CHECK-NOT: linalg.
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<"vector_bits" = 512 : i64, "threads" = 1 : i64, "registers" = 32 : i64>>} {
  func.func @few_channels(%img: tensor<1x3x115x115xf32>, %w: tensor<4x3x11x11x16xf32>, %bias: tensor<4x16xf32>, %out: tensor<1x4x28x28x16xf32>) -> tensor<1x4x28x28x16xf32> attributes {chameleon.task = "few_channels"} {
    %z = arith.constant 0.0 : f32
    %zero = arith.constant 0.0 : f32
    %p = tensor.pad %img low[0, 0, 2, 2] high[0, 0, 2, 2] {
    ^bb0(%x0: index, %x1: index, %x2: index, %x3: index):
      tensor.yield %z : f32
    } : tensor<1x3x115x115xf32> to tensor<1x3x119x119xf32>
    %e = tensor.empty() : tensor<1x4x28x28x16xf32>
    %f = linalg.fill ins(%z : f32) outs(%e : tensor<1x4x28x28x16xf32>) -> tensor<1x4x28x28x16xf32>
    %c = linalg.generic {indexing_maps = [affine_map<(n,ko,oh,ow,ki,c,r,s)->(n,c,oh * 4 + r,ow * 4 + s)>, affine_map<(n,ko,oh,ow,ki,c,r,s)->(ko,c,r,s,ki)>, affine_map<(n,ko,oh,ow,ki,c,r,s)->(n,ko,oh,ow,ki)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]} ins(%p, %w : tensor<1x3x119x119xf32>, tensor<4x3x11x11x16xf32>) outs(%f : tensor<1x4x28x28x16xf32>) attrs = {chameleon.anchor} {
    ^bb0(%x: f32, %y: f32, %o: f32):
      %a = arith.mulf %x, %y fastmath<contract> : f32
      %b = arith.addf %o, %a fastmath<contract> : f32
      linalg.yield %b : f32
    } -> tensor<1x4x28x28x16xf32>
    %y = linalg.generic {indexing_maps = [affine_map<(n,ko,oh,ow,ki)->(n,ko,oh,ow,ki)>, affine_map<(n,ko,oh,ow,ki)->(ko,ki)>, affine_map<(n,ko,oh,ow,ki)->(n,ko,oh,ow,ki)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%c, %bias : tensor<1x4x28x28x16xf32>, tensor<4x16xf32>) outs(%out : tensor<1x4x28x28x16xf32>) attrs = {chameleon.epilogue} {
    ^bb0(%i0: f32, %i1: f32, %o: f32):
      %s1 = arith.addf %i0, %i1 : f32
      %m = arith.maximumf %s1, %zero fastmath<nsz> : f32
      linalg.yield %m : f32
    } -> tensor<1x4x28x28x16xf32>
    return %y : tensor<1x4x28x28x16xf32>
  }
}

// -----

// Two threads: channel blocks or rows are shared out, and padding in parallel over channels.
// SPACE: @conv_nchwc
// CHECK-LABEL: func.func @threads
// CHECK: scf.forall
// CHECK: scf.forall {{.*}} step (7)
// CHECK: scf.for {{.*}} -> (tensor<1x2x7x14x16xf32>)
// CHECK: scf.for {{.*}} -> (vector<14x2x16xf32>)
// CHECK-NOT: linalg.
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<"vector_bits" = 512 : i64, "threads" = 2 : i64, "registers" = 32 : i64>>} {
  func.func @threads(%img: tensor<1x2x14x14x16xf32>, %w: tensor<2x2x3x3x16x16xf32>, %bias: tensor<2x16xf32>, %res: tensor<1x2x14x14x16xf32>, %out: tensor<1x2x14x14x16xf32>) -> tensor<1x2x14x14x16xf32> attributes {chameleon.task = "threads"} {
    %z = arith.constant 0.0 : f32
    %zero = arith.constant 0.0 : f32
    %p = tensor.pad %img low[0, 0, 1, 1, 0] high[0, 0, 1, 1, 0] {
    ^bb0(%x0: index, %x1: index, %x2: index, %x3: index, %x4: index):
      tensor.yield %z : f32
    } : tensor<1x2x14x14x16xf32> to tensor<1x2x16x16x16xf32>
    %e = tensor.empty() : tensor<1x2x14x14x16xf32>
    %f = linalg.fill ins(%z : f32) outs(%e : tensor<1x2x14x14x16xf32>) -> tensor<1x2x14x14x16xf32>
    %c = linalg.generic {indexing_maps = [affine_map<(n,ko,oh,ow,ki,co,r,s,ci)->(n,co,oh + r,ow + s,ci)>, affine_map<(n,ko,oh,ow,ki,co,r,s,ci)->(ko,co,r,s,ci,ki)>, affine_map<(n,ko,oh,ow,ki,co,r,s,ci)->(n,ko,oh,ow,ki)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction", "reduction"]} ins(%p, %w : tensor<1x2x16x16x16xf32>, tensor<2x2x3x3x16x16xf32>) outs(%f : tensor<1x2x14x14x16xf32>) attrs = {chameleon.anchor} {
    ^bb0(%x: f32, %y: f32, %o: f32):
      %a = arith.mulf %x, %y fastmath<contract> : f32
      %b = arith.addf %o, %a fastmath<contract> : f32
      linalg.yield %b : f32
    } -> tensor<1x2x14x14x16xf32>
    %y = linalg.generic {indexing_maps = [affine_map<(n,ko,oh,ow,ki)->(n,ko,oh,ow,ki)>, affine_map<(n,ko,oh,ow,ki)->(n,ko,oh,ow,ki)>, affine_map<(n,ko,oh,ow,ki)->(ko,ki)>, affine_map<(n,ko,oh,ow,ki)->(n,ko,oh,ow,ki)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%res, %c, %bias : tensor<1x2x14x14x16xf32>, tensor<1x2x14x14x16xf32>, tensor<2x16xf32>) outs(%out : tensor<1x2x14x14x16xf32>) attrs = {chameleon.epilogue} {
    ^bb0(%i0: f32, %i1: f32, %i2: f32, %o: f32):
      %s1 = arith.addf %i0, %i1 : f32
      %s2 = arith.addf %s1, %i2 : f32
      %m = arith.maximumf %s2, %zero fastmath<nsz> : f32
      linalg.yield %m : f32
    } -> tensor<1x2x14x14x16xf32>
    return %y : tensor<1x2x14x14x16xf32>
  }
}

// -----

// Sixteen registers of 256 bits: a block of channels takes two of them, so that seven pixels and their weights would be too many.
// SPACE: @conv_nchwc: {{.*}} default {blocks = 1 : i64, kob = 1 : i64, method = 0 : i64, ohb = 1 : i64, outputs = 2 : i64, owb = 6 : i64, rows = 1 : i64,
// CHECK-LABEL: func.func @avx2
// CHECK: -> (vector<6x16xf32>)
// CHECK-NOT: linalg.
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<"vector_bits" = 256 : i64, "threads" = 1 : i64, "registers" = 16 : i64>>} {
  func.func @avx2(%img: tensor<1x2x12x12x16xf32>, %w: tensor<2x2x3x3x16x16xf32>, %bias: tensor<2x16xf32>, %out: tensor<1x2x12x12x16xf32>) -> tensor<1x2x12x12x16xf32> attributes {chameleon.task = "avx2"} {
    %z = arith.constant 0.0 : f32
    %zero = arith.constant 0.0 : f32
    %p = tensor.pad %img low[0, 0, 1, 1, 0] high[0, 0, 1, 1, 0] {
    ^bb0(%x0: index, %x1: index, %x2: index, %x3: index, %x4: index):
      tensor.yield %z : f32
    } : tensor<1x2x12x12x16xf32> to tensor<1x2x14x14x16xf32>
    %e = tensor.empty() : tensor<1x2x12x12x16xf32>
    %f = linalg.fill ins(%z : f32) outs(%e : tensor<1x2x12x12x16xf32>) -> tensor<1x2x12x12x16xf32>
    %c = linalg.generic {indexing_maps = [affine_map<(n,ko,oh,ow,ki,co,r,s,ci)->(n,co,oh + r,ow + s,ci)>, affine_map<(n,ko,oh,ow,ki,co,r,s,ci)->(ko,co,r,s,ci,ki)>, affine_map<(n,ko,oh,ow,ki,co,r,s,ci)->(n,ko,oh,ow,ki)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction", "reduction"]} ins(%p, %w : tensor<1x2x14x14x16xf32>, tensor<2x2x3x3x16x16xf32>) outs(%f : tensor<1x2x12x12x16xf32>) attrs = {chameleon.anchor} {
    ^bb0(%x: f32, %y: f32, %o: f32):
      %a = arith.mulf %x, %y fastmath<contract> : f32
      %b = arith.addf %o, %a fastmath<contract> : f32
      linalg.yield %b : f32
    } -> tensor<1x2x12x12x16xf32>
    %y = linalg.generic {indexing_maps = [affine_map<(n,ko,oh,ow,ki)->(n,ko,oh,ow,ki)>, affine_map<(n,ko,oh,ow,ki)->(ko,ki)>, affine_map<(n,ko,oh,ow,ki)->(n,ko,oh,ow,ki)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%c, %bias : tensor<1x2x12x12x16xf32>, tensor<2x16xf32>) outs(%out : tensor<1x2x12x12x16xf32>) attrs = {chameleon.epilogue} {
    ^bb0(%i0: f32, %i1: f32, %o: f32):
      %s1 = arith.addf %i0, %i1 : f32
      %m = arith.maximumf %s1, %zero fastmath<nsz> : f32
      linalg.yield %m : f32
    } -> tensor<1x2x12x12x16xf32>
    return %y : tensor<1x2x12x12x16xf32>
  }
}

// -----

// One pixel: all that can be in registers are the blocks of channels.
// SPACE: @conv_nchwc: {{.*}} 1 legal, default {blocks = 1 : i64, kob = 4 : i64, method = 0 : i64, ohb = 1 : i64, outputs = 2 : i64, owb = 1 : i64, rows = 1 : i64,
// CHECK-LABEL: func.func @one_pixel
// CHECK: -> (vector<4x16xf32>)
// CHECK-NOT: linalg.
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<"vector_bits" = 512 : i64, "threads" = 1 : i64, "registers" = 32 : i64>>} {
  func.func @one_pixel(%img: tensor<1x4x1x1x16xf32>, %w: tensor<4x4x1x1x16x16xf32>, %bias: tensor<4x16xf32>, %out: tensor<1x4x1x1x16xf32>) -> tensor<1x4x1x1x16xf32> attributes {chameleon.task = "one_pixel"} {
    %z = arith.constant 0.0 : f32
    %zero = arith.constant 0.0 : f32
    %e = tensor.empty() : tensor<1x4x1x1x16xf32>
    %f = linalg.fill ins(%z : f32) outs(%e : tensor<1x4x1x1x16xf32>) -> tensor<1x4x1x1x16xf32>
    %c = linalg.generic {indexing_maps = [affine_map<(n,ko,oh,ow,ki,co,r,s,ci)->(n,co,oh + r,ow + s,ci)>, affine_map<(n,ko,oh,ow,ki,co,r,s,ci)->(ko,co,r,s,ci,ki)>, affine_map<(n,ko,oh,ow,ki,co,r,s,ci)->(n,ko,oh,ow,ki)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction", "reduction"]} ins(%img, %w : tensor<1x4x1x1x16xf32>, tensor<4x4x1x1x16x16xf32>) outs(%f : tensor<1x4x1x1x16xf32>) attrs = {chameleon.anchor} {
    ^bb0(%x: f32, %y: f32, %o: f32):
      %a = arith.mulf %x, %y fastmath<contract> : f32
      %b = arith.addf %o, %a fastmath<contract> : f32
      linalg.yield %b : f32
    } -> tensor<1x4x1x1x16xf32>
    %y = linalg.generic {indexing_maps = [affine_map<(n,ko,oh,ow,ki)->(n,ko,oh,ow,ki)>, affine_map<(n,ko,oh,ow,ki)->(ko,ki)>, affine_map<(n,ko,oh,ow,ki)->(n,ko,oh,ow,ki)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%c, %bias : tensor<1x4x1x1x16xf32>, tensor<4x16xf32>) outs(%out : tensor<1x4x1x1x16xf32>) attrs = {chameleon.epilogue} {
    ^bb0(%i0: f32, %i1: f32, %o: f32):
      %s1 = arith.addf %i0, %i1 : f32
      %m = arith.maximumf %s1, %zero fastmath<nsz> : f32
      linalg.yield %m : f32
    } -> tensor<1x4x1x1x16xf32>
    return %y : tensor<1x4x1x1x16xf32>
  }
}

// -----

// A depthwise convolution is another schedule's.
// SPACE: the schedule does not apply
// CHECK-LABEL: func.func @depthwise
// CHECK: linalg.generic
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<"vector_bits" = 512 : i64, "threads" = 1 : i64, "registers" = 32 : i64>>} {
  func.func @depthwise(%img: tensor<1x1x8x8x16xf32>, %w: tensor<1x3x3x16xf32>, %bias: tensor<1x16xf32>, %out: tensor<1x1x8x8x16xf32>) -> tensor<1x1x8x8x16xf32> attributes {chameleon.task = "depthwise"} {
    %z = arith.constant 0.0 : f32
    %zero = arith.constant 0.0 : f32
    %p = tensor.pad %img low[0, 0, 1, 1, 0] high[0, 0, 1, 1, 0] {
    ^bb0(%x0: index, %x1: index, %x2: index, %x3: index, %x4: index):
      tensor.yield %z : f32
    } : tensor<1x1x8x8x16xf32> to tensor<1x1x10x10x16xf32>
    %e = tensor.empty() : tensor<1x1x8x8x16xf32>
    %f = linalg.fill ins(%z : f32) outs(%e : tensor<1x1x8x8x16xf32>) -> tensor<1x1x8x8x16xf32>
    %c = linalg.generic {indexing_maps = [affine_map<(n,ko,oh,ow,ki,r,s)->(n,ko,oh + r,ow + s,ki)>, affine_map<(n,ko,oh,ow,ki,r,s)->(ko,r,s,ki)>, affine_map<(n,ko,oh,ow,ki,r,s)->(n,ko,oh,ow,ki)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]} ins(%p, %w : tensor<1x1x10x10x16xf32>, tensor<1x3x3x16xf32>) outs(%f : tensor<1x1x8x8x16xf32>) attrs = {chameleon.anchor} {
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

// -----

// Grouped: each block of output channels reads the block of the image with its own number; blocks of 32 are two vectors.
// CHECK-LABEL: func.func @grouped
// CHECK: scf.for {{.*}} -> (vector<5x2x32xf32>)
// CHECK: arith.mulf {{.*}} fastmath<contract> : vector<5x2x32xf32>
// CHECK-NOT: linalg.
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<"vector_bits" = 512 : i64, "threads" = 1 : i64, "registers" = 32 : i64>>} {
  func.func @grouped(%img: tensor<1x4x9x9x32xf32>, %w: tensor<4x1x3x3x32x32xf32>, %out: tensor<1x4x7x7x32xf32>) -> tensor<1x4x7x7x32xf32> attributes {chameleon.task = "grouped"} {
    %z = arith.constant 0.0 : f32
    %f = linalg.fill ins(%z : f32) outs(%out : tensor<1x4x7x7x32xf32>) -> tensor<1x4x7x7x32xf32>
    %c = linalg.generic {indexing_maps = [affine_map<(n,ko,oh,ow,ki,co,r,s,ci)->(n,ko + co,oh + r,ow + s,ci)>, affine_map<(n,ko,oh,ow,ki,co,r,s,ci)->(ko,co,r,s,ci,ki)>, affine_map<(n,ko,oh,ow,ki,co,r,s,ci)->(n,ko,oh,ow,ki)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction", "reduction"]} ins(%img, %w : tensor<1x4x9x9x32xf32>, tensor<4x1x3x3x32x32xf32>) outs(%f : tensor<1x4x7x7x32xf32>) attrs = {chameleon.anchor} {
    ^bb0(%x: f32, %y: f32, %o: f32):
      %a = arith.mulf %x, %y fastmath<contract> : f32
      %b = arith.addf %o, %a fastmath<contract> : f32
      linalg.yield %b : f32
    } -> tensor<1x4x7x7x32xf32>
    return %c : tensor<1x4x7x7x32xf32>
  }
}

// -----

// Groups that are no blocks look alike by their loops (five parallel, three reductions), but are no generic.
// CHECK-LABEL: func.func @groups_apart
// CHECK: linalg.conv_2d_ngchw_gfchw
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<"vector_bits" = 512 : i64, "threads" = 1 : i64, "registers" = 32 : i64>>} {
  func.func @groups_apart(%img: tensor<1x4x6x9x9xf32>, %w: tensor<4x6x6x3x3xf32>, %out: tensor<1x4x6x7x7xf32>) -> tensor<1x4x6x7x7xf32> attributes {chameleon.task = "groups_apart"} {
    %z = arith.constant 0.0 : f32
    %f = linalg.fill ins(%z : f32) outs(%out : tensor<1x4x6x7x7xf32>) -> tensor<1x4x6x7x7xf32>
    %c = linalg.conv_2d_ngchw_gfchw {chameleon.anchor, dilations = dense<1> : vector<2xi64>, strides = dense<1> : vector<2xi64>} ins(%img, %w : tensor<1x4x6x9x9xf32>, tensor<4x6x6x3x3xf32>) outs(%f : tensor<1x4x6x7x7xf32>) -> tensor<1x4x6x7x7xf32>
    return %c : tensor<1x4x6x7x7xf32>
  }
}

// -----

// Constant weights of 3x3 with a stride of 1: Winograd's way, in strips of four rows; 12 accumulators are a tile of 2 blocks x 6
// squares. The weights are transformed ahead of the strips, the epilogue follows each.
// SPACE: @conv_nchwc: {{.*}} default {blocks = 1 : i64, kob = 2 : i64, method = 1 : i64, {{.*}}outputs = 2 : i64, {{.*}}strip_blocks = 0 : i64, strip_rows = 4 : i64, tiles = 6 : i64}
// CHECK-LABEL: func.func @winograd
// CHECK-NOT: tensor.pad
// CHECK: scf.for {{.*}} -> (tensor<16x4x32x8xf32>)
// CHECK: scf.forall {{.*}} = (0) to (12) step (4)
// CHECK: tensor.empty() : tensor<16x12x40xf32>
// CHECK: tensor.empty() : tensor<16x4x13x8xf32>
// CHECK: scf.for {{.*}} -> (vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>) {
// CHECK: arith.maximumf {{.*}} : vector<{{.*}}8xf32>
// CHECK-NOT: linalg.
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<"vector_bits" = 256 : i64, "threads" = 1 : i64, "registers" = 16 : i64>>} {
  func.func @winograd(%img: tensor<1x4x12x12x8xf32>, %w: tensor<4x4x3x3x8x8xf32> {chameleon.constant}, %bias: tensor<4x8xf32>, %out: tensor<1x4x12x12x8xf32>) -> tensor<1x4x12x12x8xf32> attributes {chameleon.task = "winograd"} {
    %zero = arith.constant 0.0 : f32
    %p = tensor.pad %img low[0, 0, 1, 1, 0] high[0, 0, 1, 1, 0] {
    ^bb0(%x0: index, %x1: index, %x2: index, %x3: index, %x4: index):
      tensor.yield %zero : f32
    } : tensor<1x4x12x12x8xf32> to tensor<1x4x14x14x8xf32>
    %e = tensor.empty() : tensor<1x4x12x12x8xf32>
    %f = linalg.fill ins(%zero : f32) outs(%e : tensor<1x4x12x12x8xf32>) -> tensor<1x4x12x12x8xf32>
    %c = linalg.generic {indexing_maps = [affine_map<(n,ko,oh,ow,ki,co,r,s,ci)->(n,co,oh + r,ow + s,ci)>, affine_map<(n,ko,oh,ow,ki,co,r,s,ci)->(ko,co,r,s,ci,ki)>, affine_map<(n,ko,oh,ow,ki,co,r,s,ci)->(n,ko,oh,ow,ki)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction", "reduction"]} ins(%p, %w : tensor<1x4x14x14x8xf32>, tensor<4x4x3x3x8x8xf32>) outs(%f : tensor<1x4x12x12x8xf32>) attrs = {chameleon.anchor} {
    ^bb0(%x: f32, %y: f32, %o: f32):
      %a = arith.mulf %x, %y fastmath<contract> : f32
      %b = arith.addf %o, %a fastmath<contract> : f32
      linalg.yield %b : f32
    } -> tensor<1x4x12x12x8xf32>
    %y = linalg.generic {indexing_maps = [affine_map<(n,ko,oh,ow,ki)->(n,ko,oh,ow,ki)>, affine_map<(n,ko,oh,ow,ki)->(ko,ki)>, affine_map<(n,ko,oh,ow,ki)->(n,ko,oh,ow,ki)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%c, %bias : tensor<1x4x12x12x8xf32>, tensor<4x8xf32>) outs(%out : tensor<1x4x12x12x8xf32>) attrs = {chameleon.epilogue} {
    ^bb0(%i0: f32, %i1: f32, %o: f32):
      %s1 = arith.addf %i0, %i1 : f32
      %m = arith.maximumf %s1, %zero fastmath<nsz> : f32
      linalg.yield %m : f32
    } -> tensor<1x4x12x12x8xf32>
    return %y : tensor<1x4x12x12x8xf32>
  }
}

// -----

// Two threads and no epilogue: an odd image is one strip, whose channels are shared out, and a scratch result of whole squares is
// copied into the destination.
// SPACE: @conv_nchwc: {{.*}} default {blocks = 1 : i64, kob = 2 : i64, method = 1 : i64, {{.*}}strip_blocks = 4 : i64, strip_rows = 0 : i64, tiles = 6 : i64}
// CHECK-LABEL: func.func @winograd_parts
// CHECK: scf.forall {{.*}} = (0) to (8) step (4)
// CHECK: tensor.empty() : tensor<1x4x8x8x8xf32>
// CHECK: vector.transfer_read {{.*}} vector<8xf32>
// CHECK: vector.transfer_write {{.*}} vector<8xf32>
// CHECK-NOT: linalg.
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<"vector_bits" = 256 : i64, "threads" = 2 : i64, "registers" = 16 : i64>>} {
  func.func @winograd_parts(%img: tensor<1x2x9x9x8xf32>, %w: tensor<8x2x3x3x8x8xf32> {chameleon.constant}, %out: tensor<1x8x7x7x8xf32>) -> tensor<1x8x7x7x8xf32> attributes {chameleon.task = "winograd_parts"} {
    %zero = arith.constant 0.0 : f32
    %f = linalg.fill ins(%zero : f32) outs(%out : tensor<1x8x7x7x8xf32>) -> tensor<1x8x7x7x8xf32>
    %c = linalg.generic {indexing_maps = [affine_map<(n,ko,oh,ow,ki,co,r,s,ci)->(n,co,oh + r,ow + s,ci)>, affine_map<(n,ko,oh,ow,ki,co,r,s,ci)->(ko,co,r,s,ci,ki)>, affine_map<(n,ko,oh,ow,ki,co,r,s,ci)->(n,ko,oh,ow,ki)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction", "reduction"]} ins(%img, %w : tensor<1x2x9x9x8xf32>, tensor<8x2x3x3x8x8xf32>) outs(%f : tensor<1x8x7x7x8xf32>) attrs = {chameleon.anchor} {
    ^bb0(%x: f32, %y: f32, %o: f32):
      %a = arith.mulf %x, %y fastmath<contract> : f32
      %b = arith.addf %o, %a fastmath<contract> : f32
      linalg.yield %b : f32
    } -> tensor<1x8x7x7x8xf32>
    return %c : tensor<1x8x7x7x8xf32>
  }
}

// RUN: chameleon-opt %s --resolve-schedules="schedule=conv_ncdhwc apply" --split-input-file 2>%t | FileCheck %s
// RUN: FileCheck %s --check-prefix=SPACE < %t

// Rows of 7 pixels, one slice after another; padding, bias and relu with it. The accumulators stay in registers over all five
// reduction loops.
// SPACE: remark: builtin:cpu/conv_ncdhwc @conv_ncdhwc: {{.*}} legal, default
// CHECK-LABEL: func.func @volume
// CHECK-NOT: tensor.pad
// CHECK: scf.for {{.*}} -> (vector<7x16xf32>)
// CHECK: scf.for {{.*}} -> (vector<7x16xf32>)
// CHECK: scf.for {{.*}} -> (vector<7x16xf32>)
// CHECK: scf.for {{.*}} -> (vector<7x16xf32>)
// CHECK: scf.for {{.*}} -> (vector<7x16xf32>)
// CHECK: arith.mulf {{.*}} fastmath<contract> : vector<7x16xf32>
// CHECK: arith.maximumf {{.*}} : vector<7x16xf32>
// CHECK-COUNT-1: vector.transfer_write
// CHECK-NOT: linalg.
#image = affine_map<(n, ko, od, oh, ow, ki, co, q, r, s, ci) -> (n, co, od + q, oh + r, ow + s, ci)>
#weights = affine_map<(n, ko, od, oh, ow, ki, co, q, r, s, ci) -> (ko, co, q, r, s, ci, ki)>
#out = affine_map<(n, ko, od, oh, ow, ki, co, q, r, s, ci) -> (n, ko, od, oh, ow, ki)>
#id = affine_map<(n, ko, od, oh, ow, ki) -> (n, ko, od, oh, ow, ki)>
#bias = affine_map<(n, ko, od, oh, ow, ki) -> (ko, ki)>
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<"vector_bits" = 512 : i64, "threads" = 1 : i64, "registers" = 32 : i64>>} {
  func.func @volume(%img: tensor<1x2x4x7x7x16xf32>, %w: tensor<2x2x3x3x3x16x16xf32>, %b: tensor<2x16xf32>, %out: tensor<1x2x4x7x7x16xf32>) -> tensor<1x2x4x7x7x16xf32> attributes {chameleon.task = "v1"} {
    %z = arith.constant 0.0 : f32
    %p = tensor.pad %img low[0, 0, 1, 1, 1, 0] high[0, 0, 1, 1, 1, 0] {
    ^bb0(%x0: index, %x1: index, %x2: index, %x3: index, %x4: index, %x5: index):
      tensor.yield %z : f32
    } : tensor<1x2x4x7x7x16xf32> to tensor<1x2x6x9x9x16xf32>
    %e = tensor.empty() : tensor<1x2x4x7x7x16xf32>
    %f = linalg.fill ins(%z : f32) outs(%e : tensor<1x2x4x7x7x16xf32>) -> tensor<1x2x4x7x7x16xf32>
    %c = linalg.generic {indexing_maps = [#image, #weights, #out], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction", "reduction", "reduction"]} ins(%p, %w : tensor<1x2x6x9x9x16xf32>, tensor<2x2x3x3x3x16x16xf32>) outs(%f : tensor<1x2x4x7x7x16xf32>) attrs = {chameleon.anchor} {
    ^bb0(%x: f32, %y: f32, %o: f32):
      %a = arith.mulf %x, %y fastmath<contract> : f32
      %s = arith.addf %o, %a fastmath<contract> : f32
      linalg.yield %s : f32
    } -> tensor<1x2x4x7x7x16xf32>
    %y = linalg.generic {indexing_maps = [#id, #bias, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%c, %b : tensor<1x2x4x7x7x16xf32>, tensor<2x16xf32>) outs(%out : tensor<1x2x4x7x7x16xf32>) attrs = {chameleon.epilogue} {
    ^bb0(%x: f32, %v: f32, %o: f32):
      %s = arith.addf %x, %v : f32
      %r = arith.maximumf %s, %z fastmath<nsz> : f32
      linalg.yield %r : f32
    } -> tensor<1x2x4x7x7x16xf32>
    return %y : tensor<1x2x4x7x7x16xf32>
  }
}

// -----

// Three colours, stride two, and two threads that share slices and rows.
// CHECK-LABEL: func.func @first_layer
// CHECK: scf.forall
// CHECK: scf.for {{.*}} -> (vector<{{.*}}x16xf32>)
// CHECK-NOT: linalg.
#image = affine_map<(n, ko, od, oh, ow, ki, c, q, r, s) -> (n, c, od + q, oh * 2 + r, ow * 2 + s)>
#weights = affine_map<(n, ko, od, oh, ow, ki, c, q, r, s) -> (ko, c, q, r, s, ki)>
#out = affine_map<(n, ko, od, oh, ow, ki, c, q, r, s) -> (n, ko, od, oh, ow, ki)>
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<"vector_bits" = 512 : i64, "threads" = 2 : i64, "registers" = 32 : i64>>} {
  func.func @first_layer(%img: tensor<1x3x6x33x33xf32>, %w: tensor<2x3x3x3x3x16xf32>, %out: tensor<1x2x4x16x16x16xf32>) -> tensor<1x2x4x16x16x16xf32> attributes {chameleon.task = "v2"} {
    %z = arith.constant 0.0 : f32
    %f = linalg.fill ins(%z : f32) outs(%out : tensor<1x2x4x16x16x16xf32>) -> tensor<1x2x4x16x16x16xf32>
    %c = linalg.generic {indexing_maps = [#image, #weights, #out], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction", "reduction"]} ins(%img, %w : tensor<1x3x6x33x33xf32>, tensor<2x3x3x3x3x16xf32>) outs(%f : tensor<1x2x4x16x16x16xf32>) attrs = {chameleon.anchor} {
    ^bb0(%x: f32, %y: f32, %o: f32):
      %a = arith.mulf %x, %y fastmath<contract> : f32
      %s = arith.addf %o, %a fastmath<contract> : f32
      linalg.yield %s : f32
    } -> tensor<1x2x4x16x16x16xf32>
    return %c : tensor<1x2x4x16x16x16xf32>
  }
}

// RUN: chameleon-opt %s --resolve-schedules="schedule=window_ncdhwc apply" 2>%t | FileCheck %s
// RUN: FileCheck %s --check-prefix=SPACE < %t

// Pooling of a video: one block of channels is padded, then its windows are read, slice by slice; 14 pixels of a row at a time.
// SPACE: remark: builtin:cpu/window_ncdhwc @window_ncdhwc: {{.*}} default {blocks = 1 : i64, ohb = 1 : i64, owb = 14 : i64}
// CHECK-LABEL: func.func @pool
// CHECK-NOT: tensor.pad
// CHECK: tensor.empty() : tensor<1x1x6x16x16x16xf32>
// CHECK-COUNT-3: scf.for {{.*}} -> (vector<14x16xf32>)
// CHECK: arith.maximumf {{.*}} : vector<14x16xf32>
// CHECK-NOT: linalg.
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<"vector_bits" = 512 : i64, "threads" = 1 : i64, "registers" = 32 : i64>>} {
  func.func @pool(%img: tensor<1x3x4x14x14x16xf32>, %out: tensor<1x3x4x14x14x16xf32>) -> tensor<1x3x4x14x14x16xf32> attributes {chameleon.task = "pool"} {
    %z = arith.constant 0xFF800000 : f32
    %p = tensor.pad %img low[0, 0, 1, 1, 1, 0] high[0, 0, 1, 1, 1, 0] {
    ^bb0(%x0: index, %x1: index, %x2: index, %x3: index, %x4: index, %x5: index):
      tensor.yield %z : f32
    } : tensor<1x3x4x14x14x16xf32> to tensor<1x3x6x16x16x16xf32>
    %w = tensor.empty() : tensor<3x3x3xf32>
    %f = linalg.fill ins(%z : f32) outs(%out : tensor<1x3x4x14x14x16xf32>) -> tensor<1x3x4x14x14x16xf32>
    %c = linalg.generic {indexing_maps = [affine_map<(n,c,od,oh,ow,ci,q,r,s)->(n,c,od + q,oh + r,ow + s,ci)>, affine_map<(n,c,od,oh,ow,ci,q,r,s)->(q,r,s)>, affine_map<(n,c,od,oh,ow,ci,q,r,s)->(n,c,od,oh,ow,ci)>],
        iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
        ins(%p, %w : tensor<1x3x6x16x16x16xf32>, tensor<3x3x3xf32>) outs(%f : tensor<1x3x4x14x14x16xf32>) attrs = {chameleon.anchor} {
    ^bb0(%x: f32, %y: f32, %o: f32):
      %m = arith.maximumf %o, %x : f32
      linalg.yield %m : f32
    } -> tensor<1x3x4x14x14x16xf32>
    return %c : tensor<1x3x4x14x14x16xf32>
  }
}

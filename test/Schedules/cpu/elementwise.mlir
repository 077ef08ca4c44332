// RUN: chameleon-opt %s --resolve-schedules="schedule=elementwise" 2>&1 | FileCheck %s --check-prefix=SPEC
// RUN: chameleon-opt %s --resolve-schedules="schedule=elementwise apply" 2>/dev/null | FileCheck %s
// RUN: chameleon-opt %s --resolve-schedules="schedule=elementwise" 2>/dev/null | mlir-opt --transform-interpreter | FileCheck %s

// SPEC: remark: builtin:cpu/elementwise @elementwise: 6 configurations, 3 legal, default {columns = 16 : i64}
// SPEC: transform.named_sequence @elementwise_k1
// CHECK: scf.for
// CHECK: scf.for
// CHECK: vector.create_mask %{{.*}}, %{{.*}} : vector<1x16xi1>
// CHECK: arith.addf {{.*}} : vector<1x16xf32>
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<"vector_bits" = 512 : i64>>} {
  func.func @add(%a: tensor<7x100xf32>, %b: tensor<7x100xf32>, %out: tensor<7x100xf32>) -> tensor<7x100xf32> attributes {chameleon.task = "k1"} {
    %0 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
       iterator_types = ["parallel", "parallel"]} ins(%a, %b : tensor<7x100xf32>, tensor<7x100xf32>) outs(%out : tensor<7x100xf32>) attrs = {chameleon.anchor} {
    ^bb0(%x: f32, %y: f32, %o: f32):
      %s = arith.addf %x, %y : f32
      linalg.yield %s : f32
    } -> tensor<7x100xf32>
    return %0 : tensor<7x100xf32>
  }
}

// RUN: chameleon-opt %s --resolve-schedules="apply" 2>/dev/null | FileCheck %s
// RUN: chameleon-opt %s --resolve-schedules 2>&1 >/dev/null | FileCheck %s --check-prefix=SPEC

// Along a row: partial sums, with what comes before; the operation after it takes the same way.
// SPEC: remark: builtin:cpu/reduction @reduce: 4 configurations, 4 legal, default {vectors = 4 : i64}
// CHECK-LABEL: func @rows
// CHECK:         scf.for {{.*}} -> (vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>)
// CHECK-COUNT-4:   arith.mulf {{.*}} : vector<16xf32>
// CHECK:         vector.reduction <add>, {{.*}} fastmath<reassoc> : vector<16xf32> into f32
// CHECK:         math.sqrt
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<"vector_bits" = 512 : i64, "registers" = 32 : i64, "l1_bytes" = 32768 : i64, "l2_bytes" = 1048576 : i64, "threads" = 1 : i64>>} {
  func.func @rows(%a: tensor<1x8x256xf32>, %out: tensor<1x8x1xf32>) -> tensor<1x8x1xf32> attributes {chameleon.task = "k1"} {
    %zero = arith.constant 0.0 : f32
    %count = arith.constant 256.0 : f32
    %empty = tensor.empty() : tensor<1x8x1xf32>
    %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<1x8x1xf32>) -> tensor<1x8x1xf32>
    %0 = linalg.generic {indexing_maps = [affine_map<(a, b, c) -> (a, b, c)>, affine_map<(a, b, c) -> (a, b, 0)>], iterator_types = ["parallel", "parallel", "reduction"]}
        ins(%a : tensor<1x8x256xf32>) outs(%fill : tensor<1x8x1xf32>) attrs = {chameleon.anchor} {
    ^bb0(%x: f32, %o: f32):
      %m = arith.mulf %x, %x : f32
      %s = arith.addf %m, %o : f32
      linalg.yield %s : f32
    } -> tensor<1x8x1xf32>
    %1 = linalg.generic {indexing_maps = [affine_map<(a, b, c) -> (a, b, c)>, affine_map<(a, b, c) -> (a, b, c)>], iterator_types = ["parallel", "parallel", "parallel"]}
        ins(%0 : tensor<1x8x1xf32>) outs(%out : tensor<1x8x1xf32>) attrs = {chameleon.epilogue} {
    ^bb0(%x: f32, %o: f32):
      %m = arith.divf %x, %count : f32
      %s = math.rsqrt %m : f32
      linalg.yield %s : f32
    } -> tensor<1x8x1xf32>
    return %1 : tensor<1x8x1xf32>
  }

  // Over the image: the sums of a block of channels stay in a register.
  // CHECK-LABEL: func @image
  // CHECK:         scf.for {{.*}} -> (vector<16xf32>)
  // CHECK:           scf.for {{.*}} -> (vector<16xf32>)
  // CHECK-NOT:         vector.transfer_write
  // CHECK:             arith.addf {{.*}} : vector<16xf32>
  func.func @image(%a: tensor<1x2x7x7x16xf32>, %out: tensor<1x2x1x1x16xf32>) -> tensor<1x2x1x1x16xf32> attributes {chameleon.task = "k2"} {
    %zero = arith.constant 0.0 : f32
    %fill = linalg.fill ins(%zero : f32) outs(%out : tensor<1x2x1x1x16xf32>) -> tensor<1x2x1x1x16xf32>
    %0 = linalg.generic {indexing_maps = [affine_map<(n, b, h, w, c) -> (n, b, h, w, c)>, affine_map<(n, b, h, w, c) -> (n, b, 0, 0, c)>],
        iterator_types = ["parallel", "parallel", "reduction", "reduction", "parallel"]}
        ins(%a : tensor<1x2x7x7x16xf32>) outs(%fill : tensor<1x2x1x1x16xf32>) attrs = {chameleon.anchor} {
    ^bb0(%x: f32, %o: f32):
      %s = arith.addf %x, %o : f32
      linalg.yield %s : f32
    } -> tensor<1x2x1x1x16xf32>
    return %0 : tensor<1x2x1x1x16xf32>
  }

  // A row that is no multiple of the vector: lanes beyond its end keep their maximum.
  // CHECK-LABEL: func @partial
  // CHECK:         vector.create_mask
  // CHECK:         arith.select
  // CHECK:         vector.reduction <maximumf>
  func.func @partial(%a: tensor<4x100xf32>, %out: tensor<4xf32>) -> tensor<4xf32> attributes {chameleon.task = "k3"} {
    %least = arith.constant 0xFF800000 : f32
    %fill = linalg.fill ins(%least : f32) outs(%out : tensor<4xf32>) -> tensor<4xf32>
    %0 = linalg.generic {indexing_maps = [affine_map<(a, b) -> (a, b)>, affine_map<(a, b) -> (a)>], iterator_types = ["parallel", "reduction"]}
        ins(%a : tensor<4x100xf32>) outs(%fill : tensor<4xf32>) attrs = {chameleon.anchor} {
    ^bb0(%x: f32, %o: f32):
      %s = arith.maximumf %x, %o : f32
      linalg.yield %s : f32
    } -> tensor<4xf32>
    return %0 : tensor<4xf32>
  }

  // A scale of each channel comes before the image that it scales.
  // CHECK-LABEL: func @scaled
  // CHECK-NOT:     linalg.generic
  // CHECK:         arith.mulf {{.*}} : vector<16xf32>
  func.func @scaled(%scale: tensor<2x1x1x16xf32>, %a: tensor<1x2x7x7x16xf32>, %out: tensor<1x2x1x1x16xf32>) -> tensor<1x2x1x1x16xf32> attributes {chameleon.task = "k4"} {
    %zero = arith.constant 0.0 : f32
    %fill = linalg.fill ins(%zero : f32) outs(%out : tensor<1x2x1x1x16xf32>) -> tensor<1x2x1x1x16xf32>
    %0 = linalg.generic {indexing_maps = [affine_map<(n, b, c, h, w) -> (b, 0, 0, c)>, affine_map<(n, b, c, h, w) -> (n, b, h, w, c)>, affine_map<(n, b, c, h, w) -> (n, b, 0, 0, c)>],
        iterator_types = ["parallel", "parallel", "parallel", "reduction", "reduction"]}
        ins(%scale, %a : tensor<2x1x1x16xf32>, tensor<1x2x7x7x16xf32>) outs(%fill : tensor<1x2x1x1x16xf32>) attrs = {chameleon.anchor} {
    ^bb0(%f: f32, %x: f32, %o: f32):
      %m = arith.mulf %f, %x : f32
      %s = arith.addf %m, %o : f32
      linalg.yield %s : f32
    } -> tensor<1x2x1x1x16xf32>
    return %0 : tensor<1x2x1x1x16xf32>
  }
}

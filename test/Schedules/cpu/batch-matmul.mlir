// RUN: chameleon-opt %s --resolve-schedules="apply" 2>/dev/null | FileCheck %s
// RUN: chameleon-opt %s --resolve-schedules 2>&1 >/dev/null | FileCheck %s --check-prefix=SPEC

// Accumulators in registers, operands in panels, and what follows in the cache.
// SPEC-COUNT-3: remark: builtin:cpu/batch_matmul @batch_matmul: {{.*}} legal, default {{.*}}mr = 8 : i64, nr = 32 : i64
// CHECK-LABEL: func @following
// CHECK-NOT:     linalg.
// CHECK:         scf.for {{.*}} -> (vector<16xf32>{{(, vector<16xf32>)+}})
// CHECK-COUNT-16:  math.fma {{.*}} : vector<16xf32>
// CHECK:         arith.divf {{.*}} : vector<16xf32>
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<"vector_bits" = 512 : i64, "registers" = 32 : i64, "l1_bytes" = 32768 : i64, "l2_bytes" = 1048576 : i64, "threads" = 1 : i64>>} {
  func.func @following(%a: tensor<12x128x64xf32>, %b: tensor<12x64x128xf32>, %out: tensor<12x128x128xf32>) -> tensor<12x128x128xf32> attributes {chameleon.task = "k1"} {
    %zero = arith.constant 0.0 : f32
    %eight = arith.constant 8.0 : f32
    %empty = tensor.empty() : tensor<12x128x128xf32>
    %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<12x128x128xf32>) -> tensor<12x128x128xf32>
    %0 = linalg.batch_matmul {chameleon.anchor} ins(%a, %b : tensor<12x128x64xf32>, tensor<12x64x128xf32>) outs(%fill : tensor<12x128x128xf32>) -> tensor<12x128x128xf32>
    %1 = linalg.generic {indexing_maps = [affine_map<(b, i, j) -> (b, i, j)>, affine_map<(b, i, j) -> (b, i, j)>], iterator_types = ["parallel", "parallel", "parallel"]}
        ins(%0 : tensor<12x128x128xf32>) outs(%out : tensor<12x128x128xf32>) attrs = {chameleon.epilogue} {
    ^bb0(%x: f32, %o: f32):
      %q = arith.divf %x, %eight : f32
      linalg.yield %q : f32
    } -> tensor<12x128x128xf32>
    return %1 : tensor<12x128x128xf32>
  }

  // Extents that are no multiple of anything.
  // CHECK-LABEL: func @prime
  // CHECK-NOT:     linalg.
  // CHECK-COUNT-16: math.fma {{.*}} : vector<16xf32>
  func.func @prime(%a: tensor<12x37x53xf32>, %b: tensor<12x53x41xf32>, %out: tensor<12x37x41xf32>) -> tensor<12x37x41xf32> attributes {chameleon.task = "k2"} {
    %zero = arith.constant 0.0 : f32
    %fill = linalg.fill ins(%zero : f32) outs(%out : tensor<12x37x41xf32>) -> tensor<12x37x41xf32>
    %0 = linalg.batch_matmul {chameleon.anchor} ins(%a, %b : tensor<12x37x53xf32>, tensor<12x53x41xf32>) outs(%fill : tensor<12x37x41xf32>) -> tensor<12x37x41xf32>
    return %0 : tensor<12x37x41xf32>
  }

  // The right operand is transposed as it is packed.
  // CHECK-LABEL: func @transposed
  // CHECK-NOT:     linalg.
  // CHECK:         vector.shuffle
  // CHECK:         math.fma {{.*}} : vector<16xf32>
  func.func @transposed(%a: tensor<12x128x64xf32>, %b: tensor<12x96x64xf32>, %out: tensor<12x128x96xf32>) -> tensor<12x128x96xf32> attributes {chameleon.task = "k3"} {
    %zero = arith.constant 0.0 : f32
    %fill = linalg.fill ins(%zero : f32) outs(%out : tensor<12x128x96xf32>) -> tensor<12x128x96xf32>
    %0 = linalg.batch_matmul indexing_maps = [affine_map<(b, m, n, k) -> (b, m, k)>, affine_map<(b, m, n, k) -> (b, n, k)>, affine_map<(b, m, n, k) -> (b, m, n)>]
        {chameleon.anchor} ins(%a, %b : tensor<12x128x64xf32>, tensor<12x96x64xf32>) outs(%fill : tensor<12x128x96xf32>) -> tensor<12x128x96xf32>
    return %0 : tensor<12x128x96xf32>
  }
}

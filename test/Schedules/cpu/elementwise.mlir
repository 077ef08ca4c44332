// RUN: chameleon-opt %s --resolve-schedules="schedule=elementwise" 2>&1 | FileCheck %s --check-prefix=SPEC
// RUN: chameleon-opt %s --resolve-schedules="apply" 2>/dev/null | FileCheck %s

// A broadcast operand, a function that is a polynomial afterwards, and a row that ends in a partial vector.
// SPEC: remark: builtin:cpu/elementwise @elementwise: 8 configurations, 4 legal, default {parallel = 0 : i64, vectors = 4 : i64}
// SPEC: transform.named_sequence @elementwise_k1
// CHECK-LABEL: func @rows
// CHECK:         scf.for
// CHECK:           %[[SCALAR:.*]] = tensor.extract
// CHECK:           vector.broadcast %[[SCALAR]] : f32 to vector<16xf32>
// CHECK-NOT:       math.exp
// CHECK:           vector.transfer_write {{.*}} {in_bounds = [true]} : vector<16xf32>
// CHECK:           scf.for
// CHECK:             vector.transfer_write %{{[^{]*}} : vector<16xf32>
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<"vector_bits" = 512 : i64, "registers" = 32 : i64, "l1_bytes" = 32768 : i64, "l2_bytes" = 1048576 : i64, "threads" = 1 : i64>>} {
  func.func @rows(%a: tensor<1x7x100xf32>, %b: tensor<1x7x1xf32>, %out: tensor<1x7x100xf32>) -> tensor<1x7x100xf32> attributes {chameleon.task = "k1"} {
    %0 = linalg.generic {indexing_maps = [affine_map<(b, i, j) -> (b, i, j)>, affine_map<(b, i, j) -> (b, i, 0)>, affine_map<(b, i, j) -> (b, i, j)>],
       iterator_types = ["parallel", "parallel", "parallel"]} ins(%a, %b : tensor<1x7x100xf32>, tensor<1x7x1xf32>) outs(%out : tensor<1x7x100xf32>) attrs = {chameleon.anchor} {
    ^bb0(%x: f32, %y: f32, %o: f32):
      %s = arith.subf %x, %y : f32
      %e = math.exp %s : f32
      linalg.yield %e : f32
    } -> tensor<1x7x100xf32>
    return %0 : tensor<1x7x100xf32>
  }

  // Sixteen vectors go into a slice without the unit dimension, one after the other: each goes past it.
  // CHECK-LABEL: func @transposed_heads
  // CHECK-NOT:      slice
  // CHECK-COUNT-16: vector.transfer_write
  // CHECK-NOT:      slice
  func.func @transposed_heads(%a: tensor<1x2x32x64xf32>, %out: tensor<1x2x64x32xf32>) -> tensor<1x2x64x32xf32> attributes {chameleon.task = "k5"} {
    %0 = linalg.transpose ins(%a : tensor<1x2x32x64xf32>) outs(%out : tensor<1x2x64x32xf32>) permutation = [0, 1, 3, 2] {chameleon.anchor}
    return %0 : tensor<1x2x64x32xf32>
  }

  // CHECK-LABEL: func @transposed
  // CHECK-COUNT-16: vector.transfer_read
  // CHECK-NOT:      tensor.extract
  // CHECK:          vector.shuffle
  // CHECK-COUNT-16: vector.transfer_write
  func.func @transposed(%a: tensor<64x32xf32>, %out: tensor<32x64xf32>) -> tensor<32x64xf32> attributes {chameleon.task = "k2"} {
    %0 = linalg.transpose ins(%a : tensor<64x32xf32>) outs(%out : tensor<32x64xf32>) permutation = [1, 0] {chameleon.anchor}
    return %0 : tensor<32x64xf32>
  }

  // CHECK-LABEL: func @one_dimension
  // CHECK:         arith.negf {{.*}} : vector<8xf64>
  func.func @one_dimension(%a: tensor<64xf64>, %out: tensor<64xf64>) -> tensor<64xf64> attributes {chameleon.task = "k3"} {
    %0 = linalg.negf {chameleon.anchor} ins(%a : tensor<64xf64>) outs(%out : tensor<64xf64>) -> tensor<64xf64>
    return %0 : tensor<64xf64>
  }

  // Results that are bits in registers and bytes in memory, of which a vector has as many.
  // CHECK-LABEL: func @boolean
  // CHECK:         vector.transfer_write {{.*}} : vector<64xi1>, tensor<64xi1>
  func.func @boolean(%a: tensor<64xf32>, %out: tensor<64xi1>) -> tensor<64xi1> attributes {chameleon.task = "k4"} {
    %0 = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
        ins(%a : tensor<64xf32>) outs(%out : tensor<64xi1>) attrs = {chameleon.anchor} {
    ^bb0(%x: f32, %o: i1):
      %c = arith.cmpf ogt, %x, %x : f32
      linalg.yield %c : i1
    } -> tensor<64xi1>
    return %0 : tensor<64xi1>
  }
}

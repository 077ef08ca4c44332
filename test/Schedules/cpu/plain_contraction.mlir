// RUN: chameleon-opt %s --resolve-schedules="schedule=plain_contraction apply" --split-input-file 2>/dev/null | FileCheck %s
// RUN: chameleon-opt %s --resolve-schedules="schedule=plain_batch_contraction apply" --split-input-file 2>/dev/null | FileCheck %s --check-prefix=BATCH

// Eight bits into 32, 80 = 32 + 32 + 16 columns, four rows at a time.
// CHECK-LABEL: func.func @i8
// CHECK: scf.for {{.*}} -> (vector<4x32xi32>)
// CHECK: arith.extsi {{.*}} : vector<{{.*}}xi8> to vector<{{.*}}xi32>
// CHECK: arith.muli {{.*}} : vector<4x32xi32>
// CHECK: scf.for {{.*}} -> (vector<4x16xi32>)
// CHECK-NOT: linalg.
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<"vector_bits" = 512 : i64, "threads" = 1 : i64, "registers" = 32 : i64>>} {
  func.func @i8(%a: tensor<64x96xi8>, %b: tensor<96x80xi8>, %out: tensor<64x80xi32>) -> tensor<64x80xi32> attributes {chameleon.task = "p1"} {
    %z = arith.constant 0 : i32
    %f = linalg.fill ins(%z : i32) outs(%out : tensor<64x80xi32>) -> tensor<64x80xi32>
    %c = linalg.matmul {chameleon.anchor} ins(%a, %b : tensor<64x96xi8>, tensor<96x80xi8>) outs(%f : tensor<64x80xi32>) -> tensor<64x80xi32>
    return %c : tensor<64x80xi32>
  }
}

// -----

// Primes have a legal point, 5 = 4 + 1 columns; two threads share the rows.
// CHECK-LABEL: func.func @primes
// CHECK: scf.forall
// CHECK: -> (vector<4xi32>)
// CHECK-NOT: linalg.
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<"vector_bits" = 512 : i64, "threads" = 2 : i64, "registers" = 32 : i64>>} {
  func.func @primes(%a: tensor<7x11xi32>, %b: tensor<11x5xi32>, %out: tensor<7x5xi32>) -> tensor<7x5xi32> attributes {chameleon.task = "p2"} {
    %z = arith.constant 0 : i32
    %f = linalg.fill ins(%z : i32) outs(%out : tensor<7x5xi32>) -> tensor<7x5xi32>
    %c = linalg.matmul {chameleon.anchor} ins(%a, %b : tensor<7x11xi32>, tensor<11x5xi32>) outs(%f : tensor<7x5xi32>) -> tensor<7x5xi32>
    return %c : tensor<7x5xi32>
  }
}

// -----

// CHECK-LABEL: func.func @batch
// CHECK: linalg.batch_matmul
// BATCH-LABEL: func.func @batch
// BATCH: -> (vector<4x32xi32>)
// BATCH-NOT: linalg.
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<"vector_bits" = 512 : i64, "threads" = 1 : i64, "registers" = 32 : i64>>} {
  func.func @batch(%a: tensor<3x8x16xi8>, %b: tensor<3x16x32xi8>, %out: tensor<3x8x32xi32>) -> tensor<3x8x32xi32> attributes {chameleon.task = "p3"} {
    %z = arith.constant 0 : i32
    %f = linalg.fill ins(%z : i32) outs(%out : tensor<3x8x32xi32>) -> tensor<3x8x32xi32>
    %c = linalg.batch_matmul {chameleon.anchor} ins(%a, %b : tensor<3x8x16xi8>, tensor<3x16x32xi8>) outs(%f : tensor<3x8x32xi32>) -> tensor<3x8x32xi32>
    return %c : tensor<3x8x32xi32>
  }
}

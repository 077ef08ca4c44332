// RUN: chameleon-opt %s --resolve-schedules="apply" 2>/dev/null | FileCheck %s
// RUN: chameleon-opt %s --resolve-schedules 2>&1 >/dev/null | FileCheck %s --check-prefix=SPEC

// SPEC: remark: builtin:cpu/matvec @vector_matrix: 10 configurations, 5 legal, default {parallel = 0 : i64, vectors = 8 : i64}
// SPEC: remark: builtin:cpu/matvec @matrix_vector: 8 configurations, 4 legal, default {parallel = 0 : i64, vectors = 4 : i64}
// Rows of the matrix are added up in registers.
// CHECK-LABEL: func @vector_matrix
// CHECK:         scf.for {{.*}} -> (vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>)
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<"vector_bits" = 512 : i64, "registers" = 32 : i64, "l1_bytes" = 32768 : i64, "l2_bytes" = 1048576 : i64, "threads" = 1 : i64>>} {
  func.func @vector_matrix(%a: tensor<1x512xf32>, %b: tensor<512x1000xf32>, %out: tensor<1x1000xf32>) -> tensor<1x1000xf32> attributes {chameleon.task = "k1"} {
    %zero = arith.constant 0.0 : f32
    %fill = linalg.fill ins(%zero : f32) outs(%out : tensor<1x1000xf32>) -> tensor<1x1000xf32>
    %0 = linalg.matmul {chameleon.anchor} ins(%a, %b : tensor<1x512xf32>, tensor<512x1000xf32>) outs(%fill : tensor<1x1000xf32>) -> tensor<1x1000xf32>
    return %0 : tensor<1x1000xf32>
  }

  // One dot product after another.
  // CHECK-LABEL: func @matrix_vector
  // CHECK:         vector.reduction <add>
  func.func @matrix_vector(%a: tensor<512x768xf32>, %b: tensor<768x1xf32>, %out: tensor<512x1xf32>) -> tensor<512x1xf32> attributes {chameleon.task = "k2"} {
    %zero = arith.constant 0.0 : f32
    %fill = linalg.fill ins(%zero : f32) outs(%out : tensor<512x1xf32>) -> tensor<512x1xf32>
    %0 = linalg.matmul {chameleon.anchor} ins(%a, %b : tensor<512x768xf32>, tensor<768x1xf32>) outs(%fill : tensor<512x1xf32>) -> tensor<512x1xf32>
    return %0 : tensor<512x1xf32>
  }
}

// RUN: chameleon-opt %s --split-input-file --transform-interpreter --canonicalize --cse --verify-diagnostics | FileCheck %s

// Half a block shares each row: shuffles within the warps, then their sums in shared memory. One thread stores.
// CHECK-LABEL: func @shared_row(
// CHECK:         gpu.launch {{.*}} workgroup(%[[SHARED:.*]] : memref<128xf32, 3>)
// CHECK:           scf.for {{.*}} iter_args(%{{.*}} = %{{.*}}) -> (vector<1xf32>)
// CHECK:             arith.maximumf
// CHECK-COUNT-5:   gpu.shuffle xor
// CHECK:           vector.store {{.*}}, %[[SHARED]]
// CHECK:           gpu.barrier
// CHECK-COUNT-2:   vector.load %[[SHARED]]
// CHECK:           scf.if
// CHECK:             math.exp
// CHECK:             vector.store
module attributes {transform.with_named_sequence} {
  func.func @shared_row(%a: tensor<16x512xf32>, %out: tensor<16xf32>) -> tensor<16xf32> {
    %lowest = arith.constant 0xFF800000 : f32
    %empty = tensor.empty() : tensor<16xf32>
    %fill = linalg.fill ins(%lowest : f32) outs(%empty : tensor<16xf32>) -> tensor<16xf32>
    %0 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]}
        ins(%a : tensor<16x512xf32>) outs(%fill : tensor<16xf32>) attrs = {anchor} {
    ^bb0(%x: f32, %o: f32):
      %m = arith.maximumf %o, %x : f32
      linalg.yield %m : f32
    } -> tensor<16xf32>
    %1 = linalg.exp ins(%0 : tensor<16xf32>) outs(%out : tensor<16xf32>) -> tensor<16xf32>
    return %1 : tensor<16xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match attributes {anchor} in %root : (!transform.any_op) -> !transform.any_op
    %threads = transform.param.constant 128 : i64 -> !transform.param<i64>
    %lanes = transform.param.constant 4 : i64 -> !transform.param<i64>
    %sharing = transform.param.constant 64 : i64 -> !transform.param<i64>
    %one = transform.param.constant 1 : i64 -> !transform.param<i64>
    %launch = transform.chameleon.lower_to_gpu_loops %op threads %threads lanes %one sharing %sharing
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    transform.yield
  }
}

// -----

// A transposition stores vectors, and gathers their elements; the last threads have nothing to store.
// CHECK-LABEL: func @transpose(
// CHECK:         gpu.launch
// CHECK-COUNT-4:   vector.load {{.*}} {alignment = 4 : i64} : memref<240xf32>, vector<1xf32>
// CHECK:           %[[VECTOR:.*]] = vector.from_elements
// CHECK:           scf.if
// CHECK:             vector.store %[[VECTOR]], {{.*}} {alignment = 16 : i64}
module attributes {transform.with_named_sequence} {
  func.func @transpose(%a: tensor<12x20xf32>, %out: tensor<20x12xf32>) -> tensor<20x12xf32> {
    %0 = linalg.transpose ins(%a : tensor<12x20xf32>) outs(%out : tensor<20x12xf32>) permutation = [1, 0]
    return %0 : tensor<20x12xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["linalg.transpose"]} in %root : (!transform.any_op) -> !transform.any_op
    %threads = transform.param.constant 32 : i64 -> !transform.param<i64>
    %lanes = transform.param.constant 4 : i64 -> !transform.param<i64>
    %one = transform.param.constant 1 : i64 -> !transform.param<i64>
    %launch = transform.chameleon.lower_to_gpu_loops %op threads %threads lanes %lanes sharing %one
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    transform.yield
  }
}

// -----

// Nothing to share: each thread computes a vector of results, as with a sharing of 1.
// CHECK-LABEL: func @nothing_to_share(
// CHECK-NOT:     gpu.shuffle
// CHECK-NOT:     gpu.barrier
// CHECK:         return
module attributes {transform.with_named_sequence} {
  func.func @nothing_to_share(%a: tensor<12x20xf32>, %out: tensor<20x12xf32>) -> tensor<20x12xf32> {
    %0 = linalg.transpose ins(%a : tensor<12x20xf32>) outs(%out : tensor<20x12xf32>) permutation = [1, 0]
    return %0 : tensor<20x12xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["linalg.transpose"]} in %root : (!transform.any_op) -> !transform.any_op
    %threads = transform.param.constant 32 : i64 -> !transform.param<i64>
    %two = transform.param.constant 2 : i64 -> !transform.param<i64>
    %launch = transform.chameleon.lower_to_gpu_loops %op threads %threads lanes %two sharing %two
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  func.func @warps(%a: tensor<12x20xf32>, %out: tensor<20x12xf32>) -> tensor<20x12xf32> {
    // expected-note @below {{when applied to this op}}
    %0 = linalg.transpose ins(%a : tensor<12x20xf32>) outs(%out : tensor<20x12xf32>) permutation = [1, 0]
    return %0 : tensor<20x12xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["linalg.transpose"]} in %root : (!transform.any_op) -> !transform.any_op
    %threads = transform.param.constant 48 : i64 -> !transform.param<i64>
    %one = transform.param.constant 1 : i64 -> !transform.param<i64>
    // expected-error @below {{48 threads, expected whole warps of 32}}
    %launch = transform.chameleon.lower_to_gpu_loops %op threads %threads lanes %one sharing %one
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    transform.yield
  }
}

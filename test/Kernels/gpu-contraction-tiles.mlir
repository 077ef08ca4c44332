// RUN: chameleon-opt %s --split-input-file --transform-interpreter --canonicalize --cse | FileCheck %s

// Extents that are no multiple of anything, and a transposed operand: single elements are copied, and stored where they exist.
// CHECK-LABEL: func @prime(
// CHECK:         nvgpu.device_async_copy %{{.*}}, 1, %{{.*}} : memref<1961xf32>
// CHECK:         scf.if
// CHECK:           vector.store {{.*}} {alignment = 4 : i64} : memref<1517xf32>, vector<1xf32>
module attributes {transform.with_named_sequence} {
  func.func @prime(%a: tensor<53x37xf32>, %b: tensor<53x41xf32>, %out: tensor<37x41xf32>) -> tensor<37x41xf32> {
    %0 = linalg.matmul indexing_maps = [affine_map<(m, n, k) -> (k, m)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]
        ins(%a, %b : tensor<53x37xf32>, tensor<53x41xf32>) outs(%out : tensor<37x41xf32>) -> tensor<37x41xf32>
    return %0 : tensor<37x41xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["linalg.matmul"]} in %root : (!transform.any_op) -> !transform.any_op
    %tile = transform.param.constant 32 : i64 -> !transform.param<i64>
    %one = transform.param.constant 1 : i64 -> !transform.param<i64>
    %two = transform.param.constant 2 : i64 -> !transform.param<i64>
    %four = transform.param.constant 4 : i64 -> !transform.param<i64>
    %untouched = transform.param.constant 0 : i64 -> !transform.param<i64>
    %launches = transform.chameleon.lower_to_gpu_contraction %op tile %tile, %tile, %tile interleave %one, %one thread %four, %four
        stages %two pad %four turn %untouched splits %one cluster %one
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    transform.yield
  }
}

// -----

// Rows that are not aligned, and read by four tiles: a copy of them is, with zeros behind each up to the end of the last tile, so
// that its copies have no condition.
// CHECK-LABEL: func @unaligned(
// CHECK:         %[[ALIGNED:.*]] = memref.alloc() : memref<512x136xf32>
// CHECK:         gpu.launch
// CHECK:           arith.select {{.*}} : f32
// CHECK:           vector.store {{.*}} : memref<69632xf32>, vector<4xf32>
// CHECK:         gpu.launch
// CHECK:           nvgpu.device_async_copy %{{[^,]*}}, %{{[^,]*}}, 4 {bypassL1} : memref<69632xf32>
// CHECK-NOT:       nvgpu.device_async_copy %{{[^,]*}}, %{{[^,]*}}, {{[14]}}, {{.*}} : memref<69632xf32>
module attributes {transform.with_named_sequence} {
  func.func @unaligned(%a: tensor<512x130xf32>, %b: tensor<130x256xf32>, %out: tensor<512x256xf32>) -> tensor<512x256xf32> {
    %0 = linalg.matmul ins(%a, %b : tensor<512x130xf32>, tensor<130x256xf32>) outs(%out : tensor<512x256xf32>) -> tensor<512x256xf32>
    return %0 : tensor<512x256xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["linalg.matmul"]} in %root : (!transform.any_op) -> !transform.any_op
    %tile = transform.param.constant 64 : i64 -> !transform.param<i64>
    %one = transform.param.constant 1 : i64 -> !transform.param<i64>
    %two = transform.param.constant 2 : i64 -> !transform.param<i64>
    %four = transform.param.constant 4 : i64 -> !transform.param<i64>
    %eight = transform.param.constant 8 : i64 -> !transform.param<i64>
    %untouched = transform.param.constant 0 : i64 -> !transform.param<i64>
    %launches = transform.chameleon.lower_to_gpu_contraction %op tile %tile, %tile, %eight interleave %one, %one thread %four, %four
        stages %two pad %four turn %untouched splits %one cluster %one
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    transform.yield
  }
}

// -----

// A turned operand: single elements of one sector of each row, to shared memory where rows are contiguous (128 + 4 elements a
// step); no division but that of the thread's number.
// CHECK-LABEL: func @turned(
// CHECK:         gpu.launch
// CHECK-SAME:      workgroup(%[[SHARED:.*]] : memref<6240xf32, 3>)
// CHECK-COUNT-4:   nvgpu.device_async_copy %{{[^,]*}}, %[[SHARED]][%{{[^,]*}}], 1 : memref<8192xf32>
// CHECK:           nvgpu.device_async_copy %{{[^,]*}}, %[[SHARED]][%{{[^,]*}}], 4 {bypassL1} : memref<16384xf32>
// CHECK:           scf.for
module attributes {transform.with_named_sequence} {
  func.func @turned(%a: tensor<128x64xf32>, %b: tensor<64x256xf32>, %out: tensor<128x256xf32>) -> tensor<128x256xf32> {
    %0 = linalg.matmul ins(%a, %b : tensor<128x64xf32>, tensor<64x256xf32>) outs(%out : tensor<128x256xf32>) -> tensor<128x256xf32>
    return %0 : tensor<128x256xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["linalg.matmul"]} in %root : (!transform.any_op) -> !transform.any_op
    %tile = transform.param.constant 128 : i64 -> !transform.param<i64>
    %one = transform.param.constant 1 : i64 -> !transform.param<i64>
    %two = transform.param.constant 2 : i64 -> !transform.param<i64>
    %three = transform.param.constant 3 : i64 -> !transform.param<i64>
    %four = transform.param.constant 4 : i64 -> !transform.param<i64>
    %eight = transform.param.constant 8 : i64 -> !transform.param<i64>
    %launches = transform.chameleon.lower_to_gpu_contraction %op tile %tile, %tile, %eight interleave %two, %two thread %four, %four
        stages %three pad %four turn %one splits %one cluster %one
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    transform.yield
  }
}

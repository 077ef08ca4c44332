// RUN: chameleon-opt %s --split-input-file --transform-interpreter --canonicalize --cse --verify-diagnostics | FileCheck %s
// RUN: %if ptxas %{ chameleon-opt %s --split-input-file --transform-interpreter --lower-to-nvvm="ptx=%t.ptx" --verify-diagnostics -o /dev/null %}

// A product with what follows it is one kernel: 16-byte copies two chunks ahead, a part of them at each step, accumulators carried
// by the loop over chunks, the destination written once. A warp is a block of 4 x 8 threads.
// CHECK-LABEL: func @product(
// CHECK-SAME:    %[[A:.*]]: tensor<128x64xf32>, %[[B:.*]]: tensor<64x128xf32>, %[[BIAS:.*]]: tensor<128xf32>, %[[OUT:.*]]: tensor<128x128xf32>)
// CHECK-NOT:     linalg.
// CHECK-DAG:     %[[BLOCKS:.*]] = arith.constant 4 : index
// CHECK-DAG:     %[[THREADS:.*]] = arith.constant 128 : index
// CHECK:         %[[RESULT:.*]] = bufferization.to_buffer %[[OUT]] : tensor<128x128xf32>
// CHECK:         gpu.launch blocks({{.*}}) in (%{{.*}} = %[[BLOCKS]], {{.*}} threads({{.*}}) in (%{{.*}} = %[[THREADS]]
// CHECK-SAME:      workgroup(%[[SHARED:.*]] : memref<6912xf32, 3>)
// CHECK:           %[[LANE:.*]] = arith.remui %[[THREAD:.*]], %c32_i32
// CHECK-NEXT:      %[[WARP:.*]] = arith.divui %[[THREAD]], %c32_i32
// CHECK-NEXT:      %[[QUAD:.*]] = arith.divui %[[LANE]], %c4_i32
// CHECK:           arith.divui %[[QUAD]], %c4_i32
// CHECK:           arith.remui %[[QUAD]], %c4_i32
// CHECK:           nvgpu.device_async_copy {{.*}}, %[[SHARED]][{{.*}}], 4 {bypassL1}
// CHECK:           nvvm.cp.async.commit.group
// CHECK:           scf.for {{.*}} -> (f32{{(, f32)+}}, index, index)
// CHECK:             nvvm.cp.async.wait.group 1
// CHECK-NEXT:        gpu.barrier
// CHECK:             %[[LAST:.*]] = arith.minui %{{.*}}, %c3_i32
// CHECK-NOT:         scf.if
// CHECK-COUNT-1:     nvgpu.device_async_copy
// CHECK-COUNT-32:    math.fma {{.*}} : f32
// CHECK:             nvgpu.device_async_copy
// CHECK:             math.fma {{.*}} : f32
// CHECK-NOT:         gpu.barrier
// CHECK:           arith.maximumf {{.*}} : vector<4xf32>
// CHECK:           vector.store {{.*}} {alignment = 16 : i64}
// CHECK-NOT:     scf.if
// CHECK:           nvvm.cp.async.commit.group
// CHECK-NEXT:      nvvm.cp.async.wait.group 0
// CHECK-NEXT:      gpu.terminator
// CHECK:         %[[TENSOR:.*]] = bufferization.to_tensor %[[RESULT]] restrict writable
// CHECK:         return %[[TENSOR]]
module attributes {transform.with_named_sequence} {
  func.func @product(%a: tensor<128x64xf32>, %b: tensor<64x128xf32>, %bias: tensor<128xf32>, %out: tensor<128x128xf32>) -> tensor<128x128xf32> {
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<128x128xf32>
    %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<128x128xf32>) -> tensor<128x128xf32>
    %0 = linalg.matmul ins(%a, %b : tensor<128x64xf32>, tensor<64x128xf32>) outs(%fill : tensor<128x128xf32>) -> tensor<128x128xf32>
    %1 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
        ins(%0, %bias : tensor<128x128xf32>, tensor<128xf32>) outs(%out : tensor<128x128xf32>) {
    ^bb0(%x: f32, %y: f32, %o: f32):
      %s = arith.addf %x, %y : f32
      %r = arith.maximumf %s, %zero : f32
      linalg.yield %r : f32
    } -> tensor<128x128xf32>
    return %1 : tensor<128x128xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["linalg.matmul"]} in %root : (!transform.any_op) -> !transform.any_op
    %tile = transform.param.constant 64 : i64 -> !transform.param<i64>
    %depth = transform.param.constant 16 : i64 -> !transform.param<i64>
    %one = transform.param.constant 1 : i64 -> !transform.param<i64>
    %two = transform.param.constant 2 : i64 -> !transform.param<i64>
    %three = transform.param.constant 3 : i64 -> !transform.param<i64>
    %four = transform.param.constant 4 : i64 -> !transform.param<i64>
    %untouched = transform.param.constant 0 : i64 -> !transform.param<i64>
    %launches = transform.chameleon.lower_to_gpu_contraction %op tile %tile, %tile, %depth interleave %two, %one thread %four, %four
        stages %three pad %four turn %untouched splits %one cluster %one
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    transform.yield
  }
}

// -----

// A convolution of 7 x 7 pixels: its padding is a condition of each copy, rows that do not exist are not stored, and four
// blocks share the reduction, whose sums a second kernel adds.
// CHECK-LABEL: func @convolution(
// CHECK-NOT:     tensor.pad
// CHECK:         %[[PARTS:.*]] = memref.alloc() : memref<4x1x49x64xf32>
// CHECK:         gpu.launch
// CHECK:           scf.for
// CHECK:             %[[IN:.*]] = arith.cmpi ult, {{.*}} : i32
// CHECK:             %[[COUNT:.*]] = arith.select %{{.*}}, %c4{{.*}}, %c0
// CHECK:             nvgpu.device_async_copy %{{.*}}, 4, %[[COUNT]] {bypassL1} : memref<3136xf32>
// CHECK:             math.fma
// CHECK:           scf.if
// CHECK:             vector.store
// CHECK:         gpu.launch
// CHECK-COUNT-3:   arith.addf {{.*}} : vector<4xf32>
// CHECK:           vector.store {{.*}} : memref<3136xf32>, vector<4xf32>
module attributes {transform.with_named_sequence} {
  func.func @convolution(%x: tensor<1x7x7x64xf32>, %w: tensor<3x3x64x64xf32>, %out: tensor<1x7x7x64xf32>) -> tensor<1x7x7x64xf32> {
    %zero = arith.constant 0.0 : f32
    %padded = tensor.pad %x low[0, 1, 1, 0] high[0, 1, 1, 0] {
    ^bb0(%i: index, %j: index, %k: index, %l: index):
      tensor.yield %zero : f32
    } : tensor<1x7x7x64xf32> to tensor<1x9x9x64xf32>
    %fill = linalg.fill ins(%zero : f32) outs(%out : tensor<1x7x7x64xf32>) -> tensor<1x7x7x64xf32>
    %0 = linalg.conv_2d_nhwc_hwcf {dilations = dense<1> : vector<2xi64>, strides = dense<1> : vector<2xi64>}
        ins(%padded, %w : tensor<1x9x9x64xf32>, tensor<3x3x64x64xf32>) outs(%fill : tensor<1x7x7x64xf32>) -> tensor<1x7x7x64xf32>
    return %0 : tensor<1x7x7x64xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["linalg.conv_2d_nhwc_hwcf"]} in %root : (!transform.any_op) -> !transform.any_op
    %rows = transform.param.constant 56 : i64 -> !transform.param<i64>
    %columns = transform.param.constant 32 : i64 -> !transform.param<i64>
    %one = transform.param.constant 1 : i64 -> !transform.param<i64>
    %four = transform.param.constant 4 : i64 -> !transform.param<i64>
    %seven = transform.param.constant 7 : i64 -> !transform.param<i64>
    %untouched = transform.param.constant 0 : i64 -> !transform.param<i64>
    %launches = transform.chameleon.lower_to_gpu_contraction %op tile %rows, %columns, %columns interleave %one, %one thread %seven, %four
        stages %one pad %four turn %untouched splits %four cluster %one
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    transform.yield
  }
}

// -----

// Turned: what the first step needs is read before the loop and carried by it; what the next chunk's first step needs, after the
// only barrier, before the last step's products.
// CHECK-LABEL: func @turned(
// CHECK:         nvvm.cp.async.wait.group 1
// CHECK-NEXT:    gpu.barrier
// CHECK-COUNT-2: vector.load {{.*}} : memref<1632xf32, 3>, vector<4xf32>
// CHECK:         scf.for
// CHECK-NOT:       gpu.barrier
// CHECK:           nvgpu.device_async_copy
// CHECK:           vector.load {{.*}} : memref<1632xf32, 3>, vector<4xf32>
// CHECK:           math.fma
// CHECK:           nvvm.cp.async.wait.group 1
// CHECK-NEXT:      gpu.barrier
// CHECK-COUNT-2:   vector.load {{.*}} : memref<1632xf32, 3>, vector<4xf32>
// CHECK-COUNT-16:  math.fma {{.*}} : f32
// CHECK-NOT:       gpu.barrier
// CHECK:           scf.yield
module attributes {transform.with_named_sequence} {
  func.func @turned(%a: tensor<32x64xf32>, %b: tensor<64x32xf32>, %out: tensor<32x32xf32>) -> tensor<32x32xf32> {
    %0 = linalg.matmul ins(%a, %b : tensor<32x64xf32>, tensor<64x32xf32>) outs(%out : tensor<32x32xf32>) -> tensor<32x32xf32>
    return %0 : tensor<32x32xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["linalg.matmul"]} in %root : (!transform.any_op) -> !transform.any_op
    %tile = transform.param.constant 32 : i64 -> !transform.param<i64>
    %one = transform.param.constant 1 : i64 -> !transform.param<i64>
    %three = transform.param.constant 3 : i64 -> !transform.param<i64>
    %four = transform.param.constant 4 : i64 -> !transform.param<i64>
    %eight = transform.param.constant 8 : i64 -> !transform.param<i64>
    %launches = transform.chameleon.lower_to_gpu_contraction %op tile %tile, %tile, %eight interleave %one, %one thread %four, %four
        stages %three pad %four turn %one splits %one cluster %one
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    transform.yield
  }
}

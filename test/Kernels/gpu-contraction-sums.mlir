// RUN: chameleon-opt %s --split-input-file --transform-interpreter --canonicalize --cse --verify-diagnostics | FileCheck %s
// RUN: %if ptxas %{ chameleon-opt %s --split-input-file --transform-interpreter --lower-to-nvvm="ptx=%t.ptx" --verify-diagnostics -o /dev/null %}

// Two blocks of a cluster add up in shared memory: each leaves its tile there, in place of its operands; when both have, each reads
// its half of both tiles and ends it. No block goes before the other one has read. There is no second kernel.
// CHECK-LABEL: func @clustered(
// CHECK-NOT:     memref.alloc
// CHECK:         gpu.launch clusters({{.*}}) in (%{{.*}} = %c2, %{{.*}} = %c1, %{{.*}} = %c1) blocks({{.*}}) in (%{{.*}} = %c4,
// CHECK-SAME:      workgroup(%[[SHARED:.*]] : memref<1280xf32, 3>)
// CHECK:           scf.for
// CHECK:           nvvm.cp.async.wait.group 0
// CHECK-NEXT:      gpu.barrier
// CHECK-COUNT-4:   vector.store {{.*}}, %[[SHARED]]
// CHECK:           nvvm.cluster.arrive {aligned}
// CHECK-NEXT:      nvvm.cluster.wait {aligned}
// CHECK:           %[[FIRST:.*]] = nvvm.mapa %{{.*}}, %c0_i32 : !llvm.ptr<3> -> !llvm.ptr<7>
// CHECK:           %[[SECOND:.*]] = nvvm.mapa %{{.*}}, %c1_i32 : !llvm.ptr<3> -> !llvm.ptr<7>
// CHECK:           llvm.getelementptr %[[FIRST]][
// CHECK-NEXT:      llvm.load {{.*}} {alignment = 16 : i64} : !llvm.ptr<7> -> vector<4xf32>
// CHECK:           llvm.getelementptr %[[SECOND]][
// CHECK:           arith.addf {{.*}} : vector<4xf32>
// CHECK:           nvvm.cluster.arrive {aligned}
// CHECK:           vector.store {{.*}} : memref<2048xf32>, vector<4xf32>
// CHECK:           nvvm.cluster.wait {aligned}
// CHECK-NEXT:      gpu.terminator
// CHECK-NOT:     gpu.launch
module attributes {transform.with_named_sequence} {
  func.func @clustered(%a: tensor<64x64xf32>, %b: tensor<64x32xf32>, %out: tensor<64x32xf32>) -> tensor<64x32xf32> {
    %0 = linalg.matmul ins(%a, %b : tensor<64x64xf32>, tensor<64x32xf32>) outs(%out : tensor<64x32xf32>) -> tensor<64x32xf32>
    return %0 : tensor<64x32xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["linalg.matmul"]} in %root : (!transform.any_op) -> !transform.any_op
    %tile = transform.param.constant 32 : i64 -> !transform.param<i64>
    %depth = transform.param.constant 8 : i64 -> !transform.param<i64>
    %one = transform.param.constant 1 : i64 -> !transform.param<i64>
    %two = transform.param.constant 2 : i64 -> !transform.param<i64>
    %four = transform.param.constant 4 : i64 -> !transform.param<i64>
    %none = transform.param.constant 0 : i64 -> !transform.param<i64>
    %launches = transform.chameleon.lower_to_gpu_contraction %op tile %tile, %tile, %depth interleave %one, %one thread %four, %four
        stages %two pad %four turn %none splits %two cluster %two
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    transform.yield
  }
}

// -----

// Two clusters to a tile: what each adds up, a second kernel adds. A tile of 28 x 32 (224 vectors) is no whole number of vectors for
// the 2 * 32 threads of a cluster.
// CHECK-LABEL: func @clusters(
// CHECK:         memref.alloc() : memref<2x1x49x32xf32>
// CHECK:         gpu.launch clusters({{.*}}) in (%{{.*}} = %c2,
// CHECK:           nvvm.cluster.wait
// CHECK:           arith.minui %{{.*}}, %c223_i32
// CHECK:           nvvm.cluster.arrive
// CHECK:           %[[MINE:.*]] = arith.cmpi ult, %{{.*}}, %c224_i32
// CHECK:           scf.if %[[MINE]]
// CHECK:           nvvm.cluster.wait
// CHECK:         gpu.launch blocks
// CHECK-NOT:       nvvm.cluster
module attributes {transform.with_named_sequence} {
  func.func @clusters(%a: tensor<49x256xf32>, %b: tensor<256x32xf32>, %out: tensor<49x32xf32>) -> tensor<49x32xf32> {
    %0 = linalg.matmul ins(%a, %b : tensor<49x256xf32>, tensor<256x32xf32>) outs(%out : tensor<49x32xf32>) -> tensor<49x32xf32>
    return %0 : tensor<49x32xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["linalg.matmul"]} in %root : (!transform.any_op) -> !transform.any_op
    %rows = transform.param.constant 28 : i64 -> !transform.param<i64>
    %columns = transform.param.constant 32 : i64 -> !transform.param<i64>
    %one = transform.param.constant 1 : i64 -> !transform.param<i64>
    %two = transform.param.constant 2 : i64 -> !transform.param<i64>
    %four = transform.param.constant 4 : i64 -> !transform.param<i64>
    %seven = transform.param.constant 7 : i64 -> !transform.param<i64>
    %none = transform.param.constant 0 : i64 -> !transform.param<i64>
    %launches = transform.chameleon.lower_to_gpu_contraction %op tile %rows, %columns, %columns interleave %one, %one thread %seven, %four
        stages %two pad %four turn %none splits %four cluster %two
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    transform.yield
  }
}

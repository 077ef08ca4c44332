// RUN: chameleon-opt %s --split-input-file --apply-schedules="target=nvvm:sm_90 defaults=true" -o %t.mlir
// RUN: FileCheck %s --input-file=%t.mlir
// RUN: chameleon-opt %t.mlir --split-input-file --lower-to-nvvm="format=nvvm" -o /dev/null

// Tensors of 2^31 elements and more have kernels: positions of index type where 32 bits are too few for them, the thread's part of
// them still in words.

// CHECK-LABEL: func.func private @chameleon_elementwise_
// CHECK:         gpu.launch blocks(%[[BLOCK:[^,]*]], {{.*}} threads(%[[THREAD:[^,]*]],
// CHECK-NOT:       arith.index_cast %[[BLOCK]] : index to i32
// CHECK:           arith.index_cast %[[THREAD]] : index to i32
// CHECK-NOT:       arith.index_cast %[[BLOCK]] : index to i32
// CHECK:           arith.remui %{{.*}}, %c65537{{.*}} : index
// CHECK:           vector.store
#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (j)>
func.func @main(%x: tensor<65536x65537xf32>, %y: tensor<65537xf32>) -> tensor<65536x65537xf32> {
    %0 = tensor.empty() : tensor<65536x65537xf32>
    %1 = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
        ins(%x, %y : tensor<65536x65537xf32>, tensor<65537xf32>) outs(%0 : tensor<65536x65537xf32>) {
    ^bb0(%in: f32, %b: f32, %out: f32):
      %2 = arith.addf %in, %b : f32
      linalg.yield %2 : f32
    } -> tensor<65536x65537xf32>
    return %1 : tensor<65536x65537xf32>
}

// -----

// One thread or block adds up more than 2^31.

// CHECK-LABEL: func.func private @chameleon_reduce_
// CHECK:         gpu.launch
// CHECK:           %[[END:.*]] = arith.constant 4294967296 : index
// CHECK:           scf.for %[[STEP:.*]] = %{{.*}} to %[[END]]
// CHECK-NOT:         arith.index_cast %[[STEP]] : index to i32
// CHECK:             scf.yield
#id = affine_map<(i, j) -> (i, j)>
#o = affine_map<(i, j) -> (i)>
func.func @main(%x: tensor<1x4294967296xf32>) -> tensor<1xf32> {
    %z = arith.constant 0.0 : f32
    %0 = tensor.empty() : tensor<1xf32>
    %f = linalg.fill ins(%z : f32) outs(%0 : tensor<1xf32>) -> tensor<1xf32>
    %1 = linalg.generic {indexing_maps = [#id, #o], iterator_types = ["parallel", "reduction"]}
        ins(%x : tensor<1x4294967296xf32>) outs(%f : tensor<1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %2 = arith.addf %in, %out : f32
      linalg.yield %2 : f32
    } -> tensor<1xf32>
    return %1 : tensor<1xf32>
}

// -----

// Rows and columns are counted apart: both are few.

// CHECK-LABEL: func.func private @chameleon_matmul_
// CHECK:         gpu.launch
// CHECK:           memref<4294967296xf32>
func.func @main(%a: tensor<65536x64xf32>, %b: tensor<64x65536xf32>) -> tensor<65536x65536xf32> {
    %z = arith.constant 0.0 : f32
    %0 = tensor.empty() : tensor<65536x65536xf32>
    %f = linalg.fill ins(%z : f32) outs(%0 : tensor<65536x65536xf32>) -> tensor<65536x65536xf32>
    %1 = linalg.matmul ins(%a, %b : tensor<65536x64xf32>, tensor<64x65536xf32>) outs(%f : tensor<65536x65536xf32>) -> tensor<65536x65536xf32>
    return %1 : tensor<65536x65536xf32>
}

// -----

// Elements of 2^31 bytes and more in all, but fewer than 2^31: words are enough.

// CHECK-LABEL: func.func private @chameleon_elementwise_
// CHECK:         gpu.launch blocks(%[[BLOCK:[^,]*]],
// CHECK:           arith.index_cast %[[BLOCK]] : index to i32
// CHECK:           memref<1610612736xf32>
#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (j)>
func.func @main(%x: tensor<4096x393216xf32>, %y: tensor<393216xf32>) -> tensor<4096x393216xf32> {
    %0 = tensor.empty() : tensor<4096x393216xf32>
    %1 = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
        ins(%x, %y : tensor<4096x393216xf32>, tensor<393216xf32>) outs(%0 : tensor<4096x393216xf32>) {
    ^bb0(%in: f32, %b: f32, %out: f32):
      %2 = arith.addf %in, %b : f32
      linalg.yield %2 : f32
    } -> tensor<4096x393216xf32>
    return %1 : tensor<4096x393216xf32>
}

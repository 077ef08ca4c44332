// RUN: chameleon-opt %s --transform-interpreter --split-input-file --verify-diagnostics | FileCheck %s

// A row of the table for each index: the thread's place in the result is divided by the row's length, the index read,
// and the element with it.
// CHECK-LABEL: func @rows
// CHECK-SAME:    (%[[TABLE:.*]]: tensor<50x64xf32>, %[[WHICH:.*]]: tensor<45xi64>
// CHECK-DAG:     %[[ROWS:.*]] = bufferization.to_buffer %[[TABLE]] read_only
// CHECK-DAG:     %[[INDICES:.*]] = bufferization.to_buffer %[[WHICH]] read_only
// CHECK:         gpu.launch
// CHECK-DAG:       %[[TABLELINE:.*]] = memref.reinterpret_cast %[[ROWS]] {{.*}} to memref<3200xf32>
// CHECK-DAG:       %[[INDEXLINE:.*]] = memref.reinterpret_cast %[[INDICES]] {{.*}} to memref<45xi64>
// CHECK:           vector.load %[[INDEXLINE]]
// CHECK:           arith.index_cast {{.*}} : vector<1xi64> to vector<1xindex>
// CHECK:           arith.muli %{{.*}}, %{{.*}} overflow<nsw> : index
// CHECK:           vector.load %[[TABLELINE]]
module attributes {transform.with_named_sequence, gpu.container_module} {
  func.func @rows(%table: tensor<50x64xf32>, %which: tensor<45xi64>, %out: tensor<45x64xf32>) -> tensor<45x64xf32> {
    %0 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
        ins(%which : tensor<45xi64>) outs(%out : tensor<45x64xf32>) {
    ^bb0(%w: i64, %o: f32):
      %i = arith.index_cast %w : i64 to index
      %j = linalg.index 1 : index
      %v = tensor.extract %table[%i, %j] : tensor<50x64xf32>
      linalg.yield %v : f32
    } -> tensor<45x64xf32>
    return %0 : tensor<45x64xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["linalg.generic"]} in %root : (!transform.any_op) -> !transform.any_op
    %warp = transform.param.constant 32 : i64 -> !transform.param<i64>
    %one = transform.param.constant 1 : i64 -> !transform.param<i64>
    %launch = transform.chameleon.lower_to_gpu_loops %op threads %warp lanes %one sharing %one
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  func.func @unknown(%table: tensor<?xf32>, %which: tensor<45xindex>, %out: tensor<45xf32>) -> tensor<45xf32> {
    // expected-note @below {{when applied to this op}}
    %0 = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>], iterator_types = ["parallel"]} outs(%out : tensor<45xf32>) {
    ^bb0(%o: f32):
      %i = linalg.index 0 : index
      %v = tensor.extract %table[%i] : tensor<?xf32>
      linalg.yield %v : f32
    } -> tensor<45xf32>
    return %0 : tensor<45xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["linalg.generic"]} in %root : (!transform.any_op) -> !transform.any_op
    %warp = transform.param.constant 32 : i64 -> !transform.param<i64>
    // expected-error @below {{expects reads of tensors of static shape in the body}}
    %launch = transform.chameleon.lower_to_gpu_loops %op threads %warp lanes %warp sharing %warp
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    transform.yield
  }
}

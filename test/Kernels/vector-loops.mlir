// RUN: chameleon-opt %s --transform-interpreter --split-input-file --verify-diagnostics | FileCheck %s

// Whole steps of two vectors, then a partial one; a scalar operand is spread.
// CHECK-LABEL: func @rows
// CHECK-SAME:    %[[A:.*]]: tensor<3x20xf32>, %[[S:.*]]: tensor<3xf32>, %[[OUT:.*]]: tensor<3x20xf32>
// CHECK:         scf.for
// CHECK:           scf.for
// CHECK:             vector.transfer_read %[[A]]{{.*}} {in_bounds = [true]} : tensor<3x20xf32>, vector<8xf32>
// CHECK:             %[[SCALAR:.*]] = tensor.extract %[[S]]
// CHECK:             vector.broadcast %[[SCALAR]]
// CHECK-COUNT-2:     arith.mulf {{.*}} : vector<8xf32>
// CHECK:           scf.for
// CHECK:             vector.transfer_read %[[A]][{{[^{]*}} : tensor<3x20xf32>, vector<8xf32>
module attributes {transform.with_named_sequence} {
  func.func @rows(%a: tensor<3x20xf32>, %s: tensor<3xf32>, %out: tensor<3x20xf32>) -> tensor<3x20xf32> {
    %0 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
        ins(%a, %s : tensor<3x20xf32>, tensor<3xf32>) outs(%out : tensor<3x20xf32>) {
    ^bb0(%x: f32, %y: f32, %o: f32):
      %m = arith.mulf %x, %y : f32
      linalg.yield %m : f32
    } -> tensor<3x20xf32>
    return %0 : tensor<3x20xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %operations = transform.structured.match interface{LinalgOp} in %root : (!transform.any_op) -> !transform.any_op
    %lanes = transform.param.constant 8 : i64 -> !transform.param<i64>
    %vectors = transform.param.constant 2 : i64 -> !transform.param<i64>
    transform.chameleon.lower_to_vectors %operations lanes %lanes vectors %vectors : !transform.any_op, !transform.param<i64>, !transform.param<i64>
    transform.yield
  }
}

// -----

// No row of partial results without one operation that combines: vectors of results, whose elements are read one by one.
// CHECK-LABEL: func @two_combiners
// CHECK:         scf.for {{.*}} -> (vector<8xf32>)
// CHECK-COUNT-8:   tensor.extract
// CHECK:           vector.from_elements
// CHECK:           arith.mulf {{.*}} : vector<8xf32>
// CHECK:           arith.addf {{.*}} : vector<8xf32>
module attributes {transform.with_named_sequence} {
  func.func @two_combiners(%a: tensor<3x20xf32>, %out: tensor<3xf32>) -> tensor<3xf32> {
    %0 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]}
        ins(%a : tensor<3x20xf32>) outs(%out : tensor<3xf32>) {
    ^bb0(%x: f32, %o: f32):
      %p = arith.mulf %o, %x : f32
      %s = arith.addf %x, %p : f32
      linalg.yield %s : f32
    } -> tensor<3xf32>
    return %0 : tensor<3xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %operations = transform.structured.match interface{LinalgOp} in %root : (!transform.any_op) -> !transform.any_op
    %lanes = transform.param.constant 8 : i64 -> !transform.param<i64>
    %vectors = transform.param.constant 2 : i64 -> !transform.param<i64>
    transform.chameleon.lower_to_vectors %operations lanes %lanes vectors %vectors : !transform.any_op, !transform.param<i64>, !transform.param<i64>
    transform.yield
  }
}

// -----

// CHECK-LABEL: func @index
// CHECK:         %[[LANES:.*]] = vector.step : vector<8xindex>
// CHECK:         arith.addi %{{.*}}, %[[LANES]] : vector<8xindex>
// CHECK:         arith.sitofp {{.*}} : vector<8xi32> to vector<8xf32>
module attributes {transform.with_named_sequence} {
  func.func @index(%out: tensor<20xf32>) -> tensor<20xf32> {
    %0 = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>], iterator_types = ["parallel"]} outs(%out : tensor<20xf32>) {
    ^bb0(%o: f32):
      %i = linalg.index 0 : index
      %c = arith.index_cast %i : index to i32
      %f = arith.sitofp %c : i32 to f32
      linalg.yield %f : f32
    } -> tensor<20xf32>
    return %0 : tensor<20xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %operations = transform.structured.match interface{LinalgOp} in %root : (!transform.any_op) -> !transform.any_op
    %lanes = transform.param.constant 8 : i64 -> !transform.param<i64>
    %vectors = transform.param.constant 2 : i64 -> !transform.param<i64>
    transform.chameleon.lower_to_vectors %operations lanes %lanes vectors %vectors : !transform.any_op, !transform.param<i64>, !transform.param<i64>
    transform.yield
  }
}

// -----

// CHECK-LABEL: func @turning
// CHECK-COUNT-8: tensor.extract
// CHECK:         vector.from_elements
module attributes {transform.with_named_sequence} {
  func.func @turning(%a: tensor<20xf32>, %out: tensor<20xf32>) -> tensor<20xf32> {
    %0 = linalg.generic {indexing_maps = [affine_map<(i) -> ((i + 5) mod 20)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]} ins(%a : tensor<20xf32>) outs(%out : tensor<20xf32>) {
    ^bb0(%x: f32, %o: f32):
      linalg.yield %x : f32
    } -> tensor<20xf32>
    return %0 : tensor<20xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %operations = transform.structured.match interface{LinalgOp} in %root : (!transform.any_op) -> !transform.any_op
    %lanes = transform.param.constant 8 : i64 -> !transform.param<i64>
    %vectors = transform.param.constant 2 : i64 -> !transform.param<i64>
    transform.chameleon.lower_to_vectors %operations lanes %lanes vectors %vectors : !transform.any_op, !transform.param<i64>, !transform.param<i64>
    transform.yield
  }
}

// -----

// Of tiles nobody knows where they are in the whole.
module attributes {transform.with_named_sequence} {
  func.func @turning_tile(%a: tensor<20xf32>, %out: tensor<?xf32>) -> tensor<?xf32> {
    // expected-note @below {{when applied to this op}}
    %0 = linalg.generic {indexing_maps = [affine_map<(i) -> ((i + 5) mod 20)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]} ins(%a : tensor<20xf32>) outs(%out : tensor<?xf32>) {
    ^bb0(%x: f32, %o: f32):
      linalg.yield %x : f32
    } -> tensor<?xf32>
    return %0 : tensor<?xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %operations = transform.structured.match interface{LinalgOp} in %root : (!transform.any_op) -> !transform.any_op
    %lanes = transform.param.constant 8 : i64 -> !transform.param<i64>
    %vectors = transform.param.constant 2 : i64 -> !transform.param<i64>
    // expected-error @below {{expects operands at linear indices and results along loops, found (d0) -> ((d0 + 5) mod 20)}}
    transform.chameleon.lower_to_vectors %operations lanes %lanes vectors %vectors : !transform.any_op, !transform.param<i64>, !transform.param<i64>
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  func.func @memory(%a: memref<20xf32>, %out: memref<20xf32>) {
    // expected-note @below {{when applied to this op}}
    linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]} ins(%a : memref<20xf32>) outs(%out : memref<20xf32>) {
    ^bb0(%x: f32, %o: f32):
      linalg.yield %x : f32
    }
    return
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %operations = transform.structured.match interface{LinalgOp} in %root : (!transform.any_op) -> !transform.any_op
    %lanes = transform.param.constant 8 : i64 -> !transform.param<i64>
    %vectors = transform.param.constant 2 : i64 -> !transform.param<i64>
    // expected-error @below {{expects tensors}}
    transform.chameleon.lower_to_vectors %operations lanes %lanes vectors %vectors : !transform.any_op, !transform.param<i64>, !transform.param<i64>
    transform.yield
  }
}

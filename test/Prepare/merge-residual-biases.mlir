// RUN: chameleon-opt %s --prepare-model | FileCheck %s

#id = affine_map<(d0, d1) -> (d0, d1)>
#col = affine_map<(d0, d1) -> (d1)>

// (x + b1) + (y + b2): one vector, added at load, and the body of a residual
// without projection.
// CHECK-LABEL: @both_sides
// CHECK-DAG: %[[B1:.*]] = arith.constant dense_resource<b1>
// CHECK-DAG: %[[B2:.*]] = arith.constant dense_resource<b2>
// CHECK: %[[B:.*]] = linalg.generic {{.*}} ins(%[[B1]], %[[B2]] : tensor<8xf32>, tensor<8xf32>)
// CHECK: linalg.generic {{.*}} ins(%arg0, %[[B]], %arg1 : tensor<4x8xf32>, tensor<8xf32>, tensor<4x8xf32>)
// CHECK-NEXT: ^bb0(%[[X:.*]]: f32, %[[V:.*]]: f32, %[[Y:.*]]: f32, %{{.*}}: f32):
// CHECK-NEXT: %[[S:.*]] = arith.addf %[[X]], %[[V]]
// CHECK-NEXT: %[[T:.*]] = arith.addf %[[S]], %[[Y]]
// CHECK-NEXT: linalg.yield %[[T]]
func.func @both_sides(%x: tensor<4x8xf32>, %y: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %b1 = arith.constant dense_resource<b1> : tensor<8xf32>
  %b2 = arith.constant dense_resource<b2> : tensor<8xf32>
  %e = tensor.empty() : tensor<4x8xf32>
  %0 = linalg.generic {indexing_maps = [#id, #col, #id], iterator_types = ["parallel", "parallel"]} ins(%x, %b1 : tensor<4x8xf32>, tensor<8xf32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %r = arith.addf %a, %b : f32
    linalg.yield %r : f32
  } -> tensor<4x8xf32>
  %1 = linalg.generic {indexing_maps = [#id, #col, #id], iterator_types = ["parallel", "parallel"]} ins(%y, %b2 : tensor<4x8xf32>, tensor<8xf32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %r = arith.addf %a, %b : f32
    linalg.yield %r : f32
  } -> tensor<4x8xf32>
  %2 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]} ins(%0, %1 : tensor<4x8xf32>, tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %r = arith.addf %a, %b : f32
    linalg.yield %r : f32
  } -> tensor<4x8xf32>
  return %2 : tensor<4x8xf32>
}

// Biases that are not known at load stay where they are.
// CHECK-LABEL: @variable
// CHECK-COUNT-3: arith.addf
func.func @variable(%x: tensor<4x8xf32>, %y: tensor<4x8xf32>, %b1: tensor<8xf32>, %b2: tensor<8xf32>) -> tensor<4x8xf32> {
  %e = tensor.empty() : tensor<4x8xf32>
  %0 = linalg.generic {indexing_maps = [#id, #col, #id, #col, #id], iterator_types = ["parallel", "parallel"]} ins(%x, %b1, %y, %b2 : tensor<4x8xf32>, tensor<8xf32>, tensor<4x8xf32>, tensor<8xf32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32, %d: f32, %o: f32):
    %s = arith.addf %a, %b : f32
    %t = arith.addf %c, %d : f32
    %r = arith.addf %s, %t : f32
    linalg.yield %r : f32
  } -> tensor<4x8xf32>
  return %0 : tensor<4x8xf32>
}

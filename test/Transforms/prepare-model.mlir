// RUN: chameleon-opt %s --prepare-model | FileCheck %s
// RUN: chameleon-opt %s --prepare-model -o %t
// RUN: chameleon-opt %t --prepare-model | cmp %t -
// RUN: echo "module {}" | chameleon-opt --prepare-model --assign-layouts --hoist-constants | FileCheck %s --check-prefix=EMPTY
// EMPTY: module {

// test/Prepare has a file for each concern; here is what all of them share.

#id = affine_map<(d0) -> (d0)>

// relu as torch-mlir writes it: NaN passes, so it is the maximumf kind; the
// sign of zero is free.
// CHECK-LABEL: @relu
// CHECK: arith.maximumf %{{.*}}, %cst fastmath<nsz> : f32
func.func @relu(%x: tensor<8xf32>) -> tensor<8xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<8xf32>
  %y = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : tensor<8xf32>) outs(%empty : tensor<8xf32>) {
  ^bb0(%in: f32, %out: f32):
    %c = arith.cmpf ugt, %in, %zero : f32
    %s = arith.select %c, %in, %zero : f32
    linalg.yield %s : f32
  } -> tensor<8xf32>
  return %y : tensor<8xf32>
}

// Each operation has its own destination, right before it.
// CHECK-LABEL: @own_destinations
// CHECK: %[[E0:.*]] = tensor.empty
// CHECK-NEXT: %[[F0:.*]] = linalg.fill {{.*}} outs(%[[E0]]
// CHECK-NEXT: %[[M:.*]] = linalg.matmul {{.*}} outs(%[[F0]]
// CHECK-NEXT: %[[E1:.*]] = tensor.empty
// CHECK-NEXT: %[[F1:.*]] = linalg.fill {{.*}} outs(%[[E1]]
// CHECK-NEXT: linalg.matmul ins(%[[M]], {{.*}} outs(%[[F1]]
func.func @own_destinations(%a: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<4x4xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<4x4xf32>) -> tensor<4x4xf32>
  %m = linalg.matmul ins(%a, %a : tensor<4x4xf32>, tensor<4x4xf32>) outs(%fill : tensor<4x4xf32>) -> tensor<4x4xf32>
  %n = linalg.matmul ins(%m, %a : tensor<4x4xf32>, tensor<4x4xf32>) outs(%fill : tensor<4x4xf32>) -> tensor<4x4xf32>
  return %n : tensor<4x4xf32>
}

// Dynamic shapes, memrefs, several blocks and declarations are left alone.
// CHECK-LABEL: @dynamic
// CHECK: linalg.conv_2d_nchw_fchw
// CHECK: linalg.generic
func.func @dynamic(%x: tensor<?x3x6x6xf32>, %f: tensor<?x8x4x4xf32>) -> tensor<?x8x4x4xf32> {
  %w = arith.constant dense_resource<w> : tensor<8x3x3x3xf32>
  %b = arith.constant dense_resource<b> : tensor<8xf32>
  %y = linalg.conv_2d_nchw_fchw {dilations = dense<1> : vector<2xi64>, strides = dense<1> : vector<2xi64>} ins(%x, %w : tensor<?x3x6x6xf32>, tensor<8x3x3x3xf32>) outs(%f : tensor<?x8x4x4xf32>) -> tensor<?x8x4x4xf32>
  %z = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d1)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%y, %b : tensor<?x8x4x4xf32>, tensor<8xf32>) outs(%f : tensor<?x8x4x4xf32>) {
  ^bb0(%a: f32, %c: f32, %o: f32):
    %r = arith.mulf %a, %c : f32
    linalg.yield %r : f32
  } -> tensor<?x8x4x4xf32>
  return %z : tensor<?x8x4x4xf32>
}
// CHECK-LABEL: @buffers
// CHECK: linalg.matmul
func.func @buffers(%a: memref<4x4xf32>) {
  linalg.matmul ins(%a, %a : memref<4x4xf32>, memref<4x4xf32>) outs(%a : memref<4x4xf32>)
  return
}
// CHECK-LABEL: @blocks
// CHECK: cf.cond_br
func.func @blocks(%c: i1, %a: tensor<4x4xf32>) -> tensor<4x4xf32> {
  cf.cond_br %c, ^one, ^two
^one:
  %e = tensor.empty() : tensor<4x4xf32>
  %x = linalg.exp ins(%a : tensor<4x4xf32>) outs(%e : tensor<4x4xf32>) -> tensor<4x4xf32>
  return %x : tensor<4x4xf32>
^two:
  return %a : tensor<4x4xf32>
}
// CHECK-LABEL: @declared
func.func private @declared(tensor<4x4xf32>) -> tensor<4x4xf32>

// RUN: chameleon-opt %s --hoist-constants | FileCheck %s

// CHECK: func.func @main(%arg0: tensor<4x8xf32>, %arg1: tensor<8x3xf32> {chameleon.constant = 0 : i64}) -> tensor<4x3xf32> attributes {chameleon.init = @main_init}
// CHECK-NOT: linalg.transpose
// CHECK: linalg.matmul ins(%arg0, %arg1
// CHECK: func.func @main_init() -> tensor<8x3xf32>
// CHECK: linalg.transpose
func.func @main(%x: tensor<4x8xf32>) -> tensor<4x3xf32> {
  %w = arith.constant dense_resource<elided> : tensor<3x8xf32>
  %zero = arith.constant 0.0 : f32
  %te = tensor.empty() : tensor<8x3xf32>
  %t = linalg.transpose ins(%w : tensor<3x8xf32>) outs(%te : tensor<8x3xf32>) permutation = [1, 0]
  %empty = tensor.empty() : tensor<4x3xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<4x3xf32>) -> tensor<4x3xf32>
  %y = linalg.matmul ins(%x, %t : tensor<4x8xf32>, tensor<8x3xf32>) outs(%fill : tensor<4x3xf32>) -> tensor<4x3xf32>
  return %y : tensor<4x3xf32>
}

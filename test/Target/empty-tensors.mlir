// RUN: chameleon-run %s | FileCheck %s
// RUN: chameleon-opt %s --lower-to-cpu -o /dev/null
// RUN: chameleon-opt %s --lower-to-nvvm -o /dev/null

// Upstream inserts an empty input at the end of the result, which is invalid;
// so is any offset into nothing.

// CHECK: result 0: tensor<3xf32> = [1, 2, 3]
// CHECK-NEXT: result 1: tensor<2x3xf32> = [1, 2, 3, 5, 6, 7]
// CHECK-NEXT: result 2: tensor<0x3xf32> = []
// CHECK-NEXT: result 3: tensor<0x4xf32> = []
// CHECK-NEXT: result 4: tensor<2xf32> = [7, 7]
func.func @main() -> (tensor<3xf32>, tensor<2x3xf32>, tensor<0x3xf32>, tensor<0x4xf32>, tensor<2xf32>) {
  %x = arith.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  %y = arith.constant dense<[[1.0, 2.0, 3.0], [5.0, 6.0, 7.0]]> : tensor<2x3xf32>
  %e = tensor.empty() : tensor<0xf32>
  %c = tensor.concat dim(0) %x, %e : (tensor<3xf32>, tensor<0xf32>) -> tensor<3xf32>
  %e2 = tensor.empty() : tensor<2x0xf32>
  %c2 = tensor.concat dim(1) %e2, %y, %e2 : (tensor<2x0xf32>, tensor<2x3xf32>, tensor<2x0xf32>) -> tensor<2x3xf32>
  %e3 = tensor.empty() : tensor<0x1xf32>
  %e4 = tensor.empty() : tensor<0x2xf32>
  %c3 = tensor.concat dim(1) %e3, %e4 : (tensor<0x1xf32>, tensor<0x2xf32>) -> tensor<0x3xf32>
  %seven = arith.constant 7.0 : f32
  %p = tensor.pad %c3 low[0, 1] high[0, 0] {
  ^bb0(%i: index, %j: index):
    tensor.yield %seven : f32
  } : tensor<0x3xf32> to tensor<0x4xf32>
  // A sum over nothing is what it starts from.
  %e5 = tensor.empty() : tensor<2x0xf32>
  %e6 = tensor.empty() : tensor<2xf32>
  %f = linalg.fill ins(%seven : f32) outs(%e6 : tensor<2xf32>) -> tensor<2xf32>
  %r = linalg.reduce ins(%e5 : tensor<2x0xf32>) outs(%f : tensor<2xf32>) dimensions = [1]
    (%a: f32, %b: f32) {
      %s = arith.addf %a, %b : f32
      linalg.yield %s : f32
    }
  return %c, %c2, %c3, %p, %r : tensor<3xf32>, tensor<2x3xf32>, tensor<0x3xf32>, tensor<0x4xf32>, tensor<2xf32>
}

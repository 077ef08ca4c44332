// Zeros at any place of a shape, in arguments and results.
// RUN: chameleon-run %s --target=cpu --input=2x0xf32 --input=2x0x3xf32 --input=0x4xf32 --input=1x0x1xf32 --print-full | FileCheck %s
// RUN: chameleon-opt %s "--apply-schedules=defaults=true target=cpu" | chameleon-run - --target=cpu --input=2x0xf32 --input=2x0x3xf32 --input=0x4xf32 --input=1x0x1xf32 --print-full | FileCheck %s
// RUN: chameleon-opt %s "--apply-schedules=defaults=true target=nvvm:sm_90" --lower-to-nvvm=chip=sm_90 -o /dev/null

// CHECK: result 0: tensor<2xf32> = [5, 5]
// CHECK: result 1: tensor<2x0x3xf32> = []
// CHECK: result 2: tensor<2x0xf32> = []
// CHECK: result 3: tensor<2x4xf32> = [5, 5, 5, 5, 5, 5, 5, 5]
// CHECK: result 4: tensor<2x2x3xf32> = [5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5]
// CHECK: result 5: tensor<1x0x2xf32> = []
func.func @main(%a: tensor<2x0xf32>, %b: tensor<2x0x3xf32>, %x: tensor<0x4xf32>, %u: tensor<1x0x1xf32>) -> (tensor<2xf32>, tensor<2x0x3xf32>, tensor<2x0xf32>, tensor<2x4xf32>, tensor<2x2x3xf32>, tensor<1x0x2xf32>) {
  %z = arith.constant 5.0 : f32
  %e = tensor.empty() : tensor<2xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<2xf32>) -> tensor<2xf32>
  %sum = linalg.reduce ins(%a : tensor<2x0xf32>) outs(%f : tensor<2xf32>) dimensions = [1] (%p: f32, %q: f32) {
    %s = arith.addf %p, %q : f32
    linalg.yield %s : f32
  }
  %g = tensor.empty() : tensor<2x4xf32>
  %h = linalg.fill ins(%z : f32) outs(%g : tensor<2x4xf32>) -> tensor<2x4xf32>
  %product = linalg.matmul ins(%a, %x : tensor<2x0xf32>, tensor<0x4xf32>) outs(%h : tensor<2x4xf32>) -> tensor<2x4xf32>
  %t = linalg.exp ins(%a : tensor<2x0xf32>) outs(%a : tensor<2x0xf32>) -> tensor<2x0xf32>
  %pad = tensor.pad %b low[0, 1, 0] high[0, 1, 0] {
  ^bb0(%i: index, %j: index, %k: index):
    tensor.yield %z : f32
  } : tensor<2x0x3xf32> to tensor<2x2x3xf32>
  %c = tensor.concat dim(2) %u, %u : (tensor<1x0x1xf32>, tensor<1x0x1xf32>) -> tensor<1x0x2xf32>
  return %sum, %b, %t, %product, %pad, %c : tensor<2xf32>, tensor<2x0x3xf32>, tensor<2x0xf32>, tensor<2x4xf32>, tensor<2x2x3xf32>, tensor<1x0x2xf32>
}

// RUN: chameleon-run %s --input=4x4xf32=2 | FileCheck %s
// RUN: chameleon-opt %s --extract-tasks 2>/dev/null | chameleon-run - --input=4x4xf32=2 | FileCheck %s
// RUN: chameleon-opt %s --apply-schedules="defaults=true target=cpu prepare=false" | chameleon-run - --input=4x4xf32=2 | FileCheck %s
// RUN: chameleon-opt %s --apply-schedules="defaults=true target=nvvm:sm_90" --lower-to-nvvm -o /dev/null
// RUN: chameleon-opt %s --lower-to-cpu | FileCheck %s --check-prefix=COPIES

// One value, or parts and other shapes of it, at several places of what a
// function returns; arguments and constants, too; a task that does the same.

// CHECK: result 0: tensor<64x64xf32> = [65, 65,
// CHECK-NEXT: result 1: tensor<64x64xf32> = [65, 65,
// CHECK-NEXT: result 2: tensor<4096xf32> = [65, 65,
// CHECK-NEXT: result 3: tensor<32x64xf32> = [65, 65,
// CHECK-NEXT: result 4: tensor<4x4xf32> = [2, 2,
// CHECK-NEXT: result 5: tensor<4x4xf32> = [2, 2,
// CHECK-NEXT: result 6: tensor<2xf32> = [3, 4]
// CHECK-NEXT: result 7: tensor<2xf32> = [3, 4]
// CHECK-NEXT: result 8: tensor<4x4xf32> = [4, 4,
// CHECK-NEXT: result 9: tensor<4x4xf32> = [4, 4,
// CHECK-NEXT: result 10: tensor<4x4xf32> = [4, 4,
// CHECK-NEXT: result 11: tensor<4x4xf32> = [2, 2,

// COPIES-LABEL: llvm.func @once(
// COPIES-NOT: memcpy
// COPIES: llvm.return
func.func @main(%x: tensor<4x4xf32>) -> (tensor<64x64xf32>, tensor<64x64xf32>, tensor<4096xf32>, tensor<32x64xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>) {
  %one = arith.constant 1.0 : f32
  %a = arith.constant dense<1.0> : tensor<64x64xf32>
  %c = arith.constant dense<[3.0, 4.0]> : tensor<2xf32>
  %e = tensor.empty() : tensor<64x64xf32>
  %f = linalg.fill ins(%one : f32) outs(%e : tensor<64x64xf32>) -> tensor<64x64xf32>
  %g = linalg.matmul ins(%a, %a : tensor<64x64xf32>, tensor<64x64xf32>) outs(%f : tensor<64x64xf32>) -> tensor<64x64xf32>
  %line = tensor.collapse_shape %g [[0, 1]] : tensor<64x64xf32> into tensor<4096xf32>
  %half = tensor.extract_slice %g[32, 0] [32, 64] [1, 1] : tensor<64x64xf32> to tensor<32x64xf32>
  %empty = tensor.empty() : tensor<4x4xf32>
  %0:2 = call @twice(%x, %empty, %empty) : (tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>) -> (tensor<4x4xf32>, tensor<4x4xf32>)
  %1:2 = call @crosswise(%x, %x, %x) : (tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>) -> (tensor<4x4xf32>, tensor<4x4xf32>)
  return %g, %g, %line, %half, %x, %x, %c, %c, %0#0, %0#1, %1#0, %1#1 : tensor<64x64xf32>, tensor<64x64xf32>, tensor<4096xf32>, tensor<32x64xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>
}
func.func private @twice(%a: tensor<4x4xf32>, %o0: tensor<4x4xf32>, %o1: tensor<4x4xf32>) -> (tensor<4x4xf32>, tensor<4x4xf32>) attributes {chameleon.task = "twice"} {
  %r = linalg.add {chameleon.anchor} ins(%a, %a : tensor<4x4xf32>, tensor<4x4xf32>) outs(%o0 : tensor<4x4xf32>) -> tensor<4x4xf32>
  return %r, %r : tensor<4x4xf32>, tensor<4x4xf32>
}
func.func private @crosswise(%a: tensor<4x4xf32>, %o0: tensor<4x4xf32>, %o1: tensor<4x4xf32>) -> (tensor<4x4xf32>, tensor<4x4xf32>) attributes {chameleon.task = "crosswise"} {
  %r = linalg.add {chameleon.anchor} ins(%a, %a : tensor<4x4xf32>, tensor<4x4xf32>) outs(%o1 : tensor<4x4xf32>) -> tensor<4x4xf32>
  return %r, %a : tensor<4x4xf32>, tensor<4x4xf32>
}
func.func @once(%x: tensor<4x4xf32>, %y: tensor<4x4xf32>) -> (tensor<4x4xf32>, tensor<4x4xf32>) {
  %e = tensor.empty() : tensor<4x4xf32>
  %0 = linalg.add ins(%x, %y : tensor<4x4xf32>, tensor<4x4xf32>) outs(%e : tensor<4x4xf32>) -> tensor<4x4xf32>
  %1 = linalg.sub ins(%x, %y : tensor<4x4xf32>, tensor<4x4xf32>) outs(%e : tensor<4x4xf32>) -> tensor<4x4xf32>
  return %0, %1 : tensor<4x4xf32>, tensor<4x4xf32>
}

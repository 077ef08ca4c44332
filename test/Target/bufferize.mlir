// RUN: chameleon-opt %s --lower-to-nvvm="format=nvvm" | FileCheck %s

// Results become arguments; what a callee computes goes into the caller's result without a copy.
// CHECK-LABEL: func.func private @negate(
// CHECK:         gpu.launch_func {{.*}} args(%arg0 : memref<8xf32>, %arg1 : memref<8xf32>)
// CHECK-NEXT:    return
// CHECK-LABEL: func.func @main(
// CHECK-SAME:    chameleon.signature = (tensor<8xf32>) -> tensor<8xf32>
// CHECK-NEXT:    call @negate(%arg0, %arg1) : (memref<8xf32>, memref<8xf32>) -> ()
// CHECK-NEXT:    return
func.func private @negate(%a: tensor<8xf32>, %out: tensor<8xf32>) -> tensor<8xf32> attributes {chameleon.task = "k"} {
  %0 = linalg.negf ins(%a : tensor<8xf32>) outs(%out : tensor<8xf32>) -> tensor<8xf32>
  return %0 : tensor<8xf32>
}
func.func @main(%a: tensor<8xf32>) -> tensor<8xf32> {
  %empty = tensor.empty() : tensor<8xf32>
  %0 = call @negate(%a, %empty) : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  return %0 : tensor<8xf32>
}

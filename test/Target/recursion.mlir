// RUN: chameleon-run %s --input=4xf32=1 | FileCheck %s

// What is freed is decided by control flow: upstream calls a helper function
// for that, whose arguments have any length. And buffers of a call outlive the
// calls that it makes of itself.

// CHECK: result 0: tensor<4xf32> = [7, 7, 7, 7]
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %n = arith.constant 3 : i32
  %r = call @f(%x, %n) : (tensor<4xf32>, i32) -> tensor<4xf32>
  return %r : tensor<4xf32>
}
func.func @f(%x: tensor<4xf32>, %n: i32) -> tensor<4xf32> {
  %c0 = arith.constant 0 : i32
  %c1 = arith.constant 1 : i32
  %done = arith.cmpi eq, %n, %c0 : i32
  %r = scf.if %done -> tensor<4xf32> {
    scf.yield %x : tensor<4xf32>
  } else {
    %m = arith.subi %n, %c1 : i32
    %e = tensor.empty() : tensor<4xf32>
    %y = linalg.add ins(%x, %x : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
    %q = func.call @f(%x, %m) : (tensor<4xf32>, i32) -> tensor<4xf32>
    %s = linalg.add ins(%q, %y : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
    %t = linalg.sub ins(%s, %x : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
    %u = linalg.add ins(%t, %x : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
    %v = linalg.add ins(%u, %x : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
    %w = linalg.sub ins(%v, %x : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
    scf.yield %w : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}

// Functions without an intrinsic are calls of the C library where there is no polynomial: references in double precision need them.
// RUN: chameleon-run %s --input=4xf64=0.5 | FileCheck %s
// CHECK: result 0: tensor<4xf64> = [0.520499878, 0.520499878

func.func @main(%x: tensor<4xf64>) -> tensor<4xf64> {
  %e = tensor.empty() : tensor<4xf64>
  %r = linalg.erf ins(%x : tensor<4xf64>) outs(%e : tensor<4xf64>) -> tensor<4xf64>
  return %r : tensor<4xf64>
}

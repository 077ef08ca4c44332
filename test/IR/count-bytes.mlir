// RUN: split-file %s %t
// RUN: not chameleon-run %t/argument.mlir --random-inputs 2>&1 | FileCheck %s --check-prefix=ARGUMENT
// RUN: not chameleon-run %t/inner.mlir 2>&1 | FileCheck %s --check-prefix=INNER
// RUN: not chameleon-opt %t/inner.mlir --lower-to-nvvm 2>&1 | FileCheck %s --check-prefix=INNER
// RUN: chameleon-opt %t/task.mlir --apply-schedules="defaults=true target=cpu" -o /dev/null 2>&1 | FileCheck %s --check-prefix=TASK
// RUN: chameleon-run %t/zero.mlir | FileCheck %s --check-prefix=ZERO

// The product of extents wraps around: it would be a buffer of no bytes.

//--- argument.mlir
// ARGUMENT: error: argument 0 of function 'main' has type 'tensor<2305843009213693952xf64>', expected fewer bytes than 63 bits count
func.func @main(%x: tensor<2305843009213693952xf64>) -> tensor<2305843009213693952xf64> {
  return %x : tensor<2305843009213693952xf64>
}

//--- inner.mlir
// INNER: error: a result has type 'tensor<4294967296x4294967296xf32>', expected fewer bytes than 63 bits count
func.func @main() -> tensor<2x2xf32> {
  %one = arith.constant 1.0 : f32
  %e = tensor.empty() : tensor<4294967296x4294967296xf32>
  %f = linalg.fill ins(%one : f32) outs(%e : tensor<4294967296x4294967296xf32>) -> tensor<4294967296x4294967296xf32>
  %s = tensor.extract_slice %f[0, 0] [2, 2] [1, 1] : tensor<4294967296x4294967296xf32> to tensor<2x2xf32>
  return %s : tensor<2x2xf32>
}

//--- task.mlir
// TASK: remark: left alone: operand 0 has more bytes than 63 bits count, found tensor<4294967296x4294967296xf32>
func.func @main(%x: tensor<4294967296x4294967296xf32>, %y: tensor<4294967296x4294967296xf32>) -> tensor<4294967296x4294967296xf32> {
  %r = linalg.add ins(%x, %x : tensor<4294967296x4294967296xf32>, tensor<4294967296x4294967296xf32>) outs(%y : tensor<4294967296x4294967296xf32>) -> tensor<4294967296x4294967296xf32>
  return %r : tensor<4294967296x4294967296xf32>
}

//--- zero.mlir
// ZERO: result 0: tensor<0x4xf32> = []
func.func @main() -> tensor<0x4xf32> {
  %e = tensor.empty() : tensor<0x4xf32>
  return %e : tensor<0x4xf32>
}

// Slices with steps that drop dimensions, extracted and inserted.
// RUN: chameleon-run %s --target=cpu --input=8x1x1xi16=3 --input=5x4x1xf32=2 --print-full | FileCheck %s
// RUN: chameleon-opt %s "--apply-schedules=defaults=true target=nvvm:sm_90" --lower-to-nvvm=chip=sm_90 | FileCheck %s --check-prefix=GPU

// GPU: gpu.binary
// GPU: func.func @main
// GPU-NOT: tensor.

// CHECK: result 0: tensor<3x1xi16> = [3, 3, 3]
// CHECK: result 1: tensor<i16> = [3]
// CHECK: result 2: tensor<5x4x1xf32> = [1, 2, 1, 2, 2, 2, 2, 2, 1, 2, 1, 2, 2, 2, 2, 2, 1, 2, 1, 2]
func.func @main(%a: tensor<8x1x1xi16>, %b: tensor<5x4x1xf32>) -> (tensor<3x1xi16>, tensor<i16>, tensor<5x4x1xf32>) {
  %0 = tensor.extract_slice %a[0, 0, 0] [3, 1, 1] [3, 2, 1] : tensor<8x1x1xi16> to tensor<3x1xi16>
  %1 = tensor.extract_slice %a[1, 0, 0] [1, 1, 1] [2, 1, 1] : tensor<8x1x1xi16> to tensor<i16>
  %one = arith.constant dense<1.0> : tensor<3x2xf32>
  %2 = tensor.insert_slice %one into %b[0, 0, 0] [3, 2, 1] [2, 2, 1] : tensor<3x2xf32> into tensor<5x4x1xf32>
  return %0, %1, %2 : tensor<3x1xi16>, tensor<i16>, tensor<5x4x1xf32>
}

// RUN: chameleon-run %s --target=cpu --threads=1 --input=64x64xf32 --profile --seconds=0.01 | FileCheck %s
// RUN: chameleon-run %s --target=cpu --threads=1 --input=64x64xf32 --function=sum --profile --seconds=0.01 \
// RUN:   | FileCheck %s --check-prefix=NONE
// RUN: chameleon-run %s --target=cpu --threads=1 --input=64x64xf32=0.5 --profile --seconds=0.01 --output=%t.npy
// RUN: chameleon-run %s --target=cpu --threads=1 --input=64x64xf32=0.5 --expect=%t.npy --tolerance=0 | FileCheck %s --check-prefix=SAME
// RUN: not chameleon-run %s --target=nvvm:sm_90 --input=64x64xf32 --profile 2>&1 | FileCheck %s --check-prefix=TARGET
// RUN: not chameleon-run %s --target=cpu --function=other --profile 2>&1 | FileCheck %s --check-prefix=FUNCTION

// Tasks, the longest first, with all their calls; then what is between them.
// CHECK: median {{.*}} ms
// CHECK-NEXT: ms % calls GFLOP/s task
// CHECK-NEXT: {{^ *[0-9.]+ +[0-9.]+ +2 +[0-9.]+}} square_1 matmul 64x64x64{{$}}
// CHECK-NEXT: {{^ *[0-9.]+ +[0-9.]+ +1}} - add_2 {{$}}
// CHECK-NEXT: {{^ *[0-9.]+ +[0-9.]+}} outside of tasks
// CHECK-NOT: result

// NONE: ms % calls GFLOP/s task
// NONE-NEXT: 100.0 outside of tasks

// SAME: relative error 0
// TARGET: chameleon-run: error: --profile is for the host CPU, and the target is nvvm:sm_90
// FUNCTION: error: no function 'other', expected one of

func.func private @square_1(%a: tensor<64x64xf32>, %out: tensor<64x64xf32>) -> tensor<64x64xf32>
    attributes {chameleon.task = "1", chameleon.name = "matmul 64x64x64", chameleon.flops = 524288 : i64} {
  %zero = arith.constant 0.0 : f32
  %filled = linalg.fill ins(%zero : f32) outs(%out : tensor<64x64xf32>) -> tensor<64x64xf32>
  %r = linalg.matmul ins(%a, %a : tensor<64x64xf32>, tensor<64x64xf32>) outs(%filled : tensor<64x64xf32>) -> tensor<64x64xf32>
  return %r : tensor<64x64xf32>
}
func.func private @add_2(%a: tensor<64x64xf32>, %b: tensor<64x64xf32>, %out: tensor<64x64xf32>) -> tensor<64x64xf32>
    attributes {chameleon.task = "2"} {
  %r = linalg.add ins(%a, %b : tensor<64x64xf32>, tensor<64x64xf32>) outs(%out : tensor<64x64xf32>) -> tensor<64x64xf32>
  return %r : tensor<64x64xf32>
}
func.func @main(%a: tensor<64x64xf32>) -> tensor<64x64xf32> {
  %e = tensor.empty() : tensor<64x64xf32>
  %b = call @square_1(%a, %e) : (tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32>
  %c = call @square_1(%b, %e) : (tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32>
  %d = call @add_2(%b, %c, %e) : (tensor<64x64xf32>, tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32>
  return %d : tensor<64x64xf32>
}
func.func @sum(%a: tensor<64x64xf32>) -> tensor<64x64xf32> {
  %e = tensor.empty() : tensor<64x64xf32>
  %r = linalg.add ins(%a, %a : tensor<64x64xf32>, tensor<64x64xf32>) outs(%e : tensor<64x64xf32>) -> tensor<64x64xf32>
  return %r : tensor<64x64xf32>
}

// REQUIRES: agent
// What a GPU would tune, without one: every task of a model has a schedule for the target and legal configurations, also
// those whose schedule has several matchers.

// RUN: chameleon-opt %models/cifar_resnet20.mlir --tune-schedules="target=nvvm:sm_90 dry-run=true no-database=true" -o /dev/null 2>&1 | FileCheck %s
// The driver is unittests/Runtime/FakeCuda.cpp: nothing is computed, so no candidate is right.
// RUN: env %fake_cuda chameleon-opt %s --tune-schedules="trials=2 no-database=true workers=1 progress=lines" -o /dev/null 2>&1 | FileCheck %s --check-prefix=FAKE
// Two tasks share the context of the child that times.
// RUN: rm -f %t.log
// RUN: env %fake_cuda FAKE_CUDA_LOG=%t.log chameleon-opt %p/tune-schedules-defaults.mlir --tune-schedules="target=nvvm trials=4 no-database=true progress=lines" -o /dev/null 2>&1 | FileCheck %s --check-prefix=TWO
// RUN: FileCheck %s --check-prefix=CONTEXT < %t.log
// Where there is a real driver, it is the next one that is tried.
// RUN: %if !cuda %{ not env %fake_cuda FAKE_CUDA_FAIL=cuInit:100 chameleon-opt %s --tune-schedules="target=nvvm no-database=true" -o /dev/null 2>&1 | FileCheck %s --check-prefix=NONE %}

// CHECK-NOT: is left as it is
// CHECK: conv2d 16 -> 32x16x16 3x3/2 +add+max {{.*}}builtin:nvvm/contraction@
// CHECK: reduce 1x8x8x64 -> 1x64 {{.*}}builtin:nvvm/loops@reduction

// FAKE: nvvm: Fake H200 (the GPU, being there), peak 66908 GFLOP/s; 1 tasks
// FAKE: warning: task 'matmul 64x128x96' is left as it is: every candidate {{.*}} failed ({{.*}} wrong-result), the first with: output 0: element 0 was not written

// TWO: 2 tasks
// TWO: 8 trials, 8 failed
// TWO: on 1 devices, idle
// CONTEXT: context on device 0
// CONTEXT-NOT: context on device

// NONE: error: cuInit: CUDA_ERROR_NO_DEVICE

func.func @main(%a: tensor<64x96xf32>, %b: tensor<96x128xf32>) -> tensor<64x128xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<64x128xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<64x128xf32>) -> tensor<64x128xf32>
  %y = linalg.matmul ins(%a, %b : tensor<64x96xf32>, tensor<96x128xf32>) outs(%fill : tensor<64x128xf32>) -> tensor<64x128xf32>
  return %y : tensor<64x128xf32>
}

// The driver is unittests/Runtime/FakeCuda.cpp, whose kernels do nothing: what is called, in which order, and what fails.

// RUN: rm -f %t.log
// RUN: env %fake_cuda FAKE_CUDA_LOG=%t.log chameleon-run %s --target=nvvm --random-inputs --benchmark --seconds=0.0001 2>&1 | FileCheck %s --check-prefix=TIMED
// RUN: FileCheck %s --check-prefix=CALLS < %t.log
// RUN: env %fake_cuda chameleon-run %s --random-inputs 2>&1 | FileCheck %s --check-prefix=AUTO
// RUN: not env %fake_cuda FAKE_CUDA_FAIL=cuMemAlloc_v2:2 chameleon-run %s --target=nvvm --random-inputs 2>&1 | FileCheck %s --check-prefix=MEMORY
// RUN: not env %fake_cuda FAKE_CUDA_FAIL=cuGraphLaunch:700 chameleon-run %s --target=nvvm --random-inputs 2>&1 | FileCheck %s --check-prefix=LOST
// Where there is a real driver, it is the next one that is tried.
// RUN: %if !cuda %{ not env %fake_cuda FAKE_CUDA_FAIL=cuInit:100 chameleon-run %s --target=nvvm --random-inputs 2>&1 | FileCheck %s --check-prefix=NONE %}
// RUN: %if !cuda %{ env %fake_cuda FAKE_CUDA_FAIL=cuInit:100 chameleon-run %s --random-inputs 2>&1 | FileCheck %s --check-prefix=CPU %}
// RUN: env %fake_cuda CHAMELEON_PTXAS=/nowhere/ptxas chameleon-run %s --target=nvvm --random-inputs 2>&1 | FileCheck %s --check-prefix=JIT
// RUN: chameleon-opt %s --lower-to-nvvm=format=ptx -o %t.mlir
// RUN: not env %fake_cuda chameleon-run %t.mlir --target=nvvm --random-inputs 2>&1 | FileCheck %s --check-prefix=BINARY
// RUN: not chameleon-run %s --target=nvvm:sm_42 2>&1 | FileCheck %s --check-prefix=CHIP

// TIMED: median {{.*}} ms

// The initialiser runs once, before the graph is captured; each call is one launch of the graph.
// CALLS: cuInit
// CALLS: cuDevicePrimaryCtxRetain
// CALLS: cuModuleLoadDataEx
// CALLS: cuLaunchKernel
// CALLS: cuStreamSynchronize
// CALLS: cuStreamBeginCapture_v2
// CALLS-NEXT: cuLaunchKernel
// CALLS: cuStreamEndCapture
// CALLS-NOT: cuLaunchKernel
// CALLS: cuGraphLaunch
// CALLS-NOT: cuLaunchKernel
// CALLS: cuMemcpyDtoH_v2
// CALLS: cuDevicePrimaryCtxRelease_v2

// AUTO: remark: target nvvm (Fake H200): the GPU, being there
// AUTO: result 0: tensor<8x4xf32> = [nan, nan

// MEMORY: error: a buffer of {{.*}} bytes: cuMemAlloc_v2: CUDA_ERROR_OUT_OF_MEMORY
// LOST: chameleon-run: error: cuGraphLaunch: CUDA_ERROR_ILLEGAL_ADDRESS
// NONE: chameleon-run: error: cuInit: CUDA_ERROR_NO_DEVICE
// CPU: result 0: tensor<8x4xf32> = [{{-?[0-9]}}
// JIT: remark: no executable '/nowhere/ptxas' (it was given as ptxas): the driver compiles the code itself
// JIT: result 0
// BINARY: error: the module holds finished code for a GPU, expected one that is not lowered or lowered with --lower-to-nvvm=format=nvvm
// CHIP: chameleon-run: error: unknown chip 'sm_42', expected one of sm_70

func.func @main(%x: tensor<8x16xf32>, %w: tensor<16x4xf32> {chameleon.constant = 0 : i64}) -> tensor<8x4xf32>
    attributes {chameleon.init = @main_init} {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<8x4xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<8x4xf32>) -> tensor<8x4xf32>
  %y = linalg.matmul ins(%x, %w : tensor<8x16xf32>, tensor<16x4xf32>) outs(%fill : tensor<8x4xf32>) -> tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}

func.func @main_init() -> tensor<16x4xf32> {
  %half = arith.constant 0.5 : f32
  %empty = tensor.empty() : tensor<16x4xf32>
  %w = linalg.fill ins(%half : f32) outs(%empty : tensor<16x4xf32>) -> tensor<16x4xf32>
  return %w : tensor<16x4xf32>
}

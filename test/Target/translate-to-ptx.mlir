// RUN: chameleon-opt %s --lower-to-nvvm="ptx=%t.ptx" | FileCheck %s
// RUN: FileCheck %s --check-prefix=PTX < %t.ptx
// RUN: not chameleon-opt %s --lower-to-nvvm="chip=sm_1" 2>&1 | FileCheck %s --check-prefix=CHIP
// RUN: not env CUDA_HOME=/nonexistent chameleon-opt %s --lower-to-nvvm="libdevice=/nonexistent/libdevice.bc" 2>&1 | FileCheck %s --check-prefix=LIBDEVICE
// RUN: %if ptxas %{ ptxas -arch=sm_90 %t.ptx -o %t.cubin %}
// CHIP: error: 'sm_1' is no processor that LLVM knows
// LIBDEVICE: error: '__nv_pow' needs libdevice.10.bc, cannot read '/nonexistent/libdevice.bc'
// REQUIRES: libdevice

// CHECK: gpu.binary @kernels [#gpu.object<#nvvm.target<O = 1, chip = "sm_90", features = "+ptx80">, assembly = "
// CHECK: func.func @math
// CHECK:   gpu.launch_func {{ *}}@kernels::@math_kernel

// Instructions where the processor has them, else arithmetic (tanh); libdevice for doubles (pow).
// PTX: .target sm_90
// PTX: .extern .shared .align 128 .b8 shared_kernel_shared[]
// PTX: .entry math_kernel(
// PTX: .param .u64 .ptr .align 64
// PTX: .maxntid 256, 1, 1
// PTX-NOT: call
// PTX: ld.global.nc.b32
// PTX-DAG: sqrt.rn.f32
// PTX-DAG: abs.f32
// PTX-DAG: fma.rn.f32
func.func @math(%a: tensor<64xf32>) -> tensor<64xf32> {
  %empty = tensor.empty() : tensor<64xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]} ins(%a : tensor<64xf32>) outs(%empty : tensor<64xf32>) {
  ^bb0(%x: f32, %o: f32):
    %abs = math.absf %x : f32
    %root = math.sqrt %abs : f32
    %tanh = math.tanh %root : f32
    %inverse = math.rsqrt %tanh : f32
    %power = math.powf %abs, %inverse : f32
    linalg.yield %power : f32
  } -> tensor<64xf32>
  return %0 : tensor<64xf32>
}

func.func @double(%a: tensor<64xf64>) -> tensor<64xf64> {
  %empty = tensor.empty() : tensor<64xf64>
  %0 = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]} ins(%a : tensor<64xf64>) outs(%empty : tensor<64xf64>) {
  ^bb0(%x: f64, %o: f64):
    %power = math.powf %x, %x : f64
    linalg.yield %power : f64
  } -> tensor<64xf64>
  return %0 : tensor<64xf64>
}

// Much shared memory is dynamic: static memory ends at 48 KiB.
// CHECK: gpu.launch_func {{ *}}@kernels::@shared_kernel {{.*}} dynamic_shared_memory_size %c65536_i32
func.func @shared(%a: memref<256xf32>) {
  %c1 = arith.constant 1 : index
  %c256 = arith.constant 256 : index
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %c1, %gy = %c1, %gz = %c1) threads(%tx, %ty, %tz) in (%sx = %c256, %sy = %c1, %sz = %c1)
      workgroup(%buffer : memref<16384xf32, 3>) {
    %c255 = arith.constant 255 : index
    %v = memref.load %a[%tx] : memref<256xf32>
    memref.store %v, %buffer[%tx] : memref<16384xf32, 3>
    gpu.barrier
    %other = arith.subi %c255, %tx : index
    %w = memref.load %buffer[%other] : memref<16384xf32, 3>
    memref.store %w, %a[%tx] : memref<256xf32>
    gpu.terminator
  }
  return
}

// RUN: chameleon-opt %s --lower-to-nvvm="format=nvvm" | FileCheck %s
// RUN: not chameleon-opt %s --lower-to-nvvm="format=sass" 2>&1 | FileCheck %s --check-prefix=FORMAT
// FORMAT: for the --format option: Cannot find option named 'sass'!

// One thread for each element of the result, blocks of 256; the reduction in a register.
// CHECK-LABEL: llvm.func @matmul_kernel(
// CHECK:         llvm.mlir.constant(1517 : index)
// CHECK:         llvm.cond_br
// CHECK-LABEL: llvm.func @matmul_kernel_0(
// CHECK:         llvm.fmul
// CHECK:         llvm.fadd
// CHECK-LABEL: func.func @matmul
// CHECK:         gpu.launch_func {{ *}}@kernels::@matmul_kernel blocks in (%c6, %c1, %c1) threads in (%c256, %c1, %c1) args(%arg2 : memref<37x41xf32>)
// CHECK:         gpu.launch_func {{ *}}@kernels::@matmul_kernel_0 blocks in (%c6, %c1, %c1) {{.*}} args(%arg2 : memref<37x41xf32>, %arg0 : memref<37x53xf32>, %arg1 : memref<53x41xf32>)
// CHECK-NEXT:    return
func.func @matmul(%a: tensor<37x53xf32>, %b: tensor<53x41xf32>) -> tensor<37x41xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<37x41xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<37x41xf32>) -> tensor<37x41xf32>
  %0 = linalg.matmul ins(%a, %b : tensor<37x53xf32>, tensor<53x41xf32>) outs(%fill : tensor<37x41xf32>) -> tensor<37x41xf32>
  return %0 : tensor<37x41xf32>
}

// Padding: a fill and a copy into the middle, whose offset the kernel adds itself.
// CHECK-LABEL: func.func @pad(
// CHECK:         %[[BUFFER:.*]] = memref.alloc() {{.*}} : memref<6x6xf32>
// CHECK:         gpu.launch_func {{ *}}@kernels::@pad_kernel blocks in (%c1, {{.*}} args(%[[BUFFER]] : memref<6x6xf32>)
// CHECK:         gpu.launch_func {{ *}}@kernels::@pad_kernel_1 {{.*}} args(%{{.*}} : memref<4x4xf32>, %[[BUFFER]] : memref<6x6xf32>)
func.func @pad(%a: tensor<4x4xf32>) -> tensor<6x6xf32> {
  %zero = arith.constant 0.0 : f32
  %0 = tensor.pad %a low[1, 1] high[1, 1] {
  ^bb0(%i: index, %j: index):
    tensor.yield %zero : f32
  } : tensor<4x4xf32> to tensor<6x6xf32>
  return %0 : tensor<6x6xf32>
}

// The number of an element is an input like any other.
// CHECK-LABEL: func.func @iota(
// CHECK:         gpu.launch_func {{ *}}@kernels::@iota_kernel
func.func @iota() -> tensor<8xi64> {
  %empty = tensor.empty() : tensor<8xi64>
  %0 = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>], iterator_types = ["parallel"]} outs(%empty : tensor<8xi64>) {
  ^bb0(%o: i64):
    %i = linalg.index 0 : index
    %v = arith.index_cast %i : index to i64
    linalg.yield %v : i64
  } -> tensor<8xi64>
  return %0 : tensor<8xi64>
}

// A reduction that does not read its result: the last iteration counts.
// CHECK-LABEL: func.func @last(
// CHECK:         gpu.launch_func {{ *}}@kernels::@last_kernel
func.func @last(%a: tensor<4x8xf32>, %o: tensor<4xf32>) -> tensor<4xf32> {
  %0 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<4x8xf32>) outs(%o : tensor<4xf32>) {
  ^bb0(%x: f32, %y: f32):
    linalg.yield %x : f32
  } -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// RUN: chameleon-opt %s --lower-to-nvvm="launches=-" -o /dev/null | FileCheck %s

// Calls are followed; temporaries that do not live at the same time share memory; a constant used twice is placed once.
// CHECK:      function inner arguments 1024,1024 results 1 scratch 0
// CHECK-NEXT: launch inner_kernel grid 1,1,1 block 256,1,1 shared 0 argument:0 argument:1{{$}}
// CHECK-NEXT: function main arguments 1024,1024 results 1 scratch 2048
// CHECK-NEXT: launch inner_kernel grid {{.*}} argument:0 scratch
// CHECK-NEXT: launch inner_kernel grid {{.*}} scratch{{(\+1024)?}} scratch{{(\+1024)?}}{{$}}
// CHECK-NEXT: launch inner_kernel grid {{.*}} scratch{{(\+1024)?}} scratch{{(\+1024)?}}{{$}}
// CHECK-NEXT: launch main_kernel grid {{.*}} constant:0
// CHECK-NEXT: launch main_kernel_0 grid {{.*}} constant:0
// What is computed from constants alone is launched once, and its memory is kept.
// CHECK-NEXT: function once arguments 1024,1024,1024 results 1 scratch 0 kept 1024
// CHECK-NEXT: once launch [[TRANSPOSE:once_kernel[_0-9]*]] grid {{.*}} argument:1 kept{{$}}
// CHECK-NOT:  launch [[TRANSPOSE]] {{.*}}
// CHECK:      launch once_kernel{{.*}} argument:2 argument:0 kept{{$}}
#id = affine_map<(i) -> (i)>
func.func private @inner(%a: tensor<256xf32>, %out: tensor<256xf32>) -> tensor<256xf32> attributes {chameleon.task = "k"} {
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%a : tensor<256xf32>) outs(%out : tensor<256xf32>) {
  ^bb0(%x: f32, %o: f32):
    %y = arith.negf %x : f32
    linalg.yield %y : f32
  } -> tensor<256xf32>
  return %0 : tensor<256xf32>
}
func.func @main(%a: tensor<256xf32>) -> tensor<256xf32> {
  %weights = arith.constant dense<1.5> : tensor<256xf32>
  %empty = tensor.empty() : tensor<256xf32>
  %0 = call @inner(%a, %empty) : (tensor<256xf32>, tensor<256xf32>) -> tensor<256xf32>
  %1 = call @inner(%0, %empty) : (tensor<256xf32>, tensor<256xf32>) -> tensor<256xf32>
  %2 = call @inner(%1, %empty) : (tensor<256xf32>, tensor<256xf32>) -> tensor<256xf32>
  %3 = linalg.add ins(%2, %weights : tensor<256xf32>, tensor<256xf32>) outs(%empty : tensor<256xf32>) -> tensor<256xf32>
  %4 = linalg.mul ins(%3, %weights : tensor<256xf32>, tensor<256xf32>) outs(%empty : tensor<256xf32>) -> tensor<256xf32>
  return %4 : tensor<256xf32>
}
func.func @once(%x: tensor<16x16xf32>, %w: tensor<16x16xf32> {chameleon.constant = 0 : i64}) -> tensor<16x16xf32>
    attributes {chameleon.init = @once_init} {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<16x16xf32>
  %t = linalg.transpose ins(%w : tensor<16x16xf32>) outs(%empty : tensor<16x16xf32>) permutation = [1, 0]
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<16x16xf32>) -> tensor<16x16xf32>
  %y = linalg.matmul ins(%x, %t : tensor<16x16xf32>, tensor<16x16xf32>) outs(%fill : tensor<16x16xf32>) -> tensor<16x16xf32>
  return %y : tensor<16x16xf32>
}
func.func @once_init() -> tensor<16x16xf32> {
  %w = arith.constant dense<2.0> : tensor<16x16xf32>
  return %w : tensor<16x16xf32>
}

// A function that takes a part of a buffer takes the address of the whole; where the part begins is in its type, and known.
// RUN: chameleon-opt %s --lower-to-nvvm="launches=-" -o /dev/null | FileCheck %s
// CHECK:      function main arguments 256,128 results 1
// CHECK-NEXT: launch twice_kernel {{.*}} argument:0

#id = affine_map<(i, j) -> (i, j)>
func.func private @twice(%x: tensor<4x8xf32>, %y: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<4x8xf32>) outs(%y : tensor<4x8xf32>) {
  ^bb0(%u: f32, %o: f32):
    %s = arith.addf %u, %u : f32
    linalg.yield %s : f32
  } -> tensor<4x8xf32>
  return %r : tensor<4x8xf32>
}
func.func @main(%a: tensor<2x4x8xf32>) -> tensor<4x8xf32> {
  %part = tensor.extract_slice %a[0, 0, 0] [1, 4, 8] [1, 1, 1] : tensor<2x4x8xf32> to tensor<4x8xf32>
  %e = tensor.empty() : tensor<4x8xf32>
  %r = call @twice(%part, %e) : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>
  return %r : tensor<4x8xf32>
}

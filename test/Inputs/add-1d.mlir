#id = affine_map<(i) -> (i)>
func.func @main(%a: tensor<16384xf32>) -> tensor<16384xf32> {
  %e = tensor.empty() : tensor<16384xf32>
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%a : tensor<16384xf32>) outs(%e : tensor<16384xf32>) {
  ^bb0(%u: f32, %o: f32):
    %s = arith.addf %u, %u : f32
    linalg.yield %s : f32
  } -> tensor<16384xf32>
  return %r : tensor<16384xf32>
}

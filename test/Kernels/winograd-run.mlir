// Executed, with tiles and strips that divide and that do not, and compared with the sums as they are written.
// RUN: sed '/^module @chameleon/,$d' %s | chameleon-run - --target=cpu --threads=1 --random-inputs --output=%t.npy
// RUN: sed 's/OUTPUTS/2/; s/BLOCKS/2/; s/TILES/6/; s/STRIP/0, 3, 0/' %s | chameleon-run - --target=cpu --threads=1 --random-inputs --expect=%t.npy --tolerance=1e-6 | FileCheck %s
// RUN: sed 's/OUTPUTS/2/; s/BLOCKS/2/; s/TILES/6/; s/STRIP/0, 3, 2/' %s | chameleon-run - --target=cpu --threads=1 --random-inputs --expect=%t.npy --tolerance=1e-6 | FileCheck %s
// RUN: sed 's/OUTPUTS/2/; s/BLOCKS/9/; s/TILES/99/; s/STRIP/0, 1, 4/' %s | chameleon-run - --target=cpu --threads=1 --random-inputs --expect=%t.npy --tolerance=1e-6 | FileCheck %s
// RUN: sed 's/OUTPUTS/4/; s/BLOCKS/2/; s/TILES/5/; s/STRIP/0, 3, 0/' %s | chameleon-run - --target=cpu --threads=1 --random-inputs --expect=%t.npy --tolerance=1e-5 | FileCheck %s
// RUN: sed 's/OUTPUTS/4/; s/BLOCKS/1/; s/TILES/3/; s/STRIP/0, 0, 4/' %s | chameleon-run - --target=cpu --threads=1 --random-inputs --expect=%t.npy --tolerance=1e-5 | FileCheck %s
// CHECK: relative error

#image = affine_map<(n, ko, oh, ow, ki, co, r, s, ci) -> (n, co, oh + r, ow + s, ci)>
#weights = affine_map<(n, ko, oh, ow, ki, co, r, s, ci) -> (ko, co, r, s, ci, ki)>
#result = affine_map<(n, ko, oh, ow, ki, co, r, s, ci) -> (n, ko, oh, ow, ki)>
func.func @main(%image: tensor<1x5x14x13x8xf32>, %weights: tensor<3x5x3x3x8x8xf32>) -> tensor<1x3x12x11x8xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<1x3x12x11x8xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<1x3x12x11x8xf32>) -> tensor<1x3x12x11x8xf32>
  %0 = linalg.generic {indexing_maps = [#image, #weights, #result], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction", "reduction"]}
      ins(%image, %weights : tensor<1x5x14x13x8xf32>, tensor<3x5x3x3x8x8xf32>) outs(%fill : tensor<1x3x12x11x8xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %1 = arith.mulf %a, %b : f32
    %2 = arith.addf %c, %1 : f32
    linalg.yield %2 : f32
  } -> tensor<1x3x12x11x8xf32>
  return %0 : tensor<1x3x12x11x8xf32>
}
module @chameleon_schedules attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %convolution = transform.structured.match ops{["linalg.generic"]} in %root : (!transform.any_op) -> !transform.any_op
    %fused, %loop = transform.structured.fuse %convolution tile_sizes [STRIP] {use_forall} : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    %part = transform.structured.match ops{["linalg.generic"]} in %root : (!transform.any_op) -> !transform.any_op
    %outputs = transform.param.constant OUTPUTS : i64 -> !transform.param<i64>
    %blocks = transform.param.constant BLOCKS : i64 -> !transform.param<i64>
    %tiles = transform.param.constant TILES : i64 -> !transform.param<i64>
    %copies = transform.chameleon.lower_winograd %part outputs %outputs blocks %blocks tiles %tiles
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    transform.yield
  }
}

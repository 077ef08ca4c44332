// RUN: chameleon-opt %s --transform-interpreter --split-input-file --verify-diagnostics

#image = affine_map<(n, ko, oh, ow, ki, co, r, s, ci) -> (n, co, oh + r, ow + s, ci)>
#strided = affine_map<(n, ko, oh, ow, ki, co, r, s, ci) -> (n, co, oh * 2 + r, ow * 2 + s, ci)>
#dilated = affine_map<(n, ko, oh, ow, ki, co, r, s, ci) -> (n, co, oh + r * 2, ow + s * 2, ci)>
#weights = affine_map<(n, ko, oh, ow, ki, co, r, s, ci) -> (ko, co, r, s, ci, ki)>
#result = affine_map<(n, ko, oh, ow, ki, co, r, s, ci) -> (n, ko, oh, ow, ki)>
module attributes {transform.with_named_sequence} {
  func.func @applies(%image: tensor<3x2x6x7x4xf32>, %weights: tensor<5x2x3x3x4x8xf32>, %out: tensor<3x5x4x5x8xf32>) -> tensor<3x5x4x5x8xf32> {
    %start = arith.constant 0.0 : f32
    %fill = linalg.fill ins(%start : f32) outs(%out : tensor<3x5x4x5x8xf32>) -> tensor<3x5x4x5x8xf32>
    // expected-remark @below {{applies 1}}
    %0 = linalg.generic {indexing_maps = [#image, #weights, #result], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction", "reduction"]}
        ins(%image, %weights : tensor<3x2x6x7x4xf32>, tensor<5x2x3x3x4x8xf32>) outs(%fill : tensor<3x5x4x5x8xf32>) {
    ^bb0(%a: f32, %b: f32, %c: f32):
      %1 = arith.mulf %a, %b : f32
      %2 = arith.addf %c, %1 : f32
      linalg.yield %2 : f32
    } -> tensor<3x5x4x5x8xf32>
    return %0 : tensor<3x5x4x5x8xf32>
  }
  func.func @stride(%image: tensor<1x2x9x9x4xf32>, %weights: tensor<1x2x3x3x4x4xf32>, %out: tensor<1x1x4x4x4xf32>) -> tensor<1x1x4x4x4xf32> {
    %start = arith.constant 0.0 : f32
    %fill = linalg.fill ins(%start : f32) outs(%out : tensor<1x1x4x4x4xf32>) -> tensor<1x1x4x4x4xf32>
    // expected-remark @below {{applies 0}}
    %0 = linalg.generic {indexing_maps = [#strided, #weights, #result], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction", "reduction"]}
        ins(%image, %weights : tensor<1x2x9x9x4xf32>, tensor<1x2x3x3x4x4xf32>) outs(%fill : tensor<1x1x4x4x4xf32>) {
    ^bb0(%a: f32, %b: f32, %c: f32):
      %1 = arith.mulf %a, %b : f32
      %2 = arith.addf %c, %1 : f32
      linalg.yield %2 : f32
    } -> tensor<1x1x4x4x4xf32>
    return %0 : tensor<1x1x4x4x4xf32>
  }
  func.func @dilation(%image: tensor<1x2x8x8x4xf32>, %weights: tensor<1x2x3x3x4x4xf32>, %out: tensor<1x1x4x4x4xf32>) -> tensor<1x1x4x4x4xf32> {
    %start = arith.constant 0.0 : f32
    %fill = linalg.fill ins(%start : f32) outs(%out : tensor<1x1x4x4x4xf32>) -> tensor<1x1x4x4x4xf32>
    // expected-remark @below {{applies 0}}
    %0 = linalg.generic {indexing_maps = [#dilated, #weights, #result], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction", "reduction"]}
        ins(%image, %weights : tensor<1x2x8x8x4xf32>, tensor<1x2x3x3x4x4xf32>) outs(%fill : tensor<1x1x4x4x4xf32>) {
    ^bb0(%a: f32, %b: f32, %c: f32):
      %1 = arith.mulf %a, %b : f32
      %2 = arith.addf %c, %1 : f32
      linalg.yield %2 : f32
    } -> tensor<1x1x4x4x4xf32>
    return %0 : tensor<1x1x4x4x4xf32>
  }
  func.func @window(%image: tensor<1x2x8x8x4xf32>, %weights: tensor<1x2x5x5x4x4xf32>, %out: tensor<1x1x4x4x4xf32>) -> tensor<1x1x4x4x4xf32> {
    %start = arith.constant 0.0 : f32
    %fill = linalg.fill ins(%start : f32) outs(%out : tensor<1x1x4x4x4xf32>) -> tensor<1x1x4x4x4xf32>
    // expected-remark @below {{applies 0}}
    %0 = linalg.generic {indexing_maps = [#image, #weights, #result], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction", "reduction"]}
        ins(%image, %weights : tensor<1x2x8x8x4xf32>, tensor<1x2x5x5x4x4xf32>) outs(%fill : tensor<1x1x4x4x4xf32>) {
    ^bb0(%a: f32, %b: f32, %c: f32):
      %1 = arith.mulf %a, %b : f32
      %2 = arith.addf %c, %1 : f32
      linalg.yield %2 : f32
    } -> tensor<1x1x4x4x4xf32>
    return %0 : tensor<1x1x4x4x4xf32>
  }
  func.func @half(%image: tensor<1x2x6x6x4xf16>, %weights: tensor<1x2x3x3x4x4xf16>, %out: tensor<1x1x4x4x4xf16>) -> tensor<1x1x4x4x4xf16> {
    %start = arith.constant 0.0 : f16
    %fill = linalg.fill ins(%start : f16) outs(%out : tensor<1x1x4x4x4xf16>) -> tensor<1x1x4x4x4xf16>
    // expected-remark @below {{applies 0}}
    %0 = linalg.generic {indexing_maps = [#image, #weights, #result], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction", "reduction"]}
        ins(%image, %weights : tensor<1x2x6x6x4xf16>, tensor<1x2x3x3x4x4xf16>) outs(%fill : tensor<1x1x4x4x4xf16>) {
    ^bb0(%a: f16, %b: f16, %c: f16):
      %1 = arith.mulf %a, %b : f16
      %2 = arith.addf %c, %1 : f16
      linalg.yield %2 : f16
    } -> tensor<1x1x4x4x4xf16>
    return %0 : tensor<1x1x4x4x4xf16>
  }
  func.func @starts_from_one(%image: tensor<1x2x6x6x4xf32>, %weights: tensor<1x2x3x3x4x4xf32>, %out: tensor<1x1x4x4x4xf32>) -> tensor<1x1x4x4x4xf32> {
    %start = arith.constant 1.0 : f32
    %fill = linalg.fill ins(%start : f32) outs(%out : tensor<1x1x4x4x4xf32>) -> tensor<1x1x4x4x4xf32>
    // expected-remark @below {{applies 0}}
    %0 = linalg.generic {indexing_maps = [#image, #weights, #result], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction", "reduction"]}
        ins(%image, %weights : tensor<1x2x6x6x4xf32>, tensor<1x2x3x3x4x4xf32>) outs(%fill : tensor<1x1x4x4x4xf32>) {
    ^bb0(%a: f32, %b: f32, %c: f32):
      %1 = arith.mulf %a, %b : f32
      %2 = arith.addf %c, %1 : f32
      linalg.yield %2 : f32
    } -> tensor<1x1x4x4x4xf32>
    return %0 : tensor<1x1x4x4x4xf32>
  }
  func.func @greatest(%image: tensor<1x2x6x6x4xf32>, %weights: tensor<1x2x3x3x4x4xf32>, %out: tensor<1x1x4x4x4xf32>) -> tensor<1x1x4x4x4xf32> {
    %start = arith.constant 0.0 : f32
    %fill = linalg.fill ins(%start : f32) outs(%out : tensor<1x1x4x4x4xf32>) -> tensor<1x1x4x4x4xf32>
    // expected-remark @below {{applies 0}}
    %0 = linalg.generic {indexing_maps = [#image, #weights, #result], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction", "reduction"]}
        ins(%image, %weights : tensor<1x2x6x6x4xf32>, tensor<1x2x3x3x4x4xf32>) outs(%fill : tensor<1x1x4x4x4xf32>) {
    ^bb0(%a: f32, %b: f32, %c: f32):
      %1 = arith.mulf %a, %b : f32
      %2 = arith.maximumf %c, %1 : f32
      linalg.yield %2 : f32
    } -> tensor<1x1x4x4x4xf32>
    return %0 : tensor<1x1x4x4x4xf32>
  }
  func.func @matmul(%a: tensor<4x4xf32>) -> tensor<4x4xf32> {
    // expected-remark @below {{applies 0}}
    %0 = linalg.matmul ins(%a, %a : tensor<4x4xf32>, tensor<4x4xf32>) outs(%a : tensor<4x4xf32>) -> tensor<4x4xf32>
    return %0 : tensor<4x4xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %convolutions = transform.structured.match ops{["linalg.generic", "linalg.matmul"]} in %root : (!transform.any_op) -> !transform.any_op
    transform.foreach %convolutions : !transform.any_op {
    ^bb0(%convolution: !transform.any_op):
      %applies = transform.chameleon.winograd_applies %convolution : (!transform.any_op) -> !transform.param<i64>
      transform.debug.emit_param_as_remark %applies, "applies" at %convolution : !transform.param<i64>, !transform.any_op
    }
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  func.func @two(%a: tensor<4xf32>) -> tensor<4xf32> {
    %0 = linalg.exp ins(%a : tensor<4xf32>) outs(%a : tensor<4xf32>) -> tensor<4xf32>
    %1 = linalg.exp ins(%0 : tensor<4xf32>) outs(%a : tensor<4xf32>) -> tensor<4xf32>
    return %1 : tensor<4xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %exps = transform.structured.match ops{["linalg.exp"]} in %root : (!transform.any_op) -> !transform.any_op
    // expected-error @below {{expects one target, found 2}}
    %applies = transform.chameleon.winograd_applies %exps : (!transform.any_op) -> !transform.param<i64>
    transform.yield
  }
}

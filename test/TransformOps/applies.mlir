// RUN: chameleon-opt %s --transform-interpreter --split-input-file --verify-diagnostics

// By the code of the lowering: what it cannot do is said with what was found. Matching goes on.
!op = !transform.any_op
module attributes {transform.with_named_sequence} {
  func.func @mask(%a: tensor<8x8xi1>, %b: tensor<8x8xi1>, %out: tensor<8x8xi1>) -> tensor<8x8xi1> {
    // expected-remark @below {{can be}}
    %0 = linalg.matmul ins(%a, %b : tensor<8x8xi1>, tensor<8x8xi1>) outs(%out : tensor<8x8xi1>) -> tensor<8x8xi1>
    return %0 : tensor<8x8xi1>
  }
  func.func @half(%a: tensor<8x8xf16>, %b: tensor<8x8xf16>, %out: tensor<8x8xf16>) -> tensor<8x8xf16> {
    // expected-remark @below {{can be}}
    %0 = linalg.matmul ins(%a, %b : tensor<8x8xf16>, tensor<8x8xf16>) outs(%out : tensor<8x8xf16>) -> tensor<8x8xf16>
    return %0 : tensor<8x8xf16>
  }
  transform.named_sequence @match(%op: !op {transform.readonly}) -> !op {
    transform.match.operation_name %op ["linalg.matmul"] : !op
    transform.chameleon.applies "lower_to_gpu_contraction" to %op : !op
    transform.yield %op : !op
  }
  transform.named_sequence @__transform_main(%root: !op) {
    %found = transform.collect_matching @match in %root : (!op) -> !op
    transform.debug.emit_remark_at %found, "can be" : !op
    transform.yield
  }
}

// -----

!op = !transform.any_op
module attributes {transform.with_named_sequence} {
  func.func @complex(%a: tensor<8xcomplex<f32>>, %out: tensor<8xcomplex<f32>>) -> tensor<8xcomplex<f32>> {
    // expected-remark @below {{lower_to_gpu_loops cannot address operand 0 of 'linalg.copy'}}
    %0 = linalg.copy ins(%a : tensor<8xcomplex<f32>>) outs(%out : tensor<8xcomplex<f32>>) -> tensor<8xcomplex<f32>>
    return %0 : tensor<8xcomplex<f32>>
  }
  transform.named_sequence @match(%op: !op {transform.readonly}) -> !op {
    transform.match.operation_name %op ["linalg.copy"] : !op
    transform.chameleon.applies "lower_to_gpu_loops" to %op : !op
    transform.yield %op : !op
  }
  transform.named_sequence @__transform_main(%root: !op) {
    %found = transform.collect_matching @match in %root : (!op) -> !op
    transform.yield
  }
}

// -----

// Of the last operation of a function others cannot be tiled, either.
!op = !transform.any_op
#id = affine_map<(i) -> (i)>
module attributes {transform.with_named_sequence} {
  func.func @follower(%a: tensor<8xf32>, %b: tensor<8xf32>, %out: tensor<8xf32>) -> tensor<8xf32> {
    // expected-remark @below {{vectorize expects operands at linear indices and results along loops, found (d0) -> ((d0 + 3) mod 8)}}
    %0 = linalg.exp ins(%a : tensor<8xf32>) outs(%out : tensor<8xf32>) -> tensor<8xf32>
    %1 = linalg.generic {indexing_maps = [#id, affine_map<(i) -> ((i + 3) mod 8)>, #id], iterator_types = ["parallel"]}
        ins(%0, %b : tensor<8xf32>, tensor<8xf32>) outs(%out : tensor<8xf32>) {
    ^bb0(%x: f32, %y: f32, %z: f32):
      %s = arith.addf %x, %y : f32
      linalg.yield %s : f32
    } -> tensor<8xf32>
    return %1 : tensor<8xf32>
  }
  transform.named_sequence @match(%op: !op {transform.readonly}) -> !op {
    transform.match.operation_name %op ["linalg.exp"] : !op
    transform.chameleon.applies "vectorize" to %op : !op
    transform.yield %op : !op
  }
  transform.named_sequence @__transform_main(%root: !op) {
    %found = transform.collect_matching @match in %root : (!op) -> !op
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @match(%op: !transform.any_op {transform.readonly}) -> !transform.any_op {
    // expected-error @below {{expects lower_contraction, lower_to_gpu_contraction, lower_to_gpu_loops, lower_to_vectors or vectorize, found 'lower_to_dust'}}
    transform.chameleon.applies "lower_to_dust" to %op : !transform.any_op
    transform.yield %op : !transform.any_op
  }
}

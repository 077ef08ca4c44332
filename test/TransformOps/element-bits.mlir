// RUN: chameleon-opt %s --transform-interpreter --split-input-file --verify-diagnostics

!op = !transform.any_op
!param = !transform.param<i64>
module attributes {transform.with_named_sequence} {
  func.func @task(%a: tensor<4x8xi4>, %b: tensor<8x6xf16>, %out: tensor<4x6xf32>) -> tensor<4x6xf32> {
    // expected-remark @below {{result 32}}
    // expected-remark @below {{left 8}}
    // expected-remark @below {{right 16}}
    %0 = linalg.matmul ins(%a, %b : tensor<4x8xi4>, tensor<8x6xf16>) outs(%out : tensor<4x6xf32>) -> tensor<4x6xf32>
    return %0 : tensor<4x6xf32>
  }
  transform.named_sequence @__transform_main(%root: !op) {
    %product = transform.structured.match ops{["linalg.matmul"]} in %root : (!op) -> !op
    %result = transform.chameleon.element_bits %product
    %left = transform.chameleon.element_bits %product[0]
    %right = transform.chameleon.element_bits %product[1]
    transform.debug.emit_param_as_remark %result, "result" at %product : !param, !op
    transform.debug.emit_param_as_remark %left, "left" at %product : !param, !op
    transform.debug.emit_param_as_remark %right, "right" at %product : !param, !op
    transform.yield
  }
}

// -----

!op = !transform.any_op
module attributes {transform.with_named_sequence} {
  func.func @task(%a: tensor<4xf32>, %out: tensor<4xf32>) -> tensor<4xf32> {
    // expected-note @below {{when applied to this op}}
    %0 = linalg.exp ins(%a : tensor<4xf32>) outs(%out : tensor<4xf32>) -> tensor<4xf32>
    return %0 : tensor<4xf32>
  }
  transform.named_sequence @__transform_main(%root: !op) {
    %target = transform.structured.match ops{["linalg.exp"]} in %root : (!op) -> !op
    // expected-error @below {{expects an operand number below 2, found 2}}
    %0 = transform.chameleon.element_bits %target[2]
    transform.yield
  }
}

// -----

!op = !transform.any_op
module attributes {transform.with_named_sequence} {
  func.func @task(%a: tensor<4xf32>) -> tensor<4xf32> {
    // expected-note @below {{when applied to this op}}
    return %a : tensor<4xf32>
  }
  transform.named_sequence @__transform_main(%root: !op) {
    %target = transform.structured.match ops{["func.return"]} in %root : (!op) -> !op
    // expected-error @below {{expects an operation with a result}}
    %0 = transform.chameleon.element_bits %target
    transform.yield
  }
}

// -----

!op = !transform.any_op
module attributes {transform.with_named_sequence} {
  func.func @task(%a: tensor<4xcomplex<f32>>, %out: tensor<4xcomplex<f32>>) -> tensor<4xcomplex<f32>> {
    // expected-note @below {{when applied to this op}}
    %0 = linalg.copy ins(%a : tensor<4xcomplex<f32>>) outs(%out : tensor<4xcomplex<f32>>) -> tensor<4xcomplex<f32>>
    return %0 : tensor<4xcomplex<f32>>
  }
  transform.named_sequence @__transform_main(%root: !op) {
    %target = transform.structured.match ops{["linalg.copy"]} in %root : (!op) -> !op
    // expected-error @below {{expects elements that are integers, indices or floats}}
    %0 = transform.chameleon.element_bits %target
    transform.yield
  }
}

// -----

!op = !transform.any_op
module attributes {transform.with_named_sequence} {
  func.func @task(%a: tensor<4xf32>, %out: tensor<4xf32>) -> tensor<4xf32> {
    %0 = linalg.exp ins(%a : tensor<4xf32>) outs(%out : tensor<4xf32>) -> tensor<4xf32>
    return %0 : tensor<4xf32>
  }
  transform.named_sequence @__transform_main(%root: !op) {
    %target = transform.structured.match ops{["linalg.matmul"]} in %root : (!op) -> !op
    // expected-error @below {{expects one target, found 0}}
    %0 = transform.chameleon.element_bits %target
    transform.yield
  }
}

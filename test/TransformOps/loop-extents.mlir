// RUN: chameleon-opt %s --transform-interpreter --split-input-file --verify-diagnostics

!op = !transform.any_op
!param = !transform.param<i64>
module attributes {transform.with_named_sequence} {
  func.func @task(%a: tensor<4x8xf32>, %b: tensor<8x6xf32>, %out: tensor<4x6xf32>) -> tensor<4x6xf32> {
    // expected-remark @below {{depth 8}}
    // expected-remark @below {{rows 4}}
    %0 = linalg.matmul ins(%a, %b : tensor<4x8xf32>, tensor<8x6xf32>) outs(%out : tensor<4x6xf32>) -> tensor<4x6xf32>
    return %0 : tensor<4x6xf32>
  }
  transform.named_sequence @__transform_main(%root: !op) {
    %product = transform.structured.match ops{["linalg.matmul"]} in %root : (!op) -> !op
    %depth, %rows = transform.chameleon.loop_extents %product[2, 0]
    transform.debug.emit_param_as_remark %depth, "depth" at %product : !param, !op
    transform.debug.emit_param_as_remark %rows, "rows" at %product : !param, !op
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
    // expected-error @below {{expects a loop below 1, found 1}}
    %0 = transform.chameleon.loop_extents %target[1]
    transform.yield
  }
}

// -----

!op = !transform.any_op
module attributes {transform.with_named_sequence} {
  func.func @task(%a: tensor<4x?xf32>, %b: tensor<?x6xf32>, %out: tensor<4x6xf32>) -> tensor<4x6xf32> {
    // expected-note @below {{when applied to this op}}
    %0 = linalg.matmul ins(%a, %b : tensor<4x?xf32>, tensor<?x6xf32>) outs(%out : tensor<4x6xf32>) -> tensor<4x6xf32>
    return %0 : tensor<4x6xf32>
  }
  transform.named_sequence @__transform_main(%root: !op) {
    %target = transform.structured.match ops{["linalg.matmul"]} in %root : (!op) -> !op
    // expected-error @below {{expects a known extent of loop 2}}
    %0, %1 = transform.chameleon.loop_extents %target[0, 2]
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
    // expected-error @below {{expects a structured operation}}
    %0 = transform.chameleon.loop_extents %target[0]
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
    %0 = transform.chameleon.loop_extents %target[0]
    transform.yield
  }
}

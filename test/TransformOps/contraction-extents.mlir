// Batch, rows, columns and depth of every kind of contraction, and what is none.
// RUN: chameleon-opt %s --transform-interpreter --split-input-file --verify-diagnostics

!op = !transform.any_op
!param = !transform.param<i64>
module attributes {transform.with_named_sequence} {
  func.func @matmul(%a: tensor<4x8xf32>, %b: tensor<8x6xf32>, %out: tensor<4x6xf32>) -> tensor<4x6xf32> {
    // expected-remark @below {{batch 1}}
    // expected-remark @below {{rows 4}}
    // expected-remark @below {{columns 6}}
    // expected-remark @below {{depth 8}}
    %0 = linalg.matmul ins(%a, %b : tensor<4x8xf32>, tensor<8x6xf32>) outs(%out : tensor<4x6xf32>) -> tensor<4x6xf32>
    return %0 : tensor<4x6xf32>
  }
  func.func @row(%a: tensor<1x8xf32>, %b: tensor<8x6xf32>, %out: tensor<1x6xf32>) -> tensor<1x6xf32> {
    // expected-remark @below {{batch 1}}
    // expected-remark @below {{rows 1}}
    // expected-remark @below {{columns 6}}
    // expected-remark @below {{depth 8}}
    %0 = linalg.matmul ins(%a, %b : tensor<1x8xf32>, tensor<8x6xf32>) outs(%out : tensor<1x6xf32>) -> tensor<1x6xf32>
    return %0 : tensor<1x6xf32>
  }
  func.func @batch(%a: tensor<5x4x8xf32>, %b: tensor<5x8x6xf32>, %out: tensor<5x4x6xf32>) -> tensor<5x4x6xf32> {
    // expected-remark @below {{batch 5}}
    // expected-remark @below {{rows 4}}
    // expected-remark @below {{columns 6}}
    // expected-remark @below {{depth 8}}
    %0 = linalg.batch_matmul ins(%a, %b : tensor<5x4x8xf32>, tensor<5x8x6xf32>) outs(%out : tensor<5x4x6xf32>) -> tensor<5x4x6xf32>
    return %0 : tensor<5x4x6xf32>
  }
  func.func @nhwc(%a: tensor<2x7x8x3xf32>, %b: tensor<3x3x3x16xf32>, %out: tensor<2x5x6x16xf32>) -> tensor<2x5x6x16xf32> {
    // expected-remark @below {{batch 1}}
    // expected-remark @below {{rows 60}}
    // expected-remark @below {{columns 16}}
    // expected-remark @below {{depth 27}}
    %0 = linalg.conv_2d_nhwc_hwcf {dilations = dense<1> : vector<2xi64>, strides = dense<1> : vector<2xi64>} ins(%a, %b : tensor<2x7x8x3xf32>, tensor<3x3x3x16xf32>) outs(%out : tensor<2x5x6x16xf32>) -> tensor<2x5x6x16xf32>
    return %0 : tensor<2x5x6x16xf32>
  }
  func.func @nchw(%a: tensor<1x3x7x8xf32>, %b: tensor<16x3x3x3xf32>, %out: tensor<1x16x5x6xf32>) -> tensor<1x16x5x6xf32> {
    // expected-remark @below {{batch 1}}
    // expected-remark @below {{rows 16}}
    // expected-remark @below {{columns 30}}
    // expected-remark @below {{depth 27}}
    %0 = linalg.conv_2d_nchw_fchw {dilations = dense<1> : vector<2xi64>, strides = dense<1> : vector<2xi64>} ins(%a, %b : tensor<1x3x7x8xf32>, tensor<16x3x3x3xf32>) outs(%out : tensor<1x16x5x6xf32>) -> tensor<1x16x5x6xf32>
    return %0 : tensor<1x16x5x6xf32>
  }
  func.func @nchw_images(%a: tensor<2x3x7x8xf32>, %b: tensor<16x3x3x3xf32>, %out: tensor<2x16x5x6xf32>) -> tensor<2x16x5x6xf32> {
    // expected-remark @below {{batch 1}}
    // expected-remark @below {{rows 16}}
    // expected-remark @below {{columns 60}}
    // expected-remark @below {{depth 27}}
    %0 = linalg.conv_2d_nchw_fchw {dilations = dense<1> : vector<2xi64>, strides = dense<1> : vector<2xi64>} ins(%a, %b : tensor<2x3x7x8xf32>, tensor<16x3x3x3xf32>) outs(%out : tensor<2x16x5x6xf32>) -> tensor<2x16x5x6xf32>
    return %0 : tensor<2x16x5x6xf32>
  }
  func.func @nwc(%a: tensor<1x9x3xf32>, %b: tensor<3x3x16xf32>, %out: tensor<1x7x16xf32>) -> tensor<1x7x16xf32> {
    // expected-remark @below {{batch 1}}
    // expected-remark @below {{rows 7}}
    // expected-remark @below {{columns 16}}
    // expected-remark @below {{depth 9}}
    %0 = linalg.conv_1d_nwc_wcf {dilations = dense<1> : vector<1xi64>, strides = dense<1> : vector<1xi64>} ins(%a, %b : tensor<1x9x3xf32>, tensor<3x3x16xf32>) outs(%out : tensor<1x7x16xf32>) -> tensor<1x7x16xf32>
    return %0 : tensor<1x7x16xf32>
  }
  func.func @ncw(%a: tensor<1x3x9xf32>, %b: tensor<16x3x3xf32>, %out: tensor<1x16x7xf32>) -> tensor<1x16x7xf32> {
    // expected-remark @below {{batch 1}}
    // expected-remark @below {{rows 16}}
    // expected-remark @below {{columns 7}}
    // expected-remark @below {{depth 9}}
    %0 = linalg.conv_1d_ncw_fcw {dilations = dense<1> : vector<1xi64>, strides = dense<1> : vector<1xi64>} ins(%a, %b : tensor<1x3x9xf32>, tensor<16x3x3xf32>) outs(%out : tensor<1x16x7xf32>) -> tensor<1x16x7xf32>
    return %0 : tensor<1x16x7xf32>
  }
  func.func @ndhwc(%a: tensor<1x4x5x6x3xf32>, %b: tensor<3x3x3x3x16xf32>, %out: tensor<1x2x3x4x16xf32>) -> tensor<1x2x3x4x16xf32> {
    // expected-remark @below {{batch 1}}
    // expected-remark @below {{rows 24}}
    // expected-remark @below {{columns 16}}
    // expected-remark @below {{depth 81}}
    %0 = linalg.conv_3d_ndhwc_dhwcf {dilations = dense<1> : vector<3xi64>, strides = dense<1> : vector<3xi64>} ins(%a, %b : tensor<1x4x5x6x3xf32>, tensor<3x3x3x3x16xf32>) outs(%out : tensor<1x2x3x4x16xf32>) -> tensor<1x2x3x4x16xf32>
    return %0 : tensor<1x2x3x4x16xf32>
  }
  func.func @groups_first(%a: tensor<1x4x3x7x8xf32>, %b: tensor<4x16x3x3x3xf32>, %out: tensor<1x4x16x5x6xf32>) -> tensor<1x4x16x5x6xf32> {
    // expected-remark @below {{batch 4}}
    // expected-remark @below {{rows 16}}
    // expected-remark @below {{columns 30}}
    // expected-remark @below {{depth 27}}
    %0 = linalg.conv_2d_ngchw_gfchw {dilations = dense<1> : vector<2xi64>, strides = dense<1> : vector<2xi64>} ins(%a, %b : tensor<1x4x3x7x8xf32>, tensor<4x16x3x3x3xf32>) outs(%out : tensor<1x4x16x5x6xf32>) -> tensor<1x4x16x5x6xf32>
    return %0 : tensor<1x4x16x5x6xf32>
  }
  func.func @groups_last(%a: tensor<1x7x8x4x3xf32>, %b: tensor<4x16x3x3x3xf32>, %out: tensor<1x5x6x4x16xf32>) -> tensor<1x5x6x4x16xf32> {
    // expected-remark @below {{batch 4}}
    // expected-remark @below {{rows 30}}
    // expected-remark @below {{columns 16}}
    // expected-remark @below {{depth 27}}
    %0 = linalg.conv_2d_nhwgc_gfhwc {dilations = dense<1> : vector<2xi64>, strides = dense<1> : vector<2xi64>} ins(%a, %b : tensor<1x7x8x4x3xf32>, tensor<4x16x3x3x3xf32>) outs(%out : tensor<1x5x6x4x16xf32>) -> tensor<1x5x6x4x16xf32>
    return %0 : tensor<1x5x6x4x16xf32>
  }
  // Columns are what lies together in the result: here the rows of the left operand.
  func.func @result_transposed(%a: tensor<4x8xf32>, %b: tensor<8x6xf32>, %out: tensor<6x4xf32>) -> tensor<6x4xf32> {
    // expected-remark @below {{batch 1}}
    // expected-remark @below {{rows 6}}
    // expected-remark @below {{columns 4}}
    // expected-remark @below {{depth 8}}
    %0 = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (n, m)>],
        iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<4x8xf32>, tensor<8x6xf32>) outs(%out : tensor<6x4xf32>) {
    ^bb0(%x: f32, %y: f32, %o: f32):
      %p = arith.mulf %x, %y : f32
      %s = arith.addf %o, %p : f32
      linalg.yield %s : f32
    } -> tensor<6x4xf32>
    return %0 : tensor<6x4xf32>
  }
  transform.named_sequence @__transform_main(%root: !op) {
    %products = transform.structured.match ops{["linalg.matmul", "linalg.batch_matmul", "linalg.conv_2d_nhwc_hwcf", "linalg.conv_2d_nchw_fchw", "linalg.conv_1d_nwc_wcf", "linalg.conv_1d_ncw_fcw", "linalg.conv_3d_ndhwc_dhwcf", "linalg.conv_2d_ngchw_gfchw", "linalg.conv_2d_nhwgc_gfhwc", "linalg.generic"]} in %root : (!op) -> !op
    transform.foreach %products : !op {
    ^bb0(%product: !op):
      %batch, %rows, %columns, %depth = transform.chameleon.contraction_extents %product
      transform.debug.emit_param_as_remark %batch, "batch" at %product : !param, !op
      transform.debug.emit_param_as_remark %rows, "rows" at %product : !param, !op
      transform.debug.emit_param_as_remark %columns, "columns" at %product : !param, !op
      transform.debug.emit_param_as_remark %depth, "depth" at %product : !param, !op
    }
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
    // expected-error @below {{expects a structured operation of two tensors with one result and reduction loops}}
    %0, %1, %2, %3 = transform.chameleon.contraction_extents %target
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
    // expected-error @below {{expects a structured operation of two tensors with one result and reduction loops}}
    %0, %1, %2, %3 = transform.chameleon.contraction_extents %target
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
    // expected-error @below {{expects loops of known extent}}
    %0, %1, %2, %3 = transform.chameleon.contraction_extents %target
    transform.yield
  }
}

// -----

!op = !transform.any_op
module attributes {transform.with_named_sequence} {
  func.func @task(%a: tensor<4xf32>, %b: tensor<3xf32>, %out: tensor<6xf32>) -> tensor<6xf32> {
    // expected-note @below {{when applied to this op}}
    %0 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i + j)>],
        iterator_types = ["parallel", "reduction"]} ins(%a, %b : tensor<4xf32>, tensor<3xf32>) outs(%out : tensor<6xf32>) {
    ^bb0(%x: f32, %y: f32, %o: f32):
      linalg.yield %x : f32
    } -> tensor<6xf32>
    return %0 : tensor<6xf32>
  }
  transform.named_sequence @__transform_main(%root: !op) {
    %target = transform.structured.match ops{["linalg.generic"]} in %root : (!op) -> !op
    // expected-error @below {{expects a result that is written along loops}}
    %0, %1, %2, %3 = transform.chameleon.contraction_extents %target
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
    %0, %1, %2, %3 = transform.chameleon.contraction_extents %target
    transform.yield
  }
}

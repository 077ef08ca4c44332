// Matrix products, batched or not, plain or with transposed operands, and convolutions, with their padding and whatever
// elementwise operations follow them: one kernel each. A convolution is the product of a matrix whose rows are pixels and whose
// columns are the elements of a window, which is never built. Operands come to shared memory while the steps before are
// computed. Small images have few tiles, so that blocks share the reduction of each.
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match_matmul(%anchor: !transform.any_op {transform.readonly})
      -> (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) {
    %matched, %m0, %m1, %m2, %m3, %m4, %m5, %m6, %m7, %m8 = transform.match.structured failures(propagate) %anchor
        : (!transform.any_op) -> (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) {
    ^bb0(%op: !transform.any_op):
      %rank = transform.match.structured.rank %op : (!transform.any_op) -> !transform.param<i64>
      %loops = transform.param.constant 3 : i64 -> !transform.param<i64>
      transform.match.param.cmpi eq %rank, %loops : !transform.param<i64>
      transform.match.structured.dim %op[0, 1] {parallel} : !transform.any_op
      transform.match.structured.dim %op[2] {reduction} : !transform.any_op
      transform.match.structured.body %op {contraction = ["arith.mulf", "arith.addf"]} : !transform.any_op
      %batch, %m, %n, %k = transform.match.structured.classify_contraction_dims %op
        : (!transform.any_op) -> (!transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>)
      %single = transform.param.constant 1 : i64 -> !transform.param<i64>
      %num_m = transform.num_associations %m : (!transform.param<i64>) -> !transform.param<i64>
      transform.match.param.cmpi eq %num_m, %single : !transform.param<i64>
      %num_n = transform.num_associations %n : (!transform.param<i64>) -> !transform.param<i64>
      transform.match.param.cmpi eq %num_n, %single : !transform.param<i64>
      %num_k = transform.num_associations %k : (!transform.param<i64>) -> !transform.param<i64>
      transform.match.param.cmpi eq %num_k, %single : !transform.param<i64>
      %one = transform.param.constant 1 : i64 -> !transform.param<i64>
      %d0 = transform.match.structured.dim %op[0] : (!transform.any_op) -> !transform.param<i64>
      %d1 = transform.match.structured.dim %op[1] : (!transform.any_op) -> !transform.param<i64>
      %d2 = transform.match.structured.dim %op[2] : (!transform.any_op) -> !transform.param<i64>
      // One row or column: loops.mlir.
      transform.match.param.cmpi gt %d0, %one : !transform.param<i64>
      transform.match.param.cmpi gt %d1, %one : !transform.param<i64>
      transform.match.structured.yield %op, %one, %d0, %one, %one, %d1, %one, %d2, %one, %one
          : !transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>
    }
    transform.yield %matched, %m0, %m1, %m2, %m3, %m4, %m5, %m6, %m7, %m8 : !transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>
  }

  transform.named_sequence @match_batch_matmul(%anchor: !transform.any_op {transform.readonly})
      -> (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) {
    %matched, %m0, %m1, %m2, %m3, %m4, %m5, %m6, %m7, %m8 = transform.match.structured failures(propagate) %anchor
        : (!transform.any_op) -> (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) {
    ^bb0(%op: !transform.any_op):
      %rank = transform.match.structured.rank %op : (!transform.any_op) -> !transform.param<i64>
      %loops = transform.param.constant 4 : i64 -> !transform.param<i64>
      transform.match.param.cmpi eq %rank, %loops : !transform.param<i64>
      transform.match.structured.dim %op[0, 1, 2] {parallel} : !transform.any_op
      transform.match.structured.dim %op[3] {reduction} : !transform.any_op
      transform.match.structured.body %op {contraction = ["arith.mulf", "arith.addf"]} : !transform.any_op
      %batch, %m, %n, %k = transform.match.structured.classify_contraction_dims %op
        : (!transform.any_op) -> (!transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>)
      %single = transform.param.constant 1 : i64 -> !transform.param<i64>
      %num_batch = transform.num_associations %batch : (!transform.param<i64>) -> !transform.param<i64>
      transform.match.param.cmpi eq %num_batch, %single : !transform.param<i64>
      %num_m = transform.num_associations %m : (!transform.param<i64>) -> !transform.param<i64>
      transform.match.param.cmpi eq %num_m, %single : !transform.param<i64>
      %num_n = transform.num_associations %n : (!transform.param<i64>) -> !transform.param<i64>
      transform.match.param.cmpi eq %num_n, %single : !transform.param<i64>
      %num_k = transform.num_associations %k : (!transform.param<i64>) -> !transform.param<i64>
      transform.match.param.cmpi eq %num_k, %single : !transform.param<i64>
      %one = transform.param.constant 1 : i64 -> !transform.param<i64>
      %d0 = transform.match.structured.dim %op[0] : (!transform.any_op) -> !transform.param<i64>
      %d1 = transform.match.structured.dim %op[1] : (!transform.any_op) -> !transform.param<i64>
      %d2 = transform.match.structured.dim %op[2] : (!transform.any_op) -> !transform.param<i64>
      %d3 = transform.match.structured.dim %op[3] : (!transform.any_op) -> !transform.param<i64>
      // One row or column: loops.mlir.
      transform.match.param.cmpi gt %d1, %one : !transform.param<i64>
      transform.match.param.cmpi gt %d2, %one : !transform.param<i64>
      transform.match.structured.yield %op, %d0, %d1, %one, %one, %d2, %one, %d3, %one, %one
          : !transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>
    }
    transform.yield %matched, %m0, %m1, %m2, %m3, %m4, %m5, %m6, %m7, %m8 : !transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>
  }

  transform.named_sequence @match_conv_nhwc(%anchor: !transform.any_op {transform.readonly})
      -> (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) {
    transform.match.operation_name %anchor ["linalg.conv_2d_nhwc_hwcf", "linalg.conv_2d_nhwc_fhwc"] : !transform.any_op
    %matched, %m0, %m1, %m2, %m3, %m4, %m5, %m6, %m7, %m8 = transform.match.structured failures(propagate) %anchor
        : (!transform.any_op) -> (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) {
    ^bb0(%op: !transform.any_op):
      %one = transform.param.constant 1 : i64 -> !transform.param<i64>
      %d0 = transform.match.structured.dim %op[0] : (!transform.any_op) -> !transform.param<i64>
      %d1 = transform.match.structured.dim %op[1] : (!transform.any_op) -> !transform.param<i64>
      %d2 = transform.match.structured.dim %op[2] : (!transform.any_op) -> !transform.param<i64>
      %d3 = transform.match.structured.dim %op[3] : (!transform.any_op) -> !transform.param<i64>
      %d4 = transform.match.structured.dim %op[4] : (!transform.any_op) -> !transform.param<i64>
      %d5 = transform.match.structured.dim %op[5] : (!transform.any_op) -> !transform.param<i64>
      %d6 = transform.match.structured.dim %op[6] : (!transform.any_op) -> !transform.param<i64>
      transform.match.structured.yield %op, %one, %d0, %d1, %d2, %d3, %one, %d4, %d5, %d6
          : !transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>
    }
    transform.yield %matched, %m0, %m1, %m2, %m3, %m4, %m5, %m6, %m7, %m8 : !transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>
  }

  // Rows are channels of the result here, columns its pixels.
  transform.named_sequence @match_conv_nchw(%anchor: !transform.any_op {transform.readonly})
      -> (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) {
    transform.match.operation_name %anchor ["linalg.conv_2d_nchw_fchw"] : !transform.any_op
    %matched, %m0, %m1, %m2, %m3, %m4, %m5, %m6, %m7, %m8 = transform.match.structured failures(propagate) %anchor
        : (!transform.any_op) -> (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) {
    ^bb0(%op: !transform.any_op):
      %one = transform.param.constant 1 : i64 -> !transform.param<i64>
      %d0 = transform.match.structured.dim %op[0] : (!transform.any_op) -> !transform.param<i64>
      %d1 = transform.match.structured.dim %op[1] : (!transform.any_op) -> !transform.param<i64>
      %d2 = transform.match.structured.dim %op[2] : (!transform.any_op) -> !transform.param<i64>
      %d3 = transform.match.structured.dim %op[3] : (!transform.any_op) -> !transform.param<i64>
      %d4 = transform.match.structured.dim %op[4] : (!transform.any_op) -> !transform.param<i64>
      %d5 = transform.match.structured.dim %op[5] : (!transform.any_op) -> !transform.param<i64>
      %d6 = transform.match.structured.dim %op[6] : (!transform.any_op) -> !transform.param<i64>
      transform.match.structured.yield %op, %d0, %d1, %one, %one, %d2, %d3, %d4, %d5, %d6
          : !transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>
    }
    transform.yield %matched, %m0, %m1, %m2, %m3, %m4, %m5, %m6, %m7, %m8 : !transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>
  }

  transform.named_sequence @match_conv_1d_nwc(%anchor: !transform.any_op {transform.readonly})
      -> (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) {
    transform.match.operation_name %anchor ["linalg.conv_1d_nwc_wcf"] : !transform.any_op
    %matched, %m0, %m1, %m2, %m3, %m4, %m5, %m6, %m7, %m8 = transform.match.structured failures(propagate) %anchor
        : (!transform.any_op) -> (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) {
    ^bb0(%op: !transform.any_op):
      %one = transform.param.constant 1 : i64 -> !transform.param<i64>
      %d0 = transform.match.structured.dim %op[0] : (!transform.any_op) -> !transform.param<i64>
      %d1 = transform.match.structured.dim %op[1] : (!transform.any_op) -> !transform.param<i64>
      %d2 = transform.match.structured.dim %op[2] : (!transform.any_op) -> !transform.param<i64>
      %d3 = transform.match.structured.dim %op[3] : (!transform.any_op) -> !transform.param<i64>
      %d4 = transform.match.structured.dim %op[4] : (!transform.any_op) -> !transform.param<i64>
      transform.match.structured.yield %op, %one, %d0, %d1, %one, %d2, %one, %d3, %d4, %one
          : !transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>
    }
    transform.yield %matched, %m0, %m1, %m2, %m3, %m4, %m5, %m6, %m7, %m8 : !transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>
  }

  transform.named_sequence @match_conv_1d_ncw(%anchor: !transform.any_op {transform.readonly})
      -> (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) {
    transform.match.operation_name %anchor ["linalg.conv_1d_ncw_fcw"] : !transform.any_op
    %matched, %m0, %m1, %m2, %m3, %m4, %m5, %m6, %m7, %m8 = transform.match.structured failures(propagate) %anchor
        : (!transform.any_op) -> (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) {
    ^bb0(%op: !transform.any_op):
      %one = transform.param.constant 1 : i64 -> !transform.param<i64>
      %d0 = transform.match.structured.dim %op[0] : (!transform.any_op) -> !transform.param<i64>
      %d1 = transform.match.structured.dim %op[1] : (!transform.any_op) -> !transform.param<i64>
      %d2 = transform.match.structured.dim %op[2] : (!transform.any_op) -> !transform.param<i64>
      %d3 = transform.match.structured.dim %op[3] : (!transform.any_op) -> !transform.param<i64>
      %d4 = transform.match.structured.dim %op[4] : (!transform.any_op) -> !transform.param<i64>
      transform.match.structured.yield %op, %d0, %d1, %one, %one, %d2, %one, %d3, %d4, %one
          : !transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>
    }
    transform.yield %matched, %m0, %m1, %m2, %m3, %m4, %m5, %m6, %m7, %m8 : !transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>
  }

  transform.named_sequence @match_conv_3d_ndhwc(%anchor: !transform.any_op {transform.readonly})
      -> (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) {
    transform.match.operation_name %anchor ["linalg.conv_3d_ndhwc_dhwcf"] : !transform.any_op
    %matched, %m0, %m1, %m2, %m3, %m4, %m5, %m6, %m7, %m8 = transform.match.structured failures(propagate) %anchor
        : (!transform.any_op) -> (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) {
    ^bb0(%op: !transform.any_op):
      %one = transform.param.constant 1 : i64 -> !transform.param<i64>
      %d0 = transform.match.structured.dim %op[0] : (!transform.any_op) -> !transform.param<i64>
      %d1 = transform.match.structured.dim %op[1] : (!transform.any_op) -> !transform.param<i64>
      %d2 = transform.match.structured.dim %op[2] : (!transform.any_op) -> !transform.param<i64>
      %d3 = transform.match.structured.dim %op[3] : (!transform.any_op) -> !transform.param<i64>
      %d4 = transform.match.structured.dim %op[4] : (!transform.any_op) -> !transform.param<i64>
      %d5 = transform.match.structured.dim %op[5] : (!transform.any_op) -> !transform.param<i64>
      %d6 = transform.match.structured.dim %op[6] : (!transform.any_op) -> !transform.param<i64>
      %d8 = transform.match.structured.dim %op[8] : (!transform.any_op) -> !transform.param<i64>
      transform.match.structured.yield %op, %d0, %d1, %d2, %d3, %d4, %one, %d5, %d6, %d8
          : !transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>
    }
    transform.yield %matched, %m0, %m1, %m2, %m3, %m4, %m5, %m6, %m7, %m8 : !transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>
  }

  // Groups are batches.
  transform.named_sequence @match_conv_grouped_nchw(%anchor: !transform.any_op {transform.readonly})
      -> (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) {
    transform.match.operation_name %anchor ["linalg.conv_2d_ngchw_gfchw", "linalg.conv_2d_ngchw_fgchw"] : !transform.any_op
    %matched, %m0, %m1, %m2, %m3, %m4, %m5, %m6, %m7, %m8 = transform.match.structured failures(propagate) %anchor
        : (!transform.any_op) -> (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) {
    ^bb0(%op: !transform.any_op):
      %one = transform.param.constant 1 : i64 -> !transform.param<i64>
      %d1 = transform.match.structured.dim %op[1] : (!transform.any_op) -> !transform.param<i64>
      %d2 = transform.match.structured.dim %op[2] : (!transform.any_op) -> !transform.param<i64>
      %d3 = transform.match.structured.dim %op[3] : (!transform.any_op) -> !transform.param<i64>
      %d4 = transform.match.structured.dim %op[4] : (!transform.any_op) -> !transform.param<i64>
      %d5 = transform.match.structured.dim %op[5] : (!transform.any_op) -> !transform.param<i64>
      %d6 = transform.match.structured.dim %op[6] : (!transform.any_op) -> !transform.param<i64>
      %d7 = transform.match.structured.dim %op[7] : (!transform.any_op) -> !transform.param<i64>
      transform.match.structured.yield %op, %d1, %d2, %one, %one, %d3, %d4, %d5, %d6, %d7
          : !transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>
    }
    transform.yield %matched, %m0, %m1, %m2, %m3, %m4, %m5, %m6, %m7, %m8 : !transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>
  }

  transform.named_sequence @match_conv_grouped_nhwc(%anchor: !transform.any_op {transform.readonly})
      -> (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) {
    transform.match.operation_name %anchor ["linalg.conv_2d_nhwgc_gfhwc"] : !transform.any_op
    %matched, %m0, %m1, %m2, %m3, %m4, %m5, %m6, %m7, %m8 = transform.match.structured failures(propagate) %anchor
        : (!transform.any_op) -> (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) {
    ^bb0(%op: !transform.any_op):
      %one = transform.param.constant 1 : i64 -> !transform.param<i64>
      %d3 = transform.match.structured.dim %op[3] : (!transform.any_op) -> !transform.param<i64>
      %d0 = transform.match.structured.dim %op[0] : (!transform.any_op) -> !transform.param<i64>
      %d1 = transform.match.structured.dim %op[1] : (!transform.any_op) -> !transform.param<i64>
      %d2 = transform.match.structured.dim %op[2] : (!transform.any_op) -> !transform.param<i64>
      %d4 = transform.match.structured.dim %op[4] : (!transform.any_op) -> !transform.param<i64>
      %d5 = transform.match.structured.dim %op[5] : (!transform.any_op) -> !transform.param<i64>
      %d6 = transform.match.structured.dim %op[6] : (!transform.any_op) -> !transform.param<i64>
      %d7 = transform.match.structured.dim %op[7] : (!transform.any_op) -> !transform.param<i64>
      transform.match.structured.yield %op, %d3, %d0, %d1, %d2, %d4, %one, %d5, %d6, %d7
          : !transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>
    }
    transform.yield %matched, %m0, %m1, %m2, %m3, %m4, %m5, %m6, %m7, %m8 : !transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>
  }

  // Seeds: large images, whose tiles fill the processor; smaller ones, whose reduction is shared by so many blocks that they do; such
  // where these blocks are one cluster.
  transform.named_sequence @contraction(%anchor: !transform.any_op {transform.consumed}, %batch: !transform.param<i64> {transform.readonly}, %rows_0: !transform.param<i64> {transform.readonly}, %rows_1: !transform.param<i64> {transform.readonly}, %rows_2: !transform.param<i64> {transform.readonly}, %columns_0: !transform.param<i64> {transform.readonly}, %columns_1: !transform.param<i64> {transform.readonly}, %depth_0: !transform.param<i64> {transform.readonly}, %depth_1: !transform.param<i64> {transform.readonly}, %depth_2: !transform.param<i64> {transform.readonly})
      attributes {chameleon.seeds = [
      {tile_rows = 64 : i64, tile_columns = 64 : i64, tile_depth = 16 : i64, parts_rows = 2 : i64, parts_columns = 2 : i64, thread_rows = 4 : i64, thread_columns = 4 : i64, stages = 3 : i64, turn = 1 : i64, splits = 1 : i64},
      {tile_rows = 128 : i64, tile_columns = 128 : i64, tile_depth = 16 : i64, parts_rows = 2 : i64, parts_columns = 2 : i64, thread_rows = 4 : i64, thread_columns = 4 : i64, stages = 3 : i64, turn = 1 : i64, splits = 4 : i64},
      {tile_rows = 128 : i64, tile_columns = 128 : i64, tile_depth = 16 : i64, parts_rows = 2 : i64, parts_columns = 2 : i64, thread_rows = 4 : i64, thread_columns = 4 : i64, stages = 3 : i64, turn = 1 : i64, splits = 8 : i64},
      {tile_rows = 28 : i64, tile_columns = 64 : i64, tile_depth = 32 : i64, parts_rows = 1 : i64, parts_columns = 1 : i64, thread_rows = 7 : i64, thread_columns = 4 : i64, stages = 3 : i64, turn = 0 : i64, splits = 16 : i64},
      {tile_rows = 32 : i64, tile_columns = 64 : i64, tile_depth = 32 : i64, parts_rows = 1 : i64, parts_columns = 1 : i64, thread_rows = 4 : i64, thread_columns = 4 : i64, stages = 3 : i64, turn = 0 : i64, splits = 4 : i64},
      {tile_rows = 16 : i64, tile_columns = 16 : i64, tile_depth = 16 : i64, parts_rows = 1 : i64, parts_columns = 1 : i64, thread_rows = 2 : i64, thread_columns = 2 : i64, stages = 4 : i64, turn = 0 : i64, splits = 4 : i64},
      {tile_rows = 28 : i64, tile_columns = 64 : i64, tile_depth = 32 : i64, parts_rows = 1 : i64, parts_columns = 1 : i64, thread_rows = 7 : i64, thread_columns = 4 : i64, stages = 3 : i64, turn = 0 : i64, splits = 8 : i64, cluster = 8 : i64},
      {tile_rows = 32 : i64, tile_columns = 64 : i64, tile_depth = 32 : i64, parts_rows = 1 : i64, parts_columns = 1 : i64, thread_rows = 4 : i64, thread_columns = 4 : i64, stages = 3 : i64, turn = 0 : i64, splits = 4 : i64, cluster = 4 : i64}]} {
    %function = transform.get_parent_op %anchor {op_name = "func.func"} : (!transform.any_op) -> !transform.any_op
    // The tile of a block: rows and columns of the result, and steps of the reduction at a time.
    %tile_rows = transform.tune.knob<"tile_rows"> = 32 : i64 from options = [16, 28, 32, 56, 64, 112, 128, 256] -> !transform.param<i64>
    %tile_columns = transform.tune.knob<"tile_columns"> = 64 : i64 from options = [16, 32, 64, 128, 256] -> !transform.param<i64>
    %tile_depth = transform.tune.knob<"tile_depth"> = 32 : i64 from options = [8, 16, 32, 64] -> !transform.param<i64>
    // Parts of the tile that a thread works on. Two that are half a tile apart keep threads out of each other's banks.
    %parts_rows = transform.tune.knob<"parts_rows"> = 1 : i64 from options = [1, 2] -> !transform.param<i64>
    %parts_columns = transform.tune.knob<"parts_columns"> = 1 : i64 from options = [1, 2] -> !transform.param<i64>
    // Rows and columns of each part: accumulators in registers.
    %thread_rows = transform.tune.knob<"thread_rows"> = 4 : i64 from options = [1, 2, 4, 7, 8] -> !transform.param<i64>
    %thread_columns = transform.tune.knob<"thread_columns"> = 4 : i64 from options = [1, 2, 4, 8] -> !transform.param<i64>
    // Steps in shared memory: one that is used, the others on their way.
    %stages = transform.tune.knob<"stages"> = 3 : i64 from options = [2, 3, 4] -> !transform.param<i64>
    // Elements between rows in shared memory.
    %pad = transform.tune.knob<"pad"> = 4 : i64 from options = [0, 4] -> !transform.param<i64>
    // 1: what lies along the reduction is turned on its way to shared memory, so that a thread reads a step ahead.
    %turn = transform.tune.knob<"turn"> = 0 : i64 from options = [0, 1] -> !transform.param<i64>
    // Blocks that share the reduction of a tile.
    %splits = transform.tune.knob<"splits"> = 4 : i64 from options = [1, 2, 4, 8, 16, 32] -> !transform.param<i64>
    // So many of them add up within a cluster, the others through memory.
    %cluster = transform.tune.knob<"cluster"> = 1 : i64 from options = [1, 2, 4, 8] -> !transform.param<i64>
    %shared_bytes = transform.dlti.query ["GPU", "shared_bytes"] at %function : (!transform.any_op) -> !transform.param<i64>
    %multiprocessors = transform.dlti.query ["GPU", "multiprocessors"] at %function : (!transform.any_op) -> !transform.param<i64>
    %most_threads = transform.dlti.query ["GPU", "max_threads"] at %function : (!transform.any_op) -> !transform.param<i64>
    %registers = transform.dlti.query ["GPU", "registers"] at %function : (!transform.any_op) -> !transform.param<i64>
    %most_of_cluster = transform.dlti.query ["GPU", "cluster_blocks"] at %function : (!transform.any_op) -> !transform.param<i64>
    transform.smt.constrain_params(%tile_rows, %tile_columns, %tile_depth, %parts_rows, %parts_columns, %thread_rows, %thread_columns, %stages, %pad, %turn, %splits, %cluster, %batch, %rows_0, %rows_1, %rows_2, %columns_0, %columns_1, %depth_0, %depth_1, %depth_2, %shared_bytes, %multiprocessors, %most_threads, %registers, %most_of_cluster)
        : (!transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> () {
    ^bb0(%tile_rows_: !smt.int, %tile_columns_: !smt.int, %tile_depth_: !smt.int, %parts_rows_: !smt.int, %parts_columns_: !smt.int, %thread_rows_: !smt.int, %thread_columns_: !smt.int, %stages_: !smt.int, %pad_: !smt.int, %turn_: !smt.int, %splits_: !smt.int, %cluster_: !smt.int, %batch_: !smt.int, %rows_0_: !smt.int, %rows_1_: !smt.int, %rows_2_: !smt.int, %columns_0_: !smt.int, %columns_1_: !smt.int, %depth_0_: !smt.int, %depth_1_: !smt.int, %depth_2_: !smt.int, %shared_bytes_: !smt.int, %multiprocessors_: !smt.int, %most_threads_: !smt.int, %registers_: !smt.int, %most_of_cluster_: !smt.int):
      %c0 = smt.int.constant 0
      %c1 = smt.int.constant 1
      %c2 = smt.int.constant 2
      %c4 = smt.int.constant 4
      // Whole threads, whole warps.
      %v1 = smt.int.mul %parts_rows_, %thread_rows_
      %v2 = smt.int.mul %parts_columns_, %thread_columns_
      %v3 = smt.int.mod %tile_rows_, %v1
      %v4 = smt.eq %v3, %c0 : !smt.int
      smt.assert %v4
      %v5 = smt.int.mod %tile_columns_, %v2
      %v6 = smt.eq %v5, %c0 : !smt.int
      smt.assert %v6
      %v7 = smt.int.div %tile_rows_, %v1
      %v8 = smt.int.div %tile_columns_, %v2
      %threads = smt.int.mul %v7, %v8
      %v9 = smt.int.cmp le %threads, %most_threads_
      smt.assert %v9
      %c32 = smt.int.constant 32
      %v10 = smt.int.mod %threads, %c32
      %v11 = smt.eq %v10, %c0 : !smt.int
      smt.assert %v11
      // Accumulators, what is read for them and addresses fit the registers.
      %accumulators = smt.int.mul %v1, %v2
      %c128 = smt.int.constant 128
      %v12 = smt.int.cmp le %accumulators, %c128
      smt.assert %v12
      %v13 = smt.int.add %accumulators, %c32
      %v14 = smt.int.mul %v13, %threads
      %v15 = smt.int.cmp le %v14, %registers_
      smt.assert %v15
      // Shared memory.
      %v16 = smt.int.add %tile_depth_, %pad_
      %v17 = smt.int.add %tile_rows_, %tile_columns_
      %v18 = smt.int.mul %v16, %v17
      %v19 = smt.int.mul %v18, %stages_
      %v20 = smt.int.mul %v19, %c4
      %v21 = smt.int.cmp le %v20, %shared_bytes_
      smt.assert %v21
      // The code of a step stays in the instruction cache.
      %v58 = smt.int.mul %accumulators, %tile_depth_
      %c4096 = smt.int.constant 4096
      %v59 = smt.int.cmp le %v58, %c4096
      smt.assert %v59
      // Rows of a turned tile are written together: not to one bank.
      %v60 = smt.eq %turn_, %c0 : !smt.int
      %v61 = smt.eq %pad_, %c4 : !smt.int
      %v62 = smt.or %v60, %v61
      smt.assert %v62
      // Of two tiles that hold everything the smaller one.
      %v22 = smt.int.mul %rows_0_, %rows_1_
      %rows = smt.int.mul %v22, %rows_2_
      %columns = smt.int.mul %columns_0_, %columns_1_
      %v23 = smt.int.mul %depth_0_, %depth_1_
      %depth = smt.int.mul %v23, %depth_2_
      %c16 = smt.int.constant 16
      %v24 = smt.eq %tile_rows_, %c16 : !smt.int
      %v25 = smt.int.mul %rows, %c2
      %v26 = smt.int.cmp lt %tile_rows_, %v25
      %v27 = smt.or %v24, %v26
      smt.assert %v27
      %v28 = smt.eq %tile_columns_, %c16 : !smt.int
      %v29 = smt.int.mul %columns, %c2
      %v30 = smt.int.cmp lt %tile_columns_, %v29
      %v31 = smt.or %v28, %v30
      smt.assert %v31
      %c8 = smt.int.constant 8
      %v32 = smt.eq %tile_depth_, %c8 : !smt.int
      %v33 = smt.int.mul %depth, %c2
      %v34 = smt.int.cmp lt %tile_depth_, %v33
      %v35 = smt.or %v32, %v34
      smt.assert %v35
      // No more splits than fill the processor a few times, or than there are steps to share; enough that it is not idle.
      %v36 = smt.int.add %rows, %tile_rows_
      %v37 = smt.int.sub %v36, %c1
      %v38 = smt.int.div %v37, %tile_rows_
      %v39 = smt.int.add %columns, %tile_columns_
      %v40 = smt.int.sub %v39, %c1
      %v41 = smt.int.div %v40, %tile_columns_
      %v42 = smt.int.mul %v38, %v41
      %blocks = smt.int.mul %v42, %batch_
      %v43 = smt.int.add %depth, %tile_depth_
      %v44 = smt.int.sub %v43, %c1
      %steps = smt.int.div %v44, %tile_depth_
      %v45 = smt.int.mul %blocks, %splits_
      %v46 = smt.int.mul %multiprocessors_, %c4
      %v47 = smt.eq %splits_, %c1 : !smt.int
      %v48 = smt.int.cmp le %v45, %v46
      %v49 = smt.int.mul %splits_, %c2
      %v50 = smt.int.cmp le %v49, %steps
      %v51 = smt.and %v48, %v50
      %v52 = smt.or %v47, %v51
      smt.assert %v52
      %v53 = smt.int.cmp ge %v45, %multiprocessors_
      %v54 = smt.eq %splits_, %c32 : !smt.int
      %v55 = smt.int.mul %splits_, %c4
      %v56 = smt.int.cmp gt %v55, %steps
      %v57 = smt.or %v53, %v54, %v56
      smt.assert %v57
      // Whole clusters, where there are any, whose sums fit where operands were.
      %v63 = smt.int.cmp le %cluster_, %most_of_cluster_
      smt.assert %v63
      %v64 = smt.int.mod %splits_, %cluster_
      %v65 = smt.eq %v64, %c0 : !smt.int
      smt.assert %v65
      %v66 = smt.eq %cluster_, %c1 : !smt.int
      %v67 = smt.int.mul %tile_rows_, %tile_columns_, %c4
      %v68 = smt.int.cmp le %v67, %shared_bytes_
      %v69 = smt.or %v66, %v68
      smt.assert %v69
      smt.yield
    }

    %launches = transform.chameleon.lower_to_gpu_contraction %anchor tile %tile_rows, %tile_columns, %tile_depth
        interleave %parts_rows, %parts_columns thread %thread_rows, %thread_columns stages %stages pad %pad turn %turn splits %splits cluster %cluster
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    transform.yield
  }

  // Seeds: products whose tiles fill the processor, and smaller ones, as above.
  transform.named_sequence @matmul(%anchor: !transform.any_op {transform.consumed}, %batch: !transform.param<i64> {transform.readonly}, %rows_0: !transform.param<i64> {transform.readonly}, %rows_1: !transform.param<i64> {transform.readonly}, %rows_2: !transform.param<i64> {transform.readonly}, %columns_0: !transform.param<i64> {transform.readonly}, %columns_1: !transform.param<i64> {transform.readonly}, %depth_0: !transform.param<i64> {transform.readonly}, %depth_1: !transform.param<i64> {transform.readonly}, %depth_2: !transform.param<i64> {transform.readonly})
      attributes {chameleon.seeds = [
      {tile_rows = 128 : i64, tile_columns = 128 : i64, tile_depth = 16 : i64, parts_rows = 2 : i64, parts_columns = 2 : i64, thread_rows = 4 : i64, thread_columns = 4 : i64, stages = 3 : i64, turn = 1 : i64, splits = 1 : i64},
      {tile_rows = 128 : i64, tile_columns = 128 : i64, tile_depth = 16 : i64, parts_rows = 2 : i64, parts_columns = 2 : i64, thread_rows = 4 : i64, thread_columns = 4 : i64, stages = 3 : i64, turn = 1 : i64, splits = 4 : i64},
      {tile_rows = 64 : i64, tile_columns = 64 : i64, tile_depth = 16 : i64, parts_rows = 2 : i64, parts_columns = 2 : i64, thread_rows = 4 : i64, thread_columns = 4 : i64, stages = 3 : i64, turn = 1 : i64, splits = 4 : i64},
      {tile_rows = 64 : i64, tile_columns = 64 : i64, tile_depth = 16 : i64, parts_rows = 2 : i64, parts_columns = 2 : i64, thread_rows = 4 : i64, thread_columns = 4 : i64, stages = 3 : i64, turn = 1 : i64, splits = 1 : i64},
      {tile_rows = 64 : i64, tile_columns = 64 : i64, tile_depth = 32 : i64, parts_rows = 2 : i64, parts_columns = 2 : i64, thread_rows = 4 : i64, thread_columns = 4 : i64, stages = 3 : i64, turn = 0 : i64, splits = 2 : i64},
      {tile_rows = 32 : i64, tile_columns = 64 : i64, tile_depth = 32 : i64, parts_rows = 1 : i64, parts_columns = 1 : i64, thread_rows = 4 : i64, thread_columns = 4 : i64, stages = 3 : i64, turn = 0 : i64, splits = 4 : i64},
      {tile_rows = 64 : i64, tile_columns = 64 : i64, tile_depth = 16 : i64, parts_rows = 2 : i64, parts_columns = 2 : i64, thread_rows = 4 : i64, thread_columns = 4 : i64, stages = 3 : i64, turn = 1 : i64, splits = 4 : i64, cluster = 4 : i64},
      {tile_rows = 32 : i64, tile_columns = 64 : i64, tile_depth = 32 : i64, parts_rows = 1 : i64, parts_columns = 1 : i64, thread_rows = 4 : i64, thread_columns = 4 : i64, stages = 3 : i64, turn = 0 : i64, splits = 4 : i64, cluster = 4 : i64}]} {
    %function = transform.get_parent_op %anchor {op_name = "func.func"} : (!transform.any_op) -> !transform.any_op
    // The tile of a block: rows and columns of the result, and steps of the reduction at a time.
    %tile_rows = transform.tune.knob<"tile_rows"> = 128 : i64 from options = [16, 28, 32, 56, 64, 112, 128, 256] -> !transform.param<i64>
    %tile_columns = transform.tune.knob<"tile_columns"> = 128 : i64 from options = [16, 32, 64, 128, 256] -> !transform.param<i64>
    %tile_depth = transform.tune.knob<"tile_depth"> = 16 : i64 from options = [8, 16, 32, 64] -> !transform.param<i64>
    // Parts of the tile that a thread works on. Two that are half a tile apart keep threads out of each other's banks.
    %parts_rows = transform.tune.knob<"parts_rows"> = 2 : i64 from options = [1, 2] -> !transform.param<i64>
    %parts_columns = transform.tune.knob<"parts_columns"> = 2 : i64 from options = [1, 2] -> !transform.param<i64>
    // Rows and columns of each part: accumulators in registers.
    %thread_rows = transform.tune.knob<"thread_rows"> = 4 : i64 from options = [1, 2, 4, 7, 8] -> !transform.param<i64>
    %thread_columns = transform.tune.knob<"thread_columns"> = 4 : i64 from options = [1, 2, 4, 8] -> !transform.param<i64>
    // Steps in shared memory: one that is used, the others on their way.
    %stages = transform.tune.knob<"stages"> = 3 : i64 from options = [2, 3, 4] -> !transform.param<i64>
    // Elements between rows in shared memory.
    %pad = transform.tune.knob<"pad"> = 4 : i64 from options = [0, 4] -> !transform.param<i64>
    // 1: what lies along the reduction is turned on its way to shared memory, so that a thread reads a step ahead.
    %turn = transform.tune.knob<"turn"> = 1 : i64 from options = [0, 1] -> !transform.param<i64>
    // Blocks that share the reduction of a tile.
    %splits = transform.tune.knob<"splits"> = 1 : i64 from options = [1, 2, 4, 8, 16, 32] -> !transform.param<i64>
    // So many of them add up within a cluster, the others through memory.
    %cluster = transform.tune.knob<"cluster"> = 1 : i64 from options = [1, 2, 4, 8] -> !transform.param<i64>
    %shared_bytes = transform.dlti.query ["GPU", "shared_bytes"] at %function : (!transform.any_op) -> !transform.param<i64>
    %multiprocessors = transform.dlti.query ["GPU", "multiprocessors"] at %function : (!transform.any_op) -> !transform.param<i64>
    %most_threads = transform.dlti.query ["GPU", "max_threads"] at %function : (!transform.any_op) -> !transform.param<i64>
    %registers = transform.dlti.query ["GPU", "registers"] at %function : (!transform.any_op) -> !transform.param<i64>
    %most_of_cluster = transform.dlti.query ["GPU", "cluster_blocks"] at %function : (!transform.any_op) -> !transform.param<i64>
    transform.smt.constrain_params(%tile_rows, %tile_columns, %tile_depth, %parts_rows, %parts_columns, %thread_rows, %thread_columns, %stages, %pad, %turn, %splits, %cluster, %batch, %rows_0, %rows_1, %rows_2, %columns_0, %columns_1, %depth_0, %depth_1, %depth_2, %shared_bytes, %multiprocessors, %most_threads, %registers, %most_of_cluster)
        : (!transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> () {
    ^bb0(%tile_rows_: !smt.int, %tile_columns_: !smt.int, %tile_depth_: !smt.int, %parts_rows_: !smt.int, %parts_columns_: !smt.int, %thread_rows_: !smt.int, %thread_columns_: !smt.int, %stages_: !smt.int, %pad_: !smt.int, %turn_: !smt.int, %splits_: !smt.int, %cluster_: !smt.int, %batch_: !smt.int, %rows_0_: !smt.int, %rows_1_: !smt.int, %rows_2_: !smt.int, %columns_0_: !smt.int, %columns_1_: !smt.int, %depth_0_: !smt.int, %depth_1_: !smt.int, %depth_2_: !smt.int, %shared_bytes_: !smt.int, %multiprocessors_: !smt.int, %most_threads_: !smt.int, %registers_: !smt.int, %most_of_cluster_: !smt.int):
      %c0 = smt.int.constant 0
      %c1 = smt.int.constant 1
      %c2 = smt.int.constant 2
      %c4 = smt.int.constant 4
      // Whole threads, whole warps.
      %v1 = smt.int.mul %parts_rows_, %thread_rows_
      %v2 = smt.int.mul %parts_columns_, %thread_columns_
      %v3 = smt.int.mod %tile_rows_, %v1
      %v4 = smt.eq %v3, %c0 : !smt.int
      smt.assert %v4
      %v5 = smt.int.mod %tile_columns_, %v2
      %v6 = smt.eq %v5, %c0 : !smt.int
      smt.assert %v6
      %v7 = smt.int.div %tile_rows_, %v1
      %v8 = smt.int.div %tile_columns_, %v2
      %threads = smt.int.mul %v7, %v8
      %v9 = smt.int.cmp le %threads, %most_threads_
      smt.assert %v9
      %c32 = smt.int.constant 32
      %v10 = smt.int.mod %threads, %c32
      %v11 = smt.eq %v10, %c0 : !smt.int
      smt.assert %v11
      // Accumulators, what is read for them and addresses fit the registers.
      %accumulators = smt.int.mul %v1, %v2
      %c128 = smt.int.constant 128
      %v12 = smt.int.cmp le %accumulators, %c128
      smt.assert %v12
      %v13 = smt.int.add %accumulators, %c32
      %v14 = smt.int.mul %v13, %threads
      %v15 = smt.int.cmp le %v14, %registers_
      smt.assert %v15
      // Shared memory.
      %v16 = smt.int.add %tile_depth_, %pad_
      %v17 = smt.int.add %tile_rows_, %tile_columns_
      %v18 = smt.int.mul %v16, %v17
      %v19 = smt.int.mul %v18, %stages_
      %v20 = smt.int.mul %v19, %c4
      %v21 = smt.int.cmp le %v20, %shared_bytes_
      smt.assert %v21
      // The code of a step stays in the instruction cache.
      %v58 = smt.int.mul %accumulators, %tile_depth_
      %c4096 = smt.int.constant 4096
      %v59 = smt.int.cmp le %v58, %c4096
      smt.assert %v59
      // Rows of a turned tile are written together: not to one bank.
      %v60 = smt.eq %turn_, %c0 : !smt.int
      %v61 = smt.eq %pad_, %c4 : !smt.int
      %v62 = smt.or %v60, %v61
      smt.assert %v62
      // Of two tiles that hold everything the smaller one.
      %v22 = smt.int.mul %rows_0_, %rows_1_
      %rows = smt.int.mul %v22, %rows_2_
      %columns = smt.int.mul %columns_0_, %columns_1_
      %v23 = smt.int.mul %depth_0_, %depth_1_
      %depth = smt.int.mul %v23, %depth_2_
      %c16 = smt.int.constant 16
      %v24 = smt.eq %tile_rows_, %c16 : !smt.int
      %v25 = smt.int.mul %rows, %c2
      %v26 = smt.int.cmp lt %tile_rows_, %v25
      %v27 = smt.or %v24, %v26
      smt.assert %v27
      %v28 = smt.eq %tile_columns_, %c16 : !smt.int
      %v29 = smt.int.mul %columns, %c2
      %v30 = smt.int.cmp lt %tile_columns_, %v29
      %v31 = smt.or %v28, %v30
      smt.assert %v31
      %c8 = smt.int.constant 8
      %v32 = smt.eq %tile_depth_, %c8 : !smt.int
      %v33 = smt.int.mul %depth, %c2
      %v34 = smt.int.cmp lt %tile_depth_, %v33
      %v35 = smt.or %v32, %v34
      smt.assert %v35
      // No more splits than fill the processor a few times, or than there are steps to share; enough that it is not idle.
      %v36 = smt.int.add %rows, %tile_rows_
      %v37 = smt.int.sub %v36, %c1
      %v38 = smt.int.div %v37, %tile_rows_
      %v39 = smt.int.add %columns, %tile_columns_
      %v40 = smt.int.sub %v39, %c1
      %v41 = smt.int.div %v40, %tile_columns_
      %v42 = smt.int.mul %v38, %v41
      %blocks = smt.int.mul %v42, %batch_
      %v43 = smt.int.add %depth, %tile_depth_
      %v44 = smt.int.sub %v43, %c1
      %steps = smt.int.div %v44, %tile_depth_
      %v45 = smt.int.mul %blocks, %splits_
      %v46 = smt.int.mul %multiprocessors_, %c4
      %v47 = smt.eq %splits_, %c1 : !smt.int
      %v48 = smt.int.cmp le %v45, %v46
      %v49 = smt.int.mul %splits_, %c2
      %v50 = smt.int.cmp le %v49, %steps
      %v51 = smt.and %v48, %v50
      %v52 = smt.or %v47, %v51
      smt.assert %v52
      %v53 = smt.int.cmp ge %v45, %multiprocessors_
      %v54 = smt.eq %splits_, %c32 : !smt.int
      %v55 = smt.int.mul %splits_, %c4
      %v56 = smt.int.cmp gt %v55, %steps
      %v57 = smt.or %v53, %v54, %v56
      smt.assert %v57
      // Whole clusters, where there are any, whose sums fit where operands were.
      %v63 = smt.int.cmp le %cluster_, %most_of_cluster_
      smt.assert %v63
      %v64 = smt.int.mod %splits_, %cluster_
      %v65 = smt.eq %v64, %c0 : !smt.int
      smt.assert %v65
      %v66 = smt.eq %cluster_, %c1 : !smt.int
      %v67 = smt.int.mul %tile_rows_, %tile_columns_, %c4
      %v68 = smt.int.cmp le %v67, %shared_bytes_
      %v69 = smt.or %v66, %v68
      smt.assert %v69
      smt.yield
    }

    %launches = transform.chameleon.lower_to_gpu_contraction %anchor tile %tile_rows, %tile_columns, %tile_depth
        interleave %parts_rows, %parts_columns thread %thread_rows, %thread_columns stages %stages pad %pad turn %turn splits %splits cluster %cluster
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    transform.yield
  }

  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.foreach_match in %root
        @match_matmul -> @matmul,
        @match_batch_matmul -> @contraction,
        @match_conv_nhwc -> @contraction,
        @match_conv_nchw -> @contraction,
        @match_conv_1d_nwc -> @contraction,
        @match_conv_1d_ncw -> @contraction,
        @match_conv_3d_ndhwc -> @contraction,
        @match_conv_grouped_nchw -> @contraction,
        @match_conv_grouped_nhwc -> @contraction
        : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

// What the matchers of all targets ask of an operation. Every library may include these sequences by their names.
!op = !transform.any_op
!param = !transform.param<i64>
module attributes {transform.with_named_sequence} {
  // Two parallel loops, then one of a reduction.
  transform.named_sequence @has_matrix_loops(%anchor: !op {transform.readonly}) {
    transform.match.structured failures(propagate) %anchor : !op {
    ^bb0(%op: !op):
      %rank = transform.match.structured.rank %op : (!op) -> !param
      %three = transform.param.constant 3 : i64 -> !param
      transform.match.param.cmpi eq %rank, %three : !param
      transform.match.structured.dim %op[0, 1] {parallel} : !op
      transform.match.structured.dim %op[2] {reduction} : !op
      transform.match.structured.yield
    }
    transform.yield
  }

  // Three parallel loops, then one of a reduction.
  transform.named_sequence @has_batch_loops(%anchor: !op {transform.readonly}) {
    transform.match.structured failures(propagate) %anchor : !op {
    ^bb0(%op: !op):
      %rank = transform.match.structured.rank %op : (!op) -> !param
      %four = transform.param.constant 4 : i64 -> !param
      transform.match.param.cmpi eq %rank, %four : !param
      transform.match.structured.dim %op[0, 1, 2] {parallel} : !op
      transform.match.structured.dim %op[3] {reduction} : !op
      transform.match.structured.yield
    }
    transform.yield
  }

  // One loop each of rows, columns and the reduction. Yields the loops of the batch.
  transform.named_sequence @is_matrix_product(%anchor: !op {transform.readonly}) -> !param {
    %batches = transform.match.structured failures(propagate) %anchor : (!op) -> !param {
    ^bb0(%op: !op):
      %batch, %m, %n, %k = transform.match.structured.classify_contraction_dims %op
          : (!op) -> (!param, !param, !param, !param)
      %one = transform.param.constant 1 : i64 -> !param
      %num_m = transform.num_associations %m : (!param) -> !param
      transform.match.param.cmpi eq %num_m, %one : !param
      %num_n = transform.num_associations %n : (!param) -> !param
      transform.match.param.cmpi eq %num_n, %one : !param
      %num_k = transform.num_associations %k : (!param) -> !param
      transform.match.param.cmpi eq %num_k, %one : !param
      transform.match.structured.yield %batch : !param
    }
    transform.yield %batches : !param
  }

  // Adds products of floats up.
  transform.named_sequence @adds_float_products(%anchor: !op {transform.readonly}) {
    transform.match.structured failures(propagate) %anchor : !op {
    ^bb0(%op: !op):
      transform.match.structured.body %op {contraction = ["arith.mulf", "arith.addf"]} : !op
      transform.match.structured.yield
    }
    transform.yield
  }

  // Of matrix loops: one row, or one column.
  transform.named_sequence @has_one_row(%anchor: !op {transform.readonly}) {
    %rows = transform.chameleon.loop_extents %anchor[0]
    %one = transform.param.constant 1 : i64 -> !param
    transform.match.param.cmpi eq %rows, %one : !param
    transform.yield
  }
  transform.named_sequence @has_one_column(%anchor: !op {transform.readonly}) {
    %columns = transform.chameleon.loop_extents %anchor[1]
    %one = transform.param.constant 1 : i64 -> !param
    transform.match.param.cmpi eq %columns, %one : !param
    transform.yield
  }

  // A matrix product with several rows and columns; of whatever, or of floats.
  transform.named_sequence @has_matmul_loops(%anchor: !op {transform.readonly}) {
    transform.include @has_matrix_loops failures(propagate) (%anchor) : (!op) -> ()
    %batch = transform.include @is_matrix_product failures(propagate) (%anchor) : (!op) -> !param
    %rows, %columns = transform.chameleon.loop_extents %anchor[0, 1]
    %one = transform.param.constant 1 : i64 -> !param
    transform.match.param.cmpi gt %rows, %one : !param
    transform.match.param.cmpi gt %columns, %one : !param
    transform.yield
  }
  transform.named_sequence @is_matmul(%anchor: !op {transform.readonly}) {
    transform.include @has_matmul_loops failures(propagate) (%anchor) : (!op) -> ()
    transform.include @adds_float_products failures(propagate) (%anchor) : (!op) -> ()
    transform.yield
  }

  // A batch of matrix products, by one loop; of whatever, or of floats.
  transform.named_sequence @has_batch_matmul_loops(%anchor: !op {transform.readonly}) {
    transform.include @has_batch_loops failures(propagate) (%anchor) : (!op) -> ()
    %batch = transform.include @is_matrix_product failures(propagate) (%anchor) : (!op) -> !param
    %one = transform.param.constant 1 : i64 -> !param
    %num_batch = transform.num_associations %batch : (!param) -> !param
    transform.match.param.cmpi eq %num_batch, %one : !param
    transform.yield
  }
  transform.named_sequence @is_batch_matmul(%anchor: !op {transform.readonly}) {
    transform.include @has_batch_matmul_loops failures(propagate) (%anchor) : (!op) -> ()
    transform.include @adds_float_products failures(propagate) (%anchor) : (!op) -> ()
    transform.yield
  }

  // A reduction of a whole operand whose innermost loop is reduced, the one outside of it, or the outermost one of
  // several.
  transform.named_sequence @reduces_inner(%anchor: !op {transform.readonly}) {
    transform.match.structured failures(propagate) %anchor : !op {
    ^bb0(%op: !op):
      transform.match.structured.dim %op[-1] {reduction} : !op
      transform.match.structured.input %op[0] {permutation} : !op
      transform.match.structured.yield
    }
    transform.yield
  }
  transform.named_sequence @reduces_outer(%anchor: !op {transform.readonly}) {
    transform.match.structured failures(propagate) %anchor : !op {
    ^bb0(%op: !op):
      transform.match.structured.dim %op[-1] {parallel} : !op
      transform.match.structured.dim %op[-2] {reduction} : !op
      transform.match.structured.input %op[0] {permutation} : !op
      transform.match.structured.yield
    }
    transform.yield
  }
  transform.named_sequence @reduces_first(%anchor: !op {transform.readonly}) {
    transform.match.structured failures(propagate) %anchor : !op {
    ^bb0(%op: !op):
      transform.match.structured.dim %op[-1] {parallel} : !op
      transform.match.structured.dim %op[-2] {parallel} : !op
      transform.match.structured.dim %op[0] {reduction} : !op
      transform.match.structured.input %op[0] {permutation} : !op
      transform.match.structured.yield
    }
    transform.yield
  }

  // Elements of the result are addressed one by one: memory has whole bytes for each, whatever its type.
  transform.named_sequence @has_whole_bytes(%anchor: !op {transform.readonly}) {
    transform.yield
  }
}

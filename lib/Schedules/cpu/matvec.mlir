// Products of a vector and a matrix: linalg.matmul with one row or one column, the matrix plain or transposed. Each
// element of the matrix is used once, so that nothing is packed: the memory is what limits. A matrix that is read along
// the result is added up row by row, in registers; one that is read along the reduction gives one dot product after
// another.
!op = !transform.any_op
!param = !transform.param<i64>
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match_vector_matrix(%anchor: !op {transform.readonly}) -> !op {
    transform.include @has_matrix_loops failures(propagate) (%anchor) : (!op) -> ()
    transform.include @adds_float_products failures(propagate) (%anchor) : (!op) -> ()
    transform.include @has_one_row failures(propagate) (%anchor) : (!op) -> ()
    transform.chameleon.applies "lower_to_vectors" to %anchor : !op
    transform.yield %anchor : !op
  }

  transform.named_sequence @match_matrix_vector(%anchor: !op {transform.readonly}) -> !op {
    transform.include @has_matrix_loops failures(propagate) (%anchor) : (!op) -> ()
    transform.include @adds_float_products failures(propagate) (%anchor) : (!op) -> ()
    transform.include @has_one_column failures(propagate) (%anchor) : (!op) -> ()
    transform.chameleon.applies "lower_to_vectors" to %anchor : !op
    transform.yield %anchor : !op
  }

  transform.named_sequence @vector_matrix(%anchor: !op {transform.readonly}) {
    %function = transform.get_parent_op %anchor {op_name = "func.func"} : (!op) -> !op
    // Vectors in a step: the accumulators, and what is read at once from a row of the matrix.
    %vectors = transform.tune.knob<"vectors"> = 8 from options = [1, 2, 4, 8, 16] -> !param
    // Shared among threads? A short operation is over before they have started.
    %parallel = transform.tune.knob<"parallel"> = 1 from options = [0, 1] -> !param

    %register_bits = transform.dlti.query ["CPU", "vector_bits"] at %function : (!op) -> !param
    %threads = transform.dlti.query ["CPU", "threads"] at %function : (!op) -> !param
    %rows, %columns = transform.chameleon.loop_extents %anchor[0, 1]
    %width = transform.chameleon.element_bits %anchor
    %column_part, %lanes = transform.chameleon.constrain {
      assert %parallel == 0 or %threads > 1
      // Whole vectors for each thread.
      let lanes = %register_bits div %width
      let share = %columns ceildiv lanes ceildiv %threads * lanes
      yield if %parallel == 1 then share else %columns, lanes
    }

    %root = transform.include @last_operation failures(propagate) (%function) : (!op) -> !op
    %part, %share_loop = transform.structured.fuse %root tile_sizes [%rows, %column_part]
        {apply_cleanup, use_forall} : (!op, !param, !param) -> (!op, !op)
    transform.chameleon.simplify %function
    transform.include @vectorize_rest failures(propagate) (%function, %lanes, %vectors) : (!op, !param, !param) -> ()
    transform.yield
  }

  transform.named_sequence @matrix_vector(%anchor: !op {transform.readonly}) {
    %function = transform.get_parent_op %anchor {op_name = "func.func"} : (!op) -> !op
    // Vectors in a step: independent sums hide the latency of a multiply-add.
    %vectors = transform.tune.knob<"vectors"> = 4 from options = [1, 2, 4, 8] -> !param
    // Shared among threads? A short operation is over before they have started.
    %parallel = transform.tune.knob<"parallel"> = 1 from options = [0, 1] -> !param

    %register_bits = transform.dlti.query ["CPU", "vector_bits"] at %function : (!op) -> !param
    %threads = transform.dlti.query ["CPU", "threads"] at %function : (!op) -> !param
    %rows, %columns = transform.chameleon.loop_extents %anchor[0, 1]
    %width = transform.chameleon.element_bits %anchor
    %row_part, %lanes = transform.chameleon.constrain {
      assert %parallel == 0 or %threads > 1
      yield if %parallel == 1 then %rows ceildiv %threads else %rows, %register_bits div %width
    }

    %root = transform.include @last_operation failures(propagate) (%function) : (!op) -> !op
    %part, %share_loop = transform.structured.fuse %root tile_sizes [%row_part, %columns]
        {apply_cleanup, use_forall} : (!op, !param, !param) -> (!op, !op)
    transform.chameleon.simplify %function
    transform.include @vectorize_rest failures(propagate) (%function, %lanes, %vectors) : (!op, !param, !param) -> ()
    transform.yield
  }

  transform.named_sequence @__transform_main(%root: !op) {
    transform.foreach_match in %root
        @match_vector_matrix -> @vector_matrix,
        @match_matrix_vector -> @matrix_vector
        : (!op) -> !op
    transform.yield
  }
}

// Products of a vector and a matrix: linalg.matmul with one row or one column, the matrix plain or transposed. Each element of
// the matrix is used once, so that nothing is packed: the memory is what limits. A matrix that is read along the result is
// added up row by row, in registers; one that is read along the reduction gives one dot product after another.
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match_vector_matrix(%anchor: !transform.any_op {transform.readonly}) -> !transform.any_op {
    %matched = transform.match.structured failures(propagate) %anchor : (!transform.any_op) -> !transform.any_op {
    ^bb0(%op: !transform.any_op):
      %rank = transform.match.structured.rank %op : (!transform.any_op) -> !transform.param<i64>
      %loops = transform.param.constant 3 : i64 -> !transform.param<i64>
      transform.match.param.cmpi eq %rank, %loops : !transform.param<i64>
      transform.match.structured.dim %op[0, 1] {parallel} : !transform.any_op
      transform.match.structured.dim %op[2] {reduction} : !transform.any_op
      transform.match.structured.body %op {contraction = ["arith.mulf", "arith.addf"]} : !transform.any_op
      %extent = transform.match.structured.dim %op[0] : (!transform.any_op) -> !transform.param<i64>
      %one = transform.param.constant 1 : i64 -> !transform.param<i64>
      transform.match.param.cmpi eq %extent, %one : !transform.param<i64>
      transform.match.structured.yield %op : !transform.any_op
    }
    transform.yield %matched : !transform.any_op
  }

  transform.named_sequence @match_matrix_vector(%anchor: !transform.any_op {transform.readonly}) -> !transform.any_op {
    %matched = transform.match.structured failures(propagate) %anchor : (!transform.any_op) -> !transform.any_op {
    ^bb0(%op: !transform.any_op):
      %rank = transform.match.structured.rank %op : (!transform.any_op) -> !transform.param<i64>
      %loops = transform.param.constant 3 : i64 -> !transform.param<i64>
      transform.match.param.cmpi eq %rank, %loops : !transform.param<i64>
      transform.match.structured.dim %op[0, 1] {parallel} : !transform.any_op
      transform.match.structured.dim %op[2] {reduction} : !transform.any_op
      transform.match.structured.body %op {contraction = ["arith.mulf", "arith.addf"]} : !transform.any_op
      %extent = transform.match.structured.dim %op[1] : (!transform.any_op) -> !transform.param<i64>
      %one = transform.param.constant 1 : i64 -> !transform.param<i64>
      transform.match.param.cmpi eq %extent, %one : !transform.param<i64>
      transform.match.structured.yield %op : !transform.any_op
    }
    transform.yield %matched : !transform.any_op
  }

  transform.named_sequence @vector_matrix(%anchor: !transform.any_op {transform.readonly}) {
    %function = transform.get_parent_op %anchor {op_name = "func.func"} : (!transform.any_op) -> !transform.any_op
    // Vectors in a step: the accumulators, and what is read at once from a row of the matrix.
    %vectors = transform.tune.knob<"vectors"> = 8 : i64 from options = [1, 2, 4, 8, 16] -> !transform.param<i64>
    // Shared among threads? A short operation is over before they have started.
    %parallel = transform.tune.knob<"parallel"> = 1 : i64 from options = [0, 1] -> !transform.param<i64>

    %register_bits = transform.dlti.query ["CPU", "vector_bits"] at %function : (!transform.any_op) -> !transform.param<i64>
    %threads = transform.dlti.query ["CPU", "threads"] at %function : (!transform.any_op) -> !transform.param<i64>
    %d0, %d1, %width = transform.match.structured failures(propagate) %anchor
        : (!transform.any_op) -> (!transform.param<i64>, !transform.param<i64>, !transform.param<i64>) {
    ^bb0(%op: !transform.any_op):
      %d0_dim = transform.match.structured.dim %op[0] : (!transform.any_op) -> !transform.param<i64>
      %d1_dim = transform.match.structured.dim %op[1] : (!transform.any_op) -> !transform.param<i64>
      %init = transform.match.structured.init %op[0] : (!transform.any_op) -> !transform.any_value
      %bits = transform.match.structured.elemental_bitwidth %init : (!transform.any_value) -> !transform.param<i64>
      transform.match.structured.yield %d0_dim, %d1_dim, %bits
          : !transform.param<i64>, !transform.param<i64>, !transform.param<i64>
    }
    %part0, %part1, %lanes = transform.smt.constrain_params(%vectors, %parallel, %d0, %d1, %width, %register_bits, %threads)
        : (!transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>)
        -> (!transform.param<i64>, !transform.param<i64>, !transform.param<i64>) {
    ^bb0(%vectors_: !smt.int, %parallel_: !smt.int, %d0_: !smt.int, %d1_: !smt.int, %width_: !smt.int, %register_bits_: !smt.int, %threads_: !smt.int):
      // Whole vectors for each thread.
      %c0 = smt.int.constant 0
      %v1 = smt.eq %parallel_, %c0 : !smt.int
      %c1 = smt.int.constant 1
      %v2 = smt.int.cmp gt %threads_, %c1
      %v3 = smt.or %v1, %v2
      smt.assert %v3
      %lanes = smt.int.div %register_bits_, %width_
      %v4 = smt.int.add %d1_, %lanes
      %v5 = smt.int.sub %v4, %c1
      %registers = smt.int.div %v5, %lanes
      %v6 = smt.int.add %registers, %threads_
      %v7 = smt.int.sub %v6, %c1
      %share = smt.int.div %v7, %threads_
      %elements = smt.int.mul %share, %lanes
      %part0 = smt.int.add %d0_, %c0
      %v8 = smt.eq %parallel_, %c1 : !smt.int
      %part1 = smt.ite %v8, %elements, %d1_ : !smt.int
      smt.yield %part0, %part1, %lanes : !smt.int, !smt.int, !smt.int
    }

    // The last operation; its producers come along.
    %return = transform.structured.match ops{["func.return"]} in %function : (!transform.any_op) -> !transform.any_op
    %root = transform.get_producer_of_operand %return[0] : (!transform.any_op) -> !transform.any_op
    %part, %share_loop = transform.structured.fuse %root tile_sizes [%part0, %part1] {apply_cleanup, use_forall}
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op)
    transform.chameleon.simplify %function : !transform.any_op
    // Everything by vectors; functions that would be calls for each element by polynomials.
    %operations = transform.structured.match interface{LinalgOp} in %function : (!transform.any_op) -> !transform.any_op
    transform.chameleon.lower_to_vectors %operations lanes %lanes vectors %vectors : !transform.any_op, !transform.param<i64>, !transform.param<i64>
    transform.chameleon.approximate_math %function : !transform.any_op
    // What does not change within a loop is computed before it.
    %all_loops = transform.structured.match ops{["scf.for"]} in %function : (!transform.any_op) -> !transform.any_op
    transform.apply_licm to %all_loops : !transform.any_op
    transform.apply_patterns to %function {
      transform.apply_patterns.vector.lower_transpose lowering_strategy = "shuffle_16x16"
    } : !transform.any_op
    transform.chameleon.simplify %function {fold_transfers} : !transform.any_op
    transform.apply_cse to %function : !transform.any_op
    transform.yield
  }

  transform.named_sequence @matrix_vector(%anchor: !transform.any_op {transform.readonly}) {
    %function = transform.get_parent_op %anchor {op_name = "func.func"} : (!transform.any_op) -> !transform.any_op
    // Vectors in a step: independent sums hide the latency of a multiply-add.
    %vectors = transform.tune.knob<"vectors"> = 4 : i64 from options = [1, 2, 4, 8] -> !transform.param<i64>
    // Shared among threads? A short operation is over before they have started.
    %parallel = transform.tune.knob<"parallel"> = 1 : i64 from options = [0, 1] -> !transform.param<i64>

    %register_bits = transform.dlti.query ["CPU", "vector_bits"] at %function : (!transform.any_op) -> !transform.param<i64>
    %threads = transform.dlti.query ["CPU", "threads"] at %function : (!transform.any_op) -> !transform.param<i64>
    %d0, %d1, %width = transform.match.structured failures(propagate) %anchor
        : (!transform.any_op) -> (!transform.param<i64>, !transform.param<i64>, !transform.param<i64>) {
    ^bb0(%op: !transform.any_op):
      %d0_dim = transform.match.structured.dim %op[0] : (!transform.any_op) -> !transform.param<i64>
      %d1_dim = transform.match.structured.dim %op[1] : (!transform.any_op) -> !transform.param<i64>
      %init = transform.match.structured.init %op[0] : (!transform.any_op) -> !transform.any_value
      %bits = transform.match.structured.elemental_bitwidth %init : (!transform.any_value) -> !transform.param<i64>
      transform.match.structured.yield %d0_dim, %d1_dim, %bits
          : !transform.param<i64>, !transform.param<i64>, !transform.param<i64>
    }
    %part0, %part1, %lanes = transform.smt.constrain_params(%vectors, %parallel, %d0, %d1, %width, %register_bits, %threads)
        : (!transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>)
        -> (!transform.param<i64>, !transform.param<i64>, !transform.param<i64>) {
    ^bb0(%vectors_: !smt.int, %parallel_: !smt.int, %d0_: !smt.int, %d1_: !smt.int, %width_: !smt.int, %register_bits_: !smt.int, %threads_: !smt.int):
      %c0 = smt.int.constant 0
      %v1 = smt.eq %parallel_, %c0 : !smt.int
      %c1 = smt.int.constant 1
      %v2 = smt.int.cmp gt %threads_, %c1
      %v3 = smt.or %v1, %v2
      smt.assert %v3
      %lanes = smt.int.div %register_bits_, %width_
      %v4 = smt.int.add %d0_, %threads_
      %v5 = smt.int.sub %v4, %c1
      %rows = smt.int.div %v5, %threads_
      %v6 = smt.eq %parallel_, %c1 : !smt.int
      %part0 = smt.ite %v6, %rows, %d0_ : !smt.int
      %part1 = smt.int.add %d1_, %c0
      smt.yield %part0, %part1, %lanes : !smt.int, !smt.int, !smt.int
    }

    // The last operation; its producers come along.
    %return = transform.structured.match ops{["func.return"]} in %function : (!transform.any_op) -> !transform.any_op
    %root = transform.get_producer_of_operand %return[0] : (!transform.any_op) -> !transform.any_op
    %part, %share_loop = transform.structured.fuse %root tile_sizes [%part0, %part1] {apply_cleanup, use_forall}
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op)
    transform.chameleon.simplify %function : !transform.any_op
    // Everything by vectors; functions that would be calls for each element by polynomials.
    %operations = transform.structured.match interface{LinalgOp} in %function : (!transform.any_op) -> !transform.any_op
    transform.chameleon.lower_to_vectors %operations lanes %lanes vectors %vectors : !transform.any_op, !transform.param<i64>, !transform.param<i64>
    transform.chameleon.approximate_math %function : !transform.any_op
    // What does not change within a loop is computed before it.
    %all_loops = transform.structured.match ops{["scf.for"]} in %function : (!transform.any_op) -> !transform.any_op
    transform.apply_licm to %all_loops : !transform.any_op
    transform.apply_patterns to %function {
      transform.apply_patterns.vector.lower_transpose lowering_strategy = "shuffle_16x16"
    } : !transform.any_op
    transform.chameleon.simplify %function {fold_transfers} : !transform.any_op
    transform.apply_cse to %function : !transform.any_op
    transform.yield
  }

  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.foreach_match in %root
        @match_vector_matrix -> @vector_matrix,
        @match_matrix_vector -> @matrix_vector
        : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

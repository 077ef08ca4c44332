// Matrix products that matmul.mlir and batch_matmul.mlir are not made for, because they do not multiply and add floats:
// integers (8 bits into 32), maxima of sums. Plain, but by vectors: a tile of mr x nr results stays in registers over
// the reduction.
!op = !transform.any_op
!param = !transform.param<i64>
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match_plain_contraction(%anchor: !op {transform.readonly}) -> !op {
    transform.include @has_matrix_loops failures(propagate) (%anchor) : (!op) -> ()
    %batch = transform.include @is_matrix_product failures(propagate) (%anchor) : (!op) -> !param
    transform.chameleon.applies "vectorize" to %anchor : !op
    transform.yield %anchor : !op
  }

  transform.named_sequence @match_plain_batch_contraction(%anchor: !op {transform.readonly}) -> !op {
    transform.include @has_batch_loops failures(propagate) (%anchor) : (!op) -> ()
    %batch = transform.include @is_matrix_product failures(propagate) (%anchor) : (!op) -> !param
    transform.chameleon.applies "vectorize" to %anchor : !op
    transform.yield %anchor : !op
  }

  transform.named_sequence @plain_contraction(%anchor: !op {transform.consumed}) {
    %function = transform.get_parent_op %anchor {op_name = "func.func"} : (!op) -> !op
    // Register tile: rows x columns.
    %mr = transform.tune.knob<"mr"> = 4 from options = [1, 2, 3, 4, 5, 6, 7, 8] -> !param
    %nr = transform.tune.knob<"nr"> = 32 from options = [1, 2, 4, 8, 16, 32, 64] -> !param

    %registers = transform.dlti.query ["CPU", "registers"] at %function : (!op) -> !param
    %bits = transform.dlti.query ["CPU", "vector_bits"] at %function : (!op) -> !param
    %threads = transform.dlti.query ["CPU", "threads"] at %function : (!op) -> !param
    %width = transform.chameleon.element_bits %anchor
    %m, %n = transform.chameleon.loop_extents %anchor[0, 1]
    %row_part = transform.chameleon.constrain {
      // The accumulators and a row of the right operand fit the registers.
      let vectors = (%nr * %width) ceildiv %bits
      assert vectors * %mr + vectors + 1 <= %registers
      // Rows divide; the last columns become a tile of their own.
      assert %mr <= %m and %m mod %mr == 0
      assert %nr <= %n
      // Without threads the parallel loop has one iteration.
      yield if %threads == 1 then %m else %mr
    }

    transform.include @generalize failures(propagate) (%function, %anchor) : (!op, !op) -> ()
    %root = transform.include @mark_root failures(propagate) (%function) : (!op) -> !op
    %part, %parallel = transform.structured.fuse %root tile_sizes [%row_part]
        {apply_cleanup, use_forall} : (!op, !param) -> (!op, !op)
    %root_part = transform.include @part_of_root failures(propagate) (%function) : (!op) -> !op
    %tile, %loops:2 = transform.structured.fuse %root_part tile_sizes [%mr, %nr]
        interchange [0, 1] {apply_cleanup} : (!op, !param, !param) -> (!op, !op, !op)
    transform.chameleon.peel_loop %loops#1
    transform.include @vectorize_windows failures(propagate) (%function) : (!op) -> ()
    transform.yield
  }

  transform.named_sequence @plain_batch_contraction(%anchor: !op {transform.consumed}) {
    %function = transform.get_parent_op %anchor {op_name = "func.func"} : (!op) -> !op
    // Register tile: rows x columns.
    %mr = transform.tune.knob<"mr"> = 4 from options = [1, 2, 3, 4, 5, 6, 7, 8] -> !param
    %nr = transform.tune.knob<"nr"> = 32 from options = [1, 2, 4, 8, 16, 32, 64] -> !param

    %registers = transform.dlti.query ["CPU", "registers"] at %function : (!op) -> !param
    %bits = transform.dlti.query ["CPU", "vector_bits"] at %function : (!op) -> !param
    %threads = transform.dlti.query ["CPU", "threads"] at %function : (!op) -> !param
    %width = transform.chameleon.element_bits %anchor
    %b, %m, %n = transform.chameleon.loop_extents %anchor[0, 1, 2]
    %batch_part, %row_part = transform.chameleon.constrain {
      // The accumulators and a row of the right operand fit the registers.
      let vectors = (%nr * %width) ceildiv %bits
      assert vectors * %mr + vectors + 1 <= %registers
      // Rows divide; the last columns become a tile of their own.
      assert %mr <= %m and %m mod %mr == 0
      assert %nr <= %n
      // Without threads the parallel loop has one iteration.
      yield if %threads == 1 then %b else 1, if %threads == 1 then %m else %mr
    }

    transform.include @generalize failures(propagate) (%function, %anchor) : (!op, !op) -> ()
    %root = transform.include @mark_root failures(propagate) (%function) : (!op) -> !op
    %part, %parallel = transform.structured.fuse %root tile_sizes [%batch_part, %row_part]
        {apply_cleanup, use_forall} : (!op, !param, !param) -> (!op, !op)
    %root_part = transform.include @part_of_root failures(propagate) (%function) : (!op) -> !op
    %tile, %loops:3 = transform.structured.fuse %root_part tile_sizes [1, %mr, %nr]
        interchange [0, 1, 2] {apply_cleanup} : (!op, !param, !param) -> (!op, !op, !op, !op)
    transform.chameleon.peel_loop %loops#2
    transform.include @vectorize_windows failures(propagate) (%function) : (!op) -> ()
    transform.yield
  }

  transform.named_sequence @__transform_main(%root: !op) {
    transform.foreach_match in %root
        @match_plain_contraction -> @plain_contraction,
        @match_plain_batch_contraction -> @plain_batch_contraction
        : (!op) -> !op
    transform.yield
  }
}

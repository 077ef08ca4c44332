// Batches of matrix products: linalg.batch_matmul, plain or with transposed operands, and generics of the same form
// (batch, two parallel loops, one reduction), with whatever elementwise operations follow them. One matrix at a time,
// as matmul.mlir does it.
!op = !transform.any_op
!param = !transform.param<i64>
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match_batch_matmul(%anchor: !op {transform.readonly}) -> !op {
    transform.include @is_batch_matmul failures(propagate) (%anchor) : (!op) -> ()
    transform.chameleon.applies "vectorize" to %anchor : !op
    transform.yield %anchor : !op
  }

  transform.named_sequence @batch_matmul(%anchor: !op {transform.readonly})
      attributes {chameleon.seeds = [{mr = 8, nr = 32}, {mr = 6, nr = 16}]} {
    %function = transform.get_parent_op %anchor {op_name = "func.func"} : (!op) -> !op
    // What they mean: matmul.mlir.
    %mr = transform.tune.knob<"mr"> = 8 from options = [1, 2, 4, 6, 8, 12, 14] -> !param
    %nr = transform.tune.knob<"nr"> = 32 from options = [8, 16, 24, 32, 48, 64] -> !param
    %row_panels = transform.tune.knob<"row_panels"> = 16 from options = [1, 2, 4, 8, 16, 32, 64, 128] -> !param
    %column_panels = transform.tune.knob<"column_panels"> = 4 from options = [1, 2, 4, 8, 16, 32] -> !param
    %kc = transform.tune.knob<"kc"> = 256 from options = [64, 128, 256, 512, 1024] -> !param
    %pack_lhs = transform.tune.knob<"pack_lhs"> = 1 from options = [0, 1, 2] -> !param
    %pack_rhs = transform.tune.knob<"pack_rhs"> = 1 from options = [0, 1, 2] -> !param
    %rows_inside = transform.tune.knob<"rows_inside"> = 1 from options = [0, 1] -> !param
    // What a thread gets: matrices (0) or rows (1). Means nothing without threads.
    %share = transform.tune.knob<"share"> = 0 from options = [0, 1] -> !param

    %register_bits = transform.dlti.query ["CPU", "vector_bits"] at %function : (!op) -> !param
    %registers = transform.dlti.query ["CPU", "registers"] at %function : (!op) -> !param
    %l2_bytes = transform.dlti.query ["CPU", "l2_bytes"] at %function : (!op) -> !param
    %threads = transform.dlti.query ["CPU", "threads"] at %function : (!op) -> !param
    %batch, %rows, %columns, %depth = transform.chameleon.loop_extents %anchor[0, 1, 2, 3]
    %width = transform.chameleon.element_bits %anchor
    %lanes, %mc, %nc, %batch_part, %row_part, %order_rows, %order_columns = transform.chameleon.constrain {
      // Whole registers; accumulators, a row of vectors and a scalar fit; no register tile that is mostly filler.
      let lanes = %register_bits div %width
      assert %nr mod lanes == 0
      let vectors = %nr div lanes
      assert %mr * vectors + vectors + 1 <= %registers
      assert %mr == 1 or %mr * 3 < %rows * 4
      assert %nr == max(lanes, 8) or %nr < %columns + lanes
      // Cache tiles: of two that hold everything the smaller one.
      let mc = %mr * %row_panels
      let nc = %nr * %column_panels
      assert %row_panels == 1 or mc < %rows * 2
      assert %column_panels == 1 or nc < %columns * 2
      assert %kc == 64 or %kc < %depth * 2
      assert %row_panels == 1 or mc * %kc * %width <= %l2_bytes * 8
      // One order is enough where there is one cache tile in a row or column.
      assert %rows_inside == 1 or mc < %rows and nc < %columns
      // Threads: whole panels for each.
      assert %share == 0 or %threads > 1
      let batch_part = if %share == 1 then %batch else %batch ceildiv %threads
      let row_part = if %share == 1 then %rows ceildiv %mr ceildiv %threads * %mr else %rows
      yield lanes, mc, nc, batch_part, row_part, 1 + %rows_inside, 2 - %rows_inside
    }

    %root = transform.include @last_operation failures(propagate) (%function) : (!op) -> !op
    %part, %share_loop = transform.structured.fuse %root tile_sizes [%batch_part, %row_part]
        {apply_cleanup, use_forall} : (!op, !param, !param) -> (!op, !op)
    %tile, %loops:3 = transform.structured.fuse %part tile_sizes [1, %mc, %nc]
        interchange [0, %order_rows, %order_columns] {apply_cleanup}
        : (!op, !param, !param, !param, !param) -> (!op, !op, !op, !op)
    transform.chameleon.simplify %function
    %product = transform.structured.match attributes {chameleon.anchor} in %function : (!op) -> !op
    %fills, %copies = transform.chameleon.lower_contraction %product rows %mr columns %nr depth %kc
        pack_lhs %pack_lhs pack_rhs %pack_rhs
    %vectors = transform.param.constant 4 : i64 -> !param
    transform.include @vectorize_rest failures(propagate) (%function, %lanes, %vectors) : (!op, !param, !param) -> ()
    transform.yield
  }

  transform.named_sequence @__transform_main(%root: !op) {
    transform.foreach_match in %root @match_batch_matmul -> @batch_matmul : (!op) -> !op
    transform.yield
  }
}

// Matrix products, one matrix a call: linalg.matmul, plain or with transposed operands, and generics of the same form
// (two parallel loops, one reduction), with whatever elementwise operations follow them.
//
// The blocking is that of BLIS: a tile of mr rows x nr columns of the result stays in registers over kc steps of the
// reduction; the panel of B which it reads (kc x nr) is for the first-level cache, the block of A (mc x kc) for the
// second. Operands are packed, so that both are contiguous and any extent is a whole number of register tiles. The
// elementwise operations run over an mc x nc tile while it is in the cache.
!op = !transform.any_op
!param = !transform.param<i64>
module attributes {transform.with_named_sequence} {
  // One row or column: matvec.mlir.
  transform.named_sequence @match_matmul(%anchor: !op {transform.readonly}) -> !op {
    transform.include @is_matmul failures(propagate) (%anchor) : (!op) -> ()
    transform.chameleon.applies "lower_contraction" to %anchor : !op
    transform.chameleon.applies "vectorize" to %anchor : !op
    transform.yield %anchor : !op
  }

  transform.named_sequence @matmul(%anchor: !op {transform.readonly}) attributes {chameleon.seeds = [
      {mr = 8, nr = 32}, {mr = 6, nr = 16},
      // Large matrices: few rows of A at a time, which stay in the second-level cache with the accumulators of many
      // columns.
      {mr = 8, nr = 32, row_panels = 4, column_panels = 16, kc = 512, pack_lhs = 2},
      {mr = 6, nr = 16, row_panels = 4, column_panels = 32, kc = 512, pack_lhs = 2}]} {
    %function = transform.get_parent_op %anchor {op_name = "func.func"} : (!op) -> !op
    // The register tile: rows, each element of which is spread over a vector, and columns. Of AVX-512's 32 registers 8
    // x 32 leaves 14 to operands, of AVX2's 16 6 x 16 leaves 4; more rows read fewer vectors for each multiply-add,
    // more columns fewer scalars.
    %mr = transform.tune.knob<"mr"> = 8 from options = [1, 2, 4, 6, 8, 12, 14] -> !param
    %nr = transform.tune.knob<"nr"> = 32 from options = [8, 16, 24, 32, 48, 64] -> !param
    // The cache tile in register tiles, and the steps of the reduction between two visits to the same accumulators.
    %row_panels = transform.tune.knob<"row_panels"> = 16 from options = [1, 2, 4, 8, 16, 32, 64, 128] -> !param
    %column_panels = transform.tune.knob<"column_panels"> = 8 from options = [1, 2, 4, 8, 16, 32, 64] -> !param
    %kc = transform.tune.knob<"kc"> = 256 from options = [64, 128, 256, 512, 1024] -> !param
    // Copy the operands into panels? 0: without, rows that are a power of two apart meet in few sets of the cache. 1:
    // all steps of the reduction, once for the cache tiles that share them; of a constant all tiles, once and for all.
    // 2: kc steps at a time, right before use.
    %pack_lhs = transform.tune.knob<"pack_lhs"> = 1 from options = [0, 1, 2] -> !param
    %pack_rhs = transform.tune.knob<"pack_rhs"> = 1 from options = [0, 1, 2] -> !param
    // Which cache tiles follow one another: those of the same columns (1: the panels of B are made once) or rows.
    %rows_inside = transform.tune.knob<"rows_inside"> = 1 from options = [0, 1] -> !param
    // What a thread gets: rows (0) or columns (1). Means nothing without threads.
    %share = transform.tune.knob<"share"> = 1 from options = [0, 1] -> !param

    %register_bits = transform.dlti.query ["CPU", "vector_bits"] at %function : (!op) -> !param
    %registers = transform.dlti.query ["CPU", "registers"] at %function : (!op) -> !param
    %l2_bytes = transform.dlti.query ["CPU", "l2_bytes"] at %function : (!op) -> !param
    %threads = transform.dlti.query ["CPU", "threads"] at %function : (!op) -> !param
    %lhs_constant = transform.chameleon.is_constant %anchor[0]
    %rhs_constant = transform.chameleon.is_constant %anchor[1]
    %rows, %columns, %depth = transform.chameleon.loop_extents %anchor[0, 1, 2]
    %width = transform.chameleon.element_bits %anchor
    %lanes, %mc, %nc, %row_part, %column_part, %order_columns, %lhs_packing, %rhs_packing
        = transform.chameleon.constrain {
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
      // A constant has its panels made at load, or none.
      assert %lhs_constant == 0 or %pack_lhs < 2
      assert %rhs_constant == 0 or %pack_rhs < 2
      // Threads: whole panels for each.
      assert %share == 1 or %threads > 1
      let by_rows = %rows ceildiv %mr ceildiv %threads * %mr
      let by_columns = %columns ceildiv %nr ceildiv %threads * %nr
      let row_part = if %share == 0 then by_rows else %rows
      let column_part = if %share == 1 then by_columns else %columns
      yield lanes, mc, nc, row_part, column_part, 1 - %rows_inside,
          %pack_lhs + %pack_lhs * 2 * %lhs_constant, %pack_rhs + %pack_rhs * 2 * %rhs_constant
    }

    %root = transform.include @last_operation failures(propagate) (%function) : (!op) -> !op
    %part, %share_loop = transform.structured.fuse %root tile_sizes [%row_part, %column_part]
        {apply_cleanup, use_forall} : (!op, !param, !param) -> (!op, !op)
    %tile, %loops:2 = transform.structured.fuse %part tile_sizes [%mc, %nc] interchange [%rows_inside, %order_columns]
        {apply_cleanup} : (!op, !param, !param, !param, !param) -> (!op, !op, !op)
    transform.chameleon.simplify %function
    %product = transform.structured.match attributes {chameleon.anchor} in %function : (!op) -> !op
    %fills, %copies = transform.chameleon.lower_contraction %product rows %mr columns %nr depth %kc
        pack_lhs %lhs_packing pack_rhs %rhs_packing
    %vectors = transform.param.constant 4 : i64 -> !param
    transform.include @vectorize_rest failures(propagate) (%function, %lanes, %vectors) : (!op, !param, !param) -> ()
    transform.yield
  }

  transform.named_sequence @__transform_main(%root: !op) {
    transform.foreach_match in %root @match_matmul -> @matmul : (!op) -> !op
    transform.yield
  }
}

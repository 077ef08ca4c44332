// Matrix products, one matrix a call: linalg.matmul, plain or with transposed operands, and generics of the same form
// (two parallel loops, one reduction), with whatever elementwise operations follow them.
//
// The blocking is that of BLIS: a tile of mr rows x nr columns of the result stays in registers over kc steps of the
// reduction; the panel of B which it reads (kc x nr) is for the first-level cache, the block of A (mc x kc) for the second.
// Operands are packed, so that both are contiguous and any extent is a whole number of register tiles. The elementwise
// operations run over an mc x nc tile while it is in the cache.
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match_matmul(%anchor: !transform.any_op {transform.readonly}) -> !transform.any_op {
    %matched = transform.match.structured failures(propagate) %anchor : (!transform.any_op) -> !transform.any_op {
    ^bb0(%op: !transform.any_op):
      %rank = transform.match.structured.rank %op : (!transform.any_op) -> !transform.param<i64>
      %loops = transform.param.constant 3 : i64 -> !transform.param<i64>
      transform.match.param.cmpi eq %rank, %loops : !transform.param<i64>
      transform.match.structured.dim %op[0, 1] {parallel} : !transform.any_op
      transform.match.structured.dim %op[2] {reduction} : !transform.any_op
      transform.match.structured.body %op {contraction = ["arith.mulf", "arith.addf"]} : !transform.any_op
      %batch, %m, %n, %k = transform.match.structured.classify_contraction_dims %op
        : (!transform.any_op) -> (!transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>)
      %one = transform.param.constant 1 : i64 -> !transform.param<i64>
      %num_m = transform.num_associations %m : (!transform.param<i64>) -> !transform.param<i64>
      transform.match.param.cmpi eq %num_m, %one : !transform.param<i64>
      %num_n = transform.num_associations %n : (!transform.param<i64>) -> !transform.param<i64>
      transform.match.param.cmpi eq %num_n, %one : !transform.param<i64>
      %num_k = transform.num_associations %k : (!transform.param<i64>) -> !transform.param<i64>
      transform.match.param.cmpi eq %num_k, %one : !transform.param<i64>
      // One row or column: matvec.mlir.
      %rows = transform.match.structured.dim %op[0] : (!transform.any_op) -> !transform.param<i64>
      transform.match.param.cmpi gt %rows, %one : !transform.param<i64>
      %columns = transform.match.structured.dim %op[1] : (!transform.any_op) -> !transform.param<i64>
      transform.match.param.cmpi gt %columns, %one : !transform.param<i64>
      transform.match.structured.yield %op : !transform.any_op
    }
    transform.yield %matched : !transform.any_op
  }

  transform.named_sequence @matmul(%anchor: !transform.any_op {transform.readonly})
      attributes {chameleon.seeds = [
          {mr = 8 : i64, nr = 32 : i64}, {mr = 6 : i64, nr = 16 : i64},
          // Large matrices: few rows of A at a time, which stay in the second-level cache with the accumulators of many columns.
          {mr = 8 : i64, nr = 32 : i64, row_panels = 4 : i64, column_panels = 16 : i64, kc = 512 : i64, pack_lhs = 2 : i64},
          {mr = 6 : i64, nr = 16 : i64, row_panels = 4 : i64, column_panels = 32 : i64, kc = 512 : i64, pack_lhs = 2 : i64}]} {
    %function = transform.get_parent_op %anchor {op_name = "func.func"} : (!transform.any_op) -> !transform.any_op
    // The register tile: rows, each element of which is spread over a vector, and columns. Of AVX-512's 32 registers 8 x 32
    // leaves 14 to operands, of AVX2's 16 6 x 16 leaves 4; more rows read fewer vectors for each multiply-add, more columns fewer scalars.
    %mr = transform.tune.knob<"mr"> = 8 : i64 from options = [1, 2, 4, 6, 8, 12, 14] -> !transform.param<i64>
    %nr = transform.tune.knob<"nr"> = 32 : i64 from options = [8, 16, 24, 32, 48, 64] -> !transform.param<i64>
    // The cache tile in register tiles, and the steps of the reduction between two visits to the same accumulators.
    %row_panels = transform.tune.knob<"row_panels"> = 16 : i64 from options = [1, 2, 4, 8, 16, 32, 64, 128] -> !transform.param<i64>
    %column_panels = transform.tune.knob<"column_panels"> = 8 : i64 from options = [1, 2, 4, 8, 16, 32, 64] -> !transform.param<i64>
    %kc = transform.tune.knob<"kc"> = 256 : i64 from options = [64, 128, 256, 512, 1024] -> !transform.param<i64>
    // Copy the operands into panels? 0: without, rows that are a power of two apart meet in few sets of the cache.
    // 1: all steps of the reduction, once for the cache tiles that share them; of a constant all tiles, once and for all.
    // 2: kc steps at a time, right before use.
    %pack_lhs = transform.tune.knob<"pack_lhs"> = 1 : i64 from options = [0, 1, 2] -> !transform.param<i64>
    %pack_rhs = transform.tune.knob<"pack_rhs"> = 1 : i64 from options = [0, 1, 2] -> !transform.param<i64>
    // Which cache tiles follow one another: those of the same columns (1: the panels of B are made once) or rows.
    %rows_inside = transform.tune.knob<"rows_inside"> = 1 : i64 from options = [0, 1] -> !transform.param<i64>
    // What a thread gets: rows (0) or columns (1). Means nothing without threads.
    %share = transform.tune.knob<"share"> = 1 : i64 from options = [0, 1] -> !transform.param<i64>

    %register_bits = transform.dlti.query ["CPU", "vector_bits"] at %function : (!transform.any_op) -> !transform.param<i64>
    %registers = transform.dlti.query ["CPU", "registers"] at %function : (!transform.any_op) -> !transform.param<i64>
    %l2_bytes = transform.dlti.query ["CPU", "l2_bytes"] at %function : (!transform.any_op) -> !transform.param<i64>
    %threads = transform.dlti.query ["CPU", "threads"] at %function : (!transform.any_op) -> !transform.param<i64>
    %lhs_constant = transform.chameleon.is_constant %anchor[0] : (!transform.any_op) -> !transform.param<i64>
    %rhs_constant = transform.chameleon.is_constant %anchor[1] : (!transform.any_op) -> !transform.param<i64>
    %rows, %columns, %depth, %width = transform.match.structured failures(propagate) %anchor
        : (!transform.any_op) -> (!transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) {
    ^bb0(%op: !transform.any_op):
      %rows_dim = transform.match.structured.dim %op[0] : (!transform.any_op) -> !transform.param<i64>
      %columns_dim = transform.match.structured.dim %op[1] : (!transform.any_op) -> !transform.param<i64>
      %depth_dim = transform.match.structured.dim %op[2] : (!transform.any_op) -> !transform.param<i64>
      %init = transform.match.structured.init %op[0] : (!transform.any_op) -> !transform.any_value
      %bits = transform.match.structured.elemental_bitwidth %init : (!transform.any_value) -> !transform.param<i64>
      transform.match.structured.yield %rows_dim, %columns_dim, %depth_dim, %bits
          : !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>
    }
    %lanes, %mc, %nc, %row_part, %column_part, %order_columns, %lhs_packing, %rhs_packing = transform.smt.constrain_params(%mr, %nr, %row_panels, %column_panels, %kc, %pack_lhs, %pack_rhs, %rows_inside, %share, %rows, %columns, %depth, %width, %register_bits, %registers, %l2_bytes, %threads, %lhs_constant, %rhs_constant)
        : (!transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>)
        -> (!transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) {
    ^bb0(%mr_: !smt.int, %nr_: !smt.int, %row_panels_: !smt.int, %column_panels_: !smt.int, %kc_: !smt.int, %pack_lhs_: !smt.int, %pack_rhs_: !smt.int, %rows_inside_: !smt.int, %share_: !smt.int, %rows_: !smt.int, %columns_: !smt.int, %depth_: !smt.int, %width_: !smt.int, %register_bits_: !smt.int, %registers_: !smt.int, %l2_bytes_: !smt.int, %threads_: !smt.int, %lhs_constant_: !smt.int, %rhs_constant_: !smt.int):
      // Whole registers; accumulators, a row of vectors and a scalar fit; no register tile that is mostly filler.
      %lanes = smt.int.div %register_bits_, %width_
      %v1 = smt.int.mod %nr_, %lanes
      %c0 = smt.int.constant 0
      %v2 = smt.eq %v1, %c0 : !smt.int
      smt.assert %v2
      %vectors = smt.int.div %nr_, %lanes
      %v3 = smt.int.mul %mr_, %vectors
      %v4 = smt.int.add %v3, %vectors
      %c1 = smt.int.constant 1
      %v5 = smt.int.add %v4, %c1
      %v6 = smt.int.cmp le %v5, %registers_
      smt.assert %v6
      %v7 = smt.eq %mr_, %c1 : !smt.int
      %c3 = smt.int.constant 3
      %v8 = smt.int.mul %mr_, %c3
      %c4 = smt.int.constant 4
      %v9 = smt.int.mul %rows_, %c4
      %v10 = smt.int.cmp lt %v8, %v9
      %v11 = smt.or %v7, %v10
      smt.assert %v11
      %v12 = smt.eq %nr_, %lanes : !smt.int
      %v13 = smt.int.add %columns_, %lanes
      %v14 = smt.int.cmp lt %nr_, %v13
      %v15 = smt.or %v12, %v14
      smt.assert %v15
      // Cache tiles: of two that hold everything the smaller one.
      %mc = smt.int.mul %mr_, %row_panels_
      %nc = smt.int.mul %nr_, %column_panels_
      %v16 = smt.eq %row_panels_, %c1 : !smt.int
      %c2 = smt.int.constant 2
      %v17 = smt.int.mul %rows_, %c2
      %v18 = smt.int.cmp lt %mc, %v17
      %v19 = smt.or %v16, %v18
      smt.assert %v19
      %v20 = smt.eq %column_panels_, %c1 : !smt.int
      %v21 = smt.int.mul %columns_, %c2
      %v22 = smt.int.cmp lt %nc, %v21
      %v23 = smt.or %v20, %v22
      smt.assert %v23
      %c64 = smt.int.constant 64
      %v24 = smt.eq %kc_, %c64 : !smt.int
      %v25 = smt.int.mul %depth_, %c2
      %v26 = smt.int.cmp lt %kc_, %v25
      %v27 = smt.or %v24, %v26
      smt.assert %v27
      %v28 = smt.eq %row_panels_, %c1 : !smt.int
      %v29 = smt.int.mul %mc, %kc_
      %v30 = smt.int.mul %v29, %width_
      %c8 = smt.int.constant 8
      %v31 = smt.int.mul %l2_bytes_, %c8
      %v32 = smt.int.cmp le %v30, %v31
      %v33 = smt.or %v28, %v32
      smt.assert %v33
      // One order is enough where there is one cache tile in a row or column.
      %v34 = smt.eq %rows_inside_, %c1 : !smt.int
      %v35 = smt.int.cmp lt %mc, %rows_
      %v36 = smt.int.cmp lt %nc, %columns_
      %v37 = smt.and %v35, %v36
      %v38 = smt.or %v34, %v37
      smt.assert %v38
      // A constant has its panels made at load, or none.
      %lhs_changes = smt.eq %lhs_constant_, %c0 : !smt.int
      %lhs_other = smt.int.cmp lt %pack_lhs_, %c2
      %v51 = smt.or %lhs_changes, %lhs_other
      smt.assert %v51
      %rhs_changes = smt.eq %rhs_constant_, %c0 : !smt.int
      %rhs_other = smt.int.cmp lt %pack_rhs_, %c2
      %v52 = smt.or %rhs_changes, %rhs_other
      smt.assert %v52
      %v53 = smt.int.mul %pack_lhs_, %c2
      %v54 = smt.int.mul %v53, %lhs_constant_
      %lhs_packing = smt.int.add %pack_lhs_, %v54
      %v55 = smt.int.mul %pack_rhs_, %c2
      %v56 = smt.int.mul %v55, %rhs_constant_
      %rhs_packing = smt.int.add %pack_rhs_, %v56
      // Threads: whole panels for each.
      %v39 = smt.eq %share_, %c1 : !smt.int
      %v40 = smt.int.cmp gt %threads_, %c1
      %v41 = smt.or %v39, %v40
      smt.assert %v41
      %v42 = smt.int.add %rows_, %mr_
      %v43 = smt.int.sub %v42, %c1
      %row_tiles = smt.int.div %v43, %mr_
      %v44 = smt.int.add %row_tiles, %threads_
      %v45 = smt.int.sub %v44, %c1
      %row_share = smt.int.div %v45, %threads_
      %v46 = smt.int.add %columns_, %nr_
      %v47 = smt.int.sub %v46, %c1
      %column_tiles = smt.int.div %v47, %nr_
      %v48 = smt.int.add %column_tiles, %threads_
      %v49 = smt.int.sub %v48, %c1
      %column_share = smt.int.div %v49, %threads_
      %by_rows = smt.int.mul %row_share, %mr_
      %by_columns = smt.int.mul %column_share, %nr_
      %v50 = smt.eq %share_, %c0 : !smt.int
      %row_part = smt.ite %v50, %by_rows, %rows_ : !smt.int
      %v57 = smt.eq %share_, %c1 : !smt.int
      %column_part = smt.ite %v57, %by_columns, %columns_ : !smt.int
      %order_columns = smt.int.sub %c1, %rows_inside_
      smt.yield %lanes, %mc, %nc, %row_part, %column_part, %order_columns, %lhs_packing, %rhs_packing : !smt.int, !smt.int, !smt.int, !smt.int, !smt.int, !smt.int, !smt.int, !smt.int
    }

    // The last elementwise operation, or the product itself.
    %return = transform.structured.match ops{["func.return"]} in %function : (!transform.any_op) -> !transform.any_op
    %root = transform.get_producer_of_operand %return[0] : (!transform.any_op) -> !transform.any_op
    %part, %share_loop = transform.structured.fuse %root tile_sizes [%row_part, %column_part] {apply_cleanup, use_forall}
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op)
    %tile, %loops:2 = transform.structured.fuse %part tile_sizes [%mc, %nc] interchange [%rows_inside, %order_columns] {apply_cleanup}
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op, !transform.any_op)
    transform.chameleon.simplify %function : !transform.any_op
    %product = transform.structured.match attributes {chameleon.anchor} in %function : (!transform.any_op) -> !transform.any_op
    %fills, %copies = transform.chameleon.lower_contraction %product rows %mr columns %nr depth %kc
        pack_lhs %lhs_packing pack_rhs %rhs_packing : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op)

    %vectors = transform.param.constant 4 : i64 -> !transform.param<i64>
    // Everything else by vectors; functions that would be calls for each element by polynomials.
    %operations = transform.structured.match interface{LinalgOp} in %function : (!transform.any_op) -> !transform.any_op
    transform.chameleon.lower_to_vectors %operations lanes %lanes vectors %vectors : !transform.any_op, !transform.param<i64>, !transform.param<i64>
    transform.chameleon.approximate_math %function : !transform.any_op
    // The panels of an operand are made once for all tiles that share them.
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
        @match_matmul -> @matmul
        : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

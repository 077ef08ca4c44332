// Convolutions and pooling that no other schedule is made for, in whatever layout a model has them: four loops of the result (five
// where there is a depth), of which the last runs along memory, then those of the window. NCHW is vectorized along the pixels of a row, NHWC along the channels.
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match_conv_generic(%anchor: !transform.any_op {transform.readonly}) -> !transform.any_op {
    transform.match.operation_name %anchor ["linalg.conv_2d_nchw_fchw", "linalg.conv_2d_nhwc_hwcf", "linalg.depthwise_conv_2d_nhwc_hwc",
        "linalg.pooling_nchw_max", "linalg.pooling_nchw_sum", "linalg.pooling_nhwc_max", "linalg.pooling_nhwc_sum"] : !transform.any_op
    transform.yield %anchor : !transform.any_op
  }

  transform.named_sequence @match_conv_generic_3d(%anchor: !transform.any_op {transform.readonly}) -> !transform.any_op {
    transform.match.operation_name %anchor ["linalg.conv_3d_ncdhw_fcdhw", "linalg.conv_3d_ndhwc_dhwcf",
        "linalg.pooling_ndhwc_max", "linalg.pooling_ndhwc_sum"] : !transform.any_op
    transform.yield %anchor : !transform.any_op
  }

  // Vectors for the tiles, kept in registers over all reduction loops.
  transform.named_sequence @vectorize_tiles(%function: !transform.any_op {transform.readonly}) {
    transform.chameleon.simplify %function : !transform.any_op
    %windows = transform.structured.match attributes {chameleon.anchor} in %function : (!transform.any_op) -> !transform.any_op
    transform.chameleon.fold_strided_access %windows : !transform.any_op
    transform.apply_patterns to %function {
      transform.apply_patterns.linalg.fold_unit_extent_dims_via_slices
    } {max_iterations = 4 : i64} : !transform.any_op
    %loops = transform.structured.match ops{["scf.for"]} in %function : (!transform.any_op) -> !transform.any_op
    transform.apply_licm to %loops : !transform.any_op
    transform.loop.hoist_loop_invariant_subsets %loops : !transform.any_op
    // Fill, window and elementwise operations now meet on slices of equal shape: fold these.
    transform.chameleon.simplify %function {fold_empty_tensors} : !transform.any_op
    transform.apply_cse to %function : !transform.any_op
    %computations = transform.structured.match interface{LinalgOp} in %function : (!transform.any_op) -> !transform.any_op
    transform.structured.vectorize %computations : !transform.any_op
    transform.chameleon.simplify %function {fold_transfers} : !transform.any_op
    transform.chameleon.scalarize_broadcast_reads %function : !transform.any_op
    %vector_loops = transform.structured.match ops{["scf.for"]} in %function : (!transform.any_op) -> !transform.any_op
    transform.apply_licm to %vector_loops : !transform.any_op
    transform.loop.hoist_loop_invariant_subsets %vector_loops : !transform.any_op
    transform.chameleon.simplify %function : !transform.any_op
    transform.apply_cse to %function : !transform.any_op
    transform.yield
  }

  transform.named_sequence @conv_generic(%anchor: !transform.any_op {transform.consumed}) {
    %function = transform.get_parent_op %anchor {op_name = "func.func"} : (!transform.any_op) -> !transform.any_op
    // Register tile: the last three loops of the result.
    %outer = transform.tune.knob<"outer"> = 4 : i64 from options = [1, 2, 3, 4, 5, 6, 7, 8] -> !transform.param<i64>
    %middle = transform.tune.knob<"middle"> = 1 : i64 from options = [1, 2, 3, 4, 5, 6, 7, 8, 14] -> !transform.param<i64>
    %inner = transform.tune.knob<"inner"> = 16 : i64 from options = [1, 2, 3, 4, 5, 6, 7, 8, 16, 32, 64] -> !transform.param<i64>

    %registers = transform.dlti.query ["CPU", "registers"] at %function : (!transform.any_op) -> !transform.param<i64>
    %bits = transform.dlti.query ["CPU", "vector_bits"] at %function : (!transform.any_op) -> !transform.param<i64>
    %threads = transform.dlti.query ["CPU", "threads"] at %function : (!transform.any_op) -> !transform.param<i64>
    %n, %d1, %d2, %d3 = transform.match.structured failures(propagate) %anchor : (!transform.any_op) -> (!transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) {
    ^bb0(%op: !transform.any_op):
      %s0 = transform.match.structured.dim %op[0] : (!transform.any_op) -> !transform.param<i64>
      %s1 = transform.match.structured.dim %op[1] : (!transform.any_op) -> !transform.param<i64>
      %s2 = transform.match.structured.dim %op[2] : (!transform.any_op) -> !transform.param<i64>
      %s3 = transform.match.structured.dim %op[3] : (!transform.any_op) -> !transform.param<i64>
      transform.match.structured.yield %s0, %s1, %s2, %s3 : !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>
    }
    %batch_part, %outer_part = transform.smt.constrain_params(%outer, %middle, %inner, %n, %d1, %d2, %d3, %registers, %bits, %threads)
        : (!transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>)
        -> (!transform.param<i64>, !transform.param<i64>) {
    ^bb0(%outer_: !smt.int, %middle_: !smt.int, %inner_: !smt.int, %n_: !smt.int, %d1_: !smt.int, %d2_: !smt.int, %d3_: !smt.int, %registers_: !smt.int, %bits_: !smt.int, %threads_: !smt.int):
      // Without threads the parallel loop has one iteration.
      %c1 = smt.int.constant 1
      %serial = smt.eq %threads_, %c1 : !smt.int
      %part_outer = smt.ite %serial, %d1_, %outer_ : !smt.int
      // The accumulators and what is read for one of the outer tile fit the registers; there are enough of them to hide the latency of
      // an operation, unless the loops have too few divisors (26 = 2 * 13).
      %c0 = smt.int.constant 0
      %c32 = smt.int.constant 32
      %v3 = smt.int.mul %inner_, %c32
      %v4 = smt.int.add %v3, %bits_
      %v5 = smt.int.sub %v4, %c1
      %vectors = smt.int.div %v5, %bits_
      %v7 = smt.int.mul %vectors, %outer_
      %accumulators = smt.int.mul %v7, %middle_
      %v9 = smt.int.add %accumulators, %vectors
      %v10 = smt.int.add %v9, %outer_
      %v11 = smt.int.cmp le %v10, %registers_
      smt.assert %v11
      %c4 = smt.int.constant 4
      %v12 = smt.int.cmp ge %accumulators, %c4
      %c8 = smt.int.constant 8
      %v13 = smt.int.mul %accumulators, %c8
      %v14 = smt.int.mul %d1_, %d2_
      %v15 = smt.int.mul %v14, %d3_
      %v16 = smt.int.cmp gt %v13, %v15
      %v17 = smt.int.mod %v14, %c4
      %v18 = smt.int.cmp gt %v17, %c0
      %v19 = smt.or %v12, %v16, %v18
      smt.assert %v19
      // Tiles divide, in all directions but the innermost.
      %v20 = smt.int.cmp le %outer_, %d1_
      %v21 = smt.int.mod %d1_, %outer_
      %v22 = smt.eq %v21, %c0 : !smt.int
      %v23 = smt.and %v20, %v22
      smt.assert %v23
      %v24 = smt.int.cmp le %middle_, %d2_
      %v25 = smt.int.mod %d2_, %middle_
      %v26 = smt.eq %v25, %c0 : !smt.int
      %v27 = smt.and %v24, %v26
      smt.assert %v27
      %v28 = smt.int.cmp le %inner_, %d3_
      %v29 = smt.eq %inner_, %c1 : !smt.int
      %v30 = smt.or %v28, %v29
      smt.assert %v30
      %v31 = smt.int.mod %d3_, %inner_
      %v32 = smt.eq %v31, %c0 : !smt.int
      %c3 = smt.int.constant 3
      %v33 = smt.int.mul %v31, %c3
      %v34 = smt.int.cmp ge %v33, %inner_
      %v35 = smt.or %v32, %v34
      smt.assert %v35
      %v36 = smt.ite %serial, %n_, %c1 : !smt.int
      smt.yield %v36, %part_outer : !smt.int, !smt.int
    }
    %zero = transform.structured.match ops{["linalg.fill"]} in %function : (!transform.any_op) -> !transform.any_op
    %fill = transform.structured.generalize %zero : (!transform.any_op) -> !transform.any_op
    %generic = transform.structured.generalize %anchor : (!transform.any_op) -> !transform.any_op
    transform.annotate %generic "chameleon.anchor" : !transform.any_op
    %pads = transform.structured.match ops{["tensor.pad"]} in %function : (!transform.any_op) -> !transform.any_op
    %borders, %interiors = transform.chameleon.lower_pad %pads : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    %pad_writes = transform.merge_handles %borders, %interiors : !transform.any_op
    %pad_tile, %pad_loops:4 = transform.structured.tile_using_for %pad_writes tile_sizes [1, 1, 1, 16]
        : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
    transform.chameleon.peel_loop %pad_loops#3 : !transform.any_op

    // The last elementwise operation, or the window if there is none. Its tiles bring everything else with them.
    %return = transform.structured.match ops{["func.return"]} in %function : (!transform.any_op) -> !transform.any_op
    %root = transform.get_producer_of_operand %return[0] : (!transform.any_op) -> !transform.any_op
    transform.annotate %root "chameleon.root" : !transform.any_op
    %part, %parallel = transform.structured.fuse %root tile_sizes [%batch_part, %outer_part] {apply_cleanup, use_forall}
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op)
    // Loops of one iteration go, and the others may be made anew: their contents are to be found again.
    transform.chameleon.simplify %function : !transform.any_op
    %root_part = transform.structured.match attributes {chameleon.root} in %function : (!transform.any_op) -> !transform.any_op
    %tile, %loops:4 = transform.structured.fuse %root_part tile_sizes [1, %outer, %middle, %inner] interchange [0, 1, 2, 3] {apply_cleanup}
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
    transform.chameleon.peel_loop %loops#3 : !transform.any_op
    transform.chameleon.simplify %function : !transform.any_op
    // One element of the windows at a time.
    %windows = transform.structured.match attributes {chameleon.anchor} in %function : (!transform.any_op) -> !transform.any_op
    %step, %reductions = transform.chameleon.tile_reductions %windows : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.include @vectorize_tiles failures(propagate) (%function) : (!transform.any_op) -> ()
    transform.yield
  }

  // The same with a depth: five loops of the result. Three dimensions of a window are two more for the tile to stay in registers over.
  transform.named_sequence @conv_generic_3d(%anchor: !transform.any_op {transform.consumed}) {
    %function = transform.get_parent_op %anchor {op_name = "func.func"} : (!transform.any_op) -> !transform.any_op
    // Register tile: channels or depths (the second loop of the result), and the last two loops.
    %outer = transform.tune.knob<"outer"> = 4 : i64 from options = [1, 2, 3, 4, 5, 6, 7, 8] -> !transform.param<i64>
    %middle = transform.tune.knob<"middle"> = 1 : i64 from options = [1, 2, 3, 4, 5, 6, 7, 8, 14] -> !transform.param<i64>
    %inner = transform.tune.knob<"inner"> = 16 : i64 from options = [1, 2, 3, 4, 5, 6, 7, 8, 16, 32, 64] -> !transform.param<i64>

    %registers = transform.dlti.query ["CPU", "registers"] at %function : (!transform.any_op) -> !transform.param<i64>
    %bits = transform.dlti.query ["CPU", "vector_bits"] at %function : (!transform.any_op) -> !transform.param<i64>
    %threads = transform.dlti.query ["CPU", "threads"] at %function : (!transform.any_op) -> !transform.param<i64>
    %n, %d1, %d2, %d3 = transform.match.structured failures(propagate) %anchor : (!transform.any_op) -> (!transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) {
    ^bb0(%op: !transform.any_op):
      %s0 = transform.match.structured.dim %op[0] : (!transform.any_op) -> !transform.param<i64>
      %s1 = transform.match.structured.dim %op[1] : (!transform.any_op) -> !transform.param<i64>
      %s2 = transform.match.structured.dim %op[3] : (!transform.any_op) -> !transform.param<i64>
      %s3 = transform.match.structured.dim %op[4] : (!transform.any_op) -> !transform.param<i64>
      transform.match.structured.yield %s0, %s1, %s2, %s3 : !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>
    }
    %batch_part, %outer_part = transform.smt.constrain_params(%outer, %middle, %inner, %n, %d1, %d2, %d3, %registers, %bits, %threads)
        : (!transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>)
        -> (!transform.param<i64>, !transform.param<i64>) {
    ^bb0(%outer_: !smt.int, %middle_: !smt.int, %inner_: !smt.int, %n_: !smt.int, %d1_: !smt.int, %d2_: !smt.int, %d3_: !smt.int, %registers_: !smt.int, %bits_: !smt.int, %threads_: !smt.int):
      // Without threads the parallel loop has one iteration.
      %c1 = smt.int.constant 1
      %serial = smt.eq %threads_, %c1 : !smt.int
      %part_outer = smt.ite %serial, %d1_, %outer_ : !smt.int
      // The accumulators and what is read for one of the outer tile fit the registers; there are enough of them to hide the latency of
      // an operation, unless the loops have too few divisors (26 = 2 * 13).
      %c0 = smt.int.constant 0
      %c32 = smt.int.constant 32
      %v3 = smt.int.mul %inner_, %c32
      %v4 = smt.int.add %v3, %bits_
      %v5 = smt.int.sub %v4, %c1
      %vectors = smt.int.div %v5, %bits_
      %v7 = smt.int.mul %vectors, %outer_
      %accumulators = smt.int.mul %v7, %middle_
      %v9 = smt.int.add %accumulators, %vectors
      %v10 = smt.int.add %v9, %outer_
      %v11 = smt.int.cmp le %v10, %registers_
      smt.assert %v11
      %c4 = smt.int.constant 4
      %v12 = smt.int.cmp ge %accumulators, %c4
      %c8 = smt.int.constant 8
      %v13 = smt.int.mul %accumulators, %c8
      %v14 = smt.int.mul %d1_, %d2_
      %v15 = smt.int.mul %v14, %d3_
      %v16 = smt.int.cmp gt %v13, %v15
      %v17 = smt.int.mod %v14, %c4
      %v18 = smt.int.cmp gt %v17, %c0
      %v19 = smt.or %v12, %v16, %v18
      smt.assert %v19
      // Tiles divide, in all directions but the innermost.
      %v20 = smt.int.cmp le %outer_, %d1_
      %v21 = smt.int.mod %d1_, %outer_
      %v22 = smt.eq %v21, %c0 : !smt.int
      %v23 = smt.and %v20, %v22
      smt.assert %v23
      %v24 = smt.int.cmp le %middle_, %d2_
      %v25 = smt.int.mod %d2_, %middle_
      %v26 = smt.eq %v25, %c0 : !smt.int
      %v27 = smt.and %v24, %v26
      smt.assert %v27
      %v28 = smt.int.cmp le %inner_, %d3_
      %v29 = smt.eq %inner_, %c1 : !smt.int
      %v30 = smt.or %v28, %v29
      smt.assert %v30
      %v31 = smt.int.mod %d3_, %inner_
      %v32 = smt.eq %v31, %c0 : !smt.int
      %c3 = smt.int.constant 3
      %v33 = smt.int.mul %v31, %c3
      %v34 = smt.int.cmp ge %v33, %inner_
      %v35 = smt.or %v32, %v34
      smt.assert %v35
      %v36 = smt.ite %serial, %n_, %c1 : !smt.int
      smt.yield %v36, %part_outer : !smt.int, !smt.int
    }
    %zero = transform.structured.match ops{["linalg.fill"]} in %function : (!transform.any_op) -> !transform.any_op
    %fill = transform.structured.generalize %zero : (!transform.any_op) -> !transform.any_op
    %generic = transform.structured.generalize %anchor : (!transform.any_op) -> !transform.any_op
    transform.annotate %generic "chameleon.anchor" : !transform.any_op
    %pads = transform.structured.match ops{["tensor.pad"]} in %function : (!transform.any_op) -> !transform.any_op
    %borders, %interiors = transform.chameleon.lower_pad %pads : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    %pad_writes = transform.merge_handles %borders, %interiors : !transform.any_op
    %pad_tile, %pad_loops:5 = transform.structured.tile_using_for %pad_writes tile_sizes [1, 1, 1, 1, 16]
        : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
    transform.chameleon.peel_loop %pad_loops#4 : !transform.any_op

    // The last elementwise operation, or the window if there is none. Its tiles bring everything else with them.
    %return = transform.structured.match ops{["func.return"]} in %function : (!transform.any_op) -> !transform.any_op
    %root = transform.get_producer_of_operand %return[0] : (!transform.any_op) -> !transform.any_op
    transform.annotate %root "chameleon.root" : !transform.any_op
    %part, %parallel = transform.structured.fuse %root tile_sizes [%batch_part, %outer_part] {apply_cleanup, use_forall}
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op)
    // Loops of one iteration go, and the others may be made anew: their contents are to be found again.
    transform.chameleon.simplify %function : !transform.any_op
    %root_part = transform.structured.match attributes {chameleon.root} in %function : (!transform.any_op) -> !transform.any_op
    %tile, %loops:5 = transform.structured.fuse %root_part tile_sizes [1, %outer, 1, %middle, %inner] interchange [0, 1, 2, 3, 4] {apply_cleanup}
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>)
        -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
    transform.chameleon.peel_loop %loops#4 : !transform.any_op
    transform.chameleon.simplify %function : !transform.any_op
    // One element of the windows at a time.
    %windows = transform.structured.match attributes {chameleon.anchor} in %function : (!transform.any_op) -> !transform.any_op
    %step, %reductions = transform.chameleon.tile_reductions %windows : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.include @vectorize_tiles failures(propagate) (%function) : (!transform.any_op) -> ()
    transform.yield
  }

  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.foreach_match in %root
        @match_conv_generic -> @conv_generic,
        @match_conv_generic_3d -> @conv_generic_3d
        : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

// Windows with a depth within one channel, channels blocked by the vector width: depthwise convolution and pooling of videos,
//   out(n, c, od, oh, ow, ci) = combine over q, r, s of
//       image(n, c, od * stride + q * dilation, oh * stride + r * dilation, ow * stride + s * dilation, ci) [* weights(c, q, r, s, ci)]
// One slice of the result after another, each as in window_nchwc.mlir.
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match_window_ncdhwc(%anchor: !transform.any_op {transform.readonly}) -> !transform.any_op {
    %matched = transform.match.structured failures(propagate) %anchor : (!transform.any_op) -> !transform.any_op {
    ^bb0(%op: !transform.any_op):
      %rank = transform.match.structured.rank %op : (!transform.any_op) -> !transform.param<i64>
      %nine = transform.param.constant 9 : i64 -> !transform.param<i64>
      transform.match.param.cmpi eq %rank, %nine : !transform.param<i64>
      transform.match.structured.dim %op[0, 1, 2, 3, 4, 5] {parallel} : !transform.any_op
      transform.match.structured.dim %op[6, 7, 8] {reduction} : !transform.any_op
      transform.match.structured.body %op {reduction_position = 0} : !transform.any_op
      // The weights of a depthwise convolution, or the shape of a pooling window.
      %inputs = transform.match.structured.num_inputs %op : (!transform.any_op) -> !transform.param<i64>
      %two = transform.param.constant 2 : i64 -> !transform.param<i64>
      transform.match.param.cmpi eq %inputs, %two : !transform.param<i64>
      transform.match.structured.input %op[1] {projected_permutation} : !transform.any_op
      transform.match.structured.yield %op : !transform.any_op
    }
    transform.yield %matched : !transform.any_op
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
    %vector_loops = transform.structured.match ops{["scf.for"]} in %function : (!transform.any_op) -> !transform.any_op
    transform.apply_licm to %vector_loops : !transform.any_op
    transform.loop.hoist_loop_invariant_subsets %vector_loops : !transform.any_op
    transform.chameleon.simplify %function : !transform.any_op
    transform.apply_cse to %function : !transform.any_op
    transform.yield
  }

  transform.named_sequence @window_ncdhwc(%anchor: !transform.any_op {transform.readonly}) {
    %function = transform.get_parent_op %anchor {op_name = "func.func"} : (!transform.any_op) -> !transform.any_op
    // Register tile: rows x pixels of a row.
    %ohb = transform.tune.knob<"ohb"> = 1 : i64 from options = [1, 2, 3, 4, 5, 7] -> !transform.param<i64>
    %owb = transform.tune.knob<"owb"> = 14 : i64
        from options = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 19, 20, 22, 24, 26, 28] -> !transform.param<i64>
    // Blocks of channels that one iteration of the parallel loop computes. Without threads, all.
    %blocks = transform.tune.knob<"blocks"> = 1 : i64 from options = [1, 2, 3, 4, 6, 8] -> !transform.param<i64>

    %registers = transform.dlti.query ["CPU", "registers"] at %function : (!transform.any_op) -> !transform.param<i64>
    %bits = transform.dlti.query ["CPU", "vector_bits"] at %function : (!transform.any_op) -> !transform.param<i64>
    %threads = transform.dlti.query ["CPU", "threads"] at %function : (!transform.any_op) -> !transform.param<i64>
    %n, %c, %oh, %ow, %ci = transform.match.structured failures(propagate) %anchor
        : (!transform.any_op) -> (!transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) {
    ^bb0(%op: !transform.any_op):
      %d0 = transform.match.structured.dim %op[0] : (!transform.any_op) -> !transform.param<i64>
      %d1 = transform.match.structured.dim %op[1] : (!transform.any_op) -> !transform.param<i64>
      %d2 = transform.match.structured.dim %op[3] : (!transform.any_op) -> !transform.param<i64>
      %d3 = transform.match.structured.dim %op[4] : (!transform.any_op) -> !transform.param<i64>
      %d4 = transform.match.structured.dim %op[5] : (!transform.any_op) -> !transform.param<i64>
      transform.match.structured.yield %d0, %d1, %d2, %d3, %d4 : !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>
    }
    %batch_part, %block_part = transform.smt.constrain_params(%ohb, %owb, %blocks, %n, %c, %oh, %ow, %ci, %registers, %bits, %threads)
        : (!transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>)
        -> (!transform.param<i64>, !transform.param<i64>) {
    ^bb0(%ohb_: !smt.int, %owb_: !smt.int, %blocks_: !smt.int, %n_: !smt.int, %c_: !smt.int, %oh_: !smt.int, %ow_: !smt.int, %ci_: !smt.int, %registers_: !smt.int, %bits_: !smt.int, %threads_: !smt.int):
      // A block of channels takes so many vector registers.
      %c32 = smt.int.constant 32
      %v1 = smt.int.mul %ci_, %c32
      %v2 = smt.int.add %v1, %bits_
      %c1 = smt.int.constant 1
      %v3 = smt.int.sub %v2, %c1
      %vectors = smt.int.div %v3, %bits_
      // Without threads the parallel loop has one iteration, and its knob means nothing.
      %serial = smt.eq %threads_, %c1 : !smt.int
      %part_blocks = smt.ite %serial, %c_, %blocks_ : !smt.int
      %v7 = smt.int.cmp gt %threads_, %c1
      %v8 = smt.eq %blocks_, %c1 : !smt.int
      %v9 = smt.or %v7, %v8
      smt.assert %v9
      %v10 = smt.int.cmp le %blocks_, %c_
      %v11 = smt.int.mod %c_, %blocks_
      %c0 = smt.int.constant 0
      %v12 = smt.eq %v11, %c0 : !smt.int
      %v13 = smt.and %v10, %v12
      smt.assert %v13
      // No thread idles for more than an eighth of the time, if there are parts enough.
      %v14 = smt.int.div %c_, %part_blocks
      %parts = smt.int.mul %n_, %v14
      %v16 = smt.int.add %parts, %threads_
      %v17 = smt.int.sub %v16, %c1
      %turns = smt.int.div %v17, %threads_
      %c8 = smt.int.constant 8
      %v19 = smt.int.mul %parts, %c8
      %v20 = smt.int.mul %turns, %threads_
      %c7 = smt.int.constant 7
      %v21 = smt.int.mul %v20, %c7
      %v22 = smt.int.cmp ge %v19, %v21
      %v23 = smt.or %serial, %v22, %v8
      smt.assert %v23
      // The accumulators, the weights of a step and the image fit the registers; there are enough of them to hide the latency of an operation.
      %v24 = smt.int.mul %vectors, %ohb_
      %accumulators = smt.int.mul %v24, %owb_
      %c2 = smt.int.constant 2
      %v26 = smt.int.mul %c2, %vectors
      %v27 = smt.int.add %accumulators, %v26
      %v28 = smt.int.cmp le %v27, %registers_
      smt.assert %v28
      %c4 = smt.int.constant 4
      %v29 = smt.int.cmp ge %accumulators, %c4
      %v30 = smt.int.mul %oh_, %ow_
      %v31 = smt.int.mul %v30, %vectors
      %v32 = smt.int.cmp ge %accumulators, %v31
      %v33 = smt.or %v29, %v32
      smt.assert %v33
      // Tiles divide in one direction at least; the last tile of a row is no sliver.
      %v34 = smt.int.cmp le %ohb_, %oh_
      %v35 = smt.int.cmp le %owb_, %ow_
      %v36 = smt.and %v34, %v35
      smt.assert %v36
      %column_rest = smt.int.mod %oh_, %ohb_
      %row_rest = smt.int.mod %ow_, %owb_
      %v39 = smt.eq %column_rest, %c0 : !smt.int
      %v40 = smt.int.cmp lt %ow_, %c4
      %v41 = smt.eq %row_rest, %c0 : !smt.int
      %v42 = smt.and %v40, %v41
      %v43 = smt.or %v39, %v42
      smt.assert %v43
      %c3 = smt.int.constant 3
      %v44 = smt.int.mul %row_rest, %c3
      %v45 = smt.int.cmp ge %v44, %owb_
      %v46 = smt.and %v45, %v39
      %v47 = smt.or %v41, %v46
      smt.assert %v47
      %v48 = smt.ite %serial, %n_, %c1 : !smt.int
      smt.yield %v48, %part_blocks : !smt.int, !smt.int
    }
    // The last elementwise operation, or the window if there is none. Its tiles bring everything else with them, the padding too
    // as long as only batch and channels are tiled.
    %zero = transform.structured.match ops{["linalg.fill"]} in %function : (!transform.any_op) -> !transform.any_op
    %fill = transform.structured.generalize %zero : (!transform.any_op) -> !transform.any_op
    %return = transform.structured.match ops{["func.return"]} in %function : (!transform.any_op) -> !transform.any_op
    %root = transform.get_producer_of_operand %return[0] : (!transform.any_op) -> !transform.any_op
    transform.annotate %root "chameleon.root" : !transform.any_op
    %part, %parallel = transform.structured.fuse %root tile_sizes [%batch_part, %block_part] {apply_cleanup, use_forall}
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op)
    // Loops of one iteration go, and the others may be made anew: their contents are to be found again.
    transform.chameleon.simplify %function : !transform.any_op
    %root_part = transform.structured.match attributes {chameleon.root} in %function : (!transform.any_op) -> !transform.any_op
    %block, %block_loops:2 = transform.structured.fuse %root_part tile_sizes [1, 1] interchange [0, 1] {apply_cleanup}
        : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op)
    %pads = transform.structured.match ops{["tensor.pad"]} in %function : (!transform.any_op) -> !transform.any_op
    %borders, %interiors = transform.chameleon.lower_pad %pads : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    %pad_writes = transform.merge_handles %borders, %interiors : !transform.any_op
    %pad_tile, %pad_loops:5 = transform.structured.tile_using_for %pad_writes tile_sizes [1, 1, 1, 1, 4]
        : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
    transform.chameleon.peel_loop %pad_loops#4 : !transform.any_op

    %tile, %loops:3 = transform.structured.fuse %block tile_sizes [0, 0, 1, %ohb, %owb] interchange [0, 1, 2, 3, 4] {apply_cleanup}
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
    // At most one of them does not divide (constraint); its remainder becomes a tile of its own.
    transform.chameleon.peel_loop %loops#2 : !transform.any_op
    transform.chameleon.peel_loop %loops#1 : !transform.any_op
    transform.chameleon.simplify %function : !transform.any_op
    // One element of the windows at a time.
    %windows = transform.structured.match attributes {chameleon.anchor} in %function : (!transform.any_op) -> !transform.any_op
    %step, %reductions = transform.chameleon.tile_reductions %windows : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.include @vectorize_tiles failures(propagate) (%function) : (!transform.any_op) -> ()
    transform.yield
  }

  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.foreach_match in %root
        @match_window_ncdhwc -> @window_ncdhwc
        : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

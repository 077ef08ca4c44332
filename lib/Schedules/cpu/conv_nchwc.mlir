// Convolutions whose channels are blocked by the vector width (NCHWc), dense, any window, stride, dilation and batch:
//   out(n, ko, oh, ow, ki) += image(n, co, oh * stride + r * dilation, ow * stride + s * dilation, ci) * weights(ko, co, r, s, ci, ki)
// and the same without ci, for the first layer's few channels; or, grouped, with one iteration of co and image(n, ko + co, …).
//
// Directly: a tile of kob * ohb * owb accumulators, each a block of output channels, stays in registers from the fill through the
// convolution to the last elementwise operation. A step of the reduction loads kob vectors of weights and multiplies them by
// one scalar of the image for each pixel.
//
// By Winograd's minimal filtering, where the window is 3x3, the stride 1 and the weights are constant: 2.25 or 4 times fewer
// products, and transforms of the image and of the result, strip by strip.
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match_conv_nchwc(%anchor: !transform.any_op {transform.readonly}) -> !transform.any_op {
    transform.match.operation_name %anchor ["linalg.generic"] : !transform.any_op
    %matched = transform.match.structured failures(propagate) %anchor : (!transform.any_op) -> !transform.any_op {
    ^bb0(%op: !transform.any_op):
      %rank = transform.match.structured.rank %op : (!transform.any_op) -> !transform.param<i64>
      %eight = transform.param.constant 8 : i64 -> !transform.param<i64>
      %nine = transform.param.constant 9 : i64 -> !transform.param<i64>
      transform.match.param.cmpi ge %rank, %eight : !transform.param<i64>
      transform.match.param.cmpi le %rank, %nine : !transform.param<i64>
      transform.match.structured.dim %op[0, 1, 2, 3, 4] {parallel} : !transform.any_op
      transform.match.structured.dim %op[except(0, 1, 2, 3, 4)] {reduction} : !transform.any_op
      transform.match.structured.body %op {contraction = ["arith.mulf", "arith.addf"]} : !transform.any_op
      // The image is read in windows; the result is written along its loops.
      %batch, %pixels, %channels, %window, %depths, %depth, %strides, %dilations
          = transform.match.structured.classify_convolution_dims %op
          : (!transform.any_op) -> (!transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>,
             !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>)
      transform.match.structured.yield %op : !transform.any_op
    }
    transform.yield %matched : !transform.any_op
  }

  // The border and the interior of the padded image, in parallel over its channels.
  transform.named_sequence @lower_padding(%function: !transform.any_op {transform.readonly},
      %batch_part: !transform.param<i64> {transform.readonly}, %channel_part: !transform.param<i64> {transform.readonly}) {
    %pads = transform.structured.match ops{["tensor.pad"]} in %function : (!transform.any_op) -> !transform.any_op
    %pad_part, %pad_loop = transform.structured.tile_using_forall %pads tile_sizes [%batch_part, %channel_part]
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op)
    %borders, %interiors = transform.chameleon.lower_pad %pad_part : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    %pad_writes = transform.merge_handles %borders, %interiors : !transform.any_op
    %pad_tile, %pad_loops:4 = transform.structured.tile_using_for %pad_writes tile_sizes [1, 1, 1, 8]
        : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
    transform.chameleon.peel_loop %pad_loops#3 : !transform.any_op
    transform.yield
  }

  // Fuses everything into register tiles, for each of which the reductions are still to be tiled; returns the convolutions.
  transform.named_sequence @tile_for_registers(%function: !transform.any_op {transform.readonly},
      %batch_part: !transform.param<i64> {transform.readonly}, %channel_part: !transform.param<i64> {transform.readonly},
      %block_part: !transform.param<i64> {transform.readonly}, %row_part: !transform.param<i64> {transform.readonly},
      %kob: !transform.param<i64> {transform.readonly}, %ohb: !transform.param<i64> {transform.readonly},
      %owb: !transform.param<i64> {transform.readonly}) -> !transform.any_op {
    %zero = transform.structured.match ops{["linalg.fill"]} in %function : (!transform.any_op) -> !transform.any_op
    %fill = transform.structured.generalize %zero : (!transform.any_op) -> !transform.any_op
    transform.include @lower_padding failures(propagate) (%function, %batch_part, %channel_part)
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>) -> ()

    // The last elementwise operation, or the convolution if there is none.
    %return = transform.structured.match ops{["func.return"]} in %function : (!transform.any_op) -> !transform.any_op
    %root = transform.get_producer_of_operand %return[0] : (!transform.any_op) -> !transform.any_op
    transform.annotate %root "chameleon.root" : !transform.any_op
    %part, %parallel = transform.structured.fuse %root tile_sizes [%batch_part, %block_part, %row_part] {apply_cleanup, use_forall}
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op)
    // Loops of one iteration go, and the others may be made anew: their contents are to be found again.
    transform.chameleon.simplify %function : !transform.any_op
    %root_part = transform.structured.match attributes {chameleon.root} in %function : (!transform.any_op) -> !transform.any_op
    %tile, %loops:4 = transform.structured.fuse %root_part tile_sizes [1, %kob, %ohb, %owb] interchange [0, 1, 2, 3] {apply_cleanup}
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>)
        -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
    // At most one of them does not divide (constraint); its remainder becomes a tile of its own.
    transform.chameleon.peel_loop %loops#3 : !transform.any_op
    transform.chameleon.peel_loop %loops#2 : !transform.any_op
    transform.chameleon.peel_loop %loops#1 : !transform.any_op
    transform.chameleon.simplify %function : !transform.any_op
    // Pixels outside, channel blocks inside: every pixel is used at once by all kob blocks, so it needs one register only.
    %elementwise = transform.structured.match ops{["linalg.generic"]} attributes {iterator_types = [
        #linalg.iterator_type<parallel>, #linalg.iterator_type<parallel>, #linalg.iterator_type<parallel>,
        #linalg.iterator_type<parallel>, #linalg.iterator_type<parallel>]} in %function : (!transform.any_op) -> !transform.any_op
    %pixels_first = transform.structured.interchange %elementwise iterator_interchange = [0, 2, 3, 1, 4]
        : (!transform.any_op) -> !transform.any_op
    %convolutions = transform.structured.match attributes {chameleon.anchor} in %function : (!transform.any_op) -> !transform.any_op
    transform.yield %convolutions : !transform.any_op
  }

  // Vectors for the tiles, kept in registers over all reduction loops.
  transform.named_sequence @vectorize_tiles(%function: !transform.any_op {transform.readonly}) {
    transform.chameleon.simplify %function : !transform.any_op
    %convolutions = transform.structured.match attributes {chameleon.anchor} in %function : (!transform.any_op) -> !transform.any_op
    transform.chameleon.fold_strided_access %convolutions : !transform.any_op
    transform.apply_patterns to %function {
      transform.apply_patterns.linalg.fold_unit_extent_dims_via_slices
    } {max_iterations = 4 : i64} : !transform.any_op
    %loops = transform.structured.match ops{["scf.for"]} in %function : (!transform.any_op) -> !transform.any_op
    transform.apply_licm to %loops : !transform.any_op
    transform.loop.hoist_loop_invariant_subsets %loops : !transform.any_op
    // Fill, convolution and elementwise operations now meet on slices of equal shape: fold these.
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

  // Strips of the result, from the transforms of the image to the last elementwise operation.
  transform.named_sequence @compute_by_winograd(%function: !transform.any_op {transform.readonly},
      %batch_part: !transform.param<i64> {transform.readonly}, %channel_part: !transform.param<i64> {transform.readonly},
      %block_part: !transform.param<i64> {transform.readonly}, %row_part: !transform.param<i64> {transform.readonly},
      %outputs: !transform.param<i64> {transform.readonly}, %kob: !transform.param<i64> {transform.readonly},
      %tiles: !transform.param<i64> {transform.readonly}) {
    transform.include @lower_padding failures(propagate) (%function, %batch_part, %channel_part)
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>) -> ()
    %return = transform.structured.match ops{["func.return"]} in %function : (!transform.any_op) -> !transform.any_op
    %root = transform.get_producer_of_operand %return[0] : (!transform.any_op) -> !transform.any_op
    transform.annotate %root "chameleon.root" : !transform.any_op
    %part, %parallel = transform.structured.fuse %root tile_sizes [1, %block_part, %row_part] {apply_cleanup, use_forall}
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op)
    transform.chameleon.simplify %function : !transform.any_op
    %convolutions = transform.structured.match attributes {chameleon.anchor} in %function : (!transform.any_op) -> !transform.any_op
    %copies = transform.chameleon.lower_winograd %convolutions outputs %outputs blocks %kob tiles %tiles
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    %copy, %copy_loops:4 = transform.structured.tile_using_for %copies tile_sizes [1, 1, 1, 1]
        : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
    // What comes after the convolution, if anything does: without, it was the root itself.
    %root_part = transform.structured.match attributes {chameleon.root} in %function : (!transform.any_op) -> !transform.any_op
    %elementwise, %loops:4 = transform.structured.fuse %root_part tile_sizes [1, 1, 1, 1] interchange [0, 1, 2, 3] {apply_cleanup}
        : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
    transform.chameleon.simplify %function : !transform.any_op
    transform.apply_patterns to %function {
      transform.apply_patterns.linalg.fold_unit_extent_dims_via_slices
    } {max_iterations = 4 : i64} : !transform.any_op
    %all_loops = transform.structured.match ops{["scf.for"]} in %function : (!transform.any_op) -> !transform.any_op
    transform.apply_licm to %all_loops : !transform.any_op
    %computations = transform.structured.match interface{LinalgOp} in %function : (!transform.any_op) -> !transform.any_op
    transform.structured.vectorize %computations : !transform.any_op
    transform.chameleon.simplify %function {fold_transfers} : !transform.any_op
    transform.apply_cse to %function : !transform.any_op
    transform.yield
  }

  // Two blocks of channels share a scalar of the image, which is what two multiply-adds a cycle need where a broadcast is an
  // instruction of its own (AVX2: 92 % of peak with 2 x 6 pixels, 79 % with 1 x 7). 28 accumulators for 32 registers, 12 for 16.
  transform.named_sequence @conv_nchwc(%anchor: !transform.any_op {transform.readonly}) attributes {chameleon.seeds = [
      // Winograd's sums are as exact as the direct ones with 2 outputs; with 4 they are faster and a search may find them.
      // Strips of a few rows while the image is large, then all of it; with threads, parts of the channels as well.
      {method = 1 : i64, kob = 2 : i64, tiles = 14 : i64, strip_rows = 4 : i64}, {method = 1 : i64, kob = 2 : i64, tiles = 6 : i64, strip_rows = 4 : i64},
      {method = 1 : i64, kob = 2 : i64, tiles = 14 : i64, strip_rows = 2 : i64}, {method = 1 : i64, kob = 2 : i64, tiles = 6 : i64, strip_rows = 2 : i64},
      {method = 1 : i64, kob = 2 : i64, tiles = 8 : i64}, {method = 1 : i64, kob = 2 : i64, tiles = 6 : i64},
      {method = 1 : i64, kob = 2 : i64, tiles = 8 : i64, strip_blocks = 16 : i64}, {method = 1 : i64, kob = 2 : i64, tiles = 6 : i64, strip_blocks = 16 : i64},
      {method = 1 : i64, kob = 2 : i64, tiles = 8 : i64, strip_blocks = 4 : i64}, {method = 1 : i64, kob = 2 : i64, tiles = 6 : i64, strip_blocks = 4 : i64},
      {method = 1 : i64, outputs = 4 : i64, kob = 2 : i64, tiles = 14 : i64, strip_rows = 8 : i64}, {method = 1 : i64, outputs = 4 : i64, kob = 2 : i64, tiles = 6 : i64, strip_rows = 8 : i64},
      {method = 1 : i64, outputs = 4 : i64, kob = 2 : i64, tiles = 14 : i64}, {method = 1 : i64, outputs = 4 : i64, kob = 2 : i64, tiles = 6 : i64},
      // One thread, several threads.
      {kob = 2 : i64, owb = 14 : i64, rows = 1 : i64}, {kob = 2 : i64, owb = 14 : i64, blocks = 2 : i64},
      {kob = 2 : i64, owb = 7 : i64, rows = 1 : i64}, {kob = 2 : i64, owb = 7 : i64, blocks = 2 : i64},
      {kob = 2 : i64, owb = 6 : i64, rows = 1 : i64}, {kob = 2 : i64, owb = 6 : i64, blocks = 2 : i64},
      {kob = 2 : i64, owb = 5 : i64, rows = 1 : i64}, {kob = 2 : i64, owb = 5 : i64, blocks = 2 : i64},
      {kob = 2 : i64, ohb = 3 : i64, owb = 2 : i64, rows = 1 : i64}, {kob = 2 : i64, ohb = 3 : i64, owb = 2 : i64, blocks = 2 : i64, rows = 14 : i64},
      {kob = 2 : i64, ohb = 2 : i64, owb = 3 : i64, rows = 1 : i64}, {kob = 2 : i64, ohb = 2 : i64, owb = 3 : i64, blocks = 2 : i64, rows = 14 : i64},
      {kob = 2 : i64, owb = 4 : i64, rows = 1 : i64}, {kob = 2 : i64, owb = 4 : i64, blocks = 2 : i64},
      {kob = 1 : i64, owb = 14 : i64, rows = 1 : i64}, {kob = 1 : i64, owb = 14 : i64},
      {kob = 1 : i64, owb = 7 : i64, rows = 1 : i64}, {kob = 1 : i64, owb = 7 : i64}]} {
    %function = transform.get_parent_op %anchor {op_name = "func.func"} : (!transform.any_op) -> !transform.any_op
    // Register tile: so many blocks of output channels x pixels.
    %kob = transform.tune.knob<"kob"> = 1 : i64 from options = [1, 2, 3, 4, 5, 6, 7, 8] -> !transform.param<i64>

    %registers = transform.dlti.query ["CPU", "registers"] at %function : (!transform.any_op) -> !transform.param<i64>
    %bits = transform.dlti.query ["CPU", "vector_bits"] at %function : (!transform.any_op) -> !transform.param<i64>
    %threads = transform.dlti.query ["CPU", "threads"] at %function : (!transform.any_op) -> !transform.param<i64>
    %winograd_applies = transform.chameleon.winograd_applies %anchor : (!transform.any_op) -> !transform.param<i64>
    %weights_constant = transform.chameleon.is_constant %anchor[1] : (!transform.any_op) -> !transform.param<i64>
    %n, %ko, %oh, %ow, %ki, %co = transform.match.structured failures(propagate) %anchor
        : (!transform.any_op) -> (!transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) {
    ^bb0(%op: !transform.any_op):
      %d0 = transform.match.structured.dim %op[0] : (!transform.any_op) -> !transform.param<i64>
      %d1 = transform.match.structured.dim %op[1] : (!transform.any_op) -> !transform.param<i64>
      %d2 = transform.match.structured.dim %op[2] : (!transform.any_op) -> !transform.param<i64>
      %d3 = transform.match.structured.dim %op[3] : (!transform.any_op) -> !transform.param<i64>
      %d4 = transform.match.structured.dim %op[4] : (!transform.any_op) -> !transform.param<i64>
      %d5 = transform.match.structured.dim %op[5] : (!transform.any_op) -> !transform.param<i64>
      transform.match.structured.yield %d0, %d1, %d2, %d3, %d4, %d5
          : !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>
    }
    transform.tune.alternatives<"method"> {
      // Directly.
      // Of the register tile: rows x pixels of a row.
      %ohb = transform.tune.knob<"ohb"> = 1 : i64 from options = [1, 2, 3, 4, 5, 7] -> !transform.param<i64>
      %owb = transform.tune.knob<"owb"> = 14 : i64
          from options = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 19, 20, 22, 24, 26, 28] -> !transform.param<i64>
      // What one iteration of the parallel loop computes: blocks of output channels x rows. Without threads, everything.
      %blocks = transform.tune.knob<"blocks"> = 1 : i64 from options = [1, 2, 4, 8, 16] -> !transform.param<i64>
      %rows = transform.tune.knob<"rows"> = 7 : i64 from options = [1, 2, 4, 7, 8, 14, 28] -> !transform.param<i64>
      %batch_part, %channel_part, %block_part, %row_part = transform.smt.constrain_params(%kob, %ohb, %owb, %blocks, %rows, %n, %ko, %oh, %ow, %ki, %co, %registers, %bits, %threads)
          : (!transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>)
          -> (!transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) {
      ^bb0(%kob_: !smt.int, %ohb_: !smt.int, %owb_: !smt.int, %blocks_: !smt.int, %rows_: !smt.int, %n_: !smt.int, %ko_: !smt.int, %oh_: !smt.int, %ow_: !smt.int, %ki_: !smt.int, %co_: !smt.int, %registers_: !smt.int, %bits_: !smt.int, %threads_: !smt.int):
        // A block of channels takes so many vector registers.
        %c32 = smt.int.constant 32
        %lane_bits = smt.int.mul %ki_, %c32
        %v2 = smt.int.add %lane_bits, %bits_
        %c1 = smt.int.constant 1
        %v3 = smt.int.sub %v2, %c1
        %vectors = smt.int.div %v3, %bits_
        // Without threads the parallel loop has one iteration, and its knobs mean nothing.
        %serial = smt.eq %threads_, %c1 : !smt.int
        %v6 = smt.int.cmp gt %threads_, %c1
        %v7 = smt.int.add %blocks_, %rows_
        %c2 = smt.int.constant 2
        %v8 = smt.eq %v7, %c2 : !smt.int
        %v9 = smt.or %v6, %v8
        smt.assert %v9
        %part_blocks = smt.ite %serial, %ko_, %blocks_ : !smt.int
        %part_rows = smt.ite %serial, %oh_, %rows_ : !smt.int
        %v12 = smt.int.cmp le %blocks_, %ko_
        %v13 = smt.int.mod %ko_, %part_blocks
        %c0 = smt.int.constant 0
        %v14 = smt.eq %v13, %c0 : !smt.int
        %v15 = smt.and %v12, %v14
        smt.assert %v15
        %v16 = smt.int.cmp le %rows_, %oh_
        %v17 = smt.int.mod %oh_, %part_rows
        %v18 = smt.eq %v17, %c0 : !smt.int
        %v19 = smt.and %v16, %v18
        smt.assert %v19
        // No thread idles for more than an eighth of the time, if there are parts enough.
        %v20 = smt.int.div %ko_, %part_blocks
        %v21 = smt.int.mul %n_, %v20
        %v22 = smt.int.div %oh_, %part_rows
        %parts = smt.int.mul %v21, %v22
        %v24 = smt.int.add %parts, %threads_
        %v25 = smt.int.sub %v24, %c1
        %turns = smt.int.div %v25, %threads_
        %c8 = smt.int.constant 8
        %v27 = smt.int.mul %parts, %c8
        %v28 = smt.int.mul %turns, %threads_
        %c7 = smt.int.constant 7
        %v29 = smt.int.mul %v28, %c7
        %v30 = smt.int.cmp ge %v27, %v29
        %v31 = smt.or %serial, %v30, %v8
        smt.assert %v31
        // The accumulators, a vector of weights for each block and one of the image fit the registers; there are enough of them to hide the latency of a multiply-add.
        %blocks_of_tile = smt.int.mul %kob_, %vectors
        %v33 = smt.int.mul %blocks_of_tile, %ohb_
        %accumulators = smt.int.mul %v33, %owb_
        %v35 = smt.int.add %accumulators, %blocks_of_tile
        %v36 = smt.int.add %v35, %c1
        %v37 = smt.int.cmp le %v36, %registers_
        smt.assert %v37
        %v38 = smt.int.mul %part_blocks, %part_rows
        %v39 = smt.int.mul %v38, %ow_
        %part = smt.int.mul %v39, %vectors
        %v41 = smt.int.cmp ge %accumulators, %c7
        %v42 = smt.int.cmp ge %accumulators, %part
        %v43 = smt.or %v41, %v42
        smt.assert %v43
        // Tiles divide, in all directions but one; the last rows are enough for a tile, and the last tile of a row is no sliver.
        %v44 = smt.int.cmp le %kob_, %part_blocks
        %v45 = smt.int.cmp le %ohb_, %part_rows
        %v46 = smt.int.cmp le %owb_, %ow_
        %v47 = smt.and %v44, %v45, %v46
        smt.assert %v47
        %column_rest = smt.int.mod %part_rows, %ohb_
        %row_rest = smt.int.mod %ow_, %owb_
        %block_rest = smt.int.mod %part_blocks, %kob_
        %v51 = smt.eq %column_rest, %c0 : !smt.int
        %few = smt.int.cmp lt %ow_, %c7
        %rest_rows = smt.int.mul %blocks_of_tile, %column_rest
        %rest_tile = smt.int.mul %rest_rows, %owb_
        %enough = smt.int.cmp ge %rest_tile, %c7
        %v52 = smt.or %few, %enough
        %v53 = smt.int.add %row_rest, %block_rest
        %v54 = smt.eq %v53, %c0 : !smt.int
        %v55 = smt.and %v52, %v54
        %v56 = smt.or %v51, %v55
        smt.assert %v56
        %v57 = smt.eq %row_rest, %c0 : !smt.int
        %c3 = smt.int.constant 3
        %v58 = smt.int.mul %row_rest, %c3
        %v59 = smt.int.cmp ge %v58, %owb_
        %v60 = smt.int.add %column_rest, %block_rest
        %v61 = smt.eq %v60, %c0 : !smt.int
        %v62 = smt.and %v59, %v61
        %v63 = smt.or %v57, %v62
        smt.assert %v63
        %v64 = smt.eq %block_rest, %c0 : !smt.int
        %v65 = smt.int.mul %part_rows, %ow_
        %v66 = smt.int.cmp lt %v65, %c7
        %v67 = smt.int.add %column_rest, %row_rest
        %v68 = smt.eq %v67, %c0 : !smt.int
        %v69 = smt.and %v66, %v68
        %v70 = smt.or %v64, %v69
        smt.assert %v70
        %v71 = smt.ite %serial, %n_, %c1 : !smt.int
        %v72 = smt.ite %serial, %co_, %c1 : !smt.int
        smt.yield %v71, %v72, %part_blocks, %part_rows : !smt.int, !smt.int, !smt.int, !smt.int
      }
      %convolutions = transform.include @tile_for_registers failures(propagate) (%function, %batch_part, %channel_part, %block_part, %row_part, %kob, %ohb, %owb)
          : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
      // Of the image, one scalar at a time.
      %step, %reductions = transform.chameleon.tile_reductions %convolutions parallel_order = [0, 2, 3, 1, 4]
          : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
      transform.include @vectorize_tiles failures(propagate) (%function) : (!transform.any_op) -> ()
    }, {
      // By Winograd's minimal filtering.
      // Of a square of the result: rows, and pixels of a row.
      %outputs = transform.tune.knob<"outputs"> = 2 : i64 from options = [2, 4] -> !transform.param<i64>
      // Of the register tile: squares.
      %tiles = transform.tune.knob<"tiles"> = 6 : i64 from options = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14] -> !transform.param<i64>
      // What is transformed, multiplied and transformed back at a time: rows x blocks of output channels of the result (0: all of them).
      %strip_rows = transform.tune.knob<"strip_rows"> = 0 : i64 from options = [0, 2, 4, 8, 12, 14, 16, 28] -> !transform.param<i64>
      %strip_blocks = transform.tune.knob<"strip_blocks"> = 0 : i64 from options = [0, 2, 4, 8, 16, 32] -> !transform.param<i64>
      %strip_batch, %strip_channels, %block_part, %row_part = transform.smt.constrain_params(%outputs, %kob, %tiles, %strip_rows, %strip_blocks, %n, %ko, %oh, %ow, %ki, %co, %registers, %bits, %threads, %winograd_applies, %weights_constant)
          : (!transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>)
          -> (!transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) {
      ^bb0(%outputs_: !smt.int, %kob_: !smt.int, %tiles_: !smt.int, %strip_rows_: !smt.int, %strip_blocks_: !smt.int, %n_: !smt.int, %ko_: !smt.int, %oh_: !smt.int, %ow_: !smt.int, %ki_: !smt.int, %co_: !smt.int, %registers_: !smt.int, %bits_: !smt.int, %threads_: !smt.int, %winograd_applies_: !smt.int, %weights_constant_: !smt.int):
        %c0 = smt.int.constant 0
        %c1 = smt.int.constant 1
        %c7 = smt.int.constant 7
        %c8 = smt.int.constant 8
        %c32 = smt.int.constant 32
        // A window of 3x3 with a stride of 1, and weights that are transformed at load.
        %both = smt.int.mul %winograd_applies_, %weights_constant_
        %possible = smt.eq %both, %c1 : !smt.int
        smt.assert %possible
        // A block of channels takes so many vector registers.
        %lane_bits = smt.int.mul %ki_, %c32
        %rounded_bits = smt.int.add %lane_bits, %bits_
        %last_bit = smt.int.sub %rounded_bits, %c1
        %vectors = smt.int.div %last_bit, %bits_
        // Strips divide, in rows of squares that lie within them.
        %all_rows = smt.eq %strip_rows_, %c0 : !smt.int
        %part_rows = smt.ite %all_rows, %oh_, %strip_rows_ : !smt.int
        %rows_left = smt.int.mod %oh_, %part_rows
        %rows_divide = smt.eq %rows_left, %c0 : !smt.int
        %square_rest = smt.int.mod %part_rows, %outputs_
        %whole_squares = smt.eq %square_rest, %c0 : !smt.int
        %squares_fit = smt.or %all_rows, %whole_squares
        %tall = smt.int.cmp ge %oh_, %outputs_
        %wide = smt.int.cmp ge %ow_, %outputs_
        %below = smt.int.cmp le %part_rows, %oh_
        %rows_legal = smt.and %rows_divide, %squares_fit, %tall, %wide, %below
        smt.assert %rows_legal
        %several_strips = smt.int.cmp lt %strip_rows_, %oh_
        smt.assert %several_strips
        %all_blocks = smt.eq %strip_blocks_, %c0 : !smt.int
        %part_blocks = smt.ite %all_blocks, %ko_, %strip_blocks_ : !smt.int
        %blocks_left = smt.int.mod %ko_, %part_blocks
        %blocks_divide = smt.eq %blocks_left, %c0 : !smt.int
        %several_parts = smt.int.cmp lt %strip_blocks_, %ko_
        %tile_within = smt.int.cmp le %kob_, %part_blocks
        %blocks_legal = smt.and %blocks_divide, %several_parts, %tile_within
        smt.assert %blocks_legal
        // No thread idles for more than an eighth of the time.
        %serial = smt.eq %threads_, %c1 : !smt.int
        %parts_of_channels = smt.int.div %ko_, %part_blocks
        %parts_of_batch = smt.int.mul %n_, %parts_of_channels
        %strips = smt.int.div %oh_, %part_rows
        %parts = smt.int.mul %parts_of_batch, %strips
        %parts_and_threads = smt.int.add %parts, %threads_
        %last_part = smt.int.sub %parts_and_threads, %c1
        %turns = smt.int.div %last_part, %threads_
        %eight_parts = smt.int.mul %parts, %c8
        %all_turns = smt.int.mul %turns, %threads_
        %seven_turns = smt.int.mul %all_turns, %c7
        %balanced = smt.int.cmp ge %eight_parts, %seven_turns
        %shared_out = smt.or %serial, %balanced
        smt.assert %shared_out
        // The accumulators, a vector of weights for each block and one of the image fit the registers; there are enough of
        // them to hide the latency of a multiply-add, or as many as there are.
        %blocks_of_tile = smt.int.mul %kob_, %vectors
        %accumulators = smt.int.mul %blocks_of_tile, %tiles_
        %with_weights = smt.int.add %accumulators, %blocks_of_tile
        %used = smt.int.add %with_weights, %c1
        %fits = smt.int.cmp le %used, %registers_
        smt.assert %fits
        %square_columns = smt.int.div %ow_, %outputs_
        %square_rows = smt.int.div %part_rows, %outputs_
        %squares = smt.int.mul %square_rows, %square_columns
        %latency_hidden = smt.int.cmp ge %accumulators, %c7
        %all_at_once = smt.int.cmp ge %tiles_, %squares
        %enough = smt.or %latency_hidden, %all_at_once
        smt.assert %enough
        // The transforms of a strip take 64 MiB at most: (outputs + 2)^2 values for a square of each channel, of the image and of the result.
        %c2 = smt.int.constant 2
        %side = smt.int.add %outputs_, %c2
        %places = smt.int.mul %side, %side
        %lanes = smt.int.mul %ki_, %squares
        %both_channels = smt.int.add %co_, %part_blocks
        %values = smt.int.mul %places, %lanes, %both_channels
        %most = smt.int.constant 16777216
        %small = smt.int.cmp le %values, %most
        smt.assert %small
        %batch_part = smt.ite %serial, %n_, %c1 : !smt.int
        %channel_part = smt.ite %serial, %co_, %c1 : !smt.int
        smt.yield %batch_part, %channel_part, %part_blocks, %part_rows : !smt.int, !smt.int, !smt.int, !smt.int
      }
      transform.include @compute_by_winograd failures(propagate) (%function, %strip_batch, %strip_channels, %block_part, %row_part, %outputs, %kob, %tiles)
          : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> ()
    }
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.foreach_match in %root
        @match_conv_nchwc -> @conv_nchwc
        : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

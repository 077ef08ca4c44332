// Convolutions whose channels are blocked by the vector width (NCHWc), dense, any window, stride, dilation and batch:
//   out(n, ko, oh, ow, ki) += weights(ko, co, r, s, ci, ki) *
//       image(n, co, oh * stride + r * dilation, ow * stride + s * dilation, ci)
// and the same without ci, for the first layer's few channels; or, grouped, with one iteration of co and
// image(n, ko + co, ...).
//
// Directly: a tile of kob * ohb * owb accumulators, each a block of output channels, stays in registers from the fill
// through the convolution to the last elementwise operation. A step of the reduction loads kob vectors of weights and
// multiplies them by one scalar of the image for each pixel.
//
// By Winograd's minimal filtering, where the window is 3x3, the stride 1 and the weights are constant: 2.25 or 4 times
// fewer products, and transforms of the image and of the result, strip by strip.
!op = !transform.any_op
!param = !transform.param<i64>
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match_conv_nchwc(%anchor: !op {transform.readonly}) -> !op {
    transform.match.operation_name %anchor ["linalg.generic"] : !op
    transform.match.structured failures(propagate) %anchor : !op {
    ^bb0(%op: !op):
      %rank = transform.match.structured.rank %op : (!op) -> !param
      %eight = transform.param.constant 8 : i64 -> !param
      %nine = transform.param.constant 9 : i64 -> !param
      transform.match.param.cmpi ge %rank, %eight : !param
      transform.match.param.cmpi le %rank, %nine : !param
      transform.match.structured.dim %op[0, 1, 2, 3, 4] {parallel} : !op
      transform.match.structured.dim %op[except(0, 1, 2, 3, 4)] {reduction} : !op
      transform.match.structured.body %op {contraction = ["arith.mulf", "arith.addf"]} : !op
      // The image is read in windows; the result is written along its loops.
      %batch, %pixels, %channels, %window, %depths, %depth, %strides, %dilations
          = transform.match.structured.classify_convolution_dims %op
          : (!op) -> (!param, !param, !param, !param, !param, !param, !param, !param)
      transform.match.structured.yield
    }
    transform.chameleon.applies "vectorize" to %anchor : !op
    transform.yield %anchor : !op
  }

  // The border and the interior of the padded image, in parallel over its channels.
  transform.named_sequence @pad_in_parallel(%function: !op {transform.readonly},
      %batch_part: !param {transform.readonly}, %channel_part: !param {transform.readonly}) {
    %pads = transform.structured.match ops{["tensor.pad"]} in %function : (!op) -> !op
    %pad_part, %pad_loop = transform.structured.tile_using_forall %pads tile_sizes [%batch_part, %channel_part]
        : (!op, !param, !param) -> (!op, !op)
    %pad_writes = transform.include @lower_padding failures(propagate) (%pad_part) : (!op) -> !op
    %pad_tile, %pad_loops:4 = transform.structured.tile_using_for %pad_writes tile_sizes [1, 1, 1, 8]
        : (!op) -> (!op, !op, !op, !op, !op)
    transform.chameleon.peel_loop %pad_loops#3
    transform.yield
  }

  // Fuses everything into register tiles, for each of which the reductions are still to be tiled; returns the
  // convolutions.
  transform.named_sequence @tile_for_registers(%function: !op {transform.readonly},
      %batch_part: !param {transform.readonly}, %channel_part: !param {transform.readonly},
      %block_part: !param {transform.readonly}, %row_part: !param {transform.readonly},
      %kob: !param {transform.readonly}, %ohb: !param {transform.readonly}, %owb: !param {transform.readonly}) -> !op {
    transform.include @generalize_fills failures(propagate) (%function) : (!op) -> ()
    transform.include @pad_in_parallel failures(propagate) (%function, %batch_part, %channel_part)
        : (!op, !param, !param) -> ()
    %root = transform.include @mark_root failures(propagate) (%function) : (!op) -> !op
    %part, %parallel = transform.structured.fuse %root tile_sizes [%batch_part, %block_part, %row_part]
        {apply_cleanup, use_forall} : (!op, !param, !param, !param) -> (!op, !op)
    %root_part = transform.include @part_of_root failures(propagate) (%function) : (!op) -> !op
    %tile, %loops:4 = transform.structured.fuse %root_part tile_sizes [1, %kob, %ohb, %owb]
        interchange [0, 1, 2, 3] {apply_cleanup} : (!op, !param, !param, !param) -> (!op, !op, !op, !op, !op)
    // At most one of them does not divide (constraint); its remainder becomes a tile of its own.
    transform.chameleon.peel_loop %loops#3
    transform.chameleon.peel_loop %loops#2
    transform.chameleon.peel_loop %loops#1
    transform.chameleon.simplify %function
    // Pixels outside, channel blocks inside: every pixel is used at once by all kob blocks, so it needs one register
    // only.
    %elementwise = transform.structured.match ops{["linalg.generic"]} attributes {iterator_types = [
        #linalg.iterator_type<parallel>, #linalg.iterator_type<parallel>, #linalg.iterator_type<parallel>,
        #linalg.iterator_type<parallel>, #linalg.iterator_type<parallel>]} in %function : (!op) -> !op
    %pixels_first = transform.structured.interchange %elementwise iterator_interchange = [0, 2, 3, 1, 4] : (!op) -> !op
    %convolutions = transform.structured.match attributes {chameleon.anchor} in %function : (!op) -> !op
    transform.yield %convolutions : !op
  }

  // Strips of the result, from the transforms of the image to the last elementwise operation.
  transform.named_sequence @compute_by_winograd(%function: !op {transform.readonly},
      %batch_part: !param {transform.readonly}, %channel_part: !param {transform.readonly},
      %block_part: !param {transform.readonly}, %row_part: !param {transform.readonly},
      %outputs: !param {transform.readonly}, %kob: !param {transform.readonly}, %tiles: !param {transform.readonly}) {
    transform.include @pad_in_parallel failures(propagate) (%function, %batch_part, %channel_part)
        : (!op, !param, !param) -> ()
    %root = transform.include @mark_root failures(propagate) (%function) : (!op) -> !op
    %part, %parallel = transform.structured.fuse %root tile_sizes [1, %block_part, %row_part]
        {apply_cleanup, use_forall} : (!op, !param, !param) -> (!op, !op)
    transform.chameleon.simplify %function
    %convolutions = transform.structured.match attributes {chameleon.anchor} in %function : (!op) -> !op
    %copies = transform.chameleon.lower_winograd %convolutions outputs %outputs blocks %kob tiles %tiles
    %copy, %copy_loops:4 = transform.structured.tile_using_for %copies tile_sizes [1, 1, 1, 1]
        : (!op) -> (!op, !op, !op, !op, !op)
    // What comes after the convolution, if anything does: without, it was the root itself.
    %root_part = transform.structured.match attributes {chameleon.root} in %function : (!op) -> !op
    %elementwise, %loops:4 = transform.structured.fuse %root_part tile_sizes [1, 1, 1, 1]
        interchange [0, 1, 2, 3] {apply_cleanup} : (!op) -> (!op, !op, !op, !op, !op)
    transform.chameleon.simplify %function
    transform.apply_patterns to %function {
      transform.apply_patterns.linalg.fold_unit_extent_dims_via_slices
    } {max_iterations = 4 : i64} : !op
    %all_loops = transform.structured.match ops{["scf.for"]} in %function : (!op) -> !op
    transform.apply_licm to %all_loops : !op
    %computations = transform.structured.match interface{LinalgOp} in %function : (!op) -> !op
    transform.structured.vectorize %computations : !op
    transform.chameleon.simplify %function {fold_transfers}
    transform.apply_cse to %function : !op
    transform.yield
  }

  // Two blocks of channels share a scalar of the image, which is what two multiply-adds a cycle need where a broadcast
  // is an instruction of its own (AVX2: 92 % of peak with 2 x 6 pixels, 79 % with 1 x 7). 28 accumulators for 32
  // registers, 12 for 16.
  transform.named_sequence @conv_nchwc(%anchor: !op {transform.readonly}) attributes {chameleon.seeds = [
      // Winograd's sums are as exact as the direct ones with 2 outputs; with 4 they are faster and a search may find
      // them. Strips of a few rows while the image is large, then all of it; with threads, parts of the channels as
      // well.
      {method = 1, kob = 2, tiles = 14, strip_rows = 4}, {method = 1, kob = 2, tiles = 6, strip_rows = 4},
      {method = 1, kob = 2, tiles = 14, strip_rows = 2}, {method = 1, kob = 2, tiles = 6, strip_rows = 2},
      {method = 1, kob = 2, tiles = 8}, {method = 1, kob = 2, tiles = 6},
      {method = 1, kob = 2, tiles = 8, strip_blocks = 16}, {method = 1, kob = 2, tiles = 6, strip_blocks = 16},
      {method = 1, kob = 2, tiles = 8, strip_blocks = 4}, {method = 1, kob = 2, tiles = 6, strip_blocks = 4},
      {method = 1, outputs = 4, kob = 2, tiles = 14, strip_rows = 8},
      {method = 1, outputs = 4, kob = 2, tiles = 6, strip_rows = 8},
      {method = 1, outputs = 4, kob = 2, tiles = 14}, {method = 1, outputs = 4, kob = 2, tiles = 6},
      // One thread, several threads.
      {kob = 2, owb = 14, rows = 1}, {kob = 2, owb = 14, blocks = 2},
      {kob = 2, owb = 7, rows = 1}, {kob = 2, owb = 7, blocks = 2},
      {kob = 2, owb = 6, rows = 1}, {kob = 2, owb = 6, blocks = 2},
      {kob = 2, owb = 5, rows = 1}, {kob = 2, owb = 5, blocks = 2},
      {kob = 2, ohb = 3, owb = 2, rows = 1}, {kob = 2, ohb = 3, owb = 2, blocks = 2, rows = 14},
      {kob = 2, ohb = 2, owb = 3, rows = 1}, {kob = 2, ohb = 2, owb = 3, blocks = 2, rows = 14},
      {kob = 2, owb = 4, rows = 1}, {kob = 2, owb = 4, blocks = 2},
      {kob = 1, owb = 14, rows = 1}, {kob = 1, owb = 14}, {kob = 1, owb = 7, rows = 1}, {kob = 1, owb = 7}]} {
    %function = transform.get_parent_op %anchor {op_name = "func.func"} : (!op) -> !op
    // Register tile: so many blocks of output channels x pixels.
    %kob = transform.tune.knob<"kob"> = 1 from options = [1, 2, 3, 4, 5, 6, 7, 8] -> !param

    %registers = transform.dlti.query ["CPU", "registers"] at %function : (!op) -> !param
    %bits = transform.dlti.query ["CPU", "vector_bits"] at %function : (!op) -> !param
    %threads = transform.dlti.query ["CPU", "threads"] at %function : (!op) -> !param
    %width = transform.chameleon.element_bits %anchor
    %winograd_applies = transform.chameleon.winograd_applies %anchor
    %weights_constant = transform.chameleon.is_constant %anchor[1]
    %n, %ko, %oh, %ow, %ki, %co = transform.chameleon.loop_extents %anchor[0, 1, 2, 3, 4, 5]
    transform.tune.alternatives<"method"> {
      // Directly.
      // Of the register tile: rows x pixels of a row.
      %ohb = transform.tune.knob<"ohb"> = 1 from options = [1, 2, 3, 4, 5, 7] -> !param
      %owb = transform.tune.knob<"owb"> = 14
          from options = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 19, 20, 22, 24, 26, 28] -> !param
      // What one iteration of the parallel loop computes: blocks of output channels x rows. Without threads,
      // everything.
      %blocks = transform.tune.knob<"blocks"> = 1 from options = [1, 2, 4, 8, 16] -> !param
      %rows = transform.tune.knob<"rows"> = 7 from options = [1, 2, 4, 7, 8, 14, 28] -> !param
      %batch_part, %channel_part, %block_part, %row_part = transform.chameleon.constrain {
        // Without threads the parallel loop has one iteration, and its knobs mean nothing.
        let serial = %threads == 1
        let smallest = %blocks + %rows == 2
        assert %threads > 1 or smallest
        let part_blocks = if serial then %ko else %blocks
        let part_rows = if serial then %oh else %rows
        assert %blocks <= %ko and %ko mod part_blocks == 0
        assert %rows <= %oh and %oh mod part_rows == 0
        // No thread idles for more than an eighth of the time, if there are parts enough.
        let parts = %n * (%ko div part_blocks) * (%oh div part_rows)
        assert serial or parts * 8 >= parts ceildiv %threads * %threads * 7 or smallest
        // The accumulators, a vector of weights for each block and one of the image fit the registers; there are enough
        // of them to hide the latency of a multiply-add. A block of channels takes so many vectors.
        let vectors = (%ki * %width) ceildiv %bits
        let blocks_of_tile = %kob * vectors
        let accumulators = blocks_of_tile * %ohb * %owb
        assert accumulators + blocks_of_tile + 1 <= %registers
        assert accumulators >= 7 or accumulators >= part_blocks * part_rows * %ow * vectors
        // Tiles divide, in all directions but one; the last rows are enough for a tile, and the last tile of a row is
        // no sliver.
        assert %kob <= part_blocks and %ohb <= part_rows and %owb <= %ow
        let column_rest = part_rows mod %ohb
        let row_rest = %ow mod %owb
        let block_rest = part_blocks mod %kob
        assert column_rest == 0 or (%ow < 7 or blocks_of_tile * column_rest * %owb >= 7) and row_rest + block_rest == 0
        assert row_rest == 0 or row_rest * 3 >= %owb and column_rest + block_rest == 0
        assert block_rest == 0 or part_rows * %ow < 7 and column_rest + row_rest == 0
        yield if serial then %n else 1, if serial then %co else 1, part_blocks, part_rows
      }
      %convolutions = transform.include @tile_for_registers failures(propagate)
          (%function, %batch_part, %channel_part, %block_part, %row_part, %kob, %ohb, %owb)
          : (!op, !param, !param, !param, !param, !param, !param, !param) -> !op
      // Of the image, one scalar at a time.
      %step, %reductions = transform.chameleon.tile_reductions %convolutions parallel_order = [0, 2, 3, 1, 4]
      transform.include @vectorize_tiles failures(propagate) (%function) : (!op) -> ()
    }, {
      // By Winograd's minimal filtering.
      // Of a square of the result: rows, and pixels of a row.
      %outputs = transform.tune.knob<"outputs"> = 2 from options = [2, 4] -> !param
      // Of the register tile: squares.
      %tiles = transform.tune.knob<"tiles"> = 6 from options = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14] -> !param
      // What is transformed, multiplied and transformed back at a time: rows x blocks of output channels of the result
      // (0: all of them).
      %strip_rows = transform.tune.knob<"strip_rows"> = 0 from options = [0, 2, 4, 8, 12, 14, 16, 28] -> !param
      %strip_blocks = transform.tune.knob<"strip_blocks"> = 0 from options = [0, 2, 4, 8, 16, 32] -> !param
      %strip_batch, %strip_channels, %block_part, %row_part = transform.chameleon.constrain {
        // A window of 3x3 with a stride of 1, and weights that are transformed at load.
        assert %winograd_applies * %weights_constant == 1
        // Strips divide, in rows of squares that lie within them.
        let part_rows = if %strip_rows == 0 then %oh else %strip_rows
        assert part_rows <= %oh and %oh mod part_rows == 0 and %strip_rows < %oh
        assert %strip_rows == 0 or part_rows mod %outputs == 0
        assert %oh >= %outputs and %ow >= %outputs
        let part_blocks = if %strip_blocks == 0 then %ko else %strip_blocks
        assert %ko mod part_blocks == 0 and %strip_blocks < %ko and %kob <= part_blocks
        // No thread idles for more than an eighth of the time.
        let serial = %threads == 1
        let parts = %n * (%ko div part_blocks) * (%oh div part_rows)
        assert serial or parts * 8 >= parts ceildiv %threads * %threads * 7
        // The accumulators, a vector of weights for each block and one of the image fit the registers; there are enough
        // of them to hide the latency of a multiply-add, or as many as there are. A block of channels takes so many
        // vectors.
        let vectors = (%ki * %width) ceildiv %bits
        let accumulators = %kob * vectors * %tiles
        assert accumulators + %kob * vectors + 1 <= %registers
        let squares = (part_rows div %outputs) * (%ow div %outputs)
        assert accumulators >= 7 or %tiles >= squares
        // The transforms of a strip take 64 MiB at most: (outputs + 2)^2 values for a square of each channel, of the
        // image and of the result.
        let places = (%outputs + 2) * (%outputs + 2)
        assert places * %ki * squares * (%co + part_blocks) * %width <= 536870912
        yield if serial then %n else 1, if serial then %co else 1, part_blocks, part_rows
      }
      transform.include @compute_by_winograd failures(propagate)
          (%function, %strip_batch, %strip_channels, %block_part, %row_part, %outputs, %kob, %tiles)
          : (!op, !param, !param, !param, !param, !param, !param, !param) -> ()
    }
    transform.yield
  }

  transform.named_sequence @__transform_main(%root: !op) {
    transform.foreach_match in %root @match_conv_nchwc -> @conv_nchwc : (!op) -> !op
    transform.yield
  }
}

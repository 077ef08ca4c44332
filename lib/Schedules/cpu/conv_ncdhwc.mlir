// Three-dimensional convolutions whose channels are blocked by the vector width, dense, any window, stride, dilation,
// batch:
//   out(n, ko, od, oh, ow, ki) += weights(ko, co, q, r, s, ci, ki) *
//       image(n, co, od * stride + q * dilation, oh * stride + r * dilation, ow * stride + s * dilation, ci)
// and the same without ci, for the first layer's few channels. One slice of the result after another, each as in
// conv_nchwc.mlir: a tile of kob * ohb * owb accumulators stays in registers from the fill through the convolution to
// the last elementwise operation.
!op = !transform.any_op
!param = !transform.param<i64>
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match_conv_ncdhwc(%anchor: !op {transform.readonly}) -> !op {
    transform.match.operation_name %anchor ["linalg.generic"] : !op
    transform.match.structured failures(propagate) %anchor : !op {
    ^bb0(%op: !op):
      %rank = transform.match.structured.rank %op : (!op) -> !param
      %ten = transform.param.constant 10 : i64 -> !param
      %eleven = transform.param.constant 11 : i64 -> !param
      transform.match.param.cmpi ge %rank, %ten : !param
      transform.match.param.cmpi le %rank, %eleven : !param
      transform.match.structured.dim %op[0, 1, 2, 3, 4, 5] {parallel} : !op
      transform.match.structured.dim %op[except(0, 1, 2, 3, 4, 5)] {reduction} : !op
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

  // Fuses everything into register tiles, for each of which the reductions are still to be tiled; returns the
  // convolutions.
  transform.named_sequence @tile_for_registers(%function: !op {transform.readonly},
      %batch_part: !param {transform.readonly}, %channel_part: !param {transform.readonly},
      %block_part: !param {transform.readonly}, %row_part: !param {transform.readonly},
      %kob: !param {transform.readonly}, %ohb: !param {transform.readonly}, %owb: !param {transform.readonly}) -> !op {
    transform.include @generalize_fills failures(propagate) (%function) : (!op) -> ()
    // The border and the interior of the padded image, in parallel over its channels.
    %pads = transform.structured.match ops{["tensor.pad"]} in %function : (!op) -> !op
    %pad_part, %pad_loop = transform.structured.tile_using_forall %pads tile_sizes [%batch_part, %channel_part]
        : (!op, !param, !param) -> (!op, !op)
    %pad_writes = transform.include @lower_padding failures(propagate) (%pad_part) : (!op) -> !op
    %pad_tile, %pad_loops:5 = transform.structured.tile_using_for %pad_writes tile_sizes [1, 1, 1, 1, 8]
        : (!op) -> (!op, !op, !op, !op, !op, !op)
    transform.chameleon.peel_loop %pad_loops#4
    %root = transform.include @mark_root failures(propagate) (%function) : (!op) -> !op
    %part, %parallel = transform.structured.fuse %root tile_sizes [%batch_part, %block_part, 1, %row_part]
        {apply_cleanup, use_forall} : (!op, !param, !param, !param) -> (!op, !op)
    %root_part = transform.include @part_of_root failures(propagate) (%function) : (!op) -> !op
    %tile, %loops:5 = transform.structured.fuse %root_part tile_sizes [1, %kob, 1, %ohb, %owb]
        interchange [0, 1, 2, 3, 4] {apply_cleanup} : (!op, !param, !param, !param) -> (!op, !op, !op, !op, !op, !op)
    // At most one of them does not divide (constraint); its remainder becomes a tile of its own.
    transform.chameleon.peel_loop %loops#4
    transform.chameleon.peel_loop %loops#3
    transform.chameleon.peel_loop %loops#1
    transform.chameleon.simplify %function
    // Pixels outside, channel blocks inside: every pixel is used at once by all kob blocks, so it needs one register
    // only.
    %elementwise = transform.structured.match ops{["linalg.generic"]} attributes {iterator_types = [
        #linalg.iterator_type<parallel>, #linalg.iterator_type<parallel>, #linalg.iterator_type<parallel>,
        #linalg.iterator_type<parallel>, #linalg.iterator_type<parallel>, #linalg.iterator_type<parallel>]}
        in %function : (!op) -> !op
    %pixels_first = transform.structured.interchange %elementwise iterator_interchange = [0, 2, 3, 4, 1, 5]
        : (!op) -> !op
    %convolutions = transform.structured.match attributes {chameleon.anchor} in %function : (!op) -> !op
    transform.yield %convolutions : !op
  }

  transform.named_sequence @conv_ncdhwc(%anchor: !op {transform.readonly}) {
    %function = transform.get_parent_op %anchor {op_name = "func.func"} : (!op) -> !op
    // Register tile: blocks of output channels x rows x pixels of a row.
    %kob = transform.tune.knob<"kob"> = 1 from options = [1, 2, 3, 4, 5, 6, 7, 8] -> !param
    %ohb = transform.tune.knob<"ohb"> = 1 from options = [1, 2, 3, 4, 5, 7] -> !param
    %owb = transform.tune.knob<"owb"> = 14
        from options = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 19, 20, 22, 24, 26, 28] -> !param
    // What one iteration of the parallel loop computes: blocks of output channels x rows. Without threads, everything.
    %blocks = transform.tune.knob<"blocks"> = 1 from options = [1, 2, 4, 8, 16] -> !param
    %rows = transform.tune.knob<"rows"> = 7 from options = [1, 2, 4, 7, 8, 14, 28] -> !param

    %registers = transform.dlti.query ["CPU", "registers"] at %function : (!op) -> !param
    %bits = transform.dlti.query ["CPU", "vector_bits"] at %function : (!op) -> !param
    %threads = transform.dlti.query ["CPU", "threads"] at %function : (!op) -> !param
    %width = transform.chameleon.element_bits %anchor
    %n, %ko, %oh, %ow, %ki, %co = transform.chameleon.loop_extents %anchor[0, 1, 3, 4, 5, 6]
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
      // Tiles divide, in all directions but one; the last tile of a row is no sliver.
      assert %kob <= part_blocks and %ohb <= part_rows and %owb <= %ow
      let column_rest = part_rows mod %ohb
      let row_rest = %ow mod %owb
      let block_rest = part_blocks mod %kob
      assert column_rest == 0 or %ow < 7 and row_rest + block_rest == 0
      assert row_rest == 0 or row_rest * 3 >= %owb and column_rest + block_rest == 0
      assert block_rest == 0 or part_rows * %ow < 7 and column_rest + row_rest == 0
      yield if serial then %n else 1, if serial then %co else 1, part_blocks, part_rows
    }
    %convolutions = transform.include @tile_for_registers failures(propagate)
        (%function, %batch_part, %channel_part, %block_part, %row_part, %kob, %ohb, %owb)
        : (!op, !param, !param, !param, !param, !param, !param, !param) -> !op
    // Of the image, one scalar at a time.
    %step, %reductions = transform.chameleon.tile_reductions %convolutions parallel_order = [0, 2, 3, 4, 1, 5]
    transform.include @vectorize_tiles failures(propagate) (%function) : (!op) -> ()
    transform.yield
  }

  transform.named_sequence @__transform_main(%root: !op) {
    transform.foreach_match in %root @match_conv_ncdhwc -> @conv_ncdhwc : (!op) -> !op
    transform.yield
  }
}

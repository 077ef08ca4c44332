// Windows within one channel, channels blocked by the vector width (NCHWc): depthwise convolution and pooling,
//   out(n, c, oh, ow, ci) = combine over r, s of
//       image(n, c, oh * stride + r * dilation, ow * stride + s * dilation, ci) [* weights(c, r, s, ci)]
//
// These are bound by memory. So the image is padded for one block of channels at a time, which is still in the cache
// when its windows are read. ohb * owb accumulators, each a block of channels, stay in registers from the fill to the
// last elementwise operation.
!op = !transform.any_op
!param = !transform.param<i64>
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match_window_nchwc(%anchor: !op {transform.readonly}) -> !op {
    transform.match.structured failures(propagate) %anchor : !op {
    ^bb0(%op: !op):
      %rank = transform.match.structured.rank %op : (!op) -> !param
      %seven = transform.param.constant 7 : i64 -> !param
      transform.match.param.cmpi eq %rank, %seven : !param
      transform.match.structured.dim %op[0, 1, 2, 3, 4] {parallel} : !op
      transform.match.structured.dim %op[5, 6] {reduction} : !op
      transform.match.structured.body %op {reduction_position = 0} : !op
      // The weights of a depthwise convolution, or the shape of a pooling window.
      %inputs = transform.match.structured.num_inputs %op : (!op) -> !param
      %two = transform.param.constant 2 : i64 -> !param
      transform.match.param.cmpi eq %inputs, %two : !param
      transform.match.structured.input %op[1] {projected_permutation} : !op
      transform.match.structured.yield
    }
    transform.chameleon.applies "vectorize" to %anchor : !op
    transform.yield %anchor : !op
  }

  transform.named_sequence @window_nchwc(%anchor: !op {transform.readonly}) {
    %function = transform.get_parent_op %anchor {op_name = "func.func"} : (!op) -> !op
    // Register tile: rows x pixels of a row.
    %ohb = transform.tune.knob<"ohb"> = 1 from options = [1, 2, 3, 4, 5, 7] -> !param
    %owb = transform.tune.knob<"owb"> = 14
        from options = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 19, 20, 22, 24, 26, 28] -> !param
    // Blocks of channels that one iteration of the parallel loop computes. Without threads, all.
    %blocks = transform.tune.knob<"blocks"> = 1 from options = [1, 2, 3, 4, 6, 8] -> !param

    %registers = transform.dlti.query ["CPU", "registers"] at %function : (!op) -> !param
    %bits = transform.dlti.query ["CPU", "vector_bits"] at %function : (!op) -> !param
    %threads = transform.dlti.query ["CPU", "threads"] at %function : (!op) -> !param
    %width = transform.chameleon.element_bits %anchor
    %n, %c, %oh, %ow, %ci = transform.chameleon.loop_extents %anchor[0, 1, 2, 3, 4]
    %batch_part, %block_part = transform.chameleon.constrain {
      // Without threads the parallel loop has one iteration, and its knob means nothing.
      let serial = %threads == 1
      let part_blocks = if serial then %c else %blocks
      assert %threads > 1 or %blocks == 1
      assert %blocks <= %c and %c mod %blocks == 0
      // No thread idles for more than an eighth of the time, if there are parts enough.
      let parts = %n * (%c div part_blocks)
      assert serial or parts * 8 >= parts ceildiv %threads * %threads * 7 or %blocks == 1
      // The accumulators, the weights of a step and the image fit the registers; there are enough of them to hide the
      // latency of an operation. A block of channels takes so many vectors.
      let vectors = (%ci * %width) ceildiv %bits
      let accumulators = vectors * %ohb * %owb
      assert accumulators + 2 * vectors <= %registers
      assert accumulators >= 4 or accumulators >= %oh * %ow * vectors
      // Tiles divide in one direction at least; the last tile of a row is no sliver.
      assert %ohb <= %oh and %owb <= %ow
      let column_rest = %oh mod %ohb
      let row_rest = %ow mod %owb
      assert column_rest == 0 or %ow < 4 and row_rest == 0
      assert row_rest == 0 or row_rest * 3 >= %owb and column_rest == 0
      yield if serial then %n else 1, part_blocks
    }

    // Padding comes along as long as only batch and channels are tiled.
    transform.include @generalize_fills failures(propagate) (%function) : (!op) -> ()
    %root = transform.include @mark_root failures(propagate) (%function) : (!op) -> !op
    %part, %parallel = transform.structured.fuse %root tile_sizes [%batch_part, %block_part]
        {apply_cleanup, use_forall} : (!op, !param, !param) -> (!op, !op)
    %root_part = transform.include @part_of_root failures(propagate) (%function) : (!op) -> !op
    %block, %block_loops:2 = transform.structured.fuse %root_part tile_sizes [1, 1]
        interchange [0, 1] {apply_cleanup} : (!op) -> (!op, !op, !op)
    %pads = transform.structured.match ops{["tensor.pad"]} in %function : (!op) -> !op
    %pad_writes = transform.include @lower_padding failures(propagate) (%pads) : (!op) -> !op
    %pad_tile, %pad_loops:4 = transform.structured.tile_using_for %pad_writes tile_sizes [1, 1, 1, 4]
        : (!op) -> (!op, !op, !op, !op, !op)
    transform.chameleon.peel_loop %pad_loops#3
    %tile, %loops:2 = transform.structured.fuse %block tile_sizes [0, 0, %ohb, %owb]
        interchange [0, 1, 2, 3] {apply_cleanup} : (!op, !param, !param) -> (!op, !op, !op)
    // At most one of them does not divide (constraint); its remainder becomes a tile of its own.
    transform.chameleon.peel_loop %loops#1
    transform.chameleon.peel_loop %loops#0
    transform.include @vectorize_windows failures(propagate) (%function) : (!op) -> ()
    transform.yield
  }

  transform.named_sequence @__transform_main(%root: !op) {
    transform.foreach_match in %root @match_window_nchwc -> @window_nchwc : (!op) -> !op
    transform.yield
  }
}

// Depthwise convolutions in NCHW, whose channels could not be blocked (58 of them, say): vectorized along the pixels of
// a row.
!op = !transform.any_op
!param = !transform.param<i64>
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match_depthwise_nchw(%anchor: !op {transform.readonly}) -> !op {
    transform.match.operation_name %anchor ["linalg.depthwise_conv_2d_nchw_chw"] : !op
    transform.chameleon.applies "vectorize" to %anchor : !op
    transform.yield %anchor : !op
  }

  transform.named_sequence @depthwise_nchw(%anchor: !op {transform.consumed}) {
    %function = transform.get_parent_op %anchor {op_name = "func.func"} : (!op) -> !op
    // Register tile: channels, rows, pixels of a row.
    %outer = transform.tune.knob<"outer"> = 1 from options = [1, 2, 3, 4, 5, 6, 7, 8] -> !param
    %middle = transform.tune.knob<"middle"> = 4 from options = [1, 2, 3, 4, 5, 6, 7, 8, 14] -> !param
    %inner = transform.tune.knob<"inner"> = 16 from options = [1, 2, 3, 4, 5, 6, 7, 8, 16, 32, 64] -> !param

    %registers = transform.dlti.query ["CPU", "registers"] at %function : (!op) -> !param
    %bits = transform.dlti.query ["CPU", "vector_bits"] at %function : (!op) -> !param
    %threads = transform.dlti.query ["CPU", "threads"] at %function : (!op) -> !param
    %width = transform.chameleon.element_bits %anchor
    // Its loops are rows, pixels, channels.
    %n, %d1, %d2, %d3 = transform.chameleon.loop_extents %anchor[0, 3, 1, 2]
    %batch_part, %outer_part = transform.chameleon.constrain {
      // The accumulators and what is read for one of the outer tile fit the registers; there are enough of them to hide
      // the latency of an operation, unless the loops have too few divisors (26 = 2 * 13).
      let vectors = (%inner * %width) ceildiv %bits
      let accumulators = vectors * %outer * %middle
      assert accumulators + vectors + %outer <= %registers
      assert accumulators >= 4 or accumulators * 8 > %d1 * %d2 * %d3 or %d1 * %d2 mod 4 > 0
      // Tiles divide, in all directions but the innermost, whose last one is no sliver.
      assert %outer <= %d1 and %d1 mod %outer == 0
      assert %middle <= %d2 and %d2 mod %middle == 0
      assert %inner <= %d3 or %inner == 1
      assert %d3 mod %inner == 0 or %d3 mod %inner * 3 >= %inner
      // Without threads the parallel loop has one iteration.
      yield if %threads == 1 then %n else 1, if %threads == 1 then %d1 else %outer
    }

    transform.include @generalize_fills failures(propagate) (%function) : (!op) -> ()
    %loops_of_pixels = transform.structured.generalize %anchor : (!op) -> !op
    %generic = transform.structured.interchange %loops_of_pixels iterator_interchange = [0, 3, 1, 2, 4, 5]
        : (!op) -> !op
    transform.annotate %generic "chameleon.anchor" : !op
    %pads = transform.structured.match ops{["tensor.pad"]} in %function : (!op) -> !op
    %pad_writes = transform.include @lower_padding failures(propagate) (%pads) : (!op) -> !op
    %pad_tile, %pad_loops:4 = transform.structured.tile_using_for %pad_writes tile_sizes [1, 1, 1, 16]
        : (!op) -> (!op, !op, !op, !op, !op)
    transform.chameleon.peel_loop %pad_loops#3

    %root = transform.include @mark_root failures(propagate) (%function) : (!op) -> !op
    %part, %parallel = transform.structured.fuse %root tile_sizes [%batch_part, %outer_part]
        {apply_cleanup, use_forall} : (!op, !param, !param) -> (!op, !op)
    %root_part = transform.include @part_of_root failures(propagate) (%function) : (!op) -> !op
    %tile, %loops:4 = transform.structured.fuse %root_part tile_sizes [1, %outer, %middle, %inner]
        interchange [0, 1, 2, 3] {apply_cleanup} : (!op, !param, !param, !param) -> (!op, !op, !op, !op, !op)
    transform.chameleon.peel_loop %loops#3
    transform.include @vectorize_windows failures(propagate) (%function) : (!op) -> ()
    transform.yield
  }

  transform.named_sequence @__transform_main(%root: !op) {
    transform.foreach_match in %root @match_depthwise_nchw -> @depthwise_nchw : (!op) -> !op
    transform.yield
  }
}

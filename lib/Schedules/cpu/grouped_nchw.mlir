// Grouped convolutions whose channels could not be blocked (groups of 6, or many of 24), as torch-mlir writes them:
// groups and channels in dimensions of their own. Vectorized along the pixels of a row; threads share the groups.
!op = !transform.any_op
!param = !transform.param<i64>
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match_grouped_nchw(%anchor: !op {transform.readonly}) -> !op {
    transform.match.operation_name %anchor ["linalg.conv_2d_ngchw_gfchw", "linalg.conv_2d_ngchw_fgchw"] : !op
    transform.chameleon.applies "vectorize" to %anchor : !op
    transform.yield %anchor : !op
  }

  transform.named_sequence @grouped_nchw(%anchor: !op {transform.consumed}) {
    %function = transform.get_parent_op %anchor {op_name = "func.func"} : (!op) -> !op
    // Register tile: channels of a group, rows, pixels of a row.
    %outer = transform.tune.knob<"outer"> = 4 from options = [1, 2, 3, 4, 5, 6, 7, 8] -> !param
    %middle = transform.tune.knob<"middle"> = 1 from options = [1, 2, 3, 4, 5, 6, 7, 8, 14] -> !param
    %inner = transform.tune.knob<"inner"> = 16 from options = [1, 2, 3, 4, 5, 6, 7, 8, 16, 32, 64] -> !param

    %registers = transform.dlti.query ["CPU", "registers"] at %function : (!op) -> !param
    %bits = transform.dlti.query ["CPU", "vector_bits"] at %function : (!op) -> !param
    %threads = transform.dlti.query ["CPU", "threads"] at %function : (!op) -> !param
    %width = transform.chameleon.element_bits %anchor
    %n, %groups, %d1, %d2, %d3 = transform.chameleon.loop_extents %anchor[0, 1, 2, 3, 4]
    %batch_part, %group_part = transform.chameleon.constrain {
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
      yield if %threads == 1 then %n else 1, if %threads == 1 then %groups else 1
    }

    transform.include @generalize failures(propagate) (%function, %anchor) : (!op, !op) -> ()
    %root = transform.include @mark_root failures(propagate) (%function) : (!op) -> !op
    %part, %parallel = transform.structured.fuse %root tile_sizes [%batch_part, %group_part]
        {apply_cleanup, use_forall} : (!op, !param, !param) -> (!op, !op)
    %root_part = transform.include @part_of_root failures(propagate) (%function) : (!op) -> !op
    %tile, %loops:5 = transform.structured.fuse %root_part tile_sizes [1, 1, %outer, %middle, %inner]
        interchange [0, 1, 2, 3, 4] {apply_cleanup} : (!op, !param, !param, !param) -> (!op, !op, !op, !op, !op, !op)
    transform.chameleon.peel_loop %loops#4
    transform.include @vectorize_windows failures(propagate) (%function) : (!op) -> ()
    transform.yield
  }

  transform.named_sequence @__transform_main(%root: !op) {
    transform.foreach_match in %root @match_grouped_nchw -> @grouped_nchw : (!op) -> !op
    transform.yield
  }
}

// Elementwise operations of any rank, with broadcast and transposed operands: vectors along the contiguous dimension of
// the result, one row after another.
!op = !transform.any_op
!param = !transform.param<i64>
module attributes {transform.with_named_sequence} {
  // Not linalg.fill, which most tasks have. Yields the number of loops.
  transform.named_sequence @is_elementwise(%anchor: !op {transform.readonly}) -> !param {
    transform.match.operation_name %anchor [
        "linalg.generic", "linalg.map", "linalg.elementwise", "linalg.transpose", "linalg.broadcast", "linalg.copy",
        "linalg.add", "linalg.sub", "linalg.mul", "linalg.div", "linalg.div_unsigned", "linalg.max", "linalg.min",
        "linalg.powf", "linalg.select", "linalg.exp", "linalg.log", "linalg.abs", "linalg.ceil", "linalg.floor",
        "linalg.negf", "linalg.reciprocal", "linalg.round", "linalg.rsqrt", "linalg.sqrt", "linalg.square",
        "linalg.tanh", "linalg.erf"] : !op
    %loops = transform.match.structured failures(propagate) %anchor : (!op) -> !param {
    ^bb0(%op: !op):
      transform.match.structured.dim %op[all] {parallel} : !op
      %rank = transform.match.structured.rank %op : (!op) -> !param
      transform.match.structured.yield %rank : !param
    }
    transform.yield %loops : !param
  }

  transform.named_sequence @match_elementwise_1d(%anchor: !op {transform.readonly}) -> !op {
    %loops = transform.include @is_elementwise failures(propagate) (%anchor) : (!op) -> !param
    %one = transform.param.constant 1 : i64 -> !param
    transform.match.param.cmpi eq %loops, %one : !param
    transform.chameleon.applies "vectorize" to %anchor : !op
    transform.chameleon.applies "lower_to_vectors" to %anchor : !op
    transform.yield %anchor : !op
  }

  transform.named_sequence @match_elementwise(%anchor: !op {transform.readonly}) -> !op {
    %loops = transform.include @is_elementwise failures(propagate) (%anchor) : (!op) -> !param
    %two = transform.param.constant 2 : i64 -> !param
    transform.match.param.cmpi ge %loops, %two : !param
    transform.chameleon.applies "vectorize" to %anchor : !op
    transform.chameleon.applies "lower_to_vectors" to %anchor : !op
    transform.yield %anchor : !op
  }

  transform.named_sequence @elementwise_1d(%anchor: !op {transform.readonly}) {
    %function = transform.get_parent_op %anchor {op_name = "func.func"} : (!op) -> !op
    // Vectors in a step: enough of them hide the latency of what the body computes.
    %vectors = transform.tune.knob<"vectors"> = 4 from options = [1, 2, 4, 8] -> !param
    // Shared among threads? A short operation is over before they have started.
    %parallel = transform.tune.knob<"parallel"> = 1 from options = [0, 1] -> !param

    %register_bits = transform.dlti.query ["CPU", "vector_bits"] at %function : (!op) -> !param
    %threads = transform.dlti.query ["CPU", "threads"] at %function : (!op) -> !param
    %extent = transform.chameleon.loop_extents %anchor[0]
    %width = transform.chameleon.element_bits %anchor
    %part0, %lanes = transform.chameleon.constrain {
      assert %parallel == 0 or %threads > 1
      yield if %parallel == 1 then %extent ceildiv %threads else %extent, %register_bits div %width
    }

    %root = transform.include @last_operation failures(propagate) (%function) : (!op) -> !op
    %part, %share_loop = transform.structured.fuse %root tile_sizes [%part0]
        {apply_cleanup, use_forall} : (!op, !param) -> (!op, !op)
    transform.chameleon.simplify %function
    transform.include @vectorize_rest failures(propagate) (%function, %lanes, %vectors) : (!op, !param, !param) -> ()
    transform.yield
  }

  transform.named_sequence @elementwise(%anchor: !op {transform.readonly}) {
    %function = transform.get_parent_op %anchor {op_name = "func.func"} : (!op) -> !op
    // Vectors in a step: enough of them hide the latency of what the body computes.
    %vectors = transform.tune.knob<"vectors"> = 4 from options = [1, 2, 4, 8] -> !param
    // Shared among threads? A short operation is over before they have started.
    %parallel = transform.tune.knob<"parallel"> = 1 from options = [0, 1] -> !param

    %register_bits = transform.dlti.query ["CPU", "vector_bits"] at %function : (!op) -> !param
    %threads = transform.dlti.query ["CPU", "threads"] at %function : (!op) -> !param
    %d0, %d1 = transform.chameleon.loop_extents %anchor[0, 1]
    %width = transform.chameleon.element_bits %anchor
    %part0, %part1, %lanes = transform.chameleon.constrain {
      assert %parallel == 0 or %threads > 1
      // Threads share the first dimension if it is long enough, else the second.
      let share0 = if %d0 >= %threads then %d0 ceildiv %threads else %d0
      let share1 = if %d0 >= %threads then %d1 else %d1 ceildiv %threads
      yield if %parallel == 1 then share0 else %d0, if %parallel == 1 then share1 else %d1, %register_bits div %width
    }

    %root = transform.include @last_operation failures(propagate) (%function) : (!op) -> !op
    %part, %share_loop = transform.structured.fuse %root tile_sizes [%part0, %part1]
        {apply_cleanup, use_forall} : (!op, !param, !param) -> (!op, !op)
    transform.chameleon.simplify %function
    transform.include @vectorize_rest failures(propagate) (%function, %lanes, %vectors) : (!op, !param, !param) -> ()
    transform.yield
  }

  transform.named_sequence @__transform_main(%root: !op) {
    transform.foreach_match in %root
        @match_elementwise_1d -> @elementwise_1d,
        @match_elementwise -> @elementwise
        : (!op) -> !op
    transform.yield
  }
}

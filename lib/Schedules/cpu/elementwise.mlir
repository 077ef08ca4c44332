// Elementwise operations of any rank, with broadcast and transposed operands: vectors along the contiguous dimension of the
// result, one row after another.
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match_elementwise_1d(%anchor: !transform.any_op {transform.readonly}) -> !transform.any_op {
    // Not linalg.fill, which most tasks have.
    transform.match.operation_name %anchor [
        "linalg.generic", "linalg.map", "linalg.elementwise", "linalg.transpose", "linalg.broadcast", "linalg.copy",
        "linalg.add", "linalg.sub", "linalg.mul", "linalg.div", "linalg.div_unsigned", "linalg.max", "linalg.min",
        "linalg.powf", "linalg.select", "linalg.exp", "linalg.log", "linalg.abs", "linalg.ceil", "linalg.floor",
        "linalg.negf", "linalg.reciprocal", "linalg.round", "linalg.rsqrt", "linalg.sqrt", "linalg.square",
        "linalg.tanh", "linalg.erf"] : !transform.any_op
    %matched = transform.match.structured failures(propagate) %anchor : (!transform.any_op) -> !transform.any_op {
    ^bb0(%op: !transform.any_op):
      transform.match.structured.dim %op[all] {parallel} : !transform.any_op
      %rank = transform.match.structured.rank %op : (!transform.any_op) -> !transform.param<i64>
      %loops = transform.param.constant 1 : i64 -> !transform.param<i64>
      transform.match.param.cmpi eq %rank, %loops : !transform.param<i64>
      %init = transform.match.structured.init %op[0] : (!transform.any_op) -> !transform.any_value
      %bits = transform.match.structured.elemental_bitwidth %init : (!transform.any_value) -> !transform.param<i64>
      %byte = transform.param.constant 8 : i64 -> !transform.param<i64>
      transform.match.param.cmpi ge %bits, %byte : !transform.param<i64>
      transform.match.structured.yield %op : !transform.any_op
    }
    transform.yield %matched : !transform.any_op
  }

  transform.named_sequence @match_elementwise(%anchor: !transform.any_op {transform.readonly}) -> !transform.any_op {
    // Not linalg.fill, which most tasks have.
    transform.match.operation_name %anchor [
        "linalg.generic", "linalg.map", "linalg.elementwise", "linalg.transpose", "linalg.broadcast", "linalg.copy",
        "linalg.add", "linalg.sub", "linalg.mul", "linalg.div", "linalg.div_unsigned", "linalg.max", "linalg.min",
        "linalg.powf", "linalg.select", "linalg.exp", "linalg.log", "linalg.abs", "linalg.ceil", "linalg.floor",
        "linalg.negf", "linalg.reciprocal", "linalg.round", "linalg.rsqrt", "linalg.sqrt", "linalg.square",
        "linalg.tanh", "linalg.erf"] : !transform.any_op
    %matched = transform.match.structured failures(propagate) %anchor : (!transform.any_op) -> !transform.any_op {
    ^bb0(%op: !transform.any_op):
      transform.match.structured.dim %op[all] {parallel} : !transform.any_op
      %rank = transform.match.structured.rank %op : (!transform.any_op) -> !transform.param<i64>
      %loops = transform.param.constant 2 : i64 -> !transform.param<i64>
      transform.match.param.cmpi ge %rank, %loops : !transform.param<i64>
      %init = transform.match.structured.init %op[0] : (!transform.any_op) -> !transform.any_value
      %bits = transform.match.structured.elemental_bitwidth %init : (!transform.any_value) -> !transform.param<i64>
      %byte = transform.param.constant 8 : i64 -> !transform.param<i64>
      transform.match.param.cmpi ge %bits, %byte : !transform.param<i64>
      transform.match.structured.yield %op : !transform.any_op
    }
    transform.yield %matched : !transform.any_op
  }

  transform.named_sequence @elementwise_1d(%anchor: !transform.any_op {transform.readonly}) {
    %function = transform.get_parent_op %anchor {op_name = "func.func"} : (!transform.any_op) -> !transform.any_op
    // Vectors in a step: enough of them hide the latency of what the body computes.
    %vectors = transform.tune.knob<"vectors"> = 4 : i64 from options = [1, 2, 4, 8] -> !transform.param<i64>
    // Shared among threads? A short operation is over before they have started.
    %parallel = transform.tune.knob<"parallel"> = 1 : i64 from options = [0, 1] -> !transform.param<i64>

    %register_bits = transform.dlti.query ["CPU", "vector_bits"] at %function : (!transform.any_op) -> !transform.param<i64>
    %threads = transform.dlti.query ["CPU", "threads"] at %function : (!transform.any_op) -> !transform.param<i64>
    %d0, %width = transform.match.structured failures(propagate) %anchor
        : (!transform.any_op) -> (!transform.param<i64>, !transform.param<i64>) {
    ^bb0(%op: !transform.any_op):
      %d0_dim = transform.match.structured.dim %op[0] : (!transform.any_op) -> !transform.param<i64>
      %init = transform.match.structured.init %op[0] : (!transform.any_op) -> !transform.any_value
      %bits = transform.match.structured.elemental_bitwidth %init : (!transform.any_value) -> !transform.param<i64>
      transform.match.structured.yield %d0_dim, %bits
          : !transform.param<i64>, !transform.param<i64>
    }
    %part0, %lanes = transform.smt.constrain_params(%vectors, %parallel, %d0, %width, %register_bits, %threads)
        : (!transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>)
        -> (!transform.param<i64>, !transform.param<i64>) {
    ^bb0(%vectors_: !smt.int, %parallel_: !smt.int, %d0_: !smt.int, %width_: !smt.int, %register_bits_: !smt.int, %threads_: !smt.int):
      %c0 = smt.int.constant 0
      %v1 = smt.eq %parallel_, %c0 : !smt.int
      %c1 = smt.int.constant 1
      %v2 = smt.int.cmp gt %threads_, %c1
      %v3 = smt.or %v1, %v2
      smt.assert %v3
      %v4 = smt.int.add %d0_, %threads_
      %v5 = smt.int.sub %v4, %c1
      %rows0 = smt.int.div %v5, %threads_
      %v6 = smt.eq %parallel_, %c1 : !smt.int
      %part0 = smt.ite %v6, %rows0, %d0_ : !smt.int
      %lanes = smt.int.div %register_bits_, %width_
      smt.yield %part0, %lanes : !smt.int, !smt.int
    }

    // The last operation; its producers come along.
    %return = transform.structured.match ops{["func.return"]} in %function : (!transform.any_op) -> !transform.any_op
    %root = transform.get_producer_of_operand %return[0] : (!transform.any_op) -> !transform.any_op
    %part, %share_loop = transform.structured.fuse %root tile_sizes [%part0] {apply_cleanup, use_forall}
        : (!transform.any_op, !transform.param<i64>) -> (!transform.any_op, !transform.any_op)
    transform.chameleon.simplify %function : !transform.any_op
    // Everything by vectors; functions that would be calls for each element by polynomials.
    %operations = transform.structured.match interface{LinalgOp} in %function : (!transform.any_op) -> !transform.any_op
    transform.chameleon.lower_to_vectors %operations lanes %lanes vectors %vectors : !transform.any_op, !transform.param<i64>, !transform.param<i64>
    transform.chameleon.approximate_math %function : !transform.any_op
    // What does not change within a loop is computed before it.
    %all_loops = transform.structured.match ops{["scf.for"]} in %function : (!transform.any_op) -> !transform.any_op
    transform.apply_licm to %all_loops : !transform.any_op
    transform.apply_patterns to %function {
      transform.apply_patterns.vector.lower_transpose lowering_strategy = "shuffle_16x16"
    } : !transform.any_op
    transform.chameleon.simplify %function {fold_transfers} : !transform.any_op
    transform.apply_cse to %function : !transform.any_op
    transform.yield
  }

  transform.named_sequence @elementwise(%anchor: !transform.any_op {transform.readonly}) {
    %function = transform.get_parent_op %anchor {op_name = "func.func"} : (!transform.any_op) -> !transform.any_op
    // Vectors in a step: enough of them hide the latency of what the body computes.
    %vectors = transform.tune.knob<"vectors"> = 4 : i64 from options = [1, 2, 4, 8] -> !transform.param<i64>
    // Shared among threads? A short operation is over before they have started.
    %parallel = transform.tune.knob<"parallel"> = 1 : i64 from options = [0, 1] -> !transform.param<i64>

    %register_bits = transform.dlti.query ["CPU", "vector_bits"] at %function : (!transform.any_op) -> !transform.param<i64>
    %threads = transform.dlti.query ["CPU", "threads"] at %function : (!transform.any_op) -> !transform.param<i64>
    %d0, %d1, %width = transform.match.structured failures(propagate) %anchor
        : (!transform.any_op) -> (!transform.param<i64>, !transform.param<i64>, !transform.param<i64>) {
    ^bb0(%op: !transform.any_op):
      %d0_dim = transform.match.structured.dim %op[0] : (!transform.any_op) -> !transform.param<i64>
      %d1_dim = transform.match.structured.dim %op[1] : (!transform.any_op) -> !transform.param<i64>
      %init = transform.match.structured.init %op[0] : (!transform.any_op) -> !transform.any_value
      %bits = transform.match.structured.elemental_bitwidth %init : (!transform.any_value) -> !transform.param<i64>
      transform.match.structured.yield %d0_dim, %d1_dim, %bits
          : !transform.param<i64>, !transform.param<i64>, !transform.param<i64>
    }
    %part0, %part1, %lanes = transform.smt.constrain_params(%vectors, %parallel, %d0, %d1, %width, %register_bits, %threads)
        : (!transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>)
        -> (!transform.param<i64>, !transform.param<i64>, !transform.param<i64>) {
    ^bb0(%vectors_: !smt.int, %parallel_: !smt.int, %d0_: !smt.int, %d1_: !smt.int, %width_: !smt.int, %register_bits_: !smt.int, %threads_: !smt.int):
      // Threads share the first dimension if it is long enough, else the second.
      %c0 = smt.int.constant 0
      %v1 = smt.eq %parallel_, %c0 : !smt.int
      %c1 = smt.int.constant 1
      %v2 = smt.int.cmp gt %threads_, %c1
      %v3 = smt.or %v1, %v2
      smt.assert %v3
      %wide = smt.int.cmp ge %d0_, %threads_
      %v4 = smt.int.add %d0_, %threads_
      %v5 = smt.int.sub %v4, %c1
      %rows0 = smt.int.div %v5, %threads_
      %v6 = smt.int.add %d1_, %threads_
      %v7 = smt.int.sub %v6, %c1
      %rows1 = smt.int.div %v7, %threads_
      %split0 = smt.ite %wide, %rows0, %d0_ : !smt.int
      %split1 = smt.ite %wide, %d1_, %rows1 : !smt.int
      %v8 = smt.eq %parallel_, %c1 : !smt.int
      %part0 = smt.ite %v8, %split0, %d0_ : !smt.int
      %v9 = smt.eq %parallel_, %c1 : !smt.int
      %part1 = smt.ite %v9, %split1, %d1_ : !smt.int
      %lanes = smt.int.div %register_bits_, %width_
      smt.yield %part0, %part1, %lanes : !smt.int, !smt.int, !smt.int
    }

    // The last operation; its producers come along.
    %return = transform.structured.match ops{["func.return"]} in %function : (!transform.any_op) -> !transform.any_op
    %root = transform.get_producer_of_operand %return[0] : (!transform.any_op) -> !transform.any_op
    %part, %share_loop = transform.structured.fuse %root tile_sizes [%part0, %part1] {apply_cleanup, use_forall}
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op)
    transform.chameleon.simplify %function : !transform.any_op
    // Everything by vectors; functions that would be calls for each element by polynomials.
    %operations = transform.structured.match interface{LinalgOp} in %function : (!transform.any_op) -> !transform.any_op
    transform.chameleon.lower_to_vectors %operations lanes %lanes vectors %vectors : !transform.any_op, !transform.param<i64>, !transform.param<i64>
    transform.chameleon.approximate_math %function : !transform.any_op
    // What does not change within a loop is computed before it.
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
        @match_elementwise_1d -> @elementwise_1d,
        @match_elementwise -> @elementwise
        : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

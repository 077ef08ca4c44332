// Reductions of any rank over any of their dimensions (sum, product, maximum, …), with what the body computes before and
// elementwise operations after it: rows into partial sums by vector, other dimensions into vectors of results.
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match_reduce_inner(%anchor: !transform.any_op {transform.readonly}) -> !transform.any_op {
    %matched = transform.match.structured failures(propagate) %anchor : (!transform.any_op) -> !transform.any_op {
    ^bb0(%op: !transform.any_op):
      transform.match.structured.dim %op[-1] {reduction} : !transform.any_op
      transform.match.structured.input %op[0] {permutation} : !transform.any_op
      %init = transform.match.structured.init %op[0] : (!transform.any_op) -> !transform.any_value
      %bits = transform.match.structured.elemental_bitwidth %init : (!transform.any_value) -> !transform.param<i64>
      %byte = transform.param.constant 8 : i64 -> !transform.param<i64>
      transform.match.param.cmpi ge %bits, %byte : !transform.param<i64>
      transform.match.structured.yield %op : !transform.any_op
    }
    transform.yield %matched : !transform.any_op
  }

  // The same, where a scale or so comes first and the last operand is the whole one.
  transform.named_sequence @match_reduce_inner_last(%anchor: !transform.any_op {transform.readonly}) -> !transform.any_op {
    %matched = transform.match.structured failures(propagate) %anchor : (!transform.any_op) -> !transform.any_op {
    ^bb0(%op: !transform.any_op):
      transform.match.structured.dim %op[-1] {reduction} : !transform.any_op
      transform.match.structured.input %op[-1] {permutation} : !transform.any_op
      %init = transform.match.structured.init %op[0] : (!transform.any_op) -> !transform.any_value
      %bits = transform.match.structured.elemental_bitwidth %init : (!transform.any_value) -> !transform.param<i64>
      %byte = transform.param.constant 8 : i64 -> !transform.param<i64>
      transform.match.param.cmpi ge %bits, %byte : !transform.param<i64>
      transform.match.structured.yield %op : !transform.any_op
    }
    transform.yield %matched : !transform.any_op
  }

  transform.named_sequence @match_reduce_outer(%anchor: !transform.any_op {transform.readonly}) -> !transform.any_op {
    %matched = transform.match.structured failures(propagate) %anchor : (!transform.any_op) -> !transform.any_op {
    ^bb0(%op: !transform.any_op):
      transform.match.structured.dim %op[-1] {parallel} : !transform.any_op
      transform.match.structured.dim %op[-2] {reduction} : !transform.any_op
      transform.match.structured.input %op[0] {permutation} : !transform.any_op
      %init = transform.match.structured.init %op[0] : (!transform.any_op) -> !transform.any_value
      %bits = transform.match.structured.elemental_bitwidth %init : (!transform.any_value) -> !transform.param<i64>
      %byte = transform.param.constant 8 : i64 -> !transform.param<i64>
      transform.match.param.cmpi ge %bits, %byte : !transform.param<i64>
      transform.match.structured.yield %op : !transform.any_op
    }
    transform.yield %matched : !transform.any_op
  }

  transform.named_sequence @match_reduce_first(%anchor: !transform.any_op {transform.readonly}) -> !transform.any_op {
    %matched = transform.match.structured failures(propagate) %anchor : (!transform.any_op) -> !transform.any_op {
    ^bb0(%op: !transform.any_op):
      transform.match.structured.dim %op[-1] {parallel} : !transform.any_op
      transform.match.structured.dim %op[-2] {parallel} : !transform.any_op
      transform.match.structured.dim %op[0] {reduction} : !transform.any_op
      transform.match.structured.input %op[0] {permutation} : !transform.any_op
      %init = transform.match.structured.init %op[0] : (!transform.any_op) -> !transform.any_value
      %bits = transform.match.structured.elemental_bitwidth %init : (!transform.any_value) -> !transform.param<i64>
      %byte = transform.param.constant 8 : i64 -> !transform.param<i64>
      transform.match.param.cmpi ge %bits, %byte : !transform.param<i64>
      transform.match.structured.yield %op : !transform.any_op
    }
    transform.yield %matched : !transform.any_op
  }

  transform.named_sequence @reduce(%anchor: !transform.any_op {transform.readonly}) {
    %function = transform.get_parent_op %anchor {op_name = "func.func"} : (!transform.any_op) -> !transform.any_op
    // Vectors in a step. Along a row they are partial results, and independent sums hide the latency of an addition.
    %vectors = transform.tune.knob<"vectors"> = 4 : i64 from options = [1, 2, 4, 8] -> !transform.param<i64>

    %register_bits = transform.dlti.query ["CPU", "vector_bits"] at %function : (!transform.any_op) -> !transform.param<i64>
    %width = transform.match.structured failures(propagate) %anchor
        : (!transform.any_op) -> !transform.param<i64> {
    ^bb0(%op: !transform.any_op):
      %init = transform.match.structured.init %op[0] : (!transform.any_op) -> !transform.any_value
      %bits = transform.match.structured.elemental_bitwidth %init : (!transform.any_value) -> !transform.param<i64>
      transform.match.structured.yield %bits : !transform.param<i64>
    }
    %lanes = transform.smt.constrain_params(%vectors, %width, %register_bits)
        : (!transform.param<i64>, !transform.param<i64>, !transform.param<i64>)
        -> (!transform.param<i64>) {
    ^bb0(%vectors_: !smt.int, %width_: !smt.int, %register_bits_: !smt.int):
      %lanes = smt.int.div %register_bits_, %width_
      smt.yield %lanes : !smt.int
    }

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
        @match_reduce_inner -> @reduce,
        @match_reduce_inner_last -> @reduce,
        @match_reduce_outer -> @reduce,
        @match_reduce_first -> @reduce
        : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

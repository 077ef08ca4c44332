// Reductions of any rank over any of their dimensions (sum, product, maximum, ...), with what the body computes before
// and elementwise operations after it: rows into partial sums by vector, other dimensions into vectors of results.
!op = !transform.any_op
!param = !transform.param<i64>
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match_reduce_inner(%anchor: !op {transform.readonly}) -> !op {
    transform.include @reduces_inner failures(propagate) (%anchor) : (!op) -> ()
    transform.chameleon.applies "lower_to_vectors" to %anchor : !op
    transform.yield %anchor : !op
  }

  // The same, where a scale or so comes first and the last operand is the whole one.
  transform.named_sequence @match_reduce_inner_last(%anchor: !op {transform.readonly}) -> !op {
    transform.match.structured failures(propagate) %anchor : !op {
    ^bb0(%op: !op):
      transform.match.structured.dim %op[-1] {reduction} : !op
      transform.match.structured.input %op[-1] {permutation} : !op
      transform.match.structured.yield
    }
    transform.chameleon.applies "lower_to_vectors" to %anchor : !op
    transform.yield %anchor : !op
  }

  transform.named_sequence @match_reduce_outer(%anchor: !op {transform.readonly}) -> !op {
    transform.include @reduces_outer failures(propagate) (%anchor) : (!op) -> ()
    transform.chameleon.applies "lower_to_vectors" to %anchor : !op
    transform.yield %anchor : !op
  }

  transform.named_sequence @match_reduce_first(%anchor: !op {transform.readonly}) -> !op {
    transform.include @reduces_first failures(propagate) (%anchor) : (!op) -> ()
    transform.chameleon.applies "lower_to_vectors" to %anchor : !op
    transform.yield %anchor : !op
  }

  transform.named_sequence @reduce(%anchor: !op {transform.readonly}) {
    %function = transform.get_parent_op %anchor {op_name = "func.func"} : (!op) -> !op
    // Vectors in a step. Along a row they are partial results, and independent sums hide the latency of an addition.
    %vectors = transform.tune.knob<"vectors"> = 4 from options = [1, 2, 4, 8] -> !param

    %register_bits = transform.dlti.query ["CPU", "vector_bits"] at %function : (!op) -> !param
    %width = transform.chameleon.element_bits %anchor
    %lanes = transform.chameleon.constrain { yield %register_bits div %width }
    transform.include @vectorize_rest failures(propagate) (%function, %lanes, %vectors) : (!op, !param, !param) -> ()
    transform.yield
  }

  transform.named_sequence @__transform_main(%root: !op) {
    transform.foreach_match in %root
        @match_reduce_inner -> @reduce,
        @match_reduce_inner_last -> @reduce,
        @match_reduce_outer -> @reduce,
        @match_reduce_first -> @reduce
        : (!op) -> !op
    transform.yield
  }
}

// Whatever no other schedule is made for: windows in one or three dimensions, products of any loops, reductions over
// any of them, elementwise operations at any indices. Loops in the order of the operation, around vectors along the
// contiguous dimension of the result, or along a row that becomes one result.
!op = !transform.any_op
!param = !transform.param<i64>
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match_loops(%anchor: !op {transform.readonly}) -> !op attributes {chameleon.fallback} {
    transform.match.structured failures(propagate) %anchor : !op {
    ^bb0(%op: !op):
      transform.match.structured.yield
    }
    transform.chameleon.applies "lower_to_vectors" to %anchor : !op
    transform.yield %anchor : !op
  }

  transform.named_sequence @loops(%anchor: !op {transform.readonly}) {
    %function = transform.get_parent_op %anchor {op_name = "func.func"} : (!op) -> !op
    // Vectors in a step: enough of them hide the latency of what the body computes.
    %vectors = transform.tune.knob<"vectors"> = 4 from options = [1, 2, 4, 8] -> !param

    %register_bits = transform.dlti.query ["CPU", "vector_bits"] at %function : (!op) -> !param
    %width = transform.chameleon.element_bits %anchor
    %lanes = transform.chameleon.constrain { yield %register_bits div %width }
    transform.include @vectorize_rest failures(propagate) (%function, %lanes, %vectors) : (!op, !param, !param) -> ()
    transform.yield
  }

  transform.named_sequence @__transform_main(%root: !op) {
    transform.foreach_match in %root @match_loops -> @loops : (!op) -> !op
    transform.yield
  }
}

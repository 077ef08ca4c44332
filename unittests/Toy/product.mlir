// In which order the toy's interpreter runs the loops of a product, and how much of the innermost one at a time. Both are
// left at the operation as attributes, which is all that the toy's compiler asks for.
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match_product(%anchor: !transform.any_op {transform.readonly}) -> !transform.any_op {
    transform.match.operation_name %anchor ["linalg.matmul"] : !transform.any_op
    transform.yield %anchor : !transform.any_op
  }

  transform.named_sequence @product(%anchor: !transform.any_op {transform.readonly}) {
    %function = transform.get_parent_op %anchor {op_name = "func.func"} : (!transform.any_op) -> !transform.any_op
    %order = transform.tune.knob<"order"> = 0 : i64 from options = [0, 1, 2, 3, 4, 5] -> !transform.param<i64>
    %step = transform.tune.knob<"step"> = 1 : i64 from options = [1, 2, 4, 8] -> !transform.param<i64>
    %lanes = transform.dlti.query ["TOY", "lanes"] at %function : (!transform.any_op) -> !transform.param<i64>
    transform.smt.constrain_params(%step, %lanes) : (!transform.param<i64>, !transform.param<i64>) -> () {
    ^bb0(%step_: !smt.int, %lanes_: !smt.int):
      %fits = smt.int.cmp le %step_, %lanes_
      smt.assert %fits
    }
    transform.annotate %anchor "toy_order" = %order : !transform.any_op, !transform.param<i64>
    transform.annotate %anchor "toy_step" = %step : !transform.any_op, !transform.param<i64>
    transform.yield
  }

  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.foreach_match in %root
        @match_product -> @product
        : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

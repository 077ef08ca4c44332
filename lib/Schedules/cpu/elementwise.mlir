// Elementwise operations of two dimensions: one row at a time, `columns` elements in vector registers.
// Rows that are no multiple of that end in a masked vector.
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match_elementwise(%anchor: !transform.any_op {transform.readonly}) -> !transform.any_op {
    %matched = transform.match.structured failures(propagate) %anchor : (!transform.any_op) -> !transform.any_op {
    ^bb0(%op: !transform.any_op):
      %rank = transform.match.structured.rank %op : (!transform.any_op) -> !transform.param<i64>
      %two = transform.param.constant 2 : i64 -> !transform.param<i64>
      transform.match.param.cmpi eq %rank, %two : !transform.param<i64>
      transform.match.structured.dim %op[all] {parallel} : !transform.any_op
      transform.match.structured.yield %op : !transform.any_op
    }
    transform.yield %matched : !transform.any_op
  }

  transform.named_sequence @elementwise(%anchor: !transform.any_op {transform.consumed}) {
    %function = transform.get_parent_op %anchor {op_name = "func.func"} : (!transform.any_op) -> !transform.any_op
    %columns = transform.tune.knob<"columns"> = 16 : i64 from options = [4, 8, 16, 32, 64, 128] -> !transform.param<i64>

    // At least a register, at most eight, and no register that is all padding.
    %bits = transform.dlti.query ["CPU", "vector_bits"] at %function : (!transform.any_op) -> !transform.param<i64>
    %row_length, %element_bits = transform.match.structured failures(propagate) %anchor
        : (!transform.any_op) -> (!transform.param<i64>, !transform.param<i64>) {
    ^bb0(%op: !transform.any_op):
      %size = transform.match.structured.dim %op[-1] : (!transform.any_op) -> !transform.param<i64>
      %result = transform.match.structured.init %op[0] : (!transform.any_op) -> !transform.any_value
      %width = transform.match.structured.elemental_bitwidth %result : (!transform.any_value) -> !transform.param<i64>
      transform.match.structured.yield %size, %width : !transform.param<i64>, !transform.param<i64>
    }
    transform.smt.constrain_params(%columns, %row_length, %bits, %element_bits)
        : (!transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> () {
    ^bb0(%c: !smt.int, %length: !smt.int, %register_bits: !smt.int, %width: !smt.int):
      %lanes = smt.int.div %register_bits, %width
      %zero = smt.int.constant 0
      %rest = smt.int.mod %c, %lanes
      %whole = smt.eq %rest, %zero : !smt.int
      smt.assert %whole
      %eight = smt.int.constant 8
      %most = smt.int.mul %eight, %lanes
      %fits = smt.int.cmp le %c, %most
      smt.assert %fits
      %padded = smt.int.add %length, %lanes
      %used = smt.int.cmp lt %c, %padded
      smt.assert %used
      smt.yield
    }

    %tiled, %loops:2 = transform.structured.tile_using_for %anchor tile_sizes [1, %columns]
        : (!transform.any_op, !transform.param<i64>) -> (!transform.any_op, !transform.any_op, !transform.any_op)
    transform.structured.vectorize %tiled vector_sizes [1, %columns] : !transform.any_op, !transform.param<i64>
    transform.apply_patterns to %function {
      transform.apply_patterns.vector.lower_masked_transfers
      transform.apply_patterns.canonicalization
    } : !transform.any_op
    transform.yield
  }

  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.foreach_match in %root
        @match_elementwise -> @elementwise
        : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

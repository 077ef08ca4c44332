// Sequences that several schedules of the CPU share, included by their names.
!op = !transform.any_op
!param = !transform.param<i64>
module attributes {transform.with_named_sequence} {
  // The operation whose result the function returns: the last elementwise one, or the anchor if there is none. Its
  // tiles bring everything else with them.
  transform.named_sequence @last_operation(%function: !op {transform.readonly}) -> !op {
    %return = transform.structured.match ops{["func.return"]} in %function : (!op) -> !op
    %last = transform.get_producer_of_operand %return[0] : (!op) -> !op
    transform.yield %last : !op
  }

  // The same, to be found again by @part_of_root when it is tiled.
  transform.named_sequence @mark_root(%function: !op {transform.readonly}) -> !op {
    %root = transform.include @last_operation failures(propagate) (%function) : (!op) -> !op
    transform.annotate %root "chameleon.root" : !op
    transform.yield %root : !op
  }

  // Loops of one iteration go, and the others may be made anew: their contents are to be found again.
  transform.named_sequence @part_of_root(%function: !op {transform.readonly}) -> !op {
    transform.chameleon.simplify %function
    %part = transform.structured.match attributes {chameleon.root} in %function : (!op) -> !op
    transform.yield %part : !op
  }

  transform.named_sequence @generalize_fills(%function: !op {transform.readonly}) {
    %fills = transform.structured.match ops{["linalg.fill"]} in %function : (!op) -> !op
    %generic = transform.structured.generalize %fills : (!op) -> !op
    transform.yield
  }

  // Fills and anchor, so that tiles of one iteration can lose their loops.
  transform.named_sequence @generalize(%function: !op {transform.readonly}, %anchor: !op {transform.consumed}) {
    transform.include @generalize_fills failures(propagate) (%function) : (!op) -> ()
    %generic = transform.structured.generalize %anchor : (!op) -> !op
    transform.annotate %generic "chameleon.anchor" : !op
    transform.yield
  }

  // Padding becomes writes of its border and of its interior, still to be tiled.
  transform.named_sequence @lower_padding(%pads: !op {transform.consumed}) -> !op {
    %borders, %interiors = transform.chameleon.lower_pad %pads
    %writes = transform.merge_handles %borders, %interiors : !op
    transform.yield %writes : !op
  }

  // Register tiles of the anchor: one step of the reductions at a time, and everything by vectors.
  transform.named_sequence @vectorize_windows(%function: !op {transform.readonly}) {
    transform.chameleon.simplify %function
    %anchors = transform.structured.match attributes {chameleon.anchor} in %function : (!op) -> !op
    %step, %reductions = transform.chameleon.tile_reductions %anchors
    transform.include @vectorize_tiles failures(propagate) (%function) : (!op) -> ()
    transform.yield
  }

  // Vectors for the tiles, kept in registers over all reduction loops.
  transform.named_sequence @vectorize_tiles(%function: !op {transform.readonly}) {
    transform.chameleon.simplify %function
    %anchors = transform.structured.match attributes {chameleon.anchor} in %function : (!op) -> !op
    transform.chameleon.fold_strided_access %anchors
    transform.apply_patterns to %function {
      transform.apply_patterns.linalg.fold_unit_extent_dims_via_slices
    } {max_iterations = 4 : i64} : !op
    %loops = transform.structured.match ops{["scf.for"]} in %function : (!op) -> !op
    transform.apply_licm to %loops : !op
    transform.loop.hoist_loop_invariant_subsets %loops : !op
    // Fill, anchor and elementwise operations now meet on slices of equal shape: fold these.
    transform.chameleon.simplify %function {fold_empty_tensors}
    transform.apply_cse to %function : !op
    %computations = transform.structured.match interface{LinalgOp} in %function : (!op) -> !op
    transform.structured.vectorize %computations : !op
    transform.chameleon.simplify %function {fold_transfers}
    transform.chameleon.scalarize_broadcast_reads %function
    %vector_loops = transform.structured.match ops{["scf.for"]} in %function : (!op) -> !op
    transform.apply_licm to %vector_loops : !op
    transform.loop.hoist_loop_invariant_subsets %vector_loops : !op
    transform.chameleon.simplify %function
    transform.apply_cse to %function : !op
    transform.yield
  }

  // Whatever is still structured by so many vectors of so many lanes; functions that would be calls for each element by
  // polynomials. What does not change within a loop, as the panels of an operand, is computed before it.
  transform.named_sequence @vectorize_rest(%function: !op {transform.readonly},
      %lanes: !param {transform.readonly}, %vectors: !param {transform.readonly}) {
    %operations = transform.structured.match interface{LinalgOp} in %function : (!op) -> !op
    transform.chameleon.lower_to_vectors %operations lanes %lanes vectors %vectors
    transform.chameleon.approximate_math %function
    %loops = transform.structured.match ops{["scf.for"]} in %function : (!op) -> !op
    transform.apply_licm to %loops : !op
    transform.apply_patterns to %function {
      transform.apply_patterns.vector.lower_transpose lowering_strategy = "shuffle_16x16"
    } : !op
    transform.chameleon.simplify %function {fold_transfers}
    transform.apply_cse to %function : !op
    transform.yield
  }
}

// Matrix products that matmul.mlir and batch_matmul.mlir are not made for, because they do not multiply and add floats: integers
// (8 bits into 32), maxima of sums. Plain, but by vectors: a tile of mr x nr results stays in registers over the reduction.
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match_plain_contraction(%anchor: !transform.any_op {transform.readonly}) -> !transform.any_op {
    %matched = transform.match.structured failures(propagate) %anchor : (!transform.any_op) -> !transform.any_op {
    ^bb0(%op: !transform.any_op):
      %rank = transform.match.structured.rank %op : (!transform.any_op) -> !transform.param<i64>
      %loops = transform.param.constant 3 : i64 -> !transform.param<i64>
      transform.match.param.cmpi eq %rank, %loops : !transform.param<i64>
      transform.match.structured.dim %op[0, 1] {parallel} : !transform.any_op
      transform.match.structured.dim %op[2] {reduction} : !transform.any_op
      %batch, %m, %n, %k = transform.match.structured.classify_contraction_dims %op
        : (!transform.any_op) -> (!transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>)
      %one = transform.param.constant 1 : i64 -> !transform.param<i64>
      %num_m = transform.num_associations %m : (!transform.param<i64>) -> !transform.param<i64>
      transform.match.param.cmpi eq %num_m, %one : !transform.param<i64>
      %num_n = transform.num_associations %n : (!transform.param<i64>) -> !transform.param<i64>
      transform.match.param.cmpi eq %num_n, %one : !transform.param<i64>
      %num_k = transform.num_associations %k : (!transform.param<i64>) -> !transform.param<i64>
      transform.match.param.cmpi eq %num_k, %one : !transform.param<i64>
      transform.match.structured.yield %op : !transform.any_op
    }
    transform.yield %matched : !transform.any_op
  }

  transform.named_sequence @match_plain_batch_contraction(%anchor: !transform.any_op {transform.readonly}) -> !transform.any_op {
    %matched = transform.match.structured failures(propagate) %anchor : (!transform.any_op) -> !transform.any_op {
    ^bb0(%op: !transform.any_op):
      %rank = transform.match.structured.rank %op : (!transform.any_op) -> !transform.param<i64>
      %loops = transform.param.constant 4 : i64 -> !transform.param<i64>
      transform.match.param.cmpi eq %rank, %loops : !transform.param<i64>
      transform.match.structured.dim %op[0, 1, 2] {parallel} : !transform.any_op
      transform.match.structured.dim %op[3] {reduction} : !transform.any_op
      %batch, %m, %n, %k = transform.match.structured.classify_contraction_dims %op
        : (!transform.any_op) -> (!transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>)
      %one = transform.param.constant 1 : i64 -> !transform.param<i64>
      %num_m = transform.num_associations %m : (!transform.param<i64>) -> !transform.param<i64>
      transform.match.param.cmpi eq %num_m, %one : !transform.param<i64>
      %num_n = transform.num_associations %n : (!transform.param<i64>) -> !transform.param<i64>
      transform.match.param.cmpi eq %num_n, %one : !transform.param<i64>
      %num_k = transform.num_associations %k : (!transform.param<i64>) -> !transform.param<i64>
      transform.match.param.cmpi eq %num_k, %one : !transform.param<i64>
      transform.match.structured.yield %op : !transform.any_op
    }
    transform.yield %matched : !transform.any_op
  }

  // Vectors for the tiles, kept in registers over all reduction loops.
  transform.named_sequence @vectorize_tiles(%function: !transform.any_op {transform.readonly}) {
    transform.chameleon.simplify %function : !transform.any_op
    transform.apply_patterns to %function {
      transform.apply_patterns.linalg.fold_unit_extent_dims_via_slices
    } {max_iterations = 4 : i64} : !transform.any_op
    %loops = transform.structured.match ops{["scf.for"]} in %function : (!transform.any_op) -> !transform.any_op
    transform.apply_licm to %loops : !transform.any_op
    transform.loop.hoist_loop_invariant_subsets %loops : !transform.any_op
    // Fill, product and elementwise operations now meet on slices of equal shape: fold these.
    transform.chameleon.simplify %function {fold_empty_tensors} : !transform.any_op
    transform.apply_cse to %function : !transform.any_op
    %computations = transform.structured.match interface{LinalgOp} in %function : (!transform.any_op) -> !transform.any_op
    transform.structured.vectorize %computations : !transform.any_op
    transform.chameleon.simplify %function {fold_transfers} : !transform.any_op
    transform.chameleon.scalarize_broadcast_reads %function : !transform.any_op
    %vector_loops = transform.structured.match ops{["scf.for"]} in %function : (!transform.any_op) -> !transform.any_op
    transform.apply_licm to %vector_loops : !transform.any_op
    transform.loop.hoist_loop_invariant_subsets %vector_loops : !transform.any_op
    transform.chameleon.simplify %function : !transform.any_op
    transform.apply_cse to %function : !transform.any_op
    transform.yield
  }

  transform.named_sequence @plain_contraction(%anchor: !transform.any_op {transform.consumed}) {
    %function = transform.get_parent_op %anchor {op_name = "func.func"} : (!transform.any_op) -> !transform.any_op
    // Register tile: rows x columns.
    %mr = transform.tune.knob<"mr"> = 4 : i64 from options = [1, 2, 3, 4, 5, 6, 7, 8] -> !transform.param<i64>
    %nr = transform.tune.knob<"nr"> = 32 : i64 from options = [1, 2, 4, 8, 16, 32, 64] -> !transform.param<i64>

    %registers = transform.dlti.query ["CPU", "registers"] at %function : (!transform.any_op) -> !transform.param<i64>
    %bits = transform.dlti.query ["CPU", "vector_bits"] at %function : (!transform.any_op) -> !transform.param<i64>
    %threads = transform.dlti.query ["CPU", "threads"] at %function : (!transform.any_op) -> !transform.param<i64>
    %m, %n = transform.match.structured failures(propagate) %anchor : (!transform.any_op) -> (!transform.param<i64>, !transform.param<i64>) {
    ^bb0(%op: !transform.any_op):
      %m_ = transform.match.structured.dim %op[0] : (!transform.any_op) -> !transform.param<i64>
      %n_ = transform.match.structured.dim %op[1] : (!transform.any_op) -> !transform.param<i64>
      transform.match.structured.yield %m_, %n_ : !transform.param<i64>, !transform.param<i64>
    }
    %row_part = transform.smt.constrain_params(%mr, %nr, %m, %n, %registers, %bits, %threads)
        : (!transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> (!transform.param<i64>) {
    ^bb0(%mr_: !smt.int, %nr_: !smt.int, %m_: !smt.int, %n_: !smt.int, %registers_: !smt.int, %bits_: !smt.int, %threads_: !smt.int):
      // Without threads the parallel loop has one iteration.
      %c1 = smt.int.constant 1
      %serial = smt.eq %threads_, %c1 : !smt.int
      %row_part_ = smt.ite %serial, %m_, %mr_ : !smt.int
      // The accumulators (of 32 bits) and a row of the right operand fit the registers.
      %c32 = smt.int.constant 32
      %v1 = smt.int.mul %nr_, %c32
      %v2 = smt.int.add %v1, %bits_
      %v3 = smt.int.sub %v2, %c1
      %vectors = smt.int.div %v3, %bits_
      %accumulators = smt.int.mul %vectors, %mr_
      %v4 = smt.int.add %accumulators, %vectors
      %v5 = smt.int.add %v4, %c1
      %v6 = smt.int.cmp le %v5, %registers_
      smt.assert %v6
      // Rows divide; the last columns become a tile of their own.
      %c0 = smt.int.constant 0
      %v7 = smt.int.cmp le %mr_, %m_
      %v8 = smt.int.mod %m_, %mr_
      %v9 = smt.eq %v8, %c0 : !smt.int
      %v10 = smt.and %v7, %v9
      smt.assert %v10
      %v11 = smt.int.cmp le %nr_, %n_
      smt.assert %v11
      smt.yield %row_part_ : !smt.int
    }
    %zero = transform.structured.match ops{["linalg.fill"]} in %function : (!transform.any_op) -> !transform.any_op
    %fill = transform.structured.generalize %zero : (!transform.any_op) -> !transform.any_op
    %generic = transform.structured.generalize %anchor : (!transform.any_op) -> !transform.any_op
    transform.annotate %generic "chameleon.anchor" : !transform.any_op

    // The last elementwise operation, or the product if there is none. Its tiles bring everything else with them.
    %return = transform.structured.match ops{["func.return"]} in %function : (!transform.any_op) -> !transform.any_op
    %root = transform.get_producer_of_operand %return[0] : (!transform.any_op) -> !transform.any_op
    transform.annotate %root "chameleon.root" : !transform.any_op
    %part, %parallel = transform.structured.fuse %root tile_sizes [%row_part] {apply_cleanup, use_forall}
        : (!transform.any_op, !transform.param<i64>) -> (!transform.any_op, !transform.any_op)
    // Loops of one iteration go, and the others may be made anew: their contents are to be found again.
    transform.chameleon.simplify %function : !transform.any_op
    %root_part = transform.structured.match attributes {chameleon.root} in %function : (!transform.any_op) -> !transform.any_op
    %tile, %loops:2 = transform.structured.fuse %root_part tile_sizes [%mr, %nr] interchange [0, 1] {apply_cleanup}
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op, !transform.any_op)
    transform.chameleon.peel_loop %loops#1 : !transform.any_op
    transform.chameleon.simplify %function : !transform.any_op
    // One step of the reduction at a time.
    %products = transform.structured.match attributes {chameleon.anchor} in %function : (!transform.any_op) -> !transform.any_op
    %step, %reductions = transform.chameleon.tile_reductions %products : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.include @vectorize_tiles failures(propagate) (%function) : (!transform.any_op) -> ()
    transform.yield
  }

  transform.named_sequence @plain_batch_contraction(%anchor: !transform.any_op {transform.consumed}) {
    %function = transform.get_parent_op %anchor {op_name = "func.func"} : (!transform.any_op) -> !transform.any_op
    // Register tile: rows x columns.
    %mr = transform.tune.knob<"mr"> = 4 : i64 from options = [1, 2, 3, 4, 5, 6, 7, 8] -> !transform.param<i64>
    %nr = transform.tune.knob<"nr"> = 32 : i64 from options = [1, 2, 4, 8, 16, 32, 64] -> !transform.param<i64>

    %registers = transform.dlti.query ["CPU", "registers"] at %function : (!transform.any_op) -> !transform.param<i64>
    %bits = transform.dlti.query ["CPU", "vector_bits"] at %function : (!transform.any_op) -> !transform.param<i64>
    %threads = transform.dlti.query ["CPU", "threads"] at %function : (!transform.any_op) -> !transform.param<i64>
    %b, %m, %n = transform.match.structured failures(propagate) %anchor : (!transform.any_op) -> (!transform.param<i64>, !transform.param<i64>, !transform.param<i64>) {
    ^bb0(%op: !transform.any_op):
      %b_ = transform.match.structured.dim %op[0] : (!transform.any_op) -> !transform.param<i64>
      %m_ = transform.match.structured.dim %op[1] : (!transform.any_op) -> !transform.param<i64>
      %n_ = transform.match.structured.dim %op[2] : (!transform.any_op) -> !transform.param<i64>
      transform.match.structured.yield %b_, %m_, %n_ : !transform.param<i64>, !transform.param<i64>, !transform.param<i64>
    }
    %batch_part, %row_part = transform.smt.constrain_params(%mr, %nr, %b, %m, %n, %registers, %bits, %threads)
        : (!transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> (!transform.param<i64>, !transform.param<i64>) {
    ^bb0(%mr_: !smt.int, %nr_: !smt.int, %b_: !smt.int, %m_: !smt.int, %n_: !smt.int, %registers_: !smt.int, %bits_: !smt.int, %threads_: !smt.int):
      // Without threads the parallel loop has one iteration.
      %c1 = smt.int.constant 1
      %serial = smt.eq %threads_, %c1 : !smt.int
      %row_part_ = smt.ite %serial, %m_, %mr_ : !smt.int
      // The accumulators (of 32 bits) and a row of the right operand fit the registers.
      %c32 = smt.int.constant 32
      %v1 = smt.int.mul %nr_, %c32
      %v2 = smt.int.add %v1, %bits_
      %v3 = smt.int.sub %v2, %c1
      %vectors = smt.int.div %v3, %bits_
      %accumulators = smt.int.mul %vectors, %mr_
      %v4 = smt.int.add %accumulators, %vectors
      %v5 = smt.int.add %v4, %c1
      %v6 = smt.int.cmp le %v5, %registers_
      smt.assert %v6
      // Rows divide; the last columns become a tile of their own.
      %c0 = smt.int.constant 0
      %v7 = smt.int.cmp le %mr_, %m_
      %v8 = smt.int.mod %m_, %mr_
      %v9 = smt.eq %v8, %c0 : !smt.int
      %v10 = smt.and %v7, %v9
      smt.assert %v10
      %v11 = smt.int.cmp le %nr_, %n_
      smt.assert %v11
      %batch_part_ = smt.ite %serial, %b_, %c1 : !smt.int
      smt.yield %batch_part_, %row_part_ : !smt.int, !smt.int
    }
    %zero = transform.structured.match ops{["linalg.fill"]} in %function : (!transform.any_op) -> !transform.any_op
    %fill = transform.structured.generalize %zero : (!transform.any_op) -> !transform.any_op
    %generic = transform.structured.generalize %anchor : (!transform.any_op) -> !transform.any_op
    transform.annotate %generic "chameleon.anchor" : !transform.any_op

    // The last elementwise operation, or the product if there is none. Its tiles bring everything else with them.
    %return = transform.structured.match ops{["func.return"]} in %function : (!transform.any_op) -> !transform.any_op
    %root = transform.get_producer_of_operand %return[0] : (!transform.any_op) -> !transform.any_op
    transform.annotate %root "chameleon.root" : !transform.any_op
    %part, %parallel = transform.structured.fuse %root tile_sizes [%batch_part, %row_part] {apply_cleanup, use_forall}
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op)
    // Loops of one iteration go, and the others may be made anew: their contents are to be found again.
    transform.chameleon.simplify %function : !transform.any_op
    %root_part = transform.structured.match attributes {chameleon.root} in %function : (!transform.any_op) -> !transform.any_op
    %tile, %loops:3 = transform.structured.fuse %root_part tile_sizes [1, %mr, %nr] interchange [0, 1, 2] {apply_cleanup}
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
    transform.chameleon.peel_loop %loops#2 : !transform.any_op
    transform.chameleon.simplify %function : !transform.any_op
    // One step of the reduction at a time.
    %products = transform.structured.match attributes {chameleon.anchor} in %function : (!transform.any_op) -> !transform.any_op
    %step, %reductions = transform.chameleon.tile_reductions %products : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.include @vectorize_tiles failures(propagate) (%function) : (!transform.any_op) -> ()
    transform.yield
  }

  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.foreach_match in %root
        @match_plain_contraction -> @plain_contraction,
        @match_plain_batch_contraction -> @plain_batch_contraction
        : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

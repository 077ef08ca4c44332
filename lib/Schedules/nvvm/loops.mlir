// What moves memory rather than computes: elementwise operations, reductions, pooling, depthwise convolutions and products with
// vectors, with their padding and whatever elementwise operations follow them. A thread computes a vector of results; several
// share a long reduction.
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match_elementwise(%anchor: !transform.any_op {transform.readonly}) -> !transform.any_op {
    %matched = transform.match.structured failures(propagate) %anchor : (!transform.any_op) -> !transform.any_op {
    ^bb0(%op: !transform.any_op):
      transform.match.structured.dim %op[all] {parallel} : !transform.any_op
      transform.match.structured.yield %op : !transform.any_op
    }
    transform.yield %matched : !transform.any_op
  }

  transform.named_sequence @match_vector_matrix(%anchor: !transform.any_op {transform.readonly}) -> !transform.any_op {
    %matched = transform.match.structured failures(propagate) %anchor : (!transform.any_op) -> !transform.any_op {
    ^bb0(%op: !transform.any_op):
      %rank = transform.match.structured.rank %op : (!transform.any_op) -> !transform.param<i64>
      %loops = transform.param.constant 3 : i64 -> !transform.param<i64>
      transform.match.param.cmpi eq %rank, %loops : !transform.param<i64>
      transform.match.structured.dim %op[0, 1] {parallel} : !transform.any_op
      transform.match.structured.dim %op[2] {reduction} : !transform.any_op
      %extent = transform.match.structured.dim %op[0] : (!transform.any_op) -> !transform.param<i64>
      %one = transform.param.constant 1 : i64 -> !transform.param<i64>
      transform.match.param.cmpi eq %extent, %one : !transform.param<i64>
      transform.match.structured.yield %op : !transform.any_op
  }
    transform.yield %matched : !transform.any_op
  }

  transform.named_sequence @match_matrix_vector(%anchor: !transform.any_op {transform.readonly}) -> !transform.any_op {
    %matched = transform.match.structured failures(propagate) %anchor : (!transform.any_op) -> !transform.any_op {
    ^bb0(%op: !transform.any_op):
      %rank = transform.match.structured.rank %op : (!transform.any_op) -> !transform.param<i64>
      %loops = transform.param.constant 3 : i64 -> !transform.param<i64>
      transform.match.param.cmpi eq %rank, %loops : !transform.param<i64>
      transform.match.structured.dim %op[0, 1] {parallel} : !transform.any_op
      transform.match.structured.dim %op[2] {reduction} : !transform.any_op
      %extent = transform.match.structured.dim %op[1] : (!transform.any_op) -> !transform.param<i64>
      %one = transform.param.constant 1 : i64 -> !transform.param<i64>
      transform.match.param.cmpi eq %extent, %one : !transform.param<i64>
      transform.match.structured.yield %op : !transform.any_op
  }
    transform.yield %matched : !transform.any_op
  }

  transform.named_sequence @match_window(%anchor: !transform.any_op {transform.readonly}) -> !transform.any_op {
    transform.match.operation_name %anchor ["linalg.depthwise_conv_2d_nhwc_hwc", "linalg.depthwise_conv_2d_nchw_chw",
        "linalg.pooling_nhwc_max", "linalg.pooling_nhwc_min", "linalg.pooling_nhwc_sum", "linalg.pooling_nchw_max",
        "linalg.pooling_nchw_sum"] : !transform.any_op
    transform.yield %anchor : !transform.any_op
  }

  transform.named_sequence @match_reduce_inner(%anchor: !transform.any_op {transform.readonly}) -> !transform.any_op {
    %matched = transform.match.structured failures(propagate) %anchor : (!transform.any_op) -> !transform.any_op {
    ^bb0(%op: !transform.any_op):
      transform.match.structured.dim %op[-1] {reduction} : !transform.any_op
      transform.match.structured.input %op[0] {permutation} : !transform.any_op
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
      transform.match.structured.yield %op : !transform.any_op
    }
    transform.yield %matched : !transform.any_op
  }

  transform.named_sequence @elementwise(%anchor: !transform.any_op {transform.consumed}) {
    %function = transform.get_parent_op %anchor {op_name = "func.func"} : (!transform.any_op) -> !transform.any_op
    // Threads of a block, and neighbouring results of a thread, at most.
    %threads = transform.tune.knob<"threads"> = 256 : i64 from options = [32, 64, 128, 256, 512] -> !transform.param<i64>
    %lanes = transform.tune.knob<"lanes"> = 4 : i64 from options = [1, 2, 4] -> !transform.param<i64>
    %sharing = transform.param.constant 1 : i64 -> !transform.param<i64>
    %most_threads = transform.dlti.query ["GPU", "max_threads"] at %function : (!transform.any_op) -> !transform.param<i64>
    transform.smt.constrain_params(%threads, %most_threads) : (!transform.param<i64>, !transform.param<i64>) -> () {
    ^bb0(%threads_: !smt.int, %most_threads_: !smt.int):
      %v1 = smt.int.cmp le %threads_, %most_threads_
      smt.assert %v1
      smt.yield
  }
    %launch = transform.chameleon.lower_to_gpu_loops %anchor threads %threads lanes %lanes sharing %sharing
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    transform.yield
  }

  transform.named_sequence @window(%anchor: !transform.any_op {transform.consumed}) {
    %function = transform.get_parent_op %anchor {op_name = "func.func"} : (!transform.any_op) -> !transform.any_op
    // Threads of a block, and neighbouring results of a thread, at most.
    %threads = transform.tune.knob<"threads"> = 256 : i64 from options = [32, 64, 128, 256, 512] -> !transform.param<i64>
    %lanes = transform.tune.knob<"lanes"> = 4 : i64 from options = [1, 2, 4] -> !transform.param<i64>
    // Threads that share the reduction of a vector.
    %sharing = transform.tune.knob<"sharing"> = 1 : i64 from options = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512] -> !transform.param<i64>
    %most_threads = transform.dlti.query ["GPU", "max_threads"] at %function : (!transform.any_op) -> !transform.param<i64>
    transform.smt.constrain_params(%threads, %sharing, %most_threads) : (!transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> () {
    ^bb0(%threads_: !smt.int, %sharing_: !smt.int, %most_threads_: !smt.int):
      %v1 = smt.int.cmp le %threads_, %most_threads_
      smt.assert %v1
      %v2 = smt.int.cmp le %sharing_, %threads_
      smt.assert %v2
      smt.yield
  }
    %launch = transform.chameleon.lower_to_gpu_loops %anchor threads %threads lanes %lanes sharing %sharing
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    transform.yield
  }

  transform.named_sequence @reduction(%anchor: !transform.any_op {transform.consumed}) {
    %function = transform.get_parent_op %anchor {op_name = "func.func"} : (!transform.any_op) -> !transform.any_op
    // Threads of a block, and neighbouring results of a thread, at most.
    %threads = transform.tune.knob<"threads"> = 128 : i64 from options = [32, 64, 128, 256, 512] -> !transform.param<i64>
    %lanes = transform.tune.knob<"lanes"> = 1 : i64 from options = [1, 2, 4] -> !transform.param<i64>
    // Threads that share the reduction of a vector.
    %sharing = transform.tune.knob<"sharing"> = 32 : i64 from options = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512] -> !transform.param<i64>
    %most_threads = transform.dlti.query ["GPU", "max_threads"] at %function : (!transform.any_op) -> !transform.param<i64>
    transform.smt.constrain_params(%threads, %sharing, %most_threads) : (!transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> () {
    ^bb0(%threads_: !smt.int, %sharing_: !smt.int, %most_threads_: !smt.int):
      %v1 = smt.int.cmp le %threads_, %most_threads_
      smt.assert %v1
      %v2 = smt.int.cmp le %sharing_, %threads_
      smt.assert %v2
      smt.yield
  }
    %launch = transform.chameleon.lower_to_gpu_loops %anchor threads %threads lanes %lanes sharing %sharing
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    transform.yield
  }

  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.foreach_match in %root
        @match_elementwise -> @elementwise,
        @match_window -> @window,
        @match_vector_matrix -> @reduction,
        @match_matrix_vector -> @reduction,
        @match_reduce_inner -> @reduction,
        @match_reduce_outer -> @reduction,
        @match_reduce_first -> @reduction
        : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

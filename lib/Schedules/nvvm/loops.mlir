// What moves memory rather than computes: elementwise operations, reductions, pooling, depthwise convolutions and
// products with vectors, with their padding and whatever elementwise operations follow them. A thread computes a vector
// of results; several share a long reduction.
!op = !transform.any_op
!param = !transform.param<i64>
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match_elementwise(%anchor: !op {transform.readonly}) -> !op {
    transform.match.structured failures(propagate) %anchor : !op {
    ^bb0(%op: !op):
      transform.match.structured.dim %op[all] {parallel} : !op
      transform.match.structured.yield
    }
    transform.chameleon.applies "lower_to_gpu_loops" to %anchor : !op
    transform.yield %anchor : !op
  }

  transform.named_sequence @match_window(%anchor: !op {transform.readonly}) -> !op {
    transform.match.operation_name %anchor ["linalg.depthwise_conv_2d_nhwc_hwc", "linalg.depthwise_conv_2d_nchw_chw",
        "linalg.pooling_nhwc_max", "linalg.pooling_nhwc_min", "linalg.pooling_nhwc_sum", "linalg.pooling_nchw_max",
        "linalg.pooling_nchw_sum"] : !op
    transform.chameleon.applies "lower_to_gpu_loops" to %anchor : !op
    transform.yield %anchor : !op
  }

  transform.named_sequence @match_vector_matrix(%anchor: !op {transform.readonly}) -> !op {
    transform.include @has_matrix_loops failures(propagate) (%anchor) : (!op) -> ()
    transform.include @has_one_row failures(propagate) (%anchor) : (!op) -> ()
    transform.chameleon.applies "lower_to_gpu_loops" to %anchor : !op
    transform.yield %anchor : !op
  }

  transform.named_sequence @match_matrix_vector(%anchor: !op {transform.readonly}) -> !op {
    transform.include @has_matrix_loops failures(propagate) (%anchor) : (!op) -> ()
    transform.include @has_one_column failures(propagate) (%anchor) : (!op) -> ()
    transform.chameleon.applies "lower_to_gpu_loops" to %anchor : !op
    transform.yield %anchor : !op
  }

  transform.named_sequence @match_reduce_inner(%anchor: !op {transform.readonly}) -> !op {
    transform.include @reduces_inner failures(propagate) (%anchor) : (!op) -> ()
    transform.chameleon.applies "lower_to_gpu_loops" to %anchor : !op
    transform.yield %anchor : !op
  }

  transform.named_sequence @match_reduce_outer(%anchor: !op {transform.readonly}) -> !op {
    transform.include @reduces_outer failures(propagate) (%anchor) : (!op) -> ()
    transform.chameleon.applies "lower_to_gpu_loops" to %anchor : !op
    transform.yield %anchor : !op
  }

  transform.named_sequence @match_reduce_first(%anchor: !op {transform.readonly}) -> !op {
    transform.include @reduces_first failures(propagate) (%anchor) : (!op) -> ()
    transform.chameleon.applies "lower_to_gpu_loops" to %anchor : !op
    transform.yield %anchor : !op
  }

  // Windows in one or three dimensions, reductions over any dimensions, products with few columns, whatever the body
  // combines.
  transform.named_sequence @match_others(%anchor: !op {transform.readonly}) -> !op attributes {chameleon.fallback} {
    transform.match.structured failures(propagate) %anchor : !op {
    ^bb0(%op: !op):
      transform.match.structured.yield
    }
    transform.chameleon.applies "lower_to_gpu_loops" to %anchor : !op
    transform.yield %anchor : !op
  }

  transform.named_sequence @elementwise(%anchor: !op {transform.consumed}) {
    %function = transform.get_parent_op %anchor {op_name = "func.func"} : (!op) -> !op
    // Threads of a block, and neighbouring results of a thread, at most.
    %threads = transform.tune.knob<"threads"> = 256 from options = [32, 64, 128, 256, 512] -> !param
    %lanes = transform.tune.knob<"lanes"> = 4 from options = [1, 2, 4] -> !param
    %sharing = transform.param.constant 1 : i64 -> !param

    %most_threads = transform.dlti.query ["GPU", "max_threads"] at %function : (!op) -> !param
    transform.chameleon.constrain { assert %threads <= %most_threads }
    %launch = transform.chameleon.lower_to_gpu_loops %anchor threads %threads lanes %lanes sharing %sharing
    transform.yield
  }

  transform.named_sequence @window(%anchor: !op {transform.consumed}) {
    %function = transform.get_parent_op %anchor {op_name = "func.func"} : (!op) -> !op
    // Threads of a block, and neighbouring results of a thread, at most.
    %threads = transform.tune.knob<"threads"> = 256 from options = [32, 64, 128, 256, 512] -> !param
    %lanes = transform.tune.knob<"lanes"> = 4 from options = [1, 2, 4] -> !param
    // Threads that share the reduction of a vector.
    %sharing = transform.tune.knob<"sharing"> = 1 from options = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512] -> !param

    %most_threads = transform.dlti.query ["GPU", "max_threads"] at %function : (!op) -> !param
    transform.chameleon.constrain { assert %sharing <= %threads and %threads <= %most_threads }
    %launch = transform.chameleon.lower_to_gpu_loops %anchor threads %threads lanes %lanes sharing %sharing
    transform.yield
  }

  transform.named_sequence @reduction(%anchor: !op {transform.consumed}) {
    %function = transform.get_parent_op %anchor {op_name = "func.func"} : (!op) -> !op
    // Threads of a block, and neighbouring results of a thread, at most.
    %threads = transform.tune.knob<"threads"> = 128 from options = [32, 64, 128, 256, 512] -> !param
    %lanes = transform.tune.knob<"lanes"> = 1 from options = [1, 2, 4] -> !param
    // Threads that share the reduction of a vector.
    %sharing = transform.tune.knob<"sharing"> = 32 from options = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512] -> !param

    %most_threads = transform.dlti.query ["GPU", "max_threads"] at %function : (!op) -> !param
    transform.chameleon.constrain { assert %sharing <= %threads and %threads <= %most_threads }
    %launch = transform.chameleon.lower_to_gpu_loops %anchor threads %threads lanes %lanes sharing %sharing
    transform.yield
  }

  transform.named_sequence @__transform_main(%root: !op) {
    transform.foreach_match in %root
        @match_elementwise -> @elementwise,
        @match_window -> @window,
        @match_vector_matrix -> @reduction,
        @match_matrix_vector -> @reduction,
        @match_reduce_inner -> @reduction,
        @match_reduce_outer -> @reduction,
        @match_reduce_first -> @reduction,
        @match_others -> @window
        : (!op) -> !op
    transform.yield
  }
}

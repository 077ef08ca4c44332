// Matrix products, batched or not, plain or with transposed operands, and convolutions, with their padding and whatever
// elementwise operations follow them: one kernel each. A convolution is the product of a matrix whose rows are pixels
// and whose columns are the elements of a window, which is never built. Operands come to shared memory while the steps
// before are computed. Small images have few tiles, so that blocks share the reduction of each.
!op = !transform.any_op
!param = !transform.param<i64>
module attributes {transform.with_named_sequence} {
  // Products whose tiles fill the processor, then smaller ones, whose reduction is shared by so many blocks that they
  // do. One row or column: loops.mlir.
  transform.named_sequence @match_matmul(%anchor: !op {transform.readonly}) -> !op attributes {
      chameleon.defaults = {tile_rows = 128, tile_columns = 128, tile_depth = 16, parts_rows = 2, parts_columns = 2,
                            turn = 1, splits = 1},
      chameleon.seeds = [
          {}, {splits = 4}, {tile_rows = 64, tile_columns = 64, splits = 4}, {tile_rows = 64, tile_columns = 64},
          {tile_rows = 64, tile_columns = 64, tile_depth = 32, turn = 0, splits = 2},
          {tile_rows = 32, tile_columns = 64, tile_depth = 32, parts_rows = 1, parts_columns = 1, turn = 0, splits = 4},
          {tile_rows = 64, tile_columns = 64, splits = 4, cluster = 4},
          {tile_rows = 32, tile_columns = 64, tile_depth = 32, parts_rows = 1, parts_columns = 1, turn = 0, splits = 4,
           cluster = 4}]} {
    transform.include @has_matmul_loops failures(propagate) (%anchor) : (!op) -> ()
    transform.chameleon.applies "lower_to_gpu_contraction" to %anchor : !op
    transform.yield %anchor : !op
  }

  transform.named_sequence @match_batch_matmul(%anchor: !op {transform.readonly}) -> !op {
    transform.include @has_batch_matmul_loops failures(propagate) (%anchor) : (!op) -> ()
    %rows, %columns = transform.chameleon.loop_extents %anchor[1, 2]
    %one = transform.param.constant 1 : i64 -> !param
    transform.match.param.cmpi gt %rows, %one : !param
    transform.match.param.cmpi gt %columns, %one : !param
    transform.chameleon.applies "lower_to_gpu_contraction" to %anchor : !op
    transform.yield %anchor : !op
  }

  // Channels last: rows are pixels. Channels first: rows are channels of the result, columns its pixels. Groups are
  // batches.
  transform.named_sequence @match_convolution(%anchor: !op {transform.readonly}) -> !op {
    transform.match.operation_name %anchor [
        "linalg.conv_2d_nhwc_hwcf", "linalg.conv_2d_nhwc_fhwc", "linalg.conv_2d_nchw_fchw", "linalg.conv_1d_nwc_wcf",
        "linalg.conv_1d_ncw_fcw", "linalg.conv_3d_ndhwc_dhwcf", "linalg.conv_3d_ncdhw_fcdhw",
        "linalg.conv_2d_ngchw_gfchw", "linalg.conv_2d_ngchw_fgchw", "linalg.conv_2d_nhwgc_gfhwc"] : !op
    transform.chameleon.applies "lower_to_gpu_contraction" to %anchor : !op
    transform.yield %anchor : !op
  }

  // Products over any loops: of several dimensions, in any order, and convolutions that have no name of their own.
  transform.named_sequence @match_product(%anchor: !op {transform.readonly}) -> !op attributes {chameleon.fallback} {
    %batch, %rows, %columns, %depth = transform.chameleon.contraction_extents %anchor
    // Narrower ones are as well computed by loops.mlir.
    %narrow = transform.param.constant 8 : i64 -> !param
    transform.match.param.cmpi ge %rows, %narrow : !param
    transform.match.param.cmpi ge %columns, %narrow : !param
    transform.chameleon.applies "lower_to_gpu_contraction" to %anchor : !op
    transform.yield %anchor : !op
  }

  // Seeds: large images, whose tiles fill the processor; smaller ones, whose reduction is shared by so many blocks that
  // they do; such where these blocks are one cluster.
  transform.named_sequence @contraction(%anchor: !op {transform.consumed}) attributes {chameleon.seeds = [
      {tile_rows = 64, tile_columns = 64, tile_depth = 16, parts_rows = 2, parts_columns = 2, turn = 1, splits = 1},
      {tile_rows = 128, tile_columns = 128, tile_depth = 16, parts_rows = 2, parts_columns = 2, turn = 1, splits = 4},
      {tile_rows = 128, tile_columns = 128, tile_depth = 16, parts_rows = 2, parts_columns = 2, turn = 1, splits = 8},
      {tile_rows = 28, thread_rows = 7, splits = 16}, {},
      {tile_rows = 16, tile_columns = 16, tile_depth = 16, thread_rows = 2, thread_columns = 2, stages = 4},
      {tile_rows = 28, thread_rows = 7, splits = 8, cluster = 8}, {cluster = 4}]} {
    %function = transform.get_parent_op %anchor {op_name = "func.func"} : (!op) -> !op
    // The tile of a block: rows and columns of the result, and steps of the reduction at a time.
    %tile_rows = transform.tune.knob<"tile_rows"> = 32 from options = [16, 28, 32, 56, 64, 112, 128, 256] -> !param
    %tile_columns = transform.tune.knob<"tile_columns"> = 64 from options = [16, 32, 64, 128, 256] -> !param
    %tile_depth = transform.tune.knob<"tile_depth"> = 32 from options = [8, 16, 32, 64] -> !param
    // Parts of the tile that a thread works on. Two that are half a tile apart keep threads out of each other's banks.
    %parts_rows = transform.tune.knob<"parts_rows"> = 1 from options = [1, 2] -> !param
    %parts_columns = transform.tune.knob<"parts_columns"> = 1 from options = [1, 2] -> !param
    // Rows and columns of each part: accumulators in registers.
    %thread_rows = transform.tune.knob<"thread_rows"> = 4 from options = [1, 2, 4, 7, 8] -> !param
    %thread_columns = transform.tune.knob<"thread_columns"> = 4 from options = [1, 2, 4, 8] -> !param
    // Steps in shared memory: one that is used, the others on their way.
    %stages = transform.tune.knob<"stages"> = 3 from options = [2, 3, 4] -> !param
    // Elements between rows in shared memory.
    %pad = transform.tune.knob<"pad"> = 4 from options = [0, 4] -> !param
    // 1: what lies along the reduction is turned on its way to shared memory, so that a thread reads a step ahead.
    %turn = transform.tune.knob<"turn"> = 0 from options = [0, 1] -> !param
    // Blocks that share the reduction of a tile.
    %splits = transform.tune.knob<"splits"> = 4 from options = [1, 2, 4, 8, 16, 32] -> !param
    // So many of them add up within a cluster, the others through memory.
    %cluster = transform.tune.knob<"cluster"> = 1 from options = [1, 2, 4, 8] -> !param

    %shared_bytes = transform.dlti.query ["GPU", "shared_bytes"] at %function : (!op) -> !param
    %multiprocessors = transform.dlti.query ["GPU", "multiprocessors"] at %function : (!op) -> !param
    %most_threads = transform.dlti.query ["GPU", "max_threads"] at %function : (!op) -> !param
    %registers = transform.dlti.query ["GPU", "registers"] at %function : (!op) -> !param
    %most_of_cluster = transform.dlti.query ["GPU", "cluster_blocks"] at %function : (!op) -> !param
    %batch, %rows, %columns, %depth = transform.chameleon.contraction_extents %anchor
    %bits = transform.chameleon.sum_bits %anchor
    transform.chameleon.constrain {
      // Whole threads, whole warps.
      let rows_of_thread = %parts_rows * %thread_rows
      let columns_of_thread = %parts_columns * %thread_columns
      assert %tile_rows mod rows_of_thread == 0
      assert %tile_columns mod columns_of_thread == 0
      let threads = (%tile_rows div rows_of_thread) * (%tile_columns div columns_of_thread)
      assert threads <= %most_threads
      assert threads mod 32 == 0
      // Accumulators, what is read for them and addresses fit the registers.
      let accumulators = rows_of_thread * columns_of_thread
      assert accumulators <= 128
      assert (accumulators + 32) * threads <= %registers
      // Shared memory.
      assert (%tile_depth + %pad) * (%tile_rows + %tile_columns) * %stages * %bits <= %shared_bytes * 8
      // The code of a step stays in the instruction cache.
      assert accumulators * %tile_depth <= 4096
      // Rows of a turned tile are written together: not to one bank.
      assert %turn == 0 or %pad == 4
      // Of two tiles that hold everything the smaller one.
      assert %tile_rows == 16 or %tile_rows < %rows * 2
      assert %tile_columns == 16 or %tile_columns < %columns * 2
      assert %tile_depth == 8 or %tile_depth < %depth * 2
      // No more splits than fill the processor a few times, or than there are steps to share; enough that it is not
      // idle.
      let blocks = %rows ceildiv %tile_rows * (%columns ceildiv %tile_columns) * %batch * %splits
      let steps = %depth ceildiv %tile_depth
      assert %splits == 1 or blocks <= %multiprocessors * 4 and %splits * 2 <= steps
      assert blocks >= %multiprocessors or %splits == 32 or %splits * 4 > steps
      // Whole clusters, where there are any, whose sums fit where operands were.
      assert %cluster <= %most_of_cluster
      assert %splits mod %cluster == 0
      assert %cluster == 1 or %tile_rows * %tile_columns * %bits <= %shared_bytes * 8
    }

    %launches = transform.chameleon.lower_to_gpu_contraction %anchor tile %tile_rows, %tile_columns, %tile_depth
        interleave %parts_rows, %parts_columns thread %thread_rows, %thread_columns stages %stages pad %pad turn %turn
        splits %splits cluster %cluster
    transform.yield
  }

  transform.named_sequence @__transform_main(%root: !op) {
    transform.foreach_match in %root
        @match_matmul -> @contraction,
        @match_batch_matmul -> @contraction,
        @match_convolution -> @contraction,
        @match_product -> @contraction
        : (!op) -> !op
    transform.yield
  }
}

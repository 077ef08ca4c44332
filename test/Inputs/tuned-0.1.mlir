#map = affine_map<(d0, d1) -> (d0, d1)>
#map1 = affine_map<(d0, d1, d2, d3, d4, d5, d6, d7, d8) -> (d0, d5, d2 + d6, d3 + d7, d8)>
#map2 = affine_map<(d0, d1, d2, d3, d4, d5, d6, d7, d8) -> (d1, d5, d6, d7, d8, d4)>
#map3 = affine_map<(d0, d1, d2, d3, d4, d5, d6, d7, d8) -> (d0, d1, d2, d3, d4)>
module {
  func.func @main(%arg0: tensor<24x32xf32>, %arg1: tensor<1x8x10x10xf32>) -> (tensor<24x16xf32>, tensor<1x16x8x8xf32>) {
    %cst = arith.constant dense<2.500000e-01> : tensor<2x1x3x3x8x8xf32>
    %cst_0 = arith.constant dense<5.000000e-01> : tensor<32x16xf32>
    %0 = tensor.empty() : tensor<1x1x10x10x8xf32>
    %pack = linalg.pack %arg1 inner_dims_pos = [1] inner_tiles = [8] into %0 : tensor<1x8x10x10xf32> -> tensor<1x1x10x10x8xf32>
    %1 = tensor.empty() : tensor<24x16xf32>
    %2 = call @chameleon_matmul_e88c5793(%arg0, %cst_0, %1) : (tensor<24x32xf32>, tensor<32x16xf32>, tensor<24x16xf32>) -> tensor<24x16xf32>
    %3 = tensor.empty() : tensor<1x2x8x8x8xf32>
    %4 = call @chameleon_conv2d_5037f318(%pack, %cst, %3) : (tensor<1x1x10x10x8xf32>, tensor<2x1x3x3x8x8xf32>, tensor<1x2x8x8x8xf32>) -> tensor<1x2x8x8x8xf32>
    %5 = tensor.empty() : tensor<1x16x8x8xf32>
    %unpack = linalg.unpack %4 inner_dims_pos = [1] inner_tiles = [8] into %5 : tensor<1x2x8x8x8xf32> -> tensor<1x16x8x8xf32>
    return %2, %unpack : tensor<24x16xf32>, tensor<1x16x8x8xf32>
  }
  func.func private @chameleon_matmul_e88c5793(%arg0: tensor<24x32xf32>, %arg1: tensor<32x16xf32> {chameleon.constant}, %arg2: tensor<24x16xf32>) -> tensor<24x16xf32> attributes {chameleon.flops = 25344 : i64, chameleon.name = "matmul 24x16x32 +add+max", chameleon.task = "e88c57931e39eb70"} {
    %cst = arith.constant 0.000000e+00 : f32
    %0 = tensor.empty() : tensor<24x16xf32>
    %1 = linalg.fill ins(%cst : f32) outs(%0 : tensor<24x16xf32>) -> tensor<24x16xf32>
    %2 = linalg.matmul {chameleon.anchor} ins(%arg0, %arg1 : tensor<24x32xf32>, tensor<32x16xf32>) outs(%1 : tensor<24x16xf32>) -> tensor<24x16xf32>
    %cst_0 = arith.constant -1.000000e+00 : f32
    %3 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel"]} ins(%2 : tensor<24x16xf32>) outs(%arg2 : tensor<24x16xf32>) attrs =  {chameleon.epilogue} {
    ^bb0(%in: f32, %out: f32):
      %4 = arith.addf %in, %cst_0 : f32
      %5 = arith.maximumf %4, %cst : f32
      linalg.yield %5 : f32
    } -> tensor<24x16xf32>
    return %3 : tensor<24x16xf32>
  }
  func.func private @chameleon_conv2d_5037f318(%arg0: tensor<1x1x10x10x8xf32>, %arg1: tensor<2x1x3x3x8x8xf32> {chameleon.constant}, %arg2: tensor<1x2x8x8x8xf32>) -> tensor<1x2x8x8x8xf32> attributes {chameleon.flops = 147456 : i64, chameleon.name = "conv2d 8 -> 16x8x8 3x3", chameleon.task = "5037f31839b67bff"} {
    %cst = arith.constant 0.000000e+00 : f32
    %0 = linalg.fill ins(%cst : f32) outs(%arg2 : tensor<1x2x8x8x8xf32>) -> tensor<1x2x8x8x8xf32>
    %1 = linalg.generic {indexing_maps = [#map1, #map2, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction", "reduction"]} ins(%arg0, %arg1 : tensor<1x1x10x10x8xf32>, tensor<2x1x3x3x8x8xf32>) outs(%0 : tensor<1x2x8x8x8xf32>) attrs =  {chameleon.anchor} {
    ^bb0(%in: f32, %in_0: f32, %out: f32):
      %2 = arith.mulf %in, %in_0 fastmath<contract> : f32
      %3 = arith.addf %out, %2 fastmath<contract> : f32
      linalg.yield %3 : f32
    } -> tensor<1x2x8x8x8xf32>
    return %1 : tensor<1x2x8x8x8xf32>
  }
  module @chameleon_schedules attributes {transform.with_named_sequence} {
    transform.named_sequence @match_matmul(%arg0: !transform.any_op {transform.readonly}) -> !transform.any_op {
      %0 = transform.match.structured failures(propagate) %arg0 : (!transform.any_op) -> !transform.any_op {
      ^bb0(%arg1: !transform.any_op):
        %1 = transform.match.structured.rank %arg1 : (!transform.any_op) -> !transform.param<i64>
        %2 = transform.param.constant 3 : i64 -> !transform.param<i64>
        transform.match.param.cmpi eq %1, %2 : !transform.param<i64>
        transform.match.structured.dim %arg1[0, 1] {parallel} : !transform.any_op
        transform.match.structured.dim %arg1[2] {reduction} : !transform.any_op
        transform.match.structured.body %arg1 {contraction = ["arith.mulf", "arith.addf"]} : !transform.any_op
        %batch, %m, %n, %k = transform.match.structured.classify_contraction_dims %arg1 : (!transform.any_op) -> (!transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>)
        %3 = transform.param.constant 1 : i64 -> !transform.param<i64>
        %4 = transform.num_associations %m : (!transform.param<i64>) -> !transform.param<i64>
        transform.match.param.cmpi eq %4, %3 : !transform.param<i64>
        %5 = transform.num_associations %n : (!transform.param<i64>) -> !transform.param<i64>
        transform.match.param.cmpi eq %5, %3 : !transform.param<i64>
        %6 = transform.num_associations %k : (!transform.param<i64>) -> !transform.param<i64>
        transform.match.param.cmpi eq %6, %3 : !transform.param<i64>
        %7 = transform.match.structured.dim %arg1[0] : (!transform.any_op) -> !transform.param<i64>
        transform.match.param.cmpi gt %7, %3 : !transform.param<i64>
        %8 = transform.match.structured.dim %arg1[1] : (!transform.any_op) -> !transform.param<i64>
        transform.match.param.cmpi gt %8, %3 : !transform.param<i64>
        transform.match.structured.yield %arg1 : !transform.any_op
      }
      transform.yield %0 : !transform.any_op
    }
    transform.named_sequence @matmul_e88c57931e39eb70(%arg0: !transform.any_op {transform.readonly}) attributes {chameleon.configuration = {column_panels = 2 : i64, kc = 64 : i64, mr = 8 : i64, nr = 8 : i64, pack_lhs = 1 : i64, pack_rhs = 1 : i64, row_panels = 4 : i64, rows_inside = 1 : i64, share = 1 : i64}, chameleon.schedule = "builtin:cpu/matmul"} {
      %0 = transform.get_parent_op %arg0 {op_name = "func.func"} : (!transform.any_op) -> !transform.any_op
      %1 = transform.tune.knob<"mr"> = 8 : i64 from options = [1, 2, 4, 6, 8, 12, 14] -> !transform.param<i64>
      %2 = transform.tune.knob<"nr"> = 8 : i64 from options = [8, 16, 24, 32, 48, 64] -> !transform.param<i64>
      %3 = transform.tune.knob<"row_panels"> = 4 : i64 from options = [1, 2, 4, 8, 16, 32, 64, 128] -> !transform.param<i64>
      %4 = transform.tune.knob<"column_panels"> = 2 : i64 from options = [1, 2, 4, 8, 16, 32, 64] -> !transform.param<i64>
      %5 = transform.tune.knob<"kc"> = 64 : i64 from options = [64, 128, 256, 512, 1024] -> !transform.param<i64>
      %6 = transform.tune.knob<"pack_lhs"> = 1 : i64 from options = [0, 1, 2] -> !transform.param<i64>
      %7 = transform.tune.knob<"pack_rhs"> = 1 : i64 from options = [0, 1, 2] -> !transform.param<i64>
      %8 = transform.tune.knob<"rows_inside"> = 1 : i64 from options = [0, 1] -> !transform.param<i64>
      %9 = transform.tune.knob<"share"> = 1 : i64 from options = [0, 1] -> !transform.param<i64>
      %10 = transform.param.constant 8 : i64 -> !transform.param<i64>
      %11 = transform.param.constant 32 : i64 -> !transform.param<i64>
      %12 = transform.param.constant 16 : i64 -> !transform.param<i64>
      %13 = transform.param.constant 24 : i64 -> !transform.param<i64>
      %14 = transform.param.constant 16 : i64 -> !transform.param<i64>
      %15 = transform.param.constant 0 : i64 -> !transform.param<i64>
      %16 = transform.param.constant 1 : i64 -> !transform.param<i64>
      %17 = transform.param.constant 3 : i64 -> !transform.param<i64>
      %18 = transform.structured.match ops{["func.return"]} in %0 : (!transform.any_op) -> !transform.any_op
      %19 = transform.get_producer_of_operand %18[0] : (!transform.any_op) -> !transform.any_op
      %transformed, %loops = transform.structured.fuse %19 tile_sizes [%13, %14] {apply_cleanup, use_forall} : (!transform.any_op, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op)
      %transformed_0, %loops_1:2 = transform.structured.fuse %transformed tile_sizes [%11, %12] interchange [%8, %15] {apply_cleanup} : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op, !transform.any_op)
      transform.chameleon.simplify %0 : !transform.any_op
      %20 = transform.structured.match attributes {chameleon.anchor} in %0 : (!transform.any_op) -> !transform.any_op
      %fills, %copies = transform.chameleon.lower_contraction %20 rows %1 columns %2 depth %5 pack_lhs %16 pack_rhs %17 : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op)
      %21 = transform.param.constant 4 : i64 -> !transform.param<i64>
      %22 = transform.structured.match interface{LinalgOp} in %0 : (!transform.any_op) -> !transform.any_op
      transform.chameleon.lower_to_vectors %22 lanes %10 vectors %21 : !transform.any_op, !transform.param<i64>, !transform.param<i64>
      transform.chameleon.approximate_math %0 : !transform.any_op
      %23 = transform.structured.match ops{["scf.for"]} in %0 : (!transform.any_op) -> !transform.any_op
      transform.apply_licm to %23 : !transform.any_op
      transform.apply_patterns to %0 {
        transform.apply_patterns.vector.lower_transpose lowering_strategy = shuffle_16x16
      } : !transform.any_op
      transform.chameleon.simplify %0 {fold_transfers} : !transform.any_op
      transform.apply_cse to %0 : !transform.any_op
      transform.yield 
    }
    transform.named_sequence @match_conv_nchwc(%arg0: !transform.any_op {transform.readonly}) -> !transform.any_op {
      transform.match.operation_name %arg0 ["linalg.generic"] : !transform.any_op
      %0 = transform.match.structured failures(propagate) %arg0 : (!transform.any_op) -> !transform.any_op {
      ^bb0(%arg1: !transform.any_op):
        %1 = transform.match.structured.rank %arg1 : (!transform.any_op) -> !transform.param<i64>
        %2 = transform.param.constant 8 : i64 -> !transform.param<i64>
        %3 = transform.param.constant 9 : i64 -> !transform.param<i64>
        transform.match.param.cmpi ge %1, %2 : !transform.param<i64>
        transform.match.param.cmpi le %1, %3 : !transform.param<i64>
        transform.match.structured.dim %arg1[0, 1, 2, 3, 4] {parallel} : !transform.any_op
        transform.match.structured.dim %arg1[except(0, 1, 2, 3, 4)] {reduction} : !transform.any_op
        transform.match.structured.body %arg1 {contraction = ["arith.mulf", "arith.addf"]} : !transform.any_op
        %batch, %output_image, %output_channel, %filter_loop, %input_channel, %depth, %strides, %dilations = transform.match.structured.classify_convolution_dims %arg1 : (!transform.any_op) -> (!transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>)
        transform.match.structured.yield %arg1 : !transform.any_op
      }
      transform.yield %0 : !transform.any_op
    }
    transform.named_sequence @lower_padding(%arg0: !transform.any_op {transform.readonly}, %arg1: !transform.param<i64> {transform.readonly}, %arg2: !transform.param<i64> {transform.readonly}) {
      %0 = transform.structured.match ops{["tensor.pad"]} in %arg0 : (!transform.any_op) -> !transform.any_op
      %tiled_op, %forall_op = transform.structured.tile_using_forall %0 tile_sizes [%arg1, %arg2] : (!transform.any_op, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op)
      %fills, %copies = transform.chameleon.lower_pad %tiled_op : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
      %1 = transform.merge_handles %fills, %copies : !transform.any_op
      %tiled_linalg_op, %loops:4 = transform.structured.tile_using_for %1 tile_sizes [1, 1, 1, 8] : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
      transform.chameleon.peel_loop %loops#3 : !transform.any_op
      transform.yield 
    }
    transform.named_sequence @tile_for_registers(%arg0: !transform.any_op {transform.readonly}, %arg1: !transform.param<i64> {transform.readonly}, %arg2: !transform.param<i64> {transform.readonly}, %arg3: !transform.param<i64> {transform.readonly}, %arg4: !transform.param<i64> {transform.readonly}, %arg5: !transform.param<i64> {transform.readonly}, %arg6: !transform.param<i64> {transform.readonly}, %arg7: !transform.param<i64> {transform.readonly}) -> !transform.any_op {
      %0 = transform.structured.match ops{["linalg.fill"]} in %arg0 : (!transform.any_op) -> !transform.any_op
      %1 = transform.structured.generalize %0 : (!transform.any_op) -> !transform.any_op
      transform.include @lower_padding failures(propagate) (%arg0, %arg1, %arg2) : (!transform.any_op, !transform.param<i64>, !transform.param<i64>) -> ()
      %2 = transform.structured.match ops{["func.return"]} in %arg0 : (!transform.any_op) -> !transform.any_op
      %3 = transform.get_producer_of_operand %2[0] : (!transform.any_op) -> !transform.any_op
      transform.annotate %3 "chameleon.root" : !transform.any_op
      %transformed, %loops = transform.structured.fuse %3 tile_sizes [%arg1, %arg3, %arg4] {apply_cleanup, use_forall} : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op)
      transform.chameleon.simplify %arg0 : !transform.any_op
      %4 = transform.structured.match attributes {chameleon.root} in %arg0 : (!transform.any_op) -> !transform.any_op
      %transformed_0, %loops_1:4 = transform.structured.fuse %4 tile_sizes [1, %arg5, %arg6, %arg7] interchange [0, 1, 2, 3] {apply_cleanup} : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
      transform.chameleon.peel_loop %loops_1#3 : !transform.any_op
      transform.chameleon.peel_loop %loops_1#2 : !transform.any_op
      transform.chameleon.peel_loop %loops_1#1 : !transform.any_op
      transform.chameleon.simplify %arg0 : !transform.any_op
      %5 = transform.structured.match ops{["linalg.generic"]} attributes {iterator_types = [#linalg.iterator_type<parallel>, #linalg.iterator_type<parallel>, #linalg.iterator_type<parallel>, #linalg.iterator_type<parallel>, #linalg.iterator_type<parallel>]} in %arg0 : (!transform.any_op) -> !transform.any_op
      %6 = transform.structured.interchange %5 iterator_interchange = [0, 2, 3, 1, 4] : (!transform.any_op) -> !transform.any_op
      %7 = transform.structured.match attributes {chameleon.anchor} in %arg0 : (!transform.any_op) -> !transform.any_op
      transform.yield %7 : !transform.any_op
    }
    transform.named_sequence @vectorize_tiles(%arg0: !transform.any_op {transform.readonly}) {
      transform.chameleon.simplify %arg0 : !transform.any_op
      %0 = transform.structured.match attributes {chameleon.anchor} in %arg0 : (!transform.any_op) -> !transform.any_op
      transform.chameleon.fold_strided_access %0 : !transform.any_op
      transform.apply_patterns to %arg0 {
        transform.apply_patterns.linalg.fold_unit_extent_dims_via_slices
      } {max_iterations = 4 : i64} : !transform.any_op
      %1 = transform.structured.match ops{["scf.for"]} in %arg0 : (!transform.any_op) -> !transform.any_op
      transform.apply_licm to %1 : !transform.any_op
      transform.loop.hoist_loop_invariant_subsets %1 : !transform.any_op
      transform.chameleon.simplify %arg0 {fold_empty_tensors} : !transform.any_op
      transform.apply_cse to %arg0 : !transform.any_op
      %2 = transform.structured.match interface{LinalgOp} in %arg0 : (!transform.any_op) -> !transform.any_op
      transform.structured.vectorize %2 : !transform.any_op
      transform.chameleon.simplify %arg0 {fold_transfers} : !transform.any_op
      transform.chameleon.scalarize_broadcast_reads %arg0 : !transform.any_op
      %3 = transform.structured.match ops{["scf.for"]} in %arg0 : (!transform.any_op) -> !transform.any_op
      transform.apply_licm to %3 : !transform.any_op
      transform.loop.hoist_loop_invariant_subsets %3 : !transform.any_op
      transform.chameleon.simplify %arg0 : !transform.any_op
      transform.apply_cse to %arg0 : !transform.any_op
      transform.yield 
    }
    transform.named_sequence @compute_by_winograd(%arg0: !transform.any_op {transform.readonly}, %arg1: !transform.param<i64> {transform.readonly}, %arg2: !transform.param<i64> {transform.readonly}, %arg3: !transform.param<i64> {transform.readonly}, %arg4: !transform.param<i64> {transform.readonly}, %arg5: !transform.param<i64> {transform.readonly}, %arg6: !transform.param<i64> {transform.readonly}, %arg7: !transform.param<i64> {transform.readonly}) {
      transform.include @lower_padding failures(propagate) (%arg0, %arg1, %arg2) : (!transform.any_op, !transform.param<i64>, !transform.param<i64>) -> ()
      %0 = transform.structured.match ops{["func.return"]} in %arg0 : (!transform.any_op) -> !transform.any_op
      %1 = transform.get_producer_of_operand %0[0] : (!transform.any_op) -> !transform.any_op
      transform.annotate %1 "chameleon.root" : !transform.any_op
      %transformed, %loops = transform.structured.fuse %1 tile_sizes [1, %arg3, %arg4] {apply_cleanup, use_forall} : (!transform.any_op, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op)
      transform.chameleon.simplify %arg0 : !transform.any_op
      %2 = transform.structured.match attributes {chameleon.anchor} in %arg0 : (!transform.any_op) -> !transform.any_op
      %3 = transform.chameleon.lower_winograd %2 outputs %arg5 blocks %arg6 tiles %arg7 : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
      %tiled_linalg_op, %loops_0:4 = transform.structured.tile_using_for %3 tile_sizes [1, 1, 1, 1] : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
      %4 = transform.structured.match attributes {chameleon.root} in %arg0 : (!transform.any_op) -> !transform.any_op
      %transformed_1, %loops_2:4 = transform.structured.fuse %4 tile_sizes [1, 1, 1, 1] interchange [0, 1, 2, 3] {apply_cleanup} : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
      transform.chameleon.simplify %arg0 : !transform.any_op
      transform.apply_patterns to %arg0 {
        transform.apply_patterns.linalg.fold_unit_extent_dims_via_slices
      } {max_iterations = 4 : i64} : !transform.any_op
      %5 = transform.structured.match ops{["scf.for"]} in %arg0 : (!transform.any_op) -> !transform.any_op
      transform.apply_licm to %5 : !transform.any_op
      %6 = transform.structured.match interface{LinalgOp} in %arg0 : (!transform.any_op) -> !transform.any_op
      transform.structured.vectorize %6 : !transform.any_op
      transform.chameleon.simplify %arg0 {fold_transfers} : !transform.any_op
      transform.apply_cse to %arg0 : !transform.any_op
      transform.yield 
    }
    transform.named_sequence @conv_nchwc_5037f31839b67bff(%arg0: !transform.any_op {transform.readonly}) attributes {chameleon.configuration = {blocks = 1 : i64, kob = 2 : i64, method = 1 : i64, ohb = 1 : i64, outputs = 2 : i64, owb = 14 : i64, rows = 7 : i64, strip_blocks = 0 : i64, strip_rows = 2 : i64, tiles = 6 : i64}, chameleon.schedule = "builtin:cpu/conv_nchwc"} {
      %0 = transform.get_parent_op %arg0 {op_name = "func.func"} : (!transform.any_op) -> !transform.any_op
      %1 = transform.tune.knob<"kob"> = 2 : i64 from options = [1, 2, 3, 4, 5, 6, 7, 8] -> !transform.param<i64>
      %2 = transform.tune.knob<"outputs"> = 2 : i64 from options = [2, 4] -> !transform.param<i64>
      %3 = transform.tune.knob<"tiles"> = 6 : i64 from options = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14] -> !transform.param<i64>
      %4 = transform.tune.knob<"strip_rows"> = 2 : i64 from options = [0, 2, 4, 8, 12, 14, 16, 28] -> !transform.param<i64>
      %5 = transform.tune.knob<"strip_blocks"> = 0 : i64 from options = [0, 2, 4, 8, 16, 32] -> !transform.param<i64>
      %6 = transform.param.constant 1 : i64 -> !transform.param<i64>
      %7 = transform.param.constant 1 : i64 -> !transform.param<i64>
      %8 = transform.param.constant 2 : i64 -> !transform.param<i64>
      %9 = transform.param.constant 2 : i64 -> !transform.param<i64>
      transform.include @compute_by_winograd failures(propagate) (%0, %6, %7, %8, %9, %2, %1, %3) : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> ()
      transform.yield 
    }
    transform.named_sequence @__transform_main(%arg0: !transform.any_op) {
      %0 = transform.structured.match ops{["func.func"]} attributes {chameleon.task = "e88c57931e39eb70"} in %arg0 : (!transform.any_op) -> !transform.any_op
      transform.foreach %0 : !transform.any_op {
      ^bb0(%arg1: !transform.any_op):
        %2 = transform.structured.match attributes {chameleon.anchor} in %arg1 : (!transform.any_op) -> !transform.any_op
        %3 = transform.collect_matching @match_matmul in %2 : (!transform.any_op) -> !transform.any_op
        transform.include @matmul_e88c57931e39eb70 failures(propagate) (%3) : (!transform.any_op) -> ()
      }
      %1 = transform.structured.match ops{["func.func"]} attributes {chameleon.task = "5037f31839b67bff"} in %arg0 : (!transform.any_op) -> !transform.any_op
      transform.foreach %1 : !transform.any_op {
      ^bb0(%arg1: !transform.any_op):
        %2 = transform.structured.match attributes {chameleon.anchor} in %arg1 : (!transform.any_op) -> !transform.any_op
        %3 = transform.collect_matching @match_conv_nchwc in %2 : (!transform.any_op) -> !transform.any_op
        transform.include @conv_nchwc_5037f31839b67bff failures(propagate) (%3) : (!transform.any_op) -> ()
      }
      transform.yield 
    }
  }
}


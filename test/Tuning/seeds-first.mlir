// A search measures the schedule's seeds before anything that it proposes itself: three trials of 1000 points are the three, of which
// one is listed twice, the second time with a default spelt out.
// RUN: rm -rf %t && split-file %s %t
// RUN: chameleon-opt %t/model.mlir --tune-schedules="trials=3 strategy=random database=%t/tuning.db progress=quiet threads=1 target=cpu library=%t/library.mlir" -o %t/tuned.mlir
// RUN: chameleon-opt --export-database=%t/tuning.db | FileCheck %s
// CHECK-DAG: "configuration":"{columns = 7 : i64, rest = 1 : i64, rows = 49 : i64}"
// CHECK-DAG: "configuration":"{columns = 49 : i64, rest = 1 : i64, rows = 7 : i64}"
// CHECK-DAG: "configuration":"{columns = 7 : i64, rest = 1 : i64, rows = 7 : i64}"
// CHECK-NOT: "configuration"

//--- model.mlir
// No built-in schedule takes a reduction in the middle, so the three trials are all of the library's.
func.func @main(%x: tensor<2x3x49x49xf32>) -> tensor<2x49x49xf32> {
  %low = arith.constant 0xFF800000 : f32
  %e = tensor.empty() : tensor<2x49x49xf32>
  %f = linalg.fill ins(%low : f32) outs(%e : tensor<2x49x49xf32>) -> tensor<2x49x49xf32>
  %r = linalg.reduce { arith.maximumf } ins(%x : tensor<2x3x49x49xf32>) outs(%f : tensor<2x49x49xf32>) dimensions = [1]
  return %r : tensor<2x49x49xf32>
}

//--- library.mlir
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match(%op: !transform.any_op {transform.readonly}) -> !transform.any_op {
    transform.match.operation_name %op ["linalg.reduce", "linalg.generic"] : !transform.any_op
    transform.yield %op : !transform.any_op
  }
  transform.named_sequence @tile(%op: !transform.any_op {transform.consumed}) attributes {chameleon.seeds = [
      {columns = 7 : i64, rows = 49 : i64}, {columns = 7 : i64, rest = 1 : i64, rows = 49 : i64},
      {columns = 49 : i64, rows = 7 : i64}, {columns = 7 : i64, rows = 7 : i64}]} {
    %columns = transform.tune.knob<"columns"> options = [1, 2, 3, 4, 5, 6, 7, 8, 9, 49] -> !transform.param<i64>
    %rows = transform.tune.knob<"rows"> options = [1, 2, 3, 4, 5, 6, 7, 8, 9, 49] -> !transform.param<i64>
    %rest = transform.tune.knob<"rest"> options = [1, 2, 3, 4, 5, 6, 7, 8, 9, 49] -> !transform.param<i64>
    %tiled, %loops:2 = transform.structured.tile_using_for %op tile_sizes [0, 0, %rows, %columns]
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>) -> (!transform.any_op, !transform.any_op, !transform.any_op)
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.foreach_match in %root @match -> @tile : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

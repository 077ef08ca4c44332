// A user's schedule that never ends, or crashes upstream, takes neither the model nor the process with it: it is rehearsed in a child.
// RUN: split-file %s %t
// RUN: chameleon-opt %t/model.mlir --apply-schedules="defaults=true target=cpu threads=1 prepare=false library=%t/unroll.mlir" -o %t/out.mlir 2>&1 | FileCheck %s --check-prefix=UNROLL
// UNROLL-NOT: error:
// UNROLL: remark: task 'elementwise 64x256 +exp' does without one of its schedules: schedule '{{.*}}unroll.mlir@mine': it crashes or takes more than 512 MiB of memory
// RUN: FileCheck %s --check-prefix=APPLIED < %t/out.mlir
// APPLIED-LABEL: func.func private @chameleon_elementwise_
// APPLIED:         math.fma {{.*}} : vector<

// Of two tasks of a spec that nobody has sealed, the other one gets its own.
// RUN: chameleon-opt %t/two.mlir --apply-schedules="target=cpu threads=1" 2> %t/two.log | FileCheck %s --check-prefix=TWO
// RUN: FileCheck %s --check-prefix=LEFT < %t/two.log
// LEFT-NOT: error:
// LEFT: remark: task 'first' is left as it is: it crashes or takes more than 512 MiB of memory
// LEFT-NOT: remark:
// TWO: func.func private @first
// TWO-NOT: scf.for
// TWO: linalg.exp {chameleon.anchor} ins
// TWO: func.func private @second
// TWO: linalg.exp {chameleon.anchor, touched}

//--- model.mlir
func.func @main(%a: tensor<64x256xf32>) -> tensor<64x256xf32> {
  %e = tensor.empty() : tensor<64x256xf32>
  %r = linalg.exp ins(%a : tensor<64x256xf32>) outs(%e : tensor<64x256xf32>) -> tensor<64x256xf32>
  return %r : tensor<64x256xf32>
}

//--- unroll.mlir
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match_mine(%op: !transform.any_op {transform.readonly}) -> !transform.any_op {
    transform.match.operation_name %op ["linalg.exp"] : !transform.any_op
    transform.yield %op : !transform.any_op
  }
  transform.named_sequence @mine(%anchor: !transform.any_op {transform.consumed}) {
    %t, %l:2 = transform.structured.tile_using_for %anchor tile_sizes [8, 8] : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op)
    transform.loop.unroll %l#0 {factor = 2000000000} : !transform.any_op
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.foreach_match in %root @match_mine -> @mine : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}

//--- two.mlir
func.func @main(%a: tensor<64x256xf32>, %b: tensor<32x256xf32>) -> (tensor<64x256xf32>, tensor<32x256xf32>) {
  %e = tensor.empty() : tensor<64x256xf32>
  %r = call @first(%a, %e) : (tensor<64x256xf32>, tensor<64x256xf32>) -> tensor<64x256xf32>
  %f = tensor.empty() : tensor<32x256xf32>
  %s = call @second(%b, %f) : (tensor<32x256xf32>, tensor<32x256xf32>) -> tensor<32x256xf32>
  return %r, %s : tensor<64x256xf32>, tensor<32x256xf32>
}
func.func private @first(%a: tensor<64x256xf32>, %e: tensor<64x256xf32>) -> tensor<64x256xf32> attributes {chameleon.task = "1", chameleon.name = "first"} {
  %r = linalg.exp {chameleon.anchor} ins(%a : tensor<64x256xf32>) outs(%e : tensor<64x256xf32>) -> tensor<64x256xf32>
  return %r : tensor<64x256xf32>
}
func.func private @second(%a: tensor<32x256xf32>, %e: tensor<32x256xf32>) -> tensor<32x256xf32> attributes {chameleon.task = "2", chameleon.name = "second"} {
  %r = linalg.exp {chameleon.anchor} ins(%a : tensor<32x256xf32>) outs(%e : tensor<32x256xf32>) -> tensor<32x256xf32>
  return %r : tensor<32x256xf32>
}
module @chameleon_schedules attributes {chameleon.seal = "of another text", transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %1 = transform.structured.match ops{["func.func"]} attributes {chameleon.task = "1"} in %root : (!transform.any_op) -> !transform.any_op
    transform.foreach %1 : !transform.any_op {
    ^bb0(%f: !transform.any_op):
      %op = transform.structured.match attributes {chameleon.anchor} in %f : (!transform.any_op) -> !transform.any_op
      %t, %l:2 = transform.structured.tile_using_for %op tile_sizes [8, 8] : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op)
      transform.loop.unroll %l#0 {factor = 2000000000} : !transform.any_op
      transform.yield
    }
    %2 = transform.structured.match ops{["func.func"]} attributes {chameleon.task = "2"} in %root : (!transform.any_op) -> !transform.any_op
    transform.foreach %2 : !transform.any_op {
    ^bb0(%f: !transform.any_op):
      %op = transform.structured.match attributes {chameleon.anchor} in %f : (!transform.any_op) -> !transform.any_op
      transform.annotate %op "touched" : !transform.any_op
      transform.yield
    }
    transform.yield
  }
}

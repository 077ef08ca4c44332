// RUN: chameleon-opt %s --extract-tasks -split-input-file 2> %t.table | FileCheck %s
// RUN: FileCheck %s --check-prefix=TABLE < %t.table
// RUN: chameleon-opt %s --extract-tasks=table=false -split-input-file -verify-diagnostics -o /dev/null
// A module that was outlined before is left as it is.
// RUN: chameleon-opt %s --extract-tasks=table=false -split-input-file > %t.once 2> /dev/null
// RUN: chameleon-opt %t.once --extract-tasks=table=false -split-input-file 2> /dev/null | diff %t.once -

// Two equal layers are one task; padding, fill, bias and relu belong to it; the weights are arguments.
#id = affine_map<(n, f, h, w) -> (n, f, h, w)>
#channel = affine_map<(n, f, h, w) -> (f)>
// CHECK-LABEL: func.func @layers
// CHECK:         %[[OUT0:.*]] = tensor.empty()
// CHECK:         %[[Y0:.*]] = call @[[TASK:chameleon_conv2d_[0-9a-f]+]](%{{.*}}, %{{.*}}, %{{.*}}, %[[OUT0]])
// CHECK:         %[[OUT1:.*]] = tensor.empty()
// CHECK:         %[[Y1:.*]] = call @[[TASK]](%[[Y0]], %{{.*}}, %{{.*}}, %[[OUT1]])
// CHECK:         return %[[Y1]]
// CHECK:       func.func private @[[TASK]](%[[X:[^:]*]]: tensor<1x8x6x6xf32>, %[[W:[^:]*]]: tensor<8x8x3x3xf32>, %[[B:[^:]*]]: tensor<8xf32>, %[[OUT:[^:]*]]: tensor<1x8x6x6xf32>)
// CHECK-SAME:    chameleon.flops = 42048 : i64
// CHECK-SAME:    chameleon.task =
// CHECK:         %[[PAD:.*]] = tensor.pad %[[X]]
// CHECK:         %[[FILL:.*]] = linalg.fill
// CHECK:         %[[CONV:.*]] = linalg.conv_2d_nchw_fchw {chameleon.anchor{{.*}}} ins(%[[PAD]], %[[W]] : {{.*}}) outs(%[[FILL]]
// CHECK:         linalg.generic {{.*}} ins(%[[CONV]], %[[B]] : {{.*}}) outs(%[[OUT]] : {{.*}}) attrs = {chameleon.epilogue}
// TABLE:       count      GFLOP  key               task
// TABLE-NEXT:      2     0.0000  {{[0-9a-f]+}}  conv2d 8 -> 8x6x6 3x3 +add+max
// TABLE-NEXT:  1 tasks, 2 calls
func.func @layers(%x: tensor<1x8x6x6xf32>, %w0: tensor<8x8x3x3xf32>, %w1: tensor<8x8x3x3xf32>, %b: tensor<8xf32>) -> tensor<1x8x6x6xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<1x8x6x6xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<1x8x6x6xf32>) -> tensor<1x8x6x6xf32>
  %pad0 = tensor.pad %x low[0, 0, 1, 1] high[0, 0, 1, 1] {
  ^bb0(%n: index, %c: index, %h: index, %i: index):
    tensor.yield %zero : f32
  } : tensor<1x8x6x6xf32> to tensor<1x8x8x8xf32>
  %c0 = linalg.conv_2d_nchw_fchw ins(%pad0, %w0 : tensor<1x8x8x8xf32>, tensor<8x8x3x3xf32>) outs(%fill : tensor<1x8x6x6xf32>) -> tensor<1x8x6x6xf32>
  %y0 = linalg.generic {indexing_maps = [#id, #channel, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%c0, %b : tensor<1x8x6x6xf32>, tensor<8xf32>) outs(%empty : tensor<1x8x6x6xf32>) {
  ^bb0(%v: f32, %bias: f32, %o: f32):
    %s = arith.addf %v, %bias : f32
    %r = arith.maximumf %s, %zero : f32
    linalg.yield %r : f32
  } -> tensor<1x8x6x6xf32>
  %pad1 = tensor.pad %y0 low[0, 0, 1, 1] high[0, 0, 1, 1] {
  ^bb0(%n: index, %c: index, %h: index, %i: index):
    tensor.yield %zero : f32
  } : tensor<1x8x6x6xf32> to tensor<1x8x8x8xf32>
  %c1 = linalg.conv_2d_nchw_fchw ins(%pad1, %w1 : tensor<1x8x8x8xf32>, tensor<8x8x3x3xf32>) outs(%fill : tensor<1x8x6x6xf32>) -> tensor<1x8x6x6xf32>
  %y1 = linalg.generic {indexing_maps = [#id, #channel, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%c1, %b : tensor<1x8x6x6xf32>, tensor<8xf32>) outs(%empty : tensor<1x8x6x6xf32>) {
  ^bb0(%v: f32, %bias: f32, %o: f32):
    %s = arith.addf %v, %bias : f32
    %r = arith.maximumf %s, %zero : f32
    linalg.yield %r : f32
  } -> tensor<1x8x6x6xf32>
  return %y1 : tensor<1x8x6x6xf32>
}

// -----

// An addition of two matmuls belongs to the one that is computed last; the other's result is an argument.
#id = affine_map<(m, n) -> (m, n)>
// CHECK-LABEL: func.func @residual
// CHECK:         %[[FIRST:.*]] = call @chameleon_matmul_{{[0-9a-f]+}}(%{{.*}}, %{{.*}}, %{{.*}}) :
// CHECK:         %[[LAST:.*]] = call @chameleon_matmul_{{[0-9a-f]+}}(%{{.*}}, %{{.*}}, %[[FIRST]], %{{.*}}) :
// CHECK:         return %[[LAST]]
// TABLE:       matmul 32x32x16
// TABLE-NEXT:  matmul 32x32x16 +add
func.func @residual(%a: tensor<32x16xf32>, %b: tensor<16x32xf32>, %c: tensor<16x32xf32>) -> tensor<32x32xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<32x32xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<32x32xf32>) -> tensor<32x32xf32>
  %p = linalg.matmul ins(%a, %b : tensor<32x16xf32>, tensor<16x32xf32>) outs(%fill : tensor<32x32xf32>) -> tensor<32x32xf32>
  %q = linalg.matmul ins(%a, %c : tensor<32x16xf32>, tensor<16x32xf32>) outs(%fill : tensor<32x32xf32>) -> tensor<32x32xf32>
  %r = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%p, %q : tensor<32x32xf32>, tensor<32x32xf32>) outs(%empty : tensor<32x32xf32>) {
  ^bb0(%u: f32, %v: f32, %o: f32):
    %s = arith.addf %u, %v : f32
    linalg.yield %s : f32
  } -> tensor<32x32xf32>
  return %r : tensor<32x32xf32>
}

// -----

// An accumulating matmul starts from a value: its init is an input, which is copied to the destination first.
// CHECK-LABEL: func.func @accumulate
// CHECK:       func.func private @chameleon_matmul_
// CHECK-SAME:    (%{{[^:]*}}: tensor<32x16xf32>, %{{[^:]*}}: tensor<16x32xf32>, %[[INIT:[^:]*]]: tensor<32x32xf32>, %[[OUT:[^:]*]]: tensor<32x32xf32>)
// CHECK:         %[[START:.*]] = linalg.copy ins(%[[INIT]] : {{.*}} outs(%[[OUT]]
// CHECK:         linalg.matmul {{.*}} outs(%[[START]]
func.func @accumulate(%a: tensor<32x16xf32>, %b: tensor<16x32xf32>, %c: tensor<32x32xf32>) -> tensor<32x32xf32> {
  %p = linalg.matmul ins(%a, %b : tensor<32x16xf32>, tensor<16x32xf32>) outs(%c : tensor<32x32xf32>) -> tensor<32x32xf32>
  return %p : tensor<32x32xf32>
}

// -----

func.func @dynamic(%a: tensor<?x16xf32>, %b: tensor<16x32xf32>, %c: tensor<?x32xf32>) -> tensor<?x32xf32> {
  // expected-remark @below {{left alone: dimension 0 of operand 0 is dynamic, found tensor<?x16xf32>}}
  %p = linalg.matmul ins(%a, %b : tensor<?x16xf32>, tensor<16x32xf32>) outs(%c : tensor<?x32xf32>) -> tensor<?x32xf32>
  return %p : tensor<?x32xf32>
}

// -----

// What reads at computed indices is a task of its own: no other operation takes it along.
// CHECK-LABEL: func.func @gather
// CHECK:         call @chameleon_elementwise_
// CHECK-LABEL: func.func private @chameleon_elementwise_
// CHECK-SAME:    (%{{.*}}: tensor<32xindex>, %[[ROWS:.*]]: tensor<100x64xf32>, %{{.*}}: tensor<32x64xf32>)
// CHECK:         tensor.extract %[[ROWS]]
#row = affine_map<(i, j) -> (i)>
#id = affine_map<(i, j) -> (i, j)>
func.func @gather(%table: tensor<100x64xf32>, %rows: tensor<32xindex>) -> tensor<32x64xf32> {
  %empty = tensor.empty() : tensor<32x64xf32>
  %r = linalg.generic {indexing_maps = [#row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%rows : tensor<32xindex>) outs(%empty : tensor<32x64xf32>) {
  ^bb0(%i: index, %o: f32):
    %j = linalg.index 1 : index
    %v = tensor.extract %table[%i, %j] : tensor<100x64xf32>
    linalg.yield %v : f32
  } -> tensor<32x64xf32>
  return %r : tensor<32x64xf32>
}

// -----

// Two results have two destinations, and start from a fill each. Operations in loops and branches are tasks, too.
// CHECK-LABEL: func.func @nested
// CHECK:         scf.for
// CHECK:           scf.if
// CHECK:             %[[E0:.*]] = tensor.empty() : tensor<64xf32>
// CHECK:             %[[E1:.*]] = tensor.empty() : tensor<64xf32>
// CHECK:             %[[BOTH:.*]]:2 = func.call @chameleon_reduce_{{.*}}, %[[E0]], %[[E1]])
// CHECK:             func.call @chameleon_elementwise_{{.*}}(%{{.*}}, %[[BOTH]]#1, %{{.*}})
// CHECK-LABEL: func.func private @chameleon_reduce_
// CHECK-SAME:    (%{{.*}}: tensor<64x64xf32>, %[[SUM:.*]]: tensor<64xf32>, %[[SQUARES:.*]]: tensor<64xf32>) -> (tensor<64xf32>, tensor<64xf32>)
// CHECK-DAG:     linalg.fill ins(%{{.*}} : f32) outs(%[[SUM]] :
// CHECK-DAG:     linalg.fill ins(%{{.*}} : f32) outs(%[[SQUARES]] :
#id2 = affine_map<(i, j) -> (i, j)>
#row2 = affine_map<(i, j) -> (i)>
func.func @nested(%x: tensor<64x64xf32>, %often: index, %which: i1) -> (tensor<64x64xf32>, tensor<64xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  %row = tensor.empty() : tensor<64xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%row : tensor<64xf32>) -> tensor<64xf32>
  %r:2 = scf.for %i = %c0 to %often step %c1 iter_args(%y = %x, %s = %fill) -> (tensor<64x64xf32>, tensor<64xf32>) {
    %q:2 = scf.if %which -> (tensor<64x64xf32>, tensor<64xf32>) {
      %sums:2 = linalg.generic {indexing_maps = [#id2, #row2, #row2], iterator_types = ["parallel", "reduction"]}
          ins(%y : tensor<64x64xf32>) outs(%fill, %fill : tensor<64xf32>, tensor<64xf32>) {
      ^bb0(%v: f32, %a: f32, %b: f32):
        %m = arith.mulf %v, %v : f32
        %0 = arith.addf %v, %a : f32
        %1 = arith.addf %m, %b : f32
        linalg.yield %0, %1 : f32, f32
      } -> (tensor<64xf32>, tensor<64xf32>)
      %e = tensor.empty() : tensor<64x64xf32>
      %n = linalg.generic {indexing_maps = [#id2, #row2, #id2], iterator_types = ["parallel", "parallel"]}
          ins(%y, %sums#1 : tensor<64x64xf32>, tensor<64xf32>) outs(%e : tensor<64x64xf32>) {
      ^bb0(%v: f32, %a: f32, %o: f32):
        %0 = arith.divf %v, %a : f32
        linalg.yield %0 : f32
      } -> tensor<64x64xf32>
      scf.yield %n, %sums#0 : tensor<64x64xf32>, tensor<64xf32>
    } else {
      scf.yield %y, %s : tensor<64x64xf32>, tensor<64xf32>
    }
    scf.yield %q#0, %q#1 : tensor<64x64xf32>, tensor<64xf32>
  }
  return %r#0, %r#1 : tensor<64x64xf32>, tensor<64xf32>
}

// -----

// What an initialiser does once at load is not worth tuning; nor is an empty module an error.
// CHECK-LABEL: func.func @main_init
// CHECK:         linalg.transpose
// CHECK-NOT:     call
func.func @main(%c: tensor<64x64xf32>) -> tensor<64x64xf32> attributes {chameleon.init = @main_init} {
  return %c : tensor<64x64xf32>
}
func.func @main_init() -> tensor<64x64xf32> {
  %w = arith.constant dense<1.0> : tensor<64x64xf32>
  %e = tensor.empty() : tensor<64x64xf32>
  %t = linalg.transpose ins(%w : tensor<64x64xf32>) outs(%e : tensor<64x64xf32>) permutation = [1, 0]
  return %t : tensor<64x64xf32>
}

// -----

module {
}

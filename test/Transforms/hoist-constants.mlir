// RUN: chameleon-opt %s --hoist-constants --split-input-file -verify-diagnostics | FileCheck %s

// CHECK: func.func @main(%arg0: tensor<4x8xf32>, %arg1: tensor<8x3xf32> {chameleon.constant = 0 : i64}) -> tensor<4x3xf32> attributes {chameleon.init = @main_init}
// CHECK-NOT: linalg.transpose
// CHECK: linalg.matmul ins(%arg0, %arg1
// CHECK: func.func @main_init() -> tensor<8x3xf32>
// CHECK: arith.constant dense_resource<elided>
// CHECK: linalg.transpose
func.func @main(%x: tensor<4x8xf32>) -> tensor<4x3xf32> {
  %w = arith.constant dense_resource<elided> : tensor<3x8xf32>
  %zero = arith.constant 0.0 : f32
  %te = tensor.empty() : tensor<8x3xf32>
  %t = linalg.transpose ins(%w : tensor<3x8xf32>) outs(%te : tensor<8x3xf32>) permutation = [1, 0]
  %empty = tensor.empty() : tensor<4x3xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<4x3xf32>) -> tensor<4x3xf32>
  %y = linalg.matmul ins(%x, %t : tensor<4x8xf32>, tensor<8x3xf32>) outs(%fill : tensor<4x3xf32>) -> tensor<4x3xf32>
  return %y : tensor<4x3xf32>
}

// -----

// A broadcast is more than four times its input: it stays; the vector goes.
// CHECK-LABEL: func.func @growing(
// CHECK-SAME: %arg0: tensor<4xf32> {chameleon.constant = 0 : i64})
// CHECK: linalg.broadcast ins(%arg0
// CHECK: func.func @growing_init() -> tensor<4xf32>
// CHECK: linalg.exp
func.func @growing() -> tensor<4x64xf32> {
  %v = arith.constant dense_resource<v> : tensor<4xf32>
  %ve = tensor.empty() : tensor<4xf32>
  %x = linalg.exp ins(%v : tensor<4xf32>) outs(%ve : tensor<4xf32>) -> tensor<4xf32>
  %e = tensor.empty() : tensor<4x64xf32>
  %b = linalg.broadcast ins(%x : tensor<4xf32>) outs(%e : tensor<4x64xf32>) dimensions = [1]
  return %b : tensor<4x64xf32>
}

// -----

// Hoisted before: more joins the same initialiser, what only it read leaves.
// CHECK: func.func @again(%arg0: tensor<4xf32> {chameleon.constant = 0 : i64}) -> tensor<4xf32> attributes {chameleon.init = @again_init}
// CHECK-NEXT: return %arg0
// CHECK: func.func @again_init() -> tensor<4xf32>
// CHECK: linalg.exp
// CHECK: linalg.log
func.func @again(%c: tensor<4xf32> {chameleon.constant = 0 : i64}) -> tensor<4xf32> attributes {chameleon.init = @again_init} {
  %e = tensor.empty() : tensor<4xf32>
  %y = linalg.log ins(%c : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}
func.func @again_init() -> tensor<4xf32> {
  %v = arith.constant dense_resource<v> : tensor<4xf32>
  %e = tensor.empty() : tensor<4xf32>
  %x = linalg.exp ins(%v : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %x : tensor<4xf32>
}

// -----

// Callers could not pass new arguments: a called or private function stays.
// CHECK-LABEL: func.func @called() -> tensor<4xf32> {
// CHECK-LABEL: func.func private @hidden() -> tensor<4xf32> {
// CHECK-NOT: _init
func.func @called() -> tensor<4xf32> {
  %v = arith.constant dense_resource<v> : tensor<4xf32>
  %e = tensor.empty() : tensor<4xf32>
  %x = linalg.exp ins(%v : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %x : tensor<4xf32>
}
func.func private @hidden() -> tensor<4xf32> {
  %v = arith.constant dense_resource<v> : tensor<4xf32>
  %e = tensor.empty() : tensor<4xf32>
  %x = linalg.exp ins(%v : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %x : tensor<4xf32>
}
func.func @caller(%a: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %0 = call @called() : () -> tensor<4xf32>
  %1 = call @hidden() : () -> tensor<4xf32>
  return %0, %1 : tensor<4xf32>, tensor<4xf32>
}

// -----

// Tasks first: the panels that one makes of its weights, marked by whoever outlined it, are made at load, once for each call.
// Weights that are only read for that are not passed on; a part of them is read where it is.
// CHECK: func.func @calls(%arg0: tensor<4xf32>, %arg1: tensor<2x4xf32> {chameleon.constant = 0 : i64}, %arg2: tensor<2x4xf32> {chameleon.constant = 1 : i64}) -> tensor<4xf32>
// CHECK: %[[FIRST:.*]] = call @task(%arg0, %arg1, %{{.*}})
// CHECK: call @task(%[[FIRST]], %arg2, %{{.*}})
// CHECK: func.func @calls_init() -> (tensor<2x4xf32>, tensor<2x4xf32>)
// CHECK-COUNT-2: scf.for
// CHECK: func.func private @task(%arg0: tensor<4xf32>, %arg1: tensor<2x4xf32> {chameleon.constant}, %arg2: tensor<4xf32>) -> tensor<4xf32>
// CHECK-NOT: scf.for
// CHECK: tensor.extract_slice %arg1
// CHECK: func.func private @alone({{.*}}%arg1: tensor<8xf32> {chameleon.constant}, %arg2: tensor<4xf32>)
// CHECK: tensor.extract_slice %arg1
func.func @calls(%x: tensor<4xf32>) -> tensor<4xf32> {
  %w0 = arith.constant dense_resource<w0> : tensor<8xf32>
  %w1 = arith.constant dense_resource<w1> : tensor<8xf32>
  %e = tensor.empty() : tensor<4xf32>
  %y = call @task(%x, %w0, %e) : (tensor<4xf32>, tensor<8xf32>, tensor<4xf32>) -> tensor<4xf32>
  %z = call @task(%y, %w1, %e) : (tensor<4xf32>, tensor<8xf32>, tensor<4xf32>) -> tensor<4xf32>
  %r = call @alone(%z, %w1, %e) : (tensor<4xf32>, tensor<8xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}
func.func private @task(%x: tensor<4xf32>, %w: tensor<8xf32> {chameleon.constant}, %out: tensor<4xf32>) -> tensor<4xf32> attributes {chameleon.task = "0"} {
  %zero = arith.constant 0.0 : f32
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c4 = arith.constant 4 : index
  %e = tensor.empty() : tensor<2x4xf32>
  %panels = scf.for %i = %c0 to %c2 step %c1 iter_args(%carried = %e) -> tensor<2x4xf32> {
    %at = arith.muli %i, %c4 : index
    %row = vector.transfer_read %w[%at], %zero {in_bounds = [true]} : tensor<8xf32>, vector<4xf32>
    %next = vector.transfer_write %row, %carried[%i, %c0] {in_bounds = [true]} : vector<4xf32>, tensor<2x4xf32>
    scf.yield %next : tensor<2x4xf32>
  }
  %part = tensor.extract_slice %panels[1, 0] [1, 4] [1, 1] : tensor<2x4xf32> to tensor<4xf32>
  %r = linalg.add ins(%x, %part : tensor<4xf32>, tensor<4xf32>) outs(%out : tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}
func.func private @alone(%x: tensor<4xf32>, %w: tensor<8xf32> {chameleon.constant}, %out: tensor<4xf32>) -> tensor<4xf32> attributes {chameleon.task = "1"} {
  %part = tensor.extract_slice %w[4] [4] [1] : tensor<8xf32> to tensor<4xf32>
  %r = linalg.add ins(%x, %part : tensor<4xf32>, tensor<4xf32>) outs(%out : tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// -----

// A public task is called by others, with its destination last: it stays as it is.
// CHECK: func.func @public(%arg0: tensor<1x4x8xf32>, %arg1: tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
// CHECK: linalg.exp
// CHECK-NOT: func.func
func.func @public(%i: tensor<1x4x8xf32>, %out: tensor<1x4x8xf32>) -> tensor<1x4x8xf32> attributes {chameleon.task = "k"} {
  %c = arith.constant dense<2.0> : tensor<4x8xf32>
  %e = tensor.empty() : tensor<4x8xf32>
  %w = linalg.exp ins(%c : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) -> tensor<4x8xf32>
  %b = linalg.broadcast ins(%w : tensor<4x8xf32>) outs(%out : tensor<1x4x8xf32>) dimensions = [0]
  %r = linalg.add ins(%i, %b : tensor<1x4x8xf32>, tensor<1x4x8xf32>) outs(%out : tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
  return %r : tensor<1x4x8xf32>
}

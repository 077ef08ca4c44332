// What is right passes, whatever the operation does to random numbers: no candidate fails, no task is left for want of a reference.
// RUN: chameleon-opt %s --split-input-file --tune-schedules="target=cpu trials=2 strategy=random no-database" -o %t.mlir > %t.log 2>&1
// RUN: FileCheck %s --input-file=%t.log --implicit-check-not=warning --implicit-check-not=wrong-result --implicit-check-not=error
// CHECK-COUNT-5: 2 trials, 0 failed

// A product of 267 values: uniform ones would give 1e-104.
func.func @product(%x: tensor<70x267xf32>) -> tensor<70xf32> {
  %one = arith.constant 1.0 : f32
  %e = tensor.empty() : tensor<70xf32>
  %f = linalg.fill ins(%one : f32) outs(%e : tensor<70xf32>) -> tensor<70xf32>
  %r = linalg.reduce { arith.mulf } ins(%x : tensor<70x267xf32>) outs(%f : tensor<70xf32>) dimensions = [1]
  return %r : tensor<70xf32>
}

// -----

// An integer division in an epilogue.
func.func @divided(%a: tensor<65x20xi8>, %b: tensor<20x61xi8>, %v: tensor<61xi32>) -> tensor<65x61xi32> {
  %zero = arith.constant 0 : i32
  %e = tensor.empty() : tensor<65x61xi32>
  %f = linalg.fill ins(%zero : i32) outs(%e : tensor<65x61xi32>) -> tensor<65x61xi32>
  %m = linalg.matmul ins(%a, %b : tensor<65x20xi8>, tensor<20x61xi8>) outs(%f : tensor<65x61xi32>) -> tensor<65x61xi32>
  %r = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
      ins(%m, %v : tensor<65x61xi32>, tensor<61xi32>) outs(%e : tensor<65x61xi32>) {
  ^bb0(%x: i32, %y: i32, %o: i32):
    %k = arith.divsi %x, %y : i32
    linalg.yield %k : i32
  } -> tensor<65x61xi32>
  return %r : tensor<65x61xi32>
}

// -----

// The square root of what may be negative, and its logarithm.
func.func @root(%x: tensor<64x64xf32>) -> tensor<64x64xf32> {
  %e = tensor.empty() : tensor<64x64xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<64x64xf32>) outs(%e : tensor<64x64xf32>) {
  ^bb0(%v: f32, %o: f32):
    %s = math.sqrt %v : f32
    %l = math.log %s : f32
    linalg.yield %l : f32
  } -> tensor<64x64xf32>
  return %r : tensor<64x64xf32>
}

// -----

// The default is the reference of what is large (a product with an epilogue, a convolution).
func.func @large(%a: tensor<500x700xf32>, %b: tensor<700x400xf32>, %bias: tensor<400xf32>) -> tensor<500x400xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<500x400xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<500x400xf32>) -> tensor<500x400xf32>
  %m = linalg.matmul ins(%a, %b : tensor<500x700xf32>, tensor<700x400xf32>) outs(%f : tensor<500x400xf32>) -> tensor<500x400xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
      ins(%m, %bias : tensor<500x400xf32>, tensor<400xf32>) outs(%e : tensor<500x400xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %s = arith.addf %x, %y : f32
    %k = arith.maximumf %s, %zero : f32
    linalg.yield %k : f32
  } -> tensor<500x400xf32>
  return %r : tensor<500x400xf32>
}

// -----

func.func @convolution(%x: tensor<2x64x30x30xf32>, %w: tensor<128x64x3x3xf32>) -> tensor<2x128x28x28xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<2x128x28x28xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<2x128x28x28xf32>) -> tensor<2x128x28x28xf32>
  %r = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<2x64x30x30xf32>, tensor<128x64x3x3xf32>) outs(%f : tensor<2x128x28x28xf32>) -> tensor<2x128x28x28xf32>
  return %r : tensor<2x128x28x28xf32>
}

// RUN: chameleon-opt %s --prepare-model --split-input-file | FileCheck %s

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>

// The variance's sum, extended to f64 and truncated again.
// CHECK-LABEL: @island
// CHECK-NOT: f64
// CHECK: return
func.func @island(%x: tensor<4x8xf32>) -> tensor<4xf32> {
  %zero = arith.constant 0.0 : f64
  %count = arith.constant 8.0 : f64
  %e = tensor.empty() : tensor<4x8xf64>
  %wide = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<4x8xf32>) outs(%e : tensor<4x8xf64>) {
  ^bb0(%in: f32, %out: f64):
    %w = arith.extf %in : f32 to f64
    linalg.yield %w : f64
  } -> tensor<4x8xf64>
  %re = tensor.empty() : tensor<4xf64>
  %rf = linalg.fill ins(%zero : f64) outs(%re : tensor<4xf64>) -> tensor<4xf64>
  %sum = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%wide : tensor<4x8xf64>) outs(%rf : tensor<4xf64>) {
  ^bb0(%in: f64, %out: f64):
    %s = arith.addf %in, %out : f64
    linalg.yield %s : f64
  } -> tensor<4xf64>
  %ne = tensor.empty() : tensor<4xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%sum : tensor<4xf64>) outs(%ne : tensor<4xf32>) {
  ^bb0(%in: f64, %out: f32):
    %d = arith.divf %in, %count : f64
    %n = arith.truncf %d : f64 to f32
    linalg.yield %n : f32
  } -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// -----

// Where f64 comes in as an argument, the model means it.
// CHECK-LABEL: @meant
// CHECK: arith.extf %{{.*}} : f32 to f64
// CHECK: arith.mulf %{{.*}} : f64
func.func @meant(%x: tensor<8xf32>, %y: tensor<8xf64>) -> tensor<8xf32> {
  %e = tensor.empty() : tensor<8xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%x, %y : tensor<8xf32>, tensor<8xf64>) outs(%e : tensor<8xf32>) {
  ^bb0(%in: f32, %wide: f64, %out: f32):
    %w = arith.extf %in : f32 to f64
    %m = arith.mulf %w, %wide : f64
    %n = arith.truncf %m : f64 to f32
    linalg.yield %n : f32
  } -> tensor<8xf32>
  return %r : tensor<8xf32>
}

// -----

// Bits of an f64 cannot be those of an f32.
// CHECK-LABEL: @bits
// CHECK: arith.bitcast %{{.*}} : f64 to i64
func.func @bits(%x: f32) -> i64 {
  %w = arith.extf %x : f32 to f64
  %b = arith.bitcast %w : f64 to i64
  return %b : i64
}

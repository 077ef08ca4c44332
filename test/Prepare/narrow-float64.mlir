// RUN: chameleon-opt %s --prepare-model --split-input-file | FileCheck %s

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>

// A variance, extended to f64 and truncated again: squares cancel nothing, and the error of the mean counts squared.
// CHECK-LABEL: @variance
// CHECK-NOT: f64
// CHECK: return
func.func @variance(%x: tensor<4x8xf32>) -> tensor<4xf32> {
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
  %mean = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%sum : tensor<4xf64>) outs(%re : tensor<4xf64>) {
  ^bb0(%in: f64, %out: f64):
    %d = arith.divf %in, %count : f64
    linalg.yield %d : f64
  } -> tensor<4xf64>
  %squares = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%wide, %mean : tensor<4x8xf64>, tensor<4xf64>) outs(%e : tensor<4x8xf64>) {
  ^bb0(%in: f64, %m: f64, %out: f64):
    %d = arith.subf %in, %m : f64
    %q = arith.mulf %d, %d : f64
    linalg.yield %q : f64
  } -> tensor<4x8xf64>
  %total = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%squares : tensor<4x8xf64>) outs(%rf : tensor<4xf64>) {
  ^bb0(%in: f64, %out: f64):
    %s = arith.addf %in, %out : f64
    linalg.yield %s : f64
  } -> tensor<4xf64>
  %ne = tensor.empty() : tensor<4xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%total : tensor<4xf64>) outs(%ne : tensor<4xf32>) {
  ^bb0(%in: f64, %out: f32):
    %d = arith.divf %in, %count : f64
    %n = arith.truncf %d : f64 to f32
    linalg.yield %n : f32
  } -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// -----

// One operation rounded at once, and numbers that f32 has anyway. A constant that it has not is left alone, and so are two
// roundings, integers, and fused operations.
#one = affine_map<(d0) -> (d0)>
// CHECK-LABEL: @once
// CHECK-NOT: f64
// CHECK: return
func.func @once(%x: tensor<8xf32>, %y: tensor<8xf32>) -> tensor<8xf32> {
  %half = arith.constant 0.5 : f64
  %inexact = arith.constant 1.0e-5 : f64
  %e = tensor.empty() : tensor<8xf32>
  %r = linalg.generic {indexing_maps = [#one, #one, #one], iterator_types = ["parallel"]} ins(%x, %y : tensor<8xf32>, tensor<8xf32>) outs(%e : tensor<8xf32>) {
  ^bb0(%a: f32, %b: f32, %out: f32):
    %v = arith.extf %a : f32 to f64
    %w = arith.extf %b : f32 to f64
    %g = arith.cmpf ogt, %v, %half : f64
    %s = arith.select %g, %v, %w : f64
    %m = arith.divf %s, %w : f64
    %n = arith.truncf %m : f64 to f32
    %c = arith.truncf %inexact : f64 to f32
    %p = arith.addf %n, %c : f32
    linalg.yield %p : f32
  } -> tensor<8xf32>
  return %r : tensor<8xf32>
}

// CHECK-LABEL: @constant
// CHECK: arith.mulf %{{.*}} : f64
func.func @constant(%x: tensor<8xf32>) -> tensor<8xf32> {
  %tenth = arith.constant 0.1 : f64
  %e = tensor.empty() : tensor<8xf32>
  %r = linalg.generic {indexing_maps = [#one, #one], iterator_types = ["parallel"]} ins(%x : tensor<8xf32>) outs(%e : tensor<8xf32>) {
  ^bb0(%a: f32, %out: f32):
    %v = arith.extf %a : f32 to f64
    %m = arith.mulf %v, %tenth : f64
    %n = arith.truncf %m : f64 to f32
    linalg.yield %n : f32
  } -> tensor<8xf32>
  return %r : tensor<8xf32>
}

// CHECK-LABEL: @dense
// CHECK: arith.mulf %{{.*}} : f64
func.func @dense(%x: tensor<2xf32>) -> tensor<2xf32> {
  %c = arith.constant dense<[1.0e300, 16777217.0]> : tensor<2xf64>
  %e = tensor.empty() : tensor<2xf32>
  %r = linalg.generic {indexing_maps = [#one, #one, #one], iterator_types = ["parallel"]} ins(%x, %c : tensor<2xf32>, tensor<2xf64>) outs(%e : tensor<2xf32>) {
  ^bb0(%a: f32, %b: f64, %out: f32):
    %v = arith.extf %a : f32 to f64
    %m = arith.mulf %v, %b : f64
    %n = arith.truncf %m : f64 to f32
    linalg.yield %n : f32
  } -> tensor<2xf32>
  return %r : tensor<2xf32>
}

// CHECK-LABEL: @twice
// CHECK: arith.subf %{{.*}} : f64
func.func @twice(%x: tensor<8xf32>, %y: tensor<8xf32>) -> tensor<8xf32> {
  %e = tensor.empty() : tensor<8xf32>
  %r = linalg.generic {indexing_maps = [#one, #one, #one], iterator_types = ["parallel"]} ins(%x, %y : tensor<8xf32>, tensor<8xf32>) outs(%e : tensor<8xf32>) {
  ^bb0(%a: f32, %b: f32, %out: f32):
    %v = arith.extf %a : f32 to f64
    %w = arith.extf %b : f32 to f64
    %s = arith.addf %v, %w : f64
    %m = arith.subf %s, %w : f64
    %n = arith.truncf %m : f64 to f32
    linalg.yield %n : f32
  } -> tensor<8xf32>
  return %r : tensor<8xf32>
}

// CHECK-LABEL: @integers
// CHECK: arith.sitofp %{{.*}} : i64 to f64
func.func @integers(%x: tensor<8xi64>) -> tensor<8xf32> {
  %e = tensor.empty() : tensor<8xf32>
  %r = linalg.generic {indexing_maps = [#one, #one], iterator_types = ["parallel"]} ins(%x : tensor<8xi64>) outs(%e : tensor<8xf32>) {
  ^bb0(%a: i64, %out: f32):
    %v = arith.sitofp %a : i64 to f64
    %h = math.sqrt %v : f64
    %n = arith.truncf %h : f64 to f32
    linalg.yield %n : f32
  } -> tensor<8xf32>
  return %r : tensor<8xf32>
}

// A sum with signs may cancel.
// CHECK-LABEL: @signed_sum
// CHECK: arith.addf %{{.*}} : f64
func.func @signed_sum(%x: tensor<8xf32>) -> tensor<f32> {
  %zero = arith.constant 0.0 : f64
  %re = tensor.empty() : tensor<f64>
  %rf = linalg.fill ins(%zero : f64) outs(%re : tensor<f64>) -> tensor<f64>
  %sum = linalg.generic {indexing_maps = [#one, affine_map<(d0) -> ()>], iterator_types = ["reduction"]} ins(%x : tensor<8xf32>) outs(%rf : tensor<f64>) {
  ^bb0(%in: f32, %out: f64):
    %w = arith.extf %in : f32 to f64
    %s = arith.addf %w, %out : f64
    linalg.yield %s : f64
  } -> tensor<f64>
  %e = tensor.empty() : tensor<f32>
  %r = linalg.generic {indexing_maps = [affine_map<() -> ()>, affine_map<() -> ()>], iterator_types = []} ins(%sum : tensor<f64>) outs(%e : tensor<f32>) {
  ^bb0(%in: f64, %out: f32):
    %n = arith.truncf %in : f64 to f32
    linalg.yield %n : f32
  } -> tensor<f32>
  return %r : tensor<f32>
}

// A largest value is one of them.
// CHECK-LABEL: @largest
// CHECK-NOT: f64
// CHECK: return
func.func @largest(%x: tensor<8xf32>) -> tensor<f32> {
  %least = arith.constant 0xFFF0000000000000 : f64
  %re = tensor.empty() : tensor<f64>
  %rf = linalg.fill ins(%least : f64) outs(%re : tensor<f64>) -> tensor<f64>
  %sum = linalg.generic {indexing_maps = [#one, affine_map<(d0) -> ()>], iterator_types = ["reduction"]} ins(%x : tensor<8xf32>) outs(%rf : tensor<f64>) {
  ^bb0(%in: f32, %out: f64):
    %w = arith.extf %in : f32 to f64
    %s = arith.maximumf %w, %out : f64
    linalg.yield %s : f64
  } -> tensor<f64>
  %e = tensor.empty() : tensor<f32>
  %r = linalg.generic {indexing_maps = [affine_map<() -> ()>, affine_map<() -> ()>], iterator_types = []} ins(%sum : tensor<f64>) outs(%e : tensor<f32>) {
  ^bb0(%in: f64, %out: f32):
    %n = arith.truncf %in : f64 to f32
    linalg.yield %n : f32
  } -> tensor<f32>
  return %r : tensor<f32>
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

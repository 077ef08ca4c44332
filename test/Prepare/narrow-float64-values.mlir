// RUN: chameleon-opt %s --prepare-model | chameleon-run - --target=cpu | FileCheck %s
// RUN: chameleon-opt %s --apply-schedules="defaults=true target=cpu" | chameleon-run - --target=cpu | FileCheck %s

// Halves of integers that f32 does not have, and what is left of a sum that cancels.
// CHECK: result 0: tensor<2xi64> = [8388608, 2251799813685248]
// CHECK: result 1: tensor<1xf32> = [1]
#map = affine_map<(d0) -> (d0)>
func.func @main() -> (tensor<2xi64>, tensor<1xf32>) {
  %x = arith.constant dense<[16777217, 4503599627370497]> : tensor<2xi64>
  %y = arith.constant dense<[[1.0e8, 1.0, -1.0e8]]> : tensor<1x3xf32>
  %half = arith.constant 0.5 : f64
  %zero = arith.constant 0.0 : f64
  %e = tensor.empty() : tensor<2xi64>
  %r = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel"]} ins(%x : tensor<2xi64>) outs(%e : tensor<2xi64>) {
  ^bb0(%a: i64, %o: i64):
    %f = arith.sitofp %a : i64 to f64
    %g = arith.mulf %f, %half : f64
    %i = arith.fptosi %g : f64 to i64
    linalg.yield %i : i64
  } -> tensor<2xi64>
  %re = tensor.empty() : tensor<1xf64>
  %rf = linalg.fill ins(%zero : f64) outs(%re : tensor<1xf64>) -> tensor<1xf64>
  %sum = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%y : tensor<1x3xf32>) outs(%rf : tensor<1xf64>) {
  ^bb0(%in: f32, %out: f64):
    %w = arith.extf %in : f32 to f64
    %s = arith.addf %w, %out : f64
    linalg.yield %s : f64
  } -> tensor<1xf64>
  %e1 = tensor.empty() : tensor<1xf32>
  %q = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel"]} ins(%sum : tensor<1xf64>) outs(%e1 : tensor<1xf32>) {
  ^bb0(%a: f64, %o: f32):
    %t = arith.truncf %a : f64 to f32
    linalg.yield %t : f32
  } -> tensor<1xf32>
  return %r, %q : tensor<2xi64>, tensor<1xf32>
}

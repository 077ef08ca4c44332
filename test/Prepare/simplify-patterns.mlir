// RUN: chameleon-opt %s --prepare-model | FileCheck %s

// One operation at a time: assertions, constants, minimum and maximum, dead
// results.

#v = affine_map<(d0) -> (d0)>
#s = affine_map<(d0) -> ()>

// The bounds of relu6 are tensor<f32>; NaN becomes the bound (ogt), so it is
// the maxnumf kind, and then the upper bound can be of that kind too.
// CHECK-LABEL: @relu6
// CHECK: %[[LOW:.*]] = arith.maxnumf %in, %{{.*}} fastmath<nsz> : f32
// CHECK-NEXT: arith.minnumf %[[LOW]], %{{.*}} fastmath<nsz> : f32
// CHECK-NOT: linalg.generic
func.func @relu6(%x: tensor<8xf32>) -> tensor<8xf32> {
  %six = arith.constant dense<6.0> : tensor<f32>
  %zero = arith.constant dense<0.0> : tensor<f32>
  %e = tensor.empty() : tensor<8xf32>
  %a = linalg.generic {indexing_maps = [#v, #s, #v], iterator_types = ["parallel"]}
      ins(%x, %zero : tensor<8xf32>, tensor<f32>) outs(%e : tensor<8xf32>) {
  ^bb0(%in: f32, %bound: f32, %out: f32):
    %c = arith.cmpf ogt, %in, %bound : f32
    %r = arith.select %c, %in, %bound : f32
    linalg.yield %r : f32
  } -> tensor<8xf32>
  %b = linalg.generic {indexing_maps = [#s, #v, #v], iterator_types = ["parallel"]}
      ins(%six, %a : tensor<f32>, tensor<8xf32>) outs(%e : tensor<8xf32>) {
  ^bb0(%bound: f32, %in: f32, %out: f32):
    %c = arith.cmpf olt, %bound, %in : f32
    %r = arith.select %c, %bound, %in : f32
    linalg.yield %r : f32
  } -> tensor<8xf32>
  return %b : tensor<8xf32>
}

// With two variables NaN decides differently: not a maximum.
// CHECK-LABEL: @two_variables
// CHECK: arith.cmpf ugt
// CHECK: arith.select
func.func @two_variables(%x: tensor<8xf32>, %y: tensor<8xf32>) -> tensor<8xf32> {
  %e = tensor.empty() : tensor<8xf32>
  %a = linalg.generic {indexing_maps = [#v, #v, #v], iterator_types = ["parallel"]}
      ins(%x, %y : tensor<8xf32>, tensor<8xf32>) outs(%e : tensor<8xf32>) {
  ^bb0(%l: f32, %r: f32, %out: f32):
    %c = arith.cmpf ugt, %l, %r : f32
    %m = arith.select %c, %l, %r : f32
    linalg.yield %m : f32
  } -> tensor<8xf32>
  return %a : tensor<8xf32>
}

// CHECK-LABEL: @assertion_and_epsilon
// CHECK-DAG: arith.constant 9.99999974E-6 : f32
// CHECK-NOT: cf.assert
// CHECK-NOT: arith.truncf
// CHECK: math.sqrt
func.func @assertion_and_epsilon(%x: tensor<8xf32>) -> tensor<8xf32> {
  %eps = arith.constant 1.0e-05 : f64
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<8xf32>
  %a = linalg.generic {indexing_maps = [#v, #v], iterator_types = ["parallel"]}
      ins(%x : tensor<8xf32>) outs(%e : tensor<8xf32>) {
  ^bb0(%in: f32, %out: f32):
    %t = arith.truncf %eps : f64 to f32
    %sum = arith.addf %in, %t : f32
    %ok = arith.cmpf one, %sum, %zero : f32
    cf.assert %ok, "unimplemented: tensor with zero element"
    %r = math.sqrt %sum : f32
    linalg.yield %r : f32
  } -> tensor<8xf32>
  return %a : tensor<8xf32>
}

// An assertion of the program itself stays.
// CHECK-LABEL: @outer_assertion
// CHECK: cf.assert
func.func @outer_assertion(%ok: i1) {
  cf.assert %ok, "wanted"
  return
}

// The arg-max that softmax never reads.
// CHECK-LABEL: @dead_result
// CHECK: %{{.*}} = linalg.generic
// CHECK-SAME: outs(%{{.*}} : tensor<4xf32>)
// CHECK-NOT: linalg.index
// CHECK: arith.maximumf
func.func @dead_result(%x: tensor<4x8xf32>) -> tensor<4xf32> {
  %zero = arith.constant 0 : i64
  %low = arith.constant 0xFF800000 : f32
  %e0 = tensor.empty() : tensor<4xf32>
  %f0 = linalg.fill ins(%low : f32) outs(%e0 : tensor<4xf32>) -> tensor<4xf32>
  %e1 = tensor.empty() : tensor<4xi64>
  %f1 = linalg.fill ins(%zero : i64) outs(%e1 : tensor<4xi64>) -> tensor<4xi64>
  %r:2 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<4x8xf32>) outs(%f0, %f1 : tensor<4xf32>, tensor<4xi64>) {
  ^bb0(%in: f32, %max: f32, %arg: i64):
    %i = linalg.index 1 : index
    %j = arith.index_cast %i : index to i64
    %m = arith.maximumf %in, %max : f32
    %c = arith.cmpf ogt, %in, %max : f32
    %k = arith.select %c, %j, %arg : i64
    linalg.yield %m, %k : f32, i64
  } -> (tensor<4xf32>, tensor<4xi64>)
  return %r#0 : tensor<4xf32>
}

// CHECK-LABEL: @square
// CHECK: arith.mulf %in, %in : f32
func.func @square(%x: tensor<8xf32>) -> tensor<8xf32> {
  %two = arith.constant 2 : i64
  %e = tensor.empty() : tensor<8xf32>
  %a = linalg.generic {indexing_maps = [#v, #v], iterator_types = ["parallel"]}
      ins(%x : tensor<8xf32>) outs(%e : tensor<8xf32>) {
  ^bb0(%in: f32, %out: f32):
    %r = math.fpowi %in, %two : f32, i64
    linalg.yield %r : f32
  } -> tensor<8xf32>
  return %a : tensor<8xf32>
}

// CHECK-LABEL: @unit_transpose
// CHECK-NOT: linalg.transpose
// CHECK: return
func.func @unit_transpose(%x: tensor<1x7x8xf32>) -> tensor<7x1x8xf32> {
  %e = tensor.empty() : tensor<7x1x8xf32>
  %t = linalg.transpose ins(%x : tensor<1x7x8xf32>) outs(%e : tensor<7x1x8xf32>) permutation = [1, 0, 2]
  return %t : tensor<7x1x8xf32>
}

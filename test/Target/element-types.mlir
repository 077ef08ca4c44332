// RUN: split-file %s %t
// RUN: chameleon-opt %t/gpu.mlir --split-input-file --lower-to-nvvm --verify-diagnostics
// RUN: chameleon-run %t/complex.mlir --input=4xf32=0.5 --input=4xf32=0.25 | FileCheck %t/complex.mlir
// RUN: chameleon-opt %t/complex.mlir --apply-schedules="target=cpu defaults=true" --lower-to-cpu | FileCheck %t/complex.mlir --check-prefix=LOWERED
// RUN: not chameleon-run %t/argument.mlir --random-inputs 2>&1 | FileCheck %t/argument.mlir
// RUN: not chameleon-opt %t/tf32.mlir --lower-to-cpu 2>&1 | FileCheck %t/tf32.mlir

// What a target has no type for is one error, on the function or on the operation that makes it.

//--- gpu.mlir
// expected-error @below {{function 'main' has elements of type 'complex<f32>', expected integers, indices and floats of at most 64 bits}}
func.func @main(%a: tensor<8xcomplex<f32>>) -> tensor<8xcomplex<f32>> {
  return %a : tensor<8xcomplex<f32>>
}

// -----

// expected-error @below {{function 'main' has elements of type 'vector<4xf32>', expected integers}}
func.func @main(%a: tensor<8x4xvector<4xf32>>) -> tensor<4x8xvector<4xf32>> {
  %e = tensor.empty() : tensor<4x8xvector<4xf32>>
  %r = linalg.transpose ins(%a : tensor<8x4xvector<4xf32>>) outs(%e : tensor<4x8xvector<4xf32>>) permutation = [1, 0]
  return %r : tensor<4x8xvector<4xf32>>
}

// -----

#map = affine_map<(i) -> (i)>
func.func @main(%a: tensor<8xf32>) -> tensor<8xf32> {
  %e = tensor.empty() : tensor<8xf32>
  %r = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel"]} ins(%a : tensor<8xf32>) outs(%e : tensor<8xf32>) {
  ^bb0(%x: f32, %o: f32):
    // expected-error @below {{'arith.extf' op computes with elements of type 'f128', expected integers}}
    %w = arith.extf %x : f32 to f128
    %n = arith.truncf %w : f128 to f32
    linalg.yield %n : f32
  } -> tensor<8xf32>
  return %r : tensor<8xf32>
}

//--- complex.mlir
// Upstream lowers complex numbers on the CPU: |exp((x + iy)^2)| = exp(x^2 - y^2).
// CHECK: result 0: tensor<4xf32> = [1.20623
// LOWERED-NOT: complex.
// LOWERED: llvm.func @main
// LOWERED-NOT: complex.
#map = affine_map<(i) -> (i)>
func.func @main(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xcomplex<f32>>
  %r = linalg.generic {indexing_maps = [#map, #map, #map], iterator_types = ["parallel"]}
      ins(%a, %b : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xcomplex<f32>>) {
  ^bb0(%x: f32, %y: f32, %o: complex<f32>):
    %c = complex.create %x, %y : complex<f32>
    %d = complex.mul %c, %c : complex<f32>
    %g = complex.exp %d : complex<f32>
    linalg.yield %g : complex<f32>
  } -> tensor<4xcomplex<f32>>
  %f = tensor.empty() : tensor<4xf32>
  %q = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel"]} ins(%r : tensor<4xcomplex<f32>>) outs(%f : tensor<4xf32>) {
  ^bb0(%x: complex<f32>, %o: f32):
    %c = complex.abs %x : complex<f32>
    linalg.yield %c : f32
  } -> tensor<4xf32>
  return %q : tensor<4xf32>
}

//--- argument.mlir
// CHECK: error: element type 'f128' is not supported, expected f16, {{.*}} f6E2M3FN or f4E2M1FN
func.func @main(%a: tensor<4xf128>) -> tensor<4xf128> {
  return %a : tensor<4xf128>
}

//--- tf32.mlir
// CHECK: error: function 'main' has elements of type 'tf32', expected integers, indices and floats, or complex numbers and vectors of these
func.func @main(%a: tensor<4xtf32>) -> tensor<4xtf32> {
  return %a : tensor<4xtf32>
}

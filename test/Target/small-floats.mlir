// RUN: chameleon-opt %s --lower-to-cpu | FileCheck %s
// RUN: chameleon-opt %s --lower-to-nvvm="format=nvvm" | FileCheck %s --check-prefix=GPU
// RUN: chameleon-run %s --input=1xf32=0 | FileCheck %s --check-prefix=VALUES
// RUN: chameleon-opt %s --apply-schedules="defaults=true target=cpu" -o %t.mlir
// RUN: chameleon-run %t.mlir --input=1xf32=0 | FileCheck %s --check-prefix=VALUES

// Floats of eight bits and fewer are bits to LLVM, on every target.
// CHECK-LABEL: llvm.func @main(
// CHECK-NOT:     : f8E
// CHECK-LABEL: llvm.func @arithmetic(
// CHECK:         llvm.fmul {{.*}} : f32
// GPU-LABEL: llvm.func @main_kernel
// GPU-NOT:     f8E
// GPU:         memref.global

#map = affine_map<(i) -> (i)>

// To the nearest, ties to even; beyond the largest number NaN, infinity, or the largest number, as the type has them. Numbers below
// the smallest normal one, and minus zero.
// VALUES: result 0: tensor<12xi8> = [0, -128, 1, 0, 2, 126, 126, 127, 127, -2, 56, 57]
// VALUES: result 1: tensor<12xi8> = [0, -128, 24, 20, 26, 95, 95, 95, 124, -33, 60, 60]
// VALUES: result 2: tensor<12xi8> = [0, 8, 0, 0, 0, 7, 7, 7, 7, 15, 2, 2]
// And back: f8E5M2 of every kind.
// VALUES: result 3: tensor<6xf32> = [1.52587891e-05, -4.57763672e-05, 1, 57344, inf, nan]
// VALUES: result 4: tensor<2xf32> = [0.09375, 448]
func.func private @fn(%x: tensor<12xf32>) -> tensor<12xi8> {
  %e = tensor.empty() : tensor<12xf8E4M3FN>
  %f = tensor.empty() : tensor<12xi8>
  %r = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel"]} ins(%x : tensor<12xf32>) outs(%e : tensor<12xf8E4M3FN>) {
  ^bb0(%a: f32, %o: f8E4M3FN):
    %s = arith.truncf %a : f32 to f8E4M3FN
    linalg.yield %s : f8E4M3FN
  } -> tensor<12xf8E4M3FN>
  %b = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel"]} ins(%r : tensor<12xf8E4M3FN>) outs(%f : tensor<12xi8>) {
  ^bb0(%a: f8E4M3FN, %o: i8):
    %s = arith.bitcast %a : f8E4M3FN to i8
    linalg.yield %s : i8
  } -> tensor<12xi8>
  return %b : tensor<12xi8>
}
func.func private @ieee(%x: tensor<12xf32>) -> tensor<12xi8> {
  %e = tensor.empty() : tensor<12xf8E5M2>
  %f = tensor.empty() : tensor<12xi8>
  %r = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel"]} ins(%x : tensor<12xf32>) outs(%e : tensor<12xf8E5M2>) {
  ^bb0(%a: f32, %o: f8E5M2):
    %s = arith.truncf %a : f32 to f8E5M2
    linalg.yield %s : f8E5M2
  } -> tensor<12xf8E5M2>
  %b = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel"]} ins(%r : tensor<12xf8E5M2>) outs(%f : tensor<12xi8>) {
  ^bb0(%a: f8E5M2, %o: i8):
    %s = arith.bitcast %a : f8E5M2 to i8
    linalg.yield %s : i8
  } -> tensor<12xi8>
  return %b : tensor<12xi8>
}
func.func private @finite(%x: tensor<12xf32>) -> tensor<12xi8> {
  %e = tensor.empty() : tensor<12xf4E2M1FN>
  %f = tensor.empty() : tensor<12xi8>
  %r = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel"]} ins(%x : tensor<12xf32>) outs(%e : tensor<12xf4E2M1FN>) {
  ^bb0(%a: f32, %o: f4E2M1FN):
    %s = arith.truncf %a : f32 to f4E2M1FN
    linalg.yield %s : f4E2M1FN
  } -> tensor<12xf4E2M1FN>
  %b = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel"]} ins(%r : tensor<12xf4E2M1FN>) outs(%f : tensor<12xi8>) {
  ^bb0(%a: f4E2M1FN, %o: i8):
    %s = arith.bitcast %a : f4E2M1FN to i4
    %t = arith.extui %s : i4 to i8
    linalg.yield %t : i8
  } -> tensor<12xi8>
  return %b : tensor<12xi8>
}
func.func @main(%none: tensor<1xf32>) -> (tensor<12xi8>, tensor<12xi8>, tensor<12xi8>, tensor<6xf32>, tensor<2xf32>) {
  %x = arith.constant dense<[0.0, -0.0, 0.001953125, 0.0009765625, 0.0029296875, 448.0, 464.0, 465.0, 1.0e6, -447.0, 1.0,
      1.0625001]> : tensor<12xf32>
  %0 = call @fn(%x) : (tensor<12xf32>) -> tensor<12xi8>
  %1 = call @ieee(%x) : (tensor<12xf32>) -> tensor<12xi8>
  %2 = call @finite(%x) : (tensor<12xf32>) -> tensor<12xi8>
  %y = arith.constant dense<[1.52587891e-05, -4.57763672e-05, 1.0, 57344.0, 0x7C, 0x7F]> : tensor<6xf8E5M2>
  %e = tensor.empty() : tensor<6xf32>
  %3 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel"]} ins(%y : tensor<6xf8E5M2>) outs(%e : tensor<6xf32>) {
  ^bb0(%a: f8E5M2, %o: f32):
    %s = arith.extf %a : f8E5M2 to f32
    linalg.yield %s : f32
  } -> tensor<6xf32>
  %z = arith.constant dense<[0.3125, 24.0]> : tensor<2xf8E4M3FN>
  %4 = call @arithmetic(%z, %z) : (tensor<2xf8E4M3FN>, tensor<2xf8E4M3FN>) -> tensor<2xf32>
  return %0, %1, %2, %3, %4 : tensor<12xi8>, tensor<12xi8>, tensor<12xi8>, tensor<6xf32>, tensor<2xf32>
}
func.func private @arithmetic(%x: tensor<2xf8E4M3FN>, %y: tensor<2xf8E4M3FN>) -> tensor<2xf32> {
  %most = arith.constant 448.0 : f8E4M3FN
  %e = tensor.empty() : tensor<2xf32>
  %r = linalg.generic {indexing_maps = [#map, #map, #map], iterator_types = ["parallel"]}
      ins(%x, %y : tensor<2xf8E4M3FN>, tensor<2xf8E4M3FN>) outs(%e : tensor<2xf32>) {
  ^bb0(%a: f8E4M3FN, %b: f8E4M3FN, %o: f32):
    %p = arith.mulf %a, %b : f8E4M3FN
    %n = arith.cmpf uno, %p, %p : f8E4M3FN
    %m = arith.select %n, %most, %p : f8E4M3FN
    %s = arith.extf %m : f8E4M3FN to f32
    linalg.yield %s : f32
  } -> tensor<2xf32>
  return %r : tensor<2xf32>
}

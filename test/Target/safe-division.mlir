// RUN: chameleon-opt %s --lower-to-cpu | FileCheck %s
// RUN: chameleon-run %s --input=4xi32=-2147483648 --input=4xi32=-1 | FileCheck %s --check-prefix=LEAST
// RUN: chameleon-run %s --input=4xi32=7 --input=4xi32=0 | FileCheck %s --check-prefix=BYZERO
// RUN: chameleon-run %s --input=4xi32=-7 --input=4xi32=2 | FileCheck %s --check-prefix=QUOTIENT

// No division of integers traps, whatever is in a lane that nobody looks at: the divisor is one instead.

// CHECK-LABEL: llvm.func @main(
// CHECK:         %[[ZERO:.*]] = llvm.icmp "eq" %[[B:.*]], %{{.*}} : i32
// CHECK:         %[[MINUS:.*]] = llvm.icmp "eq" %[[B]], %{{.*}} : i32
// CHECK:         %[[SMALLEST:.*]] = llvm.icmp "eq" %{{.*}}, %{{.*}} : i32
// CHECK:         %[[WRAPS:.*]] = llvm.and %[[MINUS]], %[[SMALLEST]] : i1
// CHECK:         %[[TRAPS:.*]] = llvm.or %[[ZERO]], %[[WRAPS]] : i1
// CHECK:         %[[SAFE:.*]] = llvm.select %[[TRAPS]], %{{.*}}, %[[B]] : i1, i32
// CHECK:         llvm.sdiv %{{.*}}, %[[SAFE]] : i32

// RUN: chameleon-opt %s --lower-to-cpu | FileCheck %s --check-prefix=CONSTANT
// A constant divisor is what it is, and an unsigned number does not wrap around.
// CONSTANT-LABEL: llvm.func @constant(
// CONSTANT-NOT:     llvm.select
// CONSTANT:         llvm.sdiv
// CONSTANT-LABEL: llvm.func @unsigned(
// CONSTANT:         llvm.icmp "eq"
// CONSTANT-NOT:     llvm.icmp "eq"
// CONSTANT:         llvm.urem

// LEAST: result 0: tensor<4xi32> = [-2147483648, -2147483648, -2147483648, -2147483648]
// LEAST: result 1: tensor<4xi32> = [0, 0, 0, 0]
// LEAST: result 2: tensor<4xi32> = [-2147483648, -2147483648, -2147483648, -2147483648]
// BYZERO: result 0: tensor<4xi32>
// QUOTIENT: result 0: tensor<4xi32> = [-3, -3, -3, -3]
// QUOTIENT: result 1: tensor<4xi32> = [-1, -1, -1, -1]
// QUOTIENT: result 2: tensor<4xi32> = [-4, -4, -4, -4]
#map = affine_map<(i) -> (i)>
func.func @main(%a: tensor<4xi32>, %b: tensor<4xi32>) -> (tensor<4xi32>, tensor<4xi32>, tensor<4xi32>) {
  %e = tensor.empty() : tensor<4xi32>
  %r:3 = linalg.generic {indexing_maps = [#map, #map, #map, #map, #map], iterator_types = ["parallel"]}
      ins(%a, %b : tensor<4xi32>, tensor<4xi32>) outs(%e, %e, %e : tensor<4xi32>, tensor<4xi32>, tensor<4xi32>) {
  ^bb0(%x: i32, %y: i32, %o: i32, %p: i32, %q: i32):
    %d = arith.divsi %x, %y : i32
    %m = arith.remsi %x, %y : i32
    %f = arith.floordivsi %x, %y : i32
    linalg.yield %d, %m, %f : i32, i32, i32
  } -> (tensor<4xi32>, tensor<4xi32>, tensor<4xi32>)
  return %r#0, %r#1, %r#2 : tensor<4xi32>, tensor<4xi32>, tensor<4xi32>
}

func.func @constant(%a: tensor<4xi32>) -> tensor<4xi32> {
  %c = arith.constant 3 : i32
  %e = tensor.empty() : tensor<4xi32>
  %r = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel"]} ins(%a : tensor<4xi32>) outs(%e : tensor<4xi32>) {
  ^bb0(%x: i32, %o: i32):
    %d = arith.divsi %x, %c : i32
    linalg.yield %d : i32
  } -> tensor<4xi32>
  return %r : tensor<4xi32>
}

func.func @unsigned(%a: tensor<4xi32>, %b: tensor<4xi32>) -> tensor<4xi32> {
  %e = tensor.empty() : tensor<4xi32>
  %r = linalg.generic {indexing_maps = [#map, #map, #map], iterator_types = ["parallel"]} ins(%a, %b : tensor<4xi32>, tensor<4xi32>) outs(%e : tensor<4xi32>) {
  ^bb0(%x: i32, %y: i32, %o: i32):
    %d = arith.remui %x, %y : i32
    linalg.yield %d : i32
  } -> tensor<4xi32>
  return %r : tensor<4xi32>
}

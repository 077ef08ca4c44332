// RUN: chameleon-opt %s --lower-to-cpu | FileCheck %s
// RUN: chameleon-opt %s --lower-to-cpu --mlir-print-ir-after-all 2>&1 | FileCheck %s --check-prefix=STEP
// RUN: chameleon-run %s --function=run --input=8xi1=1 | FileCheck %s --check-prefix=VALUES

// A buffer has a byte for each boolean, LLVM's vector of them a bit.
// CHECK-LABEL: llvm.func @compare
// CHECK:         llvm.load {{.*}} -> vector<8xf32>
// CHECK:         %[[BITS:.*]] = llvm.fcmp {{.*}} : vector<8xf32>
// CHECK:         %[[BYTES:.*]] = llvm.zext %[[BITS]] : vector<8xi1> to vector<8xi8>
// CHECK:         llvm.store %[[BYTES]], {{.*}} : vector<8xi8>
// CHECK-NOT:     llvm.store {{.*}} : vector<8xi1>
func.func @compare(%x: tensor<8xf32>, %out: tensor<8xi1>) -> tensor<8xi1> attributes {chameleon.task = "a"} {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %zeros = arith.constant dense<0.0> : vector<8xf32>
  %v = vector.transfer_read %x[%c0], %zero {in_bounds = [true]} : tensor<8xf32>, vector<8xf32>
  %b = arith.cmpf ogt, %v, %zeros : vector<8xf32>
  %r = vector.transfer_write %b, %out[%c0] {in_bounds = [true]} : vector<8xi1>, tensor<8xi1>
  return %r : tensor<8xi1>
}

// CHECK-LABEL: llvm.func @select
// CHECK:         %[[BYTES:.*]] = llvm.load {{.*}} -> vector<8xi8>
// CHECK:         llvm.trunc %[[BYTES]] : vector<8xi8> to vector<8xi1>
func.func @select(%m: tensor<8xi1>, %x: tensor<8xf32>, %out: tensor<8xf32>) -> tensor<8xf32> attributes {chameleon.task = "b"} {
  %c0 = arith.constant 0 : index
  %false = arith.constant false
  %zero = arith.constant 0.0 : f32
  %zeros = arith.constant dense<0.0> : vector<8xf32>
  %b = vector.transfer_read %m[%c0], %false {in_bounds = [true]} : tensor<8xi1>, vector<8xi1>
  %v = vector.transfer_read %x[%c0], %zero {in_bounds = [true]} : tensor<8xf32>, vector<8xf32>
  %s = arith.select %b, %v, %zeros : vector<8xi1>, vector<8xf32>
  %r = vector.transfer_write %s, %out[%c0] {in_bounds = [true]} : vector<8xf32>, tensor<8xf32>
  return %r : tensor<8xf32>
}

// Integers that LLVM packs in vectors, or leaves gaps behind in arrays, lie in the next whole power of two of bytes; the bits
// beyond are the sign's. Constants, temporaries, functions and what calls them agree on it.
// STEP-LABEL: // -----// IR Dump After {{.*}}widen-storage
// STEP:         memref.global {{.*}} : memref<3xi32> = dense<[-8388608, 5, -1]>
// STEP:         func.func private @callee(%{{.*}}: memref<8xi8>, %{{.*}}: memref<8xi8>
// STEP:           linalg.generic
// STEP:           ^bb0(%[[IN:.*]]: i8, %{{.*}}: i8):
// STEP:             %[[NARROW:.*]] = arith.trunci %[[IN]] : i8 to i4
// STEP:             %[[SUM:.*]] = arith.addi %[[NARROW]], %[[NARROW]] : i4
// STEP:             %[[WIDE:.*]] = arith.extsi %[[SUM]] : i4 to i8
// STEP:             linalg.yield %[[WIDE]] : i8
// STEP:           return
// STEP-NOT:     memref<{{[0-9x]*}}xi{{1|4|24}}>
// VALUES: result 0: tensor<8xi8> = [-6, -4, -2, 0, 2, 4, 6, -8]
// VALUES: result 1: tensor<3xi32> = [-8388608, 10, -2]
// VALUES: result 2: tensor<8xi1> = [0, 0, 0, 0, 0, 0, 0, 0]
#map = affine_map<(i) -> (i)>
func.func private @callee(%x: tensor<8xi4>) -> tensor<8xi4> {
  %e = tensor.empty() : tensor<8xi4>
  %r = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel"]} ins(%x : tensor<8xi4>) outs(%e : tensor<8xi4>) {
  ^bb0(%a: i4, %o: i4):
    %s = arith.addi %a, %a : i4
    linalg.yield %s : i4
  } -> tensor<8xi4>
  return %r : tensor<8xi4>
}
func.func @run(%b: tensor<8xi1>) -> (tensor<8xi4>, tensor<3xi24>, tensor<8xi1>) {
  %x = arith.constant dense<[-3, -2, -1, 0, 1, 2, 3, 4]> : tensor<8xi4>
  %r = call @callee(%x) : (tensor<8xi4>) -> tensor<8xi4>
  %y = arith.constant dense<[-8388608, 5, -1]> : tensor<3xi24>
  %e = tensor.empty() : tensor<3xi24>
  %m = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel"]} ins(%y : tensor<3xi24>) outs(%e : tensor<3xi24>) {
  ^bb0(%a: i24, %o: i24):
    %smallest = arith.constant -8388608 : i24
    %least = arith.cmpi eq, %a, %smallest : i24
    %s = arith.addi %a, %a : i24
    %t = arith.select %least, %a, %s : i24
    linalg.yield %t : i24
  } -> tensor<3xi24>
  %one = arith.constant true
  %f = tensor.empty() : tensor<8xi1>
  %n = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel"]} ins(%b : tensor<8xi1>) outs(%f : tensor<8xi1>) {
  ^bb0(%a: i1, %o: i1):
    %s = arith.xori %a, %one : i1
    linalg.yield %s : i1
  } -> tensor<8xi1>
  return %r, %m, %n : tensor<8xi4>, tensor<3xi24>, tensor<8xi1>
}

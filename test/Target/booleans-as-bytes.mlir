// RUN: chameleon-opt %s --lower-to-cpu | FileCheck %s

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

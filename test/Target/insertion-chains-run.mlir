// RUN: chameleon-run %s --target=cpu --input=20xf32=1 --input=2xf32=3 --print-full | FileCheck %s

// Insertion i of a chain writes i in two places, of which the next one overwrites one. The chain's result and a tensor that was
// inserted are updated in place by what comes behind: neither may reach the other, nor the argument that the chain starts from.

// CHECK:      result 0: tensor<20xf32> = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, -3, -3, 1]
// CHECK-NEXT: result 1: tensor<20xf32> = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, -2, -2, 2]
// CHECK-NEXT: result 2: tensor<2xf32> = [-2, -2]
// CHECK-NEXT: result 3: tensor<20xf32> = [2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]
#id = affine_map<(i) -> (i)>
func.func @main(%x: tensor<20xf32>, %y: tensor<2xf32>) -> (tensor<20xf32>, tensor<20xf32>, tensor<2xf32>, tensor<20xf32>) {
  %one = arith.constant 1.0 : f32
  %c0 = arith.constant dense<0.0> : tensor<2xf32>
  %t0 = tensor.insert_slice %c0 into %x[0] [2] [1] : tensor<2xf32> into tensor<20xf32>
  %c1 = arith.constant dense<1.0> : tensor<2xf32>
  %t1 = tensor.insert_slice %c1 into %t0[1] [2] [1] : tensor<2xf32> into tensor<20xf32>
  %c2 = arith.constant dense<2.0> : tensor<2xf32>
  %t2 = tensor.insert_slice %c2 into %t1[2] [2] [1] : tensor<2xf32> into tensor<20xf32>
  %c3 = arith.constant dense<3.0> : tensor<2xf32>
  %t3 = tensor.insert_slice %c3 into %t2[3] [2] [1] : tensor<2xf32> into tensor<20xf32>
  %c4 = arith.constant dense<4.0> : tensor<2xf32>
  %t4 = tensor.insert_slice %c4 into %t3[4] [2] [1] : tensor<2xf32> into tensor<20xf32>
  %c5 = arith.constant dense<5.0> : tensor<2xf32>
  %t5 = tensor.insert_slice %c5 into %t4[5] [2] [1] : tensor<2xf32> into tensor<20xf32>
  %c6 = arith.constant dense<6.0> : tensor<2xf32>
  %t6 = tensor.insert_slice %c6 into %t5[6] [2] [1] : tensor<2xf32> into tensor<20xf32>
  %c7 = arith.constant dense<7.0> : tensor<2xf32>
  %t7 = tensor.insert_slice %c7 into %t6[7] [2] [1] : tensor<2xf32> into tensor<20xf32>
  %c8 = arith.constant dense<8.0> : tensor<2xf32>
  %t8 = tensor.insert_slice %c8 into %t7[8] [2] [1] : tensor<2xf32> into tensor<20xf32>
  %c9 = arith.constant dense<9.0> : tensor<2xf32>
  %t9 = tensor.insert_slice %c9 into %t8[9] [2] [1] : tensor<2xf32> into tensor<20xf32>
  %c10 = arith.constant dense<10.0> : tensor<2xf32>
  %t10 = tensor.insert_slice %c10 into %t9[10] [2] [1] : tensor<2xf32> into tensor<20xf32>
  %c11 = arith.constant dense<11.0> : tensor<2xf32>
  %t11 = tensor.insert_slice %c11 into %t10[11] [2] [1] : tensor<2xf32> into tensor<20xf32>
  %c12 = arith.constant dense<12.0> : tensor<2xf32>
  %t12 = tensor.insert_slice %c12 into %t11[12] [2] [1] : tensor<2xf32> into tensor<20xf32>
  %c13 = arith.constant dense<13.0> : tensor<2xf32>
  %t13 = tensor.insert_slice %c13 into %t12[13] [2] [1] : tensor<2xf32> into tensor<20xf32>
  %c14 = arith.constant dense<14.0> : tensor<2xf32>
  %t14 = tensor.insert_slice %c14 into %t13[14] [2] [1] : tensor<2xf32> into tensor<20xf32>
  %c15 = arith.constant dense<15.0> : tensor<2xf32>
  %t15 = tensor.insert_slice %c15 into %t14[15] [2] [1] : tensor<2xf32> into tensor<20xf32>
  %c16 = arith.constant dense<16.0> : tensor<2xf32>
  %t16 = tensor.insert_slice %c16 into %t15[16] [2] [1] : tensor<2xf32> into tensor<20xf32>
  %e = tensor.empty() : tensor<2xf32>
  %s = linalg.negf ins(%y : tensor<2xf32>) outs(%e : tensor<2xf32>) -> tensor<2xf32>
  %t = tensor.insert_slice %s into %t16[17] [2] [1] : tensor<2xf32> into tensor<20xf32>
  %t_next = linalg.generic {indexing_maps = [#id], iterator_types = ["parallel"]} outs(%t : tensor<20xf32>) {
  ^bb0(%a: f32):
    %b = arith.addf %a, %one : f32
    linalg.yield %b : f32
  } -> tensor<20xf32>
  %s_next = linalg.generic {indexing_maps = [#id], iterator_types = ["parallel"]} outs(%s : tensor<2xf32>) {
  ^bb0(%a: f32):
    %b = arith.addf %a, %one : f32
    linalg.yield %b : f32
  } -> tensor<2xf32>
  %x_next = linalg.generic {indexing_maps = [#id], iterator_types = ["parallel"]} outs(%x : tensor<20xf32>) {
  ^bb0(%a: f32):
    %b = arith.addf %a, %one : f32
    linalg.yield %b : f32
  } -> tensor<20xf32>
  return %t, %t_next, %s_next, %x_next : tensor<20xf32>, tensor<20xf32>, tensor<2xf32>, tensor<20xf32>
}

// RUN: chameleon-run %s --input=2x3xf32=1.5 | FileCheck %s
// RUN: chameleon-run %s --function=integers --input=4xi32=3 | FileCheck %s --check-prefix=INTEGERS
// RUN: chameleon-run %s --function=two --input=100xf32=1 --print-full | FileCheck %s --check-prefix=FULL
// RUN: chameleon-run %s --function=two --input=100xf32=1 | FileCheck %s --check-prefix=SHORT
// The same from the LLVM dialect.
// RUN: chameleon-opt %s --lower-to-cpu | chameleon-run - --input=2x3xf32=1.5 | FileCheck %s
// Through a file; the seed decides random values.
// RUN: chameleon-run %s --function=two --random-inputs --seed=1 --output=%t.0.npy --output=%t.1.npy
// RUN: chameleon-run %s --function=two --input=100xf32 --seed=1 --expect=%t.0.npy --expect=%t.1.npy | FileCheck %s --check-prefix=SAME
// RUN: not chameleon-run %s --function=two --random-inputs --seed=2 --expect=%t.0.npy 2>&1 | FileCheck %s --check-prefix=OTHER
// RUN: chameleon-run %s --function=two --input=%t.0.npy --threads=2 -O2 --benchmark --seconds=0.01 | FileCheck %s --check-prefix=TIMED
// RUN: chameleon-run %s --function=task --input=4xf32=2 -Oadaptive | FileCheck %s --check-prefix=TASK

// CHECK: result 0: tensor<2x3xf32> = [3, 4, 5, 3, 4, 5]
// INTEGERS: result 0: tensor<4xi32> = [6, 6, 6, 6]
// FULL: result 0: tensor<100xf32> = [2{{(, 2)+}}]
// SHORT: result 0: tensor<100xf32> = [2, 2, 2, 2, 2, 2, ..., 2, 2, 2, 2, 2, 2]
// SHORT-NEXT: result 1: tensor<100xf32> = [1, 1, 1, 1, 1, 1, ..., 1, 1, 1, 1, 1, 1]
// SAME: result 0: relative error 0
// SAME: result 1: relative error 0
// OTHER: result 0: relative error
// OTHER: error: result 0 differs from {{.*}}.0.npy by more than 1e-05
// TIMED: median {{[0-9.]+}} ms, spread {{[0-9.]+}} % (quartiles), min {{[0-9.]+}} ms, {{[0-9]+}} calls
// TASK: result 0: tensor<4xf32> = [4, 4, 4, 4]

func.func @main_init() -> tensor<3xf32> {
  %c = arith.constant dense<[0.5, 1.5, 2.5]> : tensor<3xf32>
  %e = tensor.empty() : tensor<3xf32>
  %one = arith.constant dense<1.0> : tensor<3xf32>
  %r = linalg.add ins(%c, %one : tensor<3xf32>, tensor<3xf32>) outs(%e : tensor<3xf32>) -> tensor<3xf32>
  return %r : tensor<3xf32>
}
func.func @main(%c: tensor<3xf32> {chameleon.constant = 0 : i64}, %x: tensor<2x3xf32>) -> tensor<2x3xf32> attributes {chameleon.init = @main_init} {
  %e = tensor.empty() : tensor<2x3xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
    ins(%x, %c : tensor<2x3xf32>, tensor<3xf32>) outs(%e : tensor<2x3xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %s = arith.addf %a, %b : f32
    linalg.yield %s : f32
  } -> tensor<2x3xf32>
  return %r : tensor<2x3xf32>
}
func.func @integers(%a: tensor<4xi32>) -> tensor<4xi32> {
  %e = tensor.empty() : tensor<4xi32>
  %r = linalg.add ins(%a, %a : tensor<4xi32>, tensor<4xi32>) outs(%e : tensor<4xi32>) -> tensor<4xi32>
  return %r : tensor<4xi32>
}
func.func @two(%a: tensor<100xf32>) -> (tensor<100xf32>, tensor<100xf32>) {
  %e = tensor.empty() : tensor<100xf32>
  %r = linalg.add ins(%a, %a : tensor<100xf32>, tensor<100xf32>) outs(%e : tensor<100xf32>) -> tensor<100xf32>
  return %r, %a : tensor<100xf32>, tensor<100xf32>
}
func.func @task(%a: tensor<4xf32>, %out: tensor<4xf32>) -> tensor<4xf32> attributes {chameleon.task = "k"} {
  %r = linalg.add ins(%a, %a : tensor<4xf32>, tensor<4xf32>) outs(%out : tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

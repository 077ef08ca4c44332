// RUN: chameleon-opt %s --prepare-model --split-input-file | FileCheck %s
// RUN: chameleon-opt %s --prepare-model --split-input-file -o %t.once
// RUN: chameleon-opt %t.once --prepare-model --split-input-file | diff %t.once -

// relu as torch-mlir writes it: NaN passes, so it is the maximumf kind; the sign of zero is free.
// CHECK-LABEL: @relu
// CHECK: arith.maximumf %{{.*}}, %cst fastmath<nsz> : f32
#id = affine_map<(d0) -> (d0)>
func.func @relu(%x: tensor<8xf32>) -> tensor<8xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<8xf32>
  %y = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : tensor<8xf32>) outs(%empty : tensor<8xf32>) {
  ^bb0(%in: f32, %out: f32):
    %c = arith.cmpf ugt, %in, %zero : f32
    %s = arith.select %c, %in, %zero : f32
    linalg.yield %s : f32
  } -> tensor<8xf32>
  return %y : tensor<8xf32>
}

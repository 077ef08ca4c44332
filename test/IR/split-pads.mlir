// RUN: chameleon-run %s | FileCheck %s
// RUN: chameleon-opt %s --prepare-model | FileCheck %s --check-prefix=PREPARED
// RUN: chameleon-opt %s --apply-schedules="defaults=true target=cpu" | chameleon-run - | FileCheck %s
// RUN: chameleon-opt %s --lower-to-nvvm -o /dev/null

// Padding by negative amounts cuts. Upstream takes them for offsets: what is
// outside of the source was read, and what is outside of the result written.

// CHECK: result 0: tensor<2xf32> = [2, 3]
// CHECK-NEXT: result 1: tensor<2x4xf32> = [0, 10, 1, 2, 0, 10, 5, 6]
// CHECK-NEXT: result 2: tensor<3xf32> = [9, 9, 9]
// CHECK-NEXT: result 3: tensor<3xf32> = [9, 9, 9]
// CHECK-NEXT: result 4: tensor<3xf32> = [1, 2, 3]
// CHECK-NEXT: result 5: tensor<2x2xf32> = [9, 9, 9, 9]

// PREPARED-NOT: {{low|high}}{{.*}}[{{[0-9, ]*}}-
func.func @main() -> (tensor<2xf32>, tensor<2x4xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<2x2xf32>) {
  %nine = arith.constant 9.0 : f32
  %x = arith.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %y = arith.constant dense<[[1.0, 2.0, 3.0], [5.0, 6.0, 7.0]]> : tensor<2x3xf32>
  %both = tensor.pad %x low[-1] high[-1] {
  ^bb0(%i: index):
    tensor.yield %nine : f32
  } : tensor<4xf32> to tensor<2xf32>
  // The value depends on the place.
  %mixed = tensor.pad %y low[0, 2] high[0, -1] {
  ^bb0(%i: index, %j: index):
    %ten = arith.constant 10.0 : f32
    %integer = arith.index_cast %j : index to i32
    %number = arith.sitofp %integer : i32 to f32
    %value = arith.mulf %number, %ten : f32
    tensor.yield %value : f32
  } : tensor<2x3xf32> to tensor<2x4xf32>
  // Nothing of the source is left, at either end.
  %before = tensor.pad %x low[5] high[-6] {
  ^bb0(%i: index):
    tensor.yield %nine : f32
  } : tensor<4xf32> to tensor<3xf32>
  %after = tensor.pad %x low[-6] high[5] {
  ^bb0(%i: index):
    tensor.yield %nine : f32
  } : tensor<4xf32> to tensor<3xf32>
  %end = tensor.pad %x low[0] high[-1] {
  ^bb0(%i: index):
    tensor.yield %nine : f32
  } : tensor<4xf32> to tensor<3xf32>
  %nothing = tensor.empty() : tensor<1x0xf32>
  %all = tensor.pad %nothing low[0, 2] high[1, 0] {
  ^bb0(%i: index, %j: index):
    tensor.yield %nine : f32
  } : tensor<1x0xf32> to tensor<2x2xf32>
  return %both, %mixed, %before, %after, %end, %all : tensor<2xf32>, tensor<2x4xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<2x2xf32>
}

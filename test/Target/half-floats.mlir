// RUN: chameleon-run %s --target=cpu --function=sum | FileCheck %s --check-prefix=SUM
// RUN: chameleon-opt %s --apply-schedules="defaults=true target=cpu" | chameleon-run - --target=cpu --function=sum | FileCheck %s --check-prefix=SUM
// RUN: chameleon-opt %s --apply-schedules="defaults=true target=cpu prepare=false" | chameleon-run - --target=cpu --function=sum | FileCheck %s --check-prefix=SUM
// RUN: chameleon-run %s --target=cpu --function=bits | FileCheck %s --check-prefix=BITS
// RUN: chameleon-opt %s --lower-to-cpu | FileCheck %s

// 4096 ones: a sum in f16 ends at 2048, one in bf16 at 256. A third of a million is no f16.
// SUM: result 0: tensor<1xf16> = [4096]
// SUM: result 1: tensor<1xbf16> = [4096]
// CHECK-LABEL: llvm.func @sum
// CHECK-NOT:   llvm.fadd {{.*}} : f16
// CHECK-NOT:   llvm.fadd {{.*}} : bf16
func.func @sum() -> (tensor<1xf16>, tensor<1xbf16>) {
  %x = arith.constant dense<1.0> : tensor<1x4096xf16>
  %y = arith.constant dense<1.0> : tensor<1x4096xbf16>
  %zx = arith.constant 0.0 : f16
  %zy = arith.constant 0.0 : bf16
  %ex = tensor.empty() : tensor<1xf16>
  %ey = tensor.empty() : tensor<1xbf16>
  %fx = linalg.fill ins(%zx : f16) outs(%ex : tensor<1xf16>) -> tensor<1xf16>
  %fy = linalg.fill ins(%zy : bf16) outs(%ey : tensor<1xbf16>) -> tensor<1xbf16>
  %sx = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<1x4096xf16>) outs(%fx : tensor<1xf16>) {
  ^bb0(%a: f16, %s: f16):
    %t = arith.addf %a, %s : f16
    linalg.yield %t : f16
  } -> tensor<1xf16>
  %sy = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]} ins(%y : tensor<1x4096xbf16>) outs(%fy : tensor<1xbf16>) {
  ^bb0(%a: bf16, %s: bf16):
    %t = arith.addf %a, %s : bf16
    linalg.yield %t : bf16
  } -> tensor<1xbf16>
  return %sx, %sy : tensor<1xf16>, tensor<1xbf16>
}

// What looks at the bits stays bf16: the next number after x, and one more, rounded to the nearest, ties to even.
// BITS: result 0: tensor<3xbf16> = [260, 260, 3.015625]
// CHECK-LABEL: llvm.func @bits
// CHECK-NOT:   llvm.fadd {{.*}} : bf16
func.func @bits() -> tensor<3xbf16> {
  %x = arith.constant dense<[256.0, 258.0, 2.0]> : tensor<3xbf16>
  %e = tensor.empty() : tensor<3xbf16>
  %one = arith.constant 1.0 : bf16
  %0 = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]} ins(%x : tensor<3xbf16>) outs(%e : tensor<3xbf16>) {
  ^bb0(%a: bf16, %o: bf16):
    %c1 = arith.constant 1 : i16
    %i = arith.bitcast %a : bf16 to i16
    %n = arith.addi %i, %c1 : i16
    %b = arith.bitcast %n : i16 to bf16
    %r = arith.addf %b, %one : bf16
    linalg.yield %r : bf16
  } -> tensor<3xbf16>
  return %0 : tensor<3xbf16>
}

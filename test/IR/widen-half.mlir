// RUN: chameleon-opt %s --apply-schedules="defaults=true target=cpu" | FileCheck %s
// RUN: chameleon-opt %s --apply-schedules="defaults=true target=nvvm:sm_90" | FileCheck %s --check-prefix=GPU
// RUN: chameleon-run %s --target=cpu | FileCheck %s --check-prefix=VALUES
// RUN: chameleon-opt %s --apply-schedules="defaults=true target=cpu" | chameleon-run - --target=cpu | FileCheck %s --check-prefix=VALUES

#id = affine_map<(i, j) -> (i, j)>
// A product, a bias and a relu: two extensions, a sum in f32, and one rounding. A GPU has kernels for halves.
// CHECK-NOT: arith.{{(addf|mulf|maximumf)}} {{.*}}f16
// CHECK:     arith.extf {{.*}} : vector<{{.*}}xf16> to vector<{{.*}}xf32>
// CHECK:     arith.truncf {{.*}} : vector<{{.*}}xf32> to vector<{{.*}}xf16>
// GPU:       gpu.launch

func.func @product(%a: tensor<64x64xf16>, %b: tensor<64x64xf16>, %bias: tensor<64xf16>) -> tensor<64x64xf16> {
  %zero = arith.constant 0.0 : f16
  %e = tensor.empty() : tensor<64x64xf16>
  %f = linalg.fill ins(%zero : f16) outs(%e : tensor<64x64xf16>) -> tensor<64x64xf16>
  %m = linalg.matmul ins(%a, %b : tensor<64x64xf16>, tensor<64x64xf16>) outs(%f : tensor<64x64xf16>) -> tensor<64x64xf16>
  %r = linalg.generic {indexing_maps = [#id, affine_map<(i, j) -> (j)>, #id], iterator_types = ["parallel", "parallel"]} ins(%m, %bias : tensor<64x64xf16>, tensor<64xf16>) outs(%e : tensor<64x64xf16>) {
  ^bb0(%x: f16, %y: f16, %o: f16):
    %s = arith.addf %x, %y : f16
    %t = arith.maximumf %s, %zero : f16
    linalg.yield %t : f16
  } -> tensor<64x64xf16>
  return %r : tensor<64x64xf16>
}

// In f16, 2048 + 1 is 2048: the bias would be lost, and 4096 - 2047.
// VALUES: result 0: tensor<2x2xf16> = [2048, 0, 2048, 0]
// A rounding of the model's own stays: 2049 is 2048 in f16.
// VALUES: result 1: tensor<2xf32> = [2048, 2]
func.func @main() -> (tensor<2x2xf16>, tensor<2xf32>) {
  %a = arith.constant dense<1.0> : tensor<2x4095xf16>
  %b = arith.constant dense<[[1.0, -1.0]]> : tensor<1x2xf16>
  %bias = arith.constant dense<[[-2047.0, 4094.0]]> : tensor<1x2xf16>
  %zero = arith.constant 0.0 : f16
  %eb = tensor.empty() : tensor<4095x2xf16>
  %rows = linalg.generic {indexing_maps = [affine_map<(i, j) -> (0, j)>, #id], iterator_types = ["parallel", "parallel"]} ins(%b : tensor<1x2xf16>) outs(%eb : tensor<4095x2xf16>) {
  ^bb0(%x: f16, %o: f16):
    linalg.yield %x : f16
  } -> tensor<4095x2xf16>
  %e = tensor.empty() : tensor<2x2xf16>
  %f = linalg.fill ins(%zero : f16) outs(%e : tensor<2x2xf16>) -> tensor<2x2xf16>
  %m = linalg.matmul ins(%a, %rows : tensor<2x4095xf16>, tensor<4095x2xf16>) outs(%f : tensor<2x2xf16>) -> tensor<2x2xf16>
  %r = linalg.generic {indexing_maps = [#id, affine_map<(i, j) -> (0, j)>, #id], iterator_types = ["parallel", "parallel"]} ins(%m, %bias : tensor<2x2xf16>, tensor<1x2xf16>) outs(%e : tensor<2x2xf16>) {
  ^bb0(%x: f16, %y: f16, %o: f16):
    %s = arith.addf %x, %y : f16
    %t = arith.maximumf %s, %zero : f16
    linalg.yield %t : f16
  } -> tensor<2x2xf16>
  %w = arith.constant dense<[2049.0, 2.0]> : tensor<2xf32>
  %ew = tensor.empty() : tensor<2xf32>
  %q = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]} ins(%w : tensor<2xf32>) outs(%ew : tensor<2xf32>) {
  ^bb0(%x: f32, %o: f32):
    %h = arith.truncf %x : f32 to f16
    %k = arith.mulf %h, %h : f16
    %d = arith.divf %k, %h : f16
    %v = arith.extf %d : f16 to f32
    linalg.yield %v : f32
  } -> tensor<2xf32>
  return %r, %q : tensor<2x2xf16>, tensor<2xf32>
}

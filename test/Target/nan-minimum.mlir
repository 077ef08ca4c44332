// RUN: chameleon-run %s --target=cpu | FileCheck %s
// RUN: chameleon-opt %s --apply-schedules="defaults=true target=cpu" | chameleon-run - --target=cpu | FileCheck %s
// RUN: chameleon-opt %s --apply-schedules="defaults=true target=cpu prepare=false" | chameleon-run - --target=cpu | FileCheck %s

// NaN in a whole vector, in the last, partial one, and nowhere: maximumf and minimumf keep it, maxnumf and minnumf skip it. A row
// of nothing else. So too in windows.
// CHECK: result 0: tensor<4xf32> = [nan, 2, nan, nan]
// CHECK: result 1: tensor<4xf32> = [nan, 2, nan, nan]
// CHECK: result 2: tensor<4xf32> = [2, 2, 2, -inf]
// CHECK: result 3: tensor<4xf32> = [2, 2, 2, inf]
// CHECK: result 4: tensor<1x1x2x2xf32> = [nan, 2, 2, 2]
// CHECK: result 5: tensor<4xf16> = [nan, 2, nan, nan]
#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
func.func @main() -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<1x1x2x2xf32>, tensor<4xf16>) {
  %two = arith.constant dense<2.0> : tensor<3x37xf32>
  %nans = arith.constant dense<0x7FC00000> : tensor<1x37xf32>
  %nan = arith.constant 0x7FC00000 : f32
  %low = arith.constant 0xFF800000 : f32
  %high = arith.constant 0x7F800000 : f32
  %c0 = arith.constant 0 : index
  %c2 = arith.constant 2 : index
  %c5 = arith.constant 5 : index
  %c36 = arith.constant 36 : index
  %a = tensor.insert %nan into %two[%c0, %c5] : tensor<3x37xf32>
  %b = tensor.insert %nan into %a[%c2, %c36] : tensor<3x37xf32>
  %x = tensor.concat dim(0) %b, %nans : (tensor<3x37xf32>, tensor<1x37xf32>) -> tensor<4x37xf32>
  %e = tensor.empty() : tensor<4xf32>
  %fl = linalg.fill ins(%low : f32) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %fh = linalg.fill ins(%high : f32) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %0 = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<4x37xf32>) outs(%fl : tensor<4xf32>) {
  ^bb0(%v: f32, %o: f32):
    %r = arith.maximumf %v, %o : f32
    linalg.yield %r : f32
  } -> tensor<4xf32>
  %1 = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<4x37xf32>) outs(%fh : tensor<4xf32>) {
  ^bb0(%v: f32, %o: f32):
    %r = arith.minimumf %v, %o : f32
    linalg.yield %r : f32
  } -> tensor<4xf32>
  %2 = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<4x37xf32>) outs(%fl : tensor<4xf32>) {
  ^bb0(%v: f32, %o: f32):
    %r = arith.maxnumf %v, %o : f32
    linalg.yield %r : f32
  } -> tensor<4xf32>
  %3 = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<4x37xf32>) outs(%fh : tensor<4xf32>) {
  ^bb0(%v: f32, %o: f32):
    %r = arith.minnumf %v, %o : f32
    linalg.yield %r : f32
  } -> tensor<4xf32>
  %image = arith.constant dense<2.0> : tensor<1x1x4x4xf32>
  %c1 = arith.constant 1 : index
  %pixels = tensor.insert %nan into %image[%c0, %c0, %c1, %c0] : tensor<1x1x4x4xf32>
  %window = tensor.empty() : tensor<2x2xf32>
  %ep = tensor.empty() : tensor<1x1x2x2xf32>
  %fp = linalg.fill ins(%low : f32) outs(%ep : tensor<1x1x2x2xf32>) -> tensor<1x1x2x2xf32>
  %4 = linalg.pooling_nchw_max {dilations = dense<1> : vector<2xi64>, strides = dense<2> : vector<2xi64>} ins(%pixels, %window : tensor<1x1x4x4xf32>, tensor<2x2xf32>) outs(%fp : tensor<1x1x2x2xf32>) -> tensor<1x1x2x2xf32>
  %eh = tensor.empty() : tensor<4x37xf16>
  %half = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<4x37xf32>) outs(%eh : tensor<4x37xf16>) {
  ^bb0(%v: f32, %o: f16):
    %r = arith.truncf %v : f32 to f16
    linalg.yield %r : f16
  } -> tensor<4x37xf16>
  %lowh = arith.constant 0xFC00 : f16
  %e5 = tensor.empty() : tensor<4xf16>
  %f5 = linalg.fill ins(%lowh : f16) outs(%e5 : tensor<4xf16>) -> tensor<4xf16>
  %5 = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%half : tensor<4x37xf16>) outs(%f5 : tensor<4xf16>) {
  ^bb0(%v: f16, %o: f16):
    %r = arith.maximumf %v, %o : f16
    linalg.yield %r : f16
  } -> tensor<4xf16>
  return %0, %1, %2, %3, %4, %5 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<1x1x2x2xf32>, tensor<4xf16>
}

// RUN: chameleon-opt %s --apply-schedules="defaults=true target=cpu:+avx2,-avx512f" | FileCheck %s --check-prefix=DEFAULT
// RUN: chameleon-opt %s --apply-schedules="defaults=true target=cpu:+avx2,-avx512f precision=strict" | FileCheck %s --check-prefix=STRICT
// RUN: not chameleon-opt %s --apply-schedules="defaults=true target=cpu precision=tf32" 2>&1 | FileCheck %s --check-prefix=UNKNOWN

// The differences of Winograd's transforms make NaN of an infinity. Nothing of the kind where precision is strict.
// DEFAULT: arith.subf
// STRICT-LABEL: func.func @main
// STRICT-NOT: arith.subf
// UNKNOWN: Cannot find option named 'tf32'
func.func @main(%x: tensor<1x16x14x14xf32>) -> tensor<1x16x12x12xf32> {
  %w = arith.constant dense<0.5> : tensor<16x16x3x3xf32>
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x16x12x12xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<1x16x12x12xf32>) -> tensor<1x16x12x12xf32>
  %m = linalg.conv_2d_nchw_fchw {dilations = dense<1> : vector<2xi64>, strides = dense<1> : vector<2xi64>} ins(%x, %w : tensor<1x16x14x14xf32>, tensor<16x16x3x3xf32>) outs(%f : tensor<1x16x12x12xf32>) -> tensor<1x16x12x12xf32>
  return %m : tensor<1x16x12x12xf32>
}

// REQUIRES: agent
// A task that the database does not know measures first, after its own default, what was fastest for its nearest one: here nearly
// all that the other shape had measured, though another seed would draw other configurations.
// RUN: rm -rf %t && mkdir -p %t
// RUN: chameleon-opt %s --tune-schedules="trials=8 seed=1 database=%t/tuning.db progress=quiet threads=1" -o /dev/null
// RUN: sed s/x64xf32/x128xf32/g %s > %t/other.mlir
// RUN: chameleon-opt %t/other.mlir --tune-schedules="trials=8 seed=2 database=%t/tuning.db progress=quiet threads=1" -o /dev/null
// RUN: chameleon-opt --export-database=%t/tuning.db > %t/all
// RUN: grep 64x64x32 %t/all | sed 's/.*"configuration":"\([^"]*\)".*/\1/' | sort -u > %t/source
// RUN: grep 64x128x32 %t/all | sed 's/.*"configuration":"\([^"]*\)".*/\1/' | sort -u > %t/warm
// RUN: count 8 < %t/source
// RUN: comm -12 %t/source %t/warm > %t/both
// RUN: head -n 5 %t/both | count 5

// Without a related task the other seed draws others.
// RUN: chameleon-opt %t/other.mlir --tune-schedules="trials=8 seed=2 database=%t/cold.db progress=quiet threads=1" -o /dev/null
// RUN: chameleon-opt --export-database=%t/cold.db | sed 's/.*"configuration":"\([^"]*\)".*/\1/' | sort -u > %t/cold
// RUN: comm -12 %t/source %t/cold > %t/both
// RUN: head -n 5 %t/both | not count 5

func.func @main(%a: tensor<64x32xf32>, %b: tensor<32x64xf32>) -> tensor<64x64xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<64x64xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<64x64xf32>) -> tensor<64x64xf32>
  %r = linalg.matmul ins(%a, %b : tensor<64x32xf32>, tensor<32x64xf32>) outs(%f : tensor<64x64xf32>) -> tensor<64x64xf32>
  return %r : tensor<64x64xf32>
}

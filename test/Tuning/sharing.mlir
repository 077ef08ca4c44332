// REQUIRES: agent
// Two products of one schedule learn from each other: before a model is fitted, each batch of a task begins with what was fast for the
// other. With share=false both draw what their seed says, however long anything takes.
// RUN: rm -rf %t && mkdir -p %t
// RUN: chameleon-opt %s --tune-schedules="trials=12 strategy=chameleon database=%t/shared.db progress=quiet threads=1 target=cpu" -o /dev/null
// RUN: chameleon-opt %s --tune-schedules="trials=12 strategy=chameleon share=false database=%t/alone.db progress=quiet threads=1 target=cpu" -o /dev/null
// RUN: chameleon-opt %s --tune-schedules="trials=12 strategy=chameleon share=false database=%t/again.db progress=quiet threads=1 target=cpu" -o /dev/null
// RUN: chameleon-opt --export-database=%t/shared.db | sed 's/.*"configuration":"\([^"]*\)".*/\1/' | sort > %t/shared
// RUN: chameleon-opt --export-database=%t/alone.db | sed 's/.*"configuration":"\([^"]*\)".*/\1/' | sort > %t/alone
// RUN: chameleon-opt --export-database=%t/again.db | sed 's/.*"configuration":"\([^"]*\)".*/\1/' | sort > %t/again
// RUN: uniq %t/alone > %t/alone.distinct
// RUN: uniq %t/again > %t/again.distinct
// RUN: uniq %t/shared > %t/shared.distinct
// RUN: cmp %t/alone.distinct %t/again.distinct
// RUN: not cmp %t/alone.distinct %t/shared.distinct

func.func @main(%a: tensor<64x32xf32>, %b: tensor<32x64xf32>, %c: tensor<96x48xf32>, %d: tensor<48x80xf32>) -> (tensor<64x64xf32>, tensor<96x80xf32>) {
  %zero = arith.constant 0.0 : f32
  %e0 = tensor.empty() : tensor<64x64xf32>
  %f0 = linalg.fill ins(%zero : f32) outs(%e0 : tensor<64x64xf32>) -> tensor<64x64xf32>
  %r0 = linalg.matmul ins(%a, %b : tensor<64x32xf32>, tensor<32x64xf32>) outs(%f0 : tensor<64x64xf32>) -> tensor<64x64xf32>
  %e1 = tensor.empty() : tensor<96x80xf32>
  %f1 = linalg.fill ins(%zero : f32) outs(%e1 : tensor<96x80xf32>) -> tensor<96x80xf32>
  %r1 = linalg.matmul ins(%c, %d : tensor<96x48xf32>, tensor<48x80xf32>) outs(%f1 : tensor<96x80xf32>) -> tensor<96x80xf32>
  return %r0, %r1 : tensor<64x64xf32>, tensor<96x80xf32>
}

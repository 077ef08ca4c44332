// REQUIRES: agent
// However early a run ends, every task has a schedule that is known to be right: all defaults are measured, the heaviest task's
// first, before any task is searched.
// RUN: chameleon-opt %s --tune-schedules="trials=6 patience=6 strategy=random no-database=true progress=lines threads=1" -o %t.mlir 2> %t.log
// RUN: FileCheck %s --check-prefix=LOG < %t.log
// LOG: 2 tasks, up to 6 trials each
// LOG-NEXT: elementwise 256x256 {{.*}}: 1 trials, best
// LOG-NEXT: elementwise 64x64 {{.*}}: 1 trials, best
// LOG: tuned operations: {{.*}}; {{[0-9]+}} trials

// One trial a task is the default, and enough for a schedule.
// RUN: chameleon-opt %s --tune-schedules="trials=1 no-database=true progress=quiet threads=1" | FileCheck %s
// CHECK-LABEL: module @chameleon_schedules
// CHECK-COUNT-2: chameleon.task = "

#id = affine_map<(i, j) -> (i, j)>
func.func @main(%a: tensor<64x64xf32>, %b: tensor<256x256xf32>) -> (tensor<64x64xf32>, tensor<256x256xf32>) {
  %e = tensor.empty() : tensor<64x64xf32>
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a : tensor<64x64xf32>) outs(%e : tensor<64x64xf32>) {
  ^bb0(%u: f32, %o: f32):
    %s = arith.addf %u, %u : f32
    linalg.yield %s : f32
  } -> tensor<64x64xf32>
  %f = tensor.empty() : tensor<256x256xf32>
  %t = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%b : tensor<256x256xf32>) outs(%f : tensor<256x256xf32>) {
  ^bb0(%u: f32, %o: f32):
    %s = arith.mulf %u, %u : f32
    linalg.yield %s : f32
  } -> tensor<256x256xf32>
  return %r, %t : tensor<64x64xf32>, tensor<256x256xf32>
}

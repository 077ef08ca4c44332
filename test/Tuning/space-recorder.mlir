// REQUIRES: agent
// Every legal configuration of two tiny tasks, each in a file of its own that a replay reads back.
// RUN: rm -rf %t && mkdir -p %t
// RUN: chameleon-opt %s --tune-schedules="strategy=exhaustive record=%t/space.json no-database=true progress=quiet threads=1" -o /dev/null
// RUN: ls %t | count 2
// RUN: cat %t/space.chameleon_elementwise_*.json | FileCheck %s
// CHECK:      "task": {"fingerprint":"{{.+}}","flops":{{[0-9]+}},"key":"{{[0-9a-f]+}}","name":"elementwise {{.*}}","schedule":"builtin:cpu/elementwise@elementwise_1d"}
// CHECK-NEXT: "device": "{{.+}}"
// CHECK-NEXT: "complete": true
// CHECK-NEXT: "knobs": [
// CHECK-NEXT: {"name":"vectors","options":[1,2,4,8],"ordered":true}
// CHECK-NEXT: {"name":"parallel","options":[0,1],"ordered":true}
// CHECK-NEXT: ]
// CHECK-NEXT: "records": [
// CHECK-NEXT: {"compile_ms":{{.+}},"config":[2,0],"measure_ms":{{.+}},"spread_us":{{.+}},"status":"ok","time_us":{{.+}}}
// CHECK-NEXT: "config":[0,0]
// CHECK-NEXT: "config":[1,0]
// CHECK-NEXT: "config":[3,0]
// CHECK-NEXT: ]

// RUN: chameleon-search-bench --space %t/space.chameleon_elementwise_*.json --strategy=exhaustive --seeds=1 --csv | FileCheck %s --check-prefix=REPLAY
// REPLAY:      space,strategy,seed,n90,n95,n99,best,seconds
// REPLAY-NEXT: space.chameleon_elementwise_{{[0-9a-f]+}},exhaustive,0,{{[1-4],[1-4],[1-4]}},1.000000,
// REPLAY-NEXT: space.chameleon_elementwise_{{[0-9a-f]+}},exhaustive,0,{{[1-4],[1-4],[1-4]}},1.000000,

// Of fewer trials than there are configurations, what there is; one task needs no name.
// RUN: chameleon-opt %S/../Inputs/add-1d.mlir --tune-schedules="trials=2 record=%t/part.json no-database=true progress=quiet threads=1" -o /dev/null
// RUN: FileCheck %s --check-prefix=PART < %t/part.json
// PART: "complete": false
// PART-COUNT-2: "config":

// RUN: not chameleon-opt %S/../Inputs/add-1d.mlir --tune-schedules="trials=1 record=%t/none/part.json no-database=true progress=quiet threads=1" 2>&1 | FileCheck %s --check-prefix=ERROR
// ERROR: error: cannot write '{{.*}}none/part.json':

#id = affine_map<(i) -> (i)>
func.func @main(%a: tensor<16384xf32>, %b: tensor<32768xf32>) -> (tensor<16384xf32>, tensor<32768xf32>) {
  %e = tensor.empty() : tensor<16384xf32>
  %f = tensor.empty() : tensor<32768xf32>
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%a : tensor<16384xf32>) outs(%e : tensor<16384xf32>) {
  ^bb0(%u: f32, %o: f32):
    %s = arith.addf %u, %u : f32
    linalg.yield %s : f32
  } -> tensor<16384xf32>
  %t = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%b : tensor<32768xf32>) outs(%f : tensor<32768xf32>) {
  ^bb0(%u: f32, %o: f32):
    %s = arith.mulf %u, %u : f32
    linalg.yield %s : f32
  } -> tensor<32768xf32>
  return %r, %t : tensor<16384xf32>, tensor<32768xf32>
}

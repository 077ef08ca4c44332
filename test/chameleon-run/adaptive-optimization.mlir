// The short pass list of candidates compiles what takes LLVM's instcombine more than one iteration, which as a pass named in text
// it calls a fatal error unless told otherwise.
// RUN: chameleon-opt %s --extract-tasks --resolve-schedules="schedule=conv_nchwc configuration={blocks=2,kob=1,ohb=1,owb=9,rows=2} apply" -o %t.mlir 2> %t.log
// RUN: chameleon-run %t.mlir --random-inputs --threads=2 -O3 --output=%t.npy
// RUN: chameleon-run %t.mlir --random-inputs --threads=2 -Oadaptive --expect=%t.npy | FileCheck %s
// CHECK: result 0: relative error

#image = affine_map<(n, ko, oh, ow, ki, co, r, s, ci) -> (n, co, oh * 2 + r, ow * 2 + s, ci)>
#weights = affine_map<(n, ko, oh, ow, ki, co, r, s, ci) -> (ko, co, r, s, ci, ki)>
#result = affine_map<(n, ko, oh, ow, ki, co, r, s, ci) -> (n, ko, oh, ow, ki)>
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<
    "vector_bits" = 512 : i64, "l1_bytes" = 32768 : i64, "l2_bytes" = 1048576 : i64, "l3_bytes" = 33554432 : i64,
    "threads" = 2 : i64, "registers" = 32 : i64>>} {
  func.func @main(%i: tensor<1x1x34x34x16xf32>, %w: tensor<2x1x3x3x16x16xf32>) -> tensor<1x2x16x16x16xf32> {
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<1x2x16x16x16xf32>
    %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<1x2x16x16x16xf32>) -> tensor<1x2x16x16x16xf32>
    %c = linalg.generic {indexing_maps = [#image, #weights, #result], iterator_types = ["parallel", "parallel", "parallel",
        "parallel", "parallel", "reduction", "reduction", "reduction", "reduction"]}
        ins(%i, %w : tensor<1x1x34x34x16xf32>, tensor<2x1x3x3x16x16xf32>) outs(%fill : tensor<1x2x16x16x16xf32>) {
    ^bb0(%x: f32, %y: f32, %o: f32):
      %p = arith.mulf %x, %y fastmath<contract> : f32
      %q = arith.addf %o, %p fastmath<contract> : f32
      linalg.yield %q : f32
    } -> tensor<1x2x16x16x16xf32>
    return %c : tensor<1x2x16x16x16xf32>
  }
}

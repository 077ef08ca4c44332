// RUN: chameleon-opt %s --apply-schedules="defaults target=nvvm:sm_90 prepare=false" -o %t.mlir 2>&1 | count 0
// RUN: FileCheck %s < %t.mlir
// RUN: chameleon-opt %t.mlir --lower-to-nvvm="ptx=%t.ptx" -o /dev/null
// RUN: %if ptxas %{ ptxas -arch=sm_90 %t.ptx -o %t.cubin %}
// RUN: chameleon-opt %s --tune-schedules="dry-run no-database target=nvvm:sm_90 prepare=false" -o /dev/null 2>&1 | FileCheck %s --check-prefix=TASKS

// Any indices and any bodies: a kernel has the loops' indices as values. What it computes is not linear, so that no
// contraction takes it.
// TASKS-NOT: nvvm/contraction
// TASKS-COUNT-6: nvvm/loops
// TASKS-NOT: nvvm/contraction

// CHECK-LABEL: func.func private @chameleon_elementwise_
// CHECK:         gpu.launch
// CHECK:           %[[ROLLED:.*]] = arith.addi %{{.*}}, %{{.*}} : index
// CHECK:           arith.remsi %[[ROLLED]], %{{.*}} : index
// CHECK-NOT: linalg.generic

func.func @roll(%a0: tensor<67x71xf32>) -> (tensor<67x71xf32>) {
  %e = tensor.empty() : tensor<67x71xf32>
  %r0 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, (d1 + 3) mod 71)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
      ins(%a0 : tensor<67x71xf32>) outs(%e : tensor<67x71xf32>) {
  ^bb0(%x0: f32, %z0: f32):
    linalg.yield %x0 : f32
  } -> tensor<67x71xf32>

  return %r0 : tensor<67x71xf32>
}

func.func @repeat(%a0: tensor<32x36xf32>) -> (tensor<64x72xf32>) {
  %e = tensor.empty() : tensor<64x72xf32>
  %r0 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0 floordiv 2, d1 floordiv 2)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
      ins(%a0 : tensor<32x36xf32>) outs(%e : tensor<64x72xf32>) {
  ^bb0(%x0: f32, %z0: f32):
    linalg.yield %x0 : f32
  } -> tensor<64x72xf32>

  return %r0 : tensor<64x72xf32>
}

func.func @pixel_shuffle_mod(%a0: tensor<2x9x16x16xf32>) -> (tensor<2x1x48x48xf32>) {
  %e = tensor.empty() : tensor<2x1x48x48xf32>
  %r0 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1 * 9 + (d2 mod 3) * 3 + d3 mod 3, d2 floordiv 3, d3 floordiv 3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%a0 : tensor<2x9x16x16xf32>) outs(%e : tensor<2x1x48x48xf32>) {
  ^bb0(%x0: f32, %z0: f32):
    linalg.yield %x0 : f32
  } -> tensor<2x1x48x48xf32>

  return %r0 : tensor<2x1x48x48xf32>
}

func.func @tril(%a0: tensor<4x40x50xf32>) -> (tensor<4x40x50xf32>) {
  %e = tensor.empty() : tensor<4x40x50xf32>
  %r0 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%a0 : tensor<4x40x50xf32>) outs(%e : tensor<4x40x50xf32>) {
  ^bb0(%x0: f32, %z0: f32):
    %i = linalg.index 1 : index
    %j = linalg.index 2 : index
    %c = arith.cmpi sge, %i, %j : index
    %k = arith.constant 0.0 : f32
    %l = arith.select %c, %x0, %k : f32
    linalg.yield %l : f32
  } -> tensor<4x40x50xf32>

  return %r0 : tensor<4x40x50xf32>
}

func.func @gather_elements(%a0: tensor<50x64xf32>, %a1: tensor<64x48xi64>) -> (tensor<64x48xf32>) {
  %e = tensor.empty() : tensor<64x48xf32>
  %r0 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
      ins(%a1 : tensor<64x48xi64>) outs(%e : tensor<64x48xf32>) {
  ^bb0(%x0: i64, %z0: f32):
    %i = arith.index_cast %x0 : i64 to index
    %j = linalg.index 1 : index
    %v = tensor.extract %a0[%i, %j] : tensor<50x64xf32>
    linalg.yield %v : f32
  } -> tensor<64x48xf32>

  return %r0 : tensor<64x48xf32>
}

func.func @red_horner(%a0: tensor<40x100xf32>) -> (tensor<40xf32>) {
  %ic = arith.constant 0.0 : f32
  %ie = tensor.empty() : tensor<40xf32>
  %i = linalg.fill ins(%ic : f32) outs(%ie : tensor<40xf32>) -> tensor<40xf32>
  %r0 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]}
      ins(%a0 : tensor<40x100xf32>) outs(%i : tensor<40xf32>) {
  ^bb0(%x0: f32, %z0: f32):
    %h = arith.constant 0.5 : f32
    %1 = arith.mulf %z0, %h : f32
    %3 = arith.addf %1, %x0 : f32
    linalg.yield %3 : f32
  } -> tensor<40xf32>

  return %r0 : tensor<40xf32>
}

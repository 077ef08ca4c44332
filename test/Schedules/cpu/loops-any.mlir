// RUN: chameleon-opt %s --apply-schedules="defaults target=cpu threads=1" -o %t.mlir 2>&1 | count 0
// RUN: FileCheck %s < %t.mlir
// RUN: chameleon-run %s --target=cpu --function=roll --random-inputs --output=%t.roll0.npy
// RUN: chameleon-run %t.mlir --target=cpu --function=roll --random-inputs --expect=%t.roll0.npy
// RUN: chameleon-run %s --target=cpu --function=repeat --random-inputs --output=%t.repeat0.npy
// RUN: chameleon-run %t.mlir --target=cpu --function=repeat --random-inputs --expect=%t.repeat0.npy
// RUN: chameleon-run %s --target=cpu --function=reverse --random-inputs --output=%t.reverse0.npy
// RUN: chameleon-run %t.mlir --target=cpu --function=reverse --random-inputs --expect=%t.reverse0.npy
// RUN: chameleon-run %s --target=cpu --function=pixel_shuffle_mod --random-inputs --output=%t.pixel_shuffle_mod0.npy
// RUN: chameleon-run %t.mlir --target=cpu --function=pixel_shuffle_mod --random-inputs --expect=%t.pixel_shuffle_mod0.npy
// RUN: chameleon-run %s --target=cpu --function=tril --random-inputs --output=%t.tril0.npy
// RUN: chameleon-run %t.mlir --target=cpu --function=tril --random-inputs --expect=%t.tril0.npy
// RUN: chameleon-run %s --target=cpu --function=embedding --random-inputs --input=50x64xf32 --input=45xi64=7 --output=%t.embedding0.npy
// RUN: chameleon-run %t.mlir --target=cpu --function=embedding --random-inputs --input=50x64xf32 --input=45xi64=7 --expect=%t.embedding0.npy
// RUN: chameleon-run %s --target=cpu --function=argmax_pr --random-inputs --output=%t.argmax_pr0.npy --output=%t.argmax_pr1.npy
// RUN: chameleon-run %t.mlir --target=cpu --function=argmax_pr --random-inputs --expect=%t.argmax_pr0.npy --expect=%t.argmax_pr1.npy
// RUN: chameleon-run %s --target=cpu --function=argmax_rp --random-inputs --output=%t.argmax_rp0.npy --output=%t.argmax_rp1.npy
// RUN: chameleon-run %t.mlir --target=cpu --function=argmax_rp --random-inputs --expect=%t.argmax_rp0.npy --expect=%t.argmax_rp1.npy
// RUN: chameleon-run %s --target=cpu --function=argmax_r --random-inputs --output=%t.argmax_r0.npy --output=%t.argmax_r1.npy
// RUN: chameleon-run %t.mlir --target=cpu --function=argmax_r --random-inputs --expect=%t.argmax_r0.npy --expect=%t.argmax_r1.npy
// RUN: chameleon-run %s --target=cpu --function=two_sums --random-inputs --output=%t.two_sums0.npy --output=%t.two_sums1.npy
// RUN: chameleon-run %t.mlir --target=cpu --function=two_sums --random-inputs --expect=%t.two_sums0.npy --expect=%t.two_sums1.npy
// RUN: chameleon-run %s --target=cpu --function=two_elem --random-inputs --output=%t.two_elem0.npy --output=%t.two_elem1.npy
// RUN: chameleon-run %t.mlir --target=cpu --function=two_elem --random-inputs --expect=%t.two_elem0.npy --expect=%t.two_elem1.npy
// RUN: chameleon-run %s --target=cpu --function=red_horner --random-inputs --output=%t.red_horner0.npy
// RUN: chameleon-run %t.mlir --target=cpu --function=red_horner --random-inputs --expect=%t.red_horner0.npy
// RUN: chameleon-run %s --target=cpu --function=iota --random-inputs --output=%t.iota0.npy
// RUN: chameleon-run %t.mlir --target=cpu --function=iota --random-inputs --expect=%t.iota0.npy

// Any indices, any bodies, several results: by vectors where something is contiguous, one element after another where
// nothing is. The values are those of plain loops.
// CHECK-NOT: iterator_types = ["

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

func.func @reverse(%a0: tensor<67x71xf32>) -> (tensor<67x71xf32>) {
  %e = tensor.empty() : tensor<67x71xf32>
  %r0 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, -d1 + 70)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
      ins(%a0 : tensor<67x71xf32>) outs(%e : tensor<67x71xf32>) {
  ^bb0(%x0: f32, %z0: f32):
    linalg.yield %x0 : f32
  } -> tensor<67x71xf32>

  return %r0 : tensor<67x71xf32>
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

func.func @embedding(%a0: tensor<50x64xf32>, %a1: tensor<45xi64>) -> (tensor<45x64xf32>) {
  %e = tensor.empty() : tensor<45x64xf32>
  %r0 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
      ins(%a1 : tensor<45xi64>) outs(%e : tensor<45x64xf32>) {
  ^bb0(%x0: i64, %z0: f32):
    %i = arith.index_cast %x0 : i64 to index
    %j = linalg.index 1 : index
    %v = tensor.extract %a0[%i, %j] : tensor<50x64xf32>
    linalg.yield %v : f32
  } -> tensor<45x64xf32>

  return %r0 : tensor<45x64xf32>
}

func.func @argmax_pr(%a0: tensor<67x71xf32>) -> (tensor<67xf32>, tensor<67xi64>) {
  %ic = arith.constant 0xFF800000 : f32
  %ie = tensor.empty() : tensor<67xf32>
  %i = linalg.fill ins(%ic : f32) outs(%ie : tensor<67xf32>) -> tensor<67xf32>
  %jc = arith.constant 0 : i64
  %je = tensor.empty() : tensor<67xi64>
  %j = linalg.fill ins(%jc : i64) outs(%je : tensor<67xi64>) -> tensor<67xi64>
  %q:2 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]}
      ins(%a0 : tensor<67x71xf32>) outs(%i, %j : tensor<67xf32>, tensor<67xi64>) {
  ^bb0(%x0: f32, %z0: f32, %z1: i64):
    %ii = linalg.index 1 : index
    %n = arith.index_cast %ii : index to i64
    %m = arith.maximumf %x0, %z0 : f32
    %c = arith.cmpf ogt, %x0, %z0 : f32
    %s = arith.select %c, %n, %z1 : i64
    linalg.yield %m, %s : f32, i64
  } -> (tensor<67xf32>, tensor<67xi64>)

  return %q#0, %q#1 : tensor<67xf32>, tensor<67xi64>
}

func.func @argmax_rp(%a0: tensor<67x71xf32>) -> (tensor<71xf32>, tensor<71xi64>) {
  %ic = arith.constant 0xFF800000 : f32
  %ie = tensor.empty() : tensor<71xf32>
  %i = linalg.fill ins(%ic : f32) outs(%ie : tensor<71xf32>) -> tensor<71xf32>
  %jc = arith.constant 0 : i64
  %je = tensor.empty() : tensor<71xi64>
  %j = linalg.fill ins(%jc : i64) outs(%je : tensor<71xi64>) -> tensor<71xi64>
  %q:2 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]}
      ins(%a0 : tensor<67x71xf32>) outs(%i, %j : tensor<71xf32>, tensor<71xi64>) {
  ^bb0(%x0: f32, %z0: f32, %z1: i64):
    %ii = linalg.index 0 : index
    %n = arith.index_cast %ii : index to i64
    %m = arith.maximumf %x0, %z0 : f32
    %c = arith.cmpf ogt, %x0, %z0 : f32
    %s = arith.select %c, %n, %z1 : i64
    linalg.yield %m, %s : f32, i64
  } -> (tensor<71xf32>, tensor<71xi64>)

  return %q#0, %q#1 : tensor<71xf32>, tensor<71xi64>
}

func.func @argmax_r(%a0: tensor<5000xf32>) -> (tensor<f32>, tensor<i64>) {
  %ic = arith.constant 0xFF800000 : f32
  %ie = tensor.empty() : tensor<f32>
  %i = linalg.fill ins(%ic : f32) outs(%ie : tensor<f32>) -> tensor<f32>
  %jc = arith.constant 0 : i64
  %je = tensor.empty() : tensor<i64>
  %j = linalg.fill ins(%jc : i64) outs(%je : tensor<i64>) -> tensor<i64>
  %q:2 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]}
      ins(%a0 : tensor<5000xf32>) outs(%i, %j : tensor<f32>, tensor<i64>) {
  ^bb0(%x0: f32, %z0: f32, %z1: i64):
    %ii = linalg.index 0 : index
    %n = arith.index_cast %ii : index to i64
    %m = arith.maximumf %x0, %z0 : f32
    %c = arith.cmpf ogt, %x0, %z0 : f32
    %s = arith.select %c, %n, %z1 : i64
    linalg.yield %m, %s : f32, i64
  } -> (tensor<f32>, tensor<i64>)

  return %q#0, %q#1 : tensor<f32>, tensor<i64>
}

func.func @two_sums(%a0: tensor<64x100xf32>) -> (tensor<64xf32>, tensor<64xf32>) {
  %ic = arith.constant 0.0 : f32
  %ie = tensor.empty() : tensor<64xf32>
  %i = linalg.fill ins(%ic : f32) outs(%ie : tensor<64xf32>) -> tensor<64xf32>
  %jc = arith.constant 0.0 : f32
  %je = tensor.empty() : tensor<64xf32>
  %j = linalg.fill ins(%jc : f32) outs(%je : tensor<64xf32>) -> tensor<64xf32>
  %q:2 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]}
      ins(%a0 : tensor<64x100xf32>) outs(%i, %j : tensor<64xf32>, tensor<64xf32>) {
  ^bb0(%x0: f32, %z0: f32, %z1: f32):
    %1 = arith.addf %x0, %z0 : f32
    %2 = arith.mulf %x0, %x0 : f32
    %3 = arith.addf %2, %z1 : f32
    linalg.yield %1, %3 : f32, f32
  } -> (tensor<64xf32>, tensor<64xf32>)

  return %q#0, %q#1 : tensor<64xf32>, tensor<64xf32>
}

func.func @two_elem(%a0: tensor<64x100xf32>) -> (tensor<64x100xf32>, tensor<64x100xf32>) {
  %e = tensor.empty() : tensor<64x100xf32>
  %q:2 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
      ins(%a0 : tensor<64x100xf32>) outs(%e, %e : tensor<64x100xf32>, tensor<64x100xf32>) {
  ^bb0(%x0: f32, %z0: f32, %z1: f32):
    %1 = math.sin %x0 : f32
    %2 = math.exp %x0 : f32
    linalg.yield %1, %2 : f32, f32
  } -> (tensor<64x100xf32>, tensor<64x100xf32>)

  return %q#0, %q#1 : tensor<64x100xf32>, tensor<64x100xf32>
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

func.func @iota() -> (tensor<60x64xf32>) {
  %e = tensor.empty() : tensor<60x64xf32>
  %r0 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}  outs(%e : tensor<60x64xf32>) {
  ^bb0(%z0: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %c = arith.constant 64 : index
    %k = arith.muli %i, %c : index
    %l = arith.addi %k, %j : index
    %n = arith.index_cast %l : index to i32
    %f = arith.sitofp %n : i32 to f32
    linalg.yield %f : f32
  } -> tensor<60x64xf32>

  return %r0 : tensor<60x64xf32>
}

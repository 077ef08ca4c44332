// RUN: split-file %s %t
// RUN: chameleon-opt %t/loops.mlir --lower-to-nvvm -o /dev/null --mlir-print-ir-after-all 2> %t/dump
// RUN: sed '1d;/IR Dump/,$d' %t/dump > %t/line.mlir
// RUN: FileCheck %s < %t/line.mlir
// RUN: chameleon-run %t/loops.mlir --target=cpu --random-inputs --input=8x4xf32 --input=1xi1=1 --output=%t/0.npy --output=%t/1.npy --output=%t/2.npy
// RUN: chameleon-run %t/line.mlir --target=cpu --random-inputs --input=8x4xf32 --input=1xi1=1 --expect=%t/0.npy --expect=%t/1.npy --expect=%t/2.npy
// RUN: chameleon-run %t/loops.mlir --target=cpu --random-inputs --input=8x4xf32 --input=1xi1=0 --output=%t/3.npy --output=%t/4.npy --output=%t/5.npy
// RUN: chameleon-run %t/line.mlir --target=cpu --random-inputs --input=8x4xf32 --input=1xi1=0 --expect=%t/3.npy --expect=%t/4.npy --expect=%t/5.npy
// RUN: not chameleon-run %t/line.mlir --target=cpu --random-inputs --input=8x4xf32 --input=1xi1=1 --expect=%t/0.npy --expect=%t/1.npy --expect=%t/5.npy
// RUN: chameleon-run %t/loops.mlir --target=nvvm:sm_90 --save-program=%t/program
// RUN: not chameleon-run %t/endless.mlir --target=nvvm:sm_90 --save-program=%t/program 2>&1 | FileCheck %s --check-prefix=ENDLESS
// RUN: not chameleon-run %t/unknown.mlir --target=nvvm:sm_90 --save-program=%t/program 2>&1 | FileCheck %s --check-prefix=ENDLESS

// What launches kernels is a list: loops are unrolled, slices along them static, conditions that are known decided, both
// branches of others computed.
// CHECK-NOT: scf.
// CHECK:     tensor.extract_slice %{{.*}}[0, 0] [8, 1] [1, 1]
// CHECK:     tensor.extract_slice %{{.*}}[0, 3] [8, 1] [1, 1]
// CHECK-NOT: scf.
// CHECK:     arith.select

//--- loops.mlir
func.func @main(%x: tensor<8x4xf32>, %which: tensor<1xi1>) -> (tensor<8x4xf32>, tensor<8xf32>, tensor<8xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c4 = arith.constant 4 : index
  %zero = arith.constant 0.0 : f32
  %sums = tensor.empty() : tensor<8x4xf32>
  %row = tensor.empty() : tensor<8xf32>
  %start = linalg.fill ins(%zero : f32) outs(%row : tensor<8xf32>) -> tensor<8xf32>
  // Sums along the rows; every second column counts twice, the first one by an inner loop.
  %r:2 = scf.for %i = %c0 to %c4 step %c1 iter_args(%all = %sums, %sum = %start) -> (tensor<8x4xf32>, tensor<8xf32>) {
    %column = tensor.extract_slice %x[0, %i] [8, 1] [1, 1] : tensor<8x4xf32> to tensor<8xf32>
    %rest = arith.remui %i, %c2 : index
    %even = arith.cmpi eq, %rest, %c0 : index
    %more = scf.if %even -> (tensor<8xf32>) {
      %twice = scf.for %k = %c0 to %c2 step %c1 iter_args(%s = %sum) -> (tensor<8xf32>) {
        %t = linalg.add ins(%s, %column : tensor<8xf32>, tensor<8xf32>) outs(%row : tensor<8xf32>) -> tensor<8xf32>
        scf.yield %t : tensor<8xf32>
      }
      scf.yield %twice : tensor<8xf32>
    } else {
      %t = linalg.add ins(%sum, %column : tensor<8xf32>, tensor<8xf32>) outs(%row : tensor<8xf32>) -> tensor<8xf32>
      scf.yield %t : tensor<8xf32>
    }
    %next = tensor.insert_slice %more into %all[0, %i] [8, 1] [1, 1] : tensor<8xf32> into tensor<8x4xf32>
    scf.yield %next, %more : tensor<8x4xf32>, tensor<8xf32>
  }
  %never = scf.for %i = %c4 to %c0 step %c1 iter_args(%s = %start) -> (tensor<8xf32>) {
    scf.yield %r#1 : tensor<8xf32>
  }
  %condition = tensor.extract %which[%c0] : tensor<1xi1>
  %chosen = scf.if %condition -> (tensor<8xf32>) {
    %e = linalg.exp ins(%r#1 : tensor<8xf32>) outs(%row : tensor<8xf32>) -> tensor<8xf32>
    scf.yield %e : tensor<8xf32>
  } else {
    scf.yield %never : tensor<8xf32>
  }
  return %r#0, %r#1, %chosen : tensor<8x4xf32>, tensor<8xf32>, tensor<8xf32>
}

// Too long, or of unknown length: it would run on the host.
//--- endless.mlir
// ENDLESS: error: function 'main', {{.*}} would run on the host, expected a launch
func.func @main(%x: tensor<64xf32>) -> tensor<64xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %many = arith.constant 100000 : index
  %e = tensor.empty() : tensor<64xf32>
  %r = scf.for %i = %c0 to %many step %c1 iter_args(%s = %x) -> (tensor<64xf32>) {
    %t = linalg.exp ins(%s : tensor<64xf32>) outs(%e : tensor<64xf32>) -> tensor<64xf32>
    scf.yield %t : tensor<64xf32>
  }
  return %r : tensor<64xf32>
}

//--- unknown.mlir
func.func @main(%x: tensor<64xf32>, %n: tensor<index>) -> tensor<64xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %some = tensor.extract %n[] : tensor<index>
  %e = tensor.empty() : tensor<64xf32>
  %r = scf.for %i = %c0 to %some step %c1 iter_args(%s = %x) -> (tensor<64xf32>) {
    %t = linalg.exp ins(%s : tensor<64xf32>) outs(%e : tensor<64xf32>) -> tensor<64xf32>
    scf.yield %t : tensor<64xf32>
  }
  return %r : tensor<64xf32>
}

// RUN: chameleon-opt %s --split-input-file --lower-to-nvvm --verify-diagnostics

// expected-error @below {{function 'branch'}}
module {
  func.func @branch(%a: memref<4xf32>, %n: memref<1xindex>) {
    %zero = arith.constant 0 : index
    %one = arith.constant 1 : index
    %end = memref.load %n[%zero] : memref<1xindex>
    scf.for %i = %zero to %end step %one {
      linalg.negf ins(%a : memref<4xf32>) outs(%a : memref<4xf32>)
    }
    return
  }
}

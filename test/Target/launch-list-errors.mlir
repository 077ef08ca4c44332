// RUN: chameleon-opt %s --split-input-file --lower-to-nvvm --verify-diagnostics

// expected-error @below {{constant '__constant_4xf32' has no data}}
module {
  func.func @elided(%a: tensor<4xf32>) -> tensor<4xf32> {
    %w = arith.constant dense_resource<missing> : tensor<4xf32>
    %empty = tensor.empty() : tensor<4xf32>
    %0 = linalg.add ins(%a, %w : tensor<4xf32>, tensor<4xf32>) outs(%empty : tensor<4xf32>) -> tensor<4xf32>
    return %0 : tensor<4xf32>
  }
}

// -----

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

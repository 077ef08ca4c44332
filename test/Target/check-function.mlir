// RUN: chameleon-opt %s --lower-to-cpu --split-input-file -verify-diagnostics
// RUN: chameleon-opt %s --lower-to-nvvm --split-input-file -verify-diagnostics

// expected-error @+1 {{argument 0 of function 'dynamic' has type 'tensor<?x64xf32>', expected a static shape}}
func.func @dynamic(%x: tensor<?x64xf32>, %y: tensor<64x64xf32>) -> tensor<?x64xf32> {
  return %x : tensor<?x64xf32>
}

// -----

// expected-error @+1 {{argument 0 of function 'unranked' has type 'tensor<*xf32>', expected a static shape}}
func.func @unranked(%x: tensor<*xf32>) {
  return
}

// -----

func.func @unranked_buffer(%x: tensor<64xf32>) -> tensor<64xf32> {
  return %x : tensor<64xf32>
}
// expected-error @+1 {{result 1 of function 'unranked_result' has type 'tensor<*xf32>', expected a static shape}}
func.func @unranked_result(%x: tensor<64xf32>) -> (tensor<64xf32>, tensor<*xf32>) {
  %0 = tensor.cast %x : tensor<64xf32> to tensor<*xf32>
  return %x, %0 : tensor<64xf32>, tensor<*xf32>
}

// -----

// expected-error @+1 {{argument 1 of function 'huge' has type 'memref<4294967296x2147483648x2xi8>', expected fewer bytes than 63 bits count}}
func.func @huge(%x: tensor<64xf32>, %y: memref<4294967296x2147483648x2xi8>) {
  return
}

// -----

// Buffers are passed as one pointer each.
// expected-error @+1 {{argument 0 of function 'strided' has type 'memref<64x96xf32, strided<[200, 1], offset: ?>>', expected a static offset and static strides}}
func.func @strided(%a: memref<64x96xf32, strided<[200, 1], offset: ?>>, %b: memref<96x80xf32>, %c: memref<64x80xf32>) {
  linalg.matmul ins(%a, %b : memref<64x96xf32, strided<[200, 1], offset: ?>>, memref<96x80xf32>) outs(%c : memref<64x80xf32>)
  return
}

// -----

// expected-error @+1 {{argument 0 of function 'map' has type 'memref<4xf32, affine_map<(d0) -> (d0 mod 2)>>', expected a static offset and static strides}}
func.func @map(%a: memref<4xf32, affine_map<(d0) -> (d0 mod 2)>>) {
  return
}

// -----

// expected-error @+1 {{result 0 of function 'buffer' has type 'memref<4xf32>', expected a tensor, or a buffer as an argument}}
func.func @buffer() -> memref<4xf32> {
  %0 = memref.alloc() : memref<4xf32>
  return %0 : memref<4xf32>
}

// -----

func.func private @callee(%x: tensor<64xf32>) -> tensor<64xf32> {
  return %x : tensor<64xf32>
}
func.func @indirect(%x: tensor<64xf32>) -> tensor<64xf32> {
  // expected-error @+1 {{takes a function as a value, expected 'func.call'}}
  %f = constant @callee : (tensor<64xf32>) -> tensor<64xf32>
  %0 = call_indirect %f(%x) : (tensor<64xf32>) -> tensor<64xf32>
  return %0 : tensor<64xf32>
}

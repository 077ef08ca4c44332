// RUN: chameleon-opt %s --extract-tasks="join-rows table=false" | FileCheck %s
// RUN: chameleon-opt %s --extract-tasks="table=false" | FileCheck %s --check-prefix=APART

#whole = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
#column = affine_map<(i, j) -> (j)>
#wide = affine_map<(b, i, j) -> (b, i, j)>
#widerow = affine_map<(b, i, j) -> (b, i, 0)>

// Softmax, as torch-mlir writes it: the maximum has a dimension less, which a reshape gives back.
// CHECK-LABEL: func @softmax
// CHECK-NOT:     linalg.
// CHECK:         call @chameleon_reduce
// CHECK-NOT:     call
// CHECK:         return
// APART-LABEL: func @softmax
// APART-COUNT-4: call @
// APART:         return
func.func @softmax(%x: tensor<2x64x128xf32>) -> tensor<2x64x128xf32> {
  %zero = arith.constant 0.0 : f32
  %lowest = arith.constant 0xFF800000 : f32
  %rows = tensor.empty() : tensor<2x64xf32>
  %start = linalg.fill ins(%lowest : f32) outs(%rows : tensor<2x64xf32>) -> tensor<2x64xf32>
  %max = linalg.generic {indexing_maps = [#wide, affine_map<(b, i, j) -> (b, i)>], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x : tensor<2x64x128xf32>) outs(%start : tensor<2x64xf32>) {
  ^bb0(%a: f32, %o: f32):
    %m = arith.maximumf %a, %o : f32
    linalg.yield %m : f32
  } -> tensor<2x64xf32>
  %kept = tensor.expand_shape %max [[0], [1, 2]] output_shape [2, 64, 1] : tensor<2x64xf32> into tensor<2x64x1xf32>
  %empty = tensor.empty() : tensor<2x64x128xf32>
  %e = linalg.generic {indexing_maps = [#wide, #widerow, #wide], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%x, %kept : tensor<2x64x128xf32>, tensor<2x64x1xf32>) outs(%empty : tensor<2x64x128xf32>) {
  ^bb0(%a: f32, %m: f32, %o: f32):
    %d = arith.subf %a, %m : f32
    %r = math.exp %d : f32
    linalg.yield %r : f32
  } -> tensor<2x64x128xf32>
  %sums = tensor.empty() : tensor<2x64x1xf32>
  %none = linalg.fill ins(%zero : f32) outs(%sums : tensor<2x64x1xf32>) -> tensor<2x64x1xf32>
  %sum = linalg.generic {indexing_maps = [#wide, #widerow], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%e : tensor<2x64x128xf32>) outs(%none : tensor<2x64x1xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.addf %a, %o : f32
    linalg.yield %s : f32
  } -> tensor<2x64x1xf32>
  %y = linalg.generic {indexing_maps = [#wide, #widerow, #wide], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%e, %sum : tensor<2x64x128xf32>, tensor<2x64x1xf32>) outs(%empty : tensor<2x64x128xf32>) {
  ^bb0(%a: f32, %s: f32, %o: f32):
    %q = arith.divf %a, %s : f32
    linalg.yield %q : f32
  } -> tensor<2x64x128xf32>
  return %y : tensor<2x64x128xf32>
}

// A product keeps what follows it, and the sum of squares begins with what is left: x is used elsewhere, its square is not.
// CHECK-LABEL: func @normalized
// CHECK:         call @chameleon_matmul
// CHECK-NEXT:    tensor.empty
// CHECK-NEXT:    call @chameleon_reduce
// CHECK-NEXT:    return
func.func @normalized(%a: tensor<64x32xf32>, %b: tensor<32x128xf32>, %weights: tensor<128xf32>) -> (tensor<64x128xf32>, tensor<64x128xf32>) {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<64x128xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<64x128xf32>) -> tensor<64x128xf32>
  %product = linalg.matmul ins(%a, %b : tensor<64x32xf32>, tensor<32x128xf32>) outs(%fill : tensor<64x128xf32>) -> tensor<64x128xf32>
  %x = linalg.generic {indexing_maps = [#whole, #column, #whole], iterator_types = ["parallel", "parallel"]}
      ins(%product, %weights : tensor<64x128xf32>, tensor<128xf32>) outs(%empty : tensor<64x128xf32>) {
  ^bb0(%v: f32, %w: f32, %o: f32):
    %r = arith.addf %v, %w : f32
    linalg.yield %r : f32
  } -> tensor<64x128xf32>
  %square = linalg.generic {indexing_maps = [#whole, #whole], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<64x128xf32>) outs(%empty : tensor<64x128xf32>) {
  ^bb0(%v: f32, %o: f32):
    %r = arith.mulf %v, %v : f32
    linalg.yield %r : f32
  } -> tensor<64x128xf32>
  %rows = tensor.empty() : tensor<64xf32>
  %none = linalg.fill ins(%zero : f32) outs(%rows : tensor<64xf32>) -> tensor<64xf32>
  %sum = linalg.generic {indexing_maps = [#whole, #row], iterator_types = ["parallel", "reduction"]}
      ins(%square : tensor<64x128xf32>) outs(%none : tensor<64xf32>) {
  ^bb0(%v: f32, %o: f32):
    %r = arith.addf %v, %o : f32
    linalg.yield %r : f32
  } -> tensor<64xf32>
  %y = linalg.generic {indexing_maps = [#whole, #row, #whole], iterator_types = ["parallel", "parallel"]}
      ins(%x, %sum : tensor<64x128xf32>, tensor<64xf32>) outs(%empty : tensor<64x128xf32>) {
  ^bb0(%v: f32, %s: f32, %o: f32):
    %r = math.rsqrt %s : f32
    %q = arith.mulf %v, %r : f32
    linalg.yield %q : f32
  } -> tensor<64x128xf32>
  return %x, %y : tensor<64x128xf32>, tensor<64x128xf32>
}

// A chain may end in its only reduction.
// CHECK-LABEL: func @squares
// CHECK-COUNT-1: call @chameleon_reduce
// CHECK-NEXT:    return
func.func @squares(%x: tensor<64x128xf32>) -> tensor<64xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<64x128xf32>
  %square = linalg.generic {indexing_maps = [#whole, #whole], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<64x128xf32>) outs(%empty : tensor<64x128xf32>) {
  ^bb0(%v: f32, %o: f32):
    %r = arith.mulf %v, %v : f32
    linalg.yield %r : f32
  } -> tensor<64x128xf32>
  %rows = tensor.empty() : tensor<64xf32>
  %none = linalg.fill ins(%zero : f32) outs(%rows : tensor<64xf32>) -> tensor<64xf32>
  %sum = linalg.generic {indexing_maps = [#whole, #row], iterator_types = ["parallel", "reduction"]}
      ins(%square : tensor<64x128xf32>) outs(%none : tensor<64xf32>) {
  ^bb0(%v: f32, %o: f32):
    %r = arith.addf %v, %o : f32
    linalg.yield %r : f32
  } -> tensor<64xf32>
  return %sum : tensor<64xf32>
}

// The sum is a result of its own: nothing may be joined to it but what it alone needs.
// CHECK-LABEL: func @two_results
// CHECK-COUNT-2: call @chameleon_
// CHECK:         return
func.func @two_results(%x: tensor<64x128xf32>) -> (tensor<64xf32>, tensor<64x128xf32>) {
  %zero = arith.constant 0.0 : f32
  %rows = tensor.empty() : tensor<64xf32>
  %none = linalg.fill ins(%zero : f32) outs(%rows : tensor<64xf32>) -> tensor<64xf32>
  %sum = linalg.generic {indexing_maps = [#whole, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<64x128xf32>) outs(%none : tensor<64xf32>) {
  ^bb0(%v: f32, %o: f32):
    %r = arith.addf %v, %o : f32
    linalg.yield %r : f32
  } -> tensor<64xf32>
  %empty = tensor.empty() : tensor<64x128xf32>
  %y = linalg.generic {indexing_maps = [#whole, #row, #whole], iterator_types = ["parallel", "parallel"]}
      ins(%x, %sum : tensor<64x128xf32>, tensor<64xf32>) outs(%empty : tensor<64x128xf32>) {
  ^bb0(%v: f32, %s: f32, %o: f32):
    %q = arith.divf %v, %s : f32
    linalg.yield %q : f32
  } -> tensor<64x128xf32>
  return %sum, %y : tensor<64xf32>, tensor<64x128xf32>
}

// Columns of a square matrix, divided by the sums of its rows: that is not the row that a thread has.
// CHECK-LABEL: func @other_way
// CHECK-COUNT-2: call @chameleon_
// CHECK:         return
func.func @other_way(%x: tensor<64x64xf32>) -> tensor<64x64xf32> {
  %zero = arith.constant 0.0 : f32
  %rows = tensor.empty() : tensor<64xf32>
  %none = linalg.fill ins(%zero : f32) outs(%rows : tensor<64xf32>) -> tensor<64xf32>
  %sum = linalg.generic {indexing_maps = [#whole, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<64x64xf32>) outs(%none : tensor<64xf32>) {
  ^bb0(%v: f32, %o: f32):
    %r = arith.addf %v, %o : f32
    linalg.yield %r : f32
  } -> tensor<64xf32>
  %empty = tensor.empty() : tensor<64x64xf32>
  %y = linalg.generic {indexing_maps = [#whole, #column, #whole], iterator_types = ["parallel", "parallel"]}
      ins(%x, %sum : tensor<64x64xf32>, tensor<64xf32>) outs(%empty : tensor<64x64xf32>) {
  ^bb0(%v: f32, %s: f32, %o: f32):
    %q = arith.divf %v, %s : f32
    linalg.yield %q : f32
  } -> tensor<64x64xf32>
  return %y : tensor<64x64xf32>
}

// The chains are told from the functions: one of softmax, with its reshape.
// CHECK:       func private @chameleon_reduce{{.*}}chameleon.name = "reduce 2x64x128 -> 2x64 +max +sub+exp+add+div"
// CHECK:         linalg.generic {{.*}} attrs = {{ *}}{chameleon.anchor}
// CHECK:         tensor.expand_shape
// CHECK:         linalg.generic {{.*}} attrs = {{ *}}{chameleon.epilogue}

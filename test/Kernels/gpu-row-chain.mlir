// RUN: chameleon-opt %s --split-input-file --transform-interpreter --canonicalize --cse --verify-diagnostics | FileCheck %s
// RUN: %if ptxas %{ chameleon-opt %s --split-input-file --transform-interpreter --lower-to-nvvm="ptx=%t.ptx" --verify-diagnostics -o /dev/null %}

// A warp for each row: two vectors of each thread are read once, and stay in registers over both reductions. Rows that do not fill
// the last block are computed again and not stored.
// CHECK-LABEL: func @softmax(
// CHECK-SAME:    %[[X:.*]]: tensor<127x256xf32>, %[[OUT:.*]]: tensor<127x256xf32>)
// CHECK-NOT:     linalg.
// CHECK:         gpu.launch blocks({{.*}}) in (%{{.*}} = %c32, {{.*}} threads({{.*}}) in (%{{.*}} = %c128
// CHECK-NOT:       workgroup
// CHECK:           %[[IN:.*]] = arith.cmpi ult, %[[ROW:.*]], %c127_i32
// CHECK:           arith.minui %[[ROW]], %c126_i32
// CHECK-COUNT-2:   vector.load {{.*}} {alignment = 16 : i64} : memref<32512xf32>, vector<4xf32>
// CHECK-NOT:       vector.load
// CHECK-COUNT-5:   gpu.shuffle xor
// CHECK-COUNT-2:   math.exp {{.*}} : vector<4xf32>
// CHECK-NOT:       math.exp
// CHECK-COUNT-5:   gpu.shuffle xor
// CHECK-NOT:       gpu.shuffle
// CHECK:           arith.divf {{.*}} : vector<4xf32>
// CHECK:           scf.if %[[IN]]
// CHECK-NEXT:        vector.store {{.*}} {alignment = 16 : i64} : memref<32512xf32>, vector<4xf32>
// CHECK:           scf.if %[[IN]]
// CHECK-NEXT:        vector.store
// CHECK-NOT:     gpu.launch
module attributes {transform.with_named_sequence} {
  func.func @softmax(%x: tensor<127x256xf32>, %out: tensor<127x256xf32>) -> tensor<127x256xf32> {
    %zero = arith.constant 0.0 : f32
    %lowest = arith.constant 0xFF800000 : f32
    %rows = tensor.empty() : tensor<127xf32>
    %start = linalg.fill ins(%lowest : f32) outs(%rows : tensor<127xf32>) -> tensor<127xf32>
    %max = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]}
        ins(%x : tensor<127x256xf32>) outs(%start : tensor<127xf32>) attrs = {anchor} {
    ^bb0(%a: f32, %o: f32):
      %m = arith.maximumf %a, %o : f32
      linalg.yield %m : f32
    } -> tensor<127xf32>
    %kept = tensor.expand_shape %max [[0, 1]] output_shape [127, 1] : tensor<127xf32> into tensor<127x1xf32>
    %empty = tensor.empty() : tensor<127x256xf32>
    %e = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, 0)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
        ins(%x, %kept : tensor<127x256xf32>, tensor<127x1xf32>) outs(%empty : tensor<127x256xf32>) {
    ^bb0(%a: f32, %m: f32, %o: f32):
      %d = arith.subf %a, %m : f32
      %r = math.exp %d : f32
      linalg.yield %r : f32
    } -> tensor<127x256xf32>
    %none = linalg.fill ins(%zero : f32) outs(%rows : tensor<127xf32>) -> tensor<127xf32>
    %sum = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]}
        ins(%e : tensor<127x256xf32>) outs(%none : tensor<127xf32>) {
    ^bb0(%a: f32, %o: f32):
      %s = arith.addf %a, %o : f32
      linalg.yield %s : f32
    } -> tensor<127xf32>
    %y = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
        ins(%e, %sum : tensor<127x256xf32>, tensor<127xf32>) outs(%out : tensor<127x256xf32>) {
    ^bb0(%a: f32, %s: f32, %o: f32):
      %q = arith.divf %a, %s : f32
      linalg.yield %q : f32
    } -> tensor<127x256xf32>
    return %y : tensor<127x256xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match attributes {anchor} in %root : (!transform.any_op) -> !transform.any_op
    %threads = transform.param.constant 128 : i64 -> !transform.param<i64>
    %lanes = transform.param.constant 4 : i64 -> !transform.param<i64>
    %sharing = transform.param.constant 32 : i64 -> !transform.param<i64>
    %launch = transform.chameleon.lower_to_gpu_loops %op threads %threads lanes %lanes sharing %sharing
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    transform.yield
  }
}

// -----

// A row of a prime number of elements, more than two warps keep in registers: it is read again for each reduction, in a loop, and
// warps meet in shared memory, each reduction in its own.
// CHECK-LABEL: func @centered(
// CHECK-NOT:     linalg.
// CHECK:         gpu.launch {{.*}} workgroup(%[[SHARED:.*]] : memref<4xf32, 3>)
// CHECK:           %[[FIRST:.*]] = scf.for %{{.*}} step %c64 iter_args({{.*}} -> (vector<1xf32>)
// CHECK:             vector.load {{.*}} : memref<80056xf32>, vector<1xf32>
// CHECK-COUNT-5:   gpu.shuffle xor
// CHECK:           vector.store {{.*}}, %[[SHARED]]
// CHECK:           gpu.barrier
// CHECK-COUNT-2:   vector.load %[[SHARED]]
// CHECK:           arith.divf
// CHECK:           scf.for
// CHECK:             arith.subf
// CHECK-NEXT:        arith.mulf
// CHECK-COUNT-5:   gpu.shuffle xor
// CHECK:           vector.store {{.*}}, %[[SHARED]]
// CHECK:           gpu.barrier
// CHECK:           scf.for
// CHECK:             vector.store {{.*}} : memref<80056xf32>, vector<1xf32>
module attributes {transform.with_named_sequence} {
  func.func @centered(%x: tensor<8x10007xf32>, %out: tensor<8x10007xf32>) -> tensor<8x10007xf32> {
    %zero = arith.constant 0.0 : f32
    %count = arith.constant 10007.0 : f32
    %rows = tensor.empty() : tensor<8xf32>
    %none = linalg.fill ins(%zero : f32) outs(%rows : tensor<8xf32>) -> tensor<8xf32>
    %sum = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]}
        ins(%x : tensor<8x10007xf32>) outs(%none : tensor<8xf32>) attrs = {anchor} {
    ^bb0(%a: f32, %o: f32):
      %s = arith.addf %a, %o : f32
      linalg.yield %s : f32
    } -> tensor<8xf32>
    %mean = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
        ins(%sum : tensor<8xf32>) outs(%rows : tensor<8xf32>) {
    ^bb0(%a: f32, %o: f32):
      %q = arith.divf %a, %count : f32
      linalg.yield %q : f32
    } -> tensor<8xf32>
    %squares = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]}
        ins(%x, %mean : tensor<8x10007xf32>, tensor<8xf32>) outs(%none : tensor<8xf32>) {
    ^bb0(%a: f32, %m: f32, %o: f32):
      %d = arith.subf %a, %m : f32
      %p = arith.mulf %d, %d : f32
      %s = arith.addf %p, %o : f32
      linalg.yield %s : f32
    } -> tensor<8xf32>
    %y = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
        ins(%x, %mean, %squares : tensor<8x10007xf32>, tensor<8xf32>, tensor<8xf32>) outs(%out : tensor<8x10007xf32>) {
    ^bb0(%a: f32, %m: f32, %v: f32, %o: f32):
      %d = arith.subf %a, %m : f32
      %r = math.rsqrt %v : f32
      %q = arith.mulf %d, %r : f32
      linalg.yield %q : f32
    } -> tensor<8x10007xf32>
    return %y : tensor<8x10007xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match attributes {anchor} in %root : (!transform.any_op) -> !transform.any_op
    %threads = transform.param.constant 64 : i64 -> !transform.param<i64>
    %lanes = transform.param.constant 4 : i64 -> !transform.param<i64>
    %launch = transform.chameleon.lower_to_gpu_loops %op threads %threads lanes %lanes sharing %threads
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    transform.yield
  }
}

// -----

// Three lanes are asked for; vectors are of two, a power of two that divides the row.
// CHECK-LABEL: func @pairs(
// CHECK:         vector.load {{.*}} {alignment = 8 : i64} : memref<384xf32>, vector<2xf32>
// CHECK:         vector.store {{.*}} {alignment = 8 : i64} : memref<384xf32>, vector<2xf32>
module attributes {transform.with_named_sequence} {
  func.func @pairs(%x: tensor<64x6xf32>, %out: tensor<64x6xf32>) -> tensor<64x6xf32> {
    %zero = arith.constant 0.0 : f32
    %rows = tensor.empty() : tensor<64xf32>
    %none = linalg.fill ins(%zero : f32) outs(%rows : tensor<64xf32>) -> tensor<64xf32>
    %sum = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]}
        ins(%x : tensor<64x6xf32>) outs(%none : tensor<64xf32>) attrs = {anchor} {
    ^bb0(%a: f32, %o: f32):
      %s = arith.addf %a, %o : f32
      linalg.yield %s : f32
    } -> tensor<64xf32>
    %y = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
        ins(%x, %sum : tensor<64x6xf32>, tensor<64xf32>) outs(%out : tensor<64x6xf32>) {
    ^bb0(%a: f32, %s: f32, %o: f32):
      %q = arith.divf %a, %s : f32
      linalg.yield %q : f32
    } -> tensor<64x6xf32>
    return %y : tensor<64x6xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match attributes {anchor} in %root : (!transform.any_op) -> !transform.any_op
    %threads = transform.param.constant 64 : i64 -> !transform.param<i64>
    %lanes = transform.param.constant 3 : i64 -> !transform.param<i64>
    %sharing = transform.param.constant 2 : i64 -> !transform.param<i64>
    %launch = transform.chameleon.lower_to_gpu_loops %op threads %threads lanes %lanes sharing %sharing
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  func.func @uneven(%x: tensor<64x128xf32>, %out: tensor<64x128xf32>) -> tensor<64x128xf32> {
    %zero = arith.constant 0.0 : f32
    %rows = tensor.empty() : tensor<64xf32>
    %none = linalg.fill ins(%zero : f32) outs(%rows : tensor<64xf32>) -> tensor<64xf32>
    // expected-note @below {{when applied to this op}}
    %sum = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]}
        ins(%x : tensor<64x128xf32>) outs(%none : tensor<64xf32>) attrs = {anchor} {
    ^bb0(%a: f32, %o: f32):
      %s = arith.addf %a, %o : f32
      linalg.yield %s : f32
    } -> tensor<64xf32>
    %y = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
        ins(%x, %sum : tensor<64x128xf32>, tensor<64xf32>) outs(%out : tensor<64x128xf32>) {
    ^bb0(%a: f32, %s: f32, %o: f32):
      %q = arith.divf %a, %s : f32
      linalg.yield %q : f32
    } -> tensor<64x128xf32>
    return %y : tensor<64x128xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match attributes {anchor} in %root : (!transform.any_op) -> !transform.any_op
    %threads = transform.param.constant 64 : i64 -> !transform.param<i64>
    %three = transform.param.constant 3 : i64 -> !transform.param<i64>
    // expected-error @below {{3 threads share a reduction, expected a power of two that divides 64}}
    %launch = transform.chameleon.lower_to_gpu_loops %op threads %threads lanes %three sharing %three
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    transform.yield
  }
}

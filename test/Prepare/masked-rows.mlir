// RUN: chameleon-opt %s --prepare-model --split-input-file | FileCheck %s

// PyTorch's attention: zeros for a row of nothing but -inf.
// CHECK-LABEL: func.func @attention
// CHECK-NOT: xi1>
// CHECK: %[[LOW:.*]] = linalg.fill ins(%{{.*}} : f32) outs(%{{.*}} : tensor<2x3x1xf32>)
// CHECK: %[[MAX:.*]] = linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "reduction"]} ins(%arg0 : tensor<2x3x5xf32>) outs(%[[LOW]]
// CHECK-NEXT: ^bb0(%[[X:.*]]: f32, %[[A:.*]]: f32):
// CHECK-NEXT: arith.maximumf %[[X]], %[[A]]
// CHECK: linalg.generic {{.*}} ins(%[[MAX]], %arg1
// CHECK-NEXT: ^bb0(%[[M:.*]]: f32, %[[P:.*]]: f32, %{{.*}}: f32):
// CHECK: %[[MASKED:.*]] = arith.cmpf oeq, %[[M]], %{{.*}} : f32
// CHECK: arith.select %[[MASKED]], %{{.*}}, %[[P]]
#id = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
#row = affine_map<(d0, d1, d2) -> (d0, d1, 0)>
func.func @attention(%x: tensor<2x3x5xf32>, %p: tensor<2x3x5xf32>) -> tensor<2x3x5xf32> {
  %low = arith.constant 0xFFF0000000000000 : f64
  %zero = arith.constant 0.0 : f32
  %true = arith.constant true
  %e = tensor.empty() : tensor<2x3x5xi1>
  %m = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]} ins(%x : tensor<2x3x5xf32>) outs(%e : tensor<2x3x5xi1>) {
  ^bb0(%a: f32, %o: i1):
    %w = arith.extf %a : f32 to f64
    %c = arith.cmpf oeq, %w, %low : f64
    linalg.yield %c : i1
  } -> tensor<2x3x5xi1>
  %re = tensor.empty() : tensor<2x3x1xi1>
  %rf = linalg.fill ins(%true : i1) outs(%re : tensor<2x3x1xi1>) -> tensor<2x3x1xi1>
  %r = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "parallel", "reduction"]} ins(%m : tensor<2x3x5xi1>) outs(%rf : tensor<2x3x1xi1>) {
  ^bb0(%a: i1, %o: i1):
    %c = arith.andi %a, %o : i1
    linalg.yield %c : i1
  } -> tensor<2x3x1xi1>
  %ye = tensor.empty() : tensor<2x3x5xf32>
  %y = linalg.generic {indexing_maps = [#row, #id, #id], iterator_types = ["parallel", "parallel", "parallel"]} ins(%r, %p : tensor<2x3x1xi1>, tensor<2x3x5xf32>) outs(%ye : tensor<2x3x5xf32>) {
  ^bb0(%b: i1, %a: f32, %o: f32):
    %s = arith.select %b, %zero, %a : f32
    linalg.yield %s : f32
  } -> tensor<2x3x5xf32>
  return %y : tensor<2x3x5xf32>
}

// -----

// Not -inf, or not all of a row (it starts from false), or read by somebody who wants booleans: as it was.
// CHECK-LABEL: func.func @others
// CHECK-COUNT-3: arith.andi
#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
func.func @others(%x: tensor<3x5xf32>) -> (tensor<3xf32>, tensor<3xf32>, tensor<3xi1>) {
  %low = arith.constant 0xFF800000 : f32
  %high = arith.constant 0x7F800000 : f32
  %one = arith.constant 1.0 : f32
  %zero = arith.constant 0.0 : f32
  %true = arith.constant true
  %false = arith.constant false
  %e = tensor.empty() : tensor<3x5xi1>
  %re = tensor.empty() : tensor<3xi1>
  %t = linalg.fill ins(%true : i1) outs(%re : tensor<3xi1>) -> tensor<3xi1>
  %f = linalg.fill ins(%false : i1) outs(%re : tensor<3xi1>) -> tensor<3xi1>
  %ye = tensor.empty() : tensor<3xf32>
  %m0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<3x5xf32>) outs(%e : tensor<3x5xi1>) {
  ^bb0(%a: f32, %o: i1):
    %c = arith.cmpf oeq, %a, %high : f32
    linalg.yield %c : i1
  } -> tensor<3x5xi1>
  %r0 = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%m0 : tensor<3x5xi1>) outs(%t : tensor<3xi1>) {
  ^bb0(%a: i1, %o: i1):
    %c = arith.andi %a, %o : i1
    linalg.yield %c : i1
  } -> tensor<3xi1>
  %y0 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%r0 : tensor<3xi1>) outs(%ye : tensor<3xf32>) {
  ^bb0(%a: i1, %o: f32):
    %s = arith.select %a, %one, %zero : f32
    linalg.yield %s : f32
  } -> tensor<3xf32>
  %m1 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<3x5xf32>) outs(%e : tensor<3x5xi1>) {
  ^bb0(%a: f32, %o: i1):
    %c = arith.cmpf oeq, %a, %low : f32
    linalg.yield %c : i1
  } -> tensor<3x5xi1>
  %r1 = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%m1 : tensor<3x5xi1>) outs(%f : tensor<3xi1>) {
  ^bb0(%a: i1, %o: i1):
    %c = arith.andi %a, %o : i1
    linalg.yield %c : i1
  } -> tensor<3xi1>
  %y1 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%r1 : tensor<3xi1>) outs(%ye : tensor<3xf32>) {
  ^bb0(%a: i1, %o: f32):
    %s = arith.select %a, %one, %zero : f32
    linalg.yield %s : f32
  } -> tensor<3xf32>
  %r2 = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%m1 : tensor<3x5xi1>) outs(%t : tensor<3xi1>) {
  ^bb0(%a: i1, %o: i1):
    %c = arith.andi %a, %o : i1
    linalg.yield %c : i1
  } -> tensor<3xi1>
  return %y0, %y1, %r2 : tensor<3xf32>, tensor<3xf32>, tensor<3xi1>
}

// A module that version 0.1.0 tuned: matmul with packed weights, and a convolution whose schedule has alternatives.
// RUN: chameleon-opt %S/../Inputs/tuned-0.1.mlir --apply-schedules="target=cpu threads=1" -o %t.mlir
// RUN: FileCheck %s < %t.mlir
// RUN: chameleon-opt %t.mlir --lower-to-cpu | FileCheck %s --check-prefix=LOWERED

// CHECK: func.func @main({{.*}}chameleon.constant = 0 : i64}
// CHECK-SAME: chameleon.init = @main_init
// CHECK-NOT: linalg.matmul
// CHECK: {{math|vector}}.fma
// CHECK-NOT: @chameleon_schedules
// LOWERED-DAG: llvm.func @main_init(
// LOWERED-DAG: llvm.func @chameleon_matmul_e88c5793(

// RUN: chameleon-opt %s --lower-to-nvvm="ptx=%t.ptx" -o /dev/null
// RUN: FileCheck %s < %t.ptx
// RUN: %if ptxas %{ ptxas -arch=sm_90 %t.ptx -o %t.cubin %}
// RUN: not chameleon-opt %s --lower-to-nvvm="chip=sm_80" 2>&1 | FileCheck %s --check-prefix=OLD
// OLD: error: kernel 'neighbour_kernel' runs in clusters of 2 blocks, which sm_80 does not have, expected sm_90 or later

// Each block reads the shared memory of the other one, between two barriers of the cluster.
// CHECK:      .entry neighbour_kernel(
// CHECK:      .explicitcluster
// CHECK-NEXT: .reqnctapercluster 2
// CHECK:      st.shared.b32
// CHECK:      barrier.cluster.arrive.aligned
// CHECK-NEXT: barrier.cluster.wait.aligned
// CHECK:      mapa.shared::cluster.u64
// CHECK:      ld.shared::cluster.b32
// CHECK:      barrier.cluster.arrive.aligned
// CHECK-NEXT: st.global.b32
// CHECK-NEXT: barrier.cluster.wait.aligned
func.func @neighbour(%a: memref<64xf32>) {
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c32 = arith.constant 32 : index
  gpu.launch clusters(%cx, %cy, %cz) in (%nx = %c2, %ny = %c1, %nz = %c1) blocks(%bx, %by, %bz) in (%gx = %c2, %gy = %c1, %gz = %c1)
      threads(%tx, %ty, %tz) in (%sx = %c32, %sy = %c1, %sz = %c1) workgroup(%buffer : memref<32xf32, 3>) {
    %first = arith.muli %bx, %c32 : index
    %place = arith.addi %first, %tx : index
    %v = memref.load %a[%place] : memref<64xf32>
    memref.store %v, %buffer[%tx] : memref<32xf32, 3>
    nvvm.cluster.arrive {aligned}
    nvvm.cluster.wait {aligned}
    %other = arith.subi %c1, %bx : index
    %rank = arith.index_cast %other : index to i32
    %index = memref.extract_aligned_pointer_as_index %buffer : memref<32xf32, 3> -> index
    %address = arith.index_cast %index : index to i64
    %here = llvm.inttoptr %address : i64 to !llvm.ptr<3>
    %there = nvvm.mapa %here, %rank : !llvm.ptr<3> -> !llvm.ptr<7>
    %thread = arith.index_cast %tx : index to i64
    %element = llvm.getelementptr %there[%thread] : (!llvm.ptr<7>, i64) -> !llvm.ptr<7>, f32
    %w = llvm.load %element : !llvm.ptr<7> -> f32
    nvvm.cluster.arrive {aligned}
    memref.store %w, %a[%place] : memref<64xf32>
    nvvm.cluster.wait {aligned}
    gpu.terminator
  }
  return
}

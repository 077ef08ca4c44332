// A network of convolutions from end to end, without a GPU: channels last, the default schedule of every task, one launch for
// most of them (two where the reduction is split), and code that the assembler takes.
// RUN: chameleon-opt %models/cifar_resnet20.mlir --apply-schedules="target=nvvm:sm_90 defaults" --lower-to-nvvm="ptx=%t.ptx launches=%t.launches" -o %t.mlir 2>%t.remarks
// RUN: FileCheck %s < %t.launches
// RUN: FileCheck %s --check-prefix=REMARKS --allow-empty < %t.remarks
// RUN: FileCheck %s --check-prefix=MODULE < %t.mlir
// RUN: %if ptxas %{ ptxas -arch=sm_90 %t.ptx -o %t.cubin %}
// REMARKS-NOT: left as it is
// CHECK:       function main arguments 12288,{{.*}},40 results 1 scratch {{[1-9]}}
// CHECK:       launch chameleon_elementwise_{{.*}} argument:0 scratch
// CHECK:       launch chameleon_conv2d_{{.*}}_kernel grid
// CHECK:       launch chameleon_reduce_{{.*}}_kernel grid
// CHECK:       function main_init
// MODULE:      gpu.binary @kernels [#gpu.object<#nvvm.target<O = 1, chip = "sm_90"
// MODULE:      func.func @main({{.*}}chameleon.constant

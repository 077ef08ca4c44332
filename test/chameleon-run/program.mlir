// What is compiled once runs again without its model.

// RUN: chameleon-run %s --target=cpu --threads=1 --save-program=%t.program | FileCheck %s --check-prefix=SAVED --allow-empty
// RUN: chameleon-run %s --target=cpu --input=4xf32=2 | FileCheck %s
// RUN: chameleon-run %t.program --input=4xf32=2 | FileCheck %s
// RUN: chameleon-run %t.program --target=cpu --threads=1 --input=4xf32=2 --timing 2>&1 | FileCheck %s --check-prefix=TIMING
// RUN: chameleon-run %t.program --function=twice --input=2xf64=21 | FileCheck %s --check-prefix=TWICE

// RUN: not chameleon-run %t.program 2>&1 | FileCheck %s --check-prefix=MISSING
// RUN: not chameleon-run %t.program --function=thrice 2>&1 | FileCheck %s --check-prefix=FUNCTION
// RUN: not chameleon-run %t.program --profile 2>&1 | FileCheck %s --check-prefix=PROFILE
// RUN: not chameleon-run %s --target=cpu --save-program=/nonexistent/x.program 2>&1 | FileCheck %s --check-prefix=FOLDER
// RUN: head -c 100 %t.program > %t.short
// RUN: not chameleon-run %t.short --random-inputs 2>&1 | FileCheck %s --check-prefix=SHORT
// RUN: cp %t.program %t.other
// RUN: printf '\115' | dd of=%t.other bs=1 seek=8 conv=notrunc
// RUN: not chameleon-run %t.other --random-inputs 2>&1 | FileCheck %s --check-prefix=VERSION

// Compiling for a GPU needs none.
// RUN: chameleon-run %s --target=nvvm:sm_90 --save-program=%t.gpu
// RUN: env %fake_cuda chameleon-run %t.gpu --random-inputs | FileCheck %s --check-prefix=GPU
// RUN: not chameleon-run %t.gpu --target=cpu --random-inputs 2>&1 | FileCheck %s --check-prefix=BACKEND
// RUN: not env %fake_cuda chameleon-run %t.program --target=nvvm --random-inputs 2>&1 | FileCheck %s --check-prefix=CPU

// SAVED-NOT: {{.}}
// CHECK: result 0: tensor<4xf32> = [12, 12, 12, 12]
// TIMING: read {{.*}} ms, load {{.*}}, initialise
// TIMING: result 0: tensor<4xf32> = [12, 12, 12, 12]
// TWICE: result 0: tensor<2xf64> = [42, 42]
// MISSING: error: input 0 of function 'main', of type 'tensor<4xf32>', is not given; use --input or --random-inputs
// FUNCTION: error: {{.*}}program: no function 'thrice', expected one of 'main', 'main_init', 'twice'
// PROFILE: error: {{.*}}program is compiled already; --profile, --save-program and --weights need the model
// FOLDER: error: {{.*}}/nonexistent/x.program
// SHORT: error: {{.*}}short: the program is cut off: found 100 bytes, expected {{[0-9]+}}
// VERSION: error: {{.*}}other: a program of format version 77, expected version 1: compile it again with this Chameleon, or run it with the one that made it
// GPU: result 0: tensor<4xf32> = [
// BACKEND: error: {{.*}}gpu: the program is for backend 'nvvm', expected 'cpu'
// CPU: error: {{.*}}program: the program is for backend 'cpu', expected 'nvvm'

func.func @main(%x: tensor<4xf32>, %w: tensor<4xf32> {chameleon.constant = 0 : i64}) -> tensor<4xf32>
    attributes {chameleon.init = @main_init} {
  %e = tensor.empty() : tensor<4xf32>
  %y = linalg.add ins(%x, %w : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

func.func @main_init() -> tensor<4xf32> {
  %ten = arith.constant 10.0 : f32
  %e = tensor.empty() : tensor<4xf32>
  %w = linalg.fill ins(%ten : f32) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %w : tensor<4xf32>
}

func.func @twice(%x: tensor<2xf64>) -> tensor<2xf64> {
  %e = tensor.empty() : tensor<2xf64>
  %y = linalg.add ins(%x, %x : tensor<2xf64>, tensor<2xf64>) outs(%e : tensor<2xf64>) -> tensor<2xf64>
  return %y : tensor<2xf64>
}

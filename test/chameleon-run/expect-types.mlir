// What NumPy has no type for is compared as what it is.
// RUN: chameleon-run %s --input=4xbf16=1.5 --input=4xf16=0.25 --input=4xi8=-3 --output=%t.0.npy --output=%t.1.npy --output=%t.2.npy
// RUN: chameleon-run %s --input=4xbf16=1.5 --input=4xf16=0.25 --input=4xi8=-3 --expect=%t.0.npy --expect=%t.1.npy --expect=%t.2.npy | FileCheck %s
// RUN: not chameleon-run %s --input=4xbf16=1.75 --input=4xf16=0.25 --input=4xi8=-3 --expect=%t.0.npy 2>&1 | FileCheck %s --check-prefix=WRONG
// RUN: not chameleon-run %s --input=4xbf16=1.5 --input=4xf16=0.25 --input=4xi8=-3 --expect=%t.2.npy 2>&1 | FileCheck %s --check-prefix=TYPE
// CHECK: result 0: relative error 0
// CHECK: result 1: relative error 0
// CHECK: result 2: relative error 0
// WRONG: result 0: relative error 0.167
// WRONG: error: result 0 differs
// TYPE: error: {{.*}}.2.npy has type 'tensor<4xi8>', but result 0 has 'tensor<4xbf16>'

func.func @main(%a: tensor<4xbf16>, %b: tensor<4xf16>, %c: tensor<4xi8>) -> (tensor<4xbf16>, tensor<4xf16>, tensor<4xi8>) {
  return %a, %b, %c : tensor<4xbf16>, tensor<4xf16>, tensor<4xi8>
}

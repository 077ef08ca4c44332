// Files that are no safetensors, or lie about what they hold: one error each.
// RUN: python3 %S/Inputs/bad-weights.py %t
// RUN: not chameleon-run %s --target=cpu --weights=%t.short 2>&1 | FileCheck %s --check-prefix=SHORT
// SHORT: error: '{{.*}}.short' has 3 bytes, expected an .npy or a safetensors file
// RUN: not chameleon-run %s --target=cpu --weights=%t.header 2>&1 | FileCheck %s --check-prefix=HEADER
// HEADER: error: '{{.*}}' has a header of 18446744073709551615 bytes in a file of 8
// RUN: not chameleon-run %s --target=cpu --weights=%t.json 2>&1 | FileCheck %s --check-prefix=JSON
// JSON: error: '{{.*}}' has a header that is no JSON
// RUN: not chameleon-run %s --target=cpu --weights=%t.deep 2>&1 | FileCheck %s --check-prefix=DEEP
// DEEP: error: '{{.*}}' has a header that is nested deeper than a safetensors file's
// RUN: not chameleon-run %s --target=cpu --weights=%t.list 2>&1 | FileCheck %s --check-prefix=LIST
// LIST: error: '{{.*}}' has a header that is no object
// RUN: not chameleon-run %s --target=cpu --weights=%t.lacks 2>&1 | FileCheck %s --check-prefix=LACKS
// LACKS: error: '{{.*}}' tensor 'w' lacks dtype, shape or data_offsets
// RUN: not chameleon-run %s --target=cpu --weights=%t.type 2>&1 | FileCheck %s --check-prefix=TYPE
// TYPE: error: '{{.*}}' tensor 'w' has elements of type F7, expected F64
// RUN: not chameleon-run %s --target=cpu --weights=%t.shape 2>&1 | FileCheck %s --check-prefix=SHAPE
// SHAPE: error: '{{.*}}' tensor 'w' has no shape of numbers
// RUN: not chameleon-run %s --target=cpu --weights=%t.wraps 2>&1 | FileCheck %s --check-prefix=SHAPE
// RUN: not chameleon-run %s --target=cpu --weights=%t.outside 2>&1 | FileCheck %s --check-prefix=OUTSIDE
// OUTSIDE: error: '{{.*}}' tensor 'w' does not lie in the file with the 8 bytes of its shape
// RUN: not chameleon-run %s --target=cpu --weights=%t.less 2>&1 | FileCheck %s --check-prefix=OUTSIDE
// RUN: chameleon-run %s --target=cpu --weights=%t.good | FileCheck %s
// CHECK: result 0: tensor<2xf32> = [1, 2]
func.func @main() -> tensor<2xf32> {
  %w = arith.constant dense_resource<w> : tensor<2xf32>
  return %w : tensor<2xf32>
}

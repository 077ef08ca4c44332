// RUN: not chameleon-run %s 2>&1 | FileCheck %s --check-prefix=MISSING
// RUN: not chameleon-run %s --input=3xf32 2>&1 | FileCheck %s --check-prefix=SHAPE
// RUN: not chameleon-run %s --input=4xf64 2>&1 | FileCheck %s --check-prefix=TYPE
// RUN: not chameleon-run %s --input=4xf32 --input=4xf32 2>&1 | FileCheck %s --check-prefix=ARITY
// RUN: not chameleon-run %s --input=4xfoo 2>&1 | FileCheck %s --check-prefix=MALFORMED
// RUN: not chameleon-run %s --input=4xf32=x 2>&1 | FileCheck %s --check-prefix=NUMBER
// RUN: not chameleon-run %s --input=nonexistent.npy 2>&1 | FileCheck %s --check-prefix=FILE
// RUN: not chameleon-run %s --function=other --input=4xf32 2>&1 | FileCheck %s --check-prefix=FUNCTION
// RUN: not chameleon-run %s --input=4xf32 --output=/nonexistent/x.npy 2>&1 | FileCheck %s --check-prefix=OUTPUT
// RUN: not chameleon-run %s --input=4xf32 --output=%t.npy --output=%t.2.npy 2>&1 | FileCheck %s --check-prefix=RESULTS
// RUN: not chameleon-run %s --input=4xf32 --target=abacus 2>&1 | FileCheck %s --check-prefix=TARGET
// RUN: not chameleon-run %t.nonexistent.mlir 2>&1 | FileCheck %s --check-prefix=MODEL
// RUN: not chameleon-run %s --input=4xf32 --tolerance=nan 2>&1 | FileCheck %s --check-prefix=TOLERANCE
// RUN: not chameleon-run %s --input=4xf32 --benchmark --seconds=-1 2>&1 | FileCheck %s --check-prefix=SECONDS
// RUN: not chameleon-run %s --input=4xf32 --threads=5000 2>&1 | FileCheck %s --check-prefix=THREADS
// RUN: not chameleon-run %s --input=4xf32 --output=%t.npy --output=%t.npy 2>&1 | FileCheck %s --check-prefix=TWICE
// RUN: not chameleon-run %s --input=4xf32 --output=%s 2>&1 | FileCheck %s --check-prefix=OVER
// RUN: not chameleon-run %s --input=4xf32 --output=/dev/full 2>&1 | FileCheck %s --check-prefix=FULL
// RUN: not sh -c "chameleon-run %s --input=4xf32 > /dev/full" 2>&1 | FileCheck %s --check-prefix=STDOUT

// TOLERANCE: error: --tolerance is nan, expected at least 0, and finite
// SECONDS: error: --seconds is -1, expected 0 to 1e+06
// THREADS: error: --threads is 5000, expected at most 1024
// TWICE: error: '{{.*}}.npy' would be written over '{{.*}}.npy'
// OVER: error: '{{.*}}errors.mlir' would be written over '{{.*}}errors.mlir'
// FULL: error: cannot write '/dev/full': No space left on device
// STDOUT: error: cannot write to stdout: No space left on device
// RUN: not chameleon-run %s --function=scalar 2>&1 | FileCheck %s --check-prefix=SCALAR

// An error is a line, not a module.
// SCALAR: error: function 'scalar' does not take and return tensors alone
// SCALAR-NOT: see current operation

// MISSING: error: input 0 of function 'main', of type 'tensor<4xf32>', is not given; use --input or --random-inputs
// SHAPE: error: input 0 has type 'tensor<3xf32>', expected 'tensor<4xf32>'
// TYPE: error: input 0 has type 'tensor<4xf64>', expected 'tensor<4xf32>'
// ARITY: error: function 'main' has 1 inputs, but 2 are given
// MALFORMED: error: input 0: '4xfoo' is neither a tensor such as 1x3xf32 nor a file that ends in .npy
// NUMBER: error: input 0: 'x' is not a number
// FILE: error: input 0: nonexistent.npy: No such file or directory
// FUNCTION: error: no function 'other', expected one of 'main'
// OUTPUT: error: cannot write '/nonexistent/x.npy': No such file or directory
// RESULTS: error: function 'main' has 1 results, but 2 are named
// TARGET: error: unknown target 'abacus', expected one of 'auto', 'cpu', 'cpu:<features>', 'nvvm', 'nvvm:<chip>'
// MODEL: error: cannot open input file

func.func @main(%a: tensor<4xf32>) -> tensor<4xf32> {
  return %a : tensor<4xf32>
}
func.func @scalar(%a: memref<4xf32>) {
  return
}

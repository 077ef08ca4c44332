// Whatever a worker does, the run ends, with an error that says what it did, and leaves what was there before.

// RUN: chameleon-worker --version | sed "s/.* //" | tr -d "\n" > %t.generator

// A good one, to see that the others are refused for what they do.
// RUN: env FAKE= GENERATOR=%{readfile:%t.generator} chameleon-opt %s --tune-schedules="worker=%S/Inputs/fake-worker.py target=cpu strategy=random trials=4 no-database" 2>&1 | FileCheck %s --check-prefix=GOOD
// GOOD: 4 trials, 0 failed
// GOOD: module @chameleon_schedules

// RUN: not env FAKE=build GENERATOR=%{readfile:%t.generator} chameleon-opt %s --tune-schedules="worker=%S/Inputs/fake-worker.py target=cpu strategy=random trials=4 no-database" 2>&1 | FileCheck %s --check-prefix=BUILD
// BUILD: error: worker '{{.*}}' is of another build: its code generator is 'another', expected '{{[0-9a-f]+}}'
// RUN: not env FAKE=version GENERATOR=x chameleon-opt %s --tune-schedules="worker=%S/Inputs/fake-worker.py target=cpu strategy=random trials=4 no-database" 2>&1 | FileCheck %s --check-prefix=VERSION
// VERSION: error: worker '{{.*}}' speaks protocol version 99, expected
// RUN: not env FAKE=children GENERATOR=x chameleon-opt %s --tune-schedules="worker=%S/Inputs/fake-worker.py target=cpu strategy=random trials=4 no-database" 2>&1 | FileCheck %s --check-prefix=CHILDREN
// CHILDREN: error: worker '{{.*}}' has 1099511627776 children
// RUN: not env FAKE=welcome chameleon-opt %s --tune-schedules="worker=%S/Inputs/fake-worker.py target=cpu strategy=random trials=4 no-database" 2>&1 | FileCheck %s --check-prefix=WELCOME
// WELCOME: error: worker '{{.*}}' sent garbage: not a frame of the worker protocol: 'Welcome to host42!
// RUN: not env FAKE=flood chameleon-opt %s --tune-schedules="worker=%S/Inputs/fake-worker.py target=cpu strategy=random trials=4 no-database" 2>&1 | FileCheck %s --check-prefix=FLOOD
// RUN: not env FAKE=half-frame chameleon-opt %s --tune-schedules="worker=%S/Inputs/fake-worker.py target=cpu strategy=random trials=4 no-database" 2>&1 | FileCheck %s --check-prefix=FLOOD
// FLOOD: error: worker '{{.*}}' sent garbage: not a frame of the worker protocol
// RUN: not env FAKE=silent chameleon-opt %s --tune-schedules="worker=%S/Inputs/fake-worker.py target=cpu strategy=random trials=4 no-database seconds=0.5" 2>&1 | FileCheck %s --check-prefix=SILENT
// SILENT: error: worker '{{.*}}' did not answer in the time of the run

// RUN: not env FAKE=negative GENERATOR=%{readfile:%t.generator} chameleon-opt %s --tune-schedules="worker=%S/Inputs/fake-worker.py target=cpu strategy=random trials=4 no-database" 2>&1 | FileCheck %s --check-prefix=TIME
// RUN: not env FAKE=zero GENERATOR=%{readfile:%t.generator} chameleon-opt %s --tune-schedules="worker=%S/Inputs/fake-worker.py target=cpu strategy=random trials=4 no-database" 2>&1 | FileCheck %s --check-prefix=TIME
// RUN: not env FAKE=infinite GENERATOR=%{readfile:%t.generator} chameleon-opt %s --tune-schedules="worker=%S/Inputs/fake-worker.py target=cpu strategy=random trials=4 no-database" 2>&1 | FileCheck %s --check-prefix=TIME
// TIME: 0 trials
// TIME: error: the worker was lost: the worker says that a call took
// RUN: not env FAKE=none GENERATOR=%{readfile:%t.generator} chameleon-opt %s --tune-schedules="worker=%S/Inputs/fake-worker.py target=cpu strategy=random trials=4 no-database" 2>&1 | FileCheck %s --check-prefix=NONE
// NONE: error: the worker was lost: the worker sent another number of results
// RUN: not env FAKE=dies GENERATOR=%{readfile:%t.generator} chameleon-opt %s --tune-schedules="worker=%S/Inputs/fake-worker.py target=cpu strategy=random trials=4 no-database" 2>&1 | FileCheck %s --check-prefix=DIES
// DIES: error: the worker was lost: the worker ended with exit status 9; it ended 3 times without a result

// What it says is no more than text.
// RUN: env FAKE=escapes GENERATOR=%{readfile:%t.generator} chameleon-opt %s --tune-schedules="worker=%S/Inputs/fake-worker.py target=cpu strategy=random trials=4 no-database" 2>&1 | FileCheck %s --check-prefix=ESCAPES
// ESCAPES: every candidate of schedule {{.*}} the first with: ?[31mred?[31m

func.func @main(%a: tensor<16x16xf32>, %b: tensor<16x16xf32>) -> tensor<16x16xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<16x16xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<16x16xf32>) -> tensor<16x16xf32>
  %r = linalg.matmul ins(%a, %b : tensor<16x16xf32>, tensor<16x16xf32>) outs(%fill : tensor<16x16xf32>) -> tensor<16x16xf32>
  return %r : tensor<16x16xf32>
}

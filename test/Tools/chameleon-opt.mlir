// The tool starts, parses every dialect of a torch-mlir model, and lists the passes.
// RUN: chameleon-opt --version | FileCheck %s --check-prefix=VERSION
// RUN: chameleon-opt --help | FileCheck %s --check-prefix=HELP
// RUN: chameleon-opt %models/cifar_resnet20.mlir -o /dev/null
// RUN: not chameleon-opt %s --no-such-option 2>&1 | FileCheck %s --check-prefix=OPTION
// RUN: %if system-linux %{ not chameleon-opt %s -o /dev/full 2>&1 | FileCheck %s --check-prefix=FULL %}
// RUN: %if system-linux %{ not chameleon-opt %s 2>&1 >/dev/full | FileCheck %s --check-prefix=FULL %}

// FULL-NOT: LLVM ERROR
// FULL: error: '{{.*}}': {{.*}}No space left on device
// FULL-NOT: LLVM ERROR
// VERSION: LLVM version 22
// VERSION: Chameleon code generator {{[0-9a-f]+$}}
// HELP-DAG: --apply-schedules
// HELP-DAG: --tune-schedules
// OPTION: Unknown command line argument '--no-such-option'

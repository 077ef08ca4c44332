// Files are tried before anything is measured, and none is written over by another.
// RUN: rm -rf %t && mkdir -p %t && echo old > %t/old && ln %t/old %t/hard && ln -s %t/old %t/soft

// RUN: not chameleon-opt %s --tune-schedules="target=cpu trials=2 strategy=random database=%t/x" -o %t/x 2>&1 | FileCheck %s --check-prefix=OUTPUT
// OUTPUT: error: the database '{{.*}}/x' is the output '{{.*}}/x' too
// RUN: not chameleon-opt %s --tune-schedules="target=cpu trials=2 strategy=random no-database record=%t/hard" -o %t/old 2>&1 | FileCheck %s --check-prefix=HARD
// HARD: error: the recording '{{.*}}/hard' is the output '{{.*}}/old' too
// RUN: not chameleon-opt %s --tune-schedules="target=cpu trials=2 strategy=random no-database record=%t/soft" -o %t/old 2>&1 | FileCheck %s --check-prefix=SOFT
// SOFT: error: the recording '{{.*}}/soft' is the output '{{.*}}/old' too
// RUN: not chameleon-opt %s --tune-schedules="target=cpu trials=2 strategy=random no-database record=%s" 2>&1 | FileCheck %s --check-prefix=INPUT
// INPUT: error: the recording '{{.*}}' is the input '{{.*}}' too
// RUN: not chameleon-opt %s --tune-schedules="target=cpu trials=2 strategy=random no-database record=/nonexistent/x.json" 2>&1 | FileCheck %s --check-prefix=RECORD
// RECORD: error: cannot write '/nonexistent/x.json': No such file or directory
// RUN: not chameleon-opt %s --tune-schedules="target=cpu trials=2 strategy=random no-database" -o /nonexistent/x.mlir 2>&1 | FileCheck %s --check-prefix=FOLDER
// FOLDER: error: cannot write '/nonexistent/x.mlir': No such file or directory
// RUN: not chameleon-opt %s -o /dev/full 2>&1 | FileCheck %s --check-prefix=FULL
// RUN: not chameleon-opt %s --export-database=%t/none > /dev/full 2>&1
// FULL: error: cannot write '/dev/full': No space left on device
// RUN: not sh -c "chameleon-opt %s > /dev/full" 2>&1 | FileCheck %s --check-prefix=STDOUT
// STDOUT: error: cannot write to stdout: No space left on device

// The old file stays when the new one fails, and nothing else is left.
// RUN: not chameleon-opt %s --lower-to-cpu="no-such-option" -o %t/old
// RUN: not sh -c "ulimit -f 0; chameleon-opt %s -o %t/old" 2>&1 | FileCheck %s --check-prefix=LIMIT
// LIMIT: error: cannot write '{{.*}}/old': File too large
// RUN: FileCheck %s --check-prefix=OLD --input-file=%t/old
// OLD: old
// RUN: ls %t | FileCheck %s --check-prefix=LEFT
// LEFT: hard
// LEFT-NEXT: old
// LEFT-NEXT: soft
// LEFT-NOT: {{.}}

// A database that is full ends the search: what is shown is stored, and the best so far is written.
// RUN: chameleon-opt %s --tune-schedules="target=cpu trials=1 strategy=random database=%t/full.db" -o /dev/null
// RUN: rm -f %t/full.db-wal %t/full.db-shm
// RUN: not sh -c "ulimit -f 160; chameleon-opt %s --tune-schedules='target=cpu trials=64 strategy=random database=%t/full.db' -o %t/best.mlir" > %t/log 2>&1
// RUN: FileCheck %s --check-prefix=DISK --input-file=%t/log
// DISK: {{[0-9]+}} trials{{.*}}, 1 more that could not be stored
// DISK: error: cannot {{.*}}write tuning database '{{.*}}/full.db'
// RUN: FileCheck %s --check-prefix=BEST --input-file=%t/best.mlir
// BEST: module @chameleon_schedules

func.func @main(%a: tensor<64x64xf32>, %b: tensor<64x64xf32>) -> tensor<64x64xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<64x64xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<64x64xf32>) -> tensor<64x64xf32>
  %r = linalg.matmul ins(%a, %b : tensor<64x64xf32>, tensor<64x64xf32>) outs(%fill : tensor<64x64xf32>) -> tensor<64x64xf32>
  return %r : tensor<64x64xf32>
}

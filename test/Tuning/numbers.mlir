// Numbers outside of their ranges are errors before anything begins.
// RUN: not chameleon-opt %s --tune-schedules="target=cpu tolerance=nan" 2>&1 | FileCheck %s --check-prefix=NAN
// RUN: not chameleon-opt %s --tune-schedules="target=cpu tolerance=inf" 2>&1 | FileCheck %s --check-prefix=INF
// RUN: not chameleon-opt %s --tune-schedules="target=cpu tolerance=1" 2>&1 | FileCheck %s --check-prefix=ONE
// RUN: not chameleon-opt %s --tune-schedules="target=cpu seconds=-1" 2>&1 | FileCheck %s --check-prefix=SECONDS
// RUN: not chameleon-opt %s --tune-schedules="target=cpu seconds=inf" 2>&1 | FileCheck %s --check-prefix=FOREVER
// RUN: not chameleon-opt %s --tune-schedules="target=cpu trials=-2" 2>&1 | FileCheck %s --check-prefix=TRIALS
// RUN: not chameleon-opt %s --tune-schedules="target=cpu trials=99999999999999999999" 2>&1 | FileCheck %s --check-prefix=OVERFLOW
// RUN: not chameleon-opt %s --tune-schedules="target=cpu workers=1025" 2>&1 | FileCheck %s --check-prefix=WORKERS
// RUN: not chameleon-opt %s --tune-schedules="target=cpu memory-limit=18446744073709551615" 2>&1 | FileCheck %s --check-prefix=MEMORY
// NAN: error: option 'tolerance' is nan, expected at least 0 and less than 1
// INF: error: option 'tolerance' is inf, expected at least 0 and less than 1
// ONE: error: option 'tolerance' is 1, expected at least 0 and less than 1
// SECONDS: error: option 'seconds' is -1, expected at least 0
// FOREVER: error: option 'seconds' is inf, expected at least 0, and finite
// TRIALS: error: option 'trials' is -2, expected at least 0
// OVERFLOW: 99999999999999999999
// WORKERS: error: option 'workers' is 1025, expected at least 0 and at most 1024
// MEMORY: error: option 'memory-limit' is 1.84467e+19, expected at least 0 and at most 1073741824

func.func @main() {
  return
}

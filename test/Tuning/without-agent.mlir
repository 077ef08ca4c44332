// A strategy that has no agent loads no LibTorch; one that has says what is missing before anything is measured.
// RUN: rm -rf %t && mkdir -p %t/lib && cp %search_library %t/lib/libchameleon_search.so
// RUN: chameleon-opt %S/../Inputs/add-1d.mlir --tune-schedules="strategy=chameleon-without-agent trials=4 search-library=%t/lib/libchameleon_search.so no-database=true progress=quiet threads=1 target=cpu" | FileCheck %s
// CHECK: @chameleon_schedules

// RUN: not chameleon-opt %S/../Inputs/add-1d.mlir --tune-schedules="search-library=%t/lib/libchameleon_search.so database=%t/tuning.db progress=quiet threads=1 target=cpu" 2>&1 | FileCheck %s --check-prefix=DEFAULT
// DEFAULT: error: strategy 'chameleon' has an agent, which needs LibTorch: there is no {{.*}}/lib/libchameleon_agent.so; strategy=chameleon-without-agent has none
// RUN: chameleon-opt --export-database=%t/tuning.db | count 0

// RUN: not chameleon-opt %S/../Inputs/add-1d.mlir --tune-schedules="strategy=rl-greedy search-library=%t/lib/libchameleon_search.so no-database=true progress=quiet threads=1 target=cpu" 2>&1 | FileCheck %s --check-prefix=GREEDY
// GREEDY: error: strategy 'rl-greedy' has an agent, {{.*}}; strategy=autotvm has none

// Each task gets a schedule: embedded, or applied; with the default configuration, or a given one.
// RUN: chameleon-opt %s --resolve-schedules="schedule=elementwise" 2>/dev/null | FileCheck %s --check-prefix=EMBEDDED
// RUN: chameleon-opt %s --resolve-schedules="schedule=elementwise apply" 2>/dev/null | FileCheck %s --check-prefix=APPLIED
// RUN: chameleon-opt %s --resolve-schedules="schedule=elementwise configuration={parallel=0,vectors=1}" 2>/dev/null | FileCheck %s --check-prefix=GIVEN
// RUN: chameleon-opt %s --resolve-schedules="schedule=elementwise configuration={parallel=0}" 2>/dev/null | FileCheck %s --check-prefix=EMBEDDED
// RUN: not chameleon-opt %s --resolve-schedules="schedule=elementwise configuration={parallel=0,vectors=3}" 2>&1 | FileCheck %s --check-prefix=ILLEGAL
// RUN: not chameleon-opt %s --resolve-schedules="schedule=elementwize" 2>&1 | FileCheck %s --check-prefix=NONE
// NONE: error: no library has a schedule 'elementwize'
// EMBEDDED: linalg.add
// EMBEDDED: transform.tune.knob<"vectors"> = 4 : i64 from
// APPLIED-NOT: linalg.add
// APPLIED: arith.addf {{.*}} : vector<16xf32>
// GIVEN: transform.tune.knob<"vectors"> = 1 : i64 from
// ILLEGAL: error: configuration {parallel = 0 : i64, vectors = 3 : i64} does not fit the knobs
module attributes {dlti.target_system_spec = #dlti.target_system_spec<"CPU" = #dlti.target_device_spec<"vector_bits" = 512 : i64,
    "l1_bytes" = 32768 : i64, "l2_bytes" = 1048576 : i64, "l3_bytes" = 0 : i64, "threads" = 1 : i64, "registers" = 32 : i64>>} {
  func.func @twice(%a: tensor<64x256xf32>, %out: tensor<64x256xf32>) -> tensor<64x256xf32> attributes {chameleon.task = "k"} {
    %r = linalg.add {chameleon.anchor} ins(%a, %a : tensor<64x256xf32>, tensor<64x256xf32>) outs(%out : tensor<64x256xf32>) -> tensor<64x256xf32>
    return %r : tensor<64x256xf32>
  }
}

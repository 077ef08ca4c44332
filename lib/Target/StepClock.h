//===- StepClock.h - how long steps take that follow each other
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to the room.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_TARGET_STEPCLOCK_H
#define CHAMELEON_LIB_TARGET_STEPCLOCK_H

#include "chameleon/Runtime/Timing.h"

namespace chameleon {

class StepClock {
public:
  /// Seconds since the step before.
  double lap() {
    double before = last;
    last = monotonicSeconds();
    return last - before;
  }

private:
  double last = monotonicSeconds();
};

} // namespace chameleon

#endif // CHAMELEON_LIB_TARGET_STEPCLOCK_H

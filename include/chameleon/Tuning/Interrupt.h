//===- Interrupt.h - Ctrl-C keeps what was measured
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TUNING_INTERRUPT_H
#define CHAMELEON_TUNING_INTERRUPT_H

#include <atomic>
#include <csignal>

namespace chameleon {

/// While it lives, the first SIGINT or SIGTERM sets a flag instead of ending
/// the process; a second one acts as usual. Only tools and passes make one:
/// library functions take the flag. One at a time.
class InterruptScope {
public:
  InterruptScope();
  ~InterruptScope();
  const std::atomic<bool> &flag() const;

  /// True if any scope of this process was interrupted: the tool then exits
  /// with status 130.
  static bool wasInterrupted();

private:
  struct sigaction previousInterrupt, previousTerminate;
};

} // namespace chameleon

#endif // CHAMELEON_TUNING_INTERRUPT_H

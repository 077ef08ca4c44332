//===- Interrupt.h - Ctrl-C keeps what was measured
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TUNING_INTERRUPT_H
#define CHAMELEON_TUNING_INTERRUPT_H

#include <array>
#include <atomic>
#include <csignal>

namespace chameleon {

/// While it lives, the first SIGINT, SIGTERM or SIGHUP sets a flag instead of
/// ending the process; a second one acts as usual, as does one that is ignored
/// from the start (nohup). Whoever reads what is shown may go away meanwhile.
/// Only tools and passes make one: library functions take the flag. One at a
/// time.
class InterruptScope {
public:
  InterruptScope();
  ~InterruptScope();
  const std::atomic<bool> &flag() const;

  /// True if any scope of this process was interrupted: the tool then exits
  /// with status 130.
  static bool wasInterrupted();

  static constexpr std::array signals = {SIGINT, SIGTERM, SIGHUP};

private:
  struct sigaction previousPipe;
};

} // namespace chameleon

#endif // CHAMELEON_TUNING_INTERRUPT_H

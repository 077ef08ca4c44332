//===- Interrupt.cpp - Ctrl-C keeps what was measured
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Tuning/Interrupt.h"

// A signal handler can reach nothing but globals.
static std::atomic<bool> interrupted{false};
static struct sigaction previous[chameleon::InterruptScope::signals.size()];

/// The second one is for whoever handled it before: it ends the process.
static void onSignal(int) {
  interrupted = true;
  for (size_t i = 0; i < chameleon::InterruptScope::signals.size(); ++i)
    sigaction(chameleon::InterruptScope::signals[i], &previous[i], nullptr);
}

chameleon::InterruptScope::InterruptScope() {
  struct sigaction action = {};
  action.sa_handler = onSignal;
  for (size_t i = 0; i < signals.size(); ++i) {
    sigaction(signals[i], nullptr, &previous[i]);
    // What is ignored stays so (nohup).
    if (previous[i].sa_handler != SIG_IGN)
      sigaction(signals[i], &action, nullptr);
  }
  action.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &action, &previousPipe);
}

chameleon::InterruptScope::~InterruptScope() {
  for (size_t i = 0; i < signals.size(); ++i)
    sigaction(signals[i], &previous[i], nullptr);
  sigaction(SIGPIPE, &previousPipe, nullptr);
}

const std::atomic<bool> &chameleon::InterruptScope::flag() const {
  return interrupted;
}

bool chameleon::InterruptScope::wasInterrupted() { return interrupted; }

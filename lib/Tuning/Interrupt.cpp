//===- Interrupt.cpp - Ctrl-C keeps what was measured
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Tuning/Interrupt.h"

// A signal handler can reach nothing but a global.
static std::atomic<bool> interrupted{false};

static void onSignal(int signal) {
  interrupted = true;
  struct sigaction standard = {};
  standard.sa_handler = SIG_DFL;
  sigaction(signal, &standard, nullptr);
}

chameleon::InterruptScope::InterruptScope() {
  struct sigaction action = {};
  action.sa_handler = onSignal;
  sigaction(SIGINT, &action, &previousInterrupt);
  sigaction(SIGTERM, &action, &previousTerminate);
}

chameleon::InterruptScope::~InterruptScope() {
  sigaction(SIGINT, &previousInterrupt, nullptr);
  sigaction(SIGTERM, &previousTerminate, nullptr);
}

const std::atomic<bool> &chameleon::InterruptScope::flag() const {
  return interrupted;
}

bool chameleon::InterruptScope::wasInterrupted() { return interrupted; }

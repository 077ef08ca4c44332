//===- Worker.cpp - the main function of a worker
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Measure/Worker.h"
#include "chameleon/Measure/FaultInjection.h"
#include "chameleon/Measure/ForkServer.h"
#include "chameleon/Measure/Protocol.h"
#include "chameleon/Measure/Runner.h"
#include "chameleon/Runtime/GeneratorHash.h"
#include "mlir/InitAllPasses.h"
#include "llvm/Support/raw_ostream.h"
#include <unistd.h>

using namespace chameleon;

static constexpr llvm::StringLiteral usage =
    "usage: chameleon-worker [--inject=<kind>:<probability>[:<seed>]]...\n"
    "\n"
    "Compiles, checks and times candidates for a tuner, which starts it "
    "(options worker= and launcher=\n"
    "of --tune-schedules) and talks to it over stdin and stdout.\n"
    "\n"
    "  --inject   for tests: candidates fail with the given probability. "
    "Kinds: all, compile-error,\n"
    "             {compile,run}-{abort,segfault,hang,memory,stack}, run-wrong, "
    "run-nan, child-kill,\n"
    "             worker-kill\n"
    "  --version  prints the version of the protocol and the hash of the "
    "code generator\n";

int chameleon::chameleonWorkerMain(int argc, char **argv,
                                   mlir::DialectRegistry &registry) {
  std::vector<InjectedFault> faults;
  for (int i = 1; i < argc; ++i) {
    llvm::StringRef argument = argv[i];
    if (argument == "--help") {
      llvm::outs() << usage;
      return 0;
    }
    if (argument == "--version") {
      llvm::outs() << "chameleon-worker, protocol version " << protocol::version
                   << ", code generator " << getGeneratorHash() << "\n";
      return 0;
    }
    if (!argument.consume_front("--inject=")) {
      llvm::errs() << "chameleon-worker: unknown argument '" << argument
                   << "'\n"
                   << usage;
      return 2;
    }
    llvm::Expected<std::vector<InjectedFault>> parsed =
        InjectedFault::parse(argument);
    if (!parsed) {
      llvm::errs() << "chameleon-worker: --inject: "
                   << llvm::toString(parsed.takeError()) << "\n";
      return 2;
    }
    faults.insert(faults.end(), parsed->begin(), parsed->end());
  }
  if (isatty(STDIN_FILENO)) {
    llvm::errs() << usage;
    return 2;
  }
  mlir::registerAllPasses(); // schedules and the lowering name passes in text
  return runForkServer([&](const RunnerOptions &options) {
    return faults.empty() ? createRunner(options, registry)
                          : createFaultyRunner(options, registry, faults);
  });
}

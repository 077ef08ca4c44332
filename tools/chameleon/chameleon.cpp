//===- chameleon.cpp - all tools in one program, for the binary release
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The tools share nearly everything that they link statically, so the bundle
// holds it once: `chameleon-opt`, `chameleon-run` and `chameleon-worker` are
// links to this program, which goes by the name that it was called by, or by
// its first argument.
//
//===----------------------------------------------------------------------===//

#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

// `main` of each tool, see CMakeLists.txt.
int chameleonOpt(int argc, char **argv);
int chameleonRun(int argc, char **argv);
int chameleonWorker(int argc, char **argv);

int main(int argc, char **argv) {
  for (int skipped = 0; skipped < 2 && skipped < argc; ++skipped) {
    llvm::StringRef name = llvm::sys::path::filename(argv[skipped]);
    if (name == "chameleon-opt")
      return chameleonOpt(argc - skipped, argv + skipped);
    if (name == "chameleon-run")
      return chameleonRun(argc - skipped, argv + skipped);
    if (name == "chameleon-worker")
      return chameleonWorker(argc - skipped, argv + skipped);
  }
  llvm::errs()
      << "usage: chameleon {chameleon-opt|chameleon-run|chameleon-worker} "
         "ARGUMENTS...\n";
  return 2;
}

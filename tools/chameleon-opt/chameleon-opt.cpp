//===- chameleon-opt.cpp - mlir-opt with Chameleon's passes
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Database/Database.h"
#include "chameleon/Runtime/GeneratorHash.h"
#include "chameleon/Transforms/Passes.h"
#include "chameleon/Tuning/Interrupt.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/ErrorHandling.h"
#include <cstdlib>

static llvm::cl::opt<std::string>
    exportDatabase("export-database", llvm::cl::value_desc("path"),
                   llvm::cl::desc("Print a tuning database as JSON lines and "
                                  "exit; empty: the default one"));

/// Handled before the options of mlir-opt, which would wait for a module.
static int printDatabase(llvm::StringRef path) {
  std::string file =
      path.empty() ? chameleon::Database::defaultPath() : path.str();
  llvm::Expected<std::unique_ptr<chameleon::Database>> database =
      chameleon::Database::open(file,
                                chameleon::Database::OpenMode::ReadExisting);
  llvm::Error failed = database ? (*database)->exportJsonLines(llvm::outs())
                                : database.takeError();
  if (!failed)
    return 0;
  llvm::errs() << "error: " << llvm::toString(std::move(failed)) << "\n";
  return 1;
}

/// A stream tells only when it is closed that the disk was full, and then LLVM
/// knows no better than to report its own bug.
static void reportFatalError(void *output, const char *reason, bool) {
  llvm::errs() << "error: '" << *static_cast<std::string *>(output)
               << "': " << reason << "\n";
  std::_Exit(1); // closing what is open would fail again
}

int main(int argc, char **argv) {
  llvm::cl::AddExtraVersionPrinter([](llvm::raw_ostream &os) {
    os << "Chameleon code generator " << chameleon::getGeneratorHash() << "\n";
  });
  for (int i = 1; i < argc; ++i) {
    llvm::StringRef argument = llvm::StringRef(argv[i]).ltrim('-');
    if (argument.consume_front("export-database"))
      return printDatabase(argument.ltrim('='));
  }
  mlir::registerAllPasses();
  chameleon::registerChameleonPasses();
  mlir::DialectRegistry registry;
  chameleon::registerAll(registry);
  auto [input, output] = mlir::registerAndParseCLIOptions(
      argc, argv, "Chameleon: the autotuner for MLIR compilers\n", registry);
  llvm::ScopedFatalErrorHandler handler(reportFatalError, &output);
  int status = mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, input, output, registry));
  llvm::outs().flush();
  if (llvm::outs().has_error()) {
    std::string reason = llvm::outs().error().message();
    reportFatalError(&output, reason.c_str(), false);
  }
  return status == 0 && chameleon::InterruptScope::wasInterrupted() ? 130
                                                                    : status;
}

//===- chameleon-opt.cpp - mlir-opt with Chameleon's passes
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Database/Database.h"
#include "chameleon/Runtime/GeneratorHash.h"
#include "chameleon/Runtime/OutputFile.h"
#include "chameleon/Transforms/Passes.h"
#include "chameleon/Tuning/Interrupt.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Support/FileUtilities.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include <csignal>

static llvm::cl::opt<std::string>
    exportDatabase("export-database", llvm::cl::value_desc("path"),
                   llvm::cl::desc("Print a tuning database as JSON lines and "
                                  "exit; empty: the default one"));

/// Reports an error that is not about a place in the module.
static int fail(llvm::Error why) {
  llvm::errs() << "error: " << llvm::toString(std::move(why)) << "\n";
  return 1;
}

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
    failed = chameleon::flushStdout();
  return failed ? fail(std::move(failed)) : 0;
}

/// As mlir-opt, except that the file that was there stays until the new one is
/// whole, and that an error after which a pass goes on, as tuning does, leads
/// to exit status 1 all the same.
static int runPasses(llvm::StringRef input, llvm::StringRef output,
                     mlir::DialectRegistry &registry,
                     const mlir::MlirOptMainConfig &options) {
  std::string message;
  std::unique_ptr<llvm::MemoryBuffer> file =
      mlir::openInputFile(input, &message);
  if (!file) {
    llvm::errs() << message << "\n";
    return 1;
  }
  llvm::Expected<chameleon::OutputFile> result =
      chameleon::OutputFile::open(output);
  if (!result)
    return fail(result.takeError());
  bool anyError = false;
  mlir::MlirOptMainConfig config = options;
  config.setPassPipelineSetupFn([&](mlir::PassManager &manager) {
    if (failed(options.setupPassPipeline(manager)))
      return mlir::failure();
    chameleon::keepOffTuning(
        manager, {{"input", input.str()}, {"output", output.str()}});
    manager.getContext()->getDiagEngine().registerHandler(
        [&](mlir::Diagnostic &diagnostic) {
          anyError |=
              diagnostic.getSeverity() == mlir::DiagnosticSeverity::Error;
          return mlir::failure(); // others print it
        });
    return mlir::success();
  });
  if (failed(mlir::MlirOptMain(result->stream(), std::move(file), registry,
                               config)))
    return 1;
  if (llvm::Error failed = result->commit())
    return fail(std::move(failed));
  if (anyError && !options.shouldVerifyDiagnostics())
    return 1;
  return chameleon::InterruptScope::wasInterrupted() ? 130 : 0;
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  // Then writing fails, which is an error like others.
  signal(SIGXFSZ, SIG_IGN);
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
  auto options = mlir::MlirOptMainConfig::createFromCLOptions();
  int status = options.shouldShowDialects() || options.shouldListPasses()
                   ? mlir::asMainReturnCode(
                         mlir::MlirOptMain(argc, argv, input, output, registry))
                   : runPasses(input, output, registry, options);
  if (llvm::Error failed = chameleon::flushStdout())
    status = fail(std::move(failed));
  llvm::errs().clear_error(); // nobody is left to tell
  return status;
}

//===- CompileForTest.h - a module compiled into this process, for tests
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_UNITTESTS_TARGET_COMPILEFORTEST_H
#define CHAMELEON_UNITTESTS_TARGET_COMPILEFORTEST_H

#include "chameleon/Runtime/CPUEngine.h"
#include "chameleon/Target/CPUDevice.h"
#include "chameleon/Target/Compiler.h"
#include "mlir/IR/Diagnostics.h"

namespace chameleon {

/// A module of linalg or of the LLVM dialect, compiled and loaded.
struct CodeForTest {
  static llvm::Expected<std::unique_ptr<CodeForTest>>
  compile(mlir::ModuleOp module, unsigned threads = 1,
          CPUOptimization optimization = CPUOptimization::Adaptive) {
    auto device = CPUDevice::ofHost(threads);
    if (!device)
      return device.takeError();
    std::string message;
    mlir::ScopedDiagnosticHandler handler(module.getContext(),
                                          [&](mlir::Diagnostic &diagnostic) {
                                            message = diagnostic.str();
                                            return mlir::success();
                                          });
    CompileOptions options;
    options.optimization = optimization;
    auto compiler = (*device)->createCompiler(module.getContext(), options);
    mlir::FailureOr<Program> program = compiler->compile(module);
    if (failed(program))
      return llvm::createStringError("%s", message.c_str());
    auto engine = (*device)->openEngine();
    if (!engine)
      return engine.takeError();
    auto result = std::make_unique<CodeForTest>();
    result->steps = compiler->steps();
    result->engine = std::move(*engine);
    auto code =
        result->engine->load(std::make_shared<Program>(std::move(*program)));
    if (!code)
      return code.takeError();
    result->code = std::move(*code);
    return result;
  }

  llvm::Error call(llvm::StringRef function, llvm::ArrayRef<void *> arguments) {
    std::vector<uint64_t> addresses;
    for (void *argument : arguments)
      addresses.push_back(reinterpret_cast<uintptr_t>(argument));
    auto call = engine->bind(*code, function, addresses);
    return call ? (*call)->run().takeError() : call.takeError();
  }

  std::vector<CompileStep> steps;
  std::unique_ptr<Engine> engine;
  std::unique_ptr<Engine::Executable> code;
};

} // namespace chameleon

#endif // CHAMELEON_UNITTESTS_TARGET_COMPILEFORTEST_H

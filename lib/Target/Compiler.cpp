//===- Compiler.cpp - from a module to a program, for every target
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Target/Compiler.h"
#include "chameleon/Runtime/CPUEngine.h"
#include "chameleon/Runtime/CUDAEngine.h"
#include "chameleon/Target/CallProfile.h"

using namespace mlir;

namespace chameleon {

Compiler::~Compiler() = default;

std::unique_ptr<Compiler> createCompiler(MLIRContext *context,
                                         const TargetDescription &target,
                                         const CompileOptions &options) {
  return target.kindName() == cuda::backendName
             ? createNVVMCompiler(context, target, options)
             : createCPUCompiler(context, target, options);
}

static llvm::Expected<std::unique_ptr<Engine>>
openEngine(llvm::StringRef backend, unsigned threads, unsigned ordinal) {
  if (backend == cuda::backendName)
    return openCUDAEngine(ordinal);
  if (backend == cpu::backendName) {
    CPUEngineOptions options;
    options.threads = threads;
    options.symbols.emplace_back(CallProfile::markName.str(),
                                 reinterpret_cast<void *>(&CallProfile::mark));
    return createCPUEngine(options);
  }
  return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                 "the program is for backend '" + backend +
                                     "', expected '" + cpu::backendName +
                                     "' or '" + cuda::backendName + "'");
}

llvm::Expected<std::unique_ptr<Engine>>
openEngine(const TargetDescription &target, unsigned ordinal) {
  return openEngine(target.kindName(), target.threads, ordinal);
}

llvm::Expected<std::unique_ptr<Engine>>
openEngine(const Program &program, unsigned threads, unsigned ordinal) {
  return openEngine(program.backend, threads, ordinal);
}

} // namespace chameleon

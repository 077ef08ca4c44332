//===- Engine.cpp - what runs programs on a device
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Runtime/Engine.h"

using namespace chameleon;

char EngineError::ID = 0;

Engine::~Engine() = default;
Engine::Buffer::~Buffer() = default;
Engine::Executable::~Executable() = default;
Engine::Call::~Call() = default;

llvm::Error Engine::checkBackend(const Program &program) const {
  if (program.backend == backend())
    return llvm::Error::success();
  return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                 "the program is for backend '" +
                                     program.backend + "', expected '" +
                                     backend() + "'");
}

llvm::Error Engine::checkCall(const Program &program, llvm::StringRef function,
                              size_t addresses) {
  const Program::Function *found = program.lookup(function);
  if (!found) {
    std::string known = program.functionNames();
    return llvm::createStringError(
        llvm::inconvertibleErrorCode(),
        "no function '" + function + "', expected one of " +
            (known.empty() ? "none: the program has no function of tensors"
                           : known));
  }
  if (size_t wanted = found->arguments.size() + found->results.size();
      addresses != wanted)
    return llvm::createStringError("function '%s' takes %zu buffers, found %zu",
                                   function.str().c_str(), wanted, addresses);
  return llvm::Error::success();
}

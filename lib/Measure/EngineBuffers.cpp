//===- EngineBuffers.cpp - host buffers and their guards, where an engine
// computes
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EngineBuffers.h"

using namespace chameleon;

static constexpr size_t guard = GuardedBuffer::guardBytes;

llvm::Expected<EngineBuffers>
EngineBuffers::create(Engine &engine,
                      llvm::MutableArrayRef<GuardedBuffer> host) {
  EngineBuffers result;
  result.host = host;
  for (GuardedBuffer &buffer : host) {
    if (engine.usesHostMemory()) {
      result.starts.push_back(reinterpret_cast<uintptr_t>(buffer.data()));
      continue;
    }
    auto copy = engine.allocate(buffer.size() + 2 * guard);
    if (!copy)
      return copy.takeError();
    result.starts.push_back((*copy)->address() + guard);
    result.copies.push_back(std::move(*copy));
  }
  if (llvm::Error error = result.uploadAll())
    return error;
  return result;
}

llvm::Error EngineBuffers::upload(size_t position) const {
  const GuardedBuffer &from = host[position];
  return copies.empty() ? llvm::Error::success()
                        : copies[position]->write(from.data() - guard,
                                                  from.size() + 2 * guard);
}

llvm::Error EngineBuffers::download(size_t position) const {
  GuardedBuffer &to = host[position];
  return copies.empty()
             ? llvm::Error::success()
             : copies[position]->read(to.data() - guard, to.size() + 2 * guard);
}

llvm::Error EngineBuffers::uploadAll(size_t first) const {
  for (size_t position = first; position < host.size(); ++position)
    if (llvm::Error error = upload(position))
      return error;
  return llvm::Error::success();
}

llvm::Error EngineBuffers::downloadAll(size_t first) const {
  for (size_t position = first; position < host.size(); ++position)
    if (llvm::Error error = download(position))
      return error;
  return llvm::Error::success();
}

llvm::Error chameleon::runOnce(Engine &engine,
                               std::shared_ptr<const Program> program,
                               llvm::StringRef function,
                               llvm::MutableArrayRef<GuardedBuffer> buffers) {
  auto code = engine.load(std::move(program));
  if (!code)
    return code.takeError();
  llvm::Expected<EngineBuffers> arguments =
      EngineBuffers::create(engine, buffers);
  if (!arguments)
    return arguments.takeError();
  auto call = engine.bind(**code, function, arguments->addresses());
  if (!call)
    return call.takeError();
  if (llvm::Error error = (*call)->run().takeError())
    return error;
  return arguments->downloadAll();
}

//===- Model.cpp - a program with its weights, ready to be called
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Model/Model.h"

using namespace chameleon;

llvm::Expected<std::unique_ptr<Model>>
Model::create(std::shared_ptr<const Program> program, llvm::StringRef function,
              std::unique_ptr<Engine> engine, CallProfile *profile) {
  std::unique_ptr<Model> model(new Model(std::move(engine), profile));
  if (llvm::Error error = model->load(std::move(program), function))
    return error;
  return model;
}

llvm::Error
Model::allocate(llvm::ArrayRef<BufferType> types,
                std::vector<std::unique_ptr<Engine::Buffer>> &buffers) {
  for (const BufferType &type : types) {
    auto buffer = engine->allocate(type.numBytes());
    if (!buffer)
      return buffer.takeError();
    llvm::Expected<HostTensor> poison = HostTensor::create(type);
    if (!poison)
      return poison.takeError();
    poison->poison();
    if (llvm::Error error =
            (*buffer)->write(poison->data(), poison->numBytes()))
      return error;
    buffers.push_back(std::move(*buffer));
  }
  return llvm::Error::success();
}

llvm::Error Model::initialise(const Program::Function &initialiser) {
  if (!initialiser.arguments.empty())
    return llvm::createStringError(
        "initialiser '%s' has %zu arguments, expected none",
        initialiser.name.c_str(), initialiser.arguments.size());
  if (llvm::Error error = allocate(initialiser.results, constants))
    return error;
  llvm::SmallVector<uint64_t> addresses;
  for (const auto &constant : constants)
    addresses.push_back(constant->address());
  auto call = engine->bind(*executable, initialiser.name, addresses);
  return call ? (*call)->run().takeError() : call.takeError();
}

static uint64_t addressOf(const HostTensor &tensor) {
  return reinterpret_cast<uintptr_t>(tensor.data());
}

llvm::Error Model::load(std::shared_ptr<const Program> program,
                        llvm::StringRef function) {
  double last = monotonicSeconds();
  auto finish = [&](llvm::StringRef step) {
    double now = monotonicSeconds();
    loadSteps.push_back({step, now - last});
    last = now;
  };
  auto loaded = engine->load(std::move(program));
  if (!loaded)
    return loaded.takeError();
  executable = std::move(*loaded);
  finish("load");

  const Program &code = executable->getProgram();
  const Program::Function *signature = code.lookup(function);
  if (!signature) // the engine knows the words
    return engine->bind(*executable, function, {}).takeError();
  if (!signature->initialiser.empty())
    if (llvm::Error error = initialise(*code.lookup(signature->initialiser)))
      return error;
  for (auto [position, constant] : llvm::enumerate(signature->constants))
    if (constant < 0) {
      inputPositions.push_back(position);
      inputs.push_back(signature->arguments[position]);
    }
  for (const BufferType &type : signature->results) {
    llvm::Expected<HostTensor> output = HostTensor::create(type);
    if (!output)
      return output.takeError();
    output->poison();
    outputs.push_back(std::move(*output));
  }
  if (!engine->usesHostMemory()) {
    if (llvm::Error error = allocate(inputs, inputBuffers))
      return error;
    if (llvm::Error error = allocate(signature->results, outputBuffers))
      return error;
  }
  llvm::SmallVector<uint64_t> addresses;
  size_t nextInput = 0;
  for (int64_t constant : signature->constants)
    addresses.push_back(constant >= 0 ? constants[constant]->address()
                        : inputBuffers.empty()
                            ? 0
                            : inputBuffers[nextInput++]->address());
  for (size_t i = 0; i < outputs.size(); ++i)
    addresses.push_back(outputBuffers.empty() ? addressOf(outputs[i])
                                              : outputBuffers[i]->address());
  auto call = engine->bind(*executable, function, addresses);
  if (!call)
    return call.takeError();
  bound = std::move(*call);
  if (llvm::Error error = bound->prepare())
    return error;
  finish("initialise");
  return llvm::Error::success();
}

llvm::Error Model::bind(llvm::ArrayRef<const HostTensor *> values) {
  if (values.size() != inputs.size())
    return llvm::createStringError("%zu inputs, expected %zu", values.size(),
                                   inputs.size());
  for (auto [index, value] : llvm::enumerate(values)) {
    if (value->numBytes() != inputs[index].numBytes())
      return llvm::createStringError("input %zu has type %s, expected %s",
                                     index, value->getType().str().c_str(),
                                     inputs[index].str().c_str());
    if (engine->usesHostMemory())
      bound->setArgument(inputPositions[index], addressOf(*value));
    else if (llvm::Error error =
                 inputBuffers[index]->write(value->data(), value->numBytes()))
      return error;
  }
  return llvm::Error::success();
}

llvm::Expected<double> Model::call() {
  if (profile)
    profile->begin();
  llvm::Expected<double> seconds = bound->run();
  if (profile)
    profile->end();
  return seconds;
}

llvm::Error Model::fetchResults() {
  for (auto [buffer, output] : llvm::zip(outputBuffers, outputs))
    if (llvm::Error error = buffer->read(output.data(), output.numBytes()))
      return error;
  return llvm::Error::success();
}

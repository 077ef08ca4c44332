//===- DeviceProgram.cpp - a kernel program on a device, ready to be replayed
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Runtime/DeviceProgram.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include <algorithm>

using namespace chameleon;
using namespace chameleon::cuda;

/// Launches are made by a compiler, and a wrong index would be a wild address
/// on the device.
static llvm::Error verify(const NVVMProgram &program,
                          const NVVMFunction &function,
                          const KernelLaunch &launch) {
  for (const KernelArgument &argument : launch.arguments) {
    const char *what = "";
    size_t count = 1;
    switch (argument.kind) {
    case KernelArgument::Kind::Argument:
      what = "argument";
      count = function.argumentBytes.size();
      break;
    case KernelArgument::Kind::Constant:
      what = "constant";
      count = program.constants.size();
      break;
    case KernelArgument::Kind::Scratch:
      what = "scratch";
      break;
    case KernelArgument::Kind::Kept:
      what = "kept";
      break;
    }
    if (argument.index >= count)
      return llvm::createStringError(
          "kernel '%s' takes %s %u of function '%s', expected less than %zu",
          launch.kernel.c_str(), what, argument.index, function.name.c_str(),
          count);
    int64_t bytes = 0;
    switch (argument.kind) {
    case KernelArgument::Kind::Argument:
      bytes = function.argumentBytes[argument.index];
      break;
    case KernelArgument::Kind::Constant:
      bytes = program.constants[argument.index]->getBufferSize();
      break;
    case KernelArgument::Kind::Scratch:
      bytes = function.scratchBytes;
      break;
    case KernelArgument::Kind::Kept:
      bytes = function.keptBytes;
      break;
    }
    // A buffer of nothing may be pointed to.
    if (argument.byteOffset < 0 || argument.byteOffset > bytes)
      return llvm::createStringError(
          "kernel '%s' takes %s %u of function '%s' at byte %lld, expected at "
          "most %lld",
          launch.kernel.c_str(), what, argument.index, function.name.c_str(),
          static_cast<long long>(argument.byteOffset),
          static_cast<long long>(bytes));
  }
  return llvm::Error::success();
}

llvm::Expected<DeviceProgram> DeviceProgram::load(const Context &context,
                                                  const NVVMProgram &program,
                                                  llvm::StringRef image) {
  for (const NVVMFunction &function : program.functions)
    for (const KernelLaunch &launch : llvm::concat<const KernelLaunch>(
             function.constantLaunches, function.launches))
      if (llvm::Error error = verify(program, function, launch))
        return error;
  DeviceProgram loaded(context);
  if (!image.empty()) {
    llvm::Expected<Module> module = Module::load(context, image);
    if (!module)
      return module.takeError();
    loaded.module = std::move(*module);
  }
  llvm::StringMap<unsigned>
      shared; // the most that a launch of the kernel asks for
  int64_t scratchBytes = 0;
  for (const NVVMFunction &function : program.functions) {
    scratchBytes = std::max(scratchBytes, function.scratchBytes);
    for (const KernelLaunch &launch : llvm::concat<const KernelLaunch>(
             function.constantLaunches, function.launches)) {
      unsigned &most = shared[launch.kernel];
      most = std::max(most, launch.dynamicSharedBytes);
    }
  }
  if (!shared.empty() && !loaded.module)
    return llvm::createStringError("the program launches kernels, but has no "
                                   "code");
  for (const auto &entry : shared) {
    llvm::Expected<FunctionHandle> kernel =
        loaded.module->getKernel(entry.getKey(), entry.getValue());
    if (!kernel)
      return kernel.takeError();
    loaded.kernels[entry.getKey()] = *kernel;
    llvm::Expected<KernelResources> resources =
        loaded.module->getResources(*kernel);
    if (!resources)
      return resources.takeError();
    KernelResources &largest = loaded.largest;
    largest.registers = std::max(largest.registers, resources->registers);
    largest.localBytes = std::max(largest.localBytes, resources->localBytes);
    largest.sharedBytes = std::max<int64_t>(
        largest.sharedBytes, resources->sharedBytes + entry.getValue());
    largest.threads = std::max(largest.threads, resources->threads);
  }
  for (const auto &constant : program.constants) {
    llvm::Expected<Buffer> buffer =
        Buffer::allocate(context, constant->getBufferSize());
    if (!buffer)
      return buffer.takeError();
    if (llvm::Error error = buffer->write(constant->getBufferStart(),
                                          constant->getBufferSize()))
      return error;
    loaded.constants.push_back(std::move(*buffer));
  }
  if (scratchBytes > 0) {
    llvm::Expected<Buffer> scratch = Buffer::allocate(context, scratchBytes);
    if (!scratch)
      return scratch.takeError();
    loaded.scratch = std::move(*scratch);
  }
  return loaded;
}

size_t DeviceProgram::constantBytes() const {
  size_t bytes = 0;
  for (const Buffer &constant : constants)
    bytes += constant.size();
  return bytes;
}

llvm::Error DeviceProgram::enqueue(const NVVMFunction &function,
                                   llvm::ArrayRef<KernelLaunch> launches,
                                   llvm::ArrayRef<DeviceAddress> arguments,
                                   DeviceAddress kept,
                                   StreamHandle stream) const {
  if (arguments.size() != function.argumentBytes.size())
    return llvm::createStringError(
        "function '%s' takes %zu arguments, found %zu", function.name.c_str(),
        function.argumentBytes.size(), arguments.size());
  llvm::SmallVector<uint64_t> values;
  llvm::SmallVector<void *> pointers;
  for (const KernelLaunch &launch : launches) {
    values.clear();
    pointers.clear();
    for (const KernelArgument &argument : launch.arguments) {
      switch (argument.kind) {
      case KernelArgument::Kind::Argument:
        values.push_back(arguments[argument.index] + argument.byteOffset);
        break;
      case KernelArgument::Kind::Scratch:
        values.push_back(scratch.address() + argument.byteOffset);
        break;
      case KernelArgument::Kind::Kept:
        values.push_back(kept + argument.byteOffset);
        break;
      case KernelArgument::Kind::Constant:
        values.push_back(constants[argument.index].address() +
                         argument.byteOffset);
        break;
      }
    }
    for (uint64_t &value : values)
      pointers.push_back(&value);
    if (llvm::Error error = driver->call(
            driver->launchKernel, kernels.lookup(launch.kernel), launch.grid[0],
            launch.grid[1], launch.grid[2], launch.block[0], launch.block[1],
            launch.block[2], launch.dynamicSharedBytes, stream, pointers.data(),
            nullptr))
      return addContext(std::move(error), "launching kernel '" +
                                              llvm::Twine(launch.kernel) + "'");
  }
  return llvm::Error::success();
}

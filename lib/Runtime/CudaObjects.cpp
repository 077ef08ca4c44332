//===- CudaObjects.cpp - context, module, buffer, stream, event, graph
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Runtime/CudaObjects.h"

using namespace chameleon::cuda;

//===----------------------------------------------------------------------===//
// Context
//===----------------------------------------------------------------------===//

llvm::Expected<std::unique_ptr<Context>> Context::create(const Driver &driver,
                                                         int ordinal) {
  Device device = 0;
  if (llvm::Error error = driver.call(driver.deviceGet, &device, ordinal))
    return error;
  ContextHandle handle = nullptr;
  if (llvm::Error error =
          driver.call(driver.primaryContextRetain, &handle, device))
    return error;
  std::unique_ptr<Context> context(new Context(driver, device, handle));
  if (llvm::Error error = context->makeCurrent())
    return error;
  return context;
}

Context::~Context() {
  driver.callAndForget(driver.primaryContextRelease, device);
}

//===----------------------------------------------------------------------===//
// Module
//===----------------------------------------------------------------------===//

llvm::Expected<Module> Module::load(const Context &context,
                                    llvm::StringRef image) {
  const Driver &driver = context.driver;
  ModuleHandle handle = nullptr;
  if (llvm::Error error = driver.call(driver.moduleLoadData, &handle,
                                      static_cast<const void *>(image.data()),
                                      0u, nullptr, nullptr))
    return error;
  return Module(driver, handle);
}

llvm::Expected<FunctionHandle>
Module::getKernel(llvm::StringRef name, unsigned dynamicSharedBytes) const {
  FunctionHandle kernel = nullptr;
  std::string text = name.str();
  if (llvm::Error error = driver->call(driver->moduleGetFunction, &kernel,
                                       owner.get(), text.c_str()))
    return addContext(std::move(error), "kernel '" + name + "'");
  constexpr unsigned freely = 48 << 10;
  constexpr int maxDynamicSharedBytes = 8; // CUfunction_attribute
  if (dynamicSharedBytes > freely)
    if (llvm::Error error = driver->call(driver->functionSetAttribute, kernel,
                                         maxDynamicSharedBytes,
                                         static_cast<int>(dynamicSharedBytes)))
      return addContext(std::move(error), "kernel '" + name + "' asks for " +
                                              llvm::Twine(dynamicSharedBytes) +
                                              " bytes of shared memory");
  return kernel;
}

llvm::Expected<KernelResources>
Module::getResources(FunctionHandle kernel) const {
  KernelResources resources;
  // CUfunction_attribute.
  const std::pair<int, int64_t *> attributes[] = {{4, &resources.registers},
                                                  {3, &resources.localBytes},
                                                  {1, &resources.sharedBytes},
                                                  {0, &resources.threads}};
  for (auto [attribute, fact] : attributes) {
    int value = 0;
    if (llvm::Error error = driver->call(driver->functionGetAttribute, &value,
                                         attribute, kernel))
      return error;
    *fact = value;
  }
  return resources;
}

//===----------------------------------------------------------------------===//
// Buffer, event, stream
//===----------------------------------------------------------------------===//

llvm::Expected<Buffer> Buffer::allocate(const Context &context, size_t bytes) {
  const Driver &driver = context.driver;
  DeviceAddress address = 0;
  if (llvm::Error error = driver.call(driver.memoryAllocate, &address,
                                      std::max<size_t>(bytes, 1)))
    return addContext(std::move(error),
                      "a buffer of " + llvm::Twine(bytes) + " bytes");
  return Buffer(driver, address, bytes);
}

llvm::Error Buffer::write(const void *from, size_t count, size_t offset) const {
  if (count == 0)
    return llvm::Error::success();
  if (llvm::Error error =
          driver->call(driver->copyToDevice, address() + offset, from, count))
    return error;
  // The call returns when the bytes are staged, not when they have arrived, and
  // our streams do not wait for the default stream, where they travel.
  return driver->call(driver->streamSynchronize,
                      static_cast<StreamHandle>(nullptr));
}

llvm::Error Buffer::read(void *to, size_t count, size_t offset) const {
  return count ? driver->call(driver->copyToHost, to, address() + offset, count)
               : llvm::Error::success();
}

llvm::Expected<Event> Event::create(const Context &context) {
  EventHandle handle = nullptr;
  if (llvm::Error error =
          context.driver.call(context.driver.eventCreate, &handle, 0u))
    return error;
  return Event(context.driver, handle);
}

llvm::Expected<double> Event::secondsSince(const Event &begin) const {
  float milliseconds = 0;
  if (llvm::Error error = driver->call(driver->eventElapsedTime, &milliseconds,
                                       begin.owner.get(), owner.get()))
    return error;
  return milliseconds * 1e-3;
}

llvm::Expected<Stream> Stream::create(const Context &context) {
  constexpr unsigned nonBlocking = 1; // does not wait for the default stream
  StreamHandle handle = nullptr;
  if (llvm::Error error = context.driver.call(context.driver.streamCreate,
                                              &handle, nonBlocking))
    return error;
  return Stream(context.driver, handle);
}

//===----------------------------------------------------------------------===//
// Graph
//===----------------------------------------------------------------------===//

llvm::Expected<Graph> Graph::capture(const Context &context,
                                     const Stream &stream,
                                     llvm::function_ref<llvm::Error()> work) {
  const Driver &driver = context.driver;
  constexpr int relaxed = 2; // CU_STREAM_CAPTURE_MODE_RELAXED
  if (llvm::Error error =
          driver.call(driver.streamBeginCapture, stream.get(), relaxed))
    return error;
  llvm::Error failed = work();
  // Ends the capture even then: the stream is used again.
  GraphHandle captured = nullptr;
  llvm::Error ended =
      driver.call(driver.streamEndCapture, stream.get(), &captured);
  GraphOwner graph(driver, captured);
  if (failed) {
    llvm::consumeError(std::move(ended));
    return failed;
  }
  if (ended)
    return ended;
  ExecutableGraphHandle executable = nullptr;
  if (llvm::Error error =
          driver.call(driver.graphInstantiate, &executable, graph.get(), 0ull))
    return error;
  return Graph(driver, executable);
}

//===- CudaObjects.h - context, module, buffer, stream, event, graph
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Objects of the driver that release themselves. All but the context must end
// before it does, on a thread where it is current.
//
//   auto context = cuda::Context::create(*driver, 0);
//   auto module = cuda::Module::load(**context, cubin);
//   auto buffer = cuda::Buffer::allocate(**context, 4096);
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_RUNTIME_CUDAOBJECTS_H
#define CHAMELEON_RUNTIME_CUDAOBJECTS_H

#include "chameleon/Runtime/CudaDriver.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <memory>

namespace chameleon::cuda {

/// The primary context of a device, current on the thread that created it.
class Context {
public:
  static llvm::Expected<std::unique_ptr<Context>> create(const Driver &driver,
                                                         int ordinal);
  ~Context();
  Context(const Context &) = delete;
  Context &operator=(const Context &) = delete;

  const Driver &driver;
  /// Current on this thread, too.
  llvm::Error makeCurrent() const {
    return driver.call(driver.contextSetCurrent, handle);
  }
  /// Waits for everything; reports what went wrong on the device meanwhile.
  llvm::Error synchronize() const {
    return driver.call(driver.contextSynchronize);
  }

private:
  Context(const Driver &driver, Device device, ContextHandle handle)
      : driver(driver), device(device), handle(handle) {}
  Device device;
  ContextHandle handle;
};

/// A handle and how to release it; moves, does not copy.
template <typename Handle, typename Release>
class Owned {
public:
  Owned() = default;
  Owned(const Driver &driver, Handle handle)
      : driver(&driver), handle(handle) {}
  Owned(Owned &&other) noexcept : driver(other.driver), handle(other.handle) {
    other.handle = Handle();
  }
  Owned &operator=(Owned &&other) noexcept {
    std::swap(driver, other.driver);
    std::swap(handle, other.handle);
    return *this;
  }
  ~Owned() {
    if (handle)
      Release()(*driver, handle);
  }
  Handle get() const { return handle; }
  explicit operator bool() const { return static_cast<bool>(handle); }

private:
  const Driver *driver = nullptr;
  Handle handle = Handle();
};

#define CHAMELEON_CUDA_OWNED(Name, Handle, release)                            \
  struct Name##Release {                                                       \
    void operator()(const Driver &driver, Handle handle) const {               \
      driver.callAndForget(driver.release, handle);                            \
    }                                                                          \
  };                                                                           \
  using Name##Owner = Owned<Handle, Name##Release>;
CHAMELEON_CUDA_OWNED(Module, ModuleHandle, moduleUnload)
CHAMELEON_CUDA_OWNED(Buffer, DeviceAddress, memoryFree)
CHAMELEON_CUDA_OWNED(Stream, StreamHandle, streamDestroy)
CHAMELEON_CUDA_OWNED(Event, EventHandle, eventDestroy)
CHAMELEON_CUDA_OWNED(Graph, GraphHandle, graphDestroy)
CHAMELEON_CUDA_OWNED(ExecutableGraph, ExecutableGraphHandle,
                     executableGraphDestroy)
#undef CHAMELEON_CUDA_OWNED

/// What ptxas made of a kernel.
struct KernelResources {
  int64_t registers = 0;   ///< per thread
  int64_t localBytes = 0;  ///< per thread: spills and indexed arrays
  int64_t sharedBytes = 0; ///< static, per block
  int64_t threads = 0;     ///< the most a block may have
};

class Module {
public:
  /// From a cubin, or from PTX (with a NUL at the end), which the driver
  /// compiles itself.
  static llvm::Expected<Module> load(const Context &context,
                                     llvm::StringRef image);
  /// `dynamicSharedBytes`: what launches will ask for; beyond 48 KiB the kernel
  /// must say so before.
  llvm::Expected<FunctionHandle>
  getKernel(llvm::StringRef name, unsigned dynamicSharedBytes = 0) const;
  llvm::Expected<KernelResources> getResources(FunctionHandle kernel) const;

private:
  Module(const Driver &driver, ModuleHandle handle)
      : driver(&driver), owner(driver, handle) {}
  const Driver *driver;
  ModuleOwner owner;
};

class Buffer {
public:
  Buffer() = default;
  /// At least one byte, 256-byte aligned.
  static llvm::Expected<Buffer> allocate(const Context &context, size_t bytes);
  DeviceAddress address() const { return owner.get(); }
  size_t size() const { return bytes; }
  /// The bytes are there when it returns, whatever stream reads them.
  llvm::Error write(const void *from, size_t count, size_t offset = 0) const;
  llvm::Error read(void *to, size_t count, size_t offset = 0) const;

private:
  Buffer(const Driver &driver, DeviceAddress address, size_t bytes)
      : driver(&driver), owner(driver, address), bytes(bytes) {}
  const Driver *driver = nullptr;
  BufferOwner owner;
  size_t bytes = 0;
};

class Event {
public:
  static llvm::Expected<Event> create(const Context &context);
  llvm::Error record(StreamHandle stream) const {
    return driver->call(driver->eventRecord, owner.get(), stream);
  }
  llvm::Error wait() const {
    return driver->call(driver->eventSynchronize, owner.get());
  }
  /// Seconds from `begin` to this one, both reached. Resolution: about half a
  /// microsecond.
  llvm::Expected<double> secondsSince(const Event &begin) const;

private:
  Event(const Driver &driver, EventHandle handle)
      : driver(&driver), owner(driver, handle) {}
  const Driver *driver;
  EventOwner owner;
};

class Stream {
public:
  static llvm::Expected<Stream> create(const Context &context);
  StreamHandle get() const { return owner.get(); }
  llvm::Error synchronize() const {
    return driver->call(driver->streamSynchronize, owner.get());
  }

private:
  Stream(const Driver &driver, StreamHandle handle)
      : driver(&driver), owner(driver, handle) {}
  const Driver *driver;
  StreamOwner owner;
};

/// Work that was captured once and is launched as a whole.
class Graph {
public:
  /// Captures what `work` puts on `stream`. Nothing runs yet.
  static llvm::Expected<Graph> capture(const Context &context,
                                       const Stream &stream,
                                       llvm::function_ref<llvm::Error()> work);
  llvm::Error launch(const Stream &stream) const {
    return driver->call(driver->graphLaunch, executable.get(), stream.get());
  }

private:
  Graph(const Driver &driver, ExecutableGraphHandle handle)
      : driver(&driver), executable(driver, handle) {}
  const Driver *driver;
  ExecutableGraphOwner executable;
};

} // namespace chameleon::cuda

#endif // CHAMELEON_RUNTIME_CUDAOBJECTS_H

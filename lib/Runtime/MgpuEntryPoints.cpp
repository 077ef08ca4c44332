//===- MgpuEntryPoints.cpp - what MLIR's GPU code calls on the host
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The functions that convert-gpu-to-llvm emits calls of, as a library of its
// own for mlir-runner:
//
//   mlir-runner host.mlir -e main
//   --shared-libs=libchameleon_cuda_runtime.so,libmlir_runner_utils.so
//
// As upstream's libmlir_cuda_runtime.so, which distributions without CUDA do
// not have; but the driver is loaded when it is first needed, and an error ends
// the program instead of being printed and forgotten. All on the primary
// context of one device.
//
//===----------------------------------------------------------------------===//

#include "chameleon/Runtime/CudaObjects.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <atomic>
#include <cstdlib>

using namespace chameleon::cuda;

static std::atomic<int> defaultDevice{0};

[[noreturn]] static void fail(llvm::Error error) {
  llvm::errs() << "error: " << llvm::toString(std::move(error)) << "\n";
  std::exit(1);
}

/// The driver, with the context current on this thread.
static const Driver &driver() {
  static const Driver *loaded = [] {
    llvm::Expected<const Driver *> driver = Driver::load();
    if (!driver)
      fail(driver.takeError());
    return *driver;
  }();
  static Context *context = [] {
    llvm::Expected<std::unique_ptr<Context>> made =
        Context::create(*loaded, defaultDevice);
    if (!made)
      fail(made.takeError());
    return made->release(); // the program's end releases it
  }();
  thread_local bool current = false;
  if (!current) {
    if (llvm::Error error = context->makeCurrent())
      fail(std::move(error));
    current = true;
  }
  return *loaded;
}

/// Calls the driver; the program ends if that fails.
#define CALL(function, ...)                                                    \
  do {                                                                         \
    const Driver &cuda = driver();                                             \
    if (llvm::Error error = cuda.call(cuda.function, __VA_ARGS__))             \
      fail(std::move(error));                                                  \
  } while (false)

static DeviceAddress address(void *pointer) {
  return reinterpret_cast<uintptr_t>(pointer);
}

/// A memref descriptor of any rank: sizes, then strides, follow the offset.
namespace {
struct MemRefDescriptor {
  char *allocated, *aligned;
  int64_t offset;
  int64_t sizes[1];
};
} // namespace

/// All bytes from the first element to the last; the buffer must be contiguous.
static std::pair<void *, uint64_t>
bytesOf(int64_t rank, MemRefDescriptor *descriptor, int64_t elementBytes) {
  int64_t count = 1;
  for (int64_t d = 0; d < rank; ++d)
    count *= descriptor->sizes[d];
  return {descriptor->aligned + descriptor->offset * elementBytes,
          static_cast<uint64_t>(count * elementBytes)};
}

extern "C" {

void mgpuSetDefaultDevice(int32_t device) { defaultDevice = device; }

ModuleHandle mgpuModuleLoad(void *data, size_t) {
  ModuleHandle module = nullptr;
  CALL(moduleLoadData, &module, static_cast<const void *>(data), 0u, nullptr,
       nullptr);
  return module;
}

/// The driver takes PTX and machine code alike.
ModuleHandle mgpuModuleLoadJIT(void *data, int) {
  return mgpuModuleLoad(data, 0);
}

void mgpuModuleUnload(ModuleHandle module) { CALL(moduleUnload, module); }

FunctionHandle mgpuModuleGetFunction(ModuleHandle module, const char *name) {
  FunctionHandle function = nullptr;
  CALL(moduleGetFunction, &function, module, name);
  return function;
}

void mgpuLaunchKernel(FunctionHandle function, intptr_t gridX, intptr_t gridY,
                      intptr_t gridZ, intptr_t blockX, intptr_t blockY,
                      intptr_t blockZ, int32_t sharedBytes, StreamHandle stream,
                      void **parameters, void **extra, size_t) {
  if (sharedBytes > 48 << 10) // beyond, a kernel must say so before
    CALL(functionSetAttribute, function, 8, sharedBytes);
  auto size = [](intptr_t value) { return static_cast<unsigned>(value); };
  CALL(launchKernel, function, size(gridX), size(gridY), size(gridZ),
       size(blockX), size(blockY), size(blockZ),
       static_cast<unsigned>(sharedBytes), stream, parameters, extra);
}

StreamHandle mgpuStreamCreate() {
  StreamHandle stream = nullptr;
  CALL(streamCreate, &stream, 1u);
  return stream;
}

void mgpuStreamDestroy(StreamHandle stream) { CALL(streamDestroy, stream); }

void mgpuStreamSynchronize(StreamHandle stream) {
  CALL(streamSynchronize, stream);
}

void mgpuStreamWaitEvent(StreamHandle stream, EventHandle event) {
  CALL(streamWaitEvent, stream, event, 0u);
}

EventHandle mgpuEventCreate() {
  EventHandle event = nullptr;
  constexpr unsigned withoutTiming = 2;
  CALL(eventCreate, &event, withoutTiming);
  return event;
}

void mgpuEventDestroy(EventHandle event) { CALL(eventDestroy, event); }

void mgpuEventSynchronize(EventHandle event) { CALL(eventSynchronize, event); }

void mgpuEventRecord(EventHandle event, StreamHandle stream) {
  CALL(eventRecord, event, stream);
}

void *mgpuMemAlloc(uint64_t bytes, StreamHandle, bool isHostShared) {
  DeviceAddress memory = 0;
  if (bytes == 0)
    return nullptr;
  constexpr unsigned attachGlobal = 1;
  if (isHostShared)
    CALL(memoryAllocateManaged, &memory, static_cast<size_t>(bytes),
         attachGlobal);
  else
    CALL(memoryAllocate, &memory, static_cast<size_t>(bytes));
  return reinterpret_cast<void *>(memory);
}

void mgpuMemFree(void *memory, StreamHandle) {
  if (memory)
    CALL(memoryFree, address(memory));
}

void mgpuMemcpy(void *to, void *from, size_t bytes, StreamHandle stream) {
  CALL(copyAsync, address(to), address(from), bytes, stream);
}

void mgpuMemset32(void *to, unsigned value, size_t count, StreamHandle stream) {
  CALL(fillWordsAsync, address(to), value, count, stream);
}

void mgpuMemset16(void *to, unsigned short value, size_t count,
                  StreamHandle stream) {
  CALL(fillHalfWordsAsync, address(to), value, count, stream);
}

void mgpuMemHostRegister(void *memory, uint64_t bytes) {
  CALL(hostRegister, memory, static_cast<size_t>(bytes), 0u);
}

void mgpuMemHostRegisterMemRef(int64_t rank, MemRefDescriptor *descriptor,
                               int64_t elementBytes) {
  auto [memory, bytes] = bytesOf(rank, descriptor, elementBytes);
  mgpuMemHostRegister(memory, bytes);
}

void mgpuMemHostUnregister(void *memory) { CALL(hostUnregister, memory); }

void mgpuMemHostUnregisterMemRef(int64_t rank, MemRefDescriptor *descriptor,
                                 int64_t elementBytes) {
  mgpuMemHostUnregister(bytesOf(rank, descriptor, elementBytes).first);
}

} // extern "C"

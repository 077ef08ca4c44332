//===- FakeCuda.cpp - a CUDA driver without a GPU, for tests
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FakeCuda.h"
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <set>

using namespace chameleon::fakecuda;

namespace {

struct Kernel {
  std::string name;
  int dynamicLimit = 48 << 10;
};
struct Module {
  std::map<std::string, Kernel> kernels;
};
struct Event {
  double when = -1;
};
using Work = std::vector<std::function<void()>>;
struct Stream {
  bool capturing = false;
  Work captured;
};

State &theState() {
  static State state = [] {
    State state;
    if (const char *text = getenv("FAKE_CUDA_FAIL")) {
      std::string failure = text;
      size_t colon = failure.find(':'), second = failure.find(':', colon + 1);
      state.failing = failure.substr(0, colon);
      state.code = atoi(failure.c_str() + colon + 1);
      if (second != std::string::npos)
        state.callsBefore = atoi(failure.c_str() + second + 1);
    }
    if (const char *text = getenv("FAKE_CUDA_DEVICES"))
      state.devices = atoi(text);
    return state;
  }();
  return state;
}

void log(const std::string &line) {
  static FILE *file =
      getenv("FAKE_CUDA_LOG") ? fopen(getenv("FAKE_CUDA_LOG"), "a") : nullptr;
  if (!file)
    return;
  fprintf(file, "%s\n", line.c_str());
  fflush(file);
}

bool isSticky(int code) { return code == 700 || (code >= 714 && code <= 719); }

/// Records the call; 0, or the error that it is to return.
int enter(const char *symbol) {
  State &state = theState();
  state.calls.push_back(symbol);
  log(symbol);
  if (state.sticky)
    return state.sticky;
  if (state.failing == symbol && state.callsBefore-- <= 0) {
    if (isSticky(state.code))
      state.sticky = state.code;
    return state.code;
  }
  return 0;
}

void put(Stream *stream, std::function<void()> work) {
  if (stream && stream->capturing)
    stream->captured.push_back(std::move(work));
  else
    work();
}

std::map<unsigned long long, size_t> &blocks() {
  static std::map<unsigned long long, size_t> blocks;
  return blocks;
}

/// Whether the range lies in memory that was allocated.
bool isMine(unsigned long long address, size_t bytes) {
  auto after = blocks().upper_bound(address);
  if (after == blocks().begin())
    return false;
  --after;
  return address + bytes <= after->first + std::max<size_t>(after->second, 1);
}

template <typename T>
T *make(T object = T()) {
  ++theState().live;
  return new T(std::move(object));
}
template <typename T>
void destroy(T *object) {
  --theState().live;
  delete object;
}

int currentContext;

} // namespace

#define ENTER                                                                  \
  if (int error = enter(__func__))                                             \
  return error

extern "C" {

State *fakeCudaState() { return &theState(); }

int cuGetErrorName(int code, const char **name) {
  static const std::map<int, const char *> names = {
      {1, "CUDA_ERROR_INVALID_VALUE"},
      {2, "CUDA_ERROR_OUT_OF_MEMORY"},
      {100, "CUDA_ERROR_NO_DEVICE"},
      {209, "CUDA_ERROR_NO_BINARY_FOR_GPU"},
      {500, "CUDA_ERROR_NOT_FOUND"},
      {700, "CUDA_ERROR_ILLEGAL_ADDRESS"},
      {716, "CUDA_ERROR_MISALIGNED_ADDRESS"}};
  auto found = names.find(code);
  *name = found == names.end() ? nullptr : found->second;
  return found == names.end();
}
int cuGetErrorString(int code, const char **text) {
  *text = code == 700 ? "an illegal memory access was encountered" : nullptr;
  return *text ? 0 : 1;
}
int cuInit(unsigned) {
  ENTER;
  return 0;
}
int cuDriverGetVersion(int *version) {
  *version = 13000;
  return 0;
}
int cuDeviceGetCount(int *count) {
  ENTER;
  *count = theState().devices;
  return 0;
}
int cuDeviceGet(int *device, int ordinal) {
  ENTER;
  *device = ordinal;
  return ordinal < theState().devices ? 0 : 101;
}
int cuDeviceGetName(char *name, int size, int) {
  snprintf(name, size, "Fake H200");
  return 0;
}
int cuDeviceGetAttribute(int *value, int attribute, int) {
  static const std::map<int, int> values = {
      {75, 9},        {76, 0},       {16, 132},     {10, 32},     {1, 1024},
      {39, 2048},     {12, 65536},   {82, 65536},   {97, 232448}, {81, 233472},
      {38, 62914560}, {13, 1980000}, {36, 3201000}, {37, 6144}};
  auto found = values.find(attribute);
  if (found == values.end())
    return 1;
  *value = found->second;
  return 0;
}
int cuDeviceTotalMem_v2(size_t *bytes, int) {
  *bytes = theState().memory;
  return 0;
}
int cuDevicePrimaryCtxRetain(void **context, int device) {
  ENTER;
  theState().contexts.push_back(device);
  log("context on device " + std::to_string(device));
  ++theState().live;
  *context = &currentContext;
  return 0;
}
int cuDevicePrimaryCtxRelease_v2(int) {
  --theState().live;
  ENTER;
  return 0;
}
int cuCtxSetCurrent(void *) {
  ENTER;
  return 0;
}
int cuCtxSynchronize() {
  ENTER;
  return 0;
}
int cuModuleLoadDataEx(Module **module, const void *image, unsigned, int *,
                       void **) {
  ENTER;
  if (!image || !*static_cast<const char *>(image))
    return 209;
  *module = make<Module>();
  return 0;
}
int cuModuleUnload(Module *module) {
  destroy(module);
  ENTER;
  return 0;
}
int cuModuleGetFunction(Kernel **kernel, Module *module, const char *name) {
  ENTER;
  if (std::string(name).find("missing") != std::string::npos)
    return 500;
  *kernel = &module->kernels.try_emplace(name, Kernel{name}).first->second;
  return 0;
}
int cuFuncGetAttribute(int *value, int attribute, Kernel *) {
  static const std::map<int, int> values = {
      {0, 1024}, {1, 4096}, {3, 16}, {4, 96}};
  *value = values.at(attribute);
  return 0;
}
int cuFuncSetAttribute(Kernel *kernel, int attribute, int value) {
  ENTER;
  if (attribute != 8 || value > 232448)
    return 1;
  kernel->dynamicLimit = value;
  return 0;
}
int cuMemAlloc_v2(unsigned long long *address, size_t bytes) {
  ENTER;
  State &state = theState();
  if (bytes == 0)
    return 1;
  if (state.allocated + bytes > state.memory)
    return 2;
  void *memory = nullptr;
  if (posix_memalign(&memory, 256, bytes))
    return 2;
  *address = reinterpret_cast<uintptr_t>(memory);
  blocks()[*address] = bytes;
  state.allocated += bytes;
  ++state.live;
  return 0;
}
int cuMemAllocManaged(unsigned long long *address, size_t bytes, unsigned) {
  int status = cuMemAlloc_v2(address, bytes);
  theState().calls.back() = __func__;
  return status;
}
int cuMemHostRegister_v2(void *memory, size_t bytes, unsigned) {
  ENTER;
  theState().registered = {memory, bytes};
  return 0;
}
int cuMemHostUnregister(void *memory) {
  ENTER;
  if (theState().registered.first != memory)
    return 1;
  theState().registered = {};
  return 0;
}
int cuMemFree_v2(unsigned long long address) {
  State &state = theState();
  state.allocated -= blocks()[address];
  --state.live;
  blocks().erase(address);
  free(reinterpret_cast<void *>(address));
  ENTER;
  return 0;
}
int cuMemcpyHtoD_v2(unsigned long long to, const void *from, size_t bytes) {
  ENTER;
  if (!isMine(to, bytes))
    return 1;
  memcpy(reinterpret_cast<void *>(to), from, bytes);
  return 0;
}
int cuMemcpyDtoH_v2(void *to, unsigned long long from, size_t bytes) {
  ENTER;
  if (!isMine(from, bytes))
    return 1;
  memcpy(to, reinterpret_cast<void *>(from), bytes);
  return 0;
}
int cuMemcpyAsync(unsigned long long to, unsigned long long from, size_t bytes,
                  Stream *stream) {
  ENTER;
  put(stream, [=] {
    memcpy(reinterpret_cast<void *>(to), reinterpret_cast<void *>(from), bytes);
  });
  return 0;
}
extern "C++" template <typename T>
static int fill(unsigned long long to, T value, size_t count, Stream *stream) {
  if (!isMine(to, count * sizeof(T)))
    return 1;
  put(stream, [=] {
    std::fill_n(reinterpret_cast<T *>(to), count, value);
    theState().clock += 1e-6;
  });
  return 0;
}
int cuMemsetD8Async(unsigned long long to, unsigned char value, size_t count,
                    Stream *stream) {
  ENTER;
  return fill(to, value, count, stream);
}
int cuMemsetD16Async(unsigned long long to, unsigned short value, size_t count,
                     Stream *stream) {
  ENTER;
  return fill(to, value, count, stream);
}
int cuMemsetD32Async(unsigned long long to, unsigned value, size_t count,
                     Stream *stream) {
  ENTER;
  return fill(to, value, count, stream);
}
int cuStreamCreate(Stream **stream, unsigned) {
  ENTER;
  *stream = make<Stream>();
  return 0;
}
int cuStreamDestroy_v2(Stream *stream) {
  destroy(stream);
  ENTER;
  return 0;
}
int cuStreamSynchronize(Stream *stream) {
  ENTER;
  return stream && stream->capturing ? 900 : 0;
}
int cuStreamWaitEvent(Stream *, Event *, unsigned) {
  ENTER;
  return 0;
}
int cuStreamBeginCapture_v2(Stream *stream, int) {
  ENTER;
  stream->capturing = true;
  stream->captured.clear();
  return 0;
}
int cuStreamEndCapture(Stream *stream, Work **graph) {
  stream->capturing = false;
  ENTER;
  *graph = make<Work>(std::move(stream->captured));
  return 0;
}
int cuGraphInstantiateWithFlags(Work **executable, Work *graph,
                                unsigned long long) {
  ENTER;
  *executable = make<Work>(*graph);
  return 0;
}
int cuGraphLaunch(Work *executable, Stream *) {
  ENTER;
  for (const auto &work : *executable)
    work();
  return theState().sticky;
}
int cuGraphDestroy(Work *graph) {
  destroy(graph);
  ENTER;
  return 0;
}
int cuGraphExecDestroy(Work *executable) {
  destroy(executable);
  ENTER;
  return 0;
}
int cuEventCreate(Event **event, unsigned) {
  ENTER;
  *event = make<Event>();
  return 0;
}
int cuEventDestroy_v2(Event *event) {
  destroy(event);
  ENTER;
  return 0;
}
int cuEventRecord(Event *event, Stream *stream) {
  ENTER;
  put(stream, [=] { event->when = theState().clock; });
  return 0;
}
int cuEventSynchronize(Event *) {
  ENTER;
  return 0;
}
int cuEventElapsedTime(float *milliseconds, Event *begin, Event *end) {
  if (begin->when < 0 || end->when < 0)
    return 400;
  *milliseconds = static_cast<float>((end->when - begin->when) * 1e3);
  return 0;
}
int cuLaunchKernel(Kernel *kernel, unsigned gx, unsigned gy, unsigned gz,
                   unsigned bx, unsigned by, unsigned bz, unsigned shared,
                   Stream *stream, void **parameters, void **) {
  ENTER;
  if (bx * by * bz > 1024 || bx * by * bz == 0 ||
      static_cast<int>(shared) > kernel->dynamicLimit)
    return 1;
  Launch launch{kernel->name, {gx, gy, gz}, {bx, by, bz}, shared, {}};
  for (int i = 0, count = theState().numParameters(kernel->name); i < count;
       ++i)
    launch.values.push_back(*static_cast<uint64_t *>(parameters[i]));
  put(stream, [launch] {
    State &state = theState();
    state.clock += state.run(launch);
    state.launches.push_back(launch);
  });
  return theState().sticky;
}

} // extern "C"

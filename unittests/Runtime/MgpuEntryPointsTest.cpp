//===- MgpuEntryPointsTest.cpp - what MLIR's GPU code calls on the host
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FakeCuda.h"
#include "gtest/gtest.h"
#include <algorithm>

using namespace chameleon;

namespace {

/// The library as mlir-runner loads it, on the fake driver.
class MgpuEntryPoints : public ::testing::Test {
protected:
  void SetUp() override {
    fake = fakecuda::State();
    library = dlopen(CUDA_RUNTIME, RTLD_NOW | RTLD_LOCAL);
    ASSERT_NE(library, nullptr) << dlerror();
  }
  template <typename Result = void *, typename... Arguments>
  Result call(const char *name, Arguments... arguments) {
    auto function =
        reinterpret_cast<Result (*)(Arguments...)>(dlsym(library, name));
    EXPECT_NE(function, nullptr) << name;
    return function(arguments...);
  }

  fakecuda::State &fake = fakecuda::state(FAKE_CUDA);
  void *library = nullptr;
};

TEST_F(MgpuEntryPoints, RunAKernel) {
  void *module =
      call("mgpuModuleLoad", static_cast<void *>(const_cast<char *>("image")),
           size_t(5));
  void *kernel = call("mgpuModuleGetFunction", module, "kernel");
  void *stream = call("mgpuStreamCreate");
  void *memory = call("mgpuMemAlloc", uint64_t(64), stream, false);
  fake.numParameters = [](const std::string &) { return 1; };
  fake.run = [](const fakecuda::Launch &launch) {
    ++*reinterpret_cast<int *>(launch.values[0]);
    return 1e-6;
  };
  call<void>("mgpuMemset32", memory, 41u, size_t(16), stream);
  void *parameter = memory;
  void *parameters[] = {&parameter};
  call<void>("mgpuLaunchKernel", kernel, intptr_t(2), intptr_t(3), intptr_t(4),
             intptr_t(32), intptr_t(2), intptr_t(1), int32_t(60000), stream,
             static_cast<void **>(parameters), static_cast<void **>(nullptr),
             size_t(1));
  void *event = call("mgpuEventCreate");
  call<void>("mgpuEventRecord", event, stream);
  call<void>("mgpuStreamWaitEvent", stream, event);
  call<void>("mgpuEventSynchronize", event);
  call<void>("mgpuEventDestroy", event);
  int results[16] = {};
  call<void>("mgpuMemcpy", static_cast<void *>(results), memory, size_t(64),
             stream);
  call<void>("mgpuStreamSynchronize", stream);
  EXPECT_EQ(results[0], 42);
  EXPECT_EQ(results[15], 41);
  ASSERT_EQ(fake.launches.size(), 1u);
  EXPECT_EQ(fake.launches[0].grid[2], 4u);
  EXPECT_EQ(fake.launches[0].block[1], 2u);
  EXPECT_EQ(fake.launches[0].dynamicSharedBytes, 60000u);
  call<void>("mgpuMemset16", memory, static_cast<unsigned short>(7), size_t(2),
             stream);
  call<void>("mgpuMemcpy", static_cast<void *>(results), memory, size_t(4),
             stream);
  EXPECT_EQ(results[0], 0x70007);
  call<void>("mgpuMemFree", memory, stream);
  void *shared = call("mgpuMemAlloc", uint64_t(8), stream, true);
  EXPECT_NE(shared, nullptr);
  EXPECT_EQ(fake.calls.back(), "cuMemAllocManaged");
  call<void>("mgpuMemFree", shared, stream);
  EXPECT_EQ(call("mgpuMemAlloc", uint64_t(0), stream, false), nullptr);
  call<void>("mgpuStreamDestroy", stream);
  call<void>("mgpuModuleUnload", module);
}

TEST_F(MgpuEntryPoints, RegisterMemRefs) {
  struct {
    char *allocated, *aligned;
    int64_t offset, sizes[2], strides[2];
  } descriptor = {nullptr, reinterpret_cast<char *>(4096), 3, {5, 7}, {7, 1}};
  call<void>("mgpuMemHostRegisterMemRef", int64_t(2),
             static_cast<void *>(&descriptor), int64_t(4));
  EXPECT_EQ(fake.registered, (std::pair<void *, size_t>(
                                 reinterpret_cast<void *>(4096 + 12), 140)));
  call<void>("mgpuMemHostUnregisterMemRef", int64_t(2),
             static_cast<void *>(&descriptor), int64_t(4));
  EXPECT_EQ(fake.registered.first, nullptr);
}

TEST_F(MgpuEntryPoints, ErrorsEndTheProgram) {
  EXPECT_EXIT(
      {
        fake.failing = "cuMemAlloc_v2";
        fake.code = 2;
        call("mgpuMemAlloc", uint64_t(64), static_cast<void *>(nullptr), false);
      },
      ::testing::ExitedWithCode(1),
      "error: cuMemAlloc_v2: CUDA_ERROR_OUT_OF_MEMORY");
}

} // namespace

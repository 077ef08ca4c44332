//===- DeviceProgramTest.cpp - kernel programs, replayed
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Runtime/DeviceProgram.h"
#include "FakeDriver.h"
#include <cstring>

using namespace chameleon;
using Kind = KernelArgument::Kind;

namespace {

class DeviceProgramTest : public FakeDriverTest {
protected:
  DeviceProgramTest() {
    // y = scratch = x + weights; y = scratch * 2, kernels of one element.
    KernelLaunch add, twice;
    add.kernel = "add";
    add.arguments = {
        {Kind::Argument, 0}, {Kind::Constant, 0, 4}, {Kind::Scratch, 0, 256}};
    twice.kernel = "twice";
    twice.grid = {3, 2, 1};
    twice.block = {64, 4, 1};
    twice.dynamicSharedBytes = 50000;
    twice.arguments = {{Kind::Scratch, 0, 256}, {Kind::Argument, 1, 8}};
    program.ptx = "//";
    program.functions.push_back({"main", {4, 16}, 1, {add, twice}, 512});
    float weights[2] = {100, 10};
    program.constants.push_back(llvm::MemoryBuffer::getMemBufferCopy(
        llvm::StringRef(reinterpret_cast<char *>(weights), 8)));
  }
  void SetUp() override {
    FakeDriverTest::SetUp();
    fake.numParameters = [](const std::string &kernel) {
      return kernel == "add" ? 3 : 2;
    };
    fake.run = [](const fakecuda::Launch &launch) {
      auto at = [&](int i) {
        return reinterpret_cast<float *>(launch.values[i]);
      };
      if (launch.kernel == "add")
        *at(2) = *at(0) + *at(1);
      else
        *at(1) = *at(0) * 2;
      return 1e-6;
    };
  }
  std::string loadError() {
    auto loaded = DeviceProgram::load(*context, program, "cubin");
    return loaded ? "" : messageOf(loaded.takeError());
  }

  NVVMProgram program;
};

TEST_F(DeviceProgramTest, RunsLaunchesInOrder) {
  auto loaded = DeviceProgram::load(*context, program, "cubin");
  ASSERT_TRUE(bool(loaded)) << llvm::toString(loaded.takeError());
  EXPECT_EQ(loaded->constantBytes(), 8u);
  EXPECT_EQ(loaded->scratchBytes(), 512u);
  EXPECT_EQ(loaded->largestResources().sharedBytes, 54096);
  auto x = cuda::Buffer::allocate(*context, 4),
       y = cuda::Buffer::allocate(*context, 16);
  auto stream = cuda::Stream::create(*context);
  ASSERT_TRUE(x && y && stream);
  float value = 5;
  EXPECT_FALSE(bool(x->write(&value, 4)));
  const NVVMFunction *function = program.lookup("main");
  ASSERT_NE(function, nullptr);
  EXPECT_EQ(program.lookup("other"), nullptr);
  EXPECT_FALSE(bool(
      loaded->run(*function, {x->address(), y->address()}, stream->get())));
  EXPECT_FALSE(bool(y->read(&value, 4, 8)));
  EXPECT_EQ(value, 30);
  ASSERT_EQ(fake.launches.size(), 2u);
  EXPECT_EQ(fake.launches[1].grid[0], 3u);
  EXPECT_EQ(fake.launches[1].grid[1], 2u);
  EXPECT_EQ(fake.launches[1].block[1], 4u);
  EXPECT_EQ(fake.launches[1].dynamicSharedBytes, 50000u);
  EXPECT_EQ(messageOf(loaded->run(*function, {x->address()}, stream->get())),
            "function 'main' takes 2 arguments, found 1");
}

TEST_F(DeviceProgramTest, FailsWithTheKernelsName) {
  auto loaded = DeviceProgram::load(*context, program, "cubin");
  auto buffer = cuda::Buffer::allocate(*context, 16);
  ASSERT_TRUE(loaded && buffer);
  fail("cuLaunchKernel", 716, /*callsBefore=*/1);
  llvm::Error error = loaded->run(
      program.functions[0], {buffer->address(), buffer->address()}, nullptr);
  EXPECT_TRUE(error.isA<cuda::CudaError>());
  EXPECT_EQ(messageOf(std::move(error)),
            "launching kernel 'twice': cuLaunchKernel: "
            "CUDA_ERROR_MISALIGNED_ADDRESS");
}

TEST_F(DeviceProgramTest, RefusesWildLaunches) {
  program.functions[0].launches[0].arguments[0].index = 2;
  EXPECT_EQ(
      loadError(),
      "kernel 'add' takes argument 2 of function 'main', expected less than 2");
  program.functions[0].launches[0].arguments[0].index = 0;
  program.functions[0].launches[0].arguments[1].index = 1;
  EXPECT_EQ(
      loadError(),
      "kernel 'add' takes constant 1 of function 'main', expected less than 1");
  program.functions[0].launches[0].arguments[1].index = 0;
  program.functions[0].launches[1].arguments[0].byteOffset = 513;
  EXPECT_EQ(loadError(), "kernel 'twice' takes scratch 0 of function 'main' at "
                         "byte 513, expected at most 512");
}

TEST_F(DeviceProgramTest, RefusesWildConstantLaunches) {
  KernelLaunch launch = program.functions[0].launches[0];
  launch.arguments[2] = {Kind::Kept, 0, 8};
  program.functions[0].constantLaunches.push_back(launch);
  program.functions[0].keptBytes = 4;
  EXPECT_EQ(loadError(), "kernel 'add' takes kept 0 of function 'main' at byte "
                         "8, expected at most 4");
}

TEST_F(DeviceProgramTest, NothingToLaunchNeedsNoImage) {
  NVVMProgram empty;
  empty.functions.push_back({"main_init", {}, 0, {}, 0});
  auto loaded = DeviceProgram::load(*context, empty, "");
  ASSERT_TRUE(bool(loaded)) << llvm::toString(loaded.takeError());
  EXPECT_FALSE(bool(loaded->run(empty.functions[0], {}, nullptr)));
}

TEST_F(DeviceProgramTest, FailuresOfLoadingReleaseEverything) {
  program.functions[0].launches[0].kernel = "missing";
  EXPECT_EQ(loadError(),
            "kernel 'missing': cuModuleGetFunction: CUDA_ERROR_NOT_FOUND");
  program.functions[0].launches[0].kernel = "add";
  fake.memory = 100; // the constants fit, the scratch does not
  EXPECT_EQ(loadError(),
            "a buffer of 512 bytes: cuMemAlloc_v2: CUDA_ERROR_OUT_OF_MEMORY");
  EXPECT_EQ(fake.live, 1);
}

} // namespace

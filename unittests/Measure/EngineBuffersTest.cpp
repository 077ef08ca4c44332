//===- EngineBuffersTest.cpp - guards travel with their buffers
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The driver is the fake one of unittests/Runtime.
//
//===----------------------------------------------------------------------===//

#include "../../lib/Measure/EngineBuffers.h"
#include "../Runtime/FakeCuda.h"
#include "chameleon/Runtime/CPUEngine.h"
#include "chameleon/Runtime/CUDAEngine.h"
#include "chameleon/Runtime/KernelProgram.h"
#include "gtest/gtest.h"

using namespace chameleon;

namespace {

float *at(const fakecuda::Launch &launch, int i) {
  return reinterpret_cast<float *>(launch.values[i]);
}

float &first(GuardedBuffer &buffer) {
  return *reinterpret_cast<float *>(buffer.data());
}

class EngineBuffersTest : public ::testing::Test {
protected:
  /// From the first test on this is the libcuda.so.1 of the process.
  fakecuda::State &fake = fakecuda::state(FAKE_CUDA);

  void SetUp() override {
    fake = fakecuda::State();
    fake.numParameters = [](const std::string &) { return 2; };
    for (int i = 0; i < 2; ++i)
      host.emplace_back(4);
    first(host[0]) = 21;
    first(host[1]) = 0;
    llvm::Expected<std::unique_ptr<Engine>> opened = openCUDAEngine(0);
    ASSERT_TRUE(bool(opened)) << llvm::toString(opened.takeError());
    engine = std::move(*opened);

    NVVMProgram kernels;
    kernels.ptx = "// ptx";
    KernelLaunch launch;
    launch.kernel = "kernel";
    for (unsigned i = 0; i < 2; ++i)
      launch.arguments.push_back({KernelArgument::Kind::Argument, i, 0});
    kernels.functions.push_back({"f", {4, 4}, 1, {launch}, 0});
    program->backend = "nvvm";
    program->target = "sm_90";
    program->functions.push_back({"f", {{}}, {{}}, {-1}, ""});
    addKernelSections(kernels, "", *program);
  }
  void TearDown() override {
    engine.reset();
    EXPECT_EQ(fake.live, 0) << "objects were not released";
  }

  std::vector<GuardedBuffer> host;
  std::unique_ptr<Engine> engine;
  std::shared_ptr<Program> program = std::make_shared<Program>();
};

TEST_F(EngineBuffersTest, ResultsComeBack) {
  fake.run = [](const fakecuda::Launch &launch) {
    at(launch, 1)[0] = 2 * at(launch, 0)[0];
    return 1e-5;
  };
  EXPECT_EQ(llvm::toString(runOnce(*engine, program, "f", host)), "");
  EXPECT_EQ(first(host[1]), 42);
  EXPECT_TRUE(host[1].guardsIntact());
}

TEST_F(EngineBuffersTest, WhatIsWrittenBesideABufferIsSeen) {
  fake.run = [](const fakecuda::Launch &launch) {
    at(launch, 1)[1] = 0;
    return 1e-5;
  };
  EXPECT_EQ(llvm::toString(runOnce(*engine, program, "f", host)), "");
  EXPECT_TRUE(host[0].guardsIntact());
  EXPECT_FALSE(host[1].guardsIntact());
}

TEST_F(EngineBuffersTest, EachBufferTravelsAlone) {
  llvm::Expected<EngineBuffers> buffers = EngineBuffers::create(*engine, host);
  ASSERT_TRUE(bool(buffers));
  first(host[0]) = first(host[1]) = 1;
  ASSERT_FALSE(bool(buffers->upload(0)));
  first(host[0]) = first(host[1]) = 2;
  ASSERT_FALSE(bool(buffers->downloadAll(1)));
  EXPECT_EQ(first(host[0]), 2);
  EXPECT_EQ(first(host[1]), 0);
  ASSERT_FALSE(bool(buffers->download(0)));
  EXPECT_EQ(first(host[0]), 1);
}

TEST_F(EngineBuffersTest, MemoryThatRunsOutIsAnError) {
  fake.memory = 100;
  llvm::Error error = runOnce(*engine, program, "f", host);
  EXPECT_TRUE(error.isA<EngineError>());
  llvm::consumeError(std::move(error));
}

TEST_F(EngineBuffersTest, TheHostsOwnMemoryIsNotCopied) {
  std::unique_ptr<Engine> cpu = createCPUEngine({});
  llvm::Expected<EngineBuffers> buffers = EngineBuffers::create(*cpu, host);
  ASSERT_TRUE(bool(buffers));
  EXPECT_EQ(buffers->addresses()[1],
            reinterpret_cast<uintptr_t>(host[1].data()));
  first(host[0]) = 5;
  ASSERT_FALSE(bool(buffers->downloadAll()));
  EXPECT_EQ(first(host[0]), 5);
}

} // namespace

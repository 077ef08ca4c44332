//===- CUDAEngineTest.cpp - buffers, calls and clocks of a device that is not
// there
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Runtime/CUDAEngine.h"
#include "FakeCuda.h"
#include "chameleon/Runtime/KernelProgram.h"
#include "gtest/gtest.h"
#include <algorithm>

using namespace chameleon;

namespace {

float *at(const fakecuda::Launch &launch, int i) {
  return reinterpret_cast<float *>(launch.values[i]);
}

class CUDAEngineTest : public ::testing::Test {
protected:
  /// From the first test on this is the libcuda.so.1 of the process.
  fakecuda::State &fake = fakecuda::state(FAKE_CUDA);

  void SetUp() override {
    fake = fakecuda::State();
    fake.numParameters = [](const std::string &) { return 2; };
    fake.run = [](const fakecuda::Launch &launch) {
      at(launch, 1)[0] = 2 * at(launch, 0)[0];
      return launch.kernel == "slow" ? 5e-4 : 1e-5;
    };
    llvm::Expected<std::unique_ptr<Engine>> opened = openCUDAEngine(0);
    ASSERT_TRUE(bool(opened)) << llvm::toString(opened.takeError());
    engine = std::move(*opened);
    float value = 21;
    for (auto *buffer : {&input, &output}) {
      auto made = engine->allocate(4);
      ASSERT_TRUE(bool(made)) << llvm::toString(made.takeError());
      *buffer = std::move(*made);
      ASSERT_FALSE(bool((*buffer)->write(&value, 4)));
    }
  }
  void TearDown() override {
    calls.clear();
    codes.clear();
    input.reset();
    output.reset();
    engine.reset();
    EXPECT_EQ(fake.live, 0) << "objects were not released";
  }

  static std::shared_ptr<Program> makeProgram(const std::string &kernel) {
    NVVMProgram kernels;
    kernels.ptx = "// ptx";
    KernelLaunch launch;
    launch.kernel = kernel;
    for (unsigned i = 0; i < 2; ++i)
      launch.arguments.push_back({KernelArgument::Kind::Argument, i, 0});
    kernels.functions.push_back({"f", {4, 4}, 1, {launch}, 0});
    auto program = std::make_shared<Program>();
    program->backend = "nvvm";
    program->target = "sm_90";
    program->functions.push_back({"f", {{}}, {{}}, {-1}, ""});
    addKernelSections(kernels, "", *program);
    return program;
  }

  /// One launch of `kernel` on both buffers.
  Engine::Call *make(const std::string &kernel) {
    auto code = engine->load(makeProgram(kernel));
    EXPECT_TRUE(bool(code)) << llvm::toString(code.takeError());
    codes.push_back(std::move(*code));
    auto call =
        engine->bind(*codes.back(), "f", {input->address(), output->address()});
    EXPECT_TRUE(bool(call)) << llvm::toString(call.takeError());
    calls.push_back(std::move(*call));
    return calls.back().get();
  }

  std::vector<TimedCalls> time(llvm::ArrayRef<Engine::Call *> timed,
                               llvm::ArrayRef<double> once,
                               const TimingPolicy &policy) {
    auto result = engine->time(timed, once, policy);
    EXPECT_TRUE(bool(result)) << llvm::toString(result.takeError());
    return std::move(*result);
  }
  int64_t count(const char *call) {
    return std::count(fake.calls.begin(), fake.calls.end(), call);
  }
  float result() {
    float value = 0;
    EXPECT_FALSE(bool(output->read(&value, 4)));
    return value;
  }

  std::unique_ptr<Engine> engine;
  std::unique_ptr<Engine::Buffer> input, output;
  std::vector<std::unique_ptr<Engine::Executable>> codes;
  std::vector<std::unique_ptr<Engine::Call>> calls;
};

TEST_F(CUDAEngineTest, ADeviceThatDoesNotOpenIsAnError) {
  fake.failing = "cuStreamCreate";
  fake.code = 1;
  auto opened = openCUDAEngine(0);
  ASSERT_FALSE(bool(opened));
  EXPECT_EQ(llvm::toString(opened.takeError()),
            "cuStreamCreate: CUDA_ERROR_INVALID_VALUE");
}

TEST_F(CUDAEngineTest, ACallIsItsLaunchesOrAGraph) {
  EXPECT_FALSE(engine->usesHostMemory());
  Engine::Call *call = make("kernel");
  llvm::Expected<double> seconds = call->run();
  ASSERT_TRUE(bool(seconds));
  EXPECT_NEAR(*seconds, 1e-5, 1e-9);
  EXPECT_EQ(result(), 42);
  EXPECT_EQ(count("cuGraphLaunch"), 0);
  ASSERT_FALSE(bool(call->prepare()));
  ASSERT_TRUE(bool(call->run()));
  EXPECT_EQ(count("cuGraphLaunch"), 1);
  // Other arguments are another graph.
  auto other = engine->allocate(4);
  ASSERT_TRUE(bool(other));
  call->setArgument(1, (*other)->address());
  float zero = 0;
  EXPECT_FALSE(bool(output->write(&zero, 4)));
  ASSERT_TRUE(bool(call->run()));
  EXPECT_EQ(count("cuGraphLaunch"), 1);
  EXPECT_EQ(result(), 0);
}

/// What depends on constants alone runs before the first call, and is not
/// timed.
TEST_F(CUDAEngineTest, ConstantsAreComputedOnce) {
  NVVMProgram kernels;
  kernels.ptx = "// ptx";
  KernelLaunch layout, launch;
  layout.kernel = "layout";
  layout.arguments = {{KernelArgument::Kind::Argument, 0, 0},
                      {KernelArgument::Kind::Kept, 0, 256}};
  launch.kernel = "kernel";
  launch.arguments = {{KernelArgument::Kind::Kept, 0, 256},
                      {KernelArgument::Kind::Argument, 1, 0}};
  kernels.functions.push_back({"f", {4, 4}, 1, {launch}, 0, {layout}, 512});
  std::shared_ptr<Program> program = makeProgram("kernel");
  program->sections.clear();
  addKernelSections(kernels, "", *program);
  auto code = engine->load(program);
  ASSERT_TRUE(bool(code)) << llvm::toString(code.takeError());
  auto call = engine->bind(**code, "f", {input->address(), output->address()});
  ASSERT_TRUE(bool(call)) << llvm::toString(call.takeError());
  // Whoever computes the constants may do so after the call was bound.
  float value = 4;
  ASSERT_FALSE(bool(input->write(&value, 4)));
  for (int i = 0; i < 3; ++i)
    ASSERT_TRUE(bool((*call)->run()));
  time({call->get()}, {1e-5}, {});
  EXPECT_EQ(result(), 16);
  auto isLayout = [](const fakecuda::Launch &launch) {
    return launch.kernel == "layout";
  };
  EXPECT_TRUE(isLayout(fake.launches.front()));
  EXPECT_EQ(std::count_if(fake.launches.begin(), fake.launches.end(), isLayout),
            1);
}

TEST_F(CUDAEngineTest, AGraphHoldsTwentyCallsOrTwoMilliseconds) {
  Engine::Call *fast = make("fast"), *slow = make("slow");
  std::vector<TimedCalls> timed = time({fast}, {1e-5}, {});
  EXPECT_NEAR(timed[0].samples.front(), 1e-5, 1e-8);
  EXPECT_EQ(static_cast<int64_t>(fake.launches.size()),
            20 * count("cuGraphLaunch"));
  // Those that take turns hold as many, or a sample would not be one.
  fake.calls.clear();
  fake.launches.clear();
  timed = time({fast, slow}, {1e-5, 5e-4}, {});
  EXPECT_NEAR(timed[0].samples.front(), 1e-5, 1e-8);
  EXPECT_NEAR(timed[1].samples.front(), 5e-4, 1e-8);
  EXPECT_EQ(static_cast<int64_t>(fake.launches.size()),
            4 * count("cuGraphLaunch"));
  EXPECT_EQ(timed[0].calls % 4, 0);
}

TEST_F(CUDAEngineTest, ColdCallsAreFlushedByTwiceTheCache) {
  Engine::Call *call = make("kernel");
  TimingPolicy policy;
  policy.coldCache = true;
  policy.maximumCalls = 4;
  size_t before = fake.allocated;
  time({call}, {1e-5}, policy);
  size_t flush = fake.allocated - before;
  EXPECT_GT(flush, size_t(2) << 20);
  EXPECT_EQ(count("cuGraphLaunch"), 0);
  // It is kept.
  time({call}, {1e-5}, policy);
  EXPECT_EQ(fake.allocated - before, flush);
}

TEST_F(CUDAEngineTest, AnErrorEndsTheTiming) {
  Engine::Call *call = make("kernel");
  fake.failing = "cuGraphLaunch";
  fake.callsBefore = 2;
  fake.code = 1;
  auto timed = engine->time({call}, {1e-5}, {});
  ASSERT_FALSE(bool(timed));
  EXPECT_EQ(llvm::toString(timed.takeError()),
            "cuGraphLaunch: CUDA_ERROR_INVALID_VALUE");
}

TEST_F(CUDAEngineTest, ErrorsSayWhetherTheDeviceIsLost) {
  Engine::Call *call = make("kernel");
  fake.failing = "cuEventSynchronize";
  fake.code = 700;
  llvm::Expected<double> seconds = call->run();
  ASSERT_FALSE(bool(seconds));
  bool isLost = false;
  llvm::handleAllErrors(seconds.takeError(), [&](const EngineError &error) {
    isLost = error.isLost();
  });
  EXPECT_TRUE(isLost);
}

TEST_F(CUDAEngineTest, ProgramsForOtherDevices) {
  auto errorOf = [&](llvm::StringRef target, bool isText = true) {
    std::shared_ptr<Program> program = makeProgram("kernel");
    program->target = target.str();
    if (!isText)
      for (Program::Section &section : program->sections)
        if (section.name == ptxSection)
          section.name = cubinSection;
    auto code = engine->load(program);
    return code ? "" : llvm::toString(code.takeError());
  };
  EXPECT_EQ(errorOf("sm_90"), "");
  EXPECT_EQ(errorOf("sm_90a"), "");
  EXPECT_EQ(errorOf("sm_80"), "");
  EXPECT_EQ(errorOf("sm_80", /*isText=*/false),
            "the program is for chip sm_80, the device (Fake H200) is sm_90");
  EXPECT_EQ(errorOf("sm_80a"),
            "the program is for chip sm_80a, the device (Fake H200) is sm_90");
  EXPECT_EQ(errorOf("sm_100"),
            "the program is for chip sm_100, the device (Fake H200) is sm_90");
  EXPECT_EQ(errorOf("abacus"),
            "the program is for chip 'abacus', expected one such as sm_90");
}

TEST_F(CUDAEngineTest, LaunchesWithoutCode) {
  std::shared_ptr<Program> program = makeProgram("kernel");
  program->sections.pop_back();
  auto code = engine->load(program);
  ASSERT_FALSE(bool(code));
  EXPECT_EQ(llvm::toString(code.takeError()),
            "the program launches kernels, but has no code");
}

} // namespace

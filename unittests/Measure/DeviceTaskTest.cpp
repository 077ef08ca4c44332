//===- DeviceTaskTest.cpp - buffers and clocks of a device that is not there
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

#include "../../lib/Measure/DeviceTask.h"
#include "../Runtime/FakeCuda.h"
#include "gtest/gtest.h"
#include <algorithm>

using namespace chameleon;

namespace {

float *at(const fakecuda::Launch &launch, int i) {
  return reinterpret_cast<float *>(launch.values[i]);
}

class DeviceTaskTest : public ::testing::Test {
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
    llvm::Expected<std::unique_ptr<DeviceSession>> opened =
        DeviceSession::open(0);
    ASSERT_TRUE(bool(opened)) << llvm::toString(opened.takeError());
    session = std::move(*opened);
    reinterpret_cast<float *>(input.data())[0] = 21;
    GuardedBuffer *host[] = {&input, &output};
    llvm::Expected<DeviceBuffers> created =
        DeviceBuffers::create(*session, host);
    ASSERT_TRUE(bool(created)) << llvm::toString(created.takeError());
    buffers = std::move(*created);
  }
  void TearDown() override {
    executables.clear();
    buffers.reset();
    session.reset();
    EXPECT_EQ(fake.live, 0) << "objects were not released";
  }

  /// One launch of `kernel` on both buffers.
  const DeviceExecutable &make(const std::string &kernel) {
    NVVMProgram program;
    program.ptx = "// ptx";
    KernelLaunch launch;
    launch.kernel = kernel;
    for (unsigned i = 0; i < 2; ++i)
      launch.arguments.push_back({KernelArgument::Kind::Argument, i, 0});
    program.functions.push_back({"f", {4, 4}, 1, {launch}, 0});
    llvm::Expected<DeviceProgram> loaded =
        DeviceProgram::load(*session->context, program, program.ptx);
    EXPECT_TRUE(bool(loaded)) << llvm::toString(loaded.takeError());
    executables.push_back(std::make_unique<DeviceExecutable>(
        DeviceExecutable{std::move(program), std::move(*loaded), nullptr}));
    executables.back()->function = executables.back()->program.lookup("f");
    return *executables.back();
  }

  std::vector<TimedCalls> time(llvm::ArrayRef<const DeviceExecutable *> code,
                               llvm::ArrayRef<double> once,
                               const MeasurePolicy &policy) {
    auto timed = timeOnDevice(*session, code, once, *buffers, policy);
    EXPECT_TRUE(bool(timed)) << llvm::toString(timed.takeError());
    return std::move(*timed);
  }
  int64_t count(const char *call) {
    return std::count(fake.calls.begin(), fake.calls.end(), call);
  }

  GuardedBuffer input{4}, output{4};
  std::unique_ptr<DeviceSession> session;
  std::optional<DeviceBuffers> buffers;
  std::vector<std::unique_ptr<DeviceExecutable>> executables;
};

TEST_F(DeviceTaskTest, ADeviceThatDoesNotOpenIsAnError) {
  fake.failing = "cuStreamCreate";
  fake.code = 1;
  auto opened = DeviceSession::open(0);
  ASSERT_FALSE(bool(opened));
  EXPECT_EQ(llvm::toString(opened.takeError()),
            "cuStreamCreate: CUDA_ERROR_INVALID_VALUE");
}

TEST_F(DeviceTaskTest, BuffersTravelWithTheirGuards) {
  const DeviceExecutable &code = make("kernel");
  llvm::Expected<double> seconds = callOnce(*session, code, *buffers);
  ASSERT_TRUE(bool(seconds));
  EXPECT_NEAR(*seconds, 1e-5, 1e-9);
  EXPECT_NE(reinterpret_cast<float *>(output.data())[0], 42);
  EXPECT_FALSE(bool(buffers->download(1)));
  EXPECT_EQ(reinterpret_cast<float *>(output.data())[0], 42);
  EXPECT_TRUE(output.guardsIntact());
  // What is written beside a buffer there is seen here.
  fake.run = [](const fakecuda::Launch &launch) {
    at(launch, 1)[1] = 0;
    return 1e-5;
  };
  EXPECT_TRUE(bool(callOnce(*session, code, *buffers)));
  EXPECT_FALSE(bool(buffers->download(1)));
  EXPECT_FALSE(output.guardsIntact());
}

TEST_F(DeviceTaskTest, AGraphHoldsTwentyCallsOrTwoMilliseconds) {
  const DeviceExecutable &fast = make("fast"), &slow = make("slow");
  std::vector<TimedCalls> timed = time({&fast}, {1e-5}, {});
  EXPECT_NEAR(timed[0].samples.front(), 1e-5, 1e-8);
  EXPECT_EQ(static_cast<int64_t>(fake.launches.size()),
            20 * count("cuGraphLaunch"));
  // Those that take turns hold as many, or a sample would not be one.
  fake.calls.clear();
  fake.launches.clear();
  MeasurePolicy policy;
  policy.interleaved = true;
  timed = time({&fast, &slow}, {1e-5, 5e-4}, policy);
  EXPECT_NEAR(timed[0].samples.front(), 1e-5, 1e-8);
  EXPECT_NEAR(timed[1].samples.front(), 5e-4, 1e-8);
  EXPECT_EQ(static_cast<int64_t>(fake.launches.size()),
            4 * count("cuGraphLaunch"));
  EXPECT_EQ(timed[0].calls % 4, 0);
}

TEST_F(DeviceTaskTest, ColdCallsAreFlushedByTwiceTheCache) {
  const DeviceExecutable &code = make("kernel");
  MeasurePolicy policy;
  policy.coldCache = true;
  size_t before = fake.allocated;
  time({&code}, {1e-5}, policy);
  size_t flush = fake.allocated - before;
  EXPECT_GT(flush, size_t(2) << 20);
  EXPECT_EQ(count("cuGraphLaunch"), 0);
  // It is kept.
  time({&code}, {1e-5}, policy);
  EXPECT_EQ(fake.allocated - before, flush);
}

TEST_F(DeviceTaskTest, AnErrorEndsTheTiming) {
  const DeviceExecutable &code = make("kernel");
  fake.failing = "cuGraphLaunch";
  fake.callsBefore = 2;
  fake.code = 1;
  auto timed = timeOnDevice(*session, {&code}, {1e-5}, *buffers, {});
  ASSERT_FALSE(bool(timed));
  EXPECT_EQ(llvm::toString(timed.takeError()),
            "cuGraphLaunch: CUDA_ERROR_INVALID_VALUE");
}

} // namespace

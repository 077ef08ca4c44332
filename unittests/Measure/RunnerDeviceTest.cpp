//===- RunnerDeviceTest.cpp - candidates on a GPU that is not there
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The driver is the fake one of unittests/Runtime, ptxas is a script, and
// kernels are functions of this file. What real code does on a real device is
// tested where there is one (test/Measure/cuda.mlir).
//
//===----------------------------------------------------------------------===//

#include "../Runtime/FakeCuda.h"
#include "chameleon/Measure/Runner.h"
#include "chameleon/Target/CPUDevice.h"
#include "chameleon/Target/NVVMCompiler.h"
#include "chameleon/Transforms/Passes.h"
#include "mlir/IR/DialectRegistry.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>

using namespace chameleon;
namespace fs = llvm::sys::fs;

namespace {

constexpr const char *payload = R"mlir(
  func.func @mm(%a: tensor<4x4xf32>, %b: tensor<4x4xf32>, %c: tensor<4x4xf32>) -> tensor<4x4xf32>
      attributes {chameleon.task = "mm"} {
    %zero = arith.constant 0.0 : f32
    %fill = linalg.fill ins(%zero : f32) outs(%c : tensor<4x4xf32>) -> tensor<4x4xf32>
    %r = linalg.matmul ins(%a, %b : tensor<4x4xf32>, tensor<4x4xf32>) outs(%fill : tensor<4x4xf32>) -> tensor<4x4xf32>
    return %r : tensor<4x4xf32>
  })mlir";

float *at(const fakecuda::Launch &launch, int i) {
  return reinterpret_cast<float *>(launch.values[i]);
}

void multiply(const fakecuda::Launch &launch) {
  for (int m = 0; m < 4; ++m)
    for (int n = 0; n < 4; ++n) {
      float sum = 0;
      for (int k = 0; k < 4; ++k)
        sum += at(launch, 0)[4 * m + k] * at(launch, 1)[4 * k + n];
      at(launch, 2)[4 * m + n] = sum;
    }
}

/// Two runners, as two children are: one compiles, the other one has the
/// device.
class RunnerDeviceTest : public ::testing::Test {
protected:
  static void SetUpTestSuite() {
    registerAll(registry());
    // From now on this is the libcuda.so.1 of the process.
    (void)fakecuda::state(FAKE_CUDA);
  }
  static mlir::DialectRegistry &registry() {
    static mlir::DialectRegistry registry;
    return registry;
  }

  void SetUp() override {
    fake = fakecuda::State();
    fake.numParameters = [](const std::string &) { return 3; };
    fake.run = [](const fakecuda::Launch &launch) {
      multiply(launch);
      return 1e-5;
    };
    ASSERT_FALSE(fs::createUniqueDirectory("cuda-runner", folder));
    ptxas = (folder + "/ptxas").str();
    std::error_code error;
    {
      llvm::raw_fd_ostream stream(ptxas, error);
      stream << "#!/bin/sh\nfor last; do :; done\nprintf '\\177ELF' > $last\n"
             << "echo \"ptxas info : Compiling entry function 'kernel' for "
                "'sm_90'\"\n"
             << "echo 'ptxas info : Used 40 registers, 1024 bytes smem'\n";
    }
    fs::setPermissions(ptxas, fs::all_all);
    setenv("CHAMELEON_PTXAS", ptxas.c_str(), 1);
    program.ptx = "// ptx";
    KernelLaunch launch;
    launch.kernel = "kernel";
    launch.block = {256, 1, 1};
    for (unsigned i = 0; i < 3; ++i)
      launch.arguments.push_back({KernelArgument::Kind::Argument, i, 0});
    program.functions.push_back({"mm", {64, 64, 64}, 1, {launch}, 0});
    program.functions.push_back(program.functions[0]);
    program.functions.back().name = "warm";
    compilingRunner = makeRunner();
    timingRunner = makeRunner();
  }
  void TearDown() override {
    unsetenv("CHAMELEON_PTXAS");
    compilingRunner.reset();
    timingRunner.reset();
    EXPECT_EQ(fake.live, 0) << "objects were not released";
    fs::remove_directories(folder);
  }

  std::unique_ptr<CandidateRunner> makeRunner() {
    RunnerOptions options;
    options.target = "nvvm";
    llvm::Expected<RunnerDevice> device =
        RunnerDevice::find(options, registry());
    EXPECT_TRUE(bool(device)) << llvm::toString(device.takeError());
    device->createCompiler =
        [this, target = device->device](mlir::MLIRContext *context,
                                        const CompileOptions &compile) {
          return createNVVMCompiler(
              context, static_cast<const NVVMDevice &>(*target), compile,
              [this](mlir::ModuleOp, const LowerToNVVMOptions &lowering)
                  -> llvm::Expected<NVVMProgram> {
                EXPECT_EQ(lowering.chip, "sm_90");
                if (!compileError.empty())
                  return llvm::createStringError("%s", compileError.c_str());
                return program;
              });
        };
    auto runner = createRunner(options, std::move(*device), registry());
    EXPECT_TRUE(bool(runner)) << llvm::toString(runner.takeError());
    return std::move(*runner);
  }

  /// Everything up to an executable that is to be checked.
  Measurement bring(int64_t id = 1) {
    MeasureTask task{"task", payload, 1};
    if (data.empty()) {
      auto prepared = compilingRunner->prepareTask(task, /*mayUseDevice=*/true);
      EXPECT_TRUE(bool(prepared)) << llvm::toString(prepared.takeError());
      data = prepared->data;
      EXPECT_FALSE(bool(compilingRunner->openTask(task, data)));
    }
    Measurement compiled = compilingRunner->compile(id, {"task", ""});
    if (compiled.outcome != Outcome::Ok)
      return compiled;
    EXPECT_TRUE(fake.calls.empty() || opened)
        << "a child that compiles used the driver";
    if (!opened) {
      EXPECT_FALSE(bool(timingRunner->useDevice(0)));
      if (llvm::Error error = timingRunner->openTask(task, data)) {
        Measurement failure;
        failure.message = llvm::toString(std::move(error));
        return failure;
      }
      opened = true;
    }
    std::string exported = compilingRunner->exportExecutable(id);
    compilingRunner->drop(id);
    return timingRunner->importExecutable(id, "task", exported);
  }
  Measurement check(int64_t id = 1) {
    Measurement brought = bring(id);
    EXPECT_EQ(Outcome::Ok, brought.outcome) << brought.message;
    return timingRunner->check(id, {});
  }
  int64_t count(const char *call) {
    return std::count(fake.calls.begin(), fake.calls.end(), call);
  }

  fakecuda::State &fake = fakecuda::state(FAKE_CUDA);
  llvm::SmallString<128> folder;
  std::string ptxas, compileError;
  NVVMProgram program;
  std::vector<char> data;
  bool opened = false;
  std::unique_ptr<CandidateRunner> compilingRunner, timingRunner;
};

TEST_F(RunnerDeviceTest, TimesGraphsOfTwentyLaunches) {
  EXPECT_EQ(1u, compilingRunner->countDevices());
  Measurement checked = check();
  EXPECT_EQ(Outcome::Ok, checked.outcome) << checked.message;
  EXPECT_LT(checked.relativeError, 1e-6);
  EXPECT_EQ(fake.launches.size(), 1u);
  fake.launches.clear();
  std::vector<Measurement> timed = timingRunner->time({1}, {});
  ASSERT_EQ(timed.size(), 1u);
  EXPECT_EQ(Outcome::Ok, timed[0].outcome) << timed[0].message;
  EXPECT_NEAR(timed[0].seconds, 1e-5, 1e-8);
  EXPECT_EQ(count("cuGraphInstantiateWithFlags"), 1);
  EXPECT_EQ(static_cast<int64_t>(fake.launches.size()),
            20 * count("cuGraphLaunch"));
  EXPECT_GE(timed[0].calls, 100);
  timingRunner->drop(1);
}

TEST_F(RunnerDeviceTest, OneRunnerADevice) {
  fake.devices = 3;
  auto runner = makeRunner();
  EXPECT_EQ(3u, runner->countDevices());
  EXPECT_FALSE(bool(runner->useDevice(2)));
  EXPECT_EQ(std::vector<int>{2}, fake.contexts);
}

/// A change of task needs no other context, and what is closed is freed.
TEST_F(RunnerDeviceTest, SeveralTasksInOneContext) {
  EXPECT_EQ(Outcome::Ok, check(1).outcome);
  size_t allocated = fake.allocated;
  MeasureTask other{"other", payload, 1};
  EXPECT_FALSE(bool(compilingRunner->openTask(other, data)));
  EXPECT_FALSE(bool(timingRunner->openTask(other, data)));
  EXPECT_GT(fake.allocated, allocated);
  Measurement compiled = compilingRunner->compile(2, {"other", ""});
  EXPECT_EQ(Outcome::Ok, compiled.outcome) << compiled.message;
  std::string file = compilingRunner->exportExecutable(2);
  EXPECT_EQ(Outcome::Ok,
            timingRunner->importExecutable(2, "other", file).outcome);
  EXPECT_EQ(Outcome::Ok, timingRunner->check(2, {}).outcome);
  EXPECT_EQ(Outcome::Ok, timingRunner->check(1, {}).outcome);
  EXPECT_EQ(1u, fake.contexts.size());
  // Another child may need the file until the executable is done for.
  EXPECT_TRUE(fs::exists(file));
  timingRunner->drop(2);
  EXPECT_FALSE(fs::exists(file));
  timingRunner->closeTask("other");
  EXPECT_EQ(fake.allocated, allocated);
  EXPECT_EQ(Outcome::Ok, timingRunner->check(1, {}).outcome);
}

TEST_F(RunnerDeviceTest, SlowKernelsAreNotRepeatedInAGraph) {
  fake.run = [](const fakecuda::Launch &launch) {
    multiply(launch);
    return 5e-3;
  };
  EXPECT_EQ(Outcome::Ok, check().outcome);
  fake.launches.clear();
  MeasurePolicy policy;
  policy.giveUpAbove = 1e-3;
  std::vector<Measurement> timed = timingRunner->time({1}, policy);
  EXPECT_NEAR(timed[0].seconds, 5e-3, 1e-6);
  EXPECT_EQ(timed[0].calls, policy.minimumCalls);
}

TEST_F(RunnerDeviceTest, ColdMeansFlushedBeforeEveryCall) {
  EXPECT_EQ(Outcome::Ok, check().outcome);
  MeasurePolicy policy;
  policy.coldCache = true;
  policy.maximumCalls = 10;
  fake.calls.clear();
  fake.launches.clear();
  std::vector<Measurement> timed = timingRunner->time({1}, policy);
  EXPECT_NEAR(timed[0].seconds, 1e-5, 1e-8) << "flushing counts";
  EXPECT_EQ(count("cuGraphLaunch"), 0);
  EXPECT_EQ(count("cuMemsetD8Async"),
            static_cast<int64_t>(fake.launches.size()));
}

TEST_F(RunnerDeviceTest, FinalistsTakeTurns) {
  EXPECT_EQ(Outcome::Ok, check(1).outcome);
  program.functions[0].launches[0].kernel = "other";
  fake.run = [](const fakecuda::Launch &launch) {
    multiply(launch);
    return launch.kernel == "other" ? 3e-5 : 1e-5;
  };
  EXPECT_EQ(Outcome::Ok, check(2).outcome);
  fake.launches.clear();
  MeasurePolicy policy;
  policy.interleaved = true;
  std::vector<Measurement> timed = timingRunner->time({1, 2}, policy);
  ASSERT_EQ(timed.size(), 2u);
  EXPECT_NEAR(timed[0].seconds, 1e-5, 1e-8);
  EXPECT_NEAR(timed[1].seconds, 3e-5, 1e-8);
  EXPECT_EQ(timed[0].calls, timed[1].calls);
  unsigned turns = 0;
  for (size_t i = 1; i < fake.launches.size(); ++i)
    turns += fake.launches[i].kernel != fake.launches[i - 1].kernel;
  EXPECT_GE(turns, 10u);
}

TEST_F(RunnerDeviceTest, SeesWhatIsWrong) {
  auto with = [&](std::function<void(const fakecuda::Launch &)> kernel) {
    fake.run = [kernel](const fakecuda::Launch &launch) {
      kernel(launch);
      return 1e-5;
    };
    timingRunner->drop(1);
    Measurement result = check();
    EXPECT_EQ(Outcome::WrongResult, result.outcome) << result.message;
    return result.message;
  };
  EXPECT_NE(with([](auto &launch) {
              multiply(launch);
              at(launch, 2)[5] += 1;
            }).find("output 0: element 5 is "),
            std::string::npos);
  EXPECT_NE(with([](auto &launch) {
              float before = at(launch, 2)[7];
              multiply(launch);
              at(launch, 2)[7] = before;
            }).find("element 7 was not written"),
            std::string::npos);
  EXPECT_EQ(with([](auto &launch) {
              multiply(launch);
              at(launch, 2)[16] = 0;
            }),
            "wrote outside its destination, beside output 0");
  EXPECT_EQ(with([](auto &launch) {
              multiply(launch);
              at(launch, 1)[0] = 4711;
            }),
            "input 1 was overwritten");
  // All of it has been repaired.
  fake.run = [](const fakecuda::Launch &launch) {
    multiply(launch);
    return 1e-5;
  };
  timingRunner->drop(1);
  EXPECT_EQ(Outcome::Ok, check().outcome);
}

TEST_F(RunnerDeviceTest, SeesWhatGoesWrongLater) {
  EXPECT_EQ(Outcome::Ok, check().outcome);
  fake.run = [calls = 0](const fakecuda::Launch &launch) mutable {
    multiply(launch);
    if (++calls > 30)
      at(launch, 2)[0] = 99;
    return 1e-5;
  };
  std::vector<Measurement> timed = timingRunner->time({1}, {});
  EXPECT_EQ(Outcome::WrongResult, timed[0].outcome);
  EXPECT_EQ(
      timed[0].message.find("after repeated calls: output 0: element 0 is 99"),
      0u)
      << timed[0].message;
}

TEST_F(RunnerDeviceTest, RefusesWhatDoesNotFitTheDevice) {
  KernelLaunch &launch = program.functions[0].launches[0];
  auto refusal = [&] {
    Measurement result = bring();
    EXPECT_EQ(Outcome::CompileError, result.outcome);
    return result.message;
  };
  launch.dynamicSharedBytes = 232000;
  EXPECT_EQ(refusal(), "kernel 'kernel' needs 233024 bytes of shared memory a "
                       "block, the device has 232448");
  launch.dynamicSharedBytes = 0;
  launch.block = {64, 17, 1};
  EXPECT_EQ(refusal(),
            "kernel 'kernel' needs 1088 threads a block, the device has 1024");
  launch.block = {1024, 1, 1};
  program.functions[0].name = "other";
  EXPECT_EQ(refusal(), "function 'mm' has no kernels");
  compileError = "no lowering today";
  EXPECT_EQ(refusal(), "no lowering today");
}

TEST_F(RunnerDeviceTest, MemoryThatRunsOutIsNotACrash) {
  program.functions[0].scratchBytes = int64_t(1) << 40;
  Measurement result = bring();
  EXPECT_EQ(Outcome::MemoryLimit, result.outcome);
  EXPECT_EQ(result.message, "a buffer of 1099511627776 bytes: cuMemAlloc_v2: "
                            "CUDA_ERROR_OUT_OF_MEMORY");
}

TEST_F(RunnerDeviceTest, ADeadContextEndsTheChild) {
  EXPECT_EQ(Outcome::Ok, bring().outcome);
  EXPECT_EXIT(
      {
        fake.failing = "cuEventSynchronize";
        fake.code = 700;
        (void)timingRunner->check(1, {});
      },
      ::testing::ExitedWithCode(213),
      "cuEventSynchronize: CUDA_ERROR_ILLEGAL_ADDRESS");
  // Other errors are the candidate's.
  fake.failing = "cuLaunchKernel";
  fake.code = 1;
  Measurement result = timingRunner->check(1, {});
  EXPECT_EQ(Outcome::RunCrash, result.outcome);
  EXPECT_EQ(
      result.message,
      "launching kernel 'kernel': cuLaunchKernel: CUDA_ERROR_INVALID_VALUE");
  fake.failing = "cuGraphLaunch";
  fake.callsBefore = 3;
  fake.code = 1;
  EXPECT_EQ(Outcome::RunCrash, timingRunner->time({1}, {})[0].outcome);
}

TEST_F(RunnerDeviceTest, LargeReferencesAreComputedOnTheDevice) {
  std::string large = payload;
  for (size_t position; (position = large.find("4x4")) != std::string::npos;)
    large.replace(position, 3, "1024x1024");
  // 2^30 multiplications: no kernel of this test does them; the device's answer
  // is what it is.
  fake.run = [](const fakecuda::Launch &launch) {
    if (launch.kernel == "kernel")
      multiply(launch);
    else
      std::fill_n(reinterpret_cast<double *>(launch.values[2]), 1 << 20, 0.5);
    return 1e-5;
  };
  program.functions[0].argumentBytes = {8 << 20, 8 << 20, 8 << 20};
  program.functions[0].launches[0].kernel = "large";
  auto prepared =
      compilingRunner->prepareTask({"large", large, 1}, /*mayUseDevice=*/true);
  ASSERT_TRUE(bool(prepared)) << llvm::toString(prepared.takeError());
  double last;
  memcpy(&last, prepared->data.data() + prepared->data.size() - 8, 8);
  EXPECT_EQ(last, 0.5);
  EXPECT_EQ(prepared->remark, "");

  // Not while somebody times on it.
  prepared = compilingRunner->prepareTask({"large", large, 1},
                                          /*mayUseDevice=*/false);
  ASSERT_TRUE(bool(prepared)) << llvm::toString(prepared.takeError());
  EXPECT_TRUE(prepared->wantsDevice);

  // A device that cannot multiply is not believed.
  compilingRunner = makeRunner();
  fake.run = [](const fakecuda::Launch &) { return 1e-5; };
  prepared =
      compilingRunner->prepareTask({"large", large, 1}, /*mayUseDevice=*/true);
  ASSERT_FALSE(bool(prepared));
  EXPECT_EQ(llvm::toString(prepared.takeError())
                .find("computing the reference: the device computes a small "
                      "matrix product wrong"),
            0u);
}

TEST_F(RunnerDeviceTest, WithoutPtxasTheDriverCompiles) {
  setenv("CHAMELEON_PTXAS", "/nowhere/ptxas", 1);
  for (auto *runner : {&compilingRunner, &timingRunner}) {
    *runner = makeRunner();
    EXPECT_FALSE(bool((*runner)->warmUp()));
  }
  auto prepared =
      compilingRunner->prepareTask({"task", payload, 1}, /*mayUseDevice=*/true);
  ASSERT_TRUE(bool(prepared));
  EXPECT_EQ(prepared->remark, "there is no ptxas, so the driver compiles each "
                              "candidate itself, one at a time");
  EXPECT_EQ(Outcome::Ok, check().outcome);
}

/// What depends on the weights alone is computed when a candidate is checked,
/// and never again.
TEST_F(RunnerDeviceTest, WeightsAreLaidOutOnce) {
  const char *transposed = R"mlir(
    func.func @mm(%a: tensor<4x4xf32>, %b: tensor<4x4xf32> {chameleon.constant}, %c: tensor<4x4xf32>) -> tensor<4x4xf32>
        attributes {chameleon.task = "mm"} {
      %zero = arith.constant 0.0 : f32
      %e = tensor.empty() : tensor<4x4xf32>
      %t = linalg.transpose ins(%b : tensor<4x4xf32>) outs(%e : tensor<4x4xf32>) permutation = [1, 0]
      %fill = linalg.fill ins(%zero : f32) outs(%c : tensor<4x4xf32>) -> tensor<4x4xf32>
      %r = linalg.matmul ins(%a, %t : tensor<4x4xf32>, tensor<4x4xf32>) outs(%fill : tensor<4x4xf32>) -> tensor<4x4xf32>
      return %r : tensor<4x4xf32>
    })mlir";
  KernelLaunch layout = program.functions[0].launches[0];
  layout.kernel = "layout";
  layout.arguments.pop_back();
  program.functions.push_back({"mm_init", {64, 64}, 1, {layout}, 0});
  NVVMFunction &mm = program.functions[0];
  mm.argumentBytes.push_back(64);
  mm.launches[0].arguments[1].index = 2;
  mm.launches[0].arguments[2].index = 3;
  fake.numParameters = [](const std::string &kernel) {
    return kernel == "layout" ? 2 : 3;
  };
  bool overflows = false;
  fake.run = [&](const fakecuda::Launch &launch) {
    if (launch.kernel != "layout") {
      multiply(launch);
      return 1e-5;
    }
    for (int i = 0; i < 16; ++i)
      at(launch, 1)[i] = at(launch, 0)[i % 4 * 4 + i / 4];
    if (overflows)
      at(launch, 1)[16] = 0;
    return 1e-5;
  };
  MeasureTask task{"weights", transposed, 1};
  auto prepared = compilingRunner->prepareTask(task, /*mayUseDevice=*/true);
  ASSERT_TRUE(bool(prepared)) << llvm::toString(prepared.takeError());
  ASSERT_FALSE(bool(timingRunner->useDevice(0)));
  for (CandidateRunner *runner : {compilingRunner.get(), timingRunner.get()})
    ASSERT_FALSE(bool(runner->openTask(task, prepared->data)));
  Measurement compiled = compilingRunner->compile(1, {"weights", ""});
  ASSERT_EQ(Outcome::Ok, compiled.outcome) << compiled.message;
  std::string file = compilingRunner->exportExecutable(1);
  Measurement imported = timingRunner->importExecutable(1, "weights", file);
  ASSERT_EQ(Outcome::Ok, imported.outcome) << imported.message;
  Measurement checked = timingRunner->check(1, {});
  EXPECT_EQ(Outcome::Ok, checked.outcome) << checked.message;
  EXPECT_EQ(Outcome::Ok, timingRunner->time({1}, {})[0].outcome);
  EXPECT_EQ(std::count_if(fake.launches.begin(), fake.launches.end(),
                          [](const fakecuda::Launch &launch) {
                            return launch.kernel == "layout";
                          }),
            1);
  overflows = true;
  checked = timingRunner->check(1, {});
  EXPECT_EQ(Outcome::WrongResult, checked.outcome);
  EXPECT_EQ(checked.message, "wrote beyond a tensor that is computed once");
}

TEST_F(RunnerDeviceTest, ExecutablesOfAnotherChildAreGone) {
  EXPECT_EQ(timingRunner->check(7, {}).message,
            "the executable is not in this child");
  EXPECT_EQ(timingRunner->time({7}, {})[0].message,
            "the executable is not in this child");
  EXPECT_EQ(compilingRunner->compile(7, {"never opened", ""}).message,
            "the task is not in this child");
  EXPECT_EQ(timingRunner->importExecutable(7, "never opened", "").message,
            "the task is not in this child");
}

TEST(RunnerDevice, OfNoTarget) {
  RunnerOptions options;
  options.target = "abacus";
  mlir::DialectRegistry registry;
  registerCPUBackend(registry);
  auto device = RunnerDevice::find(options, registry);
  ASSERT_FALSE(bool(device));
  EXPECT_EQ(llvm::toString(device.takeError()).find("unknown target 'abacus'"),
            0u);
}

TEST(RunnerDevice, TheHostHasNoDevices) {
  RunnerOptions options;
  options.target = "cpu";
  mlir::DialectRegistry registry;
  registerCPUBackend(registry);
  auto device = RunnerDevice::find(options, registry);
  ASSERT_TRUE(bool(device)) << llvm::toString(device.takeError());
  EXPECT_EQ(device->devices, 0u);
  EXPECT_FALSE(device->warmUpSchedule.empty());
}

} // namespace

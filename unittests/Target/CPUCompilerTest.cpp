//===- CPUCompilerTest.cpp - code in this process: calls, constants, symbols,
// threads
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CompileForTest.h"
#include "chameleon/Transforms/Passes.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/FileSystem.h"
#include "gtest/gtest.h"
#include <cmath>
#include <sys/wait.h>
#include <unistd.h>

using namespace mlir;
using namespace chameleon;

namespace {

class CPUCompilerTest : public ::testing::Test {
protected:
  CPUCompilerTest() : context(registry(), MLIRContext::Threading::DISABLED) {}

  static DialectRegistry registry() {
    DialectRegistry result;
    registerAll(result);
    return result;
  }

  llvm::Expected<std::unique_ptr<CodeForTest>>
  tryCompile(StringRef source, CPUOptimization level, unsigned threads = 1) {
    OwningOpRef<ModuleOp> module =
        parseSourceString<ModuleOp>(source, &context);
    if (!module)
      return llvm::createStringError("does not parse");
    return CodeForTest::compile(*module, threads, level);
  }

  std::unique_ptr<CodeForTest>
  compile(StringRef source, CPUOptimization level = CPUOptimization::Adaptive,
          unsigned threads = 1) {
    auto result = tryCompile(source, level, threads);
    if (!result) {
      ADD_FAILURE() << llvm::toString(result.takeError());
      return nullptr;
    }
    return std::move(*result);
  }

  void call(CodeForTest &code, StringRef function,
            std::vector<void *> arguments) {
    EXPECT_EQ(llvm::toString(code.call(function, arguments)), "");
  }

  static size_t threadCount() {
    std::error_code error;
    size_t count = 0;
    for (llvm::sys::fs::directory_iterator at("/proc/self/task", error), end;
         at != end && !error; at.increment(error))
      ++count;
    return count;
  }

  MLIRContext context;
};

const char *addModule = R"(
  func.func @add(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
    %e = tensor.empty() : tensor<4xf32>
    %r = linalg.add ins(%a, %b : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
    return %r : tensor<4xf32>
  })";

TEST_F(CPUCompilerTest, CallsWithBarePointersAtEveryLevel) {
  for (CPUOptimization level :
       {CPUOptimization::Adaptive, CPUOptimization::O2, CPUOptimization::O3}) {
    auto executable = compile(addModule, level);
    ASSERT_TRUE(executable);
    float a[] = {1, 2, 3, 4}, b[] = {10, 20, 30, 40}, result[4] = {};
    call(*executable, "add", {a, b, result});
    for (int i = 0; i < 4; ++i)
      EXPECT_EQ(result[i], 11 * (i + 1));
    EXPECT_EQ(executable->steps.front().name, "lower");
    EXPECT_EQ(executable->steps.back().name, "generate");
    EXPECT_GT(executable->steps.back().seconds, 0);
  }
}

TEST_F(CPUCompilerTest, SeveralLiveSideBySide) {
  auto first = compile(addModule), second = compile(addModule);
  ASSERT_TRUE(first && second);
  float a[] = {1, 2, 3, 4}, result[4] = {};
  first.reset();
  call(*second, "add", {a, a, result});
  EXPECT_EQ(result[3], 8);
}

TEST_F(CPUCompilerTest, CompilesOnTheCallingThreadAlone) {
  size_t before = threadCount();
  auto executable = compile(addModule);
  ASSERT_TRUE(executable);
  EXPECT_EQ(threadCount(), before);
}

TEST_F(CPUCompilerTest, CompilesAndRunsInAForkedChild) {
  (void)compile(
      addModule); // as in the zygote, LLVM is initialised before the fork
  pid_t child = fork();
  if (child == 0) {
    auto executable = compile(addModule);
    float a[] = {1, 2, 3, 4}, result[4] = {};
    call(*executable, "add", {a, a, result});
    _exit(result[2] == 6 ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST_F(CPUCompilerTest, UnknownFunctionIsAnError) {
  auto executable = compile(addModule);
  ASSERT_TRUE(executable);
  EXPECT_EQ(llvm::toString(executable->call("subtract", {})),
            "no function 'subtract', expected one of 'add'");
}

TEST_F(CPUCompilerTest, AProgramSaysHowItIsCalledAndWhatItNeeds) {
  auto executable = compile(addModule);
  ASSERT_TRUE(executable);
  const Program &program = executable->code->getProgram();
  EXPECT_EQ(program.backend, "cpu");
  EXPECT_EQ(llvm::toString(cpu::checkTarget(program.target)), "");
  const Program::Function *add = program.lookup("add");
  ASSERT_NE(add, nullptr);
  ASSERT_EQ(add->arguments.size(), 2u);
  EXPECT_EQ(add->arguments[1].str(), "4xf32");
  ASSERT_EQ(add->results.size(), 1u);
  EXPECT_EQ(add->constants, (std::vector<int64_t>{-1, -1}));
  EXPECT_EQ(program.findSection(cpu::openMPSection), nullptr);
}

TEST_F(CPUCompilerTest, ProgramsRunWhenTheyHaveBeenWritten) {
  auto executable = compile(addModule);
  ASSERT_TRUE(executable);
  std::string text;
  llvm::raw_string_ostream stream(text);
  writeProgram(executable->code->getProgram(), stream);
  auto read = readProgram(llvm::MemoryBuffer::getMemBufferCopy(text));
  ASSERT_TRUE(bool(read)) << llvm::toString(read.takeError());
  std::unique_ptr<Engine> engine = createCPUEngine({});
  auto code = engine->load(std::make_shared<Program>(std::move(*read)));
  ASSERT_TRUE(bool(code)) << llvm::toString(code.takeError());
  float a[] = {1, 2, 3, 4}, result[4] = {};
  auto address = [](float *buffer) {
    return reinterpret_cast<uintptr_t>(buffer);
  };
  auto call =
      engine->bind(**code, "add", {address(a), address(a), address(result)});
  ASSERT_TRUE(bool(call)) << llvm::toString(call.takeError());
  ASSERT_TRUE(bool((*call)->run()));
  EXPECT_EQ(result[3], 8);
  // The other arguments are the next call's.
  (*call)->setArgument(0, address(result));
  ASSERT_TRUE(bool((*call)->run()));
  EXPECT_EQ(result[3], 12);
  TimingPolicy policy;
  policy.minimum = policy.warmup = 1e-4;
  for (const std::vector<Engine::Call *> &calls :
       {std::vector<Engine::Call *>{call->get()},
        std::vector<Engine::Call *>{call->get(), call->get()}}) {
    std::vector<double> once(calls.size(), 1e-6);
    auto timed = engine->time(calls, once, policy);
    ASSERT_TRUE(bool(timed));
    ASSERT_EQ(timed->size(), calls.size());
    EXPECT_GE(timed->front().calls, policy.minimumCalls);
    EXPECT_GT(timed->front().samples.front(), 0);
  }
}

TEST_F(CPUCompilerTest, LargeConstantsKeepTheirValues) {
  // Above and below the limit at which constants leave LLVM IR; a splat is
  // expanded.
  auto executable = compile(R"(
    func.func @f(%i: tensor<1xindex>) -> (tensor<2048xf32>, tensor<4xf32>, tensor<2048xf64>) {
      %large = arith.constant dense_resource<large> : tensor<2048xf32>
      %small = arith.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
      %splat = arith.constant dense<0.25> : tensor<2048xf64>
      return %large, %small, %splat : tensor<2048xf32>, tensor<4xf32>, tensor<2048xf64>
    }
    {-# dialect_resources: { builtin: { large: "0x04000000)" +
                            [] {
                              std::string hex;
                              for (int i = 0; i < 2048; ++i) {
                                float value = i;
                                for (unsigned char byte : std::string(
                                         reinterpret_cast<char *>(&value), 4))
                                  hex += llvm::hexdigit(byte >> 4),
                                      hex += llvm::hexdigit(byte & 15);
                              }
                              return hex;
                            }() +
                            R"(" } } #-})");
  ASSERT_TRUE(executable);
  std::vector<float> large(2048), small(4);
  std::vector<double> splat(2048);
  int64_t index = 0;
  call(*executable, "f", {&index, large.data(), small.data(), splat.data()});
  for (int i = 0; i < 2048; ++i) {
    EXPECT_EQ(large[i], i);
    EXPECT_EQ(splat[i], 0.25);
  }
  EXPECT_EQ(small[3], 4);
}

TEST_F(CPUCompilerTest, ConstantWithoutDataIsAnError) {
  auto executable = tryCompile(R"(
    func.func @f() -> tensor<8xf32> {
      %w = arith.constant dense_resource<elided> : tensor<8xf32>
      return %w : tensor<8xf32>
    })",
                               CPUOptimization::Adaptive);
  EXPECT_EQ(llvm::toString(executable.takeError()),
            "constant 'elided' has no data");
}

TEST_F(CPUCompilerTest, MathIsAccurate) {
  // Relative error of exp, erf and tanh against double precision over the range
  // in which the result is a normal number.
  auto executable = compile(R"(
    func.func @f(%x: tensor<4096xf32>) -> (tensor<4096xf32>, tensor<4096xf32>, tensor<4096xf32>) {
      %e = tensor.empty() : tensor<4096xf32>
      %a = linalg.exp ins(%x : tensor<4096xf32>) outs(%e : tensor<4096xf32>) -> tensor<4096xf32>
      %b = linalg.erf ins(%x : tensor<4096xf32>) outs(%e : tensor<4096xf32>) -> tensor<4096xf32>
      %c = linalg.tanh ins(%x : tensor<4096xf32>) outs(%e : tensor<4096xf32>) -> tensor<4096xf32>
      return %a, %b, %c : tensor<4096xf32>, tensor<4096xf32>, tensor<4096xf32>
    })",
                            CPUOptimization::O3);
  ASSERT_TRUE(executable);
  std::vector<float> x(4096), exp(4096), erf(4096), tanh(4096);
  for (float range : {0.001f, 1.f, 6.f, 80.f}) {
    for (int i = 0; i < 4096; ++i)
      x[i] = range * (i - 2047.5f) / 2048;
    call(*executable, "f", {x.data(), exp.data(), erf.data(), tanh.data()});
    double worst[3] = {};
    for (int i = 0; i < 4096; ++i) {
      double exact[] = {std::exp(double(x[i])), std::erf(double(x[i])),
                        std::tanh(double(x[i]))};
      float found[] = {exp[i], erf[i], tanh[i]};
      for (int f = 0; f < 3; ++f)
        worst[f] = std::max(worst[f], std::fabs(found[f] - exact[f]) /
                                          std::fabs(exact[f]));
    }
    EXPECT_LE(worst[0], 1e-6) << "exp in +-" << range;
    EXPECT_LE(worst[1], 1e-6) << "erf in +-" << range;
    EXPECT_LE(worst[2], 1e-6) << "tanh in +-" << range;
  }
}

TEST_F(CPUCompilerTest, RoundsToBFloat16) {
  // With or without an instruction for it: ties go to even, a double is rounded
  // once.
  auto executable = compile(R"(
    func.func @f(%x: tensor<5xf32>, %y: tensor<2xf64>) -> (tensor<5xbf16>, tensor<2xbf16>) {
      %e = tensor.empty() : tensor<5xbf16>
      %a = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
          ins(%x : tensor<5xf32>) outs(%e : tensor<5xbf16>) {
      ^bb0(%v: f32, %o: bf16):
        %r = arith.truncf %v : f32 to bf16
        linalg.yield %r : bf16
      } -> tensor<5xbf16>
      %g = tensor.empty() : tensor<2xbf16>
      %b = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
          ins(%y : tensor<2xf64>) outs(%g : tensor<2xbf16>) {
      ^bb0(%v: f64, %o: bf16):
        %r = arith.truncf %v : f64 to bf16
        linalg.yield %r : bf16
      } -> tensor<2xbf16>
      return %a, %b : tensor<5xbf16>, tensor<2xbf16>
    })");
  ASSERT_TRUE(executable);
  std::vector<float> x = {1.0f, 1.00390625f, 1.01171875f, -3.5f,
                          std::numeric_limits<float>::quiet_NaN()};
  // A little more than halfway, by less than a float can tell.
  std::vector<double> y = {1.00390625 + 0x1p-40, 1.00390625};
  std::vector<uint16_t> a(5), b(2);
  call(*executable, "f", {x.data(), y.data(), a.data(), b.data()});
  EXPECT_EQ(a[0], 0x3f80);
  EXPECT_EQ(a[1], 0x3f80);
  EXPECT_EQ(a[2], 0x3f82);
  EXPECT_EQ(a[3], 0xc060);
  EXPECT_GT(a[4] & 0x7fff, 0x7f80);
  EXPECT_EQ(b[0], 0x3f81);
  EXPECT_EQ(b[1], 0x3f80);
}

TEST_F(CPUCompilerTest, ParallelLoopsRunOnThreads) {
  auto executable = compile(R"(
    func.func @f(%a: tensor<64x64xf32>) -> tensor<64x64xf32> {
      %e = tensor.empty() : tensor<64x64xf32>
      %r = scf.forall (%i) in (4) shared_outs(%o = %e) -> (tensor<64x64xf32>) {
        %row = affine.apply affine_map<(d0) -> (d0 * 16)>(%i)
        %x = tensor.extract_slice %a[%row, 0] [16, 64] [1, 1] : tensor<64x64xf32> to tensor<16x64xf32>
        %y = tensor.extract_slice %o[%row, 0] [16, 64] [1, 1] : tensor<64x64xf32> to tensor<16x64xf32>
        %z = linalg.add ins(%x, %x : tensor<16x64xf32>, tensor<16x64xf32>) outs(%y : tensor<16x64xf32>) -> tensor<16x64xf32>
        scf.forall.in_parallel {
          tensor.parallel_insert_slice %z into %o[%row, 0] [16, 64] [1, 1] : tensor<16x64xf32> into tensor<64x64xf32>
        }
      }
      return %r : tensor<64x64xf32>
    })",
                            CPUOptimization::Adaptive, /*threads=*/2);
  ASSERT_TRUE(executable);
  size_t before = threadCount();
  std::vector<float> a(64 * 64), result(64 * 64);
  for (size_t i = 0; i < a.size(); ++i)
    a[i] = i;
  call(*executable, "f", {a.data(), result.data()});
  for (size_t i = 0; i < a.size(); ++i)
    EXPECT_EQ(result[i], 2 * a[i]);
  EXPECT_GT(threadCount(), before);
}

} // namespace

//===- CallProfileTest.cpp - what instrumented code reports
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Target/CallProfile.h"
#include "CompileForTest.h"
#include "chameleon/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"
#include <thread>

using namespace mlir;
using namespace chameleon;

namespace {

class CallProfileTest : public ::testing::Test {
protected:
  CallProfileTest() : context(registry(), MLIRContext::Threading::DISABLED) {
    module = parseSourceString<ModuleOp>(R"mlir(
      func.func private @large(%a: tensor<64x4096xf32>, %out: tensor<64x4096xf32>) -> tensor<64x4096xf32>
          attributes {chameleon.task = "1", chameleon.name = "exp 64x4096", chameleon.flops = 262144 : i64} {
        %r = linalg.exp ins(%a : tensor<64x4096xf32>) outs(%out : tensor<64x4096xf32>) -> tensor<64x4096xf32>
        return %r : tensor<64x4096xf32>
      }
      func.func private @other(%a: tensor<64x4096xf32>, %out: tensor<64x4096xf32>) -> tensor<64x4096xf32> {
        %r = linalg.exp ins(%a : tensor<64x4096xf32>) outs(%out : tensor<64x4096xf32>) -> tensor<64x4096xf32>
        return %r : tensor<64x4096xf32>
      }
      func.func @main(%a: tensor<64x4096xf32>) -> tensor<64x4096xf32> {
        %e = tensor.empty() : tensor<64x4096xf32>
        %b = call @large(%a, %e) : (tensor<64x4096xf32>, tensor<64x4096xf32>) -> tensor<64x4096xf32>
        %c = call @large(%b, %e) : (tensor<64x4096xf32>, tensor<64x4096xf32>) -> tensor<64x4096xf32>
        return %c : tensor<64x4096xf32>
      }
      func.func @no_task(%a: tensor<64x4096xf32>) -> tensor<64x4096xf32> {
        %e = tensor.empty() : tensor<64x4096xf32>
        %b = call @other(%a, %e) : (tensor<64x4096xf32>, tensor<64x4096xf32>) -> tensor<64x4096xf32>
        return %b : tensor<64x4096xf32>
      })mlir",
                                         &context);
  }

  static DialectRegistry registry() {
    DialectRegistry result;
    registerAll(result);
    return result;
  }

  int64_t countMarks() {
    int64_t marks = 0;
    module->walk([&](func::CallOp call) {
      marks += call.getCallee() == CallProfile::markName;
    });
    return marks;
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
};

} // namespace

TEST_F(CallProfileTest, EachCallOfATaskInEachRun) {
  ASSERT_TRUE(module);
  CallProfile profile;
  profile.instrument(*module, "main");
  EXPECT_EQ(countMarks(), 4);
  auto code = CodeForTest::compile(*module);
  ASSERT_TRUE(bool(code)) << llvm::toString(code.takeError());

  std::vector<float> input(64 * 4096, 0.5f), result(64 * 4096);
  void *arguments[] = {input.data(), result.data()};
  double all = 0;
  for (int run = 0; run < 3; ++run) {
    auto start = std::chrono::steady_clock::now();
    profile.begin();
    ASSERT_FALSE(bool((*code)->call("main", arguments)));
    profile.end();
    all +=
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
            .count();
  }
  ASSERT_EQ(profile.calls().size(), 2u);
  ASSERT_EQ(profile.outside().size(), 3u);
  double reported = 0;
  for (const CallProfile::Call &call : profile.calls()) {
    EXPECT_EQ(call.callee, "large");
    EXPECT_EQ(call.name, "exp 64x4096");
    EXPECT_EQ(call.flops, 262144);
    ASSERT_EQ(call.seconds.size(), 3u);
    for (double seconds : call.seconds) {
      EXPECT_GT(seconds, 0);
      reported += seconds;
    }
  }
  for (double seconds : profile.outside())
    reported += seconds;
  // Every moment of a run belongs to a call or to the outside.
  EXPECT_LE(reported, all);
}

TEST_F(CallProfileTest, TimeGoesWhereItPasses) {
  ASSERT_TRUE(module);
  CallProfile profile;
  profile.instrument(*module, "main");
  auto self = reinterpret_cast<int64_t>(&profile);
  auto pass = [] { std::this_thread::sleep_for(std::chrono::milliseconds(5)); };
  profile.begin();
  CallProfile::mark(self, 0);
  pass(); // in the first call
  CallProfile::mark(self, 1);
  pass(); // between them
  CallProfile::mark(self, 2);
  CallProfile::mark(self, 3);
  pass(); // behind them
  profile.end();
  EXPECT_GE(profile.calls()[0].seconds[0], 0.005);
  EXPECT_GE(profile.outside()[0], 0.010);
  EXPECT_LT(profile.calls()[1].seconds[0], profile.calls()[0].seconds[0]);
}

TEST_F(CallProfileTest, WithoutTasksTheModuleStaysAsItIs) {
  ASSERT_TRUE(module);
  CallProfile profile;
  profile.instrument(*module, "no_task");
  profile.instrument(*module, "absent");
  EXPECT_EQ(countMarks(), 0);
  EXPECT_FALSE(module->lookupSymbol(CallProfile::markName));
  profile.begin();
  profile.end();
  EXPECT_TRUE(profile.calls().empty());
  EXPECT_EQ(profile.outside().size(), 1u);
}

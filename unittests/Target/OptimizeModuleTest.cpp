//===- OptimizeModuleTest.cpp - LLVM's passes, as much as each function needs
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../../lib/Target/OptimizeModule.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "gtest/gtest.h"

using namespace chameleon;

namespace {

/// Adds one to a row: what O3 turns into vectors.
constexpr llvm::StringLiteral plain = R"(
  define void @plain(ptr noalias %x, ptr noalias %y) {
  entry:
    br label %loop
  loop:
    %i = phi i64 [ 0, %entry ], [ %next, %loop ]
    %from = getelementptr float, ptr %x, i64 %i
    %value = load float, ptr %from
    %sum = fadd float %value, 1.0
    %to = getelementptr float, ptr %y, i64 %i
    store float %sum, ptr %to
    %next = add i64 %i, 1
    %more = icmp ult i64 %next, 4096
    br i1 %more, label %loop, label %exit
  exit:
    ret void
  })";

/// The same, as a schedule leaves it: O3 would unroll it.
constexpr llvm::StringLiteral scheduled = R"(
  define void @scheduled(ptr noalias %x, ptr noalias %y) {
  entry:
    br label %loop
  loop:
    %i = phi i64 [ 0, %entry ], [ %next, %loop ]
    %from = getelementptr float, ptr %x, i64 %i
    %value = load <4 x float>, ptr %from
    %sum = fadd <4 x float> %value, splat (float 1.0)
    %to = getelementptr float, ptr %y, i64 %i
    store <4 x float> %sum, ptr %to
    %next = add i64 %i, 4
    %more = icmp ult i64 %next, 4096
    br i1 %more, label %loop, label %exit
  exit:
    ret void
  })";

/// A window of 3 x ROWS vectors.
constexpr llvm::StringLiteral window = R"(
  define void @window(ptr noalias %x, ptr noalias %y) {
  entry:
    br label %rows
  rows:
    %row = phi i64 [ 0, %entry ], [ %nextrow, %rowend ]
    br label %loop
  loop:
    %i = phi i64 [ 0, %rows ], [ %next, %loop ]
    %at = mul i64 %row, 100
    %from = add i64 %at, %i
    %address = getelementptr <4 x float>, ptr %x, i64 %from
    %value = load <4 x float>, ptr %address
    %old = load <4 x float>, ptr %y
    %sum = fadd <4 x float> %value, %old
    store <4 x float> %sum, ptr %y
    %next = add i64 %i, 1
    %more = icmp ult i64 %next, 3
    br i1 %more, label %loop, label %rowend
  rowend:
    %nextrow = add i64 %row, 1
    %morerows = icmp ult i64 %nextrow, ROWS
    br i1 %morerows, label %rows, label %exit
  exit:
    ret void
  })";

constexpr llvm::StringLiteral untouched = R"(
  define void @untouched(ptr %y) noinline optnone {
    %slot = alloca float
    store float 1.0, ptr %slot
    %value = load float, ptr %slot
    store float %value, ptr %y
    ret void
  })";

class OptimizeModuleTest : public ::testing::Test {
protected:
  void SetUp() override {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    machine =
        cantFail(cantFail(llvm::orc::JITTargetMachineBuilder::detectHost())
                     .createTargetMachine());
  }

  void optimize(llvm::StringRef text, CPUOptimization level) {
    llvm::SMDiagnostic diagnostic;
    module = llvm::parseAssemblyString(text, diagnostic, context);
    ASSERT_TRUE(module) << diagnostic.getMessage().str();
    module->setTargetTriple(machine->getTargetTriple());
    module->setDataLayout(machine->createDataLayout());
    EXPECT_FALSE(errorToBool(optimizeModule(*module, *machine, level)));
  }

  std::string print(llvm::StringRef function) {
    std::string text;
    llvm::raw_string_ostream stream(text);
    module->getFunction(function)->print(stream);
    return text;
  }
  size_t countFadds(llvm::StringRef function) {
    std::string text = print(function);
    return llvm::StringRef(text).count(" fadd ");
  }

  llvm::LLVMContext context;
  std::unique_ptr<llvm::TargetMachine> machine;
  std::unique_ptr<llvm::Module> module;
};

TEST_F(OptimizeModuleTest, LeavesWhatAScheduleHasDone) {
  optimize(scheduled, CPUOptimization::O3);
  EXPECT_GT(countFadds("scheduled"), 1u) << "O3 unrolls";
  optimize(scheduled, CPUOptimization::Adaptive);
  EXPECT_EQ(countFadds("scheduled"), 1u);
}

TEST_F(OptimizeModuleTest, UnrollsShortWindows) {
  auto countFor = [&](llvm::StringRef rows) {
    std::string text = window.str();
    text.replace(text.find("ROWS"), 4, rows);
    optimize(text, CPUOptimization::Adaptive);
    return countFadds("window");
  };
  EXPECT_EQ(countFor("3"), 9u);
  EXPECT_EQ(countFor("64"), 3u) << "the inner loop only";
}

TEST_F(OptimizeModuleTest, VectorisesPlainLoops) {
  for (CPUOptimization level :
       {CPUOptimization::Once, CPUOptimization::Adaptive, CPUOptimization::O2,
        CPUOptimization::O3}) {
    optimize(plain, level);
    EXPECT_NE(print("plain").find("x float>"), std::string::npos);
  }
}

TEST_F(OptimizeModuleTest, CompilesAScheduledFunctionAlikeInAnyCompany) {
  optimize(scheduled, CPUOptimization::Adaptive);
  std::string alone = print("scheduled");
  optimize((plain + scheduled).str(), CPUOptimization::Adaptive);
  llvm::Function *function = module->getFunction("scheduled");
  EXPECT_FALSE(function->hasOptNone());
  EXPECT_FALSE(function->hasFnAttribute(llvm::Attribute::NoInline));
  EXPECT_EQ(countFadds("scheduled"), 1u);
  EXPECT_NE(print("plain").find("x float>"), std::string::npos);
  EXPECT_NE(alone.find("<4 x float>"), std::string::npos);
}

TEST_F(OptimizeModuleTest, RespectsOptnone) {
  for (CPUOptimization level :
       {CPUOptimization::Once, CPUOptimization::Adaptive,
        CPUOptimization::O3}) {
    optimize((untouched + plain).str(), level);
    EXPECT_NE(print("untouched").find("alloca"), std::string::npos);
  }
}

} // namespace

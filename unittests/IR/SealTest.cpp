//===- SealTest.cpp - modules that are as we wrote them
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/IR/Seal.h"
#include "chameleon/IR/ChameleonDialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

using namespace chameleon;
using namespace mlir;

namespace {

struct SealTest : testing::Test {
  SealTest() { context.loadDialect<func::FuncDialect, ChameleonDialect>(); }
  OwningOpRef<ModuleOp> parse(StringRef text) {
    return parseSourceString<ModuleOp>(text, &context);
  }
  MLIRContext context;
};

TEST_F(SealTest, SurvivesTextAndAnotherName) {
  auto module = parse("module @a { func.func @f(%named: i32) -> i32 { return "
                      "%named : i32 } }");
  EXPECT_FALSE(isSealed(*module));
  sealModule(*module);
  EXPECT_TRUE(isSealed(*module));
  module->setSymName("b");
  std::string text;
  llvm::raw_string_ostream(text) << *module;
  auto again = parse(text);
  ASSERT_TRUE(again);
  EXPECT_TRUE(isSealed(*again));
}

TEST_F(SealTest, BreaksWithWhatIsInside) {
  auto module = parse("func.func private @f()");
  sealModule(*module);
  (*module->getOps<func::FuncOp>().begin()).setSymName("g");
  EXPECT_FALSE(isSealed(*module));
  sealModule(*module);
  EXPECT_TRUE(isSealed(*module));
}

} // namespace

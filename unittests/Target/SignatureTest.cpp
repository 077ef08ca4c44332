//===- SignatureTest.cpp - how functions say that they are called
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Target/Signature.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace chameleon;

namespace {

class SignatureTest : public ::testing::Test {
protected:
  SignatureTest() { context.loadDialect<func::FuncDialect>(); }

  /// What lowering leaves: functions of buffers, with the tensors beside them.
  OwningOpRef<ModuleOp> parse(StringRef text) {
    auto module = parseSourceString<ModuleOp>(text, &context);
    EXPECT_TRUE(module);
    return module;
  }
  std::string errorOf(ModuleOp module, StringRef function) {
    std::string message;
    ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
      message = diagnostic.str();
      return success();
    });
    EXPECT_EQ(failed(checkCallable(module, function)), !message.empty());
    return message;
  }

  MLIRContext context{MLIRContext::Threading::DISABLED};
};

constexpr StringLiteral lowered = R"mlir(
  func.func @main(%x: memref<2xf32>, %w: memref<3xi8> {chameleon.constant = 0 : i64}, %r: memref<2xf32>)
      attributes {chameleon.signature = (tensor<2xf32>, tensor<3xi8>) -> tensor<2xf32>, chameleon.init = @init} {
    return
  }
  func.func @init(%r: memref<3xi8>) attributes {chameleon.signature = () -> tensor<3xi8>} {
    return
  }
  func.func @task(%x: memref<2xf32>, %r: memref<2xf32>)
      attributes {chameleon.signature = (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>, chameleon.task = "t"} {
    return
  }
  func.func @odd(%x: memref<2xf128>) attributes {chameleon.signature = (tensor<2xf128>) -> ()} {
    return
  }
  func.func @plain() {
    return
  }
  func.func private @declared())mlir";

TEST_F(SignatureTest, InputsConstantsAndDestinations) {
  OwningOpRef<ModuleOp> module = parse(lowered);
  std::vector<Program::Function> functions = readSignatures(*module);
  ASSERT_EQ(functions.size(), 3u);
  EXPECT_EQ(functions[0].name, "main");
  ASSERT_EQ(functions[0].arguments.size(), 2u);
  EXPECT_EQ(functions[0].arguments[1].str(), "3xi8");
  EXPECT_EQ(functions[0].constants, (std::vector<int64_t>{-1, 0}));
  EXPECT_EQ(functions[0].initialiser, "init");
  EXPECT_TRUE(functions[1].arguments.empty());
  EXPECT_EQ(functions[1].results[0].str(), "3xi8");
  // The destinations of a task are arguments already.
  EXPECT_EQ(functions[2].name, "task");
  EXPECT_EQ(functions[2].arguments.size(), 1u);
  EXPECT_EQ(functions[2].results.size(), 1u);
}

TEST_F(SignatureTest, WhatCannotBeCalledSaysWhy) {
  OwningOpRef<ModuleOp> module = parse(lowered);
  EXPECT_EQ(errorOf(*module, "main"), "");
  EXPECT_EQ(errorOf(*module, "other"),
            "no function 'other', expected one of 'main', 'init', 'task', "
            "'odd'");
  EXPECT_EQ(errorOf(*module, "declared").find("no function 'declared'"), 0u);
  EXPECT_EQ(errorOf(*module, "plain"),
            "function 'plain' does not take and return tensors alone, expected "
            "'chameleon.signature'");
  EXPECT_EQ(errorOf(*module, "odd")
                .find("element type 'f128' is not supported, expected f16"),
            0u);
}

TEST_F(SignatureTest, ConstantsThatNobodyComputes) {
  OwningOpRef<ModuleOp> module = parse(lowered);
  auto main = module->lookupSymbol<func::FuncOp>("main");
  Builder builder(&context);
  main.setArgAttr(1, "chameleon.constant", builder.getI64IntegerAttr(1));
  EXPECT_EQ(errorOf(*module, "main"),
            "argument 1 of function 'main' takes result 1 of its initialiser, "
            "which has no such result of type 'tensor<3xi8>'");
  main->setAttr("chameleon.init", FlatSymbolRefAttr::get(&context, "task"));
  EXPECT_EQ(errorOf(*module, "main"),
            "initialiser 'task' has 1 arguments, expected none");
}

TEST_F(SignatureTest, TypesOfBuffers) {
  Builder builder(&context);
  auto type = getBufferType(RankedTensorType::get({2}, builder.getBF16Type()));
  ASSERT_TRUE(bool(type));
  EXPECT_EQ(type->str(), "2xbf16");
  // Integers lie in whole powers of two of bytes, and booleans are known as
  // such.
  for (auto [width, text] :
       {std::pair(1, "2xi1"), {4, "2xi8"}, {12, "2xi16"}, {24, "2xi32"}}) {
    auto integers = getBufferType(
        RankedTensorType::get({2}, builder.getIntegerType(width)));
    ASSERT_TRUE(bool(integers));
    EXPECT_EQ(integers->str(), text);
  }
  auto dynamic = getBufferType(
      RankedTensorType::get({ShapedType::kDynamic}, builder.getF32Type()));
  EXPECT_EQ(llvm::toString(dynamic.takeError()),
            "tensor type 'tensor<?xf32>' is dynamic, expected a static shape");
}

} // namespace

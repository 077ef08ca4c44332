//===- CompileModelTest.cpp - modules become programs
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Model/Model.h"
#include "chameleon/Runtime/GeneratorHash.h"
#include "chameleon/Target/CPUDevice.h"
#include "chameleon/Transforms/Passes.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

using namespace chameleon;

namespace {

class CompileModel : public ::testing::Test {
protected:
  static mlir::DialectRegistry makeRegistry() {
    mlir::DialectRegistry registry;
    registerAll(registry);
    return registry;
  }

  /// The first error, or nothing.
  std::string compile(llvm::StringRef text, llvm::StringRef function) {
    std::string message;
    mlir::ScopedDiagnosticHandler handler(&context,
                                          [&](mlir::Diagnostic &diagnostic) {
                                            if (message.empty())
                                              message = diagnostic.str();
                                            return mlir::success();
                                          });
    auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    EXPECT_TRUE(module);
    auto device = llvm::cantFail(CPUDevice::ofHost(1));
    mlir::FailureOr<Program> made =
        compileModel(*module, *device, {{}, function.str()}, steps);
    if (succeeded(made))
      program = std::move(*made);
    EXPECT_EQ(failed(made), !message.empty());
    return message;
  }

  mlir::MLIRContext context{makeRegistry(),
                            mlir::MLIRContext::Threading::DISABLED};
  std::vector<CompileStep> steps;
  Program program;
};

TEST_F(CompileModel, NotesTheCodeGenerator) {
  EXPECT_EQ(compile("func.func @f(%x: tensor<2xf32>) -> tensor<2xf32> { return "
                    "%x : tensor<2xf32> }",
                    "f"),
            "");
  EXPECT_EQ(program.generator, getGeneratorHash());
}

TEST_F(CompileModel, NeedsNoFunctionToBeNamed) {
  EXPECT_EQ(compile(R"mlir(
    func.func @a(%x: tensor<2xf32>) -> tensor<2xf32> { return %x : tensor<2xf32> }
    func.func @b(%x: tensor<3xf32>) -> tensor<3xf32> { return %x : tensor<3xf32> })mlir",
                    ""),
            "");
  EXPECT_EQ(program.functionNames(), "'a', 'b'");
  EXPECT_EQ(steps.front().name, "schedules");
  EXPECT_EQ(steps.back().name, "generate");
}

TEST_F(CompileModel, WhatIsNamedMustBeThere) {
  EXPECT_EQ(compile(R"mlir(
    func.func @a(%x: tensor<2xf32>) -> tensor<2xf32> { return %x : tensor<2xf32> })mlir",
                    "b"),
            "no function 'b', expected one of 'a'");
}

TEST_F(CompileModel, EmbeddedSchedulesAreApplied) {
  std::string schedule = R"mlir(
    module @chameleon_schedules attributes {transform.with_named_sequence} {
      transform.named_sequence @__transform_main(%root: !transform.any_op) {
        %op = transform.structured.match ops{["linalg.nothing"]} in %root : (!transform.any_op) -> !transform.any_op
        transform.structured.vectorize %op : !transform.any_op
        %bad = transform.structured.match ops{["func.func"]} in %root : (!transform.any_op) -> !transform.any_op
        transform.structured.vectorize %bad : !transform.any_op
        transform.yield
      }
    })mlir";
  EXPECT_NE(compile("func.func @a(%x: tensor<2xf32>) -> tensor<2xf32> { return "
                    "%x : tensor<2xf32> }" +
                        schedule,
                    "a"),
            "");
}

} // namespace

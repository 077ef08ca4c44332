//===- TaskProgramTest.cpp - parsing tasks, applying candidates, references
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../../lib/Measure/TaskProgram.h"
#include "chameleon/Target/CPUDevice.h"
#include "chameleon/Transforms/Passes.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace chameleon;
using namespace mlir;

namespace {

constexpr llvm::StringLiteral sum = R"mlir(
  func.func @sum(%a: tensor<4xf32>, %out: tensor<4xf32>) -> tensor<4xf32>
      attributes {chameleon.task = "sum"} {
    %r = linalg.add ins(%a, %a : tensor<4xf32>, tensor<4xf32>)
        outs(%out : tensor<4xf32>) -> tensor<4xf32>
    return %r : tensor<4xf32>
  })mlir";

class TaskProgram : public testing::Test {
protected:
  TaskProgram() {
    registerAll(registry);
    context.appendDialectRegistry(registry);
    task.key = "sum";
    task.payload = sum.str();
  }
  DialectRegistry registry;
  MLIRContext context{MLIRContext::Threading::DISABLED};
  MeasureTask task;
  std::shared_ptr<const CPUDevice> host = llvm::cantFail(CPUDevice::ofHost(1));
};

TEST_F(TaskProgram, WhatDoesNotParseIsNamed) {
  auto module = parseModule("func.func @", "the spec", &context);
  ASSERT_FALSE(bool(module));
  std::string message = llvm::toString(module.takeError());
  EXPECT_EQ(message.find("the spec does not parse: "), 0u) << message;
}

TEST_F(TaskProgram, DataOfAnotherSizeIsRefused) {
  std::vector<char> data(8);
  auto open = OpenTask::open(task, data, *host, &context);
  ASSERT_FALSE(bool(open));
  EXPECT_EQ(llvm::toString(open.takeError())
                .find("the data of the task has 8 bytes, expected "),
            0u);
}

TEST_F(TaskProgram, TheHostsReferenceIsTheSum) {
  auto prepared =
      prepareReference(task, /*seed=*/3, &context, {runOnHost, runOnHost});
  ASSERT_TRUE(bool(prepared)) << llvm::toString(prepared.takeError());
  auto open = OpenTask::open(task, prepared->data, *host, &context);
  ASSERT_TRUE(bool(open)) << llvm::toString(open.takeError());
  const auto *input = reinterpret_cast<const float *>(prepared->data.data());
  const auto *reference = reinterpret_cast<const double *>(
      prepared->data.data() + open->signature.referenceOffset(0));
  for (int i = 0; i < 4; ++i)
    EXPECT_EQ(reference[i], 2.0 * input[i]);
}

TEST_F(TaskProgram, AnEngineThatFailsIsToldOf) {
  auto fail = [](ModuleOp, const std::string &,
                 llvm::MutableArrayRef<GuardedBuffer>) {
    return llvm::createStringError("no engine today");
  };
  auto prepared = prepareReference(task, 0, &context, {fail, fail});
  ASSERT_FALSE(bool(prepared));
  EXPECT_EQ(llvm::toString(prepared.takeError()),
            "computing the reference: no engine today");
}

} // namespace

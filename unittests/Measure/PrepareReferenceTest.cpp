//===- PrepareReferenceTest.cpp - what candidates are compared with
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ReferenceTestBase.h"
#include <cmath>

using namespace chameleon;

namespace {

class PrepareReference : public ReferenceTestBase {
protected:
  /// `engines.mostIterations` as it is given.
  llvm::Expected<PreparedTask> prepare(ReferenceEngines engines) {
    MeasureTask task{"k", text.str(), 1};
    task.defaults = defaults;
    return prepareReference(task, /*seed=*/3, &context, engines);
  }
  ReferenceEngines plain() { return {wholeEngine, runOnHost}; }
  const double *referenceOf(const PreparedTask &prepared) {
    return reinterpret_cast<const double *>(prepared.data.data() +
                                            signature.referenceOffset(0));
  }

  llvm::StringRef text = product;
  std::vector<std::string> defaults;
  int wholes = 0;
  std::function<llvm::Error(mlir::ModuleOp, const std::string &,
                            llvm::MutableArrayRef<GuardedBuffer>)>
      wholeEngine = [this](mlir::ModuleOp program, const std::string &function,
                           llvm::MutableArrayRef<GuardedBuffer> all) {
        ++wholes;
        return runOnHost(program, function, all);
      };
};

/// A default as the runner would call it: plain loops in the task's precision,
/// with one element changed.
struct Default {
  mlir::ModuleOp module;
  const TaskSignature &signature;
  int calls = 0;

  llvm::Error operator()(llvm::StringRef spec, llvm::ArrayRef<char> data,
                         llvm::MutableArrayRef<GuardedBuffer> outputs) {
    ++calls;
    if (spec == "fails")
      return llvm::createStringError("it does not apply");
    std::vector<GuardedBuffer> buffers;
    for (auto [i, input] : llvm::enumerate(signature.inputs()))
      memcpy(buffers.emplace_back(input.bytes()).data(),
             data.data() + signature.inputOffset(i), input.bytes());
    buffers.emplace_back(outputs[0].size());
    mlir::OwningOpRef<mlir::ModuleOp> clone = module.clone();
    if (llvm::Error error = runOnHost(*clone, "task", buffers))
      return error;
    memcpy(outputs[0].data(), buffers.back().data(), outputs[0].size());
    if (spec == "wrong")
      reinterpret_cast<float *>(outputs[0].data())[0] += 1;
    return llvm::Error::success();
  }
};

TEST_F(PrepareReference, OfALargeTaskTheDefaultThatAgreesWithSamples) {
  parse(product);
  auto small = prepare(plain());
  ASSERT_TRUE(bool(small)) << llvm::toString(small.takeError());
  EXPECT_EQ(1, wholes);

  Default runner{*module, signature};
  ReferenceEngines engines = plain();
  engines.candidate = runner;
  engines.mostIterations = 100;
  defaults = {"fails", "wrong", "right"};
  auto large = prepare(engines);
  ASSERT_TRUE(bool(large)) << llvm::toString(large.takeError());
  EXPECT_EQ(1, wholes);
  EXPECT_EQ(3, runner.calls);
  for (int i = 0; i < 37 * 29; ++i)
    EXPECT_NEAR(referenceOf(*small)[i], referenceOf(*large)[i], 1e-4);

  // None is right: then it takes the whole.
  defaults = {"fails", "wrong"};
  large = prepare(engines);
  ASSERT_TRUE(bool(large)) << llvm::toString(large.takeError());
  EXPECT_EQ(2, wholes);
  EXPECT_EQ(referenceOf(*small)[0], referenceOf(*large)[0]);
}

/// In double precision 1e-104, which no float holds.
TEST_F(PrepareReference, AProductStaysInRange) {
  text = R"mlir(
    func.func @task(%x: tensor<70x267xf32>, %out: tensor<70xf32>)
        -> tensor<70xf32> attributes {chameleon.task = "k"} {
      %one = arith.constant 1.0 : f32
      %f = linalg.fill ins(%one : f32) outs(%out : tensor<70xf32>)
          -> tensor<70xf32>
      %r = linalg.reduce {arith.mulf} ins(%x : tensor<70x267xf32>)
          outs(%f : tensor<70xf32>) dimensions = [1]
      return %r : tensor<70xf32>
    })mlir";
  parse(text);
  auto prepared = prepare(plain());
  ASSERT_TRUE(bool(prepared)) << llvm::toString(prepared.takeError());
  for (int i = 0; i < 70; ++i)
    EXPECT_GT(std::fabs(referenceOf(*prepared)[i]), 1e-3);
  EXPECT_EQ("", prepared->remark);
}

/// exp of the sum of a hundred is beyond f32; only its logarithm is not.
TEST_F(PrepareReference, WhatIsMadeOfNoiseIsSaidToBe) {
  text = R"mlir(
    func.func @task(%x: tensor<8xf32>, %out: tensor<8xf32>) -> tensor<8xf32>
        attributes {chameleon.task = "k"} {
      %huge = arith.constant 200.0 : f32
      %r = linalg.generic {
          indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>],
          iterator_types = ["parallel"]}
          ins(%x : tensor<8xf32>) outs(%out : tensor<8xf32>) {
      ^bb0(%v: f32, %o: f32):
        %s = arith.addf %v, %huge : f32
        %e = math.exp %s : f32
        %l = math.log %e : f32
        linalg.yield %l : f32
      } -> tensor<8xf32>
      return %r : tensor<8xf32>
    })mlir";
  parse(text);
  auto prepared = prepare(plain());
  ASSERT_TRUE(bool(prepared)) << llvm::toString(prepared.takeError());
  EXPECT_TRUE(llvm::StringRef(prepared->remark).contains("sensitive to round"))
      << prepared->remark;
}

} // namespace

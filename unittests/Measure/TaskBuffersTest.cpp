//===- TaskBuffersTest.cpp - guards, hashes and references around a call
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../../lib/Measure/TaskBuffers.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

using namespace chameleon;

namespace {

/// out0 = in + 1 (floats), out1 = 7 (integers), computed by the test.
class TaskBuffersTest : public testing::Test {
protected:
  TaskBuffersTest() {
    context.loadDialect<mlir::func::FuncDialect>();
    module = mlir::parseSourceString<mlir::ModuleOp>(R"mlir(
      func.func @task(%in: tensor<3xf32>, %out0: tensor<3xf32>, %out1: tensor<2xi32>) -> (tensor<3xf32>, tensor<2xi32>)
          attributes {chameleon.task = "k"} {
        return %out0, %out1 : tensor<3xf32>, tensor<2xi32>
      })mlir",
                                                     &context);
    auto made = TaskSignature::of(*module, 2);
    EXPECT_TRUE(static_cast<bool>(made));
    signature = *made;
    storage.resize((signature.totalBytes() + 7) / 8);
    char *bytes = reinterpret_cast<char *>(storage.data());
    for (int i = 0; i < 3; ++i) {
      reinterpret_cast<float *>(bytes + signature.inputOffset(0))[i] = float(i);
      reinterpret_cast<double *>(bytes + signature.referenceOffset(0))[i] =
          i + 1;
    }
    for (int i = 0; i < 2; ++i)
      reinterpret_cast<int64_t *>(bytes + signature.referenceOffset(1))[i] = 7;
    buffers = std::make_unique<TaskBuffers>(
        signature, llvm::ArrayRef<char>(bytes, signature.totalBytes()));
    in = static_cast<float *>(buffers->pointers()[0]);
    out0 = static_cast<float *>(buffers->pointers()[1]);
    out1 = static_cast<int32_t *>(buffers->pointers()[2]);
  }

  void compute() {
    for (int i = 0; i < 3; ++i)
      out0[i] = in[i] + 1;
    out1[0] = out1[1] = 7;
  }
  std::string fault() { return buffers->findFault(1e-6, error); }

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  TaskSignature signature;
  std::vector<double> storage;
  std::unique_ptr<TaskBuffers> buffers;
  float *in, *out0;
  int32_t *out1;
  double error = 0;
};

TEST_F(TaskBuffersTest, RightResult) {
  compute();
  EXPECT_EQ("", fault());
  EXPECT_EQ(0, error);
}

TEST_F(TaskBuffersTest, NothingWritten) {
  EXPECT_EQ("output 0: element 0 was not written (relative error INF, "
            "tolerance 1.00e-06)",
            fault());
  compute();
  buffers->poisonOutputs();
  out0[0] = 1, out0[1] = 2, out0[2] = 3;
  EXPECT_TRUE(llvm::StringRef(fault()).starts_with(
      "output 1: element 0 was not written"))
      << "integers too";
}

TEST_F(TaskBuffersTest, SlightlyWrong) {
  compute();
  out0[1] = 2.003f;
  EXPECT_EQ("output 0: element 1 is 2.00300002, expected 2 (relative error "
            "1.00e-03, tolerance 1.00e-06)",
            fault());
  EXPECT_NEAR(1e-3, error, 1e-6);
}

TEST_F(TaskBuffersTest, OverwrittenInputIsSeenAndRepaired) {
  compute();
  in[2] = 5;
  EXPECT_EQ("input 0 was overwritten", fault());
  EXPECT_EQ(2, in[2]);
  compute();
  EXPECT_EQ("", fault());
}

TEST_F(TaskBuffersTest, WritesBesideAreSeenAndRepaired) {
  compute();
  out0[3] = 0;
  EXPECT_EQ("wrote outside its destination, beside output 0", fault());
  EXPECT_EQ("", fault());
  in[-1] = 0;
  EXPECT_EQ("wrote outside its destination, beside input 0", fault());
  EXPECT_EQ("", fault());
}

} // namespace

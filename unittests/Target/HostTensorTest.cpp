//===- HostTensorTest.cpp - element access, .npy files, comparison
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Target/HostTensor.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace mlir;
using namespace chameleon;

namespace {

class HostTensorTest : public ::testing::Test {
protected:
  MLIRContext context{MLIRContext::Threading::DISABLED};
  Builder builder{&context};

  HostTensor make(ArrayRef<int64_t> shape, Type element) {
    auto tensor = HostTensor::create(RankedTensorType::get(shape, element));
    EXPECT_TRUE(bool(tensor)) << llvm::toString(tensor.takeError());
    return std::move(*tensor);
  }

  std::string temporary() {
    SmallString<128> path;
    EXPECT_FALSE(llvm::sys::fs::createTemporaryFile("chameleon", "npy", path));
    removers.push_back(std::make_unique<llvm::FileRemover>(path));
    return path.str().str();
  }

  std::string write(StringRef content) {
    std::string path = temporary();
    std::error_code error;
    llvm::raw_fd_ostream(path, error) << content;
    EXPECT_FALSE(error);
    return path;
  }

  std::string readError(StringRef content) {
    auto tensor = HostTensor::readNpy(write(content), &context);
    return tensor ? "" : llvm::toString(tensor.takeError());
  }

  std::vector<std::unique_ptr<llvm::FileRemover>> removers;
};

TEST_F(HostTensorTest, EveryElementTypeSurvivesAFile) {
  for (Type element : {Type(builder.getF16Type()), Type(builder.getF32Type()),
                       Type(builder.getF64Type()), Type(builder.getI8Type()),
                       Type(builder.getI16Type()), Type(builder.getI32Type()),
                       Type(builder.getI64Type())}) {
    HostTensor tensor = make({2, 3}, element);
    for (int64_t i = 0; i < 6; ++i)
      tensor.set(i, i - 3);
    std::string path = temporary();
    ASSERT_FALSE(bool(tensor.writeNpy(path)));
    auto copy = HostTensor::readNpy(path, &context);
    ASSERT_TRUE(bool(copy)) << llvm::toString(copy.takeError());
    EXPECT_EQ(copy->getType(), tensor.getType());
    for (int64_t i = 0; i < 6; ++i)
      EXPECT_EQ(copy->get(i), i - 3);
  }
}

TEST_F(HostTensorTest, ScalarsAndVectorsSurviveAFile) {
  for (const std::vector<int64_t> &shape :
       std::vector<std::vector<int64_t>>{{}, {3}}) {
    HostTensor tensor = make(shape, builder.getF32Type());
    tensor.fill(0.5);
    std::string path = temporary();
    ASSERT_FALSE(bool(tensor.writeNpy(path)));
    auto copy = HostTensor::readNpy(path, &context);
    ASSERT_TRUE(bool(copy)) << llvm::toString(copy.takeError());
    EXPECT_EQ(copy->getType(), tensor.getType());
    EXPECT_EQ(copy->relativeError(tensor), 0);
  }
}

TEST_F(HostTensorTest, NarrowFloatsRound) {
  HostTensor half = make({2}, builder.getF16Type());
  half.set(0, 1 + 1.0 / 4096);
  half.set(1, 65504);
  EXPECT_EQ(half.get(0), 1);
  EXPECT_EQ(half.get(1), 65504);
  HostTensor brain = make({1}, builder.getBF16Type());
  brain.set(0, 3.140625);
  EXPECT_EQ(brain.get(0), 3.140625);
}

TEST_F(HostTensorTest, RandomDependsOnTheSeedAlone) {
  HostTensor a = make({1000}, builder.getF32Type()),
             b = make({1000}, builder.getF32Type()),
             c = make({1000}, builder.getF32Type());
  a.fillRandom(1);
  b.fillRandom(1);
  c.fillRandom(2);
  EXPECT_EQ(a.relativeError(b), 0);
  EXPECT_GT(a.relativeError(c), 0.1);
  double sum = 0;
  for (int64_t i = 0; i < 1000; ++i) {
    EXPECT_GE(a.get(i), -1);
    EXPECT_LT(a.get(i), 1);
    sum += a.get(i);
  }
  EXPECT_LT(std::fabs(sum), 100);
  HostTensor integers = make({1000}, builder.getI32Type());
  integers.fillRandom(1);
  for (int64_t i = 0; i < 1000; ++i)
    EXPECT_TRUE(integers.get(i) >= 0 && integers.get(i) < 8);
}

TEST_F(HostTensorTest, PoisonIsSeen) {
  HostTensor reference = make({4}, builder.getF32Type()),
             tensor = make({4}, builder.getF32Type());
  reference.fill(1);
  tensor.poison();
  EXPECT_TRUE(std::isinf(tensor.relativeError(reference)));
  for (int64_t i = 0; i < 3; ++i)
    tensor.set(i, 1);
  EXPECT_TRUE(std::isinf(tensor.relativeError(reference)));
  tensor.set(3, 1.5);
  EXPECT_EQ(tensor.relativeError(reference), 0.5);
  HostTensor bytes = make({1}, builder.getI8Type());
  bytes.poison();
  EXPECT_EQ(bytes.get(0), -128);
}

TEST_F(HostTensorTest, RelativeErrorIsOfTheLargestExpectedValue) {
  HostTensor reference = make({2}, builder.getF64Type()),
             tensor = make({2}, builder.getF64Type());
  reference.set(0, -8), reference.set(1, 1);
  tensor.set(0, -8), tensor.set(1, 2);
  EXPECT_EQ(tensor.relativeError(reference), 0.125);
  reference.set(0, INFINITY), tensor.set(0, INFINITY);
  EXPECT_EQ(tensor.relativeError(reference), 1);
  tensor.set(0, -INFINITY);
  EXPECT_TRUE(std::isinf(tensor.relativeError(reference)));
}

TEST_F(HostTensorTest, RefusesTypesThatItCannotHold) {
  auto dynamic = HostTensor::create(
      RankedTensorType::get({ShapedType::kDynamic}, builder.getF32Type()));
  EXPECT_EQ(llvm::toString(dynamic.takeError()),
            "tensor type 'tensor<?xf32>' is dynamic, expected a static shape");
  auto odd =
      HostTensor::create(RankedTensorType::get({4}, builder.getIntegerType(4)));
  EXPECT_EQ(llvm::toString(odd.takeError())
                .find("element type 'i4' is not supported"),
            0u);
}

TEST_F(HostTensorTest, RefusesMalformedFiles) {
  auto missing = HostTensor::readNpy("/nonexistent/a.npy", &context);
  EXPECT_NE(llvm::toString(missing.takeError()).find("/nonexistent/a.npy: "),
            std::string::npos);
  EXPECT_NE(readError("hello, this is text").find("not an .npy file"),
            std::string::npos);
  auto file = [](StringRef header, StringRef data) {
    return (StringRef("\x93NUMPY\x01\x00", 8) + Twine(char(header.size())) +
            StringRef("\0", 1) + header + data)
        .str();
  };
  EXPECT_EQ(readError(file(
                "{'descr': '<f4', 'fortran_order': False, 'shape': (1, ), }",
                "1234")),
            "");
  EXPECT_NE(
      readError(
          file("{'descr': '<f4', 'fortran_order': False, 'shape': (2, ), }",
               "1234"))
          .find("has 4 bytes of data, expected 8"),
      std::string::npos);
  EXPECT_NE(
      readError(
          file("{'descr': '>f4', 'fortran_order': False, 'shape': (1, ), }",
               "1234"))
          .find("'>f4' is not supported"),
      std::string::npos);
  EXPECT_NE(
      readError(
          file("{'descr': '<f4', 'fortran_order': True, 'shape': (1, ), }",
               "1234"))
          .find("column-major"),
      std::string::npos);
  EXPECT_NE(
      readError(
          file("{'descr': '<f4', 'fortran_order': False, 'shape': (x, ), }",
               "1234"))
          .find("malformed shape"),
      std::string::npos);
  EXPECT_NE(readError(StringRef("\x93NUMPY\x01\x00\xff\xff{", 11))
                .find("the header is cut off"),
            std::string::npos);
}

} // namespace

//===- HostTensorTest.cpp - element access, .npy files, comparison
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Runtime/HostTensor.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "gtest/gtest.h"
#include <cmath>
#include <cstring>

using namespace chameleon;

namespace {

class HostTensorTest : public ::testing::Test {
protected:
  static HostTensor make(std::vector<int64_t> shape, ElementType element) {
    auto tensor = HostTensor::create({element, std::move(shape)});
    EXPECT_TRUE(bool(tensor)) << llvm::toString(tensor.takeError());
    return std::move(*tensor);
  }

  std::string temporary() {
    llvm::SmallString<128> path;
    EXPECT_FALSE(llvm::sys::fs::createTemporaryFile("chameleon", "npy", path));
    removers.push_back(std::make_unique<llvm::FileRemover>(path));
    return path.str().str();
  }

  std::string write(llvm::StringRef content) {
    std::string path = temporary();
    std::error_code error;
    llvm::raw_fd_ostream(path, error) << content;
    EXPECT_FALSE(error);
    return path;
  }

  std::string readError(llvm::StringRef content) {
    auto tensor = HostTensor::readNpy(write(content));
    return tensor ? "" : llvm::toString(tensor.takeError());
  }

  std::vector<std::unique_ptr<llvm::FileRemover>> removers;
};

TEST_F(HostTensorTest, EveryElementTypeSurvivesAFile) {
  for (ElementType element :
       {ElementType::F16, ElementType::F32, ElementType::F64, ElementType::I8,
        ElementType::I16, ElementType::I32, ElementType::I64}) {
    HostTensor tensor = make({2, 3}, element);
    for (int64_t i = 0; i < 6; ++i)
      tensor.set(i, i - 3);
    std::string path = temporary();
    ASSERT_FALSE(bool(tensor.writeNpy(path)));
    auto copy = HostTensor::readNpy(path);
    ASSERT_TRUE(bool(copy)) << llvm::toString(copy.takeError());
    EXPECT_EQ(copy->getType(), tensor.getType());
    for (int64_t i = 0; i < 6; ++i)
      EXPECT_EQ(copy->get(i), i - 3);
  }
}

TEST_F(HostTensorTest, ScalarsAndVectorsSurviveAFile) {
  for (const std::vector<int64_t> &shape :
       std::vector<std::vector<int64_t>>{{}, {3}}) {
    HostTensor tensor = make(shape, ElementType::F32);
    tensor.fill(0.5);
    std::string path = temporary();
    ASSERT_FALSE(bool(tensor.writeNpy(path)));
    auto copy = HostTensor::readNpy(path);
    ASSERT_TRUE(bool(copy)) << llvm::toString(copy.takeError());
    EXPECT_EQ(copy->getType(), tensor.getType());
    EXPECT_EQ(copy->relativeError(tensor), 0);
  }
}

TEST_F(HostTensorTest, NarrowFloatsRound) {
  HostTensor half = make({2}, ElementType::F16);
  half.set(0, 1 + 1.0 / 4096);
  half.set(1, 65504);
  EXPECT_EQ(half.get(0), 1);
  EXPECT_EQ(half.get(1), 65504);
  HostTensor brain = make({1}, ElementType::BF16);
  brain.set(0, 3.140625);
  EXPECT_EQ(brain.get(0), 3.140625);
}

TEST_F(HostTensorTest, SmallFloatsAreBytes) {
  HostTensor tensor = make({4}, ElementType::F8E4M3FN);
  EXPECT_EQ(tensor.numBytes(), 4);
  tensor.set(0, 1.0625); // half way between 1 and 1.125
  tensor.set(1, -448);
  tensor.set(2, 1e6);
  tensor.set(3, 0x1p-9);
  EXPECT_EQ(tensor.get(0), 1);
  EXPECT_EQ(tensor.get(1), -448);
  EXPECT_TRUE(std::isnan(tensor.get(2)));
  EXPECT_EQ(tensor.get(3), 0x1p-9);
  // NumPy sees their bits; a type of ml_dtypes is a void of so many bytes.
  std::string path = temporary();
  ASSERT_FALSE(bool(tensor.writeNpy(path)));
  auto copy = HostTensor::readNpy(path);
  ASSERT_TRUE(bool(copy)) << llvm::toString(copy.takeError());
  EXPECT_EQ(copy->getType().element, ElementType::I8);
  EXPECT_EQ(std::memcmp(copy->data(), tensor.data(), 4), 0);
  // Numbers alone: what is none is the largest.
  HostTensor numbers = make({1}, ElementType::F4E2M1FN);
  numbers.poison();
  EXPECT_EQ(std::fabs(numbers.get(0)), 6);
  HostTensor scales = make({16}, ElementType::F8E8M0FNU);
  scales.fillRandom(1);
  for (int64_t i = 0; i < 16; ++i)
    EXPECT_GT(scales.get(i), 0);
}

TEST_F(HostTensorTest, RandomDependsOnTheSeedAlone) {
  HostTensor a = make({1000}, ElementType::F32),
             b = make({1000}, ElementType::F32),
             c = make({1000}, ElementType::F32);
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
  HostTensor integers = make({1000}, ElementType::I32);
  integers.fillRandom(1);
  for (int64_t i = 0; i < 1000; ++i)
    EXPECT_TRUE(integers.get(i) >= 0 && integers.get(i) < 8);
}

TEST_F(HostTensorTest, PoisonIsSeen) {
  HostTensor reference = make({4}, ElementType::F32),
             tensor = make({4}, ElementType::F32);
  reference.fill(1);
  tensor.poison();
  EXPECT_TRUE(std::isinf(tensor.relativeError(reference)));
  for (int64_t i = 0; i < 3; ++i)
    tensor.set(i, 1);
  EXPECT_TRUE(std::isinf(tensor.relativeError(reference)));
  tensor.set(3, 1.5);
  EXPECT_EQ(tensor.relativeError(reference), 0.5);
  HostTensor bytes = make({1}, ElementType::I8);
  bytes.poison();
  EXPECT_EQ(bytes.get(0), -128);
}

TEST_F(HostTensorTest, RelativeErrorIsOfTheLargestExpectedValue) {
  HostTensor reference = make({2}, ElementType::F64),
             tensor = make({2}, ElementType::F64);
  reference.set(0, -8), reference.set(1, 1);
  tensor.set(0, -8), tensor.set(1, 2);
  EXPECT_EQ(tensor.relativeError(reference), 0.125);
  reference.set(0, INFINITY), tensor.set(0, INFINITY);
  EXPECT_EQ(tensor.relativeError(reference), 1);
  tensor.set(0, -INFINITY);
  EXPECT_TRUE(std::isinf(tensor.relativeError(reference)));
}

TEST_F(HostTensorTest, SignsOfIntegers) {
  HostTensor bytes = make({1}, ElementType::I8),
             counts = make({1}, ElementType::UI8),
             bits = make({1}, ElementType::I1);
  for (HostTensor *tensor : {&bytes, &counts, &bits})
    memset(tensor->data(), 0xff, 1);
  EXPECT_EQ(bytes.get(0), -1);
  EXPECT_EQ(counts.get(0), 255);
  bits.set(0, 3);
  EXPECT_EQ(bits.get(0), 1);
  counts.poison();
  EXPECT_EQ(counts.get(0), 0);
}

TEST_F(HostTensorTest, RefusesMalformedFiles) {
  auto missing = HostTensor::readNpy("/nonexistent/a.npy");
  EXPECT_NE(llvm::toString(missing.takeError()).find("/nonexistent/a.npy: "),
            std::string::npos);
  EXPECT_NE(readError("hello, this is text").find("not an .npy file"),
            std::string::npos);
  auto file = [](llvm::StringRef header, llvm::StringRef data) {
    return (llvm::StringRef("\x93NUMPY\x01\x00", 8) +
            llvm::Twine(char(header.size())) + llvm::StringRef("\0", 1) +
            header + data)
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
  EXPECT_NE(readError(file("{'descr': '<f4', 'fortran_order': False, 'shape': "
                           "(4611686018427387904, 4), }",
                           "1234"))
                .find("has 4 bytes of data"),
            std::string::npos);
  EXPECT_NE(readError(llvm::StringRef("\x93NUMPY\x01\x00\xff\xff{", 11))
                .find("the header is cut off"),
            std::string::npos);
}

} // namespace

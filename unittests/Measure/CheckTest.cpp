//===- CheckTest.cpp - wrong, missing and misplaced results are seen
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Measure/Check.h"
#include "gtest/gtest.h"
#include <cmath>
#include <limits>
#include <vector>

using namespace chameleon;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

TEST(Check, ReadsEveryKind) {
  uint16_t half[] = {0x3c00, 0xc000, 0x0001, 0x7c00, 0xfc00, 0x7e00, 0x3555};
  EXPECT_EQ(1, readElement(ElementKind::F16, half, 0));
  EXPECT_EQ(-2, readElement(ElementKind::F16, half, 1));
  EXPECT_EQ(std::ldexp(1, -24), readElement(ElementKind::F16, half, 2));
  EXPECT_EQ(infinity, readElement(ElementKind::F16, half, 3));
  EXPECT_EQ(-infinity, readElement(ElementKind::F16, half, 4));
  EXPECT_TRUE(std::isnan(readElement(ElementKind::F16, half, 5)));
  EXPECT_EQ(0.333251953125, readElement(ElementKind::F16, half, 6));
  uint16_t brain[] = {0x3f80, 0xc040};
  EXPECT_EQ(1, readElement(ElementKind::BF16, brain, 0));
  EXPECT_EQ(-3, readElement(ElementKind::BF16, brain, 1));
  int8_t bytes[] = {-3};
  EXPECT_EQ(-3, readElement(ElementKind::I8, bytes, 0));
}

TEST(Check, RelativeToTheLargestElement) {
  std::vector<double> reference{1, -4, 0};
  std::vector<float> values{1, -4, 0.004f};
  Comparison comparison =
      compareFloats(ElementKind::F32, values.data(), reference.data(), 3);
  EXPECT_NEAR(1e-3, comparison.relativeError, 1e-9);
  EXPECT_EQ(2, comparison.worst);
  EXPECT_EQ("element 2 is 0.00400000019, expected 0", describe(comparison));
}

TEST(Check, NotFinite) {
  std::vector<double> reference{1, infinity, nan};
  std::vector<float> right{1, std::numeric_limits<float>::infinity(),
                           std::numeric_limits<float>::quiet_NaN()};
  EXPECT_EQ(0,
            compareFloats(ElementKind::F32, right.data(), reference.data(), 3)
                .relativeError);
  std::vector<float> finite{1, 2, 3};
  EXPECT_EQ(infinity,
            compareFloats(ElementKind::F32, finite.data(), reference.data(), 3)
                .relativeError);
  std::vector<float> wrong{std::numeric_limits<float>::quiet_NaN(),
                           std::numeric_limits<float>::infinity(), 0};
  EXPECT_EQ(infinity,
            compareFloats(ElementKind::F32, wrong.data(), reference.data(), 1)
                .relativeError);
}

TEST(Check, AllZeroReference) {
  std::vector<double> reference{0, 0};
  std::vector<float> values{0, 1e-9f};
  EXPECT_NEAR(
      1e-9,
      compareFloats(ElementKind::F32, values.data(), reference.data(), 2)
          .relativeError,
      1e-15);
}

TEST(Check, UnwrittenElementsAreNamed) {
  for (ElementKind kind : {ElementKind::F16, ElementKind::BF16,
                           ElementKind::F32, ElementKind::F64}) {
    GuardedBuffer buffer(3 * byteWidth(kind));
    std::vector<double> reference{0, 0, 0};
    memset(buffer.data(), 0, buffer.size());
    EXPECT_EQ(
        0,
        compareFloats(kind, buffer.data(), reference.data(), 3).relativeError);
    buffer.poison(kind);
    memset(buffer.data(), 0, byteWidth(kind));
    Comparison comparison =
        compareFloats(kind, buffer.data(), reference.data(), 3);
    EXPECT_EQ(infinity, comparison.relativeError);
    EXPECT_EQ("element 1 was not written", describe(comparison));
  }
}

TEST(Check, SixteenBitSumsMayBeRoundedAtEachStep) {
  EXPECT_EQ(getTolerance(ElementKind::F32, 1e-4), 1e-4);
  EXPECT_EQ(getTolerance(ElementKind::F16, 1e-4), 16.0 / 1024);
  EXPECT_EQ(getTolerance(ElementKind::BF16, 1e-4), 16.0 / 128);
  EXPECT_EQ(getTolerance(ElementKind::BF16, 0.5), 0.5);
  EXPECT_EQ(getTolerance(ElementKind::F8E4M3FN, 1e-4), 2.0 / 8);
}

TEST(Check, ReadsSmallFloats) {
  const uint8_t bytes[] = {0x38, 0xfe, 0x7f};
  EXPECT_EQ(1, readElement(ElementKind::F8E4M3FN, bytes, 0));
  EXPECT_EQ(-448, readElement(ElementKind::F8E4M3FN, bytes, 1));
  EXPECT_TRUE(std::isnan(readElement(ElementKind::F8E4M3FN, bytes, 2)));
  EXPECT_EQ(0.5, readElement(ElementKind::F8E5M2, bytes, 0));
}

TEST(Check, IntegersExactly) {
  std::vector<int64_t> reference{1, 0, -7};
  std::vector<int32_t> values{1, 0, -7};
  EXPECT_EQ(
      0, compareIntegers(ElementKind::I32, values.data(), reference.data(), 3)
             .relativeError);
  values[2] = -8;
  Comparison comparison =
      compareIntegers(ElementKind::I32, values.data(), reference.data(), 3);
  EXPECT_EQ(infinity, comparison.relativeError);
  EXPECT_EQ("element 2 is -8, expected -7", describe(comparison));
  // Beyond what a double holds.
  std::vector<int64_t> large{(int64_t(1) << 60) + 1}, near{int64_t(1) << 60};
  EXPECT_EQ(infinity,
            compareIntegers(ElementKind::I64, near.data(), large.data(), 1)
                .relativeError);
  GuardedBuffer booleans(2);
  booleans.poison(ElementKind::I1);
  std::vector<int64_t> truth{1, 0};
  EXPECT_TRUE(compareIntegers(ElementKind::I1, booleans.data(), truth.data(), 2)
                  .notWritten);
}

TEST(Check, GuardsSeeOneByte) {
  for (size_t bytes : {0, 1, 63, 64, 1000}) {
    GuardedBuffer buffer(bytes);
    EXPECT_EQ(0u, reinterpret_cast<uintptr_t>(buffer.data()) % 64);
    memset(buffer.data(), 0, bytes);
    EXPECT_TRUE(buffer.guardsIntact());
    buffer.data()[bytes] = 0;
    EXPECT_FALSE(buffer.guardsIntact());
    buffer.restoreGuards();
    EXPECT_TRUE(buffer.guardsIntact());
    buffer.data()[-1] = 0;
    EXPECT_FALSE(buffer.guardsIntact());
  }
}

} // namespace

//===- ElementTypeTest.cpp - element types and shapes as text
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Runtime/ElementType.h"
#include "gtest/gtest.h"

using namespace chameleon;

TEST(ElementType, NamesAndWidths) {
  for (auto [name, bytes, floating] :
       {std::tuple("f16", 2u, true), std::tuple("bf16", 2u, true),
        std::tuple("f32", 4u, true), std::tuple("f64", 8u, true),
        std::tuple("i1", 1u, false), std::tuple("i8", 1u, false),
        std::tuple("i16", 2u, false), std::tuple("i32", 4u, false),
        std::tuple("i64", 8u, false), std::tuple("ui8", 1u, false),
        std::tuple("ui64", 8u, false), std::tuple("index", 8u, false),
        std::tuple("f8E4M3FN", 1u, true), std::tuple("f8E5M2", 1u, true),
        std::tuple("f4E2M1FN", 1u, true)}) {
    std::optional<ElementType> element = elementTypeFromString(name);
    ASSERT_TRUE(element) << name;
    EXPECT_EQ(toString(*element), name);
    EXPECT_EQ(byteWidth(*element), bytes) << name;
    EXPECT_EQ(isFloat(*element), floating) << name;
  }
  EXPECT_FALSE(elementTypeFromString("f8"));
  EXPECT_EQ(&getSemantics(ElementType::F8E4M3FN),
            &llvm::APFloat::Float8E4M3FN());
  EXPECT_TRUE(llvm::StringRef(listElementTypes()).starts_with("f16, bf16, "));
  EXPECT_TRUE(llvm::StringRef(listElementTypes()).ends_with(" or f4E2M1FN"));
  EXPECT_FALSE(elementTypeFromString(""));
}

TEST(BufferType, SurvivesAsText) {
  for (const char *text : {"f32", "1x3x224x224xf32", "0x7xi1", "5xindex"}) {
    std::optional<BufferType> type = BufferType::parse(text);
    ASSERT_TRUE(type) << text;
    EXPECT_EQ(type->str(), text);
  }
  BufferType type = {ElementType::BF16, {2, 3}};
  EXPECT_EQ(type.numElements(), 6);
  EXPECT_EQ(type.numBytes(), 12);
  EXPECT_EQ(BufferType::parse("0x99xf32")->numBytes(), 0);
}

TEST(BufferType, RefusesOtherText) {
  for (const char *text :
       {"", "4", "4x", "-1xf32", "4xfoo", "x4xf32", "4x4f32", "4 xf32",
        "99999999999999999999xf32", "4294967296x4294967296xf32",
        "2305843009213693952xf64"})
    EXPECT_FALSE(BufferType::parse(text)) << text;
}

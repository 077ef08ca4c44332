//===- StorageTypeTest.cpp
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/IR/StorageType.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/MLIRContext.h"
#include "gtest/gtest.h"

using namespace chameleon;

namespace {

class StorageTypeTest : public testing::Test {
protected:
  mlir::Type integer(unsigned width) { return b.getIntegerType(width); }

  mlir::MLIRContext context;
  mlir::Builder b{&context};
};

TEST_F(StorageTypeTest, IntegersHavePowersOfTwoOfBytes) {
  for (auto [width, bytes] : {std::pair(1, 1),
                              {4, 1},
                              {7, 1},
                              {8, 1},
                              {9, 2},
                              {12, 2},
                              {16, 2},
                              {24, 4},
                              {32, 4},
                              {40, 8},
                              {64, 8},
                              {65, 16},
                              {128, 16}}) {
    EXPECT_EQ(getStorageType(integer(width)), integer(8 * bytes)) << width;
    EXPECT_EQ(getStorageBytes(integer(width)), bytes) << width;
  }
  EXPECT_EQ(getStorageType(b.getIntegerType(8, /*isSigned=*/false)),
            b.getIntegerType(8, /*isSigned=*/false));
  EXPECT_EQ(getStorageType(b.getIndexType()), b.getIndexType());
  EXPECT_EQ(getStorageBytes(b.getIndexType()), 8);
}

TEST_F(StorageTypeTest, SmallFloatsAreBytes) {
  for (mlir::Type type : {mlir::Type(mlir::Float8E4M3FNType::get(&context)),
                          mlir::Type(mlir::Float6E2M3FNType::get(&context)),
                          mlir::Type(mlir::Float4E2M1FNType::get(&context))}) {
    EXPECT_EQ(getStorageType(type), integer(8));
    EXPECT_TRUE(hasStorage(type));
  }
  for (mlir::Type type :
       {mlir::Type(b.getBF16Type()), mlir::Type(b.getF32Type())})
    EXPECT_EQ(getStorageType(type), type);
}

TEST_F(StorageTypeTest, WhatHasNoWidthHasNoStorage) {
  mlir::Type complex = mlir::ComplexType::get(b.getF32Type()),
             vector = mlir::VectorType::get({4}, b.getF32Type());
  for (mlir::Type type :
       {complex, vector, mlir::Type(mlir::Float80Type::get(&context)),
        mlir::Type(mlir::FloatTF32Type::get(&context)),
        mlir::Type(b.getIntegerType(8, /*isSigned=*/true))})
    EXPECT_FALSE(hasStorage(type));
  EXPECT_EQ(getStorageType(complex), complex);
}

} // namespace

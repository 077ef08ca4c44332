//===- GeneratorHashTest.cpp - which code generator this is
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Runtime/GeneratorHash.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "gtest/gtest.h"

namespace {

TEST(GeneratorHash, IsSixteenHexadecimalDigits) {
  llvm::StringRef hash = chameleon::getGeneratorHash();
  EXPECT_EQ(hash.size(), 16u);
  EXPECT_TRUE(llvm::all_of(hash, llvm::isHexDigit)) << hash.str();
}

} // namespace

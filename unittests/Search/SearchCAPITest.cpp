//===- SearchCAPITest.cpp - the C ABI from C, loaded at run time ----------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gtest/gtest.h"

extern "C" int chameleonSearchAbiTest(const char *path, int hasAgent);

TEST(SearchCAPITest, WorksFromC) {
  EXPECT_EQ(chameleonSearchAbiTest(SEARCH_LIBRARY, CHAMELEON_HAS_AGENT), 0)
      << "the line of AbiTest.c";
}

//===- NestingTest.cpp - how deep the brackets of a text go
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Runtime/Nesting.h"
#include "gtest/gtest.h"

using namespace chameleon;

namespace {

TEST(Nesting, CountsWhatIsOpenAtOnePlace) {
  EXPECT_FALSE(isNestedDeeper("", 0));
  EXPECT_FALSE(isNestedDeeper("{}[]()<>", 1));
  EXPECT_TRUE(isNestedDeeper("{}[]()<>", 0));
  EXPECT_FALSE(isNestedDeeper("{a = [(<1>)]}", 4));
  EXPECT_TRUE(isNestedDeeper("{a = [(<1>)]}", 3));
  EXPECT_TRUE(isNestedDeeper("[[[", 2)) << "never closed";
  EXPECT_FALSE(isNestedDeeper("]]]]][", 1)) << "closed too often";
}

TEST(Nesting, LeavesOutWhatIsQuotedAndArrows) {
  EXPECT_FALSE(isNestedDeeper("\"[[[[\\\"[[[[\"", 0));
  EXPECT_TRUE(isNestedDeeper("\"\\\\\"[", 0)) << "an escaped backslash ends";
  EXPECT_TRUE(isNestedDeeper("(-> (-> (", 2)) << "an arrow closes nothing";
  EXPECT_FALSE(isNestedDeeper("\"never closed [[[", 0));
}

} // namespace

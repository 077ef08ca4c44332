//===- SearchLibraryTest.cpp - libchameleon_search, loaded by need --------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Tuning/SearchLibrary.h"
#include "FakeTuning.h"
#include "gtest/gtest.h"

using namespace chameleon;

namespace {

TEST(SearchLibraryTest, SaysWhatCannotBeLoaded) {
  llvm::Expected<SearchLibrary> absent = SearchLibrary::load("/nowhere/s.so");
  ASSERT_FALSE(absent);
  EXPECT_EQ(llvm::toString(absent.takeError())
                .rfind("cannot load the search library: /nowhere/s.so: ", 0),
            0u);
  llvm::Expected<SearchLibrary> other = SearchLibrary::load("libm.so.6");
  ASSERT_FALSE(other);
  EXPECT_EQ(llvm::toString(other.takeError()),
            "'libm.so.6' is not a search library: it has no "
            "chameleonSearchAbiVersion");
}

TEST(SearchLibraryTest, ChecksAStrategyBeforeAnythingIsMeasured) {
  SearchLibrary library = makeSearchLibrary();
  size_t searches = numSearches;
  EXPECT_FALSE(llvm::errorToBool(library.check("fake")));
  EXPECT_EQ(numSearches, searches + 1);
  library.SearchCreate = [](ChameleonSpace *, const ChameleonSearchOptions *,
                            char **error) -> ChameleonSearch * {
    static char text[] = "it has no agent";
    *error = text;
    return nullptr;
  };
  EXPECT_EQ(llvm::toString(library.check("fake")), "it has no agent");
}

} // namespace

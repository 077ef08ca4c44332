//===- TuningFilesTest.cpp - where tuning may write
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../../lib/Tuning/TuningFiles.h"
#include "chameleon/Runtime/OutputFile.h"
#include "llvm/ADT/SmallString.h"
#include "gtest/gtest.h"
#include <unistd.h>

using namespace chameleon;

namespace {

TEST(TuningFiles, NothingIsWrittenTwice) {
  llvm::SmallString<128> made;
  ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("files", made));
  std::string folder = made.str().str(), a = folder + "/a", b = folder + "/b";
  TuningOptions options;
  options.database = a;
  auto check = [&](std::vector<std::string> recordings) {
    return llvm::toString(checkFiles(options, recordings));
  };
  EXPECT_EQ("", check({b}));
  EXPECT_EQ("the recording '" + a + "' is the database '" + a + "' too",
            check({a}));
  EXPECT_EQ("the recording '" + a + "-wal' is the database '" + a + "-wal' too",
            check({a + "-wal"}));
  EXPECT_NE("", check({b, b}));
  options.otherFiles = {{"output", folder + "/./a"}};
  EXPECT_EQ("the database '" + a + "' is the output '" + folder + "/./a' too",
            check({}));
  options.noDatabase = true;
  EXPECT_EQ("", check({b}));
  llvm::cantFail(writeFile(b, [](llvm::raw_ostream &stream) {
    stream << "x";
    return llvm::Error::success();
  }));
  ASSERT_EQ(0, link(b.c_str(), (folder + "/c").c_str()));
  options.libraries = {folder + "/c"};
  EXPECT_EQ("the recording '" + b + "' is the schedule library '" + folder +
                "/c' too",
            check({b}));
  EXPECT_EQ("cannot write '/nowhere/space.json': No such file or directory",
            check({"/nowhere/space.json"}));
  options.otherFiles = {{"output", "/dev/null"}};
  EXPECT_EQ("", check({"/dev/null"}));
  llvm::sys::fs::remove_directories(folder);
}

} // namespace

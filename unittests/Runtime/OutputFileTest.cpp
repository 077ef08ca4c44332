//===- OutputFileTest.cpp - a file that is written whole or not at all
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Runtime/OutputFile.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/MemoryBuffer.h"
#include "gtest/gtest.h"
#include <csignal>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace chameleon;

namespace {

class OutputFileTest : public testing::Test {
protected:
  void SetUp() override {
    llvm::SmallString<128> made;
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("output", made));
    folder = made.str();
    path = folder + "/file";
  }
  void TearDown() override { llvm::sys::fs::remove_directories(folder); }
  llvm::Error write(llvm::StringRef text) {
    return writeFile(path, [&](llvm::raw_ostream &stream) {
      stream << text;
      return llvm::Error::success();
    });
  }
  std::string read() {
    auto file = llvm::MemoryBuffer::getFile(path);
    return file ? (*file)->getBuffer().str() : "nothing";
  }
  size_t countFiles() {
    size_t count = 0;
    std::error_code error;
    for (llvm::sys::fs::directory_iterator file(folder, error), end;
         file != end; file.increment(error))
      ++count;
    return count;
  }

  std::string folder, path;
};

TEST_F(OutputFileTest, TheOldOneStaysUntilTheNewOneIsWhole) {
  EXPECT_EQ("", llvm::toString(write("old")));
  {
    auto file = llvm::cantFail(OutputFile::open(path));
    file.stream() << "new";
    file.stream().flush();
    EXPECT_EQ("old", read());
  }
  EXPECT_EQ("old", read());
  EXPECT_EQ(1u, countFiles());
  EXPECT_EQ("", llvm::toString(write("new")));
  EXPECT_EQ("new", read());
  EXPECT_EQ(1u, countFiles());
}

TEST_F(OutputFileTest, KeepsModeAndLinks) {
  EXPECT_EQ("", llvm::toString(write("old")));
  chmod(path.c_str(), 0640);
  std::string file = path;
  path = folder + "/link";
  ASSERT_EQ(0, symlink(file.c_str(), path.c_str()));
  EXPECT_EQ("", llvm::toString(write("new")));
  EXPECT_TRUE(llvm::sys::fs::is_symlink_file(path));
  EXPECT_TRUE(isSameFile(path, file));
  path = file;
  EXPECT_EQ("new", read());
  struct stat status;
  stat(path.c_str(), &status);
  EXPECT_EQ(0640u, status.st_mode & 0777);
}

TEST_F(OutputFileTest, ErrorsComeAtTheBeginning) {
  auto fail = [](const std::string &path) {
    return llvm::toString(OutputFile::open(path).takeError());
  };
  EXPECT_EQ("cannot write '/nowhere/x': No such file or directory",
            fail("/nowhere/x"));
  EXPECT_EQ("cannot write '" + folder + "': Is a directory", fail(folder));
  EXPECT_EQ("cannot write '': Invalid argument", fail(""));
}

TEST_F(OutputFileTest, AFullDiskLeavesTheOldOne) {
  EXPECT_EQ("", llvm::toString(write("old")));
  signal(SIGXFSZ, SIG_IGN);
  rlimit before, small;
  getrlimit(RLIMIT_FSIZE, &before);
  small = before;
  small.rlim_cur = 1000;
  setrlimit(RLIMIT_FSIZE, &small);
  llvm::Error failed = write(std::string(100000, 'x'));
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_EQ("cannot write '" + path + "': File too large",
            llvm::toString(std::move(failed)));
  EXPECT_EQ("old", read());
  EXPECT_EQ(1u, countFiles());
  path = "/dev/full";
  EXPECT_EQ("cannot write '/dev/full': No space left on device",
            llvm::toString(write("text")));
  path = "/dev/null";
  EXPECT_EQ("", llvm::toString(write("text")));
}

TEST_F(OutputFileTest, SameFiles) {
  EXPECT_TRUE(isSameFile(folder + "/a", folder + "/./a"));
  EXPECT_FALSE(isSameFile(folder + "/a", folder + "/b"));
  EXPECT_EQ("", llvm::toString(write("x")));
  ASSERT_EQ(0, link(path.c_str(), (folder + "/hard").c_str()));
  EXPECT_TRUE(isSameFile(path, folder + "/hard"));
}

} // namespace

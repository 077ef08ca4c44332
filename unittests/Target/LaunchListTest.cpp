//===- LaunchListTest.cpp - which launches depend on constants alone
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../../lib/Target/LaunchList.h"
#include "gtest/gtest.h"

using namespace chameleon;
using Kind = KernelArgument::Kind;

namespace {

/// Argument 0 varies, argument 1 is constant, argument 2 is the result;
/// everything has 1024 bytes.
class LaunchListTest : public ::testing::Test {
protected:
  LaunchListTest() {
    function.argumentBytes = {1024, 1024, 1024};
    using Access = KernelFacts::Access;
    Access reads{true, false}, writes{false, true};
    kernels["copy"].parameters = {reads, writes};
    kernels["sum"].parameters = {reads, reads, writes};
    kernels["add_to"].parameters = {reads, {true, true}};
  }
  void launch(llvm::StringRef kernel, std::vector<KernelArgument> arguments) {
    KernelLaunch entry;
    entry.kernel = kernel.str();
    entry.arguments = std::move(arguments);
    function.launches.push_back(std::move(entry));
  }
  std::vector<bool> find() {
    llvm::SmallVector<int64_t> bytes(4, temporaryBytes);
    auto found = findConstantLaunches(function, program, bytes,
                                      {false, true, false}, kernels);
    return std::vector<bool>(found.begin(), found.end());
  }

  NVVMFunction function;
  NVVMProgram program;
  llvm::StringMap<KernelFacts> kernels;
  int64_t temporaryBytes = 1024;
};

TEST_F(LaunchListTest, CopiesOfWeights) {
  launch("copy", {{Kind::Argument, 1}, {Kind::Scratch, 0}});
  launch("copy", {{Kind::Scratch, 0}, {Kind::Scratch, 1}});
  launch("sum", {{Kind::Argument, 0}, {Kind::Scratch, 1}, {Kind::Argument, 2}});
  EXPECT_EQ(find(), (std::vector<bool>{true, true, false}));
}

TEST_F(LaunchListTest, WhatDependsOnInputsVaries) {
  launch("copy", {{Kind::Argument, 0}, {Kind::Scratch, 0}});
  launch("sum", {{Kind::Argument, 1}, {Kind::Scratch, 0}, {Kind::Scratch, 1}});
  EXPECT_EQ(find(), (std::vector<bool>{false, false}));
}

TEST_F(LaunchListTest, ResultsAreWrittenByEachCall) {
  launch("copy", {{Kind::Argument, 1}, {Kind::Argument, 2}});
  EXPECT_EQ(find(), (std::vector<bool>{false}));
}

TEST_F(LaunchListTest, MemoryThatIsWrittenTwiceVaries) {
  launch("copy", {{Kind::Argument, 1}, {Kind::Scratch, 0}});
  launch("copy", {{Kind::Scratch, 0}, {Kind::Scratch, 1}});
  launch("add_to", {{Kind::Argument, 0}, {Kind::Scratch, 0}});
  EXPECT_EQ(find(), (std::vector<bool>{false, false, false}));
}

TEST_F(LaunchListTest, UnknownKernelsDoBoth) {
  launch("unknown", {{Kind::Argument, 1}, {Kind::Scratch, 0}});
  EXPECT_EQ(find(), (std::vector<bool>{false}));
  // Of what it may write nothing is kept.
  function.launches.clear();
  launch("copy", {{Kind::Argument, 1}, {Kind::Scratch, 0}});
  launch("unknown", {{Kind::Scratch, 0}, {Kind::Argument, 2}});
  EXPECT_EQ(find(), (std::vector<bool>{false, false}));
}

TEST_F(LaunchListTest, WhatGrowsIsRepeated) {
  temporaryBytes = 4096;
  launch("copy", {{Kind::Argument, 1}, {Kind::Scratch, 0}});
  EXPECT_EQ(find(), (std::vector<bool>{true}));
  temporaryBytes = 4097;
  EXPECT_EQ(find(), (std::vector<bool>{false}));
}

TEST_F(LaunchListTest, ConstantsOfTheProgram) {
  program.constants.push_back(
      llvm::MemoryBuffer::getMemBufferCopy(std::string(1024, 'w')));
  launch("copy", {{Kind::Constant, 0}, {Kind::Scratch, 0}});
  EXPECT_EQ(find(), (std::vector<bool>{true}));
}

} // namespace

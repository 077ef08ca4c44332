//===- KernelProgramTest.cpp - kernel programs as text
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Runtime/KernelProgram.h"
#include "gtest/gtest.h"

using namespace chameleon;
using Kind = KernelArgument::Kind;

namespace {

NVVMProgram example() {
  NVVMProgram program;
  program.ptx = ".version 8.0";
  KernelLaunch launch;
  launch.kernel = "matmul \"quoted\"";
  launch.grid = {1, 2, 3};
  launch.block = {128, 2, 1};
  launch.dynamicSharedBytes = 70000;
  launch.arguments = {
      {Kind::Argument, 1, 64}, {Kind::Scratch, 0, 256}, {Kind::Constant, 0, 0}};
  program.functions.push_back({"main",
                               {1024, int64_t(1) << 33},
                               1,
                               {launch, launch},
                               4096,
                               {launch},
                               768});
  program.constants.push_back(
      llvm::MemoryBuffer::getMemBufferCopy(llvm::StringRef("\0\x7f\xff", 3)));
  return program;
}

TEST(KernelProgram, SurvivesAsSections) {
  NVVMProgram kernels = example();
  Program program;
  addKernelSections(kernels,
                    "\x7f"
                    "ELF",
                    program);
  EXPECT_EQ(findImage(program), "\x7f"
                                "ELF");
  llvm::Expected<NVVMProgram> back = readKernelSections(program);
  ASSERT_TRUE(bool(back)) << llvm::toString(back.takeError());
  ASSERT_EQ(back->constants.size(), 1u);
  EXPECT_EQ(back->constants[0]->getBuffer(), kernels.constants[0]->getBuffer());
  ASSERT_EQ(back->functions.size(), 1u);
  const NVVMFunction *function = back->lookup("main");
  ASSERT_NE(function, nullptr);
  EXPECT_EQ(function->argumentBytes, kernels.functions[0].argumentBytes);
  EXPECT_EQ(function->numResults, 1u);
  EXPECT_EQ(function->scratchBytes, 4096);
  EXPECT_EQ(function->keptBytes, 768);
  EXPECT_EQ(function->constantLaunches.size(), 1u);
  ASSERT_EQ(function->launches.size(), 2u);
  const KernelLaunch &launch = function->launches[1];
  EXPECT_EQ(launch.kernel, "matmul \"quoted\"");
  EXPECT_EQ(launch.grid, (std::array<unsigned, 3>{1, 2, 3}));
  EXPECT_EQ(launch.block, (std::array<unsigned, 3>{128, 2, 1}));
  EXPECT_EQ(launch.dynamicSharedBytes, 70000u);
  ASSERT_EQ(launch.arguments.size(), 3u);
  EXPECT_EQ(launch.arguments[0].kind, Kind::Argument);
  EXPECT_EQ(launch.arguments[0].index, 1u);
  EXPECT_EQ(launch.arguments[0].byteOffset, 64);
  EXPECT_EQ(launch.arguments[2].kind, Kind::Constant);
}

TEST(KernelProgram, WithoutPtxasItIsTheText) {
  Program program;
  addKernelSections(example(), "", program);
  EXPECT_EQ(findImage(program), llvm::StringRef(".version 8.0\0", 13));
  EXPECT_EQ(program.findSection(cubinSection), nullptr);
}

TEST(KernelProgram, WithoutCodeThereIsNoImage) {
  Program program;
  addKernelSections(NVVMProgram(), "", program);
  EXPECT_EQ(findImage(program), "");
  EXPECT_TRUE(bool(readKernelSections(program)));
}

TEST(KernelProgram, RefusesOtherSections) {
  Program right;
  addKernelSections(example(), "", right);
  std::string text = right.findSection(launchesSection)->bytes().str();
  auto errorOf = [](const Program &program) {
    llvm::Expected<NVVMProgram> back = readKernelSections(program);
    return back ? "" : llvm::toString(back.takeError());
  };
  const char *expected =
      "the sections of the program are no launches of kernels";
  EXPECT_EQ(errorOf(Program()), expected);
  for (std::string bad :
       {std::string("{"), std::string("[]"), std::string("{}"),
        text.substr(0, text.size() / 2), std::string(1 << 20, '[')}) {
    Program program;
    program.addSection(launchesSection, bad);
    EXPECT_EQ(errorOf(program), expected) << bad;
  }
  llvm::erase_if(right.sections, [](const Program::Section &section) {
    return section.name == "constant:0";
  });
  EXPECT_EQ(errorOf(right), expected);
}

} // namespace

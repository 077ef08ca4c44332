//===- AssemblePTXTest.cpp - machine code for a GPU, by ptxas
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Target/AssemblePTX.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"

using namespace chameleon;
namespace fs = llvm::sys::fs;

namespace {

/// Scripts in the place of ptxas; how often they ran is in the file `runs`.
class AssemblePTX : public ::testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(fs::createUniqueDirectory("assemble-ptx", folder));
  }
  void TearDown() override { fs::remove_directories(folder); }

  AssembleOptions withScript(llvm::StringRef body) {
    AssembleOptions options;
    options.ptxas = (folder + "/ptxas").str();
    std::error_code error;
    llvm::raw_fd_ostream stream(options.ptxas, error);
    stream << "#!/bin/sh\necho run >> " << folder << "/runs\n"
           << "for last; do :; done\n" // -o FILE comes last
           << body << "\n";
    stream.close();
    fs::setPermissions(options.ptxas, fs::all_all);
    return options;
  }
  std::string errorWith(const AssembleOptions &options) {
    llvm::Expected<Assembly> assembly = assemblePTX("// ptx", options);
    return assembly ? "" : llvm::toString(assembly.takeError());
  }
  uint64_t runs() {
    uint64_t size = 0;
    (void)fs::file_size(folder + "/runs", size);
    return size / 4;
  }

  llvm::SmallString<128> folder;
  /// A cubin is an ELF file.
  llvm::StringRef goodScript =
      "printf '\\177ELF and so on' > $last\n"
      "echo \"ptxas info    : Compiling entry function 'k' for 'sm_90'\"\n"
      "echo 'ptxas info    : Used 40 registers, 8192 bytes smem'";
};

TEST(KernelUsage, IsReadFromTheOutput) {
  std::vector<KernelUsage> kernels = parseKernelUsage(
      "ptxas info    : 0 bytes gmem\n"
      "ptxas info    : Compiling entry function 'mm' for 'sm_90'\n"
      "ptxas info    : Function properties for mm\n"
      "    1352 bytes stack frame, 456 bytes spill stores, 512 bytes spill "
      "loads\n"
      "ptxas info    : Used 255 registers, used 1 barriers, 1352 bytes "
      "cumulative stack size, 16384 bytes smem\n"
      "ptxas info    : Compiling entry function 'relu' for 'sm_90'\n"
      "ptxas info    : Function properties for relu\n"
      "    0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads\n"
      "ptxas info    : Used 8 registers, used 0 barriers\n");
  ASSERT_EQ(kernels.size(), 2u);
  EXPECT_EQ(kernels[0].name, "mm");
  EXPECT_EQ(kernels[0].registers, 255);
  EXPECT_EQ(kernels[0].spillBytes, 456);
  EXPECT_EQ(kernels[0].stackBytes, 1352);
  EXPECT_EQ(kernels[0].sharedBytes, 16384);
  EXPECT_EQ(kernels[1].name, "relu");
  EXPECT_EQ(kernels[1].registers, 8);
  EXPECT_EQ(kernels[1].sharedBytes, 0);
  EXPECT_TRUE(parseKernelUsage("nonsense\n  255 registers\n").empty());
}

TEST_F(AssemblePTX, GivesCodeAndUsage) {
  llvm::Expected<Assembly> assembly =
      assemblePTX("// ptx", withScript(goodScript));
  ASSERT_TRUE(bool(assembly)) << llvm::toString(assembly.takeError());
  EXPECT_EQ(assembly->cubin, "\177ELF and so on");
  ASSERT_EQ(assembly->kernels.size(), 1u);
  EXPECT_EQ(assembly->kernels[0].registers, 40);
  EXPECT_EQ(assembly->kernels[0].sharedBytes, 8192);
  EXPECT_FALSE(assembly->fromCache);
}

TEST_F(AssemblePTX, KeepsResultsByContent) {
  AssembleOptions options = withScript(goodScript);
  options.cache = folder.str().str();
  for (int i = 0; i < 2; ++i) {
    llvm::Expected<Assembly> assembly = assemblePTX("// ptx", options);
    ASSERT_TRUE(bool(assembly)) << llvm::toString(assembly.takeError());
    EXPECT_EQ(assembly->fromCache, i == 1);
    EXPECT_EQ(assembly->cubin, "\177ELF and so on");
    ASSERT_EQ(assembly->kernels.size(), 1u);
    EXPECT_EQ(assembly->kernels[0].name, "k");
  }
  EXPECT_EQ(runs(), 1u);
  llvm::cantFail(assemblePTX("// other", options));
  EXPECT_EQ(runs(), 2u);
  options.chip = "sm_80";
  llvm::cantFail(assemblePTX("// ptx", options));
  EXPECT_EQ(runs(), 3u);
}

TEST_F(AssemblePTX, ReportsWhatPtxasReports) {
  EXPECT_EQ(
      errorWith(withScript("echo 'ptxas info : hello'\necho \"ptxas fatal   : "
                           "Unresolved extern function 'f'\" >&2\nexit 255")),
      "ptxas: ptxas fatal   : Unresolved extern function 'f'");
  EXPECT_EQ(errorWith(withScript("exit 3")), "ptxas: no message");
  EXPECT_EQ(errorWith(withScript("kill -SEGV $$")).find("ptxas crashed: "), 0u);
  EXPECT_EQ(errorWith(withScript("echo garbage > $last")),
            "ptxas wrote 8 bytes that are no cubin");
  EXPECT_EQ(errorWith(withScript("")), "ptxas wrote 0 bytes that are no cubin");
}

TEST_F(AssemblePTX, EndsAtTheTimeLimit) {
  AssembleOptions options = withScript("exec sleep 100");
  options.seconds = 1;
  EXPECT_EQ(errorWith(options), "ptxas took longer than 1 s");
}

TEST_F(AssemblePTX, SaysWhichPtxasIsMissing) {
  AssembleOptions options;
  options.ptxas = "/nowhere/ptxas";
  EXPECT_EQ(errorWith(options),
            "no executable '/nowhere/ptxas' (it was given as ptxas)");
}

TEST(AssembleRealPTX, AgreesWithPtxas) {
  if (llvm::Expected<std::string> ptxas = findPtxas(""); !ptxas)
    GTEST_SKIP() << llvm::toString(ptxas.takeError());
  llvm::StringRef ptx =
      ".version 8.0\n.target sm_90\n.address_size 64\n"
      ".visible .entry store(.param .u64 p) {\n"
      "  .reg .b64 %rd<2>; .reg .b32 %r<2>; .shared .align 4 .b8 s[1024];\n"
      "  ld.param.u64 %rd1, [p];\n  mov.u32 %r1, 7;\n  st.shared.u32 [s], "
      "%r1;\n"
      "  st.global.u32 [%rd1], %r1;\n  ret;\n}\n";
  llvm::Expected<Assembly> assembly = assemblePTX(ptx, {});
  ASSERT_TRUE(bool(assembly)) << llvm::toString(assembly.takeError());
  EXPECT_EQ(assembly->cubin.substr(0, 4), "\177ELF");
  ASSERT_EQ(assembly->kernels.size(), 1u);
  EXPECT_EQ(assembly->kernels[0].name, "store");
  EXPECT_GT(assembly->kernels[0].registers, 0);
  EXPECT_EQ(assembly->kernels[0].sharedBytes, 1024);
  llvm::Expected<Assembly> wrong =
      assemblePTX(".version 8.0\n.target sm_90\nnonsense\n", {});
  ASSERT_FALSE(bool(wrong));
  EXPECT_NE(llvm::toString(wrong.takeError()).find("error"), std::string::npos);
}

} // namespace

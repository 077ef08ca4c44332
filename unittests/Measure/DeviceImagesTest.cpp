//===- DeviceImagesTest.cpp - code for a device, and what is refused
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// ptxas is a script.
//
//===----------------------------------------------------------------------===//

#include "../../lib/Measure/DeviceImages.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "gtest/gtest.h"
#include <cstdlib>

using namespace chameleon;
namespace fs = llvm::sys::fs;

namespace {

class DeviceImagesTest : public ::testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(fs::createUniqueDirectory("device-images", folder));
    program.ptx = "// ptx";
    KernelLaunch launch;
    launch.kernel = "kernel";
    launch.block = {1024, 1, 1};
    program.functions.push_back({"f", {4}, 1, {launch}, 0});
  }
  void TearDown() override {
    unsetenv("CHAMELEON_PTXAS");
    fs::remove_directories(folder);
  }

  /// A ptxas that says so of the kernel.
  void makeAssembler(const std::string &usage) {
    std::string ptxas = (folder + "/ptxas").str();
    std::error_code error;
    {
      llvm::raw_fd_ostream stream(ptxas, error);
      stream << "#!/bin/sh\nfor last; do :; done\nprintf '\\177ELF' > $last\n"
             << "echo \"ptxas info : Compiling entry function 'kernel' for "
                "'sm_90'\"\n"
             << "echo 'ptxas info : Used " << usage << "'\n";
    }
    fs::setPermissions(ptxas, fs::all_all);
    setenv("CHAMELEON_PTXAS", ptxas.c_str(), 1);
  }

  DeviceImages makeImages() {
    llvm::Expected<TargetDescription> target =
        TargetDescription::parse("nvvm:sm_90", 1);
    EXPECT_TRUE(bool(target)) << llvm::toString(target.takeError());
    DeviceImages images(
        *target,
        [this](mlir::ModuleOp,
               const TargetDescription &) -> llvm::Expected<NVVMProgram> {
          if (!compileError.empty())
            return llvm::createStringError("%s", compileError.c_str());
          return program;
        },
        folder.str().str());
    images.findAssembler();
    return images;
  }
  /// The image, or the error.
  std::string build() {
    auto built = makeImages().build(*module);
    return built ? built->second : llvm::toString(built.takeError());
  }

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module =
      mlir::ModuleOp::create(mlir::UnknownLoc::get(&context));
  llvm::SmallString<128> folder;
  NVVMProgram program;
  std::string compileError;
};

TEST_F(DeviceImagesTest, MachineCodeWherePtxasIs) {
  makeAssembler("40 registers, 1024 bytes smem");
  EXPECT_TRUE(makeImages().hasAssembler());
  EXPECT_EQ(build(), "\177ELF");
  // Nothing to launch is nothing to assemble.
  program.ptx = "";
  EXPECT_EQ(build(), "");
}

TEST_F(DeviceImagesTest, PTXElsewhere) {
  setenv("CHAMELEON_PTXAS", (folder + "/none").str().c_str(), 1);
  EXPECT_FALSE(makeImages().hasAssembler());
  EXPECT_EQ(build(), "// ptx");
}

TEST_F(DeviceImagesTest, RefusesWhatDoesNotFit) {
  makeAssembler("65 registers");
  EXPECT_EQ(build(), "kernel 'kernel' needs 66560 registers a block, the "
                     "device has 65536");
  makeAssembler("64 registers, 1024 bytes smem");
  program.ptx = "// other"; // what was assembled once is kept
  EXPECT_EQ(build(), "\177ELF");
  program.functions[0].launches[0].dynamicSharedBytes = 232000;
  EXPECT_EQ(build(), "kernel 'kernel' needs 233024 bytes of shared memory a "
                     "block, the device has 232448");
  program.functions[0].launches[0].block = {64, 17, 1};
  EXPECT_EQ(build(),
            "kernel 'kernel' needs 1088 threads a block, the device has 1024");
  compileError = "no lowering today";
  EXPECT_EQ(build(), "no lowering today");
}

} // namespace

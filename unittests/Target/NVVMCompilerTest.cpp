//===- NVVMCompilerTest.cpp - programs for a device, and what is refused
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

#include "chameleon/Target/NVVMCompiler.h"
#include "chameleon/Transforms/Passes.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "gtest/gtest.h"
#include <cstdlib>

using namespace chameleon;
namespace fs = llvm::sys::fs;

namespace {

constexpr llvm::StringLiteral relu = R"mlir(
  func.func @f(%x: tensor<8xf32>) -> tensor<8xf32> {
    %e = tensor.empty() : tensor<8xf32>
    %y = linalg.exp ins(%x : tensor<8xf32>) outs(%e : tensor<8xf32>) -> tensor<8xf32>
    return %y : tensor<8xf32>
  })mlir";

class NVVMCompilerTest : public ::testing::Test {
protected:
  NVVMCompilerTest() { registerAll(registry); }
  void SetUp() override {
    context.appendDialectRegistry(registry);
    ASSERT_FALSE(fs::createUniqueDirectory("nvvm-compiler", folder));
    kernels.ptx = "// ptx";
    KernelLaunch launch;
    launch.kernel = "kernel";
    launch.block = {1024, 1, 1};
    kernels.functions.push_back({"f", {32, 32}, 1, {launch}, 0});
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

  std::unique_ptr<Compiler> makeCompiler() {
    CompileOptions options;
    options.cache = folder.str().str();
    return createNVVMCompiler(
        &context, *llvm::cantFail(NVVMDevice::ofChip("sm_90")), options,
        [this](mlir::ModuleOp,
               const LowerToNVVMOptions &) -> llvm::Expected<NVVMProgram> {
          if (!compileError.empty())
            return llvm::createStringError("%s", compileError.c_str());
          return kernels;
        });
  }
  /// The image, or the error.
  std::string build() {
    std::string message, remark;
    mlir::ScopedDiagnosticHandler handler(
        &context, [&](mlir::Diagnostic &diagnostic) {
          (diagnostic.getSeverity() == mlir::DiagnosticSeverity::Remark
               ? remarked
               : message) = diagnostic.str();
          return mlir::success();
        });
    auto module = mlir::parseSourceString<mlir::ModuleOp>(relu, &context);
    mlir::FailureOr<Program> made = makeCompiler()->compile(*module);
    if (failed(made))
      return message;
    program = std::move(*made);
    return findImage(program).str();
  }

  mlir::DialectRegistry registry;
  mlir::MLIRContext context{mlir::MLIRContext::Threading::DISABLED};
  llvm::SmallString<128> folder;
  NVVMProgram kernels;
  Program program;
  std::string compileError, remarked;
};

TEST_F(NVVMCompilerTest, MachineCodeWherePtxasIs) {
  makeAssembler("40 registers, 1024 bytes smem");
  EXPECT_EQ(makeCompiler()->remark(), "");
  EXPECT_EQ(build(), "\177ELF");
  EXPECT_EQ(program.backend, "nvvm");
  EXPECT_EQ(program.target, "sm_90");
  const Program::Function *function = program.lookup("f");
  ASSERT_NE(function, nullptr);
  ASSERT_EQ(function->arguments.size(), 1u);
  EXPECT_EQ(function->arguments[0].str(), "8xf32");
  EXPECT_EQ(remarked, "");
  // Nothing to launch is nothing to assemble.
  kernels.ptx = "";
  EXPECT_EQ(build(), "");
}

TEST_F(NVVMCompilerTest, PTXElsewhere) {
  setenv("CHAMELEON_PTXAS", (folder + "/none").str().c_str(), 1);
  EXPECT_NE(makeCompiler()->remark(), "");
  EXPECT_EQ(build(), std::string("// ptx") + '\0');
  EXPECT_NE(remarked.find("the driver compiles the code itself"),
            std::string::npos);
}

TEST_F(NVVMCompilerTest, RefusesWhatDoesNotFit) {
  makeAssembler("65 registers");
  EXPECT_EQ(build(), "kernel 'kernel' needs 66560 registers a block, the "
                     "device has 65536");
  makeAssembler("64 registers, 1024 bytes smem");
  kernels.ptx = "// other"; // what was assembled once is kept
  EXPECT_EQ(build(), "\177ELF");
  kernels.functions[0].launches[0].dynamicSharedBytes = 232000;
  EXPECT_EQ(build(), "kernel 'kernel' needs 233024 bytes of shared memory a "
                     "block, the device has 232448");
  kernels.functions[0].launches[0].block = {64, 17, 1};
  EXPECT_EQ(build(),
            "kernel 'kernel' needs 1088 threads a block, the device has 1024");
  compileError = "no lowering today";
  EXPECT_EQ(build(), "no lowering today");
}

} // namespace

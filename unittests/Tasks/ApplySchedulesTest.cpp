//===- ApplySchedulesTest.cpp - applying needs no tuner
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Tasks/ApplySchedules.h"
#include "chameleon/Target/CPUDevice.h"
#include "chameleon/TransformOps/ChameleonTransformOps.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace chameleon;

namespace {

constexpr const char *kModel = R"mlir(
func.func @main(%a: tensor<64x48xf32>, %b: tensor<48x32xf32>)
    -> tensor<64x32xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<64x32xf32>
  %filled = linalg.fill ins(%zero : f32) outs(%empty : tensor<64x32xf32>)
      -> tensor<64x32xf32>
  %product = linalg.matmul ins(%a, %b : tensor<64x48xf32>, tensor<48x32xf32>)
      outs(%filled : tensor<64x32xf32>) -> tensor<64x32xf32>
  return %product : tensor<64x32xf32>
})mlir";

class ApplySchedulesTest : public testing::Test {
protected:
  ApplySchedulesTest() {
    DialectRegistry registry;
    registerAllDialects(registry);
    registerAllExtensions(registry);
    registerTransformOps(registry);
    registerCPUBackend(registry);
    context.appendDialectRegistry(registry);
    context.loadAllAvailableDialects();
    context.getDiagEngine().registerHandler([&](Diagnostic &diagnostic) {
      diagnostics += diagnostic.str() + "\n";
    });
    options.target = "cpu";
    options.threads = 1;
  }
  bool hasAnchor() {
    return module
        ->walk([](Operation *op) {
          return op->hasAttr("chameleon.anchor") ? WalkResult::interrupt()
                                                 : WalkResult::advance();
        })
        .wasInterrupted();
  }

  MLIRContext context;
  std::string diagnostics;
  ApplyOptions options;
  OwningOpRef<ModuleOp> module;
};

/// What a caller may know of tasks, by the position of a legal configuration.
class ScriptedSource final : public ScheduleSource {
public:
  llvm::Error open(const Device &) override {
    return isMissing ? llvm::createStringError("the script is lost")
                     : llvm::Error::success();
  }
  llvm::Expected<std::optional<ScheduleChoice>>
  choose(const MatchedTask &task) override {
    asked.push_back(task.task.key);
    if (!isKnown)
      return std::nullopt;
    return ScheduleChoice{0, task.schedules.front().space.getDefault()};
  }
  bool isMissing = false, isKnown = true;
  std::vector<std::string> asked;
};

TEST_F(ApplySchedulesTest, DefaultsOfTheBuiltInLibrary) {
  module = parseSourceString<ModuleOp>(kModel, &context);
  options.defaults = true;
  FailureOr<int64_t> applied = applySchedules(*module, options);
  ASSERT_TRUE(succeeded(applied)) << diagnostics;
  EXPECT_EQ(1, *applied);
  EXPECT_FALSE(hasAnchor());
}

TEST_F(ApplySchedulesTest, ASourceOfTheCaller) {
  ScriptedSource source;
  options.source = &source;
  module = parseSourceString<ModuleOp>(kModel, &context);
  FailureOr<int64_t> applied = applySchedules(*module, options);
  ASSERT_TRUE(succeeded(applied)) << diagnostics;
  EXPECT_EQ(1, *applied);
  EXPECT_EQ(1u, source.asked.size());

  source.isKnown = false;
  module = parseSourceString<ModuleOp>(kModel, &context);
  applied = applySchedules(*module, options);
  ASSERT_TRUE(succeeded(applied)) << diagnostics;
  EXPECT_EQ(0, *applied);
  EXPECT_TRUE(hasAnchor());

  source.isMissing = true;
  module = parseSourceString<ModuleOp>(kModel, &context);
  EXPECT_TRUE(failed(applySchedules(*module, options)));
  EXPECT_NE(std::string::npos, diagnostics.find("the script is lost"));
}

TEST_F(ApplySchedulesTest, NothingToApplyIsAnError) {
  module = parseSourceString<ModuleOp>(kModel, &context);
  EXPECT_TRUE(failed(applySchedules(*module, options)));
  EXPECT_NE(std::string::npos, diagnostics.find("no schedules to apply"));
}

/// This program extracts and applies; it holds no worker pool, database or
/// search library, nor does it load one.
TEST(Floors, ApplyingLinksNoTuner) {
  std::string self = llvm::sys::fs::getMainExecutable(nullptr, nullptr);
  auto binary =
      llvm::cantFail(llvm::object::ObjectFile::createObjectFile(self));
  bool applies = false;
  for (const llvm::object::SymbolRef &symbol : binary.getBinary()->symbols()) {
    llvm::StringRef name = llvm::cantFail(symbol.getName());
    applies |= name.contains("chameleon14applySchedules");
    for (const char *tuner : {"sqlite3", "chameleon8Database", "WorkerPool",
                              "SearchLibrary", "chameleonSearch", "TaskTuner"})
      EXPECT_FALSE(name.contains(tuner)) << name.str();
  }
  EXPECT_TRUE(applies) << "no symbols to look at";
  auto maps = llvm::MemoryBuffer::getFileAsStream("/proc/self/maps");
  ASSERT_TRUE(static_cast<bool>(maps));
  for (const char *library : {"libsqlite3", "libtorch", "chameleon_search"})
    EXPECT_FALSE((*maps)->getBuffer().contains(library)) << library;
}

} // namespace

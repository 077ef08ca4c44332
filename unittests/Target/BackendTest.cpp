//===- BackendTest.cpp - which target a text means
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TargetTesting.h"

using namespace chameleon;
using namespace chameleon::testing;

namespace {

TEST(Backend, AutoSaysWhatItTakes) {
  std::string choice;
  std::shared_ptr<const Device> device =
      llvm::cantFail(tryParse("auto", 0, &choice));
  auto gpu = tryParse("nvvm");
  if (gpu) {
    EXPECT_EQ(device->getSpec(), "nvvm");
    EXPECT_EQ(device->getKey(), (*gpu)->getKey());
    EXPECT_EQ(choice, "the GPU, being there");
    return;
  }
  EXPECT_EQ(device->getSpec(), "cpu");
  EXPECT_EQ(choice, "the host CPU, for want of a GPU: " +
                        llvm::toString(gpu.takeError()));
  choice.clear();
  llvm::cantFail(tryParse("cpu", 0, &choice));
  EXPECT_EQ(choice, "");
}

/// Fails or works as its name says.
class FakeBackend : public Backend {
public:
  FakeBackend(std::string name, int preference)
      : name(std::move(name)), preference(preference) {}
  llvm::StringRef getName() const override { return name; }
  llvm::StringRef getTitle() const override { return name; }
  llvm::StringRef getForm() const override { return ""; }
  int getPreference() const override { return preference; }
  llvm::ArrayRef<BuiltinSchedule> getSchedules() const override { return {}; }
  llvm::Expected<std::shared_ptr<const Device>>
  parse(std::optional<llvm::StringRef> arguments,
        const DeviceOptions &options) const override {
    if (name.starts_with("absent"))
      return llvm::createStringError("there is none");
    return CPUDevice::ofHost(options.threads);
  }
  llvm::Expected<std::unique_ptr<Engine>> openEngine(const DeviceOptions &,
                                                     unsigned) const override {
    return llvm::createStringError("%s has no engine", name.c_str());
  }

private:
  std::string name;
  int preference;
};

TEST(Backend, AutoAsksInTheOrderOfPreference) {
  mlir::DialectRegistry dialects;
  dialects.insert<ChameleonDialect>();
  mlir::MLIRContext context(dialects, mlir::MLIRContext::Threading::DISABLED);
  auto *dialect = context.getOrLoadDialect<ChameleonDialect>();
  auto parse = [&](std::string &choice) {
    auto device = BackendRegistry::parse(&context, "auto", {}, &choice);
    return device ? "" : llvm::toString(device.takeError());
  };
  std::string choice;
  EXPECT_EQ(parse(choice),
            "no backend is registered, so there is no target 'auto'");
  auto &registry = dialect->addInterface<BackendRegistry>();
  registry.add(std::make_shared<FakeBackend>("unloved", -1));
  EXPECT_EQ(parse(choice), "there is no target");
  registry.add(std::make_shared<FakeBackend>("absent1", 2));
  EXPECT_EQ(parse(choice),
            "there is no target, for want of a absent1: there is none");
  registry.add(std::make_shared<FakeBackend>("worst", 0));
  registry.add(std::make_shared<FakeBackend>("absent2", 3));
  EXPECT_EQ(parse(choice), "");
  EXPECT_EQ(choice, "the worst, for want of a absent2: there is none; of a "
                    "absent1: there is none");
  registry.add(std::make_shared<FakeBackend>("best", 4));
  EXPECT_EQ(parse(choice), "");
  EXPECT_EQ(choice, "the best, being there");
}

TEST(Backend, IsKnownToContextsOfTheRegistry) {
  mlir::DialectRegistry dialects;
  registerCPUBackend(dialects);
  registerCPUBackend(dialects); // once is enough
  mlir::MLIRContext context(dialects, mlir::MLIRContext::Threading::DISABLED);
  EXPECT_EQ(BackendRegistry::get(&context)->getBackends().size(), 1u);
  EXPECT_TRUE(BackendRegistry::lookup(&context, "cpu"));
  EXPECT_FALSE(BackendRegistry::lookup(&context, "nvvm"));
  EXPECT_FALSE(
      BackendRegistry::lookup(&context, "cpu")->getSchedules().empty());
}

TEST(Backend, OpensTheEngineOfAProgram) {
  mlir::DialectRegistry dialects;
  registerCPUBackend(dialects);
  registerNVVMBackend(dialects);
  mlir::MLIRContext context(dialects, mlir::MLIRContext::Threading::DISABLED);
  Program program;
  program.backend = "cpu";
  auto engine = BackendRegistry::openEngine(&context, program, {});
  ASSERT_TRUE(bool(engine)) << llvm::toString(engine.takeError());
  EXPECT_EQ((*engine)->backend(), "cpu");
  program.backend = "abacus";
  engine = BackendRegistry::openEngine(&context, program, {});
  ASSERT_FALSE(bool(engine));
  EXPECT_EQ(llvm::toString(engine.takeError()),
            "the program is for backend 'abacus', expected 'cpu' or 'nvvm'");
}

TEST(Backend, OutlivesItsContext) {
  std::shared_ptr<const Device> device = parse("cpu", 1);
  EXPECT_EQ(device->getBackend().getName(), "cpu");
}

TEST(Backend, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(parseError("gpu"),
            "unknown target 'gpu', expected one of 'auto', 'cpu', "
            "'cpu:<features>', 'nvvm', 'nvvm:<chip>'");
  EXPECT_EQ(parseError("nvvm:sm_42")
                .find("unknown chip 'sm_42', expected one "
                      "of sm_70, sm_75, sm_80, sm_86"),
            0u);
  EXPECT_EQ(parseError("cpu:avx2"),
            "malformed feature 'avx2' in target 'cpu:avx2', expected e.g. "
            "'-avx512f' or '+fma'");
  EXPECT_EQ(parseError("cpu:"), "malformed feature '' in target 'cpu:', "
                                "expected e.g. '-avx512f' or '+fma'");
  EXPECT_EQ(parseError("cpu", 1025), "1025 threads, expected at most 1024");
}

} // namespace

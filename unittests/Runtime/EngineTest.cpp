//===- EngineTest.cpp - what every engine refuses
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Runtime/Engine.h"
#include "gtest/gtest.h"

using namespace chameleon;

namespace {

/// A device that holds nothing: its checks alone.
class NoEngine : public Engine {
public:
  llvm::StringRef backend() const override { return "abacus"; }
  bool usesHostMemory() const override { return false; }
  llvm::Expected<std::unique_ptr<Buffer>> allocate(size_t) override {
    return llvm::createStringError("no beads");
  }
  llvm::Expected<std::unique_ptr<Executable>>
  load(std::shared_ptr<const Program> program) override {
    if (llvm::Error error = checkBackend(*program))
      return error;
    return nullptr;
  }
  llvm::Expected<std::unique_ptr<Call>>
  bind(Executable &, llvm::StringRef, llvm::ArrayRef<uint64_t>) override {
    return nullptr;
  }
  llvm::Expected<std::vector<TimedCalls>> time(llvm::ArrayRef<Call *>,
                                               llvm::ArrayRef<double>,
                                               const TimingPolicy &) override {
    return std::vector<TimedCalls>();
  }
  using Engine::checkCall;
};

std::string text(llvm::Error error) { return llvm::toString(std::move(error)); }

TEST(Engine, ProgramsOfOtherBackends) {
  auto program = std::make_shared<Program>();
  program->backend = "nvvm";
  NoEngine engine;
  EXPECT_EQ(text(engine.load(program).takeError()),
            "the program is for backend 'nvvm', expected 'abacus'");
  program->backend = "abacus";
  EXPECT_TRUE(bool(engine.load(program)));
}

TEST(Engine, CallsOfWhatIsNotThere) {
  Program program;
  EXPECT_EQ(text(NoEngine::checkCall(program, "main", 0)),
            "no function 'main', expected one of none: the program has no "
            "function of tensors");
  program.functions.push_back({"main", {{}, {}}, {{}}, {-1, -1}, ""});
  program.functions.push_back({"other", {}, {}, {}, ""});
  EXPECT_EQ(text(NoEngine::checkCall(program, "maim", 3)),
            "no function 'maim', expected one of 'main', 'other'");
  EXPECT_EQ(text(NoEngine::checkCall(program, "main", 2)),
            "function 'main' takes 3 buffers, found 2");
  EXPECT_EQ(text(NoEngine::checkCall(program, "main", 3)), "");
}

} // namespace

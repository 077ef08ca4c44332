//===- SpecTest.cpp - several tasks in one spec, kept and applied
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ScheduleTestBase.h"
#include "mlir/IR/Verifier.h"
#include "llvm/Support/FileSystem.h"

using namespace chameleon;

namespace {
class SpecTest : public ScheduleTestBase {
protected:
  void SetUp() override {
    space = createSpace(R"mlir(
      %x = transform.tune.knob<"x"> options = [1, 2, 3] -> !transform.param<i64>
      transform.annotate %op "x" = %x : !transform.any_op, !transform.param<i64>)mlir");
    ASSERT_TRUE(succeeded(space)) << messages;
    matched = {matcher, schedule, MatchedAnchor{0u, 1}, "test", "0"};
    spec = createSpec(&context);
    // A second task, structurally equal but for its key.
    mlir::func::FuncOp second = getTask().clone();
    second.setSymName("second");
    second->setAttr("chameleon.task", mlir::StringAttr::get(&context, "u"));
    payload->push_back(second);
  }
  mlir::LogicalResult add(llvm::StringRef key, int32_t option) {
    return addResolvedSchedule(*spec, key, matched, *space, {option});
  }
  int64_t getAnnotation(llvm::StringRef function) {
    auto anchor = &payload->lookupSymbol<mlir::func::FuncOp>(function)
                       .getBody()
                       .front()
                       .front();
    auto value = anchor->getAttrOfType<mlir::IntegerAttr>("x");
    return value ? value.getInt() : 0;
  }

  mlir::FailureOr<DesignSpace> space = mlir::failure();
  MatchedSchedule matched;
  mlir::OwningOpRef<mlir::ModuleOp> spec;
};
} // namespace

TEST_F(SpecTest, TasksShareAMatcherButNotAConfiguration) {
  ASSERT_TRUE(succeeded(add("t", 0))) << messages;
  ASSERT_TRUE(succeeded(add("u", 2))) << messages;
  EXPECT_EQ(llvm::range_size(spec->getOps<mlir::transform::NamedSequenceOp>()),
            4); // matcher, two schedules, entry point
  EXPECT_EQ(getTaskKeys(*spec), llvm::SmallVector<llvm::StringRef>({"t", "u"}));
  EXPECT_TRUE(succeeded(mlir::verify(*spec)));
  ASSERT_TRUE(succeeded(applySpec(*spec, *payload))) << messages;
  EXPECT_EQ(getAnnotation("task"), 1);
  EXPECT_EQ(getAnnotation("second"), 3);
  EXPECT_EQ(messages, "");
}

TEST_F(SpecTest, EqualNamesOfDifferentSequences) {
  ASSERT_TRUE(succeeded(add("t", 0)));
  mlir::OwningOpRef<mlir::ModuleOp> other = std::move(library);
  parseSchedule("transform.annotate %op \"y\" : !transform.any_op");
  // The same names in another library, where the matcher accepts everything.
  matcher.getBody().front().front().erase();
  mlir::FailureOr<DesignSpace> otherSpace =
      DesignSpace::create(schedule, getTask());
  ASSERT_TRUE(succeeded(otherSpace)) << messages;
  ASSERT_TRUE(succeeded(addResolvedSchedule(
      *spec, "u", {matcher, schedule, MatchedAnchor{0u, 1}, "other", "1"},
      *otherSpace, {})))
      << messages;
  EXPECT_EQ(llvm::range_size(spec->getOps<mlir::transform::NamedSequenceOp>()),
            5);
  ASSERT_TRUE(succeeded(applySpec(*spec, *payload))) << messages;
  EXPECT_EQ(getAnnotation("task"), 1);
  EXPECT_EQ(getAnnotation("second"), 0);
}

TEST_F(SpecTest, RefusesWhatMakesNoSense) {
  EXPECT_TRUE(failed(add("t", 3)));
  EXPECT_NE(messages.find("expects a legal configuration for task 't'"),
            std::string::npos)
      << messages;
  ASSERT_TRUE(succeeded(add("t", 0)));
  EXPECT_TRUE(failed(add("t", 1)));
  EXPECT_NE(messages.find("has a schedule for task 't' already"),
            std::string::npos)
      << messages;
}

TEST_F(SpecTest, AppliesFromWithinThePayload) {
  ASSERT_TRUE(succeeded(add("t", 1)));
  EXPECT_FALSE(findEmbeddedSpec(*payload));
  embedSpec(std::move(spec), *payload);
  mlir::ModuleOp embedded = findEmbeddedSpec(*payload);
  ASSERT_TRUE(embedded);
  ASSERT_TRUE(succeeded(applySpec(embedded, *payload))) << messages;
  EXPECT_EQ(getAnnotation("task"), 2);
  // Embedding again replaces.
  embedSpec(createSpec(&context), *payload);
  EXPECT_TRUE(getTaskKeys(findEmbeddedSpec(*payload)).empty());
  mlir::OwningOpRef<mlir::ModuleOp> taken = takeEmbeddedSpec(*payload);
  EXPECT_TRUE(taken);
  EXPECT_FALSE(findEmbeddedSpec(*payload));
  EXPECT_FALSE(takeEmbeddedSpec(*payload));
}

TEST_F(SpecTest, APayloadWithoutTheTasksIsLeftAlone) {
  ASSERT_TRUE(succeeded(add("elsewhere", 1)));
  EXPECT_TRUE(succeeded(applySpec(*spec, *payload)));
  EXPECT_NE(messages.find("has none of the 1 tasks that the schedules are for: "
                          "nothing was applied"),
            std::string::npos)
      << messages;
  EXPECT_EQ(getAnnotation("task"), 0);
}

TEST_F(SpecTest, Files) {
  ASSERT_TRUE(succeeded(add("t", 1)));
  llvm::SmallString<128> path;
  ASSERT_FALSE(llvm::sys::fs::createTemporaryFile("spec", "mlir", path));
  ASSERT_TRUE(succeeded(writeSpecFile(*spec, path))) << messages;
  mlir::OwningOpRef<mlir::ModuleOp> read = parseSpecFile(&context, path);
  ASSERT_TRUE(read) << messages;
  EXPECT_EQ(print(*read), print(*spec));
  llvm::sys::fs::remove(path);
  EXPECT_FALSE(parseSpecFile(&context, path));
  EXPECT_NE(messages.find("cannot open the schedules in"), std::string::npos)
      << messages;
  EXPECT_TRUE(failed(writeSpecFile(*spec, "/nowhere/spec.mlir")));
}

TEST_F(SpecTest, NoEntryPoint) {
  EXPECT_TRUE(failed(applySpec(*spec, *payload)));
  EXPECT_NE(messages.find("expects a named sequence '@__transform_main'"),
            std::string::npos)
      << messages;
}

//===- RelatedTasksTest.cpp - what a search may start warm from
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Tuning/RelatedTasks.h"
#include "../Database/TestFolder.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include <cmath>

using namespace mlir;
using namespace chameleon;

namespace {

class RelatedTasksTest : public DatabaseFolder {
protected:
  static std::string makePayload(int rows, int columns) {
    std::string type = "tensor<" + std::to_string(rows) + "x" +
                       std::to_string(columns) + "xf32>";
    return "func.func private @task(" + type + ", f32) -> " + type;
  }
  OwningOpRef<ModuleOp> parse(const std::string &text) {
    context.loadDialect<func::FuncDialect>();
    return parseSourceString<ModuleOp>(text, &context);
  }
  static func::FuncOp getFunction(OwningOpRef<ModuleOp> &module) {
    return *module->getOps<func::FuncOp>().begin();
  }
  void add(Database &database, const std::string &key,
           const std::string &target, const std::string &payload,
           const std::string &configuration) {
    EXPECT_FALSE(database.addTask({key, key, payload, 1024}));
    Record record = makeRecord(configuration);
    record.taskKey = key;
    record.targetKey = target;
    EXPECT_FALSE(database.add(record));
  }

  MLIRContext context;
};

TEST_F(RelatedTasksTest, FeaturesAreLogarithms) {
  OwningOpRef<ModuleOp> module = parse(makePayload(8, 32));
  EXPECT_EQ(getTaskFeatures(getFunction(module), 1024),
            (std::vector<double>{10, 3, 5, 3, 5}));
  EXPECT_EQ(getTaskFeatures(getFunction(module), 0)[0], 0);
}

TEST_F(RelatedTasksTest, Distance) {
  EXPECT_DOUBLE_EQ(getTaskDistance({1, 2, 3}, {1, 5, 7}), 5);
  EXPECT_TRUE(std::isinf(getTaskDistance({1, 2}, {1})));
}

TEST_F(RelatedTasksTest, NearestFirst) {
  auto database = llvm::cantFail(Database::open(path()));
  add(*database, "task", "target", makePayload(64, 64), "self");
  add(*database, "task", "elsewhere", makePayload(64, 64), "other device");
  Record older = makeRecord("older generator");
  older.generator = "older";
  ASSERT_FALSE(database->add(older));
  add(*database, "far", "target", makePayload(8, 8), "far");
  add(*database, "near", "target", makePayload(64, 32), "near");
  add(*database, "kind", "target",
      "func.func private @task(tensor<64xf32>) -> tensor<64xf32>", "kind");
  add(*database, "newer", "target", "newer.syntax @task", "newer");
  Record query = makeRecord("");
  // Of another schedule.
  Record record = makeRecord("other schedule");
  record.taskKey = "near";
  record.schedule = "builtin:cpu/other@other";
  ASSERT_FALSE(database->add(record));

  OwningOpRef<ModuleOp> module = parse(makePayload(64, 64));
  auto find = [&](size_t count, const llvm::StringSet<> &others = {}) {
    std::vector<std::string> found;
    for (const std::vector<Record> &records : llvm::cantFail(findRelatedRecords(
             *database, getFunction(module), 1024, query, count, others))) {
      EXPECT_EQ(records.size(), 1u);
      found.push_back(records.front().configuration);
    }
    return found;
  };
  EXPECT_EQ(find(9), (std::vector<std::string>{"older generator",
                                               "other device", "near", "far"}));
  EXPECT_EQ(find(1), (std::vector<std::string>{"older generator"}));
  EXPECT_EQ(
      find(9, {"near", "task"}),
      (std::vector<std::string>{"older generator", "other device", "far"}))
      << "left out, but for what another target or generator measured";
  query.fingerprint = "f2";
  EXPECT_TRUE(find(9).empty());
}

} // namespace

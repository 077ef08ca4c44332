//===- ToyBackendTest.cpp - a backend of one's own goes all the way
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Matched, searched, measured, stored, applied, compiled and run as the others
// are. What it takes is in this folder; if that test needs a line under lib, a
// wall has fallen.
//
//===----------------------------------------------------------------------===//

#include "ToyBackend.h"
#include "chameleon/Database/Database.h"
#include "chameleon/Model/Model.h"
#include "chameleon/Transforms/Passes.h"
#include "chameleon/Tuning/RecordedSchedules.h"
#include "chameleon/Tuning/TuneModule.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/FileSystem.h"
#include "gtest/gtest.h"
#include <cstdlib>

using namespace mlir;
using namespace chameleon;

namespace {

constexpr llvm::StringLiteral product = R"mlir(
func.func @main(%a: tensor<20x16xf32>, %b: tensor<16x24xf32>) -> tensor<20x24xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<20x24xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<20x24xf32>) -> tensor<20x24xf32>
  %r = linalg.matmul ins(%a, %b : tensor<20x16xf32>, tensor<16x24xf32>) outs(%f : tensor<20x24xf32>) -> tensor<20x24xf32>
  return %r : tensor<20x24xf32>
})mlir";

class Toy : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("toy", folder));
    static bool once = (registerAllPasses(), true);
    (void)once;
    registerAll(registry);
    registerBackend<toy::ToyBackend>(registry);
    context.appendDialectRegistry(registry);
    context.loadAllAvailableDialects();
  }
  void TearDown() override {
    unsetenv("TOY_GENERATOR");
    llvm::sys::fs::remove_directories(folder);
  }

  std::string path(llvm::StringRef name) { return (folder + "/" + name).str(); }
  OwningOpRef<ModuleOp> parse() {
    return parseSourceString<ModuleOp>(product, &context);
  }
  std::shared_ptr<const Device> device(llvm::StringRef text) {
    return llvm::cantFail(BackendRegistry::parse(&context, text, {}));
  }
  TuningReport tune(ModuleOp module) {
    TuningOptions options;
    options.target = "toy:4";
    options.worker = TOY_WORKER;
    options.searchLibrary = SEARCH_LIBRARY;
    options.strategy = "random";
    options.trials = 8;
    options.workers = 1;
    options.database = path("tuning.db");
    FailureOr<TuningReport> report = tuneModule(module, options);
    EXPECT_TRUE(succeeded(report));
    return succeeded(report) ? *report : TuningReport();
  }
  /// What the toy's interpreter was told of the product.
  static std::optional<int64_t> getOrder(ModuleOp module) {
    std::optional<int64_t> order;
    module.walk([&](Operation *op) {
      if (auto choice = op->getAttrOfType<IntegerAttr>("toy_order"))
        order = choice.getInt();
    });
    return order;
  }

  llvm::SmallString<128> folder;
  DialectRegistry registry;
  MLIRContext context{MLIRContext::Threading::DISABLED};
};

TEST_F(Toy, IsATarget) {
  EXPECT_EQ(device("toy:8")->describe(), "toy:8: Toy");
  EXPECT_NE(device("auto")->getBackend().getName(), "toy");
  auto nonsense = BackendRegistry::parse(&context, "toy:many", {});
  ASSERT_FALSE(bool(nonsense));
  EXPECT_EQ(llvm::toString(nonsense.takeError()),
            "'many' is no number of lanes");
}

TEST_F(Toy, IsTunedStoredAndReused) {
  OwningOpRef<ModuleOp> module = parse();
  TuningReport first = tune(*module);
  ASSERT_EQ(first.tasks.size(), 1u);
  const TaskReport &task = first.tasks.front();
  EXPECT_EQ(task.schedule, "builtin:toy/product@product");
  EXPECT_EQ(task.trials, 8);
  EXPECT_EQ(task.reused, 0);
  EXPECT_TRUE(task.failures.empty()) << task.firstFailure;
  EXPECT_GT(task.bestSeconds, 0);

  auto database = llvm::cantFail(Database::open(path("tuning.db")));
  std::string generator = device("toy")->getBackend().getGenerator();
  auto records = llvm::cantFail(database->find(task.key, "toy|4", generator));
  EXPECT_EQ(records.size(), 8u);
  for (const Record &record : records)
    EXPECT_EQ(record.outcome, Outcome::Ok) << record.message;

  module = parse();
  TuningReport second = tune(*module);
  EXPECT_EQ(second.tasks.at(0).trials, 0);
  EXPECT_EQ(second.tasks.at(0).reused, 8);
}

/// As if the toy's sources had changed: nothing old is believed.
TEST_F(Toy, HasAGeneratorOfItsOwn) {
  OwningOpRef<ModuleOp> module = parse();
  tune(*module);
  setenv("TOY_GENERATOR", "-2", 1);
  module = parse();
  TuningReport report = tune(*module);
  ASSERT_EQ(report.tasks.size(), 1u);
  EXPECT_EQ(report.tasks[0].trials, 8);
  EXPECT_EQ(report.tasks[0].reused, 0);
}

TEST_F(Toy, IsAppliedFromTheDatabaseAndRuns) {
  OwningOpRef<ModuleOp> module = parse();
  tune(*module);
  auto applied = parse();
  ApplyOptions apply;
  apply.target = "toy:4";
  RecordedSchedules recorded(path("tuning.db"));
  apply.source = &recorded;
  FailureOr<int64_t> count = applySchedules(*applied, apply);
  ASSERT_TRUE(succeeded(count));
  EXPECT_EQ(*count, 1);
  EXPECT_TRUE(getOrder(*applied).has_value());

  // The module that tuning returned has its schedule embedded.
  for (ModuleOp tuned : {*module, *applied}) {
    std::vector<CompileStep> steps;
    FailureOr<Program> program =
        compileModel(tuned, *device("toy:4"), {{}, "main"}, steps);
    ASSERT_TRUE(succeeded(program));
    EXPECT_EQ(program->generator, device("toy")->getBackend().getGenerator());
    ASSERT_FALSE(bool(saveProgram(*program, path("product.program"))));
    auto loaded = std::make_shared<Program>(
        llvm::cantFail(loadProgram(path("product.program"))));
    auto engine =
        llvm::cantFail(BackendRegistry::openEngine(&context, *loaded, {}));
    auto model =
        llvm::cantFail(Model::create(loaded, "main", std::move(engine)));
    HostTensor a = llvm::cantFail(HostTensor::create(model->inputTypes()[0]));
    HostTensor b = llvm::cantFail(HostTensor::create(model->inputTypes()[1]));
    a.fillRandom(1);
    b.fillRandom(2);
    ASSERT_FALSE(bool(model->bind({&a, &b})));
    ASSERT_TRUE(bool(model->call()));
    ASSERT_FALSE(bool(model->fetchResults()));
    for (int64_t i = 0; i < 20; ++i)
      for (int64_t j = 0; j < 24; ++j) {
        double expected = 0;
        for (int64_t k = 0; k < 16; ++k)
          expected += a.get(i * 16 + k) * b.get(k * 24 + j);
        EXPECT_NEAR(model->results()[0].get(i * 24 + j), expected, 1e-5);
      }
  }
}

TEST_F(Toy, RefusesAProgramForAnotherToy) {
  OwningOpRef<ModuleOp> module = parse();
  std::vector<CompileStep> steps;
  FailureOr<Program> program =
      compileModel(*module, *device("toy:4"), {}, steps);
  ASSERT_TRUE(succeeded(program));
  auto engine = llvm::cantFail(device("toy:2")->openEngine(0));
  auto loaded = engine->load(std::make_shared<Program>(std::move(*program)));
  ASSERT_FALSE(bool(loaded));
  EXPECT_EQ(llvm::toString(loaded.takeError()),
            "the program needs 4 lanes, the toy has 2");
}

} // namespace

//===- RunnerTest.cpp - real tasks and schedules in the real worker
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Measure/Runner.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "gtest/gtest.h"

using namespace chameleon;

namespace {

std::unique_ptr<WorkerPool> makePool(llvm::ArrayRef<std::string> arguments = {},
                                     unsigned threads = 1) {
  WorkerPoolOptions options;
  options.worker = CHAMELEON_WORKER;
  options.workerArguments = arguments;
  options.threads = threads;
  options.children = 2;
  options.memoryLimitMiB = 1024;
  auto pool = WorkerPool::create(options);
  if (!pool) {
    ADD_FAILURE() << llvm::toString(pool.takeError());
    return nullptr;
  }
  return std::move(*pool);
}

/// Generous, for machines under load; what ought to time out has limits of its
/// own.
MeasurePolicy shortPolicy() {
  MeasurePolicy policy;
  policy.compileTimeout = policy.runTimeout = 60;
  policy.minimum = 0.001;
  return policy;
}

/// relu(a * b), of odd sizes.
const char *matmul = R"mlir(
  func.func @task(%a: tensor<33x17xf32>, %b: tensor<17x65xf32>, %out: tensor<33x65xf32>) -> tensor<33x65xf32>
      attributes {chameleon.task = "matmul"} {
    %zero = arith.constant 0.0 : f32
    %e = tensor.empty() : tensor<33x65xf32>
    %f = linalg.fill ins(%zero : f32) outs(%e : tensor<33x65xf32>) -> tensor<33x65xf32>
    %m = linalg.matmul ins(%a, %b : tensor<33x17xf32>, tensor<17x65xf32>) outs(%f : tensor<33x65xf32>) -> tensor<33x65xf32>
    %r = linalg.generic {indexing_maps = [affine_map<(m, n) -> (m, n)>, affine_map<(m, n) -> (m, n)>],
        iterator_types = ["parallel", "parallel"]} ins(%m : tensor<33x65xf32>) outs(%out : tensor<33x65xf32>) {
    ^bb0(%x: f32, %o: f32):
      %y = arith.maximumf %x, %zero : f32
      linalg.yield %y : f32
    } -> tensor<33x65xf32>
    return %r : tensor<33x65xf32>
  })mlir";

std::string spec(llvm::StringRef body) {
  return llvm::formatv(R"mlir(
    module attributes {{transform.with_named_sequence} {{
      transform.named_sequence @__transform_main(%root: !transform.any_op) {{
        %matmul = transform.structured.match ops{{["linalg.matmul"]} in %root : (!transform.any_op) -> !transform.any_op
        {0}
        transform.yield
      }
    })mlir",
                       body);
}

const char *tiling = R"mlir(
  %tiled, %loops:3 = transform.structured.tile_using_for %matmul tile_sizes [8, 16, 4]
      : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op))mlir";

/// Pads the reduction with ones: every element of the result is three too large
/// or so.
const char *wrongPadding = R"mlir(
  %padded, %pad, %copy = transform.structured.pad %matmul pad_to_multiple_of [4]
      {padding_values = [1.0 : f32, 1.0 : f32, 0.0 : f32], padding_dimensions = [2], copy_back_op = "none"}
      : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op))mlir";

/// Copies the body a million times over.
const char *endlessUnrolling = R"mlir(
  %tiled, %loops:3 = transform.structured.tile_using_for %matmul tile_sizes [1, 1, 1]
      : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
  transform.loop.unroll %loops#2 {factor = 17} : !transform.any_op
  transform.loop.unroll %loops#1 {factor = 65} : !transform.any_op
  transform.loop.unroll %loops#0 {factor = 33} : !transform.any_op)mlir";

TEST(Runner, RightCandidates) {
  auto pool = makePool();
  ASSERT_TRUE(pool);
  ASSERT_EQ("", llvm::toString(pool->addTask({"matmul", matmul, 1})));
  std::vector<Candidate> candidates{{"matmul", ""}, {"matmul", spec(tiling)}};
  for (auto [index, result] :
       llvm::enumerate(pool->measure(candidates, shortPolicy()))) {
    EXPECT_EQ(toString(Outcome::Ok).str(), toString(result.outcome).str())
        << index << ": " << result.message;
    EXPECT_GT(result.seconds, 0);
    EXPECT_LT(result.seconds, 0.1);
    EXPECT_GT(result.compileSeconds, 0);
    // Of single precision, and really compared with double.
    EXPECT_GT(result.relativeError, 0);
    EXPECT_LT(result.relativeError, 1e-6);
  }
}

TEST(Runner, FinalistsRoundRobin) {
  auto pool = makePool();
  ASSERT_TRUE(pool);
  ASSERT_EQ("", llvm::toString(pool->addTask({"matmul", matmul, 1})));
  MeasurePolicy policy = shortPolicy();
  policy.interleaved = true;
  std::vector<Measurement> results =
      pool->measure({{"matmul", ""},
                     {"matmul", spec(wrongPadding)},
                     {"matmul", spec(tiling)}},
                    policy);
  EXPECT_EQ(Outcome::Ok, results[0].outcome) << results[0].message;
  EXPECT_EQ(Outcome::WrongResult, results[1].outcome);
  EXPECT_EQ(Outcome::Ok, results[2].outcome) << results[2].message;
}

TEST(Runner, WrongCandidates) {
  auto pool = makePool();
  ASSERT_TRUE(pool);
  ASSERT_EQ("", llvm::toString(pool->addTask({"matmul", matmul, 1})));
  std::vector<Candidate> candidates{
      {"matmul", spec(wrongPadding)},
      {"matmul", "not a module"},
      {"matmul",
       spec("transform.structured.vectorize %root : !transform.any_op")},
      {"matmul", spec(tiling)}};
  std::vector<Measurement> results = pool->measure(candidates, shortPolicy());
  EXPECT_EQ(Outcome::WrongResult, results[0].outcome) << results[0].message;
  EXPECT_TRUE(
      llvm::StringRef(results[0].message).starts_with("output 0: element "))
      << results[0].message;
  EXPECT_GT(results[0].relativeError, 0.01);
  EXPECT_EQ(Outcome::TransformError, results[1].outcome);
  EXPECT_TRUE(llvm::StringRef(results[1].message)
                  .starts_with("the spec does not parse: "))
      << results[1].message;
  EXPECT_EQ(Outcome::TransformError, results[2].outcome);
  EXPECT_FALSE(results[2].message.empty());
  EXPECT_EQ(Outcome::Ok, results[3].outcome) << results[3].message;
}

TEST(Runner, EndlessCompilationIsCutOff) {
  auto pool = makePool();
  ASSERT_TRUE(pool);
  ASSERT_EQ("", llvm::toString(pool->addTask({"matmul", matmul, 1})));
  MeasurePolicy policy = shortPolicy();
  policy.compileTimeout = 2;
  Measurement result =
      pool->measure(Candidate{"matmul", spec(endlessUnrolling)}, policy)
          .front();
  // Which of the two limits is met first depends on the machine.
  EXPECT_TRUE(result.outcome == Outcome::CompileTimeout ||
              result.outcome == Outcome::MemoryLimit)
      << toString(result.outcome).str() << ": " << result.message;
}

TEST(Runner, TwoThreads) {
  auto pool = makePool({}, 2);
  ASSERT_TRUE(pool);
  ASSERT_EQ("", llvm::toString(pool->addTask({"matmul", matmul, 1})));
  Measurement result = pool->measure(Candidate{"matmul", spec(R"mlir(
          %tiled, %loop = transform.structured.tile_using_forall %matmul num_threads [2]
              : (!transform.any_op) -> (!transform.any_op, !transform.any_op))mlir")},
                                     shortPolicy())
                           .front();
  EXPECT_EQ(Outcome::Ok, result.outcome) << result.message;
}

/// out = f(in), elementwise, for a type.
std::string elementwise(llvm::StringRef type, llvm::StringRef body) {
  return llvm::formatv(R"mlir(
    func.func @task(%in: tensor<100x{0}>, %out: tensor<100x{0}>) -> tensor<100x{0}> attributes {{chameleon.task = "k"} {{
      %r = linalg.generic {{indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
          ins(%in : tensor<100x{0}>) outs(%out : tensor<100x{0}>) {{
      ^bb0(%x: {0}, %o: {0}):
        {1}
        linalg.yield %y : {0}
      } -> tensor<100x{0}>
      return %r : tensor<100x{0}>
    })mlir",
                       type, body);
}

TEST(Runner, ElementTypes) {
  auto pool = makePool();
  ASSERT_TRUE(pool);
  struct Case {
    const char *type, *body;
    double tolerance;
  };
  for (Case test : {Case{"f32", "%y = arith.mulf %x, %x : f32", 1e-6},
                    Case{"f64", "%y = arith.mulf %x, %x : f64", 1e-15},
                    Case{"f16", "%y = arith.mulf %x, %x : f16", 1e-3},
                    Case{"bf16", "%y = arith.mulf %x, %x : bf16", 1e-2},
                    Case{"i32", "%y = arith.muli %x, %x : i32", 0},
                    Case{"i8", "%y = arith.addi %x, %x : i8", 0},
                    Case{"i64", "%y = arith.muli %x, %x : i64", 0},
                    Case{"i1", "%y = arith.xori %x, %x : i1", 0},
                    // Not finite for half of the inputs in [-1, 1).
                    Case{"f32", "%y = math.sqrt %x : f32", 1e-6},
                    Case{"f32", "%y = math.log %x : f32", 1e-5}}) {
    std::string key = std::string(test.type) + test.body;
    ASSERT_EQ("", llvm::toString(pool->addTask(
                      {key, elementwise(test.type, test.body), 1})))
        << key;
    MeasurePolicy policy = shortPolicy();
    policy.tolerance = test.tolerance;
    Measurement result = pool->measure(Candidate{key, ""}, policy).front();
    EXPECT_EQ(Outcome::Ok, result.outcome) << key << ": " << result.message;
  }
}

TEST(Runner, TasksThatCannotBeMeasured) {
  auto pool = makePool();
  ASSERT_TRUE(pool);
  auto errorOf = [&](llvm::StringRef payload, int64_t outputs = 1) {
    return llvm::toString(
        pool->addTask({payload.str(), payload.str(), outputs}));
  };
  EXPECT_TRUE(llvm::StringRef(errorOf("func.func"))
                  .starts_with("the payload does not parse: "));
  EXPECT_EQ("expected one public function, found none", errorOf("module {}"));
  EXPECT_EQ("function 'f' has no attribute chameleon.task",
            errorOf("func.func @f(%a: tensor<2xf32>) -> tensor<2xf32> { return "
                    "%a : tensor<2xf32> }"));
  EXPECT_EQ("function 'f' has 1 arguments, 2 of them outputs",
            errorOf("func.func @f(%a: tensor<2xf32>) -> tensor<2xf32> "
                    "attributes {chameleon.task = \"k\"} "
                    "{ return %a : tensor<2xf32> }",
                    2));
  EXPECT_TRUE(llvm::StringRef(
                  errorOf("func.func @f(%a: tensor<?xf32>) -> tensor<?xf32> "
                          "attributes {chameleon.task = \"k\"} "
                          "{ return %a : tensor<?xf32> }"))
                  .starts_with(
                      "argument 0 of function 'f': tensor type 'tensor<?xf32>' "
                      "is dynamic, expected a static shape"));
  // The square root of what the destination held.
  EXPECT_EQ("the reference has no finite element (does the task read its "
            "destination?)",
            errorOf(elementwise("f32", "%y = arith.addf %x, %o : f32")));
  // The pool lives on.
  EXPECT_EQ("", errorOf(matmul));
}

struct Injected {
  const char *kind;
  Outcome outcome;
  const char *message;
};

class InjectedFaultTest : public testing::TestWithParam<Injected> {};

TEST_P(InjectedFaultTest, HasItsOutcome) {
  auto pool = makePool({"--inject=" + std::string(GetParam().kind) + ":1"});
  ASSERT_TRUE(pool);
  ASSERT_EQ("", llvm::toString(pool->addTask({"matmul", matmul, 1})));
  MeasurePolicy policy = shortPolicy();
  if (llvm::StringRef(GetParam().kind).ends_with("hang"))
    policy.compileTimeout = policy.runTimeout = 1.5;
  Measurement result = pool->measure(Candidate{"matmul", ""}, policy).front();
  EXPECT_EQ(toString(GetParam().outcome).str(), toString(result.outcome).str())
      << result.message;
  EXPECT_TRUE(llvm::StringRef(result.message).contains(GetParam().message))
      << result.message;
}

INSTANTIATE_TEST_SUITE_P(
    Faults, InjectedFaultTest,
    testing::Values(
        Injected{"compile-error", Outcome::CompileError, "injected fault"},
        Injected{"compile-abort", Outcome::CompileCrash,
                 "aborted: injected fault"},
        Injected{"compile-segfault", Outcome::CompileCrash,
                 "segmentation fault"},
        Injected{"compile-hang", Outcome::CompileTimeout, "longer than 1.5"},
        Injected{"compile-memory", Outcome::MemoryLimit, "more than 1024 MiB"},
        Injected{"compile-stack", Outcome::CompileCrash, "stack overflow"},
        Injected{"run-abort", Outcome::RunCrash, "aborted: injected fault"},
        Injected{"run-segfault", Outcome::RunCrash, "segmentation fault"},
        Injected{"run-hang", Outcome::RunTimeout, "longer than 1.5"},
        Injected{"run-memory", Outcome::MemoryLimit, "more than 1024 MiB"},
        Injected{"run-stack", Outcome::RunCrash, "stack overflow"},
        Injected{"run-wrong", Outcome::WrongResult, "element 0 is 3.39"},
        Injected{"run-nan", Outcome::WrongResult, "element 0 was not written"},
        Injected{"child-kill", Outcome::MemoryLimit, "killed from outside"},
        Injected{"worker-kill", Outcome::WorkerLost, "without a result"}),
    [](const testing::TestParamInfo<Injected> &info) {
      std::string name = info.param.kind;
      llvm::replace(name, '-', '_');
      return name;
    });

/// Half of all candidates fail in some way or other. None is lost, and what is
/// right stays right.
TEST(Runner, ManyFaultsAtOnce) {
  auto pool = makePool({"--inject=all:0.5:3"});
  ASSERT_TRUE(pool);
  ASSERT_EQ("", llvm::toString(pool->addTask({"matmul", matmul, 1})));
  std::vector<Candidate> candidates;
  for (int i = 0; i < 20; ++i)
    candidates.push_back(
        {"matmul", "// " + std::to_string(i) + "\n" + spec(tiling)});
  MeasurePolicy policy = shortPolicy();
  policy.compileTimeout = policy.runTimeout = 2;
  std::vector<unsigned> counts(static_cast<size_t>(Outcome::WorkerLost) + 1);
  for (const Measurement &result : pool->measure(candidates, policy)) {
    ++counts[static_cast<size_t>(result.outcome)];
    if (result.outcome == Outcome::Ok)
      EXPECT_LT(result.relativeError, 1e-6);
  }
  EXPECT_EQ(0u, counts[static_cast<size_t>(Outcome::WorkerLost)]);
  EXPECT_EQ(0u, counts[static_cast<size_t>(Outcome::TransformError)]);
  EXPECT_GE(counts[static_cast<size_t>(Outcome::Ok)], 5u);
  EXPECT_LE(counts[static_cast<size_t>(Outcome::Ok)], 17u);
}

} // namespace

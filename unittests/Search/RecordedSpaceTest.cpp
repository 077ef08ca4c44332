//===- RecordedSpaceTest.cpp - three formats of recordings ----------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/RecordedSpace.h"
#include "gtest/gtest.h"
#include <cstdio>
#include <fstream>
#include <zlib.h>

using namespace chameleon::search;

namespace {

std::unique_ptr<RecordedSpace> parse(const std::string &text) {
  std::string error;
  std::unique_ptr<RecordedSpace> recorded =
      RecordedSpace::parse(text, "test", error);
  EXPECT_TRUE(recorded) << error;
  return recorded;
}

std::string getError(const std::string &text) {
  std::string error;
  EXPECT_FALSE(RecordedSpace::parse(text, "test", error));
  return error;
}

const char own[] = R"({
  "device": "abacus",
  "knobs": [{"name": "tile", "options": [1, 2, 4]},
            {"name": "fixed", "options": [7]},
            {"name": "layout", "options": ["swizzle", "none"]}],
  "records": [
    {"config": [0, 0, 0], "status": "ok", "time_us": 5, "compile_ms": 100,
     "ptxas_ms": 20, "measure_ms": 30},
    {"config": [0, 0, 1], "status": "constraint", "reason": "divide"},
    {"config": [2, 0, 1], "status": "compile", "compile_ms": 10},
    {"config": [1, 0, 1], "status": "wrong", "compile_ms": 10},
    {"config": [1, 0, 0], "status": "ok", "time_us": 4}]})";

TEST(RecordedSpaceTest, OwnFormat) {
  std::unique_ptr<RecordedSpace> recorded = parse(own);
  EXPECT_EQ(recorded->getDevice(), "abacus");
  EXPECT_EQ(recorded->getNumPoints(), 4u);
  EXPECT_EQ(recorded->getNumFailures(), 2u);
  EXPECT_DOUBLE_EQ(recorded->getBestSeconds(), 4e-6);
  Space space = recorded->makeSpace();
  ASSERT_EQ(space.getNumKnobs(), 2) << "one option is no choice";
  EXPECT_EQ(space.getKnobs()[0].name, "tile");
  EXPECT_EQ(space.getKnobs()[0].values, (std::vector<double>{1, 2, 4}));
  EXPECT_TRUE(space.getKnobs()[0].ordered);
  EXPECT_FALSE(space.getKnobs()[1].ordered) << "strings have no order";
  EXPECT_EQ(space.prepare(0), "");
  EXPECT_EQ(space.getLegalPoints().size(), 4u);
  EXPECT_EQ(recorded->find({0, 1}), nullptr) << "a constraint";
  EXPECT_EQ(recorded->find({2, 0}), nullptr) << "not mentioned";

  const RecordedPoint *point = recorded->find({0, 0});
  EXPECT_TRUE(point->succeeded);
  EXPECT_DOUBLE_EQ(point->seconds, 5e-6);
  EXPECT_DOUBLE_EQ(point->costSeconds, 0.15);
  EXPECT_FALSE(recorded->find({2, 1})->succeeded);
  EXPECT_DOUBLE_EQ(recorded->find({2, 1})->costSeconds, 0.01)
      << "what does not compile is not measured";
  EXPECT_DOUBLE_EQ(recorded->find({1, 1})->costSeconds,
                   0.01 + RecordedSpace::defaultMeasureSeconds);
}

TEST(RecordedSpaceTest, NumbersWithoutOrder) {
  Space space = parse(R"({"knobs": [{"name": "alternative", "options": [2, 1],
                                     "ordered": false}],
                          "records": [{"config": [0], "status": "ok",
                                       "time_us": 1}]})")
                    ->makeSpace();
  EXPECT_FALSE(space.getKnobs()[0].ordered);
}

TEST(RecordedSpaceTest, TheSpaceOutlivesTheRecording) {
  Space space = parse(own)->makeSpace();
  EXPECT_TRUE(space.isLegal({1, 0}));
  EXPECT_FALSE(space.isLegal({0, 1}));
}

// After kernel_tuner's test_cache_file.json.
const char cache[] = R"({
"device_name": "GeForce", "kernel_name": "vector_add", "problem_size": 1000,
"tune_params_keys": ["block_size_x", "vector", "fixed"],
"tune_params": {"block_size_x": [128, 256], "vector": [1, 2], "fixed": [3]},
"cache": {
"256,1,3": {"block_size_x": 256, "vector": 1, "fixed": 3, "time": 2.5,
            "compile_time": 400.0, "verification_time": 0,
            "benchmark_time": 100.0, "timestamp": "2022-12-23 12:11:15"},
"128,1,3": {"block_size_x": 128, "vector": 1, "fixed": 3, "time": 2,
            "compile_time": 300, "benchmark_time": 100},
"128,2,3": {"block_size_x": 128, "vector": 2, "fixed": 3,
            "time": "CompilationFailedConfig", "compile_time": 50},
"256,2,3": {"block_size_x": 256, "vector": 2, "fixed": 3, "time": 1e20})";

TEST(RecordedSpaceTest, KernelTunersCache) {
  // An interrupted run leaves the file as above, with or without a comma.
  for (const char *end : {"}}", "}\n}\n", "", ",", ",\n"}) {
    std::unique_ptr<RecordedSpace> recorded = parse(std::string(cache) + end);
    ASSERT_TRUE(recorded);
    EXPECT_EQ(recorded->getDevice(), "GeForce");
    EXPECT_EQ(recorded->makeSpace().getNumKnobs(), 2);
    EXPECT_EQ(recorded->getNumPoints(), 4u);
    EXPECT_EQ(recorded->getNumFailures(), 2u);
    EXPECT_DOUBLE_EQ(recorded->getBestSeconds(), 2e-3);
    EXPECT_DOUBLE_EQ(recorded->find({1, 0})->seconds, 2.5e-3)
        << "numbers in ascending order, whatever the order of the file";
    EXPECT_DOUBLE_EQ(recorded->find({1, 0})->costSeconds, 0.5);
    EXPECT_FALSE(recorded->find({0, 1})->succeeded);
    EXPECT_DOUBLE_EQ(recorded->find({0, 1})->costSeconds, 0.05);
    EXPECT_FALSE(recorded->find({1, 1})->succeeded) << "1e20 of old files";
  }
}

TEST(RecordedSpaceTest, T4Results) {
  std::unique_ptr<RecordedSpace> recorded = parse(R"({"schema_version": "1.0.0",
    "results": [
      {"configuration": {"x": 32, "flag": true}, "invalidity": "correct",
       "times": {"compilation": 600, "validation": 50, "framework": 1000,
                 "runtimes": [12, 13]},
       "measurements": [{"name": "GFLOP/s", "value": 9, "unit": ""},
                        {"name": "time", "value": 12.5, "unit": "ms"}]},
      {"configuration": {"x": 16, "flag": true}, "invalidity": "correct",
       "times": {"compilation": 600, "benchmark": 400, "runtimes": [1]},
       "measurements": [{"name": "time", "value": 0.5, "unit": "s"}]},
      {"configuration": {"x": 16, "flag": false}, "invalidity": "runtime",
       "times": {"compilation": 70},
       "measurements": [{"name": "time", "value": "RuntimeFailedConfig"}]},
      {"configuration": {"x": 32, "flag": false}, "invalidity": "constraints",
       "measurements": []}]})");
  EXPECT_EQ(recorded->getNumPoints(), 3u);
  EXPECT_EQ(recorded->getNumFailures(), 1u);
  EXPECT_DOUBLE_EQ(recorded->find({1, 1})->seconds, 12.5e-3);
  EXPECT_DOUBLE_EQ(recorded->find({1, 1})->costSeconds, 0.675);
  EXPECT_DOUBLE_EQ(recorded->find({0, 1})->seconds, 0.5);
  EXPECT_DOUBLE_EQ(recorded->find({0, 1})->costSeconds, 1);
  EXPECT_FALSE(recorded->find({0, 0})->succeeded);
  EXPECT_EQ(recorded->find({1, 0}), nullptr) << "a constraint";
}

TEST(RecordedSpaceTest, DamagedFilesAreRefused) {
  EXPECT_EQ(getError("{"), "not JSON at byte 1");
  EXPECT_EQ(getError("{\"records\": ["), "not JSON at byte 13");
  EXPECT_NE(getError("[]").find("expected one of the members"),
            std::string::npos);
  EXPECT_EQ(getError(R"({"knobs": [{"name": "k", "options": [1, 2]}],
                         "records": [{"config": [0], "status": "wrong"}]})"),
            "no point that succeeded");
  EXPECT_EQ(getError(R"({"knobs": [{"name": "k", "options": [1, 2]}],
                         "records": [{"config": [2], "status": "ok"}]})"),
            "a record's option 2 is out of range");
  EXPECT_EQ(getError(R"({"knobs": [{"name": "k", "options": [1, 2]}],
                         "records": [{"config": [], "status": "ok"}]})"),
            "a record has 0 options, expected 1");
  EXPECT_EQ(getError(R"({"knobs": [{"name": "k", "options": [1, 1]}],
                         "records": []})"),
            "knob 'k' has equal options, or none");
  EXPECT_EQ(getError(R"({"tune_params_keys": ["x", "y"],
                         "cache": {"1": {"x": 1, "time": 1}}})"),
            "a point has no value of 'y'");
  EXPECT_EQ(getError(R"({"objective": "energy", "cache": {}})"),
            "the objective is 'energy', expected 'time'");
}

TEST(RecordedSpaceTest, FilesPlainOrCompressed) {
  std::string folder = testing::TempDir(), error;
  std::ofstream(folder + "/plain.json") << own;
  gzFile file = gzopen((folder + "/packed_T4.json.gz").c_str(), "wb");
  gzputs(file, own);
  gzclose(file);
  EXPECT_EQ(RecordedSpace::read(folder + "/plain.json", error)->getName(),
            "plain");
  EXPECT_EQ(
      RecordedSpace::read(folder + "/packed_T4.json.gz", error)->getName(),
      "packed");
  EXPECT_FALSE(RecordedSpace::read(folder + "/none.json", error));
  EXPECT_EQ(error, folder + "/none.json: cannot be opened");

  std::ifstream packed(folder + "/packed_T4.json.gz", std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(packed)), {});
  std::ofstream(folder + "/cut.json.gz", std::ios::binary)
      << bytes.substr(0, bytes.size() / 2);
  EXPECT_FALSE(RecordedSpace::read(folder + "/cut.json.gz", error));
  EXPECT_NE(error.find("damaged"), std::string::npos) << error;
}

TEST(RecordedSpaceTest, TheRecordingsOfTheBenchmark) {
  std::string error;
  struct Expected {
    const char *name;
    size_t points;
    double microseconds;
  };
  for (Expected expected : {Expected{"conv_28x28x128", 2190, 14.648},
                            {"conv_56x56x64", 3432, 10.66},
                            {"mma_f16_2048", 2202, 44.64},
                            {"simt_1024", 3176, 53.66}}) {
    std::unique_ptr<RecordedSpace> recorded = RecordedSpace::read(
        std::string(RECORDED_SPACES) + "/" + expected.name + ".json.gz", error);
    ASSERT_TRUE(recorded) << error;
    EXPECT_EQ(recorded->getNumPoints(), expected.points);
    EXPECT_NEAR(recorded->getBestSeconds() * 1e6, expected.microseconds, 0.01);
  }
}

} // namespace

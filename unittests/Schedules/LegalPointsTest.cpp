//===- LegalPointsTest.cpp - what constraints call legal, lowerings can do
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A few points of some cases in seconds; `./dev legality` sets the variables
// below for many points of all cases.
//
//===----------------------------------------------------------------------===//

#include "LegalPoints.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"
#include <cstdlib>
#include <map>
#include <set>

using namespace chameleon::testing;

namespace {

int64_t getNumber(const char *variable, int64_t otherwise) {
  const char *text = std::getenv(variable);
  return text ? std::atoll(text) : otherwise;
}

std::string getText(const char *variable) {
  const char *text = std::getenv(variable);
  return text ? text : "";
}

/// Which schedules take an operation, for the table of the documentation.
using Takers =
    std::map<std::string, std::map<std::string, std::set<std::string>>>;

/// A line for each operation and what takes it: the types for which it does.
void writeTable(const Takers &takers, llvm::raw_ostream &stream) {
  stream << "| operation | schedules | elements |\n|---|---|---|\n";
  for (const auto &[operation, byType] : takers) {
    std::map<std::string, std::string> typesOf;
    for (const auto &[type, schedules] : byType) {
      std::string names;
      for (const std::string &schedule : schedules)
        names += (names.empty() ? "" : ", ") + schedule;
      std::string &types = typesOf[names.empty() ? "none" : names];
      types += (types.empty() ? "" : " ") + type;
    }
    for (const auto &[names, types] : typesOf)
      stream << "| " << operation << " | " << names << " | " << types << " |\n";
  }
}

struct Target {
  const char *name, *text;
  unsigned threads;
};

class LegalPointsTest : public ::testing::TestWithParam<Target> {};

TEST_P(LegalPointsTest, NoneFails) {
  LegalityEffort effort;
  effort.points = getNumber("CHAMELEON_LEGAL_POINTS", 1);
  effort.lowered = getNumber("CHAMELEON_LEGAL_LOWERED", 1);
  effort.seconds = 60 + effort.points;
  int64_t stride = getNumber("CHAMELEON_LEGAL_STRIDE", 61),
          first = getNumber("CHAMELEON_LEGAL_FIRST", 0);
  std::string only = getText("CHAMELEON_LEGAL_ONLY");
  LegalPoints points(GetParam().text, GetParam().threads);
  std::vector<LegalityCase> cases = getLegalityMatrix();
  int64_t drawn = 0, lowered = 0, failed = 0;
  Takers takers;
  for (int64_t i = first; i < static_cast<int64_t>(cases.size()); i += stride) {
    const LegalityCase &c = cases[i];
    if (!only.empty() &&
        !llvm::StringRef(c.operation + " " + c.type + " " + c.shape)
             .starts_with(only))
      continue;
    for (const LegalityFinding &finding : points.check(c, effort)) {
      drawn += finding.points;
      lowered += finding.lowered;
      failed += finding.failures;
      std::set<std::string> &names = takers[c.operation][c.type];
      if (finding.outcome == "Fine")
        names.insert(finding.schedule.substr(finding.schedule.find('@') + 1));
      EXPECT_TRUE(finding.outcome == "Fine" || finding.outcome == "Unmatched" ||
                  finding.outcome == "Refused")
          << "FINDING|" << GetParam().name << "|" << c.operation << "|"
          << c.type << "|" << c.shape << "|" << finding.schedule << "|"
          << finding.outcome << "|" << finding.failures << "/" << finding.points
          << "|" << finding.message << "|" << finding.configuration << "|" << i;
    }
  }
  llvm::errs() << GetParam().name << ": " << drawn << " points, " << lowered
               << " lowered, " << failed << " failed\n";
  if (std::string path = getText("CHAMELEON_LEGAL_TABLE"); !path.empty()) {
    std::error_code error;
    llvm::raw_fd_ostream stream(path + "." + GetParam().name + ".md", error);
    ASSERT_FALSE(error) << error.message();
    writeTable(takers, stream);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Targets, LegalPointsTest,
    ::testing::Values(
        Target{"avx2_1", "cpu:+avx2,+fma,-avx512f", 1},
        Target{"avx2_4", "cpu:+avx2,+fma,-avx512f", 4},
        Target{"avx512_1", "cpu:+avx2,+fma,+avx512f,+avx512vl", 1},
        Target{"avx512_4", "cpu:+avx2,+fma,+avx512f,+avx512vl", 4},
        Target{"sm_80", "nvvm:sm_80", 0}, Target{"sm_90", "nvvm:sm_90", 0}),
    [](const ::testing::TestParamInfo<Target> &info) {
      return info.param.name;
    });

} // namespace

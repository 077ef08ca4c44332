//===- LegalPoints.h - tries legal points of every schedule that matches a case
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   LegalPoints points("nvvm:sm_90", /*threads=*/0);
//   std::vector<LegalityFinding> findings = points.check(legalityCase, {200});
//
// A case is prepared and extracted as tools do it, and each point of the design
// space of each schedule that matches is applied to a copy of its task. That
// happens in a child process, so that a crash or a hang is a finding, too.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_UNITTESTS_SCHEDULES_LEGALPOINTS_H
#define CHAMELEON_UNITTESTS_SCHEDULES_LEGALPOINTS_H

#include "LegalityMatrix.h"
#include <memory>

namespace chameleon::testing {

/// What a schedule (or the lack of one) did with a task of a case.
struct LegalityFinding {
  std::string task, schedule;
  /// Fine; Unmatched or Refused: nothing is wrong, but no schedule takes it, or
  /// this one does not, for a reason. Space: the schedule matches, but there is
  /// no legal point. Transform, Lowering, Crash: of a legal point.
  std::string outcome;
  std::string message, configuration;
  int64_t points = 0, failures = 0, lowered = 0;
};

struct LegalityEffort {
  int64_t points = 4;    ///< of each design space, at most
  int64_t lowered = 0;   ///< of these, so many are lowered, too
  unsigned seconds = 60; ///< for a case, after which it counts as a hang
};

class LegalPoints {
public:
  LegalPoints(const std::string &target, unsigned threads);
  ~LegalPoints();

  std::vector<LegalityFinding> check(const LegalityCase &legalityCase,
                                     const LegalityEffort &effort) const;

private:
  struct Impl;
  std::unique_ptr<Impl> impl;
};

} // namespace chameleon::testing

#endif // CHAMELEON_UNITTESTS_SCHEDULES_LEGALPOINTS_H

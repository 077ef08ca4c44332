//===- TargetKinds.h - what a kind of target provides
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// Private to lib/Target. A new kind of target is a file with one of these, and
// its line in TargetDescription.cpp.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_TARGET_TARGETKINDS_H
#define CHAMELEON_LIB_TARGET_TARGETKINDS_H

#include "chameleon/Target/TargetDescription.h"
#include <utility>
#include <vector>

namespace chameleon {

/// Names and values, as schedules ask for them.
using TargetFacts = std::vector<std::pair<llvm::StringRef, int64_t>>;

struct TargetKind {
  llvm::StringRef name; ///< first word of a target's text; folder of schedules
  llvm::StringRef device; ///< device of the facts: transform.dlti.query
                          ///< ["<device>", …]
  llvm::StringRef form;   ///< how else the text may look, for errors
  /// `rest`: what comes after "<name>:", if there is a colon.
  llvm::Expected<TargetDescription> (*parse)(llvm::StringRef rest, bool hasRest,
                                             unsigned threads, DriverUse use);
  std::string (*spec)(const TargetDescription &);
  std::string (*key)(const TargetDescription &);
  TargetFacts (*facts)(const TargetDescription &);
  double (*peakGflops)(const TargetDescription &);
};

const TargetKind &cpuTarget();
const TargetKind &nvvmTarget();

} // namespace chameleon

#endif // CHAMELEON_LIB_TARGET_TARGETKINDS_H

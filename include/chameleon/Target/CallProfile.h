//===- CallProfile.h - where the time of a model goes, by the tasks it calls
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   CallProfile profile;
//   profile.instrument(module, "main");       // before it is lowered
//   ...                                       // lower and compile, as ever
//   profile.begin(); entry(arguments); profile.end();      // as often as liked
//   profile.calls()[0].seconds                // of each run
//
// Costs two readings of the clock a call: about 0.1 us. For code that runs in
// this process, as long as the profile lives.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TARGET_CALLPROFILE_H
#define CHAMELEON_TARGET_CALLPROFILE_H

#include "mlir/IR/BuiltinOps.h"
#include <string>
#include <vector>

namespace chameleon {

class CallProfile {
public:
  /// A place that calls a task. `flops` is -1 where nobody knows.
  struct Call {
    std::string callee, name;
    int64_t flops = -1;
    std::vector<double> seconds; // one of each run
  };

  CallProfile() = default;
  CallProfile(const CallProfile &) = delete;
  CallProfile &operator=(const CallProfile &) = delete;

  /// Surrounds each call of a task (`chameleon.task`) in `function` with calls
  /// of markName. A module without that function is left as it is: who loads
  /// it reports that. Code in the LLVM dialect already has no tasks to see.
  void instrument(mlir::ModuleOp module, llvm::StringRef function);

  void begin();
  void end();
  /// In the order in which the function makes them.
  llvm::ArrayRef<Call> calls() const { return profiled; }
  /// What each run spent outside of them.
  llvm::ArrayRef<double> outside() const { return outsideSeconds; }

  /// The function that instrumented code calls with the profile's address and
  /// twice the number of a call, one more behind the call.
  static constexpr llvm::StringLiteral markName = "chameleonProfileMark";
  static void mark(int64_t profile, int64_t position);

private:
  /// Seconds since the mark before.
  double lap();

  std::vector<Call> profiled;
  std::vector<double> outsideSeconds;
  double last = 0; ///< monotonicSeconds
};

} // namespace chameleon

#endif // CHAMELEON_TARGET_CALLPROFILE_H

//===- SpaceRecorder.h - writes trials as a recorded space
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// `--tune-schedules="strategy=exhaustive record=space.json"` keeps every trial
// of a task in the format of docs/recorded-spaces.md, against which strategies
// are replayed without a device:
//
//   SpaceRecorder recorder(task.getSpace());
//   recorder.add(configuration, measurement);
//   llvm::Error error = recorder.write("space.json", {taskKey, ...});
//
// Illegal configurations are left out, as the format allows.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TUNING_SPACERECORDER_H
#define CHAMELEON_TUNING_SPACERECORDER_H

#include "chameleon/Measure/Measurement.h"
#include "chameleon/Schedule/DesignSpace.h"
#include "llvm/Support/Error.h"
#include <vector>

namespace chameleon {

class SpaceRecorder {
public:
  /// What the file says of the task beside the trials.
  struct Description {
    std::string key, name, schedule, fingerprint, device;
    double flops = 0;
  };

  /// `space` must outlive it.
  explicit SpaceRecorder(const DesignSpace &space) : space(space) {}

  /// Keeps a trial; not one that was lost with its worker, which says nothing.
  void add(llvm::ArrayRef<int32_t> configuration,
           const Measurement &measurement);
  /// Writes the file: `complete` if each legal configuration has a trial.
  llvm::Error write(llvm::StringRef path, const Description &task) const;

  /// `path` for the only task; for one of several its name is put before the
  /// extensions: "a.json" becomes "a.conv2d_3x3.json".
  static std::string getPath(llvm::StringRef path, llvm::StringRef task,
                             bool isOnly);

private:
  struct Trial {
    Configuration configuration;
    Measurement measurement;
  };
  const DesignSpace &space;
  std::vector<Trial> trials;
};

} // namespace chameleon

#endif // CHAMELEON_TUNING_SPACERECORDER_H

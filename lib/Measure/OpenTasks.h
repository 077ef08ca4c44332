//===- OpenTasks.h - the tasks that a child has open
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to lib/Measure. A child is used for candidates of many tasks, and
// opens each when its first candidate comes. What is open takes memory, so
// those that were not used for longest are closed again.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_MEASURE_OPENTASKS_H
#define CHAMELEON_LIB_MEASURE_OPENTASKS_H

#include "chameleon/Measure/CandidateRunner.h"
#include <map>

namespace chameleon {

/// A task as the worker keeps it: what children need to open it.
struct StoredTask {
  MeasureTask task;
  int descriptor = -1; ///< memory file with PreparedTask::data
  size_t size = 0;
};
using TaskTable = std::map<std::string, StoredTask>;

class OpenTasks {
public:
  /// `mostBytes`: of the data of open tasks together, if none of them is in
  /// use.
  OpenTasks(CandidateRunner &runner, TaskTable known, uint64_t mostBytes)
      : runner(runner), known(std::move(known)), mostBytes(mostBytes) {}

  /// A task that was prepared after the child was forked.
  void add(StoredTask task);

  /// Why the task cannot be opened; empty if it is open now. May close others
  /// that are not in use.
  std::string open(const std::string &key);

  /// An executable of an open task keeps it open.
  void hold(int64_t executable, const std::string &key);
  void release(int64_t executable);

private:
  struct Open {
    void *data = nullptr;
    size_t size = 0;
    uint64_t lastUse = 0;
    unsigned executables = 0;
  };
  bool closeOldest(); ///< of those that are not in use; false: there is none
  bool closeUnused();
  void makeRoomFor(size_t bytes);
  std::string tryToOpen(const StoredTask &stored);

  CandidateRunner &runner;
  TaskTable known;
  uint64_t mostBytes;
  uint64_t uses = 0;
  std::map<std::string, Open> opened;
  std::map<std::string, std::string> failures; ///< why a task cannot be opened
  std::map<int64_t, std::string> holders;      ///< executable → its task
};

} // namespace chameleon

#endif // CHAMELEON_LIB_MEASURE_OPENTASKS_H

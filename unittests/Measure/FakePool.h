//===- FakePool.h - a pool with the fake worker, and its processes
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Shared by the tests of the pool.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_UNITTESTS_MEASURE_FAKEPOOL_H
#define CHAMELEON_UNITTESTS_MEASURE_FAKEPOOL_H

#include "chameleon/Measure/WorkerPool.h"
#include "chameleon/Runtime/Timing.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"
#include <csignal>
#include <dirent.h>
#include <fstream>
#include <set>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace chameleon {

inline WorkerPoolOptions fakeOptions() {
  WorkerPoolOptions options;
  options.worker = FAKE_WORKER;
  options.children = 2;
  options.memoryLimitMiB = 512;
  return options;
}

inline std::unique_ptr<WorkerPool>
makePool(const WorkerPoolOptions &options = fakeOptions()) {
  llvm::Expected<std::unique_ptr<WorkerPool>> pool =
      WorkerPool::create(options);
  if (!pool) {
    ADD_FAILURE() << llvm::toString(pool.takeError());
    return nullptr;
  }
  EXPECT_EQ("", llvm::toString((*pool)->addTask({"task", "payload", 1})));
  return std::move(*pool);
}

inline std::vector<Measurement> measure(WorkerPool &pool,
                                        llvm::ArrayRef<std::string> specs,
                                        MeasurePolicy policy = {}) {
  std::vector<Candidate> candidates;
  for (const std::string &spec : specs)
    candidates.push_back({"task", spec});
  return pool.measure(candidates, policy);
}

/// Processes whose ancestor is this one, by /proc.
inline std::set<pid_t> descendants() {
  std::set<pid_t> known{getpid()}, result;
  bool grew = true;
  while (grew) {
    grew = false;
    DIR *directory = opendir("/proc");
    while (dirent *entry = readdir(directory)) {
      pid_t process = atoi(entry->d_name);
      if (process <= 0 || known.count(process))
        continue;
      std::ifstream file("/proc/" + std::string(entry->d_name) + "/stat");
      std::string line;
      std::getline(file, line);
      size_t close = line.rfind(')');
      if (close == std::string::npos)
        continue;
      pid_t parent = atoi(line.c_str() + close + 4);
      if (known.count(parent)) {
        known.insert(process);
        result.insert(process);
        grew = true;
      }
    }
    closedir(directory);
  }
  return result;
}

inline std::string commandOf(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/comm");
  std::string line;
  std::getline(file, line);
  return line;
}

/// The process that was started (not one of its forks).
inline pid_t workerProcess() {
  for (pid_t process : descendants()) {
    std::ifstream file("/proc/" + std::to_string(process) + "/stat");
    std::string line;
    std::getline(file, line);
    if (atoi(line.c_str() + line.rfind(')') + 4) == getpid())
      return process;
  }
  return -1;
}

/// True if no descendant is left, within two seconds.
inline bool nothingLeft() {
  for (int i = 0; i < 200; ++i) {
    std::set<pid_t> left = descendants();
    if (left.empty())
      return true;
    usleep(10000);
  }
  return false;
}

} // namespace chameleon

#endif // CHAMELEON_UNITTESTS_MEASURE_FAKEPOOL_H

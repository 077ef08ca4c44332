//===- RecordingRunner.h - a runner that writes down what is asked of it
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Shared by the tests of what a child does. Candidates are always right.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_UNITTESTS_MEASURE_RECORDINGRUNNER_H
#define CHAMELEON_UNITTESTS_MEASURE_RECORDINGRUNNER_H

#include "../../lib/Measure/OpenTasks.h"
#include <set>
#include <sys/mman.h>
#include <unistd.h>

namespace chameleon {

class RecordingRunner : public CandidateRunner {
public:
  llvm::Error warmUp() override { return llvm::Error::success(); }
  llvm::Expected<PreparedTask> prepareTask(const MeasureTask &task,
                                           bool mayUseDevice) override {
    if (task.payload == "bad")
      return llvm::createStringError("does not parse");
    PreparedTask prepared;
    prepared.wantsDevice = task.payload == "large" && !mayUseDevice;
    prepared.data.assign(task.payload.begin(), task.payload.end());
    return prepared;
  }
  llvm::Error openTask(const MeasureTask &task,
                       llvm::ArrayRef<char> data) override {
    calls.push_back("open " + task.key);
    if (open.size() >= mostOpen)
      return llvm::createStringError("no memory for " + task.key);
    open[task.key] = std::string(data.begin(), data.end());
    return llvm::Error::success();
  }
  void closeTask(llvm::StringRef key) override {
    if (open.erase(key.str()))
      calls.push_back("close " + key.str());
  }
  Measurement compile(int64_t id, const Candidate &candidate) override {
    calls.push_back("compile " + candidate.spec);
    return right();
  }
  Measurement check(int64_t, const MeasurePolicy &) override { return right(); }
  std::vector<Measurement> time(llvm::ArrayRef<int64_t> ids,
                                const MeasurePolicy &) override {
    return std::vector<Measurement>(ids.size(), right());
  }
  void drop(int64_t id) override { dropped.insert(id); }

  static Measurement right() {
    Measurement result;
    result.outcome = Outcome::Ok;
    return result;
  }

  std::vector<std::string> calls;
  std::map<std::string, std::string> open; ///< and the data
  std::set<int64_t> dropped;
  size_t mostOpen = 1000;
};

/// A task whose data is `bytes` times its key's first letter.
inline StoredTask makeStoredTask(const std::string &key, size_t bytes) {
  StoredTask stored;
  stored.task = {key, "payload of " + key, 1};
  stored.descriptor = memfd_create("task", MFD_CLOEXEC);
  std::string data(bytes, key[0]);
  (void)!write(stored.descriptor, data.data(), data.size());
  stored.size = bytes;
  return stored;
}

} // namespace chameleon

#endif // CHAMELEON_UNITTESTS_MEASURE_RECORDINGRUNNER_H

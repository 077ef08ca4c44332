//===- OpenTasks.cpp - the tasks that a child has open
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpenTasks.h"
#include "llvm/ADT/STLExtras.h"
#include <cerrno>
#include <cstring>
#include <sys/mman.h>

using namespace chameleon;

void OpenTasks::add(StoredTask task) {
  std::string key = task.task.key;
  known[key] = std::move(task);
}

bool OpenTasks::closeOldest() {
  auto oldest = opened.end();
  for (auto task = opened.begin(); task != opened.end(); ++task)
    if (task->second.executables == 0 &&
        (oldest == opened.end() ||
         task->second.lastUse < oldest->second.lastUse))
      oldest = task;
  if (oldest == opened.end())
    return false;
  runner.closeTask(oldest->first);
  munmap(oldest->second.data, oldest->second.size);
  opened.erase(oldest);
  return true;
}

void OpenTasks::makeRoomFor(size_t bytes) {
  auto total = [&] {
    uint64_t sum = bytes;
    for (const auto &[key, task] : opened)
      sum += task.size;
    return sum;
  };
  while (total() > mostBytes && closeOldest()) {
  }
}

bool OpenTasks::closeUnused() {
  bool any = false;
  while (closeOldest())
    any = true;
  return any;
}

std::string OpenTasks::open(const std::string &key) {
  if (auto task = opened.find(key); task != opened.end()) {
    task->second.lastUse = ++uses;
    return "";
  }
  if (auto failure = failures.find(key); failure != failures.end())
    return failure->second;
  auto found = known.find(key);
  if (found == known.end())
    return "unknown task '" + key + "'";
  const StoredTask &stored = found->second;
  makeRoomFor(stored.size);
  std::string failure = tryToOpen(stored);
  // What others hold may be what is missing.
  if (!failure.empty() && closeUnused())
    failure = tryToOpen(stored);
  if (!failure.empty())
    failures[key] = failure;
  return failure;
}

std::string OpenTasks::tryToOpen(const StoredTask &stored) {
  Open entry;
  entry.size = stored.size;
  entry.lastUse = ++uses;
  if (stored.size) {
    entry.data =
        mmap(nullptr, stored.size, PROT_READ, MAP_SHARED, stored.descriptor, 0);
    if (entry.data == MAP_FAILED)
      return std::string("cannot map the reference: ") + strerror(errno);
  }
  llvm::Error error = runner.openTask(
      stored.task,
      llvm::ArrayRef(static_cast<const char *>(entry.data), entry.size));
  if (!error) {
    opened[stored.task.key] = entry;
    return "";
  }
  runner.closeTask(stored.task.key);
  if (entry.data)
    munmap(entry.data, entry.size);
  return llvm::toString(std::move(error));
}

void OpenTasks::hold(int64_t executable, const std::string &key) {
  if (holders.try_emplace(executable, key).second)
    ++opened.at(key).executables;
}

void OpenTasks::release(int64_t executable) {
  auto holder = holders.find(executable);
  if (holder == holders.end())
    return;
  --opened.at(holder->second).executables;
  holders.erase(holder);
}

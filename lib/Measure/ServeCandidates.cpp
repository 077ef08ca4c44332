//===- ServeCandidates.cpp - the life of a child
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ServeCandidates.h"
#include "ChildProcess.h"
#include "chameleon/Runtime/Timing.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <cerrno>
#include <cstring>
#include <deque>
#include <set>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace chameleon;
using namespace chameleon::protocol;

/// As `protocol::readSome`, with the descriptors that come along.
static bool receive(int socket, protocol::FrameDecoder &decoder,
                    std::deque<int> &descriptors) {
  char bytes[65536];
  iovec vector{bytes, sizeof(bytes)};
  msghdr message{};
  message.msg_iov = &vector;
  message.msg_iovlen = 1;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
  message.msg_control = control;
  message.msg_controllen = sizeof(control);
  ssize_t count;
  do
    count = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  while (count < 0 && errno == EINTR);
  if (count <= 0)
    return false;
  cmsghdr *header = CMSG_FIRSTHDR(&message);
  if (header && header->cmsg_type == SCM_RIGHTS) {
    int descriptor;
    memcpy(&descriptor, CMSG_DATA(header), sizeof(int));
    descriptors.push_back(descriptor);
  }
  decoder.append(llvm::StringRef(bytes, count));
  return true;
}

namespace {
class CandidateServer {
public:
  CandidateServer(CandidateRunner &runner, OpenTasks tasks, int socket)
      : runner(runner), tasks(std::move(tasks)), socket(socket) {}

  void serve();

private:
  void learnTask(const TaskRequest &request);
  ResultsReply compile(int64_t id, const CompileRequest &request);
  void importAll(const RunRequest &request,
                 std::map<int64_t, Measurement> &failures);
  ResultsReply run(const RunRequest &request);
  void drop(int64_t id);

  CandidateRunner &runner;
  OpenTasks tasks;
  int socket;
  protocol::FrameDecoder decoder;
  std::deque<int> descriptors; ///< of tasks whose frames have not been read yet
  std::set<int64_t> imported;
};
} // namespace

void CandidateServer::learnTask(const TaskRequest &request) {
  if (descriptors.empty())
    return;
  StoredTask task;
  task.task = request.task;
  task.descriptor = descriptors.front();
  descriptors.pop_front();
  struct stat file{};
  fstat(task.descriptor, &file);
  task.size = static_cast<size_t>(file.st_size);
  tasks.add(std::move(task));
}

void CandidateServer::drop(int64_t id) {
  runner.drop(id);
  tasks.release(id);
  imported.erase(id);
}

ResultsReply CandidateServer::compile(int64_t id,
                                      const CompileRequest &request) {
  ResultsReply reply;
  Measurement &result = reply.results.emplace_back();
  const std::string &key = request.candidate.taskKey;
  if (std::string whyNot = tasks.open(key); !whyNot.empty()) {
    result.outcome = Outcome::CompileError;
    result.message = whyNot;
    return reply;
  }
  double begin = monotonicSeconds();
  result = runner.compile(id, request.candidate);
  result.compileSeconds = monotonicSeconds() - begin;
  if (result.outcome != Outcome::Ok)
    return reply;
  tasks.hold(id, key);
  if (runner.countDevices() > 0) {
    reply.exported = runner.exportExecutable(id);
    drop(id);
  }
  return reply;
}

/// `failures`: of executables that could not be imported.
void CandidateServer::importAll(const RunRequest &request,
                                std::map<int64_t, Measurement> &failures) {
  for (auto [id, import] : llvm::zip(request.executables, request.imports)) {
    if (imported.count(id))
      continue;
    Measurement result;
    result.outcome = Outcome::CompileError;
    result.message = tasks.open(import.taskKey);
    if (result.message.empty())
      result = runner.importExecutable(id, import.taskKey, import.exported);
    if (result.outcome == Outcome::Ok) {
      imported.insert(id);
      tasks.hold(id, import.taskKey);
    } else {
      failures[id] = result;
    }
  }
}

ResultsReply CandidateServer::run(const RunRequest &request) {
  std::map<int64_t, Measurement> failures;
  importAll(request, failures);
  double begin = monotonicSeconds();
  ResultsReply reply;
  std::vector<Measurement> &results = reply.results;
  results.resize(request.executables.size());
  std::vector<int64_t> right;
  std::vector<size_t> positions;
  for (auto [position, id] : llvm::enumerate(request.executables)) {
    Measurement &result = results[position];
    result.outcome = Outcome::Ok;
    if (auto failure = failures.find(id); failure != failures.end())
      result = failure->second;
    else if (request.check)
      result = runner.check(id, request.policy);
    if (result.outcome == Outcome::Ok) {
      right.push_back(id);
      positions.push_back(position);
    }
  }
  if (request.time && !right.empty())
    for (auto [position, timed] :
         llvm::zip_equal(positions, runner.time(right, request.policy))) {
      timed.relativeError =
          std::max(timed.relativeError, results[position].relativeError);
      results[position] = timed;
    }
  // Timed round robin, several share the time.
  for (Measurement &result : results)
    result.measureSeconds =
        (monotonicSeconds() - begin) / static_cast<double>(results.size());
  if (!request.keep)
    for (int64_t id : request.executables)
      drop(id);
  return reply;
}

void CandidateServer::serve() {
  while (true) {
    llvm::Expected<std::optional<llvm::json::Value>> frame = decoder.next();
    if (!frame)
      return llvm::consumeError(frame.takeError());
    if (!*frame) {
      if (!receive(socket, decoder, descriptors))
        return;
      continue;
    }
    llvm::Expected<Request> request = protocol::parseRequest(**frame);
    if (!request)
      return llvm::consumeError(request.takeError());
    Reply reply{request->id};
    if (auto *task = std::get_if<TaskRequest>(&request->body)) {
      learnTask(*task);
      continue;
    }
    if (auto *candidate = std::get_if<CompileRequest>(&request->body)) {
      limitProcessorTime(candidate->timeout);
      reply.body = compile(request->id, *candidate);
    } else if (auto *executables = std::get_if<RunRequest>(&request->body)) {
      limitProcessorTime(executables->timeout);
      reply.body = run(*executables);
    } else {
      reply.body = ErrorReply{"a child only compiles and runs"};
    }
    if (!protocol::writeAll(socket, protocol::encodeFrame(toJSON(reply))))
      return;
  }
}

void chameleon::serveCandidates(CandidateRunner &runner, OpenTasks tasks,
                                std::optional<unsigned> device, int socket) {
  if (device)
    if (llvm::Error error = runner.useDevice(*device))
      endWithLostDevice(llvm::toString(std::move(error)));
  CandidateServer(runner, std::move(tasks), socket).serve();
}

static bool writeFile(int descriptor, llvm::StringRef rest) {
  while (!rest.empty()) {
    ssize_t written = write(descriptor, rest.data(), rest.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return false;
    rest = rest.drop_front(written);
  }
  return true;
}

void chameleon::servePreparation(CandidateRunner &runner, int64_t id,
                                 const TaskRequest &request, int descriptor,
                                 int socket) {
  limitProcessorTime(request.timeout);
  Reply reply{id};
  llvm::Expected<PreparedTask> prepared =
      runner.prepareTask(request.task, request.mayUseDevice);
  if (!prepared)
    reply.body = ErrorReply{llvm::toString(prepared.takeError())};
  else if (!writeFile(descriptor, llvm::StringRef(prepared->data.data(),
                                                  prepared->data.size())))
    reply.body = ErrorReply{
        llvm::formatv("cannot store the reference: {0}", strerror(errno))};
  else
    reply.body = PreparedReply{prepared->remark, prepared->wantsDevice,
                               static_cast<int64_t>(prepared->data.size())};
  protocol::writeAll(socket, protocol::encodeFrame(toJSON(reply)));
}

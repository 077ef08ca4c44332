//===- ServeCandidatesTest.cpp - a child, spoken to directly
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../../lib/Measure/ServeCandidates.h"
#include "../../lib/Measure/ChildProcess.h"
#include "RecordingRunner.h"
#include "gtest/gtest.h"

using namespace chameleon;
using protocol::Reply;
using protocol::Request;

namespace {

/// Says with each result what is open and what has been opened.
class TalkativeRunner final : public RecordingRunner {
public:
  Measurement compile(int64_t id, const Candidate &candidate) override {
    Measurement result = RecordingRunner::compile(id, candidate);
    result.message = open[candidate.taskKey];
    return result;
  }
  std::vector<Measurement> time(llvm::ArrayRef<int64_t> ids,
                                const MeasurePolicy &policy) override {
    auto results = RecordingRunner::time(ids, policy);
    for (const std::string &call : calls)
      results[0].message += call + "; ";
    return results;
  }
};

Reply receive(ChildProcess &child) {
  while (true) {
    auto frame = llvm::cantFail(child.incoming.next());
    if (frame)
      return llvm::cantFail(protocol::parseReply(*frame));
    if (!protocol::readSome(child.socket, child.incoming)) {
      ADD_FAILURE() << "the child has ended";
      return Reply();
    }
  }
}

class ServeCandidatesTest : public testing::Test {
protected:
  void SetUp() override {
    TaskTable table;
    table["a"] = makeStoredTask("a", 3);
    child = llvm::cantFail(forkChild({}, {}, [&](int socket) {
      TalkativeRunner runner;
      serveCandidates(runner, OpenTasks(runner, table, 1000), std::nullopt,
                      socket);
    }));
  }
  void TearDown() override { child.kill(); }

  Reply call(Request request) {
    request.id = ++lastId;
    request.timeout = 20;
    child.send(protocol::encodeFrame(toJSON(request)));
    Reply reply = receive(child);
    EXPECT_EQ(lastId, reply.id);
    return reply;
  }
  Measurement compile(const std::string &key) {
    Request request;
    request.kind = Request::Kind::Compile;
    request.candidate = {key, "spec"};
    return call(request).results.at(0);
  }

  ChildProcess child;
  int64_t lastId = 0;
};

TEST_F(ServeCandidatesTest, TasksThatWereThereAtTheFork) {
  EXPECT_EQ("aaa", compile("a").message);
  Measurement unknown = compile("b");
  EXPECT_EQ(Outcome::CompileError, unknown.outcome);
  EXPECT_EQ("unknown task 'b'", unknown.message);
}

TEST_F(ServeCandidatesTest, TasksThatComeLater) {
  EXPECT_EQ("aaa", compile("a").message);
  for (const char *key : {"b", "c", "d"}) {
    StoredTask task = makeStoredTask(key, 5);
    Request news;
    news.kind = Request::Kind::Task;
    news.task = task.task;
    child.send(protocol::encodeFrame(toJSON(news)), task.descriptor);
    close(task.descriptor);
  }
  EXPECT_EQ("ddddd", compile("d").message);
  EXPECT_EQ("bbbbb", compile("b").message);
  Request run;
  run.kind = Request::Kind::Run;
  run.executables = {lastId};
  EXPECT_EQ("open a; compile spec; open d; compile spec; open b; compile "
            "spec; ",
            call(run).results.at(0).message)
      << "nothing was closed, and c not needed";
}

Reply prepare(const std::string &payload, bool mayUseDevice, int descriptor) {
  ChildLimits limits;
  limits.limitFileSize = false;
  ChildProcess child = llvm::cantFail(forkChild(limits, {}, [&](int socket) {
    TalkativeRunner runner;
    Request request;
    request.id = 1;
    request.timeout = 20;
    request.task = {"task", payload, 1};
    request.mayUseDevice = mayUseDevice;
    servePreparation(runner, request, descriptor, socket);
  }));
  Reply reply = receive(child);
  child.kill();
  return reply;
}

TEST(ServePreparation, WritesDataOrSaysWhyNot) {
  int file = memfd_create("data", MFD_CLOEXEC);
  Reply reply = prepare("good", /*mayUseDevice=*/false, file);
  EXPECT_EQ("", reply.error);
  EXPECT_EQ(4, reply.bytes);
  char data[5] = {};
  EXPECT_EQ(4, pread(file, data, 4, 0));
  EXPECT_STREQ("good", data);
  EXPECT_EQ("does not parse", prepare("bad", false, file).error);
  EXPECT_EQ("cannot store the reference: Bad file descriptor",
            prepare("good", false, -1).error);
  EXPECT_TRUE(prepare("large", false, file).wantsDevice);
  EXPECT_FALSE(prepare("large", true, file).wantsDevice);
  close(file);
}

} // namespace

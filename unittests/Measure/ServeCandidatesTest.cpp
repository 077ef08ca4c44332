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
using namespace chameleon::protocol;

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

  template <typename Body>
  Reply call(Body body) {
    child.send(encodeFrame(toJSON(Request{++lastId, std::move(body)})));
    Reply reply = receive(child);
    EXPECT_EQ(lastId, reply.id);
    return reply;
  }
  /// The only result.
  template <typename Body>
  Measurement measure(Body body) {
    return std::get<ResultsReply>(call(std::move(body)).body).results.at(0);
  }
  Measurement compile(const std::string &key) {
    return measure(CompileRequest{/*child=*/0, /*timeout=*/20, {key, "spec"}});
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
    TaskRequest news;
    news.task = task.task;
    child.send(encodeFrame(toJSON(Request{0, news})), task.descriptor);
    close(task.descriptor);
  }
  EXPECT_EQ("ddddd", compile("d").message);
  EXPECT_EQ("bbbbb", compile("b").message);
  RunRequest run;
  run.timeout = 20;
  run.executables = {lastId};
  EXPECT_EQ("open a; compile spec; open d; compile spec; open b; compile "
            "spec; ",
            measure(run).message)
      << "nothing was closed, and c not needed";
}

TEST_F(ServeCandidatesTest, WhatOnlyTheWorkerDoes) {
  EXPECT_EQ("a child only compiles and runs",
            std::get<ErrorReply>(call(HelloRequest()).body).message);
}

Reply prepare(const std::string &payload, bool mayUseDevice, int descriptor) {
  ChildLimits limits;
  limits.limitFileSize = false;
  ChildProcess child = llvm::cantFail(forkChild(limits, {}, [&](int socket) {
    TalkativeRunner runner;
    servePreparation(
        runner, /*id=*/1,
        {/*child=*/0, /*timeout=*/20, {"task", payload, 1}, mayUseDevice},
        descriptor, socket);
  }));
  Reply reply = receive(child);
  child.kill();
  return reply;
}

TEST(ServePreparation, WritesDataOrSaysWhyNot) {
  int file = memfd_create("data", MFD_CLOEXEC);
  auto prepared = [&](const char *payload, bool mayUseDevice) {
    return std::get<PreparedReply>(prepare(payload, mayUseDevice, file).body);
  };
  auto errorOf = [](const Reply &reply) {
    return std::get<ErrorReply>(reply.body).message;
  };
  EXPECT_EQ(4, prepared("good", /*mayUseDevice=*/false).bytes);
  char data[5] = {};
  EXPECT_EQ(4, pread(file, data, 4, 0));
  EXPECT_STREQ("good", data);
  EXPECT_EQ("does not parse", errorOf(prepare("bad", false, file)));
  EXPECT_EQ("cannot store the reference: Bad file descriptor",
            errorOf(prepare("good", false, -1)));
  EXPECT_TRUE(prepared("large", false).wantsDevice);
  EXPECT_FALSE(prepared("large", true).wantsDevice);
  close(file);
}

} // namespace

//===- ForkServerTest.cpp - the worker's manners, spoken to directly
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../../lib/Measure/WorkerProcess.h"
#include "gtest/gtest.h"

using namespace chameleon;
using protocol::Reply;
using protocol::Request;
using Event = WorkerProcess::Event;

namespace {

class ForkServer : public testing::Test {
protected:
  void SetUp() override {
    auto started = WorkerProcess::start({FAKE_WORKER});
    ASSERT_TRUE(static_cast<bool>(started))
        << llvm::toString(started.takeError());
    worker = std::move(*started);
  }

  Request request(Request::Kind kind) {
    Request result;
    result.kind = kind;
    result.id = ++lastId;
    result.timeout = 20;
    return result;
  }
  Reply call(const Request &request) {
    EXPECT_TRUE(worker->send(request));
    return receive();
  }
  Reply receive() {
    Reply reply;
    EXPECT_EQ(Event::Reply, worker->receive(reply, 20, nullptr));
    return reply;
  }
  void greet() {
    Request hello = request(Request::Kind::Hello);
    hello.children = 2;
    Reply reply = call(hello);
    EXPECT_EQ("", reply.error);
    EXPECT_EQ(2, reply.children);
    EXPECT_EQ(protocol::version, reply.protocolVersion);
    Request task = request(Request::Kind::Task);
    task.task = {"task", "payload", 1};
    EXPECT_EQ("", call(task).error);
  }
  Request compile(llvm::StringRef spec, int64_t child = 0) {
    Request result = request(Request::Kind::Compile);
    result.candidate = {"task", spec.str()};
    result.child = child;
    return result;
  }
  Request run(int64_t executable, int64_t child = 0) {
    Request result = request(Request::Kind::Run);
    result.executables = {executable};
    result.child = child;
    return result;
  }

  std::unique_ptr<WorkerProcess> worker;
  int64_t lastId = 0;
};

TEST_F(ForkServer, HelloComesFirst) {
  EXPECT_EQ("the first request must be hello", call(compile("good")).error);
  Reply reply;
  EXPECT_EQ(Event::Ended, worker->receive(reply, 20, nullptr));
  EXPECT_EQ("ended with exit status 1", worker->whyEnded());
}

TEST_F(ForkServer, VersionsMustAgree) {
  Request hello = request(Request::Kind::Hello);
  hello.protocolVersion = 99;
  EXPECT_EQ("the worker speaks protocol version 3, the tuner 99",
            call(hello).error);
}

TEST_F(ForkServer, HelloOnce) {
  greet();
  EXPECT_EQ("the worker has been greeted before",
            call(request(Request::Kind::Hello)).error);
}

TEST_F(ForkServer, NonsensicalNumbers) {
  Request hello = request(Request::Kind::Hello);
  hello.threads = 0;
  hello.children = -1;
  EXPECT_EQ("expected 1 to 1024 threads and 0 to 1024 children, found 0 and -1",
            call(hello).error);
}

TEST_F(ForkServer, ChildrenThatAreNotThere) {
  greet();
  EXPECT_EQ("there is no child 2", call(compile("good", 2)).error);
  EXPECT_EQ("there is no child -1", call(compile("good", -1)).error);
  // Nothing was compiled there, so there is nobody to run it.
  Reply reply = call(run(1, 1));
  EXPECT_EQ(1, reply.lostChild);
  ASSERT_EQ(1u, reply.results.size());
  EXPECT_EQ(Outcome::WorkerLost, reply.results[0].outcome);
}

TEST_F(ForkServer, OneRequestAChild) {
  greet();
  Request hanging = compile("compile-hang");
  hanging.timeout = 0.5;
  EXPECT_TRUE(worker->send(hanging));
  EXPECT_EQ("child 0 is busy", call(compile("good")).error);
  // The other child works meanwhile.
  Reply good = call(compile("good", 1));
  ASSERT_EQ(1u, good.results.size());
  EXPECT_EQ(Outcome::Ok, good.results[0].outcome);
  Reply late = receive();
  EXPECT_EQ(hanging.id, late.id);
  EXPECT_EQ(0, late.lostChild);
  EXPECT_EQ(Outcome::CompileTimeout, late.results[0].outcome);
}

TEST_F(ForkServer, RetiredChildIsAnother) {
  greet();
  auto processOf = [&] {
    Request compiled = compile("good");
    EXPECT_EQ(Outcome::Ok, call(compiled).results[0].outcome);
    return call(run(compiled.id)).results[0].message;
  };
  std::string first = processOf();
  EXPECT_EQ(first, processOf());
  Request retire = request(Request::Kind::Retire);
  EXPECT_TRUE(worker->send(retire));
  EXPECT_NE(first, processOf());
}

TEST_F(ForkServer, CancelledRequestsAreNotAnswered) {
  greet();
  EXPECT_TRUE(worker->send(compile("compile-hang")));
  EXPECT_TRUE(worker->send(request(Request::Kind::Cancel)));
  Request next = compile("good");
  Reply reply = call(next);
  EXPECT_EQ(next.id, reply.id);
  EXPECT_EQ(Outcome::Ok, reply.results[0].outcome);
}

} // namespace

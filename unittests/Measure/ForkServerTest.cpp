//===- ForkServerTest.cpp - the worker's manners, spoken to directly
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../../lib/Measure/WorkerProcess.h"
#include "chameleon/Runtime/Timing.h"
#include "gtest/gtest.h"

using namespace chameleon;
using namespace chameleon::protocol;
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

  template <typename Body>
  Request request(Body body) {
    return {++lastId, std::move(body)};
  }
  Reply call(const Request &request) {
    EXPECT_TRUE(worker->send(request));
    return receive();
  }
  Reply receive() {
    Reply reply;
    EXPECT_EQ(Event::Reply,
              worker->receive(reply, monotonicSeconds() + 20, 20, {}));
    return reply;
  }
  void greet() {
    HelloRequest hello;
    hello.children = 2;
    Reply reply = call(request(hello));
    auto *ready = std::get_if<ReadyReply>(&reply.body);
    ASSERT_TRUE(ready);
    EXPECT_EQ(2, ready->children);
    EXPECT_EQ(protocol::version, ready->protocolVersion);
    TaskRequest task{/*child=*/0, /*timeout=*/20, {"task", "payload", 1}};
    EXPECT_TRUE(
        std::holds_alternative<PreparedReply>(call(request(task)).body));
  }
  Request compile(llvm::StringRef spec, int64_t child = 0,
                  double timeout = 20) {
    return request(CompileRequest{child, timeout, {"task", spec.str()}});
  }
  Request run(int64_t executable, int64_t child = 0) {
    RunRequest run;
    run.child = child;
    run.timeout = 20;
    run.executables = {executable};
    return request(std::move(run));
  }
  static std::string errorOf(const Reply &reply) {
    auto *error = std::get_if<ErrorReply>(&reply.body);
    return error ? error->message : "";
  }
  /// The only one.
  static Measurement resultOf(const Reply &reply) {
    auto *results = std::get_if<ResultsReply>(&reply.body);
    EXPECT_TRUE(results && results->results.size() == 1);
    return results && results->results.size() == 1 ? results->results[0]
                                                   : Measurement();
  }

  std::unique_ptr<WorkerProcess> worker;
  int64_t lastId = 0;
};

TEST_F(ForkServer, HelloComesFirst) {
  EXPECT_EQ("the first request must be hello", errorOf(call(compile("good"))));
  Reply reply;
  EXPECT_EQ(Event::Ended,
            worker->receive(reply, monotonicSeconds() + 20, 20, {}));
  EXPECT_EQ("ended with exit status 1", worker->whyEnded());
}

TEST_F(ForkServer, VersionsMustAgree) {
  HelloRequest hello;
  hello.protocolVersion = 99;
  EXPECT_EQ("the worker speaks protocol version 5, the tuner 99",
            errorOf(call(request(hello))));
}

/// A worker with nothing to do is known to be there.
TEST_F(ForkServer, SaysThatItLives) {
  greet();
  Reply reply;
  EXPECT_EQ(Event::Timeout,
            worker->receive(reply, monotonicSeconds() + 3, 2.5, {}));
}

TEST_F(ForkServer, HelloOnce) {
  greet();
  EXPECT_EQ("the worker has been greeted before",
            errorOf(call(request(HelloRequest()))));
}

TEST_F(ForkServer, NonsensicalNumbers) {
  HelloRequest hello;
  hello.threads = 0;
  hello.children = -1;
  EXPECT_EQ("expected 1 to 1024 threads and 0 to 1024 children, found 0 and -1",
            errorOf(call(request(hello))));
}

TEST_F(ForkServer, ChildrenThatAreNotThere) {
  greet();
  EXPECT_EQ("there is no child 2", errorOf(call(compile("good", 2))));
  EXPECT_EQ("there is no child -1", errorOf(call(compile("good", -1))));
  // Nothing was compiled there, so there is nobody to run it.
  Reply reply = call(run(1, 1));
  EXPECT_EQ(1, reply.lostChild);
  EXPECT_EQ(Outcome::WorkerLost, resultOf(reply).outcome);
}

TEST_F(ForkServer, OneRequestAChild) {
  greet();
  Request hanging = compile("compile-hang", /*child=*/0, /*timeout=*/0.5);
  EXPECT_TRUE(worker->send(hanging));
  EXPECT_EQ("child 0 is busy", errorOf(call(compile("good"))));
  // The other child works meanwhile.
  EXPECT_EQ(Outcome::Ok, resultOf(call(compile("good", 1))).outcome);
  Reply late = receive();
  EXPECT_EQ(hanging.id, late.id);
  EXPECT_EQ(0, late.lostChild);
  EXPECT_EQ(Outcome::CompileTimeout, resultOf(late).outcome);
}

TEST_F(ForkServer, RetiredChildIsAnother) {
  greet();
  auto processOf = [&] {
    Request compiled = compile("good");
    EXPECT_EQ(Outcome::Ok, resultOf(call(compiled)).outcome);
    return resultOf(call(run(compiled.id))).message;
  };
  std::string first = processOf();
  EXPECT_EQ(first, processOf());
  EXPECT_TRUE(worker->send(request(RetireRequest())));
  EXPECT_NE(first, processOf());
}

TEST_F(ForkServer, CancelledRequestsAreNotAnswered) {
  greet();
  EXPECT_TRUE(worker->send(compile("compile-hang")));
  EXPECT_TRUE(worker->send(request(CancelRequest())));
  Request next = compile("good");
  Reply reply = call(next);
  EXPECT_EQ(next.id, reply.id);
  EXPECT_EQ(Outcome::Ok, resultOf(reply).outcome);
}

} // namespace

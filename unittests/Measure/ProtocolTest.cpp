//===- ProtocolTest.cpp - frames and messages survive, garbage does not
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Measure/Protocol.h"
#include "llvm/Support/Endian.h"
#include "gtest/gtest.h"
#include <cmath>
#include <limits>
#include <random>
#include <sys/socket.h>
#include <unistd.h>

using namespace chameleon;
using namespace chameleon::protocol;

namespace {

template <typename T>
T value(llvm::Expected<T> expected) {
  if (!expected) {
    llvm::errs() << llvm::toString(expected.takeError()) << "\n";
    abort();
  }
  return std::move(*expected);
}

template <typename T>
std::string errorOf(llvm::Expected<T> expected) {
  return expected ? "" : llvm::toString(expected.takeError());
}

/// Through text and back, as on the wire.
llvm::json::Value overTheWire(const llvm::json::Value &message) {
  FrameDecoder decoder;
  decoder.append(encodeFrame(message));
  auto frame = value(decoder.next());
  EXPECT_TRUE(frame.has_value());
  EXPECT_TRUE(decoder.empty());
  return frame ? std::move(*frame) : llvm::json::Value(nullptr);
}

/// The body of a message that went over the wire.
template <typename Body>
Body sent(Body body) {
  Request request =
      value(parseRequest(overTheWire(toJSON(Request{7, std::move(body)}))));
  EXPECT_EQ(7, request.id);
  return std::get<Body>(request.body);
}
template <typename Body>
Body answered(Body body) {
  Reply reply =
      value(parseReply(overTheWire(toJSON(Reply{7, std::move(body)}))));
  EXPECT_EQ(7, reply.id);
  EXPECT_FALSE(reply.lostChild);
  EXPECT_FALSE(reply.killedFromOutside);
  return std::get<Body>(reply.body);
}

TEST(Protocol, RequestsSurvive) {
  RunRequest request;
  request.child = 3;
  request.timeout = 1.5;
  request.executables = {4, 5};
  request.imports = {{"task", "file \"a\""}, {"task", "b"}};
  request.check = false;
  request.keep = true;
  request.policy.minimumCalls = 9;
  request.policy.contendersBelow = 0.25;
  request.policy.tolerance = 0.25;
  request.policy.runTimeout = std::numeric_limits<double>::infinity();
  RunRequest run = sent(request);
  EXPECT_EQ(3, run.child);
  EXPECT_EQ(1.5, run.timeout);
  EXPECT_EQ((std::vector<int64_t>{4, 5}), run.executables);
  ASSERT_EQ(2u, run.imports.size());
  EXPECT_EQ("task", run.imports[0].taskKey);
  EXPECT_EQ("file \"a\"", run.imports[0].exported);
  EXPECT_EQ("b", run.imports[1].exported);
  EXPECT_FALSE(run.check);
  EXPECT_TRUE(run.time);
  EXPECT_TRUE(run.keep);
  EXPECT_EQ(9, run.policy.minimumCalls);
  EXPECT_EQ(0.25, run.policy.contendersBelow);
  EXPECT_EQ(0.25, run.policy.tolerance);
  EXPECT_TRUE(std::isinf(run.policy.runTimeout));

  CompileRequest compile =
      sent(CompileRequest{3, 20, {"key", "module { \"quoted\"\n }"}});
  EXPECT_EQ(3, compile.child);
  EXPECT_EQ("key", compile.candidate.taskKey);
  EXPECT_EQ("module { \"quoted\"\n }", compile.candidate.spec);

  TaskRequest task =
      sent(TaskRequest{3, 20, {"key", "module {}", 2}, /*mayUseDevice=*/true});
  EXPECT_EQ("module {}", task.task.payload);
  EXPECT_EQ(2, task.task.numOutputs);
  EXPECT_EQ(3, task.child);
  EXPECT_TRUE(task.mayUseDevice);

  HelloRequest greeting;
  greeting.seed = std::numeric_limits<uint64_t>::max();
  greeting.target = "cpu:-avx512f";
  HelloRequest hello = sent(greeting);
  EXPECT_EQ(greeting.seed, hello.seed);
  EXPECT_EQ(greeting.target, hello.target);
  EXPECT_EQ(protocol::version, hello.protocolVersion);

  EXPECT_EQ(5, sent(RetireRequest{5}).child);
  sent(CancelRequest());
}

TEST(Protocol, RepliesSurvive) {
  ReadyReply ready = answered(ReadyReply{protocol::version, 8, 4});
  EXPECT_EQ(protocol::version, ready.protocolVersion);
  EXPECT_EQ(8, ready.children);
  EXPECT_EQ(4, ready.devices);
  PreparedReply prepared =
      answered(PreparedReply{"remark", true, int64_t(5) << 32});
  EXPECT_EQ("remark", prepared.remark);
  EXPECT_TRUE(prepared.wantsDevice);
  EXPECT_EQ(int64_t(5) << 32, prepared.bytes);
  EXPECT_EQ("why", answered(ErrorReply{"why"}).message);

  Measurement measurement;
  measurement.outcome = Outcome::WrongResult;
  measurement.relativeError = std::numeric_limits<double>::infinity();
  measurement.seconds = 0.1 + 0.2;
  measurement.message = "bytes that are no text: \xff\xfe";
  ResultsReply results = answered(ResultsReply{{measurement}, "/tmp/x/7"});
  EXPECT_EQ("/tmp/x/7", results.exported);
  ASSERT_EQ(1u, results.results.size());
  EXPECT_EQ(Outcome::WrongResult, results.results[0].outcome);
  EXPECT_TRUE(std::isinf(results.results[0].relativeError));
  EXPECT_EQ(0.1 + 0.2, results.results[0].seconds) << "bit for bit";
  EXPECT_TRUE(llvm::StringRef(results.results[0].message)
                  .starts_with("bytes that are no text: "));

  Reply lost = value(parseReply(overTheWire(
      toJSON(Reply{0, LostReply(), 1, /*killedFromOutside=*/true}))));
  EXPECT_TRUE(std::holds_alternative<LostReply>(lost.body));
  EXPECT_EQ(1, lost.lostChild);
  EXPECT_TRUE(lost.killedFromOutside);
}

/// What a worker of version 3 answers, which has no types.
TEST(Protocol, OlderWorkersAreUnderstood) {
  Reply reply = value(parseReply(
      value(llvm::json::parse(R"({"id": 1, "error": "speaks version 3"})"))));
  EXPECT_EQ("speaks version 3", std::get<ErrorReply>(reply.body).message);
}

TEST(Protocol, FramesArriveInPieces) {
  std::string stream;
  for (int64_t i = 0; i < 20; ++i)
    stream += encodeFrame(
        llvm::json::Object{{"id", i}, {"text", std::string(i * 37, 'x')}});
  std::mt19937 generator(3);
  FrameDecoder decoder;
  llvm::StringRef rest = stream;
  int64_t next = 0;
  while (!rest.empty()) {
    size_t count = std::min<size_t>(1 + generator() % 97, rest.size());
    decoder.append(rest.take_front(count));
    rest = rest.drop_front(count);
    while (auto frame = value(decoder.next()))
      EXPECT_EQ(next++, *frame->getAsObject()->getInteger("id"));
  }
  EXPECT_EQ(20, next);
  EXPECT_TRUE(decoder.empty());
}

TEST(Protocol, GarbageIsAnError) {
  auto decode = [](llvm::StringRef bytes) {
    FrameDecoder decoder;
    decoder.append(bytes);
    return errorOf(decoder.next());
  };
  EXPECT_EQ("not a frame of the worker protocol: 'Welcome to node 7\n'",
            decode("Welcome to node 7\n"));
  EXPECT_NE("", decode(llvm::StringRef("\x05\0\0\0hello", 9)));
  EXPECT_NE("", decode(llvm::StringRef("\x05\0\0\0{\"a\":", 9)));
  EXPECT_NE("", decode("\xff\xff\xff\xff"));
  EXPECT_EQ("", decode(llvm::StringRef("\x05\0\0", 3)))
      << "may still become one";

  // It would overflow the parser's stack.
  std::string nested = "{\"a\":" + std::string(100000, '[');
  std::string length(4, '\0');
  llvm::support::endian::write32le(length.data(), nested.size());
  EXPECT_EQ("a frame nests more than 64 brackets: '" + nested.substr(0, 60) +
                "'",
            decode(length + nested));
  EXPECT_EQ("", decode(encodeFrame(
                    llvm::json::Object{{"text", std::string(1000, '[') + "\"" +
                                                    std::string(1000, '{')}})))
      << "brackets in a string";
}

TEST(Protocol, WrongShapesAreErrors) {
  auto request = [](llvm::StringRef text) {
    return errorOf(parseRequest(value(llvm::json::parse(text))));
  };
  auto reply = [](llvm::StringRef text) {
    return errorOf(parseReply(value(llvm::json::parse(text))));
  };
  EXPECT_EQ("unknown request 'dance'", request(R"({"type": "dance"})"));
  EXPECT_EQ("unknown request ''", request("{}"));
  EXPECT_EQ("unknown request ''", request("[1]"));
  EXPECT_EQ("unknown request ''", request(R"({"type": 7})"));
  EXPECT_EQ("expected integer at request.child",
            request(R"({"type": "run", "id": 1, "child": "one"})"));
  EXPECT_EQ("missing value at request.child",
            request(R"({"type": "retire", "id": 1})"));
  EXPECT_EQ("missing value at request.id", request(R"({"type": "cancel"})"));
  EXPECT_EQ("expected integer at request.executables[1]",
            request(R"({"type": "run", "id": 1, "child": 0, "timeout": 1,
                        "executables": [1, "x"]})"));
  EXPECT_EQ("expected string at request.spec",
            request(R"({"type": "compile", "id": 1, "child": 0, "timeout": 1,
                        "key": "k", "spec": ["s"]})"));
  EXPECT_EQ("expected number at request.timeout",
            request(R"({"type": "compile", "id": 1, "child": 0,
                        "timeout": "1"})"));
  EXPECT_EQ("expected object at request.policy",
            request(R"({"type": "run", "id": 1, "child": 0, "timeout": 1,
                        "executables": [], "check": true, "time": true,
                        "keep": false, "policy": 1})"));
  RunRequest run;
  run.executables = {1, 2};
  run.imports = {{"task", "a"}};
  EXPECT_EQ("request has 1 imports, expected one for each of its 2 executables",
            errorOf(parseRequest(toJSON(Request{1, run}))));

  EXPECT_EQ("unknown reply ''", reply("{}"));
  EXPECT_EQ("expected string at reply.error",
            reply(R"({"id": 1, "error": 3})"));
  EXPECT_EQ("expected array at reply.results",
            reply(R"({"type": "results", "id": 1, "results": {}})"));
  EXPECT_EQ("expected the name of an outcome at reply.results[0].outcome",
            reply(R"({"type": "results", "id": 1,
                      "results": [{"outcome": "fine"}]})"));
  EXPECT_EQ("expected integer at reply.lostChild",
            reply(R"({"type": "lost", "id": 0, "lostChild": "all"})"));
}

/// No sequence of bytes may do more harm than an error.
TEST(Protocol, RandomBytesDoNoHarm) {
  std::mt19937 generator(11);
  for (int round = 0; round < 2000; ++round) {
    RunRequest request;
    request.executables = {1, 2, 3};
    std::string bytes = encodeFrame(toJSON(Request{1, request}));
    for (int flips = 0; flips < 3; ++flips)
      bytes[generator() % bytes.size()] = static_cast<char>(generator());
    FrameDecoder decoder;
    decoder.append(bytes);
    auto frame = decoder.next();
    if (!frame) {
      llvm::consumeError(frame.takeError());
      continue;
    }
    if (*frame)
      errorOf(parseRequest(**frame));
  }
}

TEST(Protocol, WritingToNobodyIsNoSignal) {
  int sockets[2];
  ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
  close(sockets[1]);
  EXPECT_FALSE(writeAll(sockets[0], "text"));
  FrameDecoder decoder;
  EXPECT_FALSE(readSome(sockets[0], decoder));
  close(sockets[0]);
}

} // namespace

//===- ProtocolTest.cpp - frames and messages survive, garbage does not
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Measure/Protocol.h"
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

TEST(Protocol, RequestsSurvive) {
  Request request;
  request.kind = Request::Kind::Run;
  request.id = 7;
  request.child = 3;
  request.timeout = 1.5;
  request.executables = {4, 5};
  request.imports = {{"task", "file \"a\""}, {"task", "b"}};
  request.check = false;
  request.keep = true;
  request.policy.minimumCalls = 9;
  request.policy.contendersBelow = 0.25;
  request.policy.tolerance = 0.25;
  Request run = value(parseRequest(overTheWire(toJSON(request))));
  EXPECT_EQ(Request::Kind::Run, run.kind);
  EXPECT_EQ(7, run.id);
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

  request.kind = Request::Kind::Compile;
  request.candidate = {"key", "module { \"quoted\"\n }"};
  Request compile = value(parseRequest(overTheWire(toJSON(request))));
  EXPECT_EQ("key", compile.candidate.taskKey);
  EXPECT_EQ(request.candidate.spec, compile.candidate.spec);

  request.kind = Request::Kind::Task;
  request.task = {"key", "module {}", 2};
  request.mayUseDevice = true;
  Request task = value(parseRequest(overTheWire(toJSON(request))));
  EXPECT_EQ("module {}", task.task.payload);
  EXPECT_EQ(2, task.task.numOutputs);
  EXPECT_EQ(3, task.child);
  EXPECT_TRUE(task.mayUseDevice);

  request.kind = Request::Kind::Hello;
  request.seed = std::numeric_limits<uint64_t>::max();
  request.target = "cpu:-avx512f";
  Request hello = value(parseRequest(overTheWire(toJSON(request))));
  EXPECT_EQ(request.seed, hello.seed);
  EXPECT_EQ(request.target, hello.target);
}

TEST(Protocol, RepliesSurvive) {
  Reply reply;
  reply.id = 3;
  reply.lostChild = 1;
  reply.exported = "/tmp/x/7";
  reply.protocolVersion = protocol::version;
  reply.devices = 4;
  reply.wantsDevice = true;
  reply.bytes = int64_t(5) << 32;
  Measurement measurement;
  measurement.outcome = Outcome::WrongResult;
  measurement.relativeError = std::numeric_limits<double>::infinity();
  measurement.seconds = 0.1 + 0.2;
  measurement.message = "bytes that are no text: \xff\xfe";
  reply.results = {measurement};
  Reply parsed = value(parseReply(overTheWire(toJSON(reply))));
  EXPECT_EQ(3, parsed.id);
  EXPECT_EQ(1, parsed.lostChild);
  EXPECT_EQ("/tmp/x/7", parsed.exported);
  EXPECT_EQ(4, parsed.devices);
  EXPECT_TRUE(parsed.wantsDevice);
  EXPECT_EQ(int64_t(5) << 32, parsed.bytes);
  ASSERT_EQ(1u, parsed.results.size());
  EXPECT_EQ(Outcome::WrongResult, parsed.results[0].outcome);
  EXPECT_TRUE(std::isinf(parsed.results[0].relativeError));
  EXPECT_EQ(0.1 + 0.2, parsed.results[0].seconds) << "bit for bit";
  EXPECT_TRUE(llvm::StringRef(parsed.results[0].message)
                  .starts_with("bytes that are no text: "));
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

  auto parse = [](llvm::StringRef text) {
    return errorOf(parseRequest(value(llvm::json::parse(text))));
  };
  EXPECT_EQ("unknown request 'dance'", parse(R"({"type": "dance"})"));
  EXPECT_EQ("unknown request ''", parse("{}"));
  EXPECT_EQ("a request is not an object", parse("[1]"));
  EXPECT_EQ("request 'run': field 'child' has the wrong type",
            parse(R"({"type": "run", "child": "one"})"));
  EXPECT_EQ("request 'run': field 'executables' has the wrong type",
            parse(R"({"type": "run", "executables": ["x"]})"));
  EXPECT_EQ("reply: unknown outcome 'fine'",
            errorOf(parseReply(value(
                llvm::json::parse(R"({"results": [{"outcome": "fine"}]})")))));
}

/// No sequence of bytes may do more harm than an error.
TEST(Protocol, RandomBytesDoNoHarm) {
  std::mt19937 generator(11);
  for (int round = 0; round < 2000; ++round) {
    Request request;
    request.kind = Request::Kind::Run;
    request.executables = {1, 2, 3};
    std::string bytes = encodeFrame(toJSON(request));
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

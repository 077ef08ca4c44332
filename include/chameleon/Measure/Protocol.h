//===- Protocol.h - what the tuner and a worker say to each other
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A frame is a length (4 bytes, little endian) and a JSON object of so many
// bytes. The tuner sends requests to the worker's stdin, the worker sends
// replies to its stdout. The first request is `hello`, with the version;
// versions must be equal. The same frames pass between a worker and its
// children. Plain text over two streams, so that any launcher (ssh, srun, …)
// can stand between, and so that a recorded conversation can be read.
//
//   hello    → ready             options of the worker; the reply says how
//                                many children it has
//   task     → prepared          computes inputs and reference
//   compile  → results, one      on one child; the executable is kept there
//                                under the request's id
//   run      → results, one each checks and times executables of one child,
//                                and drops them
//   retire   (no reply)          the child is replaced before its next request
//   cancel   (no reply)          every child is killed; replies that are still
//                                due never come
//
// Between a worker and a child a `task` comes with a descriptor (SCM_RIGHTS):
// the memory file of a task that was prepared after the child was forked. It is
// not answered.
//
// Every request that has a reply may be answered by an error instead. A reply
// with `lostChild` set says that the child died and took its executables along
// (results of the outcome worker-lost: it was dead before the request came). A
// reply `lost` with id 0 says so of an idle child. A reply `alive` comes each
// second.
//
//   Request request{id, CompileRequest{child, timeout, candidate}};
//   writeAll(socket, encodeFrame(toJSON(request)));
//
// Who reads a request or a reply gets one of the right shape or an error which
// names the field: whether there is a child of that number is for the reader to
// see.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_MEASURE_PROTOCOL_H
#define CHAMELEON_MEASURE_PROTOCOL_H

#include "chameleon/Measure/Measurement.h"
#include "chameleon/Measure/WorkerPool.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"
#include <variant>

namespace chameleon::protocol {

constexpr int64_t version = 5;
/// Larger frames are garbage (a launcher that prints to stdout, for instance).
constexpr uint32_t maximumFrameBytes = 1u << 30;
/// Of a worker: it sends names, numbers and messages.
constexpr uint32_t maximumReplyBytes = 64u << 20;
/// Messages nest less deeply by far, and the parser recurses.
constexpr unsigned maximumNesting = 64;

/// So much data of tasks that are not in use a child keeps open; with buffers
/// of its own for each it is about twice as much memory.
inline uint64_t mostBytesOfOpenTasks(uint64_t memoryLimitMiB) {
  return (memoryLimitMiB ? memoryLimitMiB << 20 : uint64_t(4) << 30) / 8;
}

struct HelloRequest {
  int64_t protocolVersion = version;
  std::string target = "cpu";
  int64_t threads = 1;
  int64_t children = 0; ///< 0: as many as the worker has cores
  int64_t memoryLimitMiB = 0;
  uint64_t seed = 0;
};

struct TaskRequest {
  int64_t child = 0;  ///< which of the children that prepare
  double timeout = 0; ///< seconds until the child is killed
  MeasureTask task;
  /// The reference may be computed on the first device, because nothing is
  /// timed there meanwhile.
  bool mayUseDevice = false;
};

struct CompileRequest {
  int64_t child = 0;  ///< which of the children that compile
  double timeout = 0; ///< seconds until the child is killed
  Candidate candidate;
};

struct RunRequest {
  int64_t child = 0;                ///< which of those that compile or time
  double timeout = 0;               ///< seconds until the child is killed
  std::vector<int64_t> executables; ///< ids of compile requests
  bool check = true;                ///< check each against the reference first
  bool time = true;  ///< then time those that are right, round robin if there
                     ///< are several
  bool keep = false; ///< do not drop them afterwards
  /// For a child with a device: what other children have compiled, one for each
  /// of `executables`.
  struct Import {
    std::string taskKey, exported;
  };
  std::vector<Import> imports;
  MeasurePolicy policy;
};

struct RetireRequest {
  int64_t child = 0; ///< which of those that compile or time
};

struct CancelRequest {};

struct Request {
  int64_t id = 0; ///< positive if a reply is due; repeated there
  std::variant<CancelRequest, HelloRequest, TaskRequest, CompileRequest,
               RunRequest, RetireRequest>
      body = CancelRequest();
};

/// Why a request could not be served.
struct ErrorReply {
  std::string message;
};

struct ReadyReply {
  int64_t protocolVersion = version;
  int64_t children = 0;
  int64_t devices = 0; ///< children that check and time, numbered after the
                       ///< others; 0: all do both
  std::string generator =
      ""; ///< Backend::getGenerator() of what it was built of
};

struct PreparedReply {
  std::string remark;       ///< what the user may want to know
  bool wantsDevice = false; ///< not done, ask again with `mayUseDevice`
  int64_t bytes = 0;        ///< of inputs and reference
};

struct ResultsReply {
  std::vector<Measurement> results; ///< compile: one; run: one an executable
  /// compile: what a child with a device needs to run it
  std::string exported = "";
};

/// Of a child that was idle.
struct LostReply {};

/// Of the worker, each second, with id 0: it has not ended or been stopped.
struct AliveReply {};

struct Reply {
  int64_t id = 0;
  std::variant<LostReply, AliveReply, ErrorReply, ReadyReply, PreparedReply,
               ResultsReply>
      body = LostReply();
  /// This child is dead, with all its executables.
  std::optional<int64_t> lostChild = std::nullopt;
  bool killedFromOutside = false; ///< … by a SIGKILL that the worker did not
                                  ///< send: not the candidate's fault, perhaps
};

llvm::json::Value toJSON(const Request &request);
llvm::json::Value toJSON(const Reply &reply);
llvm::Expected<Request> parseRequest(const llvm::json::Value &value);
llvm::Expected<Reply> parseReply(const llvm::json::Value &value);

std::string encodeFrame(const llvm::json::Value &value);

/// Puts frames together from bytes as they arrive.
class FrameDecoder {
public:
  explicit FrameDecoder(uint32_t mostBytes = maximumFrameBytes)
      : mostBytes(mostBytes) {}
  void append(llvm::StringRef bytes) {
    buffer.append(bytes.begin(), bytes.end());
  }
  /// The next whole frame; nothing if more bytes are needed; an error for
  /// garbage, after which the stream is useless.
  llvm::Expected<std::optional<llvm::json::Value>> next();
  bool empty() const { return consumed == buffer.size(); }

private:
  uint32_t mostBytes;
  std::string buffer;
  size_t consumed = 0;
};

/// Writes all of `bytes`; false if the other side is gone. Never raises SIGPIPE
/// on a socket.
bool writeAll(int descriptor, llvm::StringRef bytes);

/// Reads once what is there (waiting for it). False at the end of the stream.
bool readSome(int descriptor, FrameDecoder &decoder);

} // namespace chameleon::protocol

#endif // CHAMELEON_MEASURE_PROTOCOL_H

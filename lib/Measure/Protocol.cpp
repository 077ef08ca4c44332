//===- Protocol.cpp - what the tuner and a worker say to each other
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Measure/Protocol.h"
#include "chameleon/Runtime/Nesting.h"
#include "llvm/Support/Endian.h"
#include <cerrno>
#include <cmath>
#include <limits>
#include <sys/socket.h>
#include <unistd.h>

using namespace chameleon;
using namespace chameleon::protocol;
namespace json = llvm::json;

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

/// JSON has no infinity: null stands for it.
static json::Value number(double value) {
  return std::isfinite(value) ? json::Value(value) : json::Value(nullptr);
}

/// Diagnostics and stderr may hold any bytes; JSON may not.
static json::Value text(llvm::StringRef value) {
  return json::isUTF8(value) ? value.str() : json::fixUTF8(value);
}

/// A message as it may be shown: not endless, and without the escapes that a
/// terminal would obey.
static std::string cleanMessage(llvm::StringRef message) {
  constexpr size_t mostBytes = 4000;
  std::string clean = message.take_front(mostBytes).str();
  for (char &c : clean)
    if (static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\t')
      c = '?';
  return json::fixUTF8(clean); // what was cut through, too
}

namespace {
/// A field that `number` has written.
struct Number {
  double value = 0;
};

bool fromJSON(const json::Value &value, Number &result, json::Path path) {
  if (value.getAsNull()) {
    result.value = std::numeric_limits<double>::infinity();
    return true;
  }
  return json::fromJSON(value, result.value, path);
}

/// Fields of one object; after the first that is missing or of the wrong type,
/// nothing is read.
class Fields {
public:
  Fields(const json::Value &value, json::Path path)
      : mapper(value, path), isGood(mapper) {}

  template <typename T>
  Fields &operator()(llvm::StringLiteral name, T &field) {
    isGood = isGood && mapper.map(name, field);
    return *this;
  }
  Fields &operator()(llvm::StringLiteral name, double &field) {
    Number number;
    isGood = isGood && mapper.map(name, number);
    field = number.value;
    return *this;
  }
  template <typename T>
  Fields &optional(llvm::StringLiteral name, T &field) {
    isGood = isGood && mapper.mapOptional(name, field);
    return *this;
  }
  operator bool() const { return isGood; }

private:
  json::ObjectMapper mapper;
  bool isGood;
};
} // namespace

namespace chameleon {

static json::Value toJSON(const MeasurePolicy &policy) {
  return json::Object{{"compileTimeout", number(policy.compileTimeout)},
                      {"runTimeout", number(policy.runTimeout)},
                      {"warmup", number(policy.warmup)},
                      {"minimum", number(policy.minimum)},
                      {"minimumCalls", policy.minimumCalls},
                      {"maximumCalls", policy.maximumCalls},
                      {"giveUpAbove", number(policy.giveUpAbove)},
                      {"contendersBelow", number(policy.contendersBelow)},
                      {"tolerance", number(policy.tolerance)},
                      {"interleaved", policy.interleaved},
                      {"coldCache", policy.coldCache}};
}

static bool fromJSON(const json::Value &value, MeasurePolicy &policy,
                     json::Path path) {
  return Fields(value, path)("compileTimeout", policy.compileTimeout)(
      "runTimeout", policy.runTimeout)("warmup", policy.warmup)(
      "minimum", policy.minimum)("minimumCalls", policy.minimumCalls)(
      "maximumCalls", policy.maximumCalls)("giveUpAbove", policy.giveUpAbove)(
      "contendersBelow", policy.contendersBelow)("tolerance", policy.tolerance)(
      "interleaved", policy.interleaved)("coldCache", policy.coldCache);
}

static json::Value toJSON(const Measurement &measurement) {
  return json::Object{{"outcome", toString(measurement.outcome)},
                      {"message", text(measurement.message)},
                      {"seconds", number(measurement.seconds)},
                      {"spreadSeconds", number(measurement.spreadSeconds)},
                      {"relativeError", number(measurement.relativeError)},
                      {"compileSeconds", number(measurement.compileSeconds)},
                      {"measureSeconds", number(measurement.measureSeconds)},
                      {"calls", measurement.calls}};
}

static bool fromJSON(const json::Value &value, Outcome &outcome,
                     json::Path path) {
  std::optional<llvm::StringRef> name = value.getAsString();
  std::optional<Outcome> parsed =
      name ? outcomeFromString(*name) : std::nullopt;
  if (!parsed) {
    path.report("expected the name of an outcome");
    return false;
  }
  outcome = *parsed;
  return true;
}

static bool fromJSON(const json::Value &value, Measurement &measurement,
                     json::Path path) {
  bool isGood = Fields(value, path)("outcome", measurement.outcome)(
      "message", measurement.message)("seconds", measurement.seconds)(
      "spreadSeconds", measurement.spreadSeconds)(
      "relativeError", measurement.relativeError)("compileSeconds",
                                                  measurement.compileSeconds)(
      "measureSeconds", measurement.measureSeconds)("calls", measurement.calls);
  measurement.message = cleanMessage(measurement.message);
  return isGood;
}

} // namespace chameleon

//===----------------------------------------------------------------------===//
// Messages
//===----------------------------------------------------------------------===//

namespace chameleon::protocol {

/// The text under "type", and writing and reading the fields of each type.
/// @{
static llvm::StringLiteral getType(const HelloRequest &) { return "hello"; }
static void writeFields(json::Object &object, const HelloRequest &hello) {
  object["version"] = hello.protocolVersion;
  object["target"] = text(hello.target);
  object["threads"] = hello.threads;
  object["children"] = hello.children;
  object["memoryLimitMiB"] = hello.memoryLimitMiB;
  object["seed"] = hello.seed;
}
static bool readFields(Fields &&fields, HelloRequest &hello) {
  return fields("version", hello.protocolVersion)("target", hello.target)(
      "threads", hello.threads)("children", hello.children)(
      "memoryLimitMiB", hello.memoryLimitMiB)("seed", hello.seed);
}

static llvm::StringLiteral getType(const TaskRequest &) { return "task"; }
static void writeFields(json::Object &object, const TaskRequest &request) {
  object["child"] = request.child;
  object["timeout"] = number(request.timeout);
  object["key"] = text(request.task.key);
  object["payload"] = text(request.task.payload);
  object["outputs"] = request.task.numOutputs;
  object["mayUseDevice"] = request.mayUseDevice;
  if (!request.task.defaults.empty())
    object["defaults"] = json::Array(request.task.defaults);
}
static bool readFields(Fields &&fields, TaskRequest &request) {
  return fields("child", request.child)("timeout", request.timeout)(
             "key", request.task.key)("payload", request.task.payload)(
             "outputs", request.task.numOutputs)("mayUseDevice",
                                                 request.mayUseDevice)
      .optional("defaults", request.task.defaults);
}

static llvm::StringLiteral getType(const CompileRequest &) { return "compile"; }
static void writeFields(json::Object &object, const CompileRequest &request) {
  object["child"] = request.child;
  object["timeout"] = number(request.timeout);
  object["key"] = text(request.candidate.taskKey);
  object["spec"] = text(request.candidate.spec);
}
static bool readFields(Fields &&fields, CompileRequest &request) {
  return fields("child", request.child)("timeout", request.timeout)(
      "key", request.candidate.taskKey)("spec", request.candidate.spec);
}

static json::Value toJSON(const RunRequest::Import &import) {
  return json::Object{{"key", text(import.taskKey)},
                      {"exported", text(import.exported)}};
}
static bool fromJSON(const json::Value &value, RunRequest::Import &import,
                     json::Path path) {
  return Fields(value, path)("key", import.taskKey)("exported",
                                                    import.exported);
}

static llvm::StringLiteral getType(const RunRequest &) { return "run"; }
static void writeFields(json::Object &object, const RunRequest &request) {
  object["child"] = request.child;
  object["timeout"] = number(request.timeout);
  object["executables"] = json::Array(request.executables);
  object["check"] = request.check;
  object["time"] = request.time;
  object["keep"] = request.keep;
  if (!request.imports.empty())
    object["imports"] = json::Array(request.imports);
  object["policy"] = toJSON(request.policy);
}
static bool readFields(Fields &&fields, RunRequest &request) {
  return fields("child", request.child)("timeout", request.timeout)(
             "executables", request.executables)("check", request.check)(
             "time", request.time)("keep", request.keep)("policy",
                                                         request.policy)
      .optional("imports", request.imports);
}

static llvm::StringLiteral getType(const RetireRequest &) { return "retire"; }
static void writeFields(json::Object &object, const RetireRequest &request) {
  object["child"] = request.child;
}
static bool readFields(Fields &&fields, RetireRequest &request) {
  return fields("child", request.child);
}

static llvm::StringLiteral getType(const CancelRequest &) { return "cancel"; }
static void writeFields(json::Object &, const CancelRequest &) {}
static bool readFields(Fields &&fields, CancelRequest &) { return fields; }

static llvm::StringLiteral getType(const ErrorReply &) { return "error"; }
static void writeFields(json::Object &object, const ErrorReply &reply) {
  object["error"] = text(reply.message);
}
static bool readFields(Fields &&fields, ErrorReply &reply) {
  bool isGood = fields("error", reply.message);
  reply.message = cleanMessage(reply.message);
  return isGood;
}

static llvm::StringLiteral getType(const ReadyReply &) { return "ready"; }
static void writeFields(json::Object &object, const ReadyReply &reply) {
  object["version"] = reply.protocolVersion;
  object["children"] = reply.children;
  object["devices"] = reply.devices;
  object["generator"] = text(reply.generator);
}
static bool readFields(Fields &&fields, ReadyReply &reply) {
  return fields("version", reply.protocolVersion)("children", reply.children)(
      "devices", reply.devices)("generator", reply.generator);
}

static llvm::StringLiteral getType(const PreparedReply &) { return "prepared"; }
static void writeFields(json::Object &object, const PreparedReply &reply) {
  object["remark"] = text(reply.remark);
  object["wantsDevice"] = reply.wantsDevice;
  object["bytes"] = reply.bytes;
}
static bool readFields(Fields &&fields, PreparedReply &reply) {
  bool isGood = fields("remark", reply.remark)(
      "wantsDevice", reply.wantsDevice)("bytes", reply.bytes);
  reply.remark = cleanMessage(reply.remark);
  return isGood;
}

static llvm::StringLiteral getType(const ResultsReply &) { return "results"; }
static void writeFields(json::Object &object, const ResultsReply &reply) {
  object["results"] = json::Array(reply.results);
  if (!reply.exported.empty())
    object["exported"] = text(reply.exported);
}
static bool readFields(Fields &&fields, ResultsReply &reply) {
  return fields("results", reply.results).optional("exported", reply.exported);
}

static llvm::StringLiteral getType(const AliveReply &) { return "alive"; }
static void writeFields(json::Object &, const AliveReply &) {}
static bool readFields(Fields &&fields, AliveReply &) { return fields; }

static llvm::StringLiteral getType(const LostReply &) { return "lost"; }
static void writeFields(json::Object &, const LostReply &) {}
static bool readFields(Fields &&fields, LostReply &) { return fields; }
/// @}

template <typename... Bodies>
static json::Object writeBody(const std::variant<Bodies...> &body) {
  return std::visit(
      [](const auto &one) {
        json::Object object{{"type", getType(one)}};
        writeFields(object, one);
        return object;
      },
      body);
}

/// Nothing if no body has this type, else whether it could be read.
template <typename... Bodies>
static std::optional<bool> readBody(std::variant<Bodies...> &body,
                                    llvm::StringRef type,
                                    const json::Value &value, json::Path path) {
  std::optional<bool> result;
  auto tryOne = [&](auto one) {
    if (result || getType(one) != type)
      return;
    result = readFields(Fields(value, path), one);
    body = std::move(one);
  };
  (tryOne(Bodies()), ...);
  return result;
}

json::Value toJSON(const Request &request) {
  json::Object object = writeBody(request.body);
  object["id"] = request.id;
  return object;
}

json::Value toJSON(const Reply &reply) {
  json::Object object = writeBody(reply.body);
  object["id"] = reply.id;
  if (reply.lostChild)
    object["lostChild"] = *reply.lostChild;
  if (reply.killedFromOutside)
    object["killedFromOutside"] = true;
  return object;
}

/// `what`: request or reply.
template <typename Message>
static llvm::Expected<Message>
parse(const json::Value &value, llvm::StringLiteral what, llvm::StringRef type,
      llvm::function_ref<bool(Fields &&, Message &)> readCommon) {
  Message message;
  json::Path::Root root(what);
  std::optional<bool> isGood = readBody(message.body, type, value, root);
  if (!isGood)
    return llvm::createStringError("unknown %s '%s'", what.data(),
                                   type.str().c_str());
  if (!*isGood || !readCommon(Fields(value, root), message))
    return root.getError();
  return message;
}

static llvm::StringRef getType(const json::Value &value) {
  const json::Object *object = value.getAsObject();
  return object ? object->getString("type").value_or("") : "";
}

llvm::Expected<Request> parseRequest(const json::Value &value) {
  llvm::Expected<Request> request = parse<Request>(
      value, "request", getType(value), [](Fields &&fields, Request &request) {
        return static_cast<bool>(fields("id", request.id));
      });
  if (!request)
    return request;
  if (auto *run = std::get_if<RunRequest>(&request->body);
      run && !run->imports.empty() &&
      run->imports.size() != run->executables.size())
    return llvm::createStringError("request has %zu imports, expected one for "
                                   "each of its %zu executables",
                                   run->imports.size(),
                                   run->executables.size());
  return request;
}

llvm::Expected<Reply> parseReply(const json::Value &value) {
  // Workers of other versions say in a reply without a type that they are.
  const json::Object *object = value.getAsObject();
  llvm::StringRef type =
      object && object->get("error") ? "error" : getType(value);
  return parse<Reply>(value, "reply", type, [](Fields &&fields, Reply &reply) {
    return static_cast<bool>(
        fields("id", reply.id)("lostChild", reply.lostChild)
            .optional("killedFromOutside", reply.killedFromOutside));
  });
}

} // namespace chameleon::protocol

//===----------------------------------------------------------------------===//
// Frames
//===----------------------------------------------------------------------===//

std::string protocol::encodeFrame(const json::Value &value) {
  std::string frame(4, '\0');
  llvm::raw_string_ostream(frame) << value;
  llvm::support::endian::write32le(frame.data(), frame.size() - 4);
  return frame;
}

llvm::Expected<std::optional<json::Value>> FrameDecoder::next() {
  if (buffer.size() - consumed < 4)
    return std::nullopt;
  uint32_t length = llvm::support::endian::read32le(buffer.data() + consumed);
  llvm::StringRef rest = llvm::StringRef(buffer).drop_front(consumed);
  // Text where a length is expected is by far the most likely garbage, so it is
  // shown.
  if (length > mostBytes || (rest.size() > 4 && rest[4] != '{'))
    return llvm::createStringError("not a frame of the worker protocol: '%s'",
                                   json::fixUTF8(rest.take_front(60)).c_str());
  if (rest.size() < 4 + size_t(length))
    return std::nullopt;
  llvm::StringRef text = rest.substr(4, length);
  if (isNestedDeeper(text, maximumNesting))
    return llvm::createStringError("a frame nests more than %u brackets: '%s'",
                                   maximumNesting,
                                   json::fixUTF8(text.take_front(60)).c_str());
  llvm::Expected<json::Value> value = json::parse(text);
  consumed += 4 + size_t(length);
  if (consumed == buffer.size()) {
    buffer.clear();
    consumed = 0;
  }
  if (!value)
    return value.takeError();
  return std::move(*value);
}

bool protocol::writeAll(int descriptor, llvm::StringRef bytes) {
  while (!bytes.empty()) {
    ssize_t written =
        send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (written < 0 && errno == ENOTSOCK)
      written = write(descriptor, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR)
        continue;
      return false;
    }
    bytes = bytes.drop_front(written);
  }
  return true;
}

bool protocol::readSome(int descriptor, FrameDecoder &decoder) {
  char bytes[65536];
  ssize_t count;
  do
    count = read(descriptor, bytes, sizeof(bytes));
  while (count < 0 && errno == EINTR);
  if (count <= 0)
    return false;
  decoder.append(llvm::StringRef(bytes, count));
  return true;
}

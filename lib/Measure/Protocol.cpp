//===- Protocol.cpp - what the tuner and a worker say to each other
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Measure/Protocol.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"
#include <cerrno>
#include <cmath>
#include <limits>
#include <sys/socket.h>
#include <unistd.h>

using namespace chameleon;
using namespace chameleon::protocol;
namespace json = llvm::json;

static constexpr std::pair<Request::Kind, llvm::StringLiteral> requestNames[] =
    {{Request::Kind::Hello, "hello"},     {Request::Kind::Task, "task"},
     {Request::Kind::Compile, "compile"}, {Request::Kind::Run, "run"},
     {Request::Kind::Retire, "retire"},   {Request::Kind::Cancel, "cancel"}};

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

/// Reads fields of an object, the first failure wins. Missing fields keep their
/// default.
namespace {
class Reader {
public:
  Reader(const json::Object &object, std::string &error)
      : object(object), error(error) {}

  void read(llvm::StringRef name, std::string &out) {
    if (const json::Value *value = object.get(name)) {
      if (auto string = value->getAsString())
        out = string->str();
      else
        fail(name);
    }
  }
  void read(llvm::StringRef name, int64_t &out) {
    if (const json::Value *value = object.get(name)) {
      if (auto integer = value->getAsInteger())
        out = *integer;
      else
        fail(name);
    }
  }
  void read(llvm::StringRef name, uint64_t &out) {
    if (const json::Value *value = object.get(name)) {
      if (auto integer = value->getAsUINT64())
        out = *integer;
      else
        fail(name);
    }
  }
  void read(llvm::StringRef name, bool &out) {
    if (const json::Value *value = object.get(name)) {
      if (auto boolean = value->getAsBoolean())
        out = *boolean;
      else
        fail(name);
    }
  }
  void read(llvm::StringRef name, double &out) {
    if (const json::Value *value = object.get(name)) {
      if (auto real = value->getAsNumber())
        out = *real;
      else if (value->getAsNull())
        out = std::numeric_limits<double>::infinity();
      else
        fail(name);
    }
  }
  const json::Object *nested(llvm::StringRef name) {
    if (const json::Value *value = object.get(name)) {
      if (const json::Object *result = value->getAsObject())
        return result;
      fail(name);
    }
    return nullptr;
  }
  const json::Array *array(llvm::StringRef name) {
    if (const json::Value *value = object.get(name)) {
      if (const json::Array *result = value->getAsArray())
        return result;
      fail(name);
    }
    return nullptr;
  }
  void fail(llvm::StringRef name) {
    if (error.empty())
      error = ("field '" + name + "' has the wrong type").str();
  }

private:
  const json::Object &object;
  std::string &error;
};
} // namespace

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

static void fromJSON(const json::Object &object, MeasurePolicy &policy,
                     std::string &error) {
  Reader reader(object, error);
  reader.read("compileTimeout", policy.compileTimeout);
  reader.read("runTimeout", policy.runTimeout);
  reader.read("warmup", policy.warmup);
  reader.read("minimum", policy.minimum);
  reader.read("minimumCalls", policy.minimumCalls);
  reader.read("maximumCalls", policy.maximumCalls);
  reader.read("giveUpAbove", policy.giveUpAbove);
  reader.read("contendersBelow", policy.contendersBelow);
  reader.read("tolerance", policy.tolerance);
  reader.read("interleaved", policy.interleaved);
  reader.read("coldCache", policy.coldCache);
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

static void fromJSON(const json::Object &object, Measurement &measurement,
                     std::string &error) {
  Reader reader(object, error);
  std::string outcome;
  reader.read("outcome", outcome);
  if (std::optional<Outcome> parsed = outcomeFromString(outcome))
    measurement.outcome = *parsed;
  else if (error.empty())
    error = "unknown outcome '" + outcome + "'";
  reader.read("message", measurement.message);
  reader.read("seconds", measurement.seconds);
  reader.read("spreadSeconds", measurement.spreadSeconds);
  reader.read("relativeError", measurement.relativeError);
  reader.read("compileSeconds", measurement.compileSeconds);
  reader.read("measureSeconds", measurement.measureSeconds);
  reader.read("calls", measurement.calls);
}

json::Value protocol::toJSON(const Request &request) {
  json::Object object{{"id", request.id}};
  for (auto [kind, name] : requestNames)
    if (kind == request.kind)
      object["type"] = name;
  switch (request.kind) {
  case Request::Kind::Hello:
    object["version"] = request.protocolVersion;
    object["target"] = text(request.target);
    object["threads"] = request.threads;
    object["children"] = request.children;
    object["memoryLimitMiB"] = request.memoryLimitMiB;
    object["seed"] = request.seed;
    break;
  case Request::Kind::Task:
    object["key"] = text(request.task.key);
    object["payload"] = text(request.task.payload);
    object["outputs"] = request.task.numOutputs;
    object["child"] = request.child;
    object["mayUseDevice"] = request.mayUseDevice;
    object["timeout"] = number(request.timeout);
    break;
  case Request::Kind::Compile:
    object["child"] = request.child;
    object["key"] = text(request.candidate.taskKey);
    object["spec"] = text(request.candidate.spec);
    object["timeout"] = number(request.timeout);
    break;
  case Request::Kind::Run:
    object["child"] = request.child;
    object["executables"] = json::Array(request.executables);
    object["check"] = request.check;
    object["time"] = request.time;
    object["keep"] = request.keep;
    if (!request.imports.empty()) {
      json::Array imports;
      for (const Request::Import &import : request.imports)
        imports.push_back(
            json::Array{text(import.taskKey), text(import.exported)});
      object["imports"] = std::move(imports);
    }
    object["policy"] = ::toJSON(request.policy);
    object["timeout"] = number(request.timeout);
    break;
  case Request::Kind::Retire:
    object["child"] = request.child;
    break;
  case Request::Kind::Cancel:
    break;
  }
  return object;
}

llvm::Expected<Request> protocol::parseRequest(const json::Value &value) {
  const json::Object *object = value.getAsObject();
  if (!object)
    return llvm::createStringError("a request is not an object");
  Request request;
  std::string error, type;
  Reader reader(*object, error);
  reader.read("type", type);
  const auto *named = llvm::find_if(
      requestNames, [&](auto &entry) { return entry.second == type; });
  if (named == std::end(requestNames))
    return llvm::createStringError("unknown request '%s'", type.c_str());
  request.kind = named->first;
  reader.read("id", request.id);
  reader.read("child", request.child);
  reader.read("timeout", request.timeout);
  reader.read("version", request.protocolVersion);
  reader.read("target", request.target);
  reader.read("threads", request.threads);
  reader.read("children", request.children);
  reader.read("memoryLimitMiB", request.memoryLimitMiB);
  reader.read("seed", request.seed);
  reader.read("key", request.task.key);
  request.candidate.taskKey = request.task.key;
  reader.read("payload", request.task.payload);
  reader.read("outputs", request.task.numOutputs);
  reader.read("mayUseDevice", request.mayUseDevice);
  reader.read("spec", request.candidate.spec);
  if (const json::Array *executables = reader.array("executables"))
    for (const json::Value &executable : *executables) {
      if (auto id = executable.getAsInteger())
        request.executables.push_back(*id);
      else
        reader.fail("executables");
    }
  if (const json::Array *imports = reader.array("imports"))
    for (const json::Value &import : *imports) {
      const json::Array *pair = import.getAsArray();
      auto key =
          pair && pair->size() == 2 ? (*pair)[0].getAsString() : std::nullopt;
      auto exported = key ? (*pair)[1].getAsString() : std::nullopt;
      if (exported)
        request.imports.push_back({key->str(), exported->str()});
      else
        reader.fail("imports");
    }
  if (!request.imports.empty() &&
      request.imports.size() != request.executables.size())
    reader.fail("imports");
  reader.read("check", request.check);
  reader.read("time", request.time);
  reader.read("keep", request.keep);
  if (const json::Object *policy = reader.nested("policy"))
    fromJSON(*policy, request.policy, error);
  if (!error.empty())
    return llvm::createStringError("request '%s': %s", type.c_str(),
                                   error.c_str());
  return request;
}

json::Value protocol::toJSON(const Reply &reply) {
  json::Object object{{"id", reply.id}};
  if (!reply.error.empty())
    object["error"] = text(reply.error);
  if (!reply.remark.empty())
    object["remark"] = text(reply.remark);
  if (reply.wantsDevice)
    object["wantsDevice"] = true;
  if (reply.bytes)
    object["bytes"] = reply.bytes;
  if (!reply.results.empty()) {
    json::Array results;
    for (const Measurement &measurement : reply.results)
      results.push_back(::toJSON(measurement));
    object["results"] = std::move(results);
  }
  if (!reply.exported.empty())
    object["exported"] = text(reply.exported);
  if (reply.lostChild >= 0)
    object["lostChild"] = reply.lostChild;
  if (reply.killedFromOutside)
    object["killedFromOutside"] = true;
  if (reply.protocolVersion) {
    object["version"] = reply.protocolVersion;
    object["children"] = reply.children;
    object["devices"] = reply.devices;
  }
  return object;
}

llvm::Expected<Reply> protocol::parseReply(const json::Value &value) {
  const json::Object *object = value.getAsObject();
  if (!object)
    return llvm::createStringError("a reply is not an object");
  Reply reply;
  std::string error;
  Reader reader(*object, error);
  reader.read("id", reply.id);
  reader.read("error", reply.error);
  reader.read("remark", reply.remark);
  reader.read("wantsDevice", reply.wantsDevice);
  reader.read("bytes", reply.bytes);
  if (const json::Array *results = reader.array("results"))
    for (const json::Value &result : *results) {
      if (const json::Object *measurement = result.getAsObject())
        fromJSON(*measurement, reply.results.emplace_back(), error);
      else
        reader.fail("results");
    }
  reader.read("exported", reply.exported);
  reader.read("lostChild", reply.lostChild);
  reader.read("killedFromOutside", reply.killedFromOutside);
  reader.read("version", reply.protocolVersion);
  reader.read("children", reply.children);
  reader.read("devices", reply.devices);
  if (!error.empty())
    return llvm::createStringError("reply: %s", error.c_str());
  return reply;
}

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
  if (length > maximumFrameBytes || (rest.size() > 4 && rest[4] != '{'))
    return llvm::createStringError("not a frame of the worker protocol: '%s'",
                                   json::fixUTF8(rest.take_front(60)).c_str());
  if (rest.size() < 4 + size_t(length))
    return std::nullopt;
  llvm::Expected<json::Value> value = json::parse(rest.substr(4, length));
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

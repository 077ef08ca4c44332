//===- DeviceTask.cpp - the arguments of a task on a device, called and timed
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DeviceTask.h"
#include "chameleon/Runtime/DeviceFacts.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cmath>

using namespace chameleon;
using namespace chameleon::cuda;

/// Launches in a graph: the start of a graph costs about as much as a small
/// kernel.
static constexpr double mostInGraph = 20;
/// … but no more than so many seconds of work.
static constexpr double longestGraph = 2e-3;

llvm::Expected<std::unique_ptr<DeviceSession>>
DeviceSession::open(unsigned ordinal) {
  llvm::Expected<const Driver *> driver = Driver::load();
  if (!driver)
    return driver.takeError();
  llvm::Expected<DeviceFacts> facts =
      DeviceFacts::query(**driver, static_cast<int>(ordinal));
  if (!facts)
    return facts.takeError();
  llvm::Expected<std::unique_ptr<Context>> context =
      Context::create(**driver, static_cast<int>(ordinal));
  if (!context)
    return context.takeError();
  llvm::Expected<Stream> stream = Stream::create(**context);
  if (!stream)
    return stream.takeError();
  llvm::Expected<Event> begin = Event::create(**context);
  if (!begin)
    return begin.takeError();
  llvm::Expected<Event> end = Event::create(**context);
  if (!end)
    return end.takeError();
  return std::unique_ptr<DeviceSession>(
      new DeviceSession(std::move(*context), std::move(*stream),
                        std::move(*begin), std::move(*end), facts->l2Bytes));
}

llvm::Expected<const Buffer *> DeviceSession::flushBuffer() {
  if (!flush.address()) {
    llvm::Expected<Buffer> made =
        Buffer::allocate(*context, 2 * std::max<int64_t>(l2Bytes, 1 << 20));
    if (!made)
      return made.takeError();
    flush = std::move(*made);
  }
  return &flush;
}

//===----------------------------------------------------------------------===//
// Buffers
//===----------------------------------------------------------------------===//

static size_t bytesWithGuards(const GuardedBuffer &buffer) {
  return buffer.size() + 2 * GuardedBuffer::guardBytes;
}

llvm::Expected<DeviceBuffers>
DeviceBuffers::create(DeviceSession &session,
                      llvm::ArrayRef<GuardedBuffer *> host) {
  DeviceBuffers result;
  result.host = host.vec();
  for (size_t position = 0; position < host.size(); ++position) {
    llvm::Expected<Buffer> buffer =
        Buffer::allocate(*session.context, bytesWithGuards(*host[position]));
    if (!buffer)
      return buffer.takeError();
    result.starts.push_back(buffer->address() + GuardedBuffer::guardBytes);
    result.buffers.push_back(std::move(*buffer));
    if (llvm::Error error = result.upload(position))
      return error;
  }
  return result;
}

llvm::Error DeviceBuffers::upload(size_t position) const {
  const GuardedBuffer &from = *host[position];
  return buffers[position].write(from.data() - GuardedBuffer::guardBytes,
                                 bytesWithGuards(from));
}

llvm::Error DeviceBuffers::download(size_t position) const {
  GuardedBuffer &to = *host[position];
  return buffers[position].read(to.data() - GuardedBuffer::guardBytes,
                                bytesWithGuards(to));
}

//===----------------------------------------------------------------------===//
// Timing
//===----------------------------------------------------------------------===//

/// Runs `work` between two events and waits for it.
static llvm::Expected<double>
timeBetweenEvents(DeviceSession &session,
                  llvm::function_ref<llvm::Error()> work) {
  if (llvm::Error error = session.begin.record(session.stream.get()))
    return error;
  if (llvm::Error error = work())
    return error;
  if (llvm::Error error = session.end.record(session.stream.get()))
    return error;
  if (llvm::Error error = session.end.wait())
    return error;
  return session.end.secondsSince(session.begin);
}

llvm::Expected<double> chameleon::callOnce(DeviceSession &session,
                                           const DeviceExecutable &executable,
                                           const DeviceBuffers &buffers) {
  return timeBetweenEvents(
      session, [&] { return executable.call(buffers, session.stream.get()); });
}

namespace {
/// One executable while it is timed. The clock is the device's: it stands still
/// between samples.
struct TimedExecutable {
  const DeviceExecutable *executable = nullptr;
  std::optional<Graph> graph; ///< cold: none, as every call is flushed before
  int64_t callsInGraph = 1;
};
} // namespace

llvm::Expected<std::vector<TimedCalls>>
chameleon::timeOnDevice(DeviceSession &session,
                        llvm::ArrayRef<const DeviceExecutable *> executables,
                        llvm::ArrayRef<double> once,
                        const DeviceBuffers &buffers,
                        const MeasurePolicy &policy) {
  StreamHandle stream = session.stream.get();
  const Driver &driver = session.context->driver;
  // Interleaved timing shares one policy, whose unit is a sample: all graphs
  // hold as many calls.
  double slowest = *std::max_element(once.begin(), once.end());
  int64_t callsInGraph =
      policy.coldCache ? 1
                       : static_cast<int64_t>(std::clamp(
                             std::floor(longestGraph / std::max(slowest, 1e-9)),
                             1.0, mostInGraph));
  std::vector<TimedExecutable> timed;
  const Buffer *flush = nullptr;
  if (policy.coldCache) {
    llvm::Expected<const Buffer *> buffer = session.flushBuffer();
    if (!buffer)
      return buffer.takeError();
    flush = *buffer;
  }
  for (const DeviceExecutable *executable : executables) {
    TimedExecutable &entry = timed.emplace_back();
    entry.executable = executable;
    entry.callsInGraph = callsInGraph;
    if (policy.coldCache)
      continue;
    llvm::Expected<Graph> graph =
        Graph::capture(*session.context, session.stream, [&]() -> llvm::Error {
          for (int64_t call = 0; call < callsInGraph; ++call)
            if (llvm::Error error = executable->call(buffers, stream))
              return error;
          return llvm::Error::success();
        });
    if (!graph)
      return graph.takeError();
    entry.graph = std::move(*graph);
  }

  // The loop around the clock is the CPU's, with another clock; an error makes
  // time fly, so that it ends.
  double clock = 0;
  llvm::Error failed = llvm::Error::success();
  bool hasFailed = false;
  auto sample = [&](const TimedExecutable &entry) {
    auto fail = [&](llvm::Error error) {
      failed = llvm::joinErrors(std::move(failed), std::move(error));
      hasFailed = true;
      clock += 1e6;
    };
    if (hasFailed) {
      clock += 1e6;
      return;
    }
    if (flush)
      if (llvm::Error error =
              driver.call(driver.fillBytesAsync, flush->address(),
                          static_cast<unsigned char>(0), flush->size(), stream))
        return fail(std::move(error));
    llvm::Expected<double> seconds = timeBetweenEvents(session, [&] {
      return entry.graph ? entry.graph->launch(session.stream)
                         : entry.executable->call(buffers, stream);
    });
    if (!seconds)
      return fail(seconds.takeError());
    clock += *seconds;
  };
  std::vector<std::function<void()>> calls;
  for (const TimedExecutable &entry : timed)
    calls.push_back([&sample, &entry] { sample(entry); });
  auto now = [&] { return clock; };
  MeasurePolicy scaled = policy;
  scaled.giveUpAbove *= static_cast<double>(callsInGraph);
  std::vector<TimedCalls> results;
  if (calls.size() == 1) {
    results.push_back(timeCalls(calls[0], scaled, /*warmedUp=*/0, now));
  } else {
    std::vector<TimedFunction> functions(calls.begin(), calls.end());
    results = timeInterleaved(functions, scaled, now);
  }
  if (hasFailed)
    return failed;
  llvm::consumeError(std::move(failed));
  for (TimedCalls &result : results) {
    for (double &seconds : result.samples)
      seconds /= static_cast<double>(callsInGraph);
    result.calls *= callsInGraph;
  }
  return results;
}

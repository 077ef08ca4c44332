//===- DeviceTask.h - the arguments of a task on a device, called and timed
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to lib/Measure. No MLIR beyond the task's signature.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_MEASURE_DEVICETASK_H
#define CHAMELEON_LIB_MEASURE_DEVICETASK_H

#include "TaskBuffers.h"
#include "chameleon/Measure/Timing.h"
#include "chameleon/Runtime/DeviceProgram.h"

namespace chameleon {

/// A context and what every task needs of it.
struct DeviceSession {
  static llvm::Expected<std::unique_ptr<DeviceSession>> open(unsigned ordinal);

  /// Members end in the opposite order: the context last.
  std::unique_ptr<cuda::Context> context;
  cuda::Stream stream;
  cuda::Event begin, end;
  /// Twice the L2 cache: filling it flushes everything else out. Allocated when
  /// it is first asked for.
  llvm::Expected<const cuda::Buffer *> flushBuffer();

private:
  DeviceSession(std::unique_ptr<cuda::Context> context, cuda::Stream stream,
                cuda::Event begin, cuda::Event end, int64_t l2Bytes)
      : context(std::move(context)), stream(std::move(stream)),
        begin(std::move(begin)), end(std::move(end)), l2Bytes(l2Bytes) {}
  int64_t l2Bytes;
  cuda::Buffer flush;
};

/// Host buffers with their guards, copied to a device as they are: what reads
/// or writes beyond a buffer there is seen here.
class DeviceBuffers {
public:
  /// Copies everything.
  static llvm::Expected<DeviceBuffers>
  create(DeviceSession &session, llvm::ArrayRef<GuardedBuffer *> host);

  llvm::ArrayRef<cuda::DeviceAddress> addresses() const { return starts; }
  llvm::Error upload(size_t position) const;
  llvm::Error download(size_t position) const;

private:
  std::vector<GuardedBuffer *> host;
  std::vector<cuda::Buffer> buffers;
  std::vector<cuda::DeviceAddress> starts;
};

/// A program and the function of it that is called.
struct DeviceExecutable {
  NVVMProgram program;
  DeviceProgram loaded;
  const NVVMFunction *function;

  /// Enqueues one call.
  llvm::Error call(const DeviceBuffers &buffers,
                   cuda::StreamHandle stream) const {
    return loaded.run(*function, buffers.addresses(), stream);
  }
};

/// The seconds of one call, waited for.
llvm::Expected<double> callOnce(DeviceSession &session,
                                const DeviceExecutable &executable,
                                const DeviceBuffers &buffers);

/// Times calls by events: round robin if there are several executables. `once`:
/// seconds that a call of each takes, roughly.
llvm::Expected<std::vector<TimedCalls>>
timeOnDevice(DeviceSession &session,
             llvm::ArrayRef<const DeviceExecutable *> executables,
             llvm::ArrayRef<double> once, const DeviceBuffers &buffers,
             const MeasurePolicy &policy);

} // namespace chameleon

#endif // CHAMELEON_LIB_MEASURE_DEVICETASK_H

//===- Engine.h - what runs programs on a device
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One device, as measuring and running models see it: load, allocate, write,
// call, time, read. CPUEngine.h and CUDAEngine.h are two of them; another kind
// of device brings its own.
//
//   auto code = engine->load(program);
//   auto call = engine->bind(**code, "main", {input->address(),
//                                             result->address()});
//   llvm::Expected<double> seconds = (*call)->run();
//
// Calls end before their executable, executables and buffers before their
// engine. For one thread at a time. No MLIR.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_RUNTIME_ENGINE_H
#define CHAMELEON_RUNTIME_ENGINE_H

#include "chameleon/Runtime/Program.h"
#include "chameleon/Runtime/Timing.h"
#include "llvm/ADT/ArrayRef.h"

namespace chameleon {

/// An error that a device reported.
class EngineError : public llvm::ErrorInfo<EngineError> {
public:
  static char ID;
  /// The device answers no more; only a new process helps.
  virtual bool isLost() const = 0;
  virtual bool isOutOfMemory() const = 0;
  std::error_code convertToErrorCode() const override {
    return llvm::inconvertibleErrorCode();
  }
};

class Engine {
public:
  virtual ~Engine();

  /// Memory where the engine computes, aligned to 64 bytes at least.
  class Buffer {
  public:
    virtual ~Buffer();
    uint64_t address() const { return start; }
    size_t size() const { return bytes; }
    /// The bytes are there when it returns.
    virtual llvm::Error write(const void *from, size_t count,
                              size_t offset = 0) = 0;
    virtual llvm::Error read(void *to, size_t count,
                             size_t offset = 0) const = 0;

  protected:
    Buffer(uint64_t start, size_t bytes) : start(start), bytes(bytes) {}
    uint64_t start;
    size_t bytes;
  };

  /// A program, loaded.
  class Executable {
  public:
    virtual ~Executable();
    const Program &getProgram() const { return *program; }

  protected:
    explicit Executable(std::shared_ptr<const Program> program)
        : program(std::move(program)) {}
    std::shared_ptr<const Program> program;
  };

  /// A function with the addresses of its arguments.
  class Call {
  public:
    virtual ~Call();
    /// Calls once and waits; the seconds that it took, by the engine's clock.
    virtual llvm::Expected<double> run() = 0;
    /// Whatever makes the next calls quick, if there will be many.
    virtual llvm::Error prepare() { return llvm::Error::success(); }
    virtual void setArgument(unsigned position, uint64_t address) = 0;
  };

  /// "cpu": which programs it runs.
  virtual llvm::StringRef backend() const = 0;
  /// Whether buffers are this process's own memory, so that an address is a
  /// pointer: nobody needs to copy.
  virtual bool usesHostMemory() const = 0;

  virtual llvm::Expected<std::unique_ptr<Buffer>> allocate(size_t bytes) = 0;

  /// Errors: a program for another backend or for a target that this device is
  /// not; code that does not link.
  virtual llvm::Expected<std::unique_ptr<Executable>>
  load(std::shared_ptr<const Program> program) = 0;

  /// Addresses of the arguments, then of the results. Errors: no such function,
  /// another number of addresses.
  virtual llvm::Expected<std::unique_ptr<Call>>
  bind(Executable &executable, llvm::StringRef function,
       llvm::ArrayRef<uint64_t> addresses) = 0;

  /// Times calls as the policy says, round robin if there are several. `once`:
  /// seconds that a call of each took just before.
  virtual llvm::Expected<std::vector<TimedCalls>>
  time(llvm::ArrayRef<Call *> calls, llvm::ArrayRef<double> once,
       const TimingPolicy &policy) = 0;

protected:
  /// Errors of `load` and `bind` that every engine has.
  llvm::Error checkBackend(const Program &program) const;
  static llvm::Error checkCall(const Program &program, llvm::StringRef function,
                               size_t addresses);
};

} // namespace chameleon

#endif // CHAMELEON_RUNTIME_ENGINE_H

//===- CudaDriver.h - the CUDA driver, loaded when it is asked for
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// libcuda.so.1 by dlopen, with declarations of our own: neither building nor
// starting needs CUDA.
//
//   llvm::Expected<const cuda::Driver *> driver = cuda::Driver::load();   //
//   error: no driver, or no device int count; llvm::Error error =
//   (*driver)->call((*driver)->deviceGetCount, &count);
//
// A process that has called `load` must not fork children that use CUDA: the
// driver does not survive a fork.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_RUNTIME_CUDADRIVER_H
#define CHAMELEON_RUNTIME_CUDADRIVER_H

#include "chameleon/Runtime/Engine.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <memory>
#include <string>

namespace chameleon::cuda {

// The driver's types, as cuda.h defines them.
using Result = int;
using Device = int;
using DeviceAddress = unsigned long long;
using ContextHandle = struct ContextTag *;
using ModuleHandle = struct ModuleTag *;
using FunctionHandle = struct FunctionTag *;
using StreamHandle = struct StreamTag *;
using EventHandle = struct EventTag *;
using GraphHandle = struct GraphTag *;
using ExecutableGraphHandle = struct ExecutableGraphTag *;

/// What a call of the driver reported.
class CudaError : public llvm::ErrorInfo<CudaError, EngineError> {
public:
  static char ID;
  CudaError(Result code, std::string name, std::string call,
            std::string description)
      : code(code), name(std::move(name)), call(std::move(call)),
        description(std::move(description)) {}

  /// "cuMemAlloc_v2: CUDA_ERROR_OUT_OF_MEMORY (out of memory)".
  void log(llvm::raw_ostream &stream) const override;
  bool isOutOfMemory() const override { return code == 2; }
  /// The context is dead: every further call fails.
  bool isLost() const override;

  const Result code;
  const std::string name, call;
  std::string context; ///< what it was for, or nothing

private:
  std::string description;
};

/// One function of the driver and its name.
template <typename... Parameters>
struct DriverFunction {
  const char *name;
  Result (*address)(Parameters...) = nullptr;
};

class Driver {
public:
  /// Loads the driver and initialises it, once in a process; later calls return
  /// the same. Errors: no driver (says where it was looked for), a driver too
  /// old, cuInit fails (e.g. CUDA_ERROR_NO_DEVICE).
  static llvm::Expected<const Driver *> load();

  /// As `load`, from one file and not remembered. For tests.
  static llvm::Expected<std::unique_ptr<const Driver>>
  loadFrom(llvm::StringRef path);

  template <typename... Parameters, typename... Arguments>
  llvm::Error call(const DriverFunction<Parameters...> &function,
                   Arguments... arguments) const {
    Result result = function.address(arguments...);
    return result == 0 ? llvm::Error::success()
                       : makeError(result, function.name);
  }

  /// As `call`, in destructors: there is nobody to tell, and a dead context
  /// cannot be released.
  template <typename... Parameters, typename... Arguments>
  void callAndForget(const DriverFunction<Parameters...> &function,
                     Arguments... arguments) const {
    (void)function.address(arguments...);
  }

#define CHAMELEON_CUDA_FUNCTION(member, symbol, ...)                           \
  DriverFunction<__VA_ARGS__> member{#symbol};
#include "chameleon/Runtime/CudaFunctions.def"

private:
  Driver() = default;
  llvm::Error makeError(Result result, const char *call) const;
  /// An empty list of missing symbols, or their names.
  std::string resolve(void *library);
};

/// Says what the call was for: "<what>: <error>". Keeps the type of a
/// CudaError.
llvm::Error addContext(llvm::Error error, const llvm::Twine &what);

} // namespace chameleon::cuda

#endif // CHAMELEON_RUNTIME_CUDADRIVER_H

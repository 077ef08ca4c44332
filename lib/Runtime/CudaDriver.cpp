//===- CudaDriver.cpp - the CUDA driver, loaded when it is asked for
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Runtime/CudaDriver.h"
#include "llvm/Support/raw_ostream.h"
#include <dlfcn.h>
#include <memory>
#include <mutex>

using namespace chameleon::cuda;

char CudaError::ID = 0;

void CudaError::log(llvm::raw_ostream &stream) const {
  if (!context.empty())
    stream << context << ": ";
  stream << call << ": " << name;
  if (!description.empty())
    stream << " (" << description << ")";
}

/// Illegal address (700), assertion (710), hardware stack, illegal instruction,
/// misaligned address, address space, program counter (714–718), launch failure
/// (719), and what cannot be told (999).
bool CudaError::isLost() const {
  return code == 700 || code == 710 || (code >= 714 && code <= 719) ||
         code == 999;
}

llvm::Error chameleon::cuda::addContext(llvm::Error error,
                                        const llvm::Twine &what) {
  return llvm::handleErrors(
      std::move(error),
      [&](std::unique_ptr<CudaError> cuda) -> llvm::Error {
        cuda->context = cuda->context.empty()
                            ? what.str()
                            : what.str() + ": " + cuda->context;
        return llvm::Error(std::move(cuda));
      },
      [&](std::unique_ptr<llvm::ErrorInfoBase> other) -> llvm::Error {
        return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                       what + ": " + other->message());
      });
}

llvm::Error Driver::makeError(Result result, const char *call) const {
  const char *name = nullptr, *description = nullptr;
  if (getErrorName.address(result, &name) != 0 || !name)
    name = "unknown error";
  if (getErrorString.address(result, &description) != 0 || !description)
    description = "";
  return llvm::make_error<CudaError>(result, name, call, description);
}

std::string Driver::resolve(void *library) {
  std::string missing;
  auto find = [&](auto &function) {
    function.address = reinterpret_cast<decltype(function.address)>(
        dlsym(library, function.name));
    if (!function.address)
      missing += (missing.empty() ? "" : ", ") + std::string(function.name);
  };
#define CHAMELEON_CUDA_FUNCTION(member, symbol, ...) find(member);
#include "chameleon/Runtime/CudaFunctions.def"
  return missing;
}

llvm::Expected<std::unique_ptr<const Driver>>
Driver::loadFrom(llvm::StringRef path) {
  void *library = dlopen(path.str().c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return llvm::createStringError("no CUDA driver: %s", dlerror());
  std::unique_ptr<Driver> driver(new Driver());
  if (std::string missing = driver->resolve(library); !missing.empty())
    return llvm::createStringError("the CUDA driver %s is too old, expected "
                                   "CUDA 11.4 or newer: it lacks %s",
                                   path.str().c_str(), missing.c_str());
  if (llvm::Error error = driver->call(driver->init, 0u))
    return error;
  return driver;
}

llvm::Expected<const Driver *> Driver::load() {
  static std::mutex mutex;
  static std::unique_ptr<const Driver> loaded;
  std::lock_guard<std::mutex> lock(mutex);
  if (loaded)
    return loaded.get();
  // Where the loader looks, then where containers and WSL put it.
  std::string first;
  for (llvm::StringRef path :
       {"libcuda.so.1", "/usr/local/nvidia/lib64/libcuda.so.1",
        "/usr/lib/wsl/lib/libcuda.so.1"}) {
    llvm::Expected<std::unique_ptr<const Driver>> driver = loadFrom(path);
    if (driver) {
      loaded = std::move(*driver);
      return loaded.get();
    }
    std::string why = llvm::toString(driver.takeError());
    if (first.empty() || !llvm::StringRef(why).starts_with("no CUDA driver"))
      first = why;
  }
  return llvm::createStringError("%s", first.c_str());
}

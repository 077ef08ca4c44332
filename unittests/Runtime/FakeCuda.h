//===- FakeCuda.h - a CUDA driver without a GPU, for tests
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A shared library named libcuda.so.1 with every function that cuda::Driver
// uses: memory is the host's, kernels are what a test says, calls are recorded
// and fail on demand. A test finds the handles below by dlsym; another process
// is controlled by its environment: FAKE_CUDA_FAIL=<symbol>:<code>[:<calls that
// succeed before>], FAKE_CUDA_LOG=<file>, FAKE_CUDA_DEVICES=<number>. Errors
// that are sticky in CUDA are sticky here.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_UNITTESTS_RUNTIME_FAKECUDA_H
#define CHAMELEON_UNITTESTS_RUNTIME_FAKECUDA_H

#include <cstdint>
#include <dlfcn.h>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace chameleon::fakecuda {

struct Launch {
  std::string kernel;
  unsigned grid[3], block[3], dynamicSharedBytes;
  std::vector<uint64_t>
      values; ///< of the parameters; as many as `numParameters` says
};

/// Shared between the library and the test that has loaded it.
struct State {
  std::vector<std::string>
      calls; ///< symbols, in order; getters of attributes and errors left out
  int devices = 1;
  std::vector<int> contexts;    ///< devices on which one was made
  std::vector<Launch> launches; ///< those that have run
  std::string failing;          ///< this symbol fails
  int code = 0;
  int callsBefore = 0; ///< … after so many calls that succeed
  int sticky = 0;      ///< what every call returns from now on
  int64_t live = 0;    ///< objects that have not been released
  size_t allocated = 0, memory = size_t(1) << 30;
  double clock = 0;                     ///< seconds on the device
  std::pair<void *, size_t> registered; ///< host memory
  /// How many 64-bit parameters a kernel has; what it does, and how long that
  /// takes (seconds).
  std::function<int(const std::string &kernel)> numParameters =
      [](const std::string &) { return 0; };
  std::function<double(const Launch &)> run = [](const Launch &) {
    return 1e-5;
  };
};

/// The state of the library at `path` (which must be loaded by the same path).
inline State &state(const char *path) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  return *reinterpret_cast<State *(*)()>(dlsym(library, "fakeCudaState"))();
}

} // namespace chameleon::fakecuda

#endif // CHAMELEON_UNITTESTS_RUNTIME_FAKECUDA_H

//===- EngineBuffers.h - host buffers and their guards, where an engine computes
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to lib/Measure. No MLIR.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_MEASURE_ENGINEBUFFERS_H
#define CHAMELEON_LIB_MEASURE_ENGINEBUFFERS_H

#include "chameleon/Measure/Check.h"
#include "chameleon/Runtime/Engine.h"

namespace chameleon {

/// Where the engine uses the memory of the host, the buffers themselves; else
/// copies with their guards: what reads or writes beyond a buffer there is seen
/// here.
class EngineBuffers {
public:
  /// Uploads everything. `host` outlives the result, and does not move.
  static llvm::Expected<EngineBuffers>
  create(Engine &engine, llvm::MutableArrayRef<GuardedBuffer> host);

  /// Of each buffer, behind its first guard.
  llvm::ArrayRef<uint64_t> addresses() const { return starts; }
  llvm::Error upload(size_t position) const;
  llvm::Error download(size_t position) const;
  /// From `first` on.
  llvm::Error uploadAll(size_t first = 0) const;
  llvm::Error downloadAll(size_t first = 0) const;

private:
  llvm::MutableArrayRef<GuardedBuffer> host;
  std::vector<std::unique_ptr<Engine::Buffer>> copies; ///< or none
  std::vector<uint64_t> starts;
};

/// Calls `function` of a program once on buffers in host memory: its arguments,
/// then its results.
llvm::Error runOnce(Engine &engine, std::shared_ptr<const Program> program,
                    llvm::StringRef function,
                    llvm::MutableArrayRef<GuardedBuffer> buffers);

} // namespace chameleon

#endif // CHAMELEON_LIB_MEASURE_ENGINEBUFFERS_H

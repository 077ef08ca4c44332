//===- ToyBackend.h - a backend that nothing under lib knows
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The target "toy:<lanes>": products of f32 matrices by an interpreter. It is
// as small as a backend can be, and has everything that one has: facts, a
// schedule of its own, a compiler and an engine.
//
//   registerBackend<ToyBackend>(registry);
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_UNITTESTS_TOY_TOYBACKEND_H
#define CHAMELEON_UNITTESTS_TOY_TOYBACKEND_H

#include "chameleon/Target/Backend.h"

namespace chameleon::toy {

class ToyBackend final : public Backend {
public:
  llvm::StringRef getName() const override { return "toy"; }
  llvm::StringRef getTitle() const override { return "toy"; }
  llvm::StringRef getForm() const override { return "'toy:<lanes>'"; }
  llvm::Expected<std::shared_ptr<const Device>>
  parse(std::optional<llvm::StringRef> arguments,
        const DeviceOptions &options) const override;
  llvm::ArrayRef<BuiltinSchedule> getSchedules() const override;
  /// Ours, and what $TOY_GENERATOR adds: as if the toy's sources had changed.
  std::string getGenerator() const override;
  llvm::Expected<std::unique_ptr<Engine>>
  openEngine(const DeviceOptions &options, unsigned ordinal) const override;
};

} // namespace chameleon::toy

#endif // CHAMELEON_UNITTESTS_TOY_TOYBACKEND_H

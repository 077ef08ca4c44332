//===- TargetTesting.h - targets and their facts, for the tests of this folder
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_UNITTESTS_TARGET_TARGETTESTING_H
#define CHAMELEON_UNITTESTS_TARGET_TARGETTESTING_H

#include "chameleon/Target/Backend.h"
#include "chameleon/Target/CPUDevice.h"
#include "chameleon/Target/NVVMDevice.h"
#include "mlir/Dialect/DLTI/DLTI.h"
#include "mlir/IR/MLIRContext.h"
#include "gtest/gtest.h"

namespace chameleon::testing {

/// What the text means where the CPU and NVVM are registered.
inline llvm::Expected<std::shared_ptr<const Device>>
tryParse(llvm::StringRef text, unsigned threads = 0,
         std::string *choice = nullptr) {
  mlir::DialectRegistry registry;
  registerCPUBackend(registry);
  registerNVVMBackend(registry);
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  DeviceOptions options;
  options.threads = threads;
  return BackendRegistry::parse(&context, text, options, choice);
}

template <typename DeviceT = Device>
std::shared_ptr<const DeviceT> parse(llvm::StringRef text,
                                     unsigned threads = 0) {
  return std::dynamic_pointer_cast<const DeviceT>(
      llvm::cantFail(tryParse(text, threads)));
}

inline std::string parseError(llvm::StringRef text, unsigned threads = 0) {
  auto device = tryParse(text, threads);
  return device ? "" : llvm::toString(device.takeError());
}

/// A fact as a schedule would ask for it; -1: there is none.
inline int64_t query(const Device &target, llvm::StringRef device,
                     llvm::StringRef name) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  auto system = mlir::cast<mlir::TargetSystemSpecAttr>(target.toDLTI(&context));
  auto facts =
      system.getDeviceSpecForDeviceID(mlir::StringAttr::get(&context, device));
  if (!facts)
    return -1;
  for (mlir::DataLayoutEntryInterface entry : facts->getEntries())
    if (auto key = mlir::dyn_cast<mlir::StringAttr>(entry.getKey());
        key && key.getValue() == name)
      return mlir::cast<mlir::IntegerAttr>(entry.getValue()).getInt();
  return -1;
}

} // namespace chameleon::testing

#endif // CHAMELEON_UNITTESTS_TARGET_TARGETTESTING_H

//===- TargetTesting.h - targets and their facts, for the tests of this folder
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_UNITTESTS_TARGET_TARGETTESTING_H
#define CHAMELEON_UNITTESTS_TARGET_TARGETTESTING_H

#include "chameleon/Target/TargetDescription.h"
#include "mlir/Dialect/DLTI/DLTI.h"
#include "mlir/IR/MLIRContext.h"
#include "gtest/gtest.h"

namespace chameleon::testing {

inline TargetDescription parse(llvm::StringRef text, unsigned threads = 0) {
  auto target = TargetDescription::parse(text, threads);
  EXPECT_TRUE(bool(target)) << llvm::toString(target.takeError());
  return std::move(*target);
}

inline std::string parseError(llvm::StringRef text, unsigned threads = 0) {
  auto target = TargetDescription::parse(text, threads);
  return target ? "" : llvm::toString(target.takeError());
}

/// A fact as a schedule would ask for it; -1: there is none.
inline int64_t query(const TargetDescription &target, llvm::StringRef device,
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

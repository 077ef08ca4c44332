//===- Device.cpp - one device of a backend, and what it offers
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Target/Device.h"
#include "chameleon/Runtime/Engine.h"
#include "chameleon/Target/Backend.h"
#include "mlir/Dialect/DLTI/DLTI.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/SmallVector.h"

using namespace mlir;
using namespace chameleon;

Device::Device(std::shared_ptr<const Backend> backend)
    : backend(std::move(backend)) {}

Device::~Device() = default;

llvm::Expected<std::unique_ptr<Engine>>
Device::openEngine(unsigned ordinal) const {
  DeviceOptions options;
  options.threads = getThreads();
  return backend->openEngine(options, ordinal);
}

std::string Device::describe() const { return getSpec() + ": " + getName(); }

Attribute Device::toDLTI(MLIRContext *context) const {
  context->getOrLoadDialect<DLTIDialect>();
  Builder builder(context);
  SmallVector<DataLayoutEntryInterface> entries;
  TargetFacts facts = getFacts();
  for (const auto &[name, value] : facts.values)
    entries.push_back(DataLayoutEntryAttr::get(
        builder.getStringAttr(name), builder.getI64IntegerAttr(value)));
  DataLayoutEntryInterface device =
      DataLayoutEntryAttr::get(builder.getStringAttr(facts.device),
                               TargetDeviceSpecAttr::get(context, entries));
  return TargetSystemSpecAttr::get(context, {device});
}

//===- TargetDescription.cpp - what a target is, and what it
// offers to schedules
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Target/TargetDescription.h"
#include "TargetKinds.h"
#include "mlir/Dialect/DLTI/DLTI.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/SmallVector.h"

using namespace mlir;

namespace chameleon {

/// By TargetDescription::Kind.
static const TargetKind &kindOf(TargetDescription::Kind kind) {
  switch (kind) {
  case TargetDescription::Kind::CPU:
    return cpuTarget();
  case TargetDescription::Kind::NVVM:
    return nvvmTarget();
  }
  llvm_unreachable("every kind has its file");
}

static constexpr TargetDescription::Kind allKinds[] = {
    TargetDescription::Kind::CPU, TargetDescription::Kind::NVVM};

/// The GPU if there is one.
static llvm::Expected<TargetDescription> choose(unsigned threads,
                                                DriverUse use) {
  llvm::Expected<TargetDescription> gpu =
      nvvmTarget().parse("", /*hasRest=*/false, threads, use);
  if (gpu) {
    gpu->choice = "the GPU, being there";
    return gpu;
  }
  std::string why = llvm::toString(gpu.takeError());
  llvm::Expected<TargetDescription> cpu =
      cpuTarget().parse("", /*hasRest=*/false, threads, use);
  if (cpu)
    cpu->choice = "the host CPU, for want of a GPU: " + why;
  return cpu;
}

llvm::Expected<TargetDescription> TargetDescription::parse(llvm::StringRef text,
                                                           unsigned threads,
                                                           DriverUse use) {
  if (threads > 1024)
    return llvm::createStringError("%u threads, expected at most 1024",
                                   threads);
  if (text == "auto")
    return choose(threads, use);
  auto [name, rest] = text.split(':');
  std::string expected = "'auto'";
  for (Kind kind : allKinds) {
    const TargetKind &candidate = kindOf(kind);
    if (name == candidate.name)
      return candidate.parse(rest, text.contains(':'), threads, use);
    expected += ", '" + candidate.name.str() + "', " + candidate.form.str();
  }
  return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                 "unknown target '" + text +
                                     "', expected one of " + expected);
}

llvm::StringRef TargetDescription::kindName() const {
  return kindOf(kind).name;
}

std::string TargetDescription::spec() const { return kindOf(kind).spec(*this); }

std::string TargetDescription::key() const { return kindOf(kind).key(*this); }

double TargetDescription::peakGflops() const {
  return kindOf(kind).peakGflops(*this);
}

Attribute TargetDescription::toDLTI(MLIRContext *context) const {
  context->getOrLoadDialect<DLTIDialect>();
  Builder builder(context);
  SmallVector<DataLayoutEntryInterface> entries;
  for (auto [name, value] : kindOf(kind).facts(*this))
    entries.push_back(DataLayoutEntryAttr::get(
        builder.getStringAttr(name), builder.getI64IntegerAttr(value)));
  DataLayoutEntryInterface device =
      DataLayoutEntryAttr::get(builder.getStringAttr(kindOf(kind).device),
                               TargetDeviceSpecAttr::get(context, entries));
  return TargetSystemSpecAttr::get(context, {device});
}

} // namespace chameleon

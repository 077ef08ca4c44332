//===- GPUHooks.cpp - what a kernel asks of the GPU that it is built for
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Kernels/GPUHooks.h"
#include "chameleon/IR/ChameleonDialect.h"
#include "chameleon/Kernels/GPUAtom.h"
#include "mlir/Dialect/DLTI/DLTI.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/DialectInterface.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace chameleon;

//===----------------------------------------------------------------------===//
// What GPUs share
//===----------------------------------------------------------------------===//

GPUHooks::~GPUHooks() = default;

/// An entry of the nearest description of a device "GPU"; null without one.
static Attribute getFact(Operation *payload, StringRef name) {
  for (; payload; payload = payload->getParentOp()) {
    auto system = payload->getAttrOfType<TargetSystemSpecAttr>(
        DLTIDialect::kTargetSystemDescAttrName);
    if (!system)
      continue;
    Builder builder(payload->getContext());
    FailureOr<Attribute> device = system.query(builder.getStringAttr("GPU"));
    auto facts = succeeded(device) ? dyn_cast<DLTIQueryInterface>(*device)
                                   : DLTIQueryInterface();
    if (!facts)
      return {};
    FailureOr<Attribute> fact = facts.query(builder.getStringAttr(name));
    return succeeded(fact) ? *fact : Attribute();
  }
  return {};
}

GPULimits GPUHooks::getLimits(Operation *payload) const {
  GPULimits limits = getDefaultLimits();
  std::pair<StringRef, int64_t *> facts[] = {
      {"max_threads", &limits.blockThreads},
      {"shared_bytes", &limits.sharedBytes},
      {"cluster_blocks", &limits.clusterBlocks}};
  for (auto [name, value] : facts)
    if (auto fact = dyn_cast_or_null<IntegerAttr>(getFact(payload, name)))
      *value = fact.getInt();
  return limits;
}

ArrayRef<const GPUAtom *> GPUHooks::getAtoms() const {
  static const GPUAtom *const atoms[] = {&getFmaAtom()};
  return atoms;
}

void GPUHooks::barrier(OpBuilder &b, Location loc) const {
  gpu::BarrierOp::create(b, loc);
}

Value GPUHooks::shuffle(OpBuilder &b, Location loc, Value scalar,
                        int64_t distance) const {
  return gpu::ShuffleOp::create(b, loc, scalar, distance,
                                getDefaultLimits().warpThreads,
                                gpu::ShuffleMode::XOR)
      .getShuffleResult();
}

void GPUHooks::arriveInCluster(OpBuilder &, Location) const {
  llvm_unreachable("no clusters");
}

void GPUHooks::waitForCluster(OpBuilder &, Location) const {
  llvm_unreachable("no clusters");
}

Value GPUHooks::getSharedOf(OpBuilder &, Location, Value, int64_t) const {
  llvm_unreachable("no clusters");
}

Value GPUHooks::loadSharedOf(OpBuilder &, Location, Value, Value, Type,
                             int64_t) const {
  llvm_unreachable("no clusters");
}

//===----------------------------------------------------------------------===//
// Registration
//===----------------------------------------------------------------------===//

namespace {

/// The hooks that a context knows, by the names of their backends.
class GPUHooksInterface : public DialectInterface::Base<GPUHooksInterface> {
public:
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(GPUHooksInterface)
  GPUHooksInterface(Dialect *dialect) : Base(dialect) {}

  void add(StringRef name, std::shared_ptr<const GPUHooks> added) {
    auto known = llvm::find_if(
        hooks, [&](const auto &entry) { return entry.first == name; });
    if (known == hooks.end())
      hooks.emplace_back(name, std::move(added));
  }
  const GPUHooks *find(StringRef name) const {
    for (const auto &[known, value] : hooks)
      if (name.empty() || known == name)
        return value.get();
    return nullptr;
  }

private:
  SmallVector<std::pair<std::string, std::shared_ptr<const GPUHooks>>, 0> hooks;
};

} // namespace

void chameleon::addGPUHooks(ChameleonDialect &dialect, StringRef name,
                            std::shared_ptr<const GPUHooks> hooks) {
  auto *interface = dialect.getRegisteredInterface<GPUHooksInterface>();
  if (!interface)
    interface = &dialect.addInterface<GPUHooksInterface>();
  interface->add(name, std::move(hooks));
}

const GPUHooks *chameleon::getGPUHooks(Operation *payload) {
  auto *dialect = payload->getContext()->getLoadedDialect<ChameleonDialect>();
  const auto *interface =
      dialect ? dialect->getRegisteredInterface<GPUHooksInterface>() : nullptr;
  if (!interface)
    return nullptr;
  auto name = dyn_cast_or_null<StringAttr>(getFact(payload, "hooks"));
  return interface->find(name ? name.getValue() : "");
}

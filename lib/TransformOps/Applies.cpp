//===- Applies.cpp - transform.chameleon.applies
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Kernels/CPUContraction.h"
#include "chameleon/Kernels/GPUContraction.h"
#include "chameleon/Kernels/GPULoops.h"
#include "chameleon/Kernels/VectorLoops.h"
#include "chameleon/TransformOps/ChameleonTransformOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace chameleon;
using chameleon::transform_ops::AppliesOp;

/// Returns why a lowering cannot do an operation; empty if it can.
using Check = std::string (*)(linalg::LinalgOp op);

static std::string checkKernelTask(
    linalg::LinalgOp op,
    llvm::function_ref<std::string(const KernelTask &, const GPUHooks &)>
        check) {
  const GPUHooks *hooks = getGPUHooks(op);
  if (!hooks)
    return "expects a backend whose kernels it can build";
  std::variant<KernelTask, std::string> task = KernelTask::analyze(op);
  if (std::string *reason = std::get_if<std::string>(&task))
    return *reason;
  return check(std::get<KernelTask>(task), *hooks);
}

static std::string checkContractionKernel(linalg::LinalgOp op) {
  return checkKernelTask(op, [](const KernelTask &task, const GPUHooks &hooks) {
    return checkGPUContraction(task, hooks);
  });
}

static std::string checkLoopsKernel(linalg::LinalgOp op) {
  return checkKernelTask(op, [](const KernelTask &task, const GPUHooks &hooks) {
    return checkGPULoops(task, {/*threads=*/32, /*lanes=*/1, /*sharing=*/1},
                         hooks);
  });
}

/// What is beside the target becomes vectors, too.
static std::string checkWithOthers(linalg::LinalgOp op, Check checkOne) {
  std::string reason;
  auto check = [&](linalg::LinalgOp other) {
    if (reason.empty())
      reason = checkOne(other);
  };
  check(op);
  if (auto function = op->getParentOfType<func::FuncOp>())
    function.walk(check);
  return reason;
}

static std::string checkVectors(linalg::LinalgOp op) {
  return checkWithOthers(op, checkVectorForm);
}

static std::string checkVectorsOf(linalg::LinalgOp op) {
  return checkWithOthers(op, [](linalg::LinalgOp other) {
    return checkVectorLoops(other, {/*lanes=*/1, /*vectors=*/1});
  });
}

static Check getCheck(StringRef lowering) {
  return llvm::StringSwitch<Check>(lowering)
      .Case("lower_contraction", checkCPUContraction)
      .Case("lower_to_gpu_contraction", checkContractionKernel)
      .Case("lower_to_gpu_loops", checkLoopsKernel)
      .Case("lower_to_vectors", checkVectorsOf)
      .Case("vectorize", checkVectors)
      .Default(nullptr);
}

LogicalResult AppliesOp::verify() {
  if (!getCheck(getLowering()))
    return emitOpError("expects lower_contraction, lower_to_gpu_contraction, "
                       "lower_to_gpu_loops, lower_to_vectors or vectorize, "
                       "found '")
           << getLowering() << "'";
  return success();
}

DiagnosedSilenceableFailure
AppliesOp::apply(transform::TransformRewriter &rewriter,
                 transform::TransformResults &results,
                 transform::TransformState &state) {
  for (Operation *target : state.getPayloadOps(getTarget())) {
    auto op = dyn_cast<linalg::LinalgOp>(target);
    std::string reason = op ? getCheck(getLowering())(op)
                            : "expects a structured operation, found " +
                                  target->getName().getStringRef().str();
    if (reason.empty())
      continue;
    target->emitRemark() << getLowering() << " " << reason;
    return emitSilenceableError() << getLowering() << " " << reason;
  }
  return DiagnosedSilenceableFailure::success();
}

void AppliesOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  transform::onlyReadsHandle(getTargetMutable(), effects);
  transform::onlyReadsPayload(effects);
}

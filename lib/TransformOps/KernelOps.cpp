//===- KernelOps.cpp - operations that make kernels of tasks
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "KernelOps.h"

using namespace mlir;
using namespace chameleon;

DiagnosedSilenceableFailure chameleon::lowerToKernels(
    Operation *op, transform::TransformResults &results,
    transform::TransformState &state,
    llvm::function_ref<std::string(const KernelTask &task,
                                   const GPUHooks &hooks,
                                   SmallVectorImpl<Operation *> &launches)>
        lower) {
  SmallVector<Operation *> launches;
  for (Operation *target : state.getPayloadOps(op->getOperand(0))) {
    std::string reason = "expects a structured operation";
    if (auto anchor = dyn_cast<linalg::LinalgOp>(target)) {
      std::variant<KernelTask, std::string> analyzed =
          KernelTask::analyze(anchor);
      auto *task = std::get_if<KernelTask>(&analyzed);
      const GPUHooks *hooks = getGPUHooks(target);
      reason = !task    ? std::get<std::string>(analyzed)
               : !hooks ? "expects a backend whose kernels it can build"
                        : lower(*task, *hooks, launches);
      if (reason.empty())
        continue;
    }
    DiagnosedSilenceableFailure failure =
        emitSilenceableFailure(op->getLoc(), reason);
    failure.attachNote(target->getLoc()) << "when applied to this op";
    return failure;
  }
  results.set(op->getOpResult(0), launches);
  return DiagnosedSilenceableFailure::success();
}

void chameleon::getLoweringEffects(
    Operation *op,
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  MutableArrayRef<OpOperand> operands = op->getOpOperands();
  transform::consumesHandle(operands.take_front(), effects);
  transform::onlyReadsHandle(operands.drop_front(), effects);
  transform::producesHandle(op->getOpResults(), effects);
  transform::modifiesPayload(effects);
}

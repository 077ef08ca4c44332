//===- LowerToGPULoops.cpp - transform.chameleon.lower_to_gpu_loops
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "KernelOps.h"
#include "chameleon/Kernels/GPULoops.h"
#include "chameleon/TransformOps/ChameleonTransformOps.h"

using namespace mlir;
using namespace chameleon;

DiagnosedSilenceableFailure chameleon::transform_ops::LowerToGPULoopsOp::apply(
    transform::TransformRewriter &rewriter,
    transform::TransformResults &results, transform::TransformState &state) {
  GPULoopParameters p;
  std::tuple<Value, StringRef, int64_t *> parameters[] = {
      {getThreads(), "threads", &p.threads},
      {getLanes(), "lanes", &p.lanes},
      {getSharing(), "sharing", &p.sharing}};
  for (auto [param, name, value] : parameters) {
    DiagnosedSilenceableFailure valid =
        getIntegerParam(state, *this, param, name, /*minimum=*/1, *value);
    if (!valid.succeeded())
      return valid;
  }
  return lowerToKernels(*this, results, state,
                        [&](const KernelTask &task, const GPUHooks &hooks,
                            SmallVectorImpl<Operation *> &launches) {
                          return lowerGPULoops(rewriter, task, p, hooks,
                                               launches);
                        });
}

void chameleon::transform_ops::LowerToGPULoopsOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  getLoweringEffects(*this, effects);
}

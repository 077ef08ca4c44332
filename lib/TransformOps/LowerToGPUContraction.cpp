//===- LowerToGPUContraction.cpp - transform.chameleon.lower_to_gpu_contraction
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "KernelOps.h"
#include "chameleon/Kernels/GPUContraction.h"
#include "chameleon/TransformOps/ChameleonTransformOps.h"

using namespace mlir;
using namespace chameleon;

DiagnosedSilenceableFailure
chameleon::transform_ops::LowerToGPUContractionOp::apply(
    transform::TransformRewriter &rewriter,
    transform::TransformResults &results, transform::TransformState &state) {
  GPUContractionParameters p;
  std::tuple<Value, StringRef, int64_t, int64_t *> parameters[] = {
      {getTileRows(), "tile rows", 1, &p.tileRows},
      {getTileColumns(), "tile columns", 1, &p.tileColumns},
      {getTileDepth(), "tile depth", 1, &p.tileDepth},
      {getInterleaveRows(), "interleaved rows", 1, &p.interleaveRows},
      {getInterleaveColumns(), "interleaved columns", 1, &p.interleaveColumns},
      {getThreadRows(), "rows of a thread", 1, &p.threadRows},
      {getThreadColumns(), "columns of a thread", 1, &p.threadColumns},
      {getStages(), "stages", 1, &p.stages},
      {getPad(), "pad", 0, &p.pad},
      {getTurn(), "turn", 0, &p.turn},
      {getSplits(), "splits", 1, &p.splits},
      {getCluster(), "cluster", 1, &p.cluster}};
  for (auto [param, name, minimum, value] : parameters) {
    DiagnosedSilenceableFailure valid =
        getIntegerParam(state, *this, param, name, minimum, *value);
    if (!valid.succeeded())
      return valid;
  }
  return lowerToKernels(*this, results, state,
                        [&](const KernelTask &task, const GPUHooks &hooks,
                            SmallVectorImpl<Operation *> &launches) {
                          return lowerGPUContraction(rewriter, task, p, hooks,
                                                     launches);
                        });
}

void chameleon::transform_ops::LowerToGPUContractionOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  getLoweringEffects(*this, effects);
}

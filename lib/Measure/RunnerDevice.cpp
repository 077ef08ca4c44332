//===- RunnerDevice.cpp - what a device asks of the runner, and offers
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Measure/Runner.h"
#include "chameleon/Runtime/CUDAEngine.h"

using namespace chameleon;

/// Tiles, vectorises, lowers: a small task goes all the way, so that children
/// inherit loaded dialects, initialised passes and LLVM's tables, with the
/// pages that they live on.
static constexpr llvm::StringLiteral vectorSchedule = R"mlir(
    module attributes {transform.with_named_sequence} {
      transform.named_sequence @__transform_main(%root: !transform.any_op) {
        %func = transform.structured.match ops{["func.func"]} in %root : (!transform.any_op) -> !transform.any_op
        %op = transform.structured.match ops{["linalg.matmul"]} in %root : (!transform.any_op) -> !transform.any_op
        %tiled, %loops = transform.structured.tile_using_for %op tile_sizes [2] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
        transform.structured.vectorize %tiled : !transform.any_op
        transform.apply_patterns to %func {
          transform.apply_patterns.vector.transfer_permutation_patterns
          transform.apply_patterns.vector.reduction_to_contract
          transform.apply_patterns.canonicalization
        } : !transform.any_op
        transform.apply_patterns to %func {
          transform.apply_patterns.vector.lower_contraction lowering_strategy = "outerproduct"
          transform.apply_patterns.vector.transfer_permutation_patterns
          transform.apply_patterns.vector.lower_outerproduct
        } : !transform.any_op
        transform.apply_patterns to %func {
          transform.apply_patterns.vector.lower_transfer max_transfer_rank = 1
          transform.apply_patterns.vector.lower_transpose lowering_strategy = "shuffle_1d"
          transform.apply_patterns.canonicalization
        } : !transform.any_op
        transform.yield
      }
    })mlir";

llvm::Expected<RunnerDevice> RunnerDevice::find(const RunnerOptions &options) {
  llvm::Expected<TargetDescription> target = TargetDescription::parse(
      options.target, options.threads, DriverUse::ChildProcess);
  if (!target)
    return target.takeError();
  llvm::Expected<TargetDescription> host = TargetDescription::parse("cpu", 1);
  if (!host)
    return host.takeError();
  RunnerDevice device;
  device.target = *target;
  device.host = *host;
  device.createCompiler = [target = *target](mlir::MLIRContext *context,
                                             const CompileOptions &compile) {
    return chameleon::createCompiler(context, target, compile);
  };
  device.openEngine = [target = *target](unsigned ordinal) {
    return chameleon::openEngine(target, ordinal);
  };
  if (target->kindName() == cuda::backendName) {
    // A chip that was named compiles anywhere; measuring needs the device.
    llvm::Expected<cuda::DeviceFacts> facts =
        cuda::DeviceFacts::queryInChild(0);
    if (!facts)
      return facts.takeError();
    device.devices = static_cast<unsigned>(facts->count);
  } else {
    device.warmUpSchedule = vectorSchedule;
  }
  return device;
}

//===- OutlineKernels.cpp - from gpu.launch to kernels of one module
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Upstream's outlining makes a module for each kernel; one PTX for a whole
// model is assembled and loaded faster.
//
//===----------------------------------------------------------------------===//

#include "OutlineKernels.h"
#include "LaunchList.h"
#include "chameleon/IR/ChameleonDialect.h"
#include "chameleon/Kernels/ExpandMath.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/Utils/GPUUtils.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace chameleon {

/// Clones what is cheap to have in the kernel into it, until only buffers are
/// captured.
static void sinkIntoLaunch(gpu::LaunchOp launch) {
  Region &body = launch.getBody();
  for (bool changed = true; changed;) {
    changed = false;
    SetVector<Value> captured;
    getUsedValuesDefinedAbove(body, captured);
    for (Value value : captured) {
      Operation *producer = value.getDefiningOp();
      if (!producer ||
          !(producer->hasTrait<OpTrait::ConstantLike>() ||
            (isa<ViewLikeOpInterface>(producer) && isPure(producer))))
        continue;
      OpBuilder builder = OpBuilder::atBlockBegin(&body.front());
      Value inside = builder.clone(*producer)->getResult(
          cast<OpResult>(value).getResultNumber());
      value.replaceUsesWithIf(inside, [&](OpOperand &use) {
        return body.isAncestor(use.getOwner()->getParentRegion()) &&
               use.getOwner() != inside.getDefiningOp();
      });
      changed = true;
    }
  }
}

static void setClusterSize(gpu::GPUFuncOp kernel, gpu::KernelDim3 sizes) {
  SmallVector<int32_t> values;
  for (Value size : {sizes.x, sizes.y, sizes.z})
    values.push_back(getConstantIntValue(size).value_or(1));
  kernel.setKnownClusterSize(values);
}

void outlineKernels(ModuleOp module) {
  gpu::GPUModuleOp kernels;
  std::optional<SymbolTable> names;
  for (auto function : module.getOps<func::FuncOp>()) {
    SmallVector<gpu::LaunchOp> launches;
    function.walk([&](gpu::LaunchOp launch) { launches.push_back(launch); });
    for (gpu::LaunchOp launch : launches) {
      OpBuilder builder(module.getContext());
      if (!kernels) {
        kernels = gpu::GPUModuleOp::create(builder, module.getLoc(), "kernels");
        // The model may use the name for something else.
        SymbolTable(module).insert(kernels, module.getBody()->begin());
        module->setAttr(gpu::GPUDialect::getContainerModuleAttrName(),
                        builder.getUnitAttr());
        names.emplace(kernels);
      }
      sinkIntoLaunch(launch);
      SmallVector<Value> operands;
      std::optional<gpu::KernelDim3> cluster =
          launch.getClusterSizeOperandValues();
      gpu::GPUFuncOp kernel = outlineKernelFunc(
          launch, (function.getName() + "_kernel").str(), operands);
      // A kernel that says so itself is launched like any other.
      if (cluster)
        setClusterSize(kernel, *cluster);
      llvm::SmallDenseSet<Value> buffers;
      if (llvm::all_of(operands, [&](Value operand) {
            return buffers.insert(findBuffer(operand)).second;
          }))
        kernel->setAttr(distinctAttribute, builder.getUnitAttr());
      names->insert(kernel);
      builder.setInsertionPoint(launch);
      gpu::LaunchFuncOp::create(builder, launch.getLoc(), kernel,
                                launch.getGridSizeOperandValues(),
                                launch.getBlockSizeOperandValues(),
                                launch.getDynamicSharedMemorySize(), operands);
      launch.erase();
    }
  }
}

LogicalResult lowerKernelMath(gpu::GPUModuleOp kernels) {
  RewritePatternSet patterns(kernels.getContext());
  populateMathExpansions(patterns);
  math::populateExpansionPatterns(patterns, {"rsqrt", "fpowi"}); // of doubles
  return applyPatternsGreedily(kernels, std::move(patterns));
}

} // namespace chameleon

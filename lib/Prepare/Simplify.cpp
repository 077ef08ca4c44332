//===- Simplify.cpp - from what front ends emit to clean tunable linalg
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The order of the steps; docs/preparation.md has the reason of each.
//
//===----------------------------------------------------------------------===//

#include "Simplify.h"
#include "Graph.h"
#include "chameleon/IR/SplitPads.h"
#include "chameleon/Prepare/Prepare.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

LogicalResult chameleon::simplifyModel(ModuleOp module) {
  for (auto function : module.getOps<func::FuncOp>()) {
    if (function.isExternal())
      continue;
    eraseAssertions(function);
    splitCuttingPads(function);
    RewritePatternSet patterns(function.getContext());
    populateSimplificationPatterns(patterns);
    linalg::populateInlineConstantOperandsPatterns(patterns);
    linalg::populateEraseUnusedOperandsAndResultsPatterns(patterns);
    populateMathAlgebraicSimplificationPatterns(patterns);
    GreedyRewriteConfig config;
    config.setMaxIterations(4).setUseTopDownTraversal();
    (void)applyPatternsGreedily(function, std::move(patterns), config);
    narrowFloat64Islands(function);
    cleanUp(function);
    foldMaskedRows(function);
    foldBatchNorm(function);
    separateCentring(function);
    // In one round a relu could reach the mean behind it before it has reached
    // its convolution.
    fuseElementwise(function, /*intoReductions=*/false);
    mergeResidualBiases(function);
    fuseElementwise(function, /*intoReductions=*/true);
    cleanUp(function);
    separateDestinations(function);
  }
  return success();
}

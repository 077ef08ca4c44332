//===- ConvertToLLVM.cpp - everything to the LLVM dialect, in one conversion
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ConvertToLLVM.h"
#include "mlir/Analysis/DataLayoutAnalysis.h"
#include "mlir/Conversion/AffineToStandard/AffineToStandard.h"
#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ComplexToLLVM/ComplexToLLVM.h"
#include "mlir/Conversion/ComplexToStandard/ComplexToStandard.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVM.h"
#include "mlir/Conversion/IndexToLLVM/IndexToLLVM.h"
#include "mlir/Conversion/LLVMCommon/ConversionTarget.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MathToLibm/MathToLibm.h"
#include "mlir/Conversion/MemRefToLLVM/MemRefToLLVM.h"
#include "mlir/Conversion/OpenMPToLLVM/ConvertOpenMPToLLVM.h"
#include "mlir/Conversion/UBToLLVM/UBToLLVM.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVM.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Transforms/DialectConversion.h"

using namespace mlir;

namespace chameleon {

/// Of doubles there are no expansions here: a call for what has no intrinsic,
/// and for expm1, which upstream takes for exp(x) - 1.
static void addMathCalls(RewritePatternSet &patterns) {
  populateMathToLibmConversionPatterns(patterns, /*benefit=*/1);
  RewritePatternSet calls(patterns.getContext());
  populateMathToLibmConversionPatterns(calls, /*benefit=*/3);
  for (std::unique_ptr<RewritePattern> &pattern : calls.getNativePatterns())
    if (pattern->getRootKind() && pattern->getRootKind()->getStringRef() ==
                                      math::ExpM1Op::getOperationName())
      patterns.add(std::move(pattern));
}

/// Leaves of complex numbers what LLVM has: their parts. On its own, for these
/// patterns look at types that the conversion proper has replaced.
static LogicalResult expandComplex(ModuleOp module) {
  bool found =
      module
          .walk([](Operation *op) {
            return isa_and_nonnull<complex::ComplexDialect>(op->getDialect())
                       ? WalkResult::interrupt()
                       : WalkResult::advance();
          })
          .wasInterrupted();
  if (!found)
    return success();
  RewritePatternSet patterns(module.getContext());
  populateComplexToStandardConversionPatterns(patterns);
  ConversionTarget target(*module.getContext());
  target.addLegalDialect<arith::ArithDialect, math::MathDialect>();
  target.addLegalOp<complex::CreateOp, complex::ImOp, complex::ReOp>();
  return applyPartialConversion(module, target, std::move(patterns));
}

/// Upstream takes buffers without elements for such without strides where a
/// zero is not in front, and silently leaves functions that take one. What the
/// other extents are does not matter: nothing is read.
static void moveZerosToFront(ModuleOp module) {
  auto change = [](Type type) -> Type {
    auto buffer = dyn_cast<MemRefType>(type);
    if (!buffer || !llvm::is_contained(buffer.getShape(), 0))
      return type;
    SmallVector<int64_t> shape(buffer.getRank(), 1);
    shape.front() = 0;
    return MemRefType::get(shape, buffer.getElementType(),
                           MemRefLayoutAttrInterface(),
                           buffer.getMemorySpace());
  };
  module.walk([&](Operation *operation) {
    for (Value result : operation->getResults())
      result.setType(change(result.getType()));
    for (Region &region : operation->getRegions())
      for (BlockArgument argument : region.getArguments())
        argument.setType(change(argument.getType()));
    if (auto function = dyn_cast<func::FuncOp>(operation)) {
      auto types = [&](ArrayRef<Type> given) {
        return llvm::map_to_vector(given, change);
      };
      function.setType(FunctionType::get(
          function.getContext(), types(function.getFunctionType().getInputs()),
          types(function.getFunctionType().getResults())));
    }
  });
}

LogicalResult convertToLLVM(ModuleOp module) {
  moveZerosToFront(module);
  MLIRContext *context = module.getContext();
  if (failed(expandComplex(module)))
    return failure();
  DataLayoutAnalysis layouts(module);
  LowerToLLVMOptions options(context, layouts.getAtOrAbove(module));
  options.useBarePtrCallConv = true;
  options.allocLowering = LowerToLLVMOptions::AllocLowering::AlignedAlloc;
  LLVMTypeConverter converter(context, options, &layouts);

  SymbolTableCollection symbols;
  RewritePatternSet patterns(context);
  populateAffineToStdConversionPatterns(patterns);
  populateComplexToLLVMConversionPatterns(converter, patterns);
  arith::populateCeilFloorDivExpandOpsPatterns(patterns);
  arith::populateArithToLLVMConversionPatterns(converter, patterns);
  cf::populateAssertToLLVMConversionPattern(converter, patterns,
                                            /*abortOnFailure=*/true, &symbols);
  cf::populateControlFlowToLLVMConversionPatterns(converter, patterns);
  index::populateIndexToLLVMConversionPatterns(converter, patterns);
  populateFinalizeMemRefToLLVMConversionPatterns(converter, patterns, &symbols);
  populateFuncToLLVMConversionPatterns(converter, patterns, &symbols);
  populateMathToLLVMConversionPatterns(converter, patterns,
                                       /*approximateLog1p=*/false,
                                       /*benefit=*/2);
  addMathCalls(patterns);
  // A call takes a scalar: vectors are taken apart for it.
  populateVectorToLLVMConversionPatterns(converter, patterns);
  populateOpenMPToLLVMConversionPatterns(converter, patterns);
  ub::populateUBToLLVMConversionPatterns(converter, patterns);

  LLVMConversionTarget target(*context);
  target.addLegalOp<ModuleOp>();
  target.addIllegalDialect<func::FuncDialect>();
  configureOpenMPToLLVMConversionLegality(target, converter);
  return applyPartialConversion(module, target, std::move(patterns));
}

} // namespace chameleon

//===- PrepareForCPU.cpp - the steps of the CPU pipeline that upstream has no
// pass for
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PrepareForCPU.h"
#include "CheckFunction.h"
#include "chameleon/IR/ChameleonDialect.h"
#include "chameleon/IR/SplitPads.h"
#include "chameleon/IR/StorageType.h"
#include "chameleon/Kernels/ExpandMath.h"
#include "chameleon/Target/ScalarOperands.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/MemRef/Utils/MemRefUtils.h"
#include "mlir/Dialect/OpenMP/OpenMPDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;

namespace chameleon {

//===----------------------------------------------------------------------===//
// Before bufferization
//===----------------------------------------------------------------------===//

/// Whether `use` says where an operation (or loop) puts its result.
static bool isDestination(OpOperand &use) {
  if (auto destinationStyle =
          dyn_cast<DestinationStyleOpInterface>(use.getOwner()))
    return destinationStyle.isDpsInit(&use);
  if (auto loop = dyn_cast<LoopLikeOpInterface>(use.getOwner()))
    return loop.getTiedLoopResult(&use) != nullptr;
  if (auto call = dyn_cast<func::CallOp>(use.getOwner()))
    return use.getOperandNumber() + call.getNumResults() >=
           call.getNumOperands();
  return false;
}

/// CSE lets many operations start from one empty tensor or one zero fill;
/// bufferization would copy it for each of them.
template <typename SharedOp>
static void unshareDestinations(func::FuncOp function) {
  SmallVector<SharedOp> shared;
  function.walk([&](SharedOp operation) {
    if (operation->getNumResults() == 1 && !operation->hasOneUse())
      shared.push_back(operation);
  });
  for (SharedOp operation : shared) {
    SmallVector<OpOperand *> destinations;
    for (OpOperand &use : operation->getUses())
      if (isDestination(use))
        destinations.push_back(&use);
    for (OpOperand *use : destinations) {
      OpBuilder builder(use->getOwner());
      use->set(builder.clone(*operation)->getResult(0));
    }
    if (operation->use_empty())
      operation->erase();
  }
}

static bool isEmpty(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && llvm::is_contained(tensor.getShape(), 0);
}

/// What has no elements is not computed: upstream would put it at the end of
/// something, an offset that is invalid even for nothing.
static void replaceEmptyTensors(func::FuncOp function) {
  IRRewriter rewriter(function.getContext());
  SmallVector<Operation *> operations;
  function.walk([&](Operation *operation) {
    if (operation->getNumResults() > 0 && !isa<tensor::EmptyOp>(operation) &&
        isMemoryEffectFree(operation) &&
        llvm::all_of(operation->getResultTypes(), isEmpty))
      operations.push_back(operation);
    if (auto concat = dyn_cast<tensor::ConcatOp>(operation)) {
      SmallVector<Value> inputs(
          llvm::make_filter_range(concat.getInputs(), [](Value input) {
            return !isEmpty(input.getType());
          }));
      if (!inputs.empty())
        concat.getInputsMutable().assign(inputs);
    }
  });
  for (Operation *operation : operations) {
    rewriter.setInsertionPoint(operation);
    SmallVector<Value> empty;
    for (Type type : operation->getResultTypes())
      empty.push_back(
          tensor::EmptyOp::create(rewriter, operation->getLoc(),
                                  cast<RankedTensorType>(type).getShape(),
                                  cast<RankedTensorType>(type).getElementType(),
                                  cast<RankedTensorType>(type).getEncoding()));
    rewriter.replaceOp(operation, empty);
  }
}

/// Packs, concatenations and softmax have neither loops nor a bufferization of
/// their own.
static LogicalResult decomposeAggregates(func::FuncOp function) {
  IRRewriter rewriter(function.getContext());
  SmallVector<Operation *> operations;
  function.walk([&](Operation *operation) {
    if (isa<linalg::PackOp, linalg::UnPackOp, tensor::ConcatOp,
            linalg::AggregatedOpInterface>(operation))
      operations.push_back(operation);
  });
  for (Operation *operation : operations) {
    rewriter.setInsertionPoint(operation);
    if (auto pack = dyn_cast<linalg::PackOp>(operation)) {
      if (failed(linalg::lowerPack(rewriter, pack)))
        return pack.emitError("cannot be lowered to a transposition");
      continue;
    }
    if (auto unpack = dyn_cast<linalg::UnPackOp>(operation)) {
      if (failed(linalg::lowerUnPack(rewriter, unpack)))
        return unpack.emitError("cannot be lowered to a transposition");
      continue;
    }
    FailureOr<SmallVector<Value>> replacement = failure();
    if (auto concat = dyn_cast<tensor::ConcatOp>(operation))
      replacement = concat.decomposeOperation(rewriter);
    else
      replacement =
          cast<linalg::AggregatedOpInterface>(operation).decomposeOperation(
              rewriter);
    if (failed(replacement))
      return operation->emitError(
          "cannot be decomposed into structured operations");
    rewriter.replaceOp(operation, *replacement);
  }
  return success();
}

/// Appends a destination argument for each tensor result of a function that is
/// not a task, and an empty tensor to each of its calls. Afterwards all
/// functions of the module are in destination style, and one rule makes the
/// calling convention.
static void appendDestinations(func::FuncOp function,
                               ArrayRef<func::CallOp> calls) {
  SmallVector<Type> destinations;
  for (Type type : function.getResultTypes())
    if (isa<RankedTensorType>(type))
      destinations.push_back(type);
  for (Type type : destinations)
    (void)function.insertArgument(function.getNumArguments(), type, {},
                                  function.getLoc());
  for (func::CallOp call : calls) {
    OpBuilder builder(call);
    for (Type type : destinations) {
      auto tensorType = cast<RankedTensorType>(type);
      Value empty =
          tensor::EmptyOp::create(builder, call.getLoc(), tensorType.getShape(),
                                  tensorType.getElementType());
      call.getOperandsMutable().append(empty);
    }
  }
}

/// True if `value` is computed into `destination`: through destination-style
/// operations, loops, slices and writes. A schedule leaves a task like that,
/// and materialising the result once more would be a read after a write.
static bool isComputedInto(Value value, Value destination) {
  while (value != destination) {
    Operation *producer = value.getDefiningOp();
    if (!producer)
      return false;
    auto result = cast<OpResult>(value);
    if (auto write = dyn_cast<DestinationStyleOpInterface>(producer))
      value = write.getTiedOpOperand(result)->get();
    else if (auto loop = dyn_cast<LoopLikeOpInterface>(producer);
             loop && loop.getTiedLoopInit(result))
      value = loop.getTiedLoopInit(result)->get();
    else if (auto insert = dyn_cast<tensor::InsertSliceOp>(producer))
      value = insert.getDest();
    else
      return false;
  }
  return true;
}

void dropNeedlessMaterializations(ModuleOp module) {
  module.walk([](bufferization::MaterializeInDestinationOp placed) {
    if (placed->getNumResults() != 1 ||
        !isComputedInto(placed.getSource(), placed.getDest()))
      return;
    placed.getResult().replaceAllUsesWith(placed.getSource());
    placed.erase();
  });
}

/// The value of which `value` is a part or another shape.
static Value findWhole(Value value) {
  while (auto *view = value.getDefiningOp()) {
    if (!isa<tensor::CastOp, tensor::CollapseShapeOp, tensor::ExpandShapeOp,
             tensor::ExtractSliceOp>(view))
      break;
    value = view->getOperand(0);
  }
  return value;
}

/// What is computed once is written to one place: where more results show it,
/// the others are copies. Before anything is placed, for reading the value once
/// its place has been written would be a conflict, which a call cannot avoid.
static void copySharedResults(ArrayRef<OpOperand *> results,
                              ArrayRef<BlockArgument> destinations) {
  DenseSet<Value> wholes;
  for (auto [operand, destination] : llvm::zip_equal(results, destinations)) {
    Value whole = findWhole(operand->get());
    Operation *producer = whole.getDefiningOp();
    if (!producer || producer->hasTrait<OpTrait::ConstantLike>() ||
        wholes.insert(whole).second)
      continue;
    OpBuilder builder(operand->getOwner());
    operand->set(linalg::CopyOp::create(builder, whole.getLoc(), operand->get(),
                                        destination)
                     ->getResult(0));
  }
}

/// Makes the function compute its results into its last arguments.
static void materializeResults(func::FuncOp function) {
  auto returnOp =
      dyn_cast<func::ReturnOp>(function.getBody().back().getTerminator());
  if (!returnOp)
    return;
  SmallVector<OpOperand *> results;
  for (OpOperand &operand : returnOp->getOpOperands())
    if (isa<RankedTensorType>(operand.get().getType()))
      results.push_back(&operand);
  ArrayRef<BlockArgument> destinations =
      function.getArguments().take_back(results.size());
  copySharedResults(results, destinations);
  OpBuilder builder(returnOp);
  for (auto [operand, destination] : llvm::zip_equal(results, destinations)) {
    if (isComputedInto(operand->get(), destination))
      continue;
    // A callee that fills a fresh tensor may as well fill ours; upstream's
    // elimination does not look through calls.
    if (auto call = operand->get().getDefiningOp<func::CallOp>()) {
      unsigned index = cast<OpResult>(operand->get()).getResultNumber() +
                       call.getNumOperands() - call.getNumResults();
      auto empty = index < call.getNumOperands()
                       ? call.getOperand(index).getDefiningOp<tensor::EmptyOp>()
                       : tensor::EmptyOp();
      if (empty && destination.use_empty() && operand->get().hasOneUse() &&
          empty.getType() == destination.getType()) {
        call.setOperand(index, destination);
        continue;
      }
    }
    auto placed = bufferization::MaterializeInDestinationOp::create(
        builder, returnOp.getLoc(), operand->get(), destination);
    operand->set(placed.getResult());
  }
}

LogicalResult prepareForBufferization(ModuleOp module) {
  for (ModuleOp nested : llvm::make_early_inc_range(module.getOps<ModuleOp>()))
    nested.erase();
  passScalarsAsTensors(module);
  SymbolTableCollection tables;
  DenseMap<func::FuncOp, SmallVector<func::CallOp>> calls;
  module.walk([&](func::CallOp call) {
    if (auto callee = tables.lookupNearestSymbolFrom<func::FuncOp>(
            call, call.getCalleeAttr()))
      calls[callee].push_back(call);
  });
  SmallVector<func::FuncOp> functions;
  for (func::FuncOp function : module.getOps<func::FuncOp>())
    if (!function.isDeclaration())
      functions.push_back(function);
  for (func::FuncOp function : functions) {
    if (failed(checkFunction(function)))
      return failure();
    bool isTask = chameleon::isTask(function);
    unsigned results = llvm::count_if(function.getResultTypes(),
                                      llvm::IsaPred<RankedTensorType>);
    if (isTask && results > function.getNumArguments())
      return function.emitError("task has ")
             << function.getNumArguments()
             << " arguments, expected a destination for each of its " << results
             << " results";
    if (llvm::all_of(function.getArgumentTypes(),
                     llvm::IsaPred<RankedTensorType>) &&
        results == function.getNumResults())
      function->setAttr(signatureAttribute,
                        TypeAttr::get(function.getFunctionType()));
    if (!isTask)
      appendDestinations(function, calls[function]);
    for (auto [index, type] : llvm::enumerate(function.getArgumentTypes()))
      if (isa<RankedTensorType>(type) &&
          index + results < function.getNumArguments())
        function.setArgAttr(
            index, bufferization::BufferizationDialect::kWritableAttrName,
            BoolAttr::get(module.getContext(), false));
  }
  for (func::FuncOp function : functions) {
    replaceEmptyTensors(function);
    splitSteppedSlices(function);
    splitCuttingPads(function);
    readScalarsFromTensors(function);
    if (failed(decomposeAggregates(function)))
      return failure();
    // Schedules write tasks' results where they belong.
    if (!isTask(function))
      copyLongInsertionChains(function);
    unshareDestinations<linalg::FillOp>(function);
    unshareDestinations<tensor::EmptyOp>(function);
    materializeResults(function);
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

/// The loop that LLVM should vectorise: contiguous in the output, contiguous or
/// absent in every input. Failing that: none.
static std::optional<unsigned> vectorDimension(linalg::GenericOp generic) {
  if (generic.getNumReductionLoops() == 0 || generic.getNumDpsInits() != 1)
    return std::nullopt;
  AffineMap output =
      generic.getMatchingIndexingMap(generic.getDpsInitOperand(0));
  if (output.getNumResults() == 0)
    return std::nullopt;
  auto last = dyn_cast<AffineDimExpr>(output.getResults().back());
  if (!last)
    return std::nullopt;
  for (AffineMap map : generic.getIndexingMapsArray())
    for (auto [position, expression] : llvm::enumerate(map.getResults())) {
      if (!expression.isFunctionOfDim(last.getPosition()))
        continue;
      // In the last place the step must be one: ow or ow + kw, not 2 * ow.
      AffineExpr zero = getAffineConstantExpr(0, generic.getContext()),
                 one = getAffineConstantExpr(1, generic.getContext());
      AffineExpr step = simplifyAffineExpr(expression.replace(last, one) -
                                               expression.replace(last, zero),
                                           map.getNumDims(), 0);
      if (position + 1 != map.getNumResults() || step != one)
        return std::nullopt;
    }
  return last.getPosition();
}

void prepareForLoops(func::FuncOp function) {
  IRRewriter rewriter(function.getContext());
  SmallVector<linalg::LinalgOp> operations;
  function.walk([&](linalg::LinalgOp operation) {
    if (operation.getNumReductionLoops() != 0)
      operations.push_back(operation);
  });
  for (linalg::LinalgOp operation : operations) {
    rewriter.setInsertionPoint(operation);
    auto generic = dyn_cast<linalg::GenericOp>(operation.getOperation());
    if (!generic) {
      FailureOr<linalg::GenericOp> generalized =
          linalg::generalizeNamedOp(rewriter, operation);
      if (failed(generalized))
        continue;
      generic = *generalized;
    }
    std::optional<unsigned> innermost = vectorDimension(generic);
    if (!innermost)
      continue;
    SmallVector<unsigned> order, reductions;
    for (auto [dimension, iterator] :
         llvm::enumerate(generic.getIteratorTypesArray())) {
      if (dimension != *innermost)
        (linalg::isReductionIterator(iterator) ? reductions : order)
            .push_back(dimension);
    }
    order.append(reductions);
    order.push_back(*innermost);
    (void)linalg::interchangeGenericOp(rewriter, generic, order);
  }
  function.walk([&](Operation *operation) {
    if (!isa<arith::MulFOp, arith::AddFOp, arith::SubFOp>(operation))
      return;
    auto fast = cast<arith::ArithFastMathInterface>(operation);
    operation->setAttr(
        fast.getFastMathAttrName(),
        arith::FastMathFlagsAttr::get(operation->getContext(),
                                      fast.getFastMathFlagsAttr().getValue() |
                                          arith::FastMathFlags::contract));
  });
}

void expandStridedCopies(func::FuncOp function) {
  SmallVector<memref::CopyOp> copies;
  function.walk([&](memref::CopyOp copy) {
    auto isContiguous = [](Value buffer) {
      auto type = dyn_cast<MemRefType>(buffer.getType());
      return type && (type.getLayout().isIdentity() ||
                      memref::isStaticShapeAndContiguousRowMajor(type));
    };
    if (isa<MemRefType>(copy.getSource().getType()) &&
        isa<MemRefType>(copy.getTarget().getType()) &&
        !(isContiguous(copy.getSource()) && isContiguous(copy.getTarget())))
      copies.push_back(copy);
  });
  for (memref::CopyOp copy : copies) {
    OpBuilder builder(copy);
    linalg::CopyOp::create(builder, copy.getLoc(), copy.getSource(),
                           copy.getTarget());
    copy.erase();
  }
}

LogicalResult approximateMath(func::FuncOp function) {
  RewritePatternSet patterns(function.getContext());
  populateMathExpansions(patterns);
  return applyPatternsGreedily(function, std::move(patterns));
}

void promoteThreadLocalBuffers(func::FuncOp function) {
  constexpr int64_t largestOnStack = 32 << 10;
  SmallVector<memref::AllocOp> small;
  function.walk([&](memref::AllocOp alloc) {
    MemRefType type = alloc.getType();
    if (type.hasStaticShape() && type.getElementType().isIntOrFloat() &&
        isa<scf::ForallOp, scf::ParallelOp>(alloc->getParentOp()) &&
        type.getNumElements() * getStorageBytes(type.getElementType()) <=
            largestOnStack)
      small.push_back(alloc);
  });
  for (memref::AllocOp alloc : small) {
    OpBuilder builder(alloc);
    Value onStack = memref::AllocaOp::create(
        builder, alloc.getLoc(), alloc.getType(), alloc.getAlignmentAttr());
    alloc.replaceAllUsesWith(onStack);
    alloc.erase();
  }
}

void liftAllocasToThreads(func::FuncOp function) {
  SmallVector<memref::AllocaScopeOp> scopes;
  function.walk([&](memref::AllocaScopeOp scope) { // inner scopes first
    if (scope.getNumResults() == 0 && scope->getParentOfType<omp::ParallelOp>())
      scopes.push_back(scope);
  });
  for (memref::AllocaScopeOp scope : scopes) {
    Block &thread =
        scope->getParentOfType<omp::ParallelOp>().getRegion().front();
    scope.walk([&](memref::AllocaOp alloca) {
      if (alloca->getNumOperands() == 0)
        alloca->moveBefore(&thread, thread.begin());
    });
    Block &body = scope.getBodyRegion().front();
    scope->getBlock()->getOperations().splice(
        Block::iterator(scope), body.getOperations(), body.begin(),
        std::prev(body.end()));
    scope.erase();
  }
}

void returnNothing(ModuleOp module) {
  SymbolTableCollection tables;
  DenseMap<Operation *, SmallVector<func::CallOp>> calls;
  module.walk([&](func::CallOp call) {
    if (auto callee = tables.lookupNearestSymbolFrom<func::FuncOp>(
            call, call.getCalleeAttr()))
      calls[callee].push_back(call);
  });
  for (func::FuncOp function : module.getOps<func::FuncOp>()) {
    unsigned count = function.getNumResults(),
             arguments = function.getNumArguments();
    if (function.isDeclaration() || !getSignature(function) || count == 0)
      continue;
    auto returnOp =
        cast<func::ReturnOp>(function.getBody().back().getTerminator());
    OpBuilder builder(returnOp);
    for (unsigned i = 0; i < count; ++i) {
      Value result = returnOp.getOperand(i),
            destination = function.getArgument(arguments - count + i);
      while (auto cast = result.getDefiningOp<memref::CastOp>())
        result = cast.getSource();
      if (result != destination)
        memref::CopyOp::create(builder, returnOp.getLoc(), result, destination);
    }
    returnOp->setOperands({});
    function.setType(FunctionType::get(function.getContext(),
                                       function.getArgumentTypes(), {}));
    for (func::CallOp call : calls[function]) {
      for (unsigned i = 0; i < count; ++i)
        call.getResult(i).replaceAllUsesWith(
            call.getOperand(arguments - count + i));
      builder.setInsertionPoint(call);
      func::CallOp::create(builder, call.getLoc(), function,
                           call.getOperands());
      call.erase();
    }
  }
}

/// Initialisers run once: to optimise one took as long as all the rest of a
/// model. Tasks are large, and called from many places.
static void limitOptimization(func::FuncOp function, bool isInitializer) {
  SmallVector<StringRef> attributes;
  if (isInitializer)
    attributes = {"noinline", "optnone"};
  else if (isTask(function))
    attributes = {"noinline"};
  if (!attributes.empty())
    function->setAttr(
        "passthrough",
        Builder(function.getContext()).getStrArrayAttr(attributes));
}

void finishFunctions(ModuleOp module) {
  llvm::StringSet<> initializers;
  for (func::FuncOp function : module.getOps<func::FuncOp>())
    if (FlatSymbolRefAttr initializer = getInitialiser(function))
      initializers.insert(initializer.getValue());
  for (func::FuncOp function : module.getOps<func::FuncOp>()) {
    if (function.isDeclaration())
      continue;
    function.setPublic();
    limitOptimization(function, initializers.contains(function.getName()));
    // Sound for functions of tensors: inputs are never written
    // (prepareForBufferization), destinations are buffers of their own, and
    // bufferization copies rather than to pass one buffer as input and
    // destination.
    if (getSignature(function))
      for (unsigned index = 0; index < function.getNumArguments(); ++index)
        function.setArgAttr(index, LLVM::LLVMDialect::getNoAliasAttrName(),
                            UnitAttr::get(module.getContext()));
  }
}

} // namespace chameleon

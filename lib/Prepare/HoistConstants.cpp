//===- HoistConstants.cpp - computation on weights alone runs once, at load
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Folding is no way out: dense_resource never folds, and a model's weights may
// have no data yet. So what depends on constants alone moves into
// @<function>_init, whose results the host computes once and passes as
// arguments ever after. Two functions need no mutable global, and a task sees
// its weights as plain arguments.
//
//===----------------------------------------------------------------------===//

#include "Graph.h"
#include "chameleon/Prepare/Prepare.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/DenseSet.h"

using namespace mlir;
using namespace chameleon;

namespace {

constexpr llvm::StringLiteral initAttribute = "chameleon.init";
constexpr llvm::StringLiteral constantAttribute = "chameleon.constant";

class Hoister {
public:
  explicit Hoister(func::FuncOp function)
      : function(function), builder(function.getContext()) {}

  LogicalResult run();

private:
  void analyze();
  bool isHoistable(Operation &op) const;
  void addToSlice(Value value, llvm::SetVector<Operation *> &slice) const;
  func::FuncOp getOrCreateInit();

  func::FuncOp function;
  OpBuilder builder;
  llvm::DenseSet<Value> derived;    ///< depends on constants alone
  llvm::DenseSet<Operation *> work; ///< derived, and worth computing once
};

/// A leaf costs nothing to have in both functions, and is never a result of the
/// initialiser.
bool isLeaf(Operation *op) {
  if (op->hasTrait<OpTrait::ConstantLike>() ||
      isa<tensor::EmptyOp, linalg::FillOp>(op))
    return true;
  return llvm::none_of(op->getOperands(), [](Value operand) {
    return isa<TensorType>(operand.getType()) &&
           !isa_and_nonnull<tensor::EmptyOp>(operand.getDefiningOp());
  });
}

bool Hoister::isHoistable(Operation &op) const {
  if (op.hasTrait<OpTrait::ConstantLike>())
    return true;
  if (op.hasTrait<OpTrait::IsTerminator>() || !isMemoryEffectFree(&op))
    return false;
  llvm::SetVector<Value> values;
  getUsedValuesDefinedAbove(op.getRegions(), values);
  values.insert(op.operand_begin(), op.operand_end());
  if (llvm::any_of(values,
                   [&](Value value) { return !derived.contains(value); }))
    return false;
  if (isLeaf(&op))
    return true;
  // Never a value much larger than what it is computed from: a bias broadcast
  // to a whole image is cheaper to repeat than to read. Weights of a grouped
  // convolution may get three zeros for each (GroupedConvolution.h).
  constexpr int64_t maxGrowth = 4;
  auto getElements = [](Value value) -> int64_t {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    return type && type.hasStaticShape() ? type.getNumElements() : 0;
  };
  int64_t inputs = 0, results = 0;
  for (Value operand : op.getOperands())
    if (Operation *source = operand.getDefiningOp();
        !source || !isa<tensor::EmptyOp, linalg::FillOp>(source))
      inputs += getElements(operand);
  for (Value result : op.getResults())
    results += getElements(result);
  return results <= maxGrowth * inputs;
}

void Hoister::analyze() {
  for (BlockArgument argument : function.getArguments())
    if (function.getArgAttr(argument.getArgNumber(), constantAttribute))
      derived.insert(argument);
  for (Operation &op : function.getBody().front()) {
    if (!isHoistable(op))
      continue;
    derived.insert(op.result_begin(), op.result_end());
    if (!isLeaf(&op))
      work.insert(&op);
  }
}

void Hoister::addToSlice(Value value,
                         llvm::SetVector<Operation *> &slice) const {
  Operation *op = value.getDefiningOp();
  if (!op || slice.contains(op))
    return;
  llvm::SetVector<Value> values;
  getUsedValuesDefinedAbove(op->getRegions(), values);
  values.insert(op->operand_begin(), op->operand_end());
  for (Value operand : values)
    addToSlice(operand, slice);
  slice.insert(op);
}

func::FuncOp Hoister::getOrCreateInit() {
  auto module = function->getParentOfType<ModuleOp>();
  if (auto name = function->getAttrOfType<FlatSymbolRefAttr>(initAttribute))
    return module.lookupSymbol<func::FuncOp>(name.getAttr());
  std::string name = (function.getSymName() + "_init").str();
  for (unsigned suffix = 0; module.lookupSymbol(name); ++suffix)
    name = llvm::formatv("{0}_init_{1}", function.getSymName(), suffix);
  builder.setInsertionPointAfter(function);
  auto init = func::FuncOp::create(builder, function.getLoc(), name,
                                   builder.getFunctionType({}, {}));
  builder.setInsertionPointToStart(init.addEntryBlock());
  func::ReturnOp::create(builder, function.getLoc());
  function->setAttr(initAttribute, FlatSymbolRefAttr::get(init));
  return init;
}

LogicalResult Hoister::run() {
  analyze();
  SmallVector<Value> roots;
  for (Operation &op : function.getBody().front()) {
    if (!work.contains(&op))
      continue;
    for (Value result : op.getResults()) {
      bool leaves = llvm::any_of(result.getUsers(), [&](Operation *user) {
        return !work.contains(
            function.getBody().front().findAncestorOpInBlock(*user));
      });
      if (isa<RankedTensorType>(result.getType()) && leaves)
        roots.push_back(result);
    }
  }
  if (roots.empty())
    return success();

  func::FuncOp init = getOrCreateInit();
  if (!init || init.isExternal() || init.getNumArguments() != 0)
    return function.emitError("initialiser ")
           << function->getAttr(initAttribute)
           << " found, expected a function of this module with a body and no "
              "arguments";
  auto terminator =
      cast<func::ReturnOp>(init.getBody().front().getTerminator());
  SmallVector<Value> results(terminator.getOperands());

  // What was hoisted before is an argument here and a result there.
  IRMapping mapping;
  for (BlockArgument argument : function.getArguments()) {
    auto index = function.getArgAttrOfType<IntegerAttr>(argument.getArgNumber(),
                                                        constantAttribute);
    if (!index)
      continue;
    if (index.getInt() < 0 ||
        index.getInt() >= static_cast<int64_t>(results.size()) ||
        results[index.getInt()].getType() != argument.getType())
      return function.emitError("argument ")
             << argument.getArgNumber() << " is constant " << index.getInt()
             << ", expected a result of its type in @" << init.getSymName();
    mapping.map(argument, results[index.getInt()]);
  }

  llvm::SetVector<Operation *> slice;
  for (Value root : roots)
    addToSlice(root, slice);
  builder.setInsertionPoint(terminator);
  for (Operation *op : slice)
    builder.clone(*op, mapping);

  for (Value root : roots) {
    unsigned number = function.getNumArguments();
    auto index = builder.getNamedAttr(
        constantAttribute, builder.getI64IntegerAttr(results.size()));
    if (failed(function.insertArgument(number, root.getType(),
                                       builder.getDictionaryAttr(index),
                                       root.getLoc())))
      return failure();
    BlockArgument argument = function.getArgument(number);
    root.replaceUsesWithIf(argument, [&](OpOperand &use) {
      return !work.contains(
          function.getBody().front().findAncestorOpInBlock(*use.getOwner()));
    });
    results.push_back(mapping.lookup(root));
  }

  // Results that only hoisted operations read are dropped, and the rest
  // renumbered.
  cleanUp(function);
  SmallVector<Value> kept;
  llvm::BitVector unused(function.getNumArguments());
  for (BlockArgument argument : function.getArguments()) {
    unsigned number = argument.getArgNumber();
    auto index =
        function.getArgAttrOfType<IntegerAttr>(number, constantAttribute);
    if (!index)
      continue;
    if (argument.use_empty()) {
      unused.set(number);
      continue;
    }
    function.setArgAttr(number, constantAttribute,
                        builder.getI64IntegerAttr(kept.size()));
    kept.push_back(results[index.getInt()]);
  }
  if (failed(function.eraseArguments(unused)))
    return failure();
  terminator->setOperands(kept);
  init.setFunctionType(
      builder.getFunctionType({}, TypeRange(ValueRange(kept))));
  cleanUp(init);
  separateDestinations(init);
  separateDestinations(function);
  return success();
}

} // namespace

LogicalResult chameleon::hoistConstants(ModuleOp module) {
  llvm::DenseSet<StringRef> initialisers;
  for (auto function : module.getOps<func::FuncOp>())
    if (auto name = function->getAttrOfType<FlatSymbolRefAttr>(initAttribute))
      initialisers.insert(name.getValue());
  for (auto function : llvm::to_vector(module.getOps<func::FuncOp>())) {
    // Whoever calls a function would have to pass the new arguments: only entry
    // points are changed.
    if (function.isExternal() || !function.isPublic() ||
        initialisers.contains(function.getSymName()) ||
        !llvm::hasSingleElement(function.getBody()) ||
        !SymbolTable::symbolKnownUseEmpty(function, module))
      continue;
    if (failed(Hoister(function).run()))
      return failure();
  }
  return success();
}

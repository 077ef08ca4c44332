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
// A task's arguments that are constant wherever it is called say so
// (chameleon.constant, without a number). A schedule may lay them out anew;
// that becomes a function of its own, is cloned into the callers, and leaves
// these as everything else does.
//
//===----------------------------------------------------------------------===//

#include "Graph.h"
#include "chameleon/IR/ChameleonDialect.h"
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

class Hoister {
public:
  explicit Hoister(func::FuncOp function)
      : function(function), builder(function.getContext()) {}

  /// Of a function that nothing calls, into its initialiser.
  LogicalResult hoist();
  /// Of a task, into a new function; null if there is nothing.
  FailureOr<func::FuncOp> outline();

private:
  void analyze();
  bool isHoistable(Operation &op) const;
  /// The tensors that leave what is worth computing once.
  SmallVector<Value> findRoots();
  /// Clones all that the roots need to where the builder is.
  void cloneSlices(ArrayRef<Value> roots, IRMapping &mapping);
  void addToSlice(Value value, llvm::SetVector<Operation *> &slice) const;
  /// Gives the function an argument at `number` in the place of `root`.
  FailureOr<BlockArgument> replaceRoot(Value root, unsigned number,
                                       Attribute constant);
  func::FuncOp createInit(FunctionType type);
  func::FuncOp getOrCreateInit();

  func::FuncOp function;
  OpBuilder builder;
  llvm::DenseSet<Value> derived;    ///< depends on constants alone
  llvm::DenseSet<Operation *> work; ///< derived, and worth computing once
};

/// What an operation reads, also within its regions.
llvm::SetVector<Value> getUsedValues(Operation *op) {
  llvm::SetVector<Value> values;
  getUsedValuesDefinedAbove(op->getRegions(), values);
  values.insert(op->operand_begin(), op->operand_end());
  return values;
}

/// A leaf costs nothing to have in both functions, and is never a result of the
/// initialiser.
bool isLeaf(Operation *op) {
  if (op->hasTrait<OpTrait::ConstantLike>() ||
      isa<tensor::EmptyOp, linalg::FillOp>(op))
    return true;
  return llvm::none_of(getUsedValues(op), [](Value operand) {
    return isa<TensorType>(operand.getType()) &&
           !isa_and_nonnull<tensor::EmptyOp>(operand.getDefiningOp());
  });
}

/// A task reads a part or another shape of a constant where it is.
bool isView(Operation *op) {
  return isa<tensor::ExtractSliceOp, tensor::CollapseShapeOp,
             tensor::ExpandShapeOp, tensor::CastOp>(op);
}

bool Hoister::isHoistable(Operation &op) const {
  if (op.hasTrait<OpTrait::ConstantLike>())
    return true;
  if (op.hasTrait<OpTrait::IsTerminator>() || !isMemoryEffectFree(&op))
    return false;
  llvm::SetVector<Value> values = getUsedValues(&op);
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
  for (Value operand : values)
    if (Operation *source = operand.getDefiningOp();
        !source || !isa<tensor::EmptyOp, linalg::FillOp>(source))
      inputs += getElements(operand);
  for (Value result : op.getResults())
    results += getElements(result);
  return results <= maxGrowth * inputs;
}

void Hoister::analyze() {
  for (BlockArgument argument : function.getArguments())
    if (isConstantArgument(argument))
      derived.insert(argument);
  for (Operation &op : function.getBody().front()) {
    if (!isHoistable(op))
      continue;
    derived.insert(op.result_begin(), op.result_end());
    if (!isLeaf(&op) && !(isTask(function) && isView(&op)))
      work.insert(&op);
  }
}

void Hoister::addToSlice(Value value,
                         llvm::SetVector<Operation *> &slice) const {
  Operation *op = value.getDefiningOp();
  if (!op || slice.contains(op))
    return;
  for (Value operand : getUsedValues(op))
    addToSlice(operand, slice);
  slice.insert(op);
}

SmallVector<Value> Hoister::findRoots() {
  SmallVector<Value> roots;
  Block &body = function.getBody().front();
  for (Operation &op : body) {
    if (!work.contains(&op))
      continue;
    for (Value result : op.getResults()) {
      bool leaves = llvm::any_of(result.getUsers(), [&](Operation *user) {
        return !work.contains(body.findAncestorOpInBlock(*user));
      });
      if (isa<RankedTensorType>(result.getType()) && leaves)
        roots.push_back(result);
    }
  }
  return roots;
}

void Hoister::cloneSlices(ArrayRef<Value> roots, IRMapping &mapping) {
  llvm::SetVector<Operation *> slice;
  for (Value root : roots)
    addToSlice(root, slice);
  for (Operation *op : slice)
    builder.clone(*op, mapping);
}

FailureOr<BlockArgument> Hoister::replaceRoot(Value root, unsigned number,
                                              Attribute constant) {
  if (failed(function.insertArgument(
          number, root.getType(),
          builder.getDictionaryAttr(
              builder.getNamedAttr(constantAttribute, constant)),
          root.getLoc())))
    return failure();
  BlockArgument argument = function.getArgument(number);
  root.replaceUsesWithIf(argument, [&](OpOperand &use) {
    return !work.contains(
        function.getBody().front().findAncestorOpInBlock(*use.getOwner()));
  });
  return argument;
}

func::FuncOp Hoister::createInit(FunctionType type) {
  auto module = function->getParentOfType<ModuleOp>();
  std::string name = (function.getSymName() + "_init").str();
  for (unsigned suffix = 0; module.lookupSymbol(name); ++suffix)
    name = llvm::formatv("{0}_init_{1}", function.getSymName(), suffix);
  builder.setInsertionPointAfter(function);
  auto init = func::FuncOp::create(builder, function.getLoc(), name, type);
  builder.setInsertionPointToStart(init.addEntryBlock());
  function->setAttr(initAttribute, FlatSymbolRefAttr::get(init));
  return init;
}

func::FuncOp Hoister::getOrCreateInit() {
  auto module = function->getParentOfType<ModuleOp>();
  if (FlatSymbolRefAttr name = getInitialiser(function))
    return module.lookupSymbol<func::FuncOp>(name.getAttr());
  func::FuncOp init = createInit(builder.getFunctionType({}, {}));
  func::ReturnOp::create(builder, function.getLoc());
  return init;
}

FailureOr<func::FuncOp> Hoister::outline() {
  analyze();
  SmallVector<Value> roots = findRoots();
  if (roots.empty())
    return func::FuncOp();
  SmallVector<BlockArgument> constants;
  for (BlockArgument argument : function.getArguments())
    if (derived.contains(argument))
      constants.push_back(argument);
  func::FuncOp init = createInit(builder.getFunctionType(
      TypeRange(
          ValueRange(ArrayRef<Value>(llvm::to_vector_of<Value>(constants)))),
      TypeRange(ValueRange(roots))));
  IRMapping mapping;
  mapping.map(constants, init.getArguments());
  cloneSlices(roots, mapping);
  func::ReturnOp::create(builder, function.getLoc(),
                         llvm::map_to_vector(roots, [&](Value root) {
                           return mapping.lookup(root);
                         }));
  // Destinations stay last.
  unsigned number = function.getNumArguments() - function.getNumResults();
  for (Value root : roots)
    if (failed(replaceRoot(root, number++, builder.getUnitAttr())))
      return failure();
  for (Operation &op :
       llvm::make_early_inc_range(llvm::reverse(function.getBody().front())))
    if (isOpTriviallyDead(&op))
      op.erase();
  return init;
}

LogicalResult Hoister::hoist() {
  analyze();
  SmallVector<Value> roots = findRoots();
  if (roots.empty())
    return success();

  func::FuncOp init = getOrCreateInit();
  auto terminator =
      cast<func::ReturnOp>(init.getBody().front().getTerminator());
  SmallVector<Value> results(terminator.getOperands());

  // What was hoisted before is an argument here and a result there.
  IRMapping mapping;
  for (BlockArgument argument : function.getArguments()) {
    if (auto index = getConstantNumber(function, argument.getArgNumber()))
      mapping.map(argument, results[*index]);
  }

  builder.setInsertionPoint(terminator);
  cloneSlices(roots, mapping);
  for (Value root : roots) {
    if (failed(replaceRoot(root, function.getNumArguments(),
                           builder.getI64IntegerAttr(results.size()))))
      return failure();
    results.push_back(mapping.lookup(root));
  }

  // Results that only hoisted operations read are dropped, and the rest
  // renumbered.
  cleanUp(function);
  SmallVector<Value> kept;
  llvm::BitVector unused(function.getNumArguments());
  for (BlockArgument argument : function.getArguments()) {
    unsigned number = argument.getArgNumber();
    std::optional<int64_t> index = getConstantNumber(function, number);
    if (!index)
      continue;
    if (argument.use_empty()) {
      unused.set(number);
      continue;
    }
    function.setArgAttr(number, constantAttribute,
                        builder.getI64IntegerAttr(kept.size()));
    kept.push_back(results[*index]);
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

/// What uses each function of a module, found in one walk.
class Users {
public:
  explicit Users(ModuleOp module) {
    std::optional<SymbolTable::UseRange> uses =
        SymbolTable::getSymbolUses(&module.getBodyRegion());
    isKnown = uses.has_value();
    if (uses)
      for (SymbolTable::SymbolUse use : *uses)
        users[use.getSymbolRef().getRootReference()].push_back(use.getUser());
  }

  /// The calls of a function, if they are all that uses it.
  std::optional<SmallVector<func::CallOp>>
  getCalls(func::FuncOp function) const {
    if (!isKnown)
      return std::nullopt;
    SmallVector<func::CallOp> calls;
    for (Operation *user : getUsers(function)) {
      auto call = dyn_cast<func::CallOp>(user);
      if (!call)
        return std::nullopt;
      calls.push_back(call);
    }
    return calls;
  }

  bool hasNone(func::FuncOp function) const {
    return isKnown && getUsers(function).empty();
  }

private:
  ArrayRef<Operation *> getUsers(func::FuncOp function) const {
    auto known = users.find(function.getSymNameAttr());
    return known == users.end() ? ArrayRef<Operation *>() : known->second;
  }

  bool isKnown; ///< nothing hides uses
  DenseMap<StringAttr, SmallVector<Operation *, 1>> users;
};

/// Moves what a task computes from its constants alone to where it is called.
LogicalResult moveToCallers(func::FuncOp task, ArrayRef<func::CallOp> calls) {
  SmallVector<unsigned> constants;
  for (unsigned i = 0; i < task.getNumArguments(); ++i)
    if (isConstantArgument(task, i))
      constants.push_back(i);
  FailureOr<func::FuncOp> init = Hoister(task).outline();
  if (failed(init))
    return failure();
  if (!*init)
    return success();
  // Weights that are only read to be laid out need not be kept.
  llvm::BitVector unused(task.getNumArguments());
  for (unsigned number : constants)
    if (task.getArgument(number).use_empty())
      unused.set(number);
  for (func::CallOp call : calls) {
    OpBuilder builder(call);
    IRMapping mapping;
    for (auto [argument, number] :
         llvm::zip_equal(init->getArguments(), constants))
      mapping.map(argument, call.getOperand(number));
    Block &body = init->getBody().front();
    for (Operation &op : body.without_terminator())
      builder.clone(op, mapping);
    SmallVector<Value> values;
    for (Value value : body.getTerminator()->getOperands())
      values.push_back(mapping.lookup(value));
    call->insertOperands(call.getNumOperands() - call.getNumResults(), values);
    call->eraseOperands(unused);
  }
  if (failed(task.eraseArguments(unused)))
    return failure();
  task->removeAttr(initAttribute);
  init->erase();
  return success();
}

} // namespace

FailureOr<func::FuncOp> chameleon::outlineConstants(func::FuncOp task) {
  return Hoister(task).outline();
}

LogicalResult chameleon::hoistConstants(ModuleOp module) {
  Users users(module);
  // Tasks first: what leaves them may leave their callers.
  for (auto function : llvm::to_vector(module.getOps<func::FuncOp>())) {
    if (function.isExternal() || !function.isPrivate() || !isTask(function) ||
        !llvm::hasSingleElement(function.getBody()))
      continue;
    std::optional<SmallVector<func::CallOp>> calls = users.getCalls(function);
    if (calls && !calls->empty() && failed(moveToCallers(function, *calls)))
      return failure();
  }
  llvm::DenseSet<StringRef> initialisers;
  for (auto function : module.getOps<func::FuncOp>())
    if (FlatSymbolRefAttr name = getInitialiser(function))
      initialisers.insert(name.getValue());
  for (auto function : llvm::to_vector(module.getOps<func::FuncOp>())) {
    // Whoever calls a function would have to pass the new arguments: only entry
    // points are changed, and no task, which is called with its destinations
    // last.
    if (function.isExternal() || !function.isPublic() || isTask(function) ||
        initialisers.contains(function.getSymName()) ||
        !llvm::hasSingleElement(function.getBody()) || !users.hasNone(function))
      continue;
    if (failed(Hoister(function).hoist()))
      return failure();
  }
  return success();
}

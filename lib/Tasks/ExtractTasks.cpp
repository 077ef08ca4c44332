//===- ExtractTasks.cpp - operations worth tuning, outlined and deduplicated
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Two steps. Grouping looks at one block and decides which operations belong
// together: an anchor, what produces its operands for it alone (fill, padding),
// and the chain of elementwise consumers. Outlining clones a group into a
// function in an order that depends on its structure only, so that equal groups
// print equally, and replaces it by a call.
//
// Outlining comes before tiling on purpose: `structured.fuse` rooted at a
// residual epilogue would otherwise pull the producers of its other operands
// into one loop nest and recompute their halos (docs/preparation.md).
//
//===----------------------------------------------------------------------===//

#include "chameleon/IR/ChameleonDialect.h"
#include "chameleon/IR/CountBytes.h"
#include "chameleon/Kernels/RowChain.h"
#include "chameleon/Tasks/TaskDescription.h"
#include "chameleon/Tasks/TuningTask.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;

namespace {

/// Below so many points of the iteration space a task would cost more to tune
/// than it can ever give back: as plain loops it takes about a microsecond.
constexpr int64_t smallestTask = 2048;

/// What the attribute holds at most.
constexpr double maxFlops = 0x1p62;

struct Group {
  linalg::LinalgOp anchor;
  SmallVector<linalg::LinalgOp>
      epilogue; ///< in program order; the last one is the root
  /// Everything to clone, operands before users, in an order given by the
  /// structure alone.
  SetVector<Operation *> operations;

  linalg::LinalgOp getRoot() const {
    return epilogue.empty() ? anchor : epilogue.back();
  }
};

/// Why an operation is not tunable, or nothing.
std::optional<std::string> reasonAgainst(linalg::LinalgOp op) {
  for (OpOperand &operand : op->getOpOperands()) {
    auto type = dyn_cast<RankedTensorType>(operand.get().getType());
    if (!type) {
      if (isa<ShapedType>(operand.get().getType()))
        return llvm::formatv("operand {0} is a buffer, found {1}",
                             operand.getOperandNumber(),
                             operand.get().getType())
            .str();
      continue;
    }
    if (type.getEncoding())
      return llvm::formatv("operand {0} has an encoding, found {1}",
                           operand.getOperandNumber(), type)
          .str();
    for (auto [dimension, size] : llvm::enumerate(type.getShape()))
      if (ShapedType::isDynamic(size))
        return llvm::formatv(
                   "dimension {0} of operand {1} is dynamic, found {2}",
                   dimension, operand.getOperandNumber(), type)
            .str();
    if (chameleon::isUncountable(type))
      return llvm::formatv(
                 "operand {0} has more bytes than 63 bits count, found {1}",
                 operand.getOperandNumber(), type)
          .str();
  }
  if (op->getNumResults() == 0)
    return "expected results, found none";
  for (Operation &inner : op.getBlock()->without_terminator())
    if (!isMemoryEffectFree(&inner))
      return llvm::formatv("its body has a side effect, {0}", inner.getName())
          .str();
  return std::nullopt;
}

/// Is there one result, which depends on nothing but the operands there? Others
/// are tasks of their own.
bool computesInPlace(linalg::LinalgOp op) {
  return op->getNumResults() == 1 &&
         llvm::none_of(op.getBlock()->without_terminator(),
                       llvm::IsaPred<tensor::ExtractOp, linalg::IndexOp>);
}

/// Does a box of the loops read a box, whose corner is where its own is? What
/// is computed on a tile reads nothing else.
bool mapsTiles(AffineExpr index) {
  if (auto product = dyn_cast<AffineBinaryOpExpr>(index)) {
    if (product.getKind() == AffineExprKind::Add)
      return mapsTiles(product.getLHS()) && mapsTiles(product.getRHS());
    auto factor = dyn_cast<AffineConstantExpr>(product.getRHS());
    return product.getKind() == AffineExprKind::Mul && factor &&
           factor.getValue() >= 0 && mapsTiles(product.getLHS());
  }
  return isa<AffineDimExpr, AffineConstantExpr>(index);
}

bool isAllParallel(linalg::LinalgOp op) {
  return op.getNumReductionLoops() == 0;
}

/// More than any integer counts, where the loops are of small tensors.
double countPoints(linalg::LinalgOp op) {
  double points = 1;
  for (int64_t size : op.getStaticLoopRanges())
    points *= static_cast<double>(size);
  return points;
}

/// The one elementwise user of `op` that can be computed on the tile which `op`
/// has just computed, or null.
linalg::LinalgOp findEpilogue(linalg::LinalgOp op) {
  if (op->getNumResults() != 1)
    return {};
  Value result = op->getResult(0);
  if (!result.hasOneUse())
    return {};
  OpOperand &use = *result.use_begin();
  auto user = dyn_cast<linalg::LinalgOp>(use.getOwner());
  if (!user || user->getBlock() != op->getBlock() || !isAllParallel(user) ||
      isa<linalg::TransposeOp, linalg::BroadcastOp>(user) ||
      !user.isDpsInput(&use) || !computesInPlace(user) || reasonAgainst(user))
    return {};
  AffineMap map = user.getMatchingIndexingMap(&use);
  AffineMap resultMap = user.getIndexingMapMatchingResult(user->getResult(0));
  bool isOnTiles =
      llvm::all_of(user.getIndexingMapsArray(), [](AffineMap indices) {
        return llvm::all_of(indices.getResults(), mapsTiles);
      });
  return map == resultMap && map.isPermutation() && isOnTiles
             ? user
             : linalg::LinalgOp();
}

/// Producers that are cheaper inside the task than as a buffer between tasks.
bool isPrologue(Operation *op) {
  return isa<linalg::FillOp, tensor::PadOp, tensor::EmptyOp>(op);
}

/// Adds `op` after everything that it needs inside the task.
void collect(Operation *op, Group &group) {
  SetVector<Value> operands(op->operand_begin(), op->operand_end());
  getUsedValuesDefinedAbove(op->getRegions(), operands);
  for (Value operand : operands) {
    Operation *producer = operand.getDefiningOp();
    if (!producer || group.operations.contains(producer))
      continue;
    // Scalars become part of the structure; tensors of constants are arguments,
    // so that layers share a task.
    bool scalarConstant = producer->hasTrait<OpTrait::ConstantLike>() &&
                          !isa<ShapedType>(operand.getType());
    if (scalarConstant || isPrologue(producer))
      collect(producer, group);
  }
  group.operations.insert(op);
}

Group makeGroup(linalg::LinalgOp anchor, const DenseSet<Operation *> &taken) {
  Group group;
  group.anchor = anchor;
  linalg::LinalgOp last = anchor;
  while (linalg::LinalgOp next = findEpilogue(last)) {
    if (taken.contains(next))
      break;
    group.epilogue.push_back(next);
    last = next;
  }
  collect(anchor, group);
  for (linalg::LinalgOp op : group.epilogue)
    collect(op, group);
  return group;
}

/// Adds the reshapes between operations of a chain: they move nothing.
void collectReshapes(Operation *op, Group &group) {
  for (Value operand : op->getOperands()) {
    SmallVector<Operation *> reshapes;
    for (Operation *producer = operand.getDefiningOp();
         isa_and_nonnull<tensor::ExpandShapeOp, tensor::CollapseShapeOp>(
             producer);
         producer = producer->getOperand(0).getDefiningOp())
      reshapes.push_back(producer);
    group.operations.insert(reshapes.rbegin(), reshapes.rend());
  }
}

/// All of a chain. The anchor is its first reduction; what comes before that is
/// cloned with it, and the rest is its epilogue.
Group makeGroup(const chameleon::RowChain &chain) {
  Group group;
  group.anchor = chain.getAnchor();
  for (linalg::LinalgOp op : chain.operations) {
    collectReshapes(op, group);
    collect(op, group);
    if (group.anchor->isBeforeInBlock(op))
      group.epilogue.push_back(op);
  }
  return group;
}

/// Reductions first, the last one first: an epilogue with two computed operands
/// (a residual addition) goes to the anchor that is computed last, and the
/// other's result is then simply there. What elementwise operations remain are
/// anchors too. With `joinRows`, contractions take their epilogues first; then
/// chains of operations over the same rows are joined, the last one first.
SmallVector<Group> groupBlock(Block &block, bool joinRows) {
  SmallVector<linalg::LinalgOp> reductions, elementwise;
  for (Operation &operation : block) {
    auto op = dyn_cast<linalg::LinalgOp>(operation);
    if (!op || isPrologue(op))
      continue;
    if (std::optional<std::string> reason = reasonAgainst(op)) {
      emitRemark(op->getLoc()) << "left alone: " << *reason;
      continue;
    }
    if (countPoints(op) < smallestTask)
      continue;
    (isAllParallel(op) ? elementwise : reductions).push_back(op);
  }
  SmallVector<Group> groups;
  DenseSet<Operation *> taken;
  auto take = [&](linalg::LinalgOp anchor) {
    if (taken.contains(anchor))
      return;
    groups.push_back(makeGroup(anchor, taken));
    taken.insert(anchor);
    taken.insert_range(groups.back().epilogue);
  };
  if (joinRows) {
    for (linalg::LinalgOp anchor : llvm::reverse(reductions))
      if (!chameleon::isRowReduction(anchor))
        take(anchor);
    auto isFree = [&](Operation *op) {
      auto structured = dyn_cast<linalg::LinalgOp>(op);
      return structured && !taken.contains(op) && !isPrologue(op) &&
             computesInPlace(structured) && !reasonAgainst(structured);
    };
    for (Operation &operation : llvm::reverse(block)) {
      auto root = dyn_cast<linalg::LinalgOp>(operation);
      std::optional<chameleon::RowChain> chain =
          root && isFree(root) ? chameleon::RowChain::endingAt(root, isFree)
                               : std::nullopt;
      if (!chain || countPoints(chain->getAnchor()) < smallestTask)
        continue;
      groups.push_back(makeGroup(*chain));
      taken.insert_range(chain->operations);
    }
  }
  for (linalg::LinalgOp anchor : llvm::reverse(reductions))
    take(anchor);
  for (linalg::LinalgOp anchor : elementwise)
    take(anchor);
  llvm::sort(groups, [](const Group &a, const Group &b) {
    return a.getRoot()->isBeforeInBlock(b.getRoot());
  });
  return groups;
}

/// Where a result of the root is computed.
struct Destination {
  OpOperand *written; ///< the root's init, or that of the fill before it
  linalg::FillOp fill;
  bool startsFromInit; ///< the values of the init are read
};

/// Each result has a destination. Values that the computation starts from are
/// copied into it before.
SmallVector<Destination> findDestinations(linalg::LinalgOp root) {
  SmallVector<Destination> destinations;
  for (OpOperand &init : root.getDpsInitsMutable()) {
    auto fill = init.get().getDefiningOp<linalg::FillOp>();
    OpOperand *written = fill ? fill.getDpsInitOperand(0) : &init;
    destinations.push_back(
        {written, fill,
         !fill && root.payloadUsesValueFromOperand(&init) &&
             !written->get().getDefiningOp<tensor::EmptyOp>()});
  }
  return destinations;
}

/// Builds the task function of a group (detached) and lists the values that its
/// arguments (but the destinations) stand for.
OwningOpRef<func::FuncOp> buildFunction(const Group &group,
                                        SmallVectorImpl<Value> &inputs) {
  linalg::LinalgOp root = group.getRoot();
  Location loc = root.getLoc();
  SetVector<Value> outside;
  for (Operation *op : group.operations) {
    SetVector<Value> used(op->operand_begin(), op->operand_end());
    getUsedValuesDefinedAbove(op->getRegions(), used);
    for (Value value : used)
      if (!value.getDefiningOp() ||
          !group.operations.contains(value.getDefiningOp()))
        outside.insert(value);
  }
  SmallVector<Destination> destinations = findDestinations(root);
  auto isOnlyWritten = [&](OpOperand &use) {
    return llvm::any_of(destinations, [&](const Destination &destination) {
      return destination.written == &use && !destination.startsFromInit;
    });
  };
  for (const Destination &destination : destinations) {
    Value value = destination.written->get();
    bool isRead = llvm::any_of(group.operations, [&](Operation *op) {
      return llvm::any_of(op->getOpOperands(), [&](OpOperand &use) {
        return use.get() == value && !isOnlyWritten(use);
      });
    });
    if (!isRead)
      outside.remove(value);
  }
  inputs.assign(outside.begin(), outside.end());

  SmallVector<Type> types(
      llvm::map_range(inputs, [](Value value) { return value.getType(); }));
  llvm::append_range(types, root->getResultTypes());
  OpBuilder builder(root.getContext());
  auto function = func::FuncOp::create(
      loc, "task", builder.getFunctionType(types, root->getResultTypes()));
  Block *body = function.addEntryBlock();
  builder.setInsertionPointToEnd(body);
  IRMapping mapping;
  for (auto [value, argument] : llvm::zip(inputs, body->getArguments()))
    mapping.map(value, argument);

  for (Operation *op : group.operations) {
    Operation *clone = builder.clone(*op, mapping);
    for (StringAttr name : llvm::to_vector(
             llvm::map_range(clone->getDiscardableAttrs(),
                             [](NamedAttribute a) { return a.getName(); })))
      clone->removeDiscardableAttr(name);
    if (op == group.anchor)
      clone->setAttr(chameleon::anchorAttribute, builder.getUnitAttr());
    else if (op == root)
      clone->setAttr(chameleon::epilogueAttribute, builder.getUnitAttr());
  }
  auto clonedRoot = cast<linalg::LinalgOp>(
      mapping.lookup(root->getResult(0)).getDefiningOp());
  DenseSet<Operation *> fills;
  for (auto [number, destination] : llvm::enumerate(destinations)) {
    Value argument = body->getArgument(inputs.size() + number);
    OpOperand *target = clonedRoot.getDpsInitOperand(number);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPoint(clonedRoot);
    if (destination.startsFromInit) {
      target->set(linalg::CopyOp::create(builder, loc, target->get(), argument)
                      ->getResult(0));
      continue;
    }
    if (destination.fill) {
      Operation *fill = target->get().getDefiningOp();
      // Two results that start from one fill.
      if (!fills.insert(fill).second) {
        fill = builder.clone(*fill);
        target->set(fill->getResult(0));
      }
      target = cast<linalg::FillOp>(fill).getDpsInitOperand(0);
    }
    target->set(argument);
  }
  func::ReturnOp::create(builder, loc, clonedRoot->getResults());
  // An empty tensor that only a destination replaced.
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(*body)))
    if (isOpTriviallyDead(&op))
      op.erase();
  return function;
}

/// Computed once by whoever calls the function, or before it runs at all.
bool isConstant(Value value) {
  if (Operation *producer = value.getDefiningOp())
    return producer->hasTrait<OpTrait::ConstantLike>();
  return chameleon::isConstantArgument(value);
}

/// A symbol from the name for people: chameleon_conv2d_3f2a61c0.
std::string makeSymbol(StringRef name, StringRef key) {
  return ("chameleon_" + name.take_while([](char c) { return c != ' '; }) +
          "_" + key.take_front(8))
      .str();
}

void outlineGroups(ArrayRef<Group> groups, ModuleOp module,
                   llvm::StringMap<func::FuncOp> &functions) {
  for (const Group &group : groups) {
    SmallVector<Value> inputs;
    OwningOpRef<func::FuncOp> function = buildFunction(group, inputs);
    // A part of the structure: a schedule may lay constants out anew, at load.
    for (auto [number, value] : llvm::enumerate(inputs))
      if (isConstant(value))
        function->setArgAttr(number, chameleon::constantAttribute,
                             UnitAttr::get(module.getContext()));
    std::string key = chameleon::hashTask(*function);
    linalg::LinalgOp root = group.getRoot();
    func::FuncOp &shared = functions[key];
    if (!shared) {
      std::string name = chameleon::describeTask(group.anchor, group.epilogue);
      double flops = 0;
      for (Operation *op : group.operations)
        if (auto structured = dyn_cast<linalg::LinalgOp>(op))
          flops += chameleon::countFlops(structured);
      OpBuilder builder(module.getContext());
      function->setSymName(makeSymbol(name, key));
      function->setPrivate();
      function->getOperation()->setAttr(
          chameleon::flopsAttribute,
          builder.getI64IntegerAttr(
              static_cast<int64_t>(std::min(flops, maxFlops))));
      function->getOperation()->setAttr(chameleon::nameAttribute,
                                        builder.getStringAttr(name));
      function->getOperation()->setAttr(chameleon::taskAttribute,
                                        builder.getStringAttr(key));
      shared = function.release();
      SymbolTable(module).insert(shared);
    }
    OpBuilder builder(root);
    for (Type result : root->getResultTypes()) {
      auto type = cast<RankedTensorType>(result);
      inputs.push_back(tensor::EmptyOp::create(
          builder, root.getLoc(), type.getShape(), type.getElementType()));
    }
    auto call = func::CallOp::create(builder, root.getLoc(), shared, inputs);
    root->replaceAllUsesWith(call);
    SmallVector<Operation *> dead(group.operations.begin(),
                                  group.operations.end());
    for (Operation *op : llvm::reverse(dead))
      if (isOpTriviallyDead(op))
        op->erase();
  }
}

/// The blocks of a function, those of its loops and branches too.
SmallVector<Block *> getBlocks(func::FuncOp function) {
  SmallVector<Block *> blocks;
  function->walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (!isa<func::FuncOp, scf::ForOp, scf::IfOp, scf::WhileOp>(op))
      return op->getNumRegions() == 0 ? WalkResult::advance()
                                      : WalkResult::skip();
    for (Region &region : op->getRegions())
      for (Block &block : region)
        blocks.push_back(&block);
    return WalkResult::advance();
  });
  return blocks;
}

} // namespace

/// A declaration has nothing to tune, whatever it is marked with.
static bool isOutlined(func::FuncOp function) {
  return chameleon::isTask(function) && !function.isDeclaration();
}

SmallVector<chameleon::TuningTask> chameleon::getTasks(ModuleOp module) {
  llvm::StringMap<int64_t> counts;
  module.walk([&](func::CallOp call) { ++counts[call.getCallee()]; });
  SmallVector<TuningTask> tasks;
  for (auto function :
       llvm::make_filter_range(module.getOps<func::FuncOp>(), isOutlined)) {
    TuningTask task;
    task.function = function;
    task.key = chameleon::getTaskKey(function).str();
    task.name = chameleon::getTaskName(function).str();
    task.flops = static_cast<double>(chameleon::getTaskFlops(function));
    task.count = counts.lookup(function.getSymName());
    tasks.push_back(std::move(task));
  }
  return tasks;
}

FailureOr<SmallVector<chameleon::TuningTask>>
chameleon::extractTasks(ModuleOp module, bool joinRows) {
  llvm::StringMap<func::FuncOp> functions;
  if (llvm::none_of(module.getOps<func::FuncOp>(), isOutlined)) {
    llvm::StringSet<> initializers;
    for (auto function : module.getOps<func::FuncOp>())
      if (FlatSymbolRefAttr initializer = chameleon::getInitialiser(function))
        initializers.insert(initializer.getValue());
    for (auto function : llvm::to_vector(module.getOps<func::FuncOp>()))
      if (!function.isDeclaration() &&
          !initializers.contains(function.getSymName()))
        for (Block *block : getBlocks(function))
          outlineGroups(groupBlock(*block, joinRows), module, functions);
  }
  return getTasks(module);
}

void chameleon::printTaskTable(ArrayRef<TuningTask> tasks,
                               raw_ostream &stream) {
  int64_t calls = 0;
  double flops = 0;
  stream << "count      GFLOP  key               task\n";
  for (const TuningTask &task : tasks) {
    stream << llvm::formatv("{0,5}  {1,9:f4}  {2}  {3}\n", task.count,
                            task.flops * 1e-9, task.key, task.name);
    calls += task.count;
    flops += task.count * task.flops;
  }
  stream << llvm::formatv("{0} tasks, {1} calls, {2:f3} GFLOP\n", tasks.size(),
                          calls, flops * 1e-9);
}

std::string chameleon::printTask(const TuningTask &task) {
  func::FuncOp function = task.function;
  OwningOpRef<ModuleOp> module =
      ModuleOp::create(UnknownLoc::get(function.getContext()));
  func::FuncOp clone = function.clone();
  clone.setPublic();
  module->push_back(clone);
  std::string text;
  llvm::raw_string_ostream stream(text);
  module->getOperation()->print(stream, OpPrintingFlags()
                                            .useLocalScope()
                                            .enableDebugInfo(false)
                                            .assumeVerified());
  return text;
}

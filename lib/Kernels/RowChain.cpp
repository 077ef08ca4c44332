//===- RowChain.cpp - reductions and elementwise operations over the same rows
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RowMember.h"
#include "chameleon/Kernels/NeutralElement.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace chameleon;

Value chameleon::withoutReshapes(Value tensor) {
  while (isa_and_nonnull<tensor::ExpandShapeOp, tensor::CollapseShapeOp>(
      tensor.getDefiningOp()))
    tensor = tensor.getDefiningOp()->getOperand(0);
  return tensor;
}

//===----------------------------------------------------------------------===//
// Members
//===----------------------------------------------------------------------===//

/// Whether the loops of `group` step through the buffer as one loop of `stride`
/// would (0: not at all).
static bool stepsBy(ArrayRef<int64_t> sizes, const Access &access,
                    const Group &group, int64_t stride) {
  SmallVector<Run> runs = access.getRuns(sizes, group);
  return runs.empty() || (runs.size() == 1 && runs.front().stride == stride);
}

bool RowMember::readsWhole(const Access &access, int64_t columnCount) const {
  return access.offset == 0 && access.bounds.empty() &&
         stepsBy(sizes, access, rows, columnCount) &&
         stepsBy(sizes, access, columns, 1);
}

bool RowMember::readsRow(const Access &access) const {
  return access.offset == 0 && access.bounds.empty() &&
         stepsBy(sizes, access, rows, 1) && stepsBy(sizes, access, columns, 0);
}

/// The innermost loops, of `columnCount` iterations together, are columns.
static bool splitLoops(RowMember &member, int64_t columnCount) {
  int64_t count = 1;
  for (unsigned loop = member.sizes.size(); loop-- > 0;) {
    if (member.sizes[loop] == 1)
      continue;
    bool isColumn = count < columnCount;
    (isColumn ? member.columns : member.rows).push_back(loop);
    if (isColumn)
      count *= member.sizes[loop];
  }
  std::reverse(member.rows.begin(), member.rows.end());
  std::reverse(member.columns.begin(), member.columns.end());
  return count == columnCount;
}

std::optional<RowMember>
RowMember::analyze(linalg::LinalgOp op, int64_t rowCount, int64_t columnCount) {
  if (!op.hasPureTensorSemantics() || op->getNumResults() != 1 ||
      op.hasIndexSemantics() || isa<linalg::FillOp>(op))
    return std::nullopt;
  RowMember member;
  member.op = op;
  member.sizes = op.getStaticLoopRanges();
  if (llvm::any_of(member.sizes, ShapedType::isDynamic))
    return std::nullopt;
  int64_t points = 1;
  for (int64_t size : member.sizes)
    points *= size;
  bool reduces = op.getNumReductionLoops() != 0;
  if (points == rowCount * columnCount)
    member.kind = reduces ? Kind::Reduction : Kind::Whole;
  else if (points == rowCount && !reduces)
    member.kind = Kind::Row;
  else
    return std::nullopt;
  if (!splitLoops(member, member.kind == Kind::Row ? 1 : columnCount))
    return std::nullopt;
  for (Operation &inner : op.getBlock()->without_terminator())
    if (!OpTrait::hasElementwiseMappableTraits(&inner) &&
        !inner.hasTrait<OpTrait::ConstantLike>())
      return std::nullopt;

  OpOperand *init = op.getDpsInitOperand(0);
  BlockArgument carried = op.getMatchingBlockArgument(init);
  if (reduces) {
    auto isReduction = [&](unsigned loop) {
      return linalg::isReductionIterator(op.getIteratorTypesArray()[loop]);
    };
    if (!llvm::all_of(member.columns, isReduction) ||
        llvm::any_of(member.rows, isReduction))
      return std::nullopt;
    member.combiner =
        op.getBlock()->getTerminator()->getOperand(0).getDefiningOp();
    if (!member.combiner || member.combiner->getNumOperands() != 2 ||
        !carried.hasOneUse() || *carried.user_begin() != member.combiner)
      return std::nullopt;
    std::optional<TypedAttr> neutral = findNeutralElement(member.combiner);
    auto fill = init->get().getDefiningOp<linalg::FillOp>();
    if (!neutral || !fill ||
        !matchPattern(fill.getInputs()[0], m_Constant(&member.initial)))
      return std::nullopt;
    member.neutral = *neutral;
  } else if (!carried.use_empty()) {
    return std::nullopt;
  }

  auto access = [&](OpOperand &operand) {
    return getAccess(operand.get(), op.getMatchingIndexingMap(&operand),
                     member.sizes.size());
  };
  std::optional<Access> result = access(*init);
  if (!result ||
      !(member.kind == Kind::Whole ? member.readsWhole(*result, columnCount)
                                   : member.readsRow(*result)))
    return std::nullopt;
  for (OpOperand *operand : op.getDpsInputOperands()) {
    member.inputs.emplace_back();
    if (!isa<ShapedType>(operand->get().getType()))
      continue;
    member.inputs.back() = access(*operand);
    if (!member.inputs.back() || !member.inputs.back()->bounds.empty())
      return std::nullopt;
  }
  // A product of matrices reduces rows, too, but none that an operand has.
  bool readsRows =
      llvm::any_of(member.inputs, [&](const std::optional<Access> &input) {
        return input && member.readsWhole(*input, columnCount);
      });
  if (reduces && !readsRows)
    return std::nullopt;
  return member;
}

//===----------------------------------------------------------------------===//
// Chains
//===----------------------------------------------------------------------===//

/// What uses the value, through reshapes.
static SmallVector<Operation *> getUsers(Value value) {
  SmallVector<Operation *> users;
  for (Operation *user : value.getUsers())
    if (isa<tensor::ExpandShapeOp, tensor::CollapseShapeOp>(user))
      llvm::append_range(users, getUsers(user->getResult(0)));
    else
      users.push_back(user);
  return users;
}

/// Whether the chain's operands that `user` takes from `producer` are values
/// that the thread has: in whole, or the row's.
static bool canRead(const RowMember &user, const RowMember &producer,
                    int64_t columnCount) {
  for (auto [number, access] : llvm::enumerate(user.inputs)) {
    if (!access || withoutReshapes(user.op->getOperand(number)) !=
                       producer.op->getResult(0))
      continue;
    bool fits = producer.kind == RowMember::Kind::Whole
                    ? user.kind != RowMember::Kind::Row &&
                          user.readsWhole(*access, columnCount)
                    : user.readsRow(*access);
    if (!fits)
      return false;
  }
  return true;
}

/// Everything that `root` needs and that can be a member.
static llvm::MapVector<Operation *, RowMember>
collectMembers(RowMember root, int64_t rowCount, int64_t columnCount,
               llvm::function_ref<bool(Operation *)> isFree) {
  llvm::MapVector<Operation *, RowMember> members;
  SmallVector<RowMember, 0> found;
  found.push_back(std::move(root));
  while (!found.empty()) {
    RowMember member = found.pop_back_val();
    Operation *op = member.op;
    for (OpOperand *operand : member.op.getDpsInputOperands()) {
      auto producer =
          withoutReshapes(operand->get()).getDefiningOp<linalg::LinalgOp>();
      if (!producer || producer->getBlock() != op->getBlock() ||
          !isFree(producer) || members.contains(producer))
        continue;
      if (std::optional<RowMember> next =
              RowMember::analyze(producer, rowCount, columnCount))
        found.push_back(std::move(*next));
    }
    members.try_emplace(op, std::move(member));
  }
  return members;
}

/// Removes what something outside uses, or a member cannot read, until nothing
/// changes.
static void closeMembers(llvm::MapVector<Operation *, RowMember> &members,
                         Operation *root, int64_t columnCount) {
  auto stays = [&](Operation *op, const RowMember &member) {
    return op == root ||
           llvm::all_of(getUsers(op->getResult(0)), [&](Operation *user) {
             auto known = members.find(user);
             return known != members.end() &&
                    canRead(known->second, member, columnCount);
           });
  };
  SmallVector<Operation *> leaving;
  do {
    leaving.clear();
    for (const auto &[op, member] : members)
      if (!stays(op, member))
        leaving.push_back(op);
    for (Operation *op : leaving)
      members.erase(op);
  } while (!leaving.empty());
}

/// Iterations of the parallel and of the reduction loops; nothing if they are
/// not static.
static std::optional<std::pair<int64_t, int64_t>>
countRowsAndColumns(linalg::LinalgOp op) {
  int64_t rows = 1, columns = 1;
  for (auto [size, type] :
       llvm::zip_equal(op.getStaticLoopRanges(), op.getIteratorTypesArray())) {
    if (ShapedType::isDynamic(size))
      return std::nullopt;
    (linalg::isReductionIterator(type) ? columns : rows) *= size;
  }
  return std::pair(rows, columns);
}

bool chameleon::isRowReduction(linalg::LinalgOp op) {
  auto counts = countRowsAndColumns(op);
  return op.getNumReductionLoops() != 0 && counts &&
         RowMember::analyze(op, counts->first, counts->second);
}

linalg::LinalgOp RowChain::getAnchor() const {
  return *llvm::find_if(operations, [](linalg::LinalgOp op) {
    return op.getNumReductionLoops() != 0;
  });
}

std::optional<RowChain>
RowChain::endingAt(linalg::LinalgOp root,
                   llvm::function_ref<bool(Operation *)> isFree) {
  if (!isFree(root) || root->getNumResults() != 1)
    return std::nullopt;
  // Rows are those of the nearest reduction that the root needs.
  SmallVector<Operation *> ahead = {root};
  llvm::SmallDenseSet<Operation *> seen;
  std::optional<RowChain> longest;
  while (!ahead.empty()) {
    auto op = dyn_cast_or_null<linalg::LinalgOp>(ahead.pop_back_val());
    if (!op || op->getBlock() != root->getBlock() || !isFree(op) ||
        !seen.insert(op).second)
      continue;
    for (OpOperand *operand : op.getDpsInputOperands())
      ahead.push_back(withoutReshapes(operand->get()).getDefiningOp());
    if (op.getNumReductionLoops() == 0)
      continue;
    auto counts = countRowsAndColumns(op);
    if (!counts)
      continue;
    RowChain chain;
    std::tie(chain.rows, chain.columns) = *counts;
    std::optional<RowMember> last =
        RowMember::analyze(root, chain.rows, chain.columns);
    if (!last)
      continue;
    llvm::MapVector<Operation *, RowMember> members =
        collectMembers(std::move(*last), chain.rows, chain.columns, isFree);
    closeMembers(members, root, chain.columns);
    for (auto &[member, known] : members)
      chain.operations.push_back(known.op);
    llvm::sort(chain.operations, [](linalg::LinalgOp x, linalg::LinalgOp y) {
      return x->isBeforeInBlock(y);
    });
    bool reduces = llvm::any_of(chain.operations, [](linalg::LinalgOp op) {
      return op.getNumReductionLoops() != 0;
    });
    if (!reduces || chain.operations.size() < 2)
      continue;
    if (!longest || longest->operations.size() < chain.operations.size())
      longest = std::move(chain);
  }
  return longest;
}

std::optional<RowChain> RowChain::containing(linalg::LinalgOp op) {
  for (Operation &root : llvm::reverse(*op->getBlock())) {
    auto candidate = dyn_cast<linalg::LinalgOp>(root);
    if (!candidate)
      continue;
    std::optional<RowChain> chain =
        endingAt(candidate, [](Operation *) { return true; });
    if (chain && llvm::is_contained(chain->operations, op))
      return chain;
  }
  return std::nullopt;
}

//===- ConstraintProgram.cpp - evaluate constraints in one pass
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ConstraintProgram.h"
#include "llvm/Support/MathExtras.h"
#include <limits>

using namespace chameleon;
using Ref = ConstraintProgram::Ref;

/// Stands for a value which is undefined or has left the 64 bits.
static constexpr int64_t undefined = std::numeric_limits<int64_t>::min();

ConstraintProgram::Ref ConstraintProgram::insert(Node node) {
  auto [position, isNew] = known.try_emplace(
      {node.kind, node.a, node.b, node.c, node.value}, nodes.size());
  if (isNew)
    nodes.push_back(node);
  return position->second;
}

Ref ConstraintProgram::constant(int64_t value) {
  return insert({Kind::Constant, false, -1, -1, -1, value});
}

Ref ConstraintProgram::knobIndex(unsigned knob) {
  return insert({Kind::KnobIndex, false, -1, -1, -1, knob});
}

Ref ConstraintProgram::knobValue(unsigned knob,
                                 llvm::ArrayRef<int64_t> options) {
  auto position =
      known.find({Kind::KnobValue, static_cast<Ref>(knob), -1, -1, 0});
  if (position != known.end())
    return position->second;
  // `a` is the knob, not a node; the table starts at `value`.
  Ref result = nodes.size();
  nodes.push_back({Kind::KnobValue, false, static_cast<Ref>(knob), -1, -1,
                   static_cast<int64_t>(tables.size())});
  tables.insert(tables.end(), options.begin(), options.end());
  known[{Kind::KnobValue, static_cast<Ref>(knob), -1, -1, 0}] = result;
  return result;
}

Ref ConstraintProgram::make(Kind kind, Ref a, Ref b, Ref c) {
  auto isConstant = [&](Ref node) {
    return node < 0 || nodes[node].kind == Kind::Constant;
  };
  Node node{kind, false, a, b, c, 0};
  bool foldable = isConstant(a) && isConstant(b) && isConstant(c);
  // A connective may be settled by one constant operand.
  auto isValue = [&](Ref node, int64_t value) {
    return nodes[node].kind == Kind::Constant && nodes[node].value == value;
  };
  if (kind == Kind::And && (isValue(a, 0) || isValue(b, 0)))
    return constant(0);
  if (kind == Kind::Or && (isValue(a, 1) || isValue(b, 1)))
    return constant(1);
  if ((kind == Kind::And && isValue(a, 1)) ||
      (kind == Kind::Or && isValue(a, 0)))
    return b;
  if ((kind == Kind::And && isValue(b, 1)) ||
      (kind == Kind::Or && isValue(b, 0)))
    return a;
  if (kind == Kind::Select && isConstant(a) && nodes[a].value != undefined)
    return nodes[a].value ? b : c;
  if (!foldable)
    return insert(node);
  llvm::SmallVector<int64_t> values(nodes.size(), undefined);
  for (Ref operand : {a, b, c})
    if (operand >= 0)
      values[operand] = nodes[operand].value;
  return constant(compute(node, values.data(), {}));
}

void ConstraintProgram::require(Ref condition, mlir::Operation *op) {
  const Node &node = nodes[condition];
  if (node.required || (node.kind == Kind::Constant && node.value == 1))
    return;
  nodes[condition].required = true;
  Requirement requirement{condition, op, {}, {}};
  std::vector<bool> needed(condition + 1, false);
  needed[condition] = true;
  for (Ref index = condition; index >= 0; --index) {
    if (!needed[index])
      continue;
    const Node &current = nodes[index];
    requirement.nodes.push_back(index);
    if (current.kind == Kind::KnobIndex || current.kind == Kind::KnobValue) {
      requirement.knobs.push_back(
          current.kind == Kind::KnobIndex ? current.value : current.a);
      continue;
    }
    for (Ref operand : {current.a, current.b, current.c})
      if (operand >= 0)
        needed[operand] = true;
  }
  std::reverse(requirement.nodes.begin(), requirement.nodes.end());
  llvm::sort(requirement.knobs);
  requirement.knobs.erase(
      std::unique(requirement.knobs.begin(), requirement.knobs.end()),
      requirement.knobs.end());
  requirements.push_back(std::move(requirement));
}

int64_t
ConstraintProgram::compute(const Node &node, const int64_t *values,
                           llvm::ArrayRef<int32_t> configuration) const {
  switch (node.kind) {
  case Kind::Constant:
    return node.value;
  case Kind::KnobIndex:
    return configuration[node.value];
  case Kind::KnobValue:
    return tables[node.value + configuration[node.a]];
  // These are settled by one operand if it decides.
  case Kind::And:
    if (values[node.a] == 0 || values[node.b] == 0)
      return 0;
    return values[node.a] == undefined || values[node.b] == undefined
               ? undefined
               : 1;
  case Kind::Or:
    if (values[node.a] == 1 || values[node.b] == 1)
      return 1;
    return values[node.a] == undefined || values[node.b] == undefined
               ? undefined
               : 0;
  case Kind::Select:
    return values[node.a] == undefined ? undefined
           : values[node.a]            ? values[node.b]
                                       : values[node.c];
  default:
    break;
  }
  int64_t a = values[node.a], b = node.b < 0 ? 0 : values[node.b], result;
  if (a == undefined || b == undefined)
    return undefined;
  switch (node.kind) {
  case Kind::Add:
    return llvm::AddOverflow(a, b, result) ? undefined : result;
  case Kind::Subtract:
    return llvm::SubOverflow(a, b, result) ? undefined : result;
  case Kind::Multiply:
    return llvm::MulOverflow(a, b, result) ? undefined : result;
  // SMT-LIB: the remainder is never negative.
  case Kind::Divide:
    if (b == 0)
      return undefined;
    result = a / b;
    return a % b < 0 ? (b > 0 ? result - 1 : result + 1) : result;
  case Kind::Modulo:
    if (b == 0)
      return undefined;
    result = b == -1 ? 0 : a % b;
    return result < 0 ? result + std::abs(b) : result;
  case Kind::Absolute:
    return std::abs(a);
  case Kind::Equal:
    return a == b;
  case Kind::Less:
    return a < b;
  case Kind::LessEqual:
    return a <= b;
  case Kind::Not:
    return !a;
  case Kind::Xor:
    return a != b;
  default:
    llvm_unreachable("handled above");
  }
}

bool ConstraintProgram::holds(llvm::ArrayRef<int32_t> configuration) const {
  llvm::SmallVector<int64_t, 256> values;
  values.resize_for_overwrite(nodes.size());
  for (size_t index = 0; index < nodes.size(); ++index) {
    values[index] = compute(nodes[index], values.data(), configuration);
    if (nodes[index].required && values[index] != 1)
      return false;
  }
  return true;
}

bool ConstraintProgram::holds(const Requirement &requirement,
                              llvm::ArrayRef<int32_t> configuration,
                              llvm::SmallVectorImpl<int64_t> &scratch) const {
  scratch.resize_for_overwrite(nodes.size());
  for (Ref index : requirement.nodes)
    scratch[index] = compute(nodes[index], scratch.data(), configuration);
  return scratch[requirement.condition] == 1;
}

std::optional<int64_t>
ConstraintProgram::evaluate(Ref node,
                            llvm::ArrayRef<int32_t> configuration) const {
  llvm::SmallVector<int64_t, 256> values;
  values.resize_for_overwrite(node + 1);
  for (Ref index = 0; index <= node; ++index)
    values[index] = compute(nodes[index], values.data(), configuration);
  return values[node] == undefined ? std::nullopt
                                   : std::optional<int64_t>(values[node]);
}

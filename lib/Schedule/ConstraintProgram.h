//===- ConstraintProgram.h - constraints as a vector of small expressions
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Search asks thousands of times whether a configuration is legal. So
// constraints are compiled once into a vector of nodes in topological order,
// constants folded, and evaluated in one pass over 64-bit integers (booleans
// are 0 and 1).
//
// SMT integers are unbounded: what leaves 64 bits, or divides by zero, is
// undefined here. An undefined value makes a requirement fail, unless the
// connectives settle it without that value: `implies (n > 0), (k mod n = 0)`
// holds for n = 0.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_SCHEDULE_CONSTRAINTPROGRAM_H
#define CHAMELEON_LIB_SCHEDULE_CONSTRAINTPROGRAM_H

#include "mlir/IR/Operation.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include <cstdint>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

namespace chameleon {

class ConstraintProgram {
public:
  /// A node by its number; operands have smaller numbers than their users.
  using Ref = int32_t;
  enum class Kind : uint8_t {
    Constant,
    KnobIndex,
    KnobValue,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Absolute,
    Equal,
    Less,
    LessEqual,
    Not,
    And,
    Or,
    Xor,
    Select
  };

  /// A condition which every legal configuration meets.
  struct Requirement {
    Ref condition;
    mlir::Operation *op;               ///< where it was written
    llvm::SmallVector<unsigned> knobs; ///< what it depends on, ascending
    llvm::SmallVector<Ref>
        nodes; ///< what must be evaluated for it, topologically ordered
  };

  Ref constant(int64_t value);
  /// The number of the selected option.
  Ref knobIndex(unsigned knob);
  /// The integer that the selected option stands for.
  Ref knobValue(unsigned knob, llvm::ArrayRef<int64_t> options);
  Ref make(Kind kind, Ref a, Ref b = -1, Ref c = -1);
  void require(Ref condition, mlir::Operation *op);

  /// Every requirement is met. `configuration` has a valid index for each knob.
  bool holds(llvm::ArrayRef<int32_t> configuration) const;
  bool holds(const Requirement &requirement,
             llvm::ArrayRef<int32_t> configuration,
             llvm::SmallVectorImpl<int64_t> &scratch) const;
  /// Nothing if the value is undefined.
  std::optional<int64_t> evaluate(Ref node,
                                  llvm::ArrayRef<int32_t> configuration) const;

  llvm::ArrayRef<Requirement> getRequirements() const { return requirements; }
  size_t size() const { return nodes.size(); }

private:
  struct Node {
    Kind kind;
    bool required = false;
    Ref a, b, c;
    int64_t value; ///< constant, knob, or first entry of a table
  };
  int64_t compute(const Node &node, const int64_t *values,
                  llvm::ArrayRef<int32_t> configuration) const;
  Ref insert(Node node);

  std::vector<Node> nodes;
  std::vector<int64_t> tables;
  std::vector<Requirement> requirements;
  std::map<std::tuple<Kind, Ref, Ref, Ref, int64_t>, Ref>
      known; ///< equal nodes are one
};

} // namespace chameleon

#endif // CHAMELEON_LIB_SCHEDULE_CONSTRAINTPROGRAM_H

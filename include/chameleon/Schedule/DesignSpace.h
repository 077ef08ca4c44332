//===- DesignSpace.h - knobs, constraints and configurations of a schedule
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A tunable schedule is a transform named sequence with `transform.tune.knob`,
// `transform.tune.alternatives` and `transform.smt.constrain_params`. For one
// task it spans a design space:
//
//   auto space = DesignSpace::create(schedule, taskFunction);
//   // Microseconds: constraints only, nothing is compiled.
//   space->isLegal(configuration);
//   // {kob = 2 : i64, owb = 14 : i64}
//   space->toAttr(configuration);
//
// Facts: operands of constraints that are neither knobs nor constants (dims by
// `transform.match.structured.dim`, device facts by `transform.dlti.query`) are
// computed once, by interpreting just the operations that they depend on, on a
// copy of the task as it is at the schedule's entry. What a constraint yields
// is a parameter of the resolved schedule (products, ceil-divs).
//
// Constraints may use every SMT operation on integers and booleans, but no
// functions and quantifiers. Division and remainder are SMT-LIB's (the
// remainder is never negative); dividing by zero and leaving 64 bits violate
// the constraint, unless a connective settles it without (`implies (n > 0), (k
// mod n = 0)`).
//
// Knob options: an array of attributes, or lighthouse's dictionary {options |
// lower_bound, upper_bound, divisible_by, divides}. A configuration is one
// option index per knob; alternatives are knobs too (unordered, value = region
// number). A knob inside a region of an alternative that is not selected is
// inactive: only its default option is legal then, so that no two
// configurations mean the same.
//
// Seeds: `chameleon.seeds`, an array of dictionaries on the schedule, lists
// what its author expects to be good, best first. A seed names some of the
// knobs; the others have their default options. Which are legal depends on the
// task and the target. A schedule may be paired with several matchers: one that
// has seeds of its own puts them in the place of the schedule's, and
// `chameleon.defaults`, a dictionary, in the place of its knobs' defaults.
//
// The default configuration: the first legal seed. If there is none, the
// default option of each knob (the matcher's, else the one that the knob
// carries as `selected` in the library file, else the first); and if that is
// illegal, the legal configuration nearest to it.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_SCHEDULE_DESIGNSPACE_H
#define CHAMELEON_SCHEDULE_DESIGNSPACE_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Transform/IR/TransformOps.h"
#include "mlir/IR/BuiltinAttributes.h"
#include <memory>

namespace chameleon {

struct Knob {
  std::string name;
  llvm::SmallVector<mlir::Attribute> options; ///< i64 integers for alternatives
  unsigned defaultOption = 0;
  bool ordered = true;
};

/// One option index per knob.
using Configuration = llvm::SmallVector<int32_t>;

class DesignSpace {
public:
  /// Collects knobs and constraints of `schedule` and evaluates its facts on
  /// `task` (which is not changed). Emits on the op concerned and fails for:
  /// duplicate knob names, a knob without options, an operation in a constraint
  /// that cannot be evaluated, a fact that cannot be computed, a seed that
  /// names no knob or option, no legal configuration at all. The schedule's
  /// arguments are what `matcher` yields; by default the matcher that a
  /// `foreach_match` of the schedule's module pairs it with, else (a schedule
  /// on its own) the operation marked `chameleon.anchor`.
  static mlir::FailureOr<DesignSpace>
  create(mlir::transform::NamedSequenceOp schedule, mlir::func::FuncOp task,
         mlir::transform::NamedSequenceOp matcher = {});

  llvm::ArrayRef<Knob> getKnobs() const;
  bool isLegal(llvm::ArrayRef<int32_t> configuration) const;
  /// Product of the numbers of options (before constraints).
  double getSize() const;
  /// Number of legal configurations if at most `limit` points need looking at,
  /// else nothing.
  std::optional<int64_t> countLegal(int64_t limit = 1 << 20) const;
  /// The legal configurations; nothing if there are more than `limit` or they
  /// cannot be counted.
  std::optional<std::vector<Configuration>> listLegal(int64_t limit) const;
  const Configuration &getDefault() const;
  /// The legal seeds, best first.
  llvm::ArrayRef<Configuration> getSeeds() const;

  mlir::DictionaryAttr toAttr(llvm::ArrayRef<int32_t> configuration) const;
  /// Nothing if a knob is missing, unknown, or has no such option (a record of
  /// an older schedule).
  std::optional<Configuration>
  fromAttr(mlir::DictionaryAttr configuration) const;

  /// The resolved form of the schedule: `selected` set, alternatives chosen,
  /// constraints replaced by the params they yield. A detached clone; the
  /// original is never touched.
  mlir::OwningOpRef<mlir::transform::NamedSequenceOp>
  resolve(llvm::ArrayRef<int32_t> configuration) const;

  struct Impl; ///< the library's own

private:
  std::shared_ptr<const Impl> impl;
};

} // namespace chameleon

#endif // CHAMELEON_SCHEDULE_DESIGNSPACE_H

//===- DesignSpaceImpl.h - what a design space keeps
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_SCHEDULE_DESIGNSPACEIMPL_H
#define CHAMELEON_LIB_SCHEDULE_DESIGNSPACEIMPL_H

#include "ConstraintProgram.h"
#include "chameleon/Schedule/DesignSpace.h"

namespace chameleon {

/// The operations of a schedule that resolving changes, in the order of a
/// pre-order walk, which is the same in its clones.
struct TunableOps {
  llvm::SmallVector<mlir::Operation *> knobs, alternatives, constraints;
  explicit TunableOps(mlir::transform::NamedSequenceOp schedule);
};

/// Reads the options and the default of a `transform.tune.knob`. Emits on the
/// operation and fails if there are none, if one is there twice, or if the
/// default is not among them.
mlir::FailureOr<Knob> readKnob(mlir::Operation *knobOp);

/// Emits on the second and fails if two knobs or alternatives of a schedule
/// have the same name.
mlir::LogicalResult verifyKnobNames(const TunableOps &ops);

struct DesignSpace::Impl {
  mlir::OwningOpRef<mlir::transform::NamedSequenceOp>
      schedule; ///< a copy, so that the library may go away
  llvm::SmallVector<Knob> knobs;
  llvm::StringMap<unsigned> knobByName;
  llvm::SmallVector<unsigned> knobOfOp; ///< parallel to TunableOps::knobs
  llvm::SmallVector<ConstraintProgram::Ref>
      selectorOfOp; ///< parallel to TunableOps::alternatives
  llvm::SmallVector<llvm::SmallVector<ConstraintProgram::Ref>>
      yieldedByOp; ///< parallel to TunableOps::constraints
  ConstraintProgram program;
  Configuration defaultConfiguration;
  llvm::SmallVector<Configuration> seeds; ///< legal ones, as listed
};

/// The legal configuration nearest to `start`, by the sum of steps between
/// ordered options (a change of an unordered one counts one). Nothing if there
/// is none, or if it was not found among some millions of points.
std::optional<Configuration> findNearestLegal(const ConstraintProgram &program,
                                              llvm::ArrayRef<Knob> knobs,
                                              llvm::ArrayRef<int32_t> start);

/// Nothing if more than `limit` partial configurations would have to be looked
/// at.
std::optional<int64_t> countLegal(const ConstraintProgram &program,
                                  llvm::ArrayRef<Knob> knobs, int64_t limit);

/// The configurations that meet all requirements; nothing if there are more
/// than `limit` or countLegal gives up.
std::optional<std::vector<Configuration>>
listLegal(const ConstraintProgram &program, llvm::ArrayRef<Knob> knobs,
          int64_t limit);

} // namespace chameleon

#endif // CHAMELEON_LIB_SCHEDULE_DESIGNSPACEIMPL_H

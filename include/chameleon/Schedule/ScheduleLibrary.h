//===- ScheduleLibrary.h - find the schedules that apply to a task
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A schedule library is a module `attributes {transform.with_named_sequence}`
// with pairs of named sequences, tied together as upstream does it, by a
// `transform.foreach_match` in its `@__transform_main`:
//
//   transform.named_sequence @match_conv(
//       %anchor: !transform.any_op {transform.readonly})
//       -> !transform.any_op { … }
//   transform.named_sequence @conv_nchwc(
//       %anchor: !transform.any_op {transform.consumed}) {
//     … knobs, constraints, transforms …
//   }
//   transform.named_sequence @__transform_main(%root: !transform.any_op) {
//     transform.foreach_match in %root
//         @match_conv -> @conv_nchwc
//         : (!transform.any_op) -> !transform.any_op
//     transform.yield
//   }
//
// The matcher is tried on the anchor of a task function (see MatchedAnchor);
// the schedule receives what the matcher yields. A schedule reaches the task's
// function by `transform.get_parent_op %anchor {op_name = "func.func"}`. User
// libraries (option `library=`) come first, in the order given, then the
// built-in ones that the target's backend brings.
//
// What schedules or matchers have in common is in files called common.mlir,
// there and in lib/Schedules. Every library, the user's too, may include these
// sequences by their names; they are linked into those that do.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_SCHEDULE_SCHEDULELIBRARY_H
#define CHAMELEON_SCHEDULE_SCHEDULELIBRARY_H

#include "chameleon/Schedule/DesignSpace.h"
#include "chameleon/Schedules/BuiltinSchedule.h"

namespace chameleon {

/// Where in a task a matcher matches. In a function with operations that carry
/// `chameleon.anchor` only these are tried, so that a fill or an epilogue of
/// another kind is not taken for what the task is about; of several, the first
/// in program order that the matcher accepts wins.
struct MatchedAnchor {
  /// Which one of the operations that carry `chameleon.anchor`; nothing: none
  /// carries it, and the matcher accepts a single operation of the function.
  std::optional<unsigned> ordinal;
  unsigned numAnchors = 0; ///< operations that carry `chameleon.anchor`
};

/// A schedule that applies to a task. Valid as long as its library.
struct MatchedSchedule {
  mlir::transform::NamedSequenceOp matcher, schedule;
  MatchedAnchor anchor;
  std::string libraryName; ///< file name, or `builtin:cpu/conv_nchwc`
  std::string fingerprint; ///< of the text of matcher, schedule and what they
                           ///< include: part of the database's target key

  /// Is it for tasks that no other schedule takes (chameleon.fallback)?
  bool isFallback() const;
};

class ScheduleLibrary {
public:
  /// Parses the user's files and the built-in schedules
  /// (Backend::getSchedules()). Emits and fails for a file that does not parse,
  /// has no `foreach_match`, or names sequences that do not exist. Runs every
  /// pre-flight check of the schedules: duplicate knobs, `any_param` into
  /// tile_using_for, knobs in matchers; upstream crashes on these.
  static mlir::FailureOr<ScheduleLibrary>
  load(mlir::MLIRContext *context, llvm::ArrayRef<std::string> userFiles,
       llvm::ArrayRef<BuiltinSchedule> builtins);

  /// Every schedule of the library, in the order in which they are tried; for
  /// listings and tests.
  llvm::SmallVector<MatchedSchedule> getSchedules() const;

  /// All schedules whose matcher accepts an operation of the task, user's
  /// first, fallbacks last; empty if none. `task` is not changed. Of a schedule
  /// whose matcher recognises the operation, but whose lowering cannot do it
  /// (transform.chameleon.applies), `refuse` learns the reason.
  llvm::SmallVector<MatchedSchedule>
  match(mlir::func::FuncOp task,
        llvm::function_ref<void(const MatchedSchedule &schedule,
                                llvm::StringRef reason)>
            refuse = nullptr) const;

  struct Impl; ///< the library's own

private:
  std::shared_ptr<const Impl> impl;
};

/// A module that applies a resolved schedule to the functions which carry
/// `chameleon.task = "<key>"`, runnable by the stock transform-interpreter:
/// `@__transform_main` matches those functions, their anchor by the matcher,
/// and includes the schedule (with whatever named sequences it includes
/// itself). Several tasks may be added to one module.
///   builder: one call per task on the same module.
mlir::LogicalResult addResolvedSchedule(mlir::ModuleOp spec,
                                        llvm::StringRef taskKey,
                                        const MatchedSchedule &schedule,
                                        const DesignSpace &space,
                                        llvm::ArrayRef<int32_t> configuration);

/// The matcher that a `foreach_match` of the schedule's module pairs with it,
/// null if there is none.
mlir::transform::NamedSequenceOp
findMatcher(mlir::transform::NamedSequenceOp schedule);

/// An empty spec module to add to, `module @chameleon_schedules attributes
/// {transform.with_named_sequence}`.
mlir::OwningOpRef<mlir::ModuleOp> createSpec(mlir::MLIRContext *context);

/// Applies a spec to a payload module, of which it may be a part. Emits and
/// fails if a transform fails; a payload with none of the spec's tasks gets a
/// remark. Never uses transform-preload-library. `checkHandles`: a schedule
/// that uses what it has consumed is an error; without, which is faster, the
/// process may crash, and only those risk it whose process is a candidate's.
mlir::LogicalResult applySpec(mlir::ModuleOp spec, mlir::ModuleOp payload,
                              bool checkHandles = true);

/// The keys of the tasks that a spec has schedules for.
llvm::SmallVector<llvm::StringRef> getTaskKeys(mlir::ModuleOp spec);

/// The spec nested in a module by `embedSpec`, null if there is none.
mlir::ModuleOp findEmbeddedSpec(mlir::ModuleOp module);
/// The same, taken out of the module.
mlir::OwningOpRef<mlir::ModuleOp> takeEmbeddedSpec(mlir::ModuleOp module);
/// Nests a spec in a module, in the place of one that is there already.
void embedSpec(mlir::OwningOpRef<mlir::ModuleOp> spec, mlir::ModuleOp module);

/// A spec in a file of its own. Both emit and fail on what the file system or
/// the parser says; a file may also hold a tuned module that embeds a spec. It
/// has a
/// `@__transform_main`.
mlir::OwningOpRef<mlir::ModuleOp> parseSpecFile(mlir::MLIRContext *context,
                                                llvm::StringRef path);
mlir::LogicalResult writeSpecFile(mlir::ModuleOp spec, llvm::StringRef path);

} // namespace chameleon

#endif // CHAMELEON_SCHEDULE_SCHEDULELIBRARY_H

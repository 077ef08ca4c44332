//===- RelatedTasks.h - what a search may start warm from
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Tasks of the database that the same schedule was searched for: other shapes,
// other devices, the same device with another code generator. The nearest of
// them by shape and work lend their trials.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TUNING_RELATEDTASKS_H
#define CHAMELEON_TUNING_RELATEDTASKS_H

#include "chameleon/Database/Database.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringSet.h"

namespace chameleon {

/// Logarithms (base 2) of the work and of every dimension of the operands and
/// results, in order.
std::vector<double> getTaskFeatures(mlir::func::FuncOp function, double flops);

/// Euclidean; infinite for tasks of different numbers of features, which are
/// not of one kind.
double getTaskDistance(llvm::ArrayRef<double> left,
                       llvm::ArrayRef<double> right);

/// Exact, not by FAISS: reading the candidates' payloads costs more than
/// comparing them, and a compiler that only applies schedules links no FAISS.
///
/// Records of the `count` nearest tasks with this schedule and fingerprint,
/// nearest task first, best record first in each; not those of `taskKey` on
/// `targetKey` by `generator`, nor those of `others` there. Another target is
/// as far as one dimension twice as large, another generator a quarter of that.
llvm::Expected<std::vector<std::vector<Record>>>
findRelatedRecords(const Database &database, mlir::func::FuncOp function,
                   double flops, const Record &query, size_t count,
                   const llvm::StringSet<> &others = {});

} // namespace chameleon

#endif // CHAMELEON_TUNING_RELATEDTASKS_H

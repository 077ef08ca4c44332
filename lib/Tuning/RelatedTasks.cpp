//===- RelatedTasks.cpp - what a search may start warm from
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Tuning/RelatedTasks.h"
#include "chameleon/Runtime/Nesting.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/STLExtras.h"
#include <cmath>
#include <limits>

using namespace mlir;
using namespace chameleon;

/// In units of `getTaskDistance`: one dimension twice as large.
static constexpr double costOfOtherTarget = 1;
/// Of the same device: most changes of a generator move few configurations, so
/// the same task is nearer than any other.
static constexpr double costOfOtherGenerator = 0.25;

std::vector<double> chameleon::getTaskFeatures(func::FuncOp function,
                                               double flops) {
  std::vector<double> features = {std::log2(std::max(flops, 1.0))};
  auto add = [&](TypeRange types) {
    for (Type type : types)
      if (auto shaped = dyn_cast<ShapedType>(type);
          shaped && shaped.hasStaticShape())
        for (int64_t size : shaped.getShape())
          features.push_back(std::log2(std::max<double>(size, 1)));
  };
  add(function.getArgumentTypes());
  add(function.getResultTypes());
  return features;
}

double chameleon::getTaskDistance(ArrayRef<double> left,
                                  ArrayRef<double> right) {
  if (left.size() != right.size())
    return std::numeric_limits<double>::infinity();
  double sum = 0;
  for (auto [a, b] : llvm::zip_equal(left, right))
    sum += (a - b) * (a - b);
  return std::sqrt(sum);
}

llvm::Expected<std::vector<std::vector<Record>>>
chameleon::findRelatedRecords(const Database &database, func::FuncOp function,
                              double flops, const Record &query, size_t count,
                              const llvm::StringSet<> &others) {
  llvm::Expected<std::vector<MeasuredTask>> tasks =
      database.findTasks(query.schedule, query.fingerprint);
  if (!tasks)
    return tasks.takeError();
  std::vector<double> features = getTaskFeatures(function, flops);
  std::vector<std::pair<double, const MeasuredTask *>> nearest;
  for (const MeasuredTask &measured : *tasks) {
    bool otherTarget = measured.targetKey != query.targetKey;
    bool otherGenerator = measured.generator != query.generator;
    if (!otherTarget && !otherGenerator &&
        (measured.task.key == query.taskKey ||
         others.contains(measured.task.key)))
      continue;
    // A payload that this version does not read is no neighbour.
    ScopedDiagnosticHandler silence(function.getContext(),
                                    [](Diagnostic &) { return success(); });
    constexpr unsigned maxNesting = 256;
    OwningOpRef<ModuleOp> payload;
    if (!isNestedDeeper(measured.task.payload, maxNesting))
      payload = parseSourceString<ModuleOp>(measured.task.payload,
                                            function.getContext());
    if (!payload || payload->getOps<func::FuncOp>().empty())
      continue;
    double distance =
        getTaskDistance(
            features, getTaskFeatures(*payload->getOps<func::FuncOp>().begin(),
                                      measured.task.flops)) +
        (otherTarget ? costOfOtherTarget : 0) +
        (otherGenerator ? costOfOtherGenerator : 0);
    if (std::isfinite(distance))
      nearest.emplace_back(distance, &measured);
  }
  // Equals keep the database's order.
  llvm::stable_sort(nearest, llvm::less_first());
  std::vector<std::vector<Record>> result;
  for (auto [distance, measured] : ArrayRef(nearest).take_front(count)) {
    llvm::Expected<std::vector<Record>> records = database.find(
        measured->task.key, measured->targetKey, measured->generator);
    if (!records)
      return records.takeError();
    llvm::erase_if(*records, [&](const Record &record) {
      return record.schedule != query.schedule ||
             record.fingerprint != query.fingerprint;
    });
    result.push_back(std::move(*records));
  }
  return result;
}

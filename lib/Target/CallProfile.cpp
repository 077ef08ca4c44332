//===- CallProfile.cpp - where the time of a model goes, by the tasks it calls
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Target/CallProfile.h"
#include "chameleon/IR/ChameleonDialect.h"
#include "chameleon/Runtime/Timing.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/SymbolTable.h"

using namespace mlir;

namespace chameleon {

void CallProfile::instrument(ModuleOp module, StringRef name) {
  auto function = module.lookupSymbol<func::FuncOp>(name);
  if (!function || function.isExternal())
    return;
  SmallVector<std::pair<func::CallOp, func::FuncOp>> found;
  function.walk([&](func::CallOp call) {
    auto callee = module.lookupSymbol<func::FuncOp>(call.getCallee());
    if (callee && isTask(callee))
      found.push_back({call, callee});
  });
  if (found.empty())
    return;

  OpBuilder builder(module.getBodyRegion());
  Type word = builder.getI64Type();
  auto marker = func::FuncOp::create(builder, module.getLoc(), markName,
                                     builder.getFunctionType({word, word}, {}));
  marker.setPrivate();
  auto insertMark = [&](int64_t position) {
    Location location = function.getLoc();
    Value self = arith::ConstantIntOp::create(
        builder, location, reinterpret_cast<int64_t>(this), 64);
    Value number =
        arith::ConstantIntOp::create(builder, location, position, 64);
    func::CallOp::create(builder, location, marker, ValueRange{self, number});
  };
  for (auto [call, callee] : found) {
    int64_t position = 2 * static_cast<int64_t>(profiled.size());
    builder.setInsertionPoint(call);
    insertMark(position);
    builder.setInsertionPointAfter(call);
    insertMark(position + 1);
    Call &entry = profiled.emplace_back();
    entry.callee = callee.getName().str();
    entry.name = getTaskName(callee).str();
    entry.flops = getTaskFlops(callee);
  }
}

double CallProfile::lap() {
  double now = monotonicSeconds();
  return now - std::exchange(last, now);
}

void CallProfile::begin() {
  outsideSeconds.push_back(0);
  for (Call &call : profiled)
    call.seconds.push_back(0);
  last = monotonicSeconds();
}

void CallProfile::end() { outsideSeconds.back() += lap(); }

void CallProfile::mark(int64_t profile, int64_t position) {
  auto *self = reinterpret_cast<CallProfile *>(profile);
  double seconds = self->lap();
  (position % 2 ? self->profiled[position / 2].seconds.back()
                : self->outsideSeconds.back()) += seconds;
}

} // namespace chameleon

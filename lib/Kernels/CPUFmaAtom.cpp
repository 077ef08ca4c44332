//===- CPUFmaAtom.cpp - vectors are multiplied and added
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/IR/StorageType.h"
#include "chameleon/Kernels/CPUAtom.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace chameleon;

namespace {
class VectorFmaAtom : public CPUAtom {
public:
  // 64 bytes: narrower machines take two instructions.
  VectorFmaAtom() : CPUAtom("vector-fma", /*k=*/1, /*bytes=*/64) {}
  std::string check(linalg::LinalgOp contraction) const override;
  Value emit(RewriterBase &rewriter, linalg::LinalgOp contraction, Value left,
             Value right, Value sum) const override;
};
} // namespace

const CPUAtom &chameleon::getVectorFmaAtom() {
  static const VectorFmaAtom atom;
  return atom;
}

const CPUAtom *chameleon::findCPUAtom(linalg::LinalgOp contraction,
                                      std::string &reason) {
  const CPUAtom *atoms[] = {&getVectorFmaAtom()};
  for (const CPUAtom *atom : atoms) {
    reason = atom->check(contraction);
    if (reason.empty())
      return atom;
  }
  return nullptr;
}

std::string VectorFmaAtom::check(linalg::LinalgOp contraction) const {
  for (Type type : contraction->getOperandTypes())
    if (Type element = getElementTypeOrSelf(type);
        !hasStorage(element) || element.isIndex())
      return "expects integer or float elements";
  return "";
}

Value VectorFmaAtom::emit(RewriterBase &rewriter, linalg::LinalgOp contraction,
                          Value left, Value right, Value sum) const {
  Block *body = contraction.getBlock();
  int64_t lanes = cast<VectorType>(sum.getType()).getNumElements();
  IRMapping mapping;
  mapping.map(body->getArguments(), ValueRange{left, right, sum});
  for (Operation &op : body->without_terminator()) {
    // A product that is used by one sum only is not rounded on its own.
    auto product = dyn_cast<arith::MulFOp>(op);
    if (product && product->hasOneUse() &&
        isa<arith::AddFOp>(*product->user_begin()))
      continue;
    if (auto total = dyn_cast<arith::AddFOp>(op)) {
      auto factor = total.getLhs().getDefiningOp<arith::MulFOp>();
      Value other = total.getRhs();
      if (!factor) {
        factor = total.getRhs().getDefiningOp<arith::MulFOp>();
        other = total.getLhs();
      }
      if (factor && factor->hasOneUse()) {
        Value fused = math::FmaOp::create(
            rewriter, contraction.getLoc(), mapping.lookup(factor.getLhs()),
            mapping.lookup(factor.getRhs()), mapping.lookup(other));
        mapping.map(total.getResult(), fused);
        continue;
      }
    }
    Operation *clone = rewriter.clone(op, mapping);
    for (OpResult result : clone->getResults())
      result.setType(VectorType::get({lanes}, result.getType()));
  }
  return mapping.lookup(body->getTerminator()->getOperand(0));
}

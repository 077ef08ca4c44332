//===- CPUAtomTest.cpp - the table of atoms of a CPU
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Kernels/CPUAtom.h"
#include "FakeHooks.h"

using namespace mlir;
using namespace chameleon;

namespace {

class CPUAtomTest : public KernelsTest {};

TEST_F(CPUAtomTest, lanesFollowTheElement) {
  Builder b(&context);
  const CPUAtom &atom = getVectorFmaAtom();
  EXPECT_EQ(atom.k, 1);
  EXPECT_EQ(atom.getLanes(48, b.getF32Type()), 16);
  EXPECT_EQ(atom.getLanes(24, b.getF32Type()), 8);
  EXPECT_EQ(atom.getLanes(48, b.getF64Type()), 8);
  EXPECT_EQ(atom.getLanes(7, b.getF32Type()), 1);
  EXPECT_EQ(atom.getLanes(96, b.getI8Type()), 32);
}

/// What the atom makes of the body on vectors: names of operations.
std::vector<std::string> emit(linalg::LinalgOp op) {
  IRRewriter rewriter(op->getContext());
  rewriter.setInsertionPoint(op);
  Type element = getElementTypeOrSelf(op->getResult(0).getType());
  SmallVector<Value> values;
  for (int i = 0; i < 3; ++i)
    values.push_back(arith::ConstantOp::create(
        rewriter, op.getLoc(),
        rewriter.getZeroAttr(VectorType::get({4}, element))));
  Operation *last = values.back().getDefiningOp();
  Value sum =
      getVectorFmaAtom().emit(rewriter, op, values[0], values[1], values[2]);
  EXPECT_EQ(sum.getType(), values[2].getType());
  std::vector<std::string> names;
  for (Operation *next = last->getNextNode(); next != op;
       next = next->getNextNode())
    names.push_back(next->getName().getStringRef().str());
  return names;
}

TEST_F(CPUAtomTest, aProductOfFloatsIsNotRoundedOnItsOwn) {
  EXPECT_EQ(emit(parseMatmul("f32")), std::vector<std::string>{"math.fma"});
}

TEST_F(CPUAtomTest, integersAreMultipliedAndAdded) {
  EXPECT_EQ(emit(parseMatmul("i32")),
            (std::vector<std::string>{"arith.muli", "arith.addi"}));
}

TEST_F(CPUAtomTest, otherElementsAreRefused) {
  std::string reason;
  EXPECT_EQ(findCPUAtom(parseMatmul("f32"), reason), &getVectorFmaAtom());
  EXPECT_EQ(findCPUAtom(parseMatmul("complex<f32>"), reason), nullptr);
  EXPECT_EQ(reason, "expects integer or float elements");
}

} // namespace

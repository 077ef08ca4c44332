//===- NeutralElementTest.cpp - what a reduction may start from
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Kernels/NeutralElement.h"
#include "FakeHooks.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace chameleon;

namespace {

class NeutralElementTest : public KernelsTest {
protected:
  /// What Op makes of its neutral element and each of the numbers.
  template <typename Op>
  void keepsEach(Type type) {
    OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(&context));
    OpBuilder b = OpBuilder::atBlockEnd(module->getBody());
    Location loc = b.getUnknownLoc();
    for (int64_t number : {-128, -1, 0, 1, 127}) {
      Value x =
          arith::ConstantOp::create(b, loc, b.getIntegerAttr(type, number));
      auto op = Op::create(b, loc, x, x);
      std::optional<TypedAttr> neutral = findNeutralElement(op);
      ASSERT_TRUE(neutral) << op->getName().getStringRef().str();
      ASSERT_EQ(neutral->getType(), type);
      Value start = arith::ConstantOp::create(b, loc, *neutral);
      OpFoldResult folded = b.createOrFold<Op>(loc, x, start);
      EXPECT_EQ(getConstantIntValue(folded), number)
          << op->getName().getStringRef().str();
    }
  }
};

TEST_F(NeutralElementTest, keepsIntegersAndIndices) {
  Builder b(&context);
  for (Type type : {Type(b.getI8Type()), Type(b.getIndexType())}) {
    keepsEach<arith::AddIOp>(type);
    keepsEach<arith::MulIOp>(type);
    keepsEach<arith::AndIOp>(type);
    keepsEach<arith::OrIOp>(type);
    keepsEach<arith::MaxSIOp>(type);
    keepsEach<arith::MinSIOp>(type);
    keepsEach<arith::MaxUIOp>(type);
    keepsEach<arith::MinUIOp>(type);
  }
}

TEST_F(NeutralElementTest, notEveryOperationHasOne) {
  OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(&context));
  OpBuilder b = OpBuilder::atBlockEnd(module->getBody());
  Location loc = b.getUnknownLoc();
  Value x = arith::ConstantOp::create(b, loc, b.getIndexAttr(3));
  EXPECT_FALSE(findNeutralElement(arith::SubIOp::create(b, loc, x, x)));
}

} // namespace

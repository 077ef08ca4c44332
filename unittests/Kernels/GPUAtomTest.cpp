//===- GPUAtomTest.cpp - the table of atoms of a GPU
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Kernels/GPUAtom.h"
#include "FakeHooks.h"

using namespace mlir;
using namespace chameleon;

namespace {

class GPUAtomTest : public KernelsTest {
protected:
  std::string find(Type lhs, Type rhs, Type accumulator) {
    std::string reason;
    const GPUAtom *atom =
        findGPUAtom(FakeHooks(), {lhs, rhs, accumulator}, reason);
    return atom ? atom->name.str() : reason;
  }
};

TEST_F(GPUAtomTest, everyDeviceMultipliesAndAddsElements) {
  Builder b(&context);
  Type f16 = b.getF16Type(), f32 = b.getF32Type(), f64 = b.getF64Type();
  EXPECT_EQ(find(f32, f32, f32), "fma");
  EXPECT_EQ(find(f64, f64, f64), "fma");
  EXPECT_EQ(find(f16, f16, f32), "expects inputs and result of one type");
  Type i32 = b.getI32Type(), i64 = b.getI64Type();
  EXPECT_EQ(find(i32, i32, i32), "fma");
  EXPECT_EQ(find(i64, i64, i64), "fma");
  for (Type type :
       {f16, Type(b.getBF16Type()), Type(b.getI8Type()), Type(b.getI1Type())})
    EXPECT_EQ(find(type, type, type), "expects elements of 32 or 64 bits");
  const GPUAtom &fma = getFmaAtom();
  EXPECT_EQ(fma.m * fma.n * fma.k * fma.threads, 1);
}

TEST_F(GPUAtomTest, aDevicesOwnAtomsAreTriedInItsOrder) {
  /// Takes halves only.
  class HalfAtom : public GPUAtom {
  public:
    HalfAtom() : GPUAtom("half", 16, 8, 16, 32) {}
    std::string check(AtomTypes types) const override {
      return types.lhs.isF16() ? "" : "expects halves";
    }
    std::unique_ptr<GPUAtomEmitter>
    createEmitter(KernelBuilder &, const GPUBlock &) const override {
      return nullptr;
    }
  };
  class HalfHooks : public FakeHooks {
  public:
    ArrayRef<const GPUAtom *> getAtoms() const override { return atoms; }
    HalfAtom half;
    const GPUAtom *atoms[2] = {&half, &getFmaAtom()};
  } hooks;
  Builder b(&context);
  std::string reason;
  auto name = [&](Type type) {
    const GPUAtom *atom = findGPUAtom(hooks, {type, type, type}, reason);
    return atom ? atom->name : "none";
  };
  EXPECT_EQ(name(b.getF16Type()), "half");
  EXPECT_EQ(name(b.getF32Type()), "fma");
  EXPECT_EQ(name(b.getI8Type()), "none");
  EXPECT_EQ(reason, "expects elements of 32 or 64 bits");
}

} // namespace

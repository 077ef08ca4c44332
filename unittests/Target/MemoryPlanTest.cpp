//===- MemoryPlanTest.cpp - buffers share memory only when their lifetimes allow
// it
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../../lib/Target/MemoryPlan.h"
#include "chameleon/Transforms/Passes.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"
#include <random>

using namespace chameleon;

namespace {

TEST(MemoryPlan, NothingNeedsNothing) { EXPECT_EQ(planBuffers({}).bytes, 0); }

TEST(MemoryPlan, AChainOfTwoAlternates) {
  // Producer and consumer overlap by a step: two places suffice for any length.
  MemoryPlan plan =
      planBuffers({{128, 0, 1}, {128, 1, 2}, {128, 2, 3}, {128, 3, 4}});
  EXPECT_EQ(plan.bytes, 256);
  EXPECT_EQ(plan.offsets[0], plan.offsets[2]);
  EXPECT_EQ(plan.offsets[1], plan.offsets[3]);
  EXPECT_NE(plan.offsets[0], plan.offsets[1]);
}

TEST(MemoryPlan, TheSmallestGapThatFitsIsTaken) {
  // At step 5 the first (512 bytes) and third (256) buffer are gone: the late
  // one of 128 bytes takes the smaller gap.
  MemoryPlan plan = planBuffers(
      {{512, 0, 4}, {448, 0, 9}, {256, 0, 4}, {192, 0, 9}, {128, 5, 9}});
  EXPECT_EQ(plan.bytes, 512 + 448 + 256 + 192);
  EXPECT_EQ(plan.offsets[4], plan.offsets[2]);
}

TEST(MemoryPlan, SizesAreRoundedToCacheLines) {
  MemoryPlan plan = planBuffers({{1, 0, 1}, {65, 0, 1}, {0, 0, 1}});
  for (int64_t offset : plan.offsets)
    EXPECT_EQ(offset % 64, 0);
  EXPECT_EQ(plan.bytes, 192);
}

TEST(MemoryPlan, RandomPlansNeverOverlap) {
  std::mt19937 random(1);
  for (int round = 0; round < 100; ++round) {
    llvm::SmallVector<BufferLifetime> buffers;
    for (int i = 0; i < 40; ++i) {
      int64_t first = random() % 50;
      buffers.push_back({static_cast<int64_t>(random() % 1000), first,
                         first + static_cast<int64_t>(random() % 10)});
    }
    MemoryPlan plan = planBuffers(buffers);
    int64_t sum = 0;
    for (size_t a = 0; a < buffers.size(); ++a) {
      sum += (buffers[a].bytes + 63) / 64 * 64;
      EXPECT_LE(plan.offsets[a] + buffers[a].bytes, plan.bytes);
      for (size_t b = 0; b < a; ++b)
        if (buffers[a].first <= buffers[b].last &&
            buffers[b].first <= buffers[a].last)
          EXPECT_TRUE(plan.offsets[a] + buffers[a].bytes <= plan.offsets[b] ||
                      plan.offsets[b] + buffers[b].bytes <= plan.offsets[a]);
    }
    EXPECT_LT(plan.bytes, sum);
  }
}

TEST(MemoryPlan, AnIterationOfAParallelLoopAllocatesOnce) {
  // The second and third buffer are never in use together with the first; the
  // fourth is freed already.
  mlir::DialectRegistry registry;
  registerAll(registry);
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  auto module = mlir::parseSourceString<mlir::ModuleOp>(R"mlir(
    func.func @f(%x: f32, %out: memref<8xf32>) {
      %c0 = arith.constant 0 : index
      scf.forall (%i) in (8) {
        %a = memref.alloc() : memref<100xf32>
        memref.store %x, %a[%c0] : memref<100xf32>
        %u = memref.load %a[%c0] : memref<100xf32>
        %b = memref.alloc() : memref<20xf32>
        %c = memref.alloc() : memref<16xf32>
        memref.store %u, %b[%c0] : memref<20xf32>
        memref.store %u, %c[%c0] : memref<16xf32>
        %v = memref.load %b[%c0] : memref<20xf32>
        %d = memref.alloc() : memref<4xf32>
        memref.store %v, %d[%c0] : memref<4xf32>
        memref.dealloc %d : memref<4xf32>
        memref.store %v, %out[%i] : memref<8xf32>
      }
      return
    })mlir",
                                                        &context);
  ASSERT_TRUE(module);
  auto function = *module->getOps<mlir::func::FuncOp>().begin();
  planThreadMemory(function);
  ASSERT_TRUE(mlir::succeeded(mlir::verify(*module)));
  llvm::SmallVector<mlir::memref::AllocOp> allocations;
  int views = 0, frees = 0;
  function.walk([&](mlir::Operation *op) {
    if (auto alloc = mlir::dyn_cast<mlir::memref::AllocOp>(op))
      allocations.push_back(alloc);
    views += mlir::isa<mlir::memref::ViewOp>(op);
    frees += mlir::isa<mlir::memref::DeallocOp>(op);
  });
  ASSERT_EQ(allocations.size(), 2u);
  EXPECT_EQ(allocations[0].getType().getNumElements(), 448); // of bytes
  EXPECT_TRUE(belongsToThread(allocations[0]));
  EXPECT_EQ(views, 3);
  EXPECT_EQ(frees, 2);
}

} // namespace

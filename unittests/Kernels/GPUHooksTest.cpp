//===- GPUHooksTest.cpp - kernels for a GPU that only its hooks know
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FakeHooks.h"
#include "chameleon/Kernels/GPUContraction.h"
#include "chameleon/Kernels/GPULoops.h"
#include "mlir/IR/Verifier.h"

using namespace mlir;
using namespace chameleon;

namespace {

class GPUHooksTest : public KernelsTest {
protected:
  /// Lowers the matrix product; the reason if it cannot be.
  std::string lower(linalg::LinalgOp op, const GPUContractionParameters &p) {
    auto analyzed = KernelTask::analyze(op);
    auto *task = std::get_if<KernelTask>(&analyzed);
    if (!task)
      return std::get<std::string>(analyzed);
    EXPECT_EQ(checkGPUContraction(*task, p, hooks).empty(), true);
    IRRewriter rewriter(&context);
    return lowerGPUContraction(rewriter, *task, p, hooks, launches);
  }
  int count(StringRef dialect) {
    int found = 0;
    module->walk([&](Operation *op) {
      found += op->getName().getDialectNamespace() == dialect;
    });
    return found;
  }

  FakeHooks hooks;
  SmallVector<Operation *> launches;
  GPUContractionParameters p{/*tileRows=*/16,
                             /*tileColumns=*/16,
                             /*tileDepth=*/8,
                             /*interleaveRows=*/1,
                             /*interleaveColumns=*/1,
                             /*threadRows=*/2,
                             /*threadColumns=*/2,
                             /*stages=*/2,
                             /*pad=*/4,
                             /*turn=*/0,
                             /*splits=*/1,
                             /*cluster=*/1};
};

TEST_F(GPUHooksTest, contractionsAskForEverythingThatOneMakerAloneHas) {
  ASSERT_EQ(lower(parseMatmul("f32"), p), "");
  ASSERT_EQ(launches.size(), 1u);
  EXPECT_TRUE(succeeded(verify(*module)));
  EXPECT_EQ(count("nvvm"), 0);
  EXPECT_EQ(count("nvgpu"), 0);
  EXPECT_EQ(count("llvm"), 0);
  // 16 x 8 elements of each operand by 64 threads, two elements a copy: one
  // copy an operand, before the loop and in it.
  EXPECT_EQ(hooks.copies, 4);
  EXPECT_EQ(hooks.conditions, 0);
  // One group ahead of the loop, one in it, one behind it.
  EXPECT_EQ(hooks.commits, 2);
  EXPECT_EQ(hooks.waits, 2);
  EXPECT_EQ(hooks.holds, 0);
  auto launch = cast<gpu::LaunchOp>(launches.front());
  auto shared =
      cast<MemRefType>(launch.getWorkgroupAttributions().front().getType());
  EXPECT_EQ(shared.getMemorySpace(), hooks.getSharedSpace(&context));
}

TEST_F(GPUHooksTest, readsAreHeldWhereTheNextChunkIsReadAhead) {
  p.turn = 1;
  ASSERT_EQ(lower(parseMatmul("f32"), p), "");
  EXPECT_EQ(hooks.holds, 1);
}

TEST_F(GPUHooksTest, limitsAreThoseOfThePayloadsDevice) {
  linalg::LinalgOp op = parseMatmul("f32");
  auto analyzed = KernelTask::analyze(op);
  const KernelTask &task = std::get<KernelTask>(analyzed);
  p.splits = p.cluster = 2;
  EXPECT_EQ(checkGPUContraction(task, p, hooks),
            "a cluster of 2 blocks, expected at most 1 and a divisor of 2 "
            "splits");
  p.splits = p.cluster = 1;
  p.threadRows = p.threadColumns = 1;
  EXPECT_EQ(checkGPUContraction(task, p, hooks),
            "256 threads, expected at most 128");
  // A device says what it has.
  Builder builder(&context);
  SmallVector<DataLayoutEntryInterface> facts;
  facts.push_back(DataLayoutEntryAttr::get(builder.getStringAttr("max_threads"),
                                           builder.getI64IntegerAttr(256)));
  DataLayoutEntryInterface device = DataLayoutEntryAttr::get(
      builder.getStringAttr("GPU"), TargetDeviceSpecAttr::get(&context, facts));
  (*module)->setAttr(DLTIDialect::kTargetSystemDescAttrName,
                     TargetSystemSpecAttr::get(&context, {device}));
  EXPECT_EQ(checkGPUContraction(task, p, hooks), "");
  p.stages = 8;
  EXPECT_EQ(checkGPUContraction(task, p, hooks),
            "10240 bytes of shared memory, expected at most 8192");
}

TEST_F(GPUHooksTest, reductionsShuffleWithinTheWarpOfTheDevice) {
  linalg::LinalgOp op = parse(R"(
    func.func @f(%a: tensor<8x256xf32>, %c: tensor<8xf32>) -> tensor<8xf32> {
      %0 = linalg.reduce ins(%a : tensor<8x256xf32>) outs(%c : tensor<8xf32>) dimensions = [1]
        (%x: f32, %y: f32) { %s = arith.addf %x, %y : f32 linalg.yield %s : f32 }
      return %0 : tensor<8xf32>
    })");
  auto analyzed = KernelTask::analyze(op);
  const KernelTask &task = std::get<KernelTask>(analyzed);
  EXPECT_EQ(checkGPULoops(task, {24, 1, 8}, hooks),
            "24 threads, expected whole warps of 16");
  IRRewriter rewriter(&context);
  ASSERT_EQ(lowerGPULoops(rewriter, task, {32, 1, 32}, hooks, launches), "");
  EXPECT_TRUE(succeeded(verify(*module)));
  EXPECT_EQ(hooks.distances, (std::vector<int64_t>{8, 4, 2, 1}));
}

TEST_F(GPUHooksTest, areFoundByTheirNameElseTheFirst) {
  linalg::LinalgOp op = parseMatmul("f32");
  EXPECT_EQ(getGPUHooks(op), nullptr);
  auto *dialect = context.getLoadedDialect<ChameleonDialect>();
  auto first = std::make_shared<FakeHooks>(),
       second = std::make_shared<FakeHooks>();
  addGPUHooks(*dialect, "first", first);
  addGPUHooks(*dialect, "second", second);
  addGPUHooks(*dialect, "second", first); // stays what it was
  EXPECT_EQ(getGPUHooks(op), first.get());
  auto name = [&](StringRef value) {
    Builder builder(&context);
    DataLayoutEntryInterface fact = DataLayoutEntryAttr::get(
        builder.getStringAttr("hooks"), builder.getStringAttr(value));
    DataLayoutEntryInterface device =
        DataLayoutEntryAttr::get(builder.getStringAttr("GPU"),
                                 TargetDeviceSpecAttr::get(&context, {fact}));
    (*module)->setAttr(DLTIDialect::kTargetSystemDescAttrName,
                       TargetSystemSpecAttr::get(&context, {device}));
  };
  name("second");
  EXPECT_EQ(getGPUHooks(op), second.get());
  name("third");
  EXPECT_EQ(getGPUHooks(op), nullptr);
}

} // namespace

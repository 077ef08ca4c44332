#include "chameleon/Transforms/Passes.h"
#include "chameleon/Target/LowerToCPU.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"
namespace chameleon {
#define GEN_PASS_DEF_LOWERTOCPU
#include "chameleon/Transforms/Passes.h.inc"
} // namespace chameleon
namespace {
struct LowerToCPUPass : chameleon::impl::LowerToCPUBase<LowerToCPUPass> {
  void getDependentDialects(mlir::DialectRegistry &registry) const override { chameleon::registerAll(registry); }
  void runOnOperation() override {
    mlir::OpPassManager pm("builtin.module");
    chameleon::buildLowerToCPUPipeline(pm, {});
    if (failed(runPipeline(pm, getOperation())))
      signalPassFailure();
  }
};
} // namespace

//===- OptimizeModule.cpp - LLVM's passes, as much as each function needs
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OptimizeModule.h"
#include "chameleon/Runtime/CPUEngine.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/Analysis/OptimizationRemarkEmitter.h"
#include "llvm/Analysis/ScalarEvolution.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Module.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Passes/StandardInstrumentations.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Transforms/Scalar/LoopPassManager.h"
#include "llvm/Transforms/Utils/UnrollLoop.h"

namespace chameleon {

namespace {

/// Unrolls innermost loops of few iterations and instructions that carry sums
/// in vectors: windows of a pooling, the channels of a model's input. LLVM's
/// own pass also unrolls the inner loops of convolutions and the transforms of
/// Winograd's, for which it and code generation took a quarter to a third of a
/// candidate's compilation, and which made no difference to their speed.
struct UnrollShortLoops : llvm::PassInfoMixin<UnrollShortLoops> {
  // Windows are of up to 7 x 7, and a block of channels, the inner loop of a
  // convolution, is of 8 or more. 640 are the 3 x 3 of a depthwise convolution
  // over 14 pixels.
  static constexpr unsigned maxTripCount = 7, maxInstructions = 640;

  llvm::PreservedAnalyses run(llvm::Loop &loop, llvm::LoopAnalysisManager &,
                              llvm::LoopStandardAnalysisResults &analyses,
                              llvm::LPMUpdater &updater) {
    unsigned tripCount = analyses.SE.getSmallConstantTripCount(&loop);
    bool carriesVectors =
        llvm::any_of(loop.getHeader()->phis(), [](llvm::PHINode &carried) {
          return carried.getType()->isVectorTy();
        });
    if (!loop.isInnermost() || !carriesVectors || tripCount == 0 ||
        tripCount > maxTripCount)
      return llvm::PreservedAnalyses::all();
    size_t instructions = 0;
    for (llvm::BasicBlock *block : loop.blocks())
      instructions += block->size();
    if (tripCount * instructions > maxInstructions)
      return llvm::PreservedAnalyses::all();
    llvm::UnrollLoopOptions options = {};
    options.Count = tripCount;
    options.Force = true;
    std::string name = loop.getName().str();
    llvm::OptimizationRemarkEmitter remarks(loop.getHeader()->getParent());
    if (llvm::UnrollLoop(&loop, options, &analyses.LI, &analyses.SE,
                         &analyses.DT, &analyses.AC, &analyses.TTI, &remarks,
                         /*PreserveLCSSA=*/true) !=
        llvm::LoopUnrollResult::FullyUnrolled)
      return llvm::PreservedAnalyses::all();
    updater.markLoopAsDeleted(loop, name);
    return llvm::getLoopPassPreservedAnalyses();
  }
};

/// LLVM's analyses, and the passes made for them.
class Optimizer {
public:
  explicit Optimizer(llvm::TargetMachine &machine)
      : builder(&machine, makeTuning(), std::nullopt, &callbacks) {
    // Without it the passes do not respect `optnone`.
    skipUnoptimized.registerCallbacks(callbacks);
    builder.registerModuleAnalyses(modules);
    builder.registerCGSCCAnalyses(callGraph);
    builder.registerFunctionAnalyses(functions);
    builder.registerLoopAnalyses(loops);
    builder.crossRegisterProxies(loops, functions, callGraph, modules);
  }

  void runPipeline(llvm::Module &module, llvm::OptimizationLevel level) {
    builder.buildPerModuleDefaultPipeline(level).run(module, modules);
  }

  llvm::Error runPasses(llvm::StringRef list,
                        llvm::ArrayRef<llvm::Function *> targets) {
    llvm::FunctionPassManager passes;
    if (llvm::Error error = builder.parsePassPipeline(passes, list))
      return error;
    run(passes, targets);
    return llvm::Error::success();
  }

  /// For functions whose schedules have left nothing to vectorise.
  llvm::Error runScheduledPasses(llvm::ArrayRef<llvm::Function *> targets) {
    llvm::FunctionPassManager passes;
    if (llvm::Error error = builder.parsePassPipeline(
            passes, "early-cse,instcombine<no-verify-fixpoint>,"
                    "loop-mssa(licm,loop-rotate,licm),loop(indvars)"))
      return error;
    passes.addPass(llvm::createFunctionToLoopPassAdaptor(UnrollShortLoops()));
    run(passes, targets);
    return llvm::Error::success();
  }

private:
  void run(llvm::FunctionPassManager &passes,
           llvm::ArrayRef<llvm::Function *> targets) {
    for (llvm::Function *function : targets)
      functions.invalidate(*function, passes.run(*function, functions));
  }

  static llvm::PipelineTuningOptions makeTuning() {
    llvm::PipelineTuningOptions tuning;
    tuning.LoopVectorization = tuning.SLPVectorization =
        tuning.LoopInterleaving = true;
    return tuning;
  }

  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager callGraph;
  llvm::ModuleAnalysisManager modules;
  llvm::PassInstrumentationCallbacks callbacks;
  llvm::OptNoneInstrumentation skipUnoptimized{/*DebugLogging=*/false};
  llvm::PassBuilder builder;
};

} // namespace

/// For plain loops that run once: what vectorises them and keeps sums in
/// registers. O3 takes twice as long to make code that is a tenth faster.
static constexpr llvm::StringLiteral oncePasses =
    "early-cse,instcombine<no-verify-fixpoint>,"
    "loop-mssa(licm,loop-rotate,licm),loop(indvars),"
    "loop-vectorize<interleave-forced-only>,early-cse,loop(loop-unroll-full),"
    "early-cse,loop-mssa(licm)";

static bool isOptimizable(llvm::Function &function) {
  return !function.isDeclaration() && !function.hasOptNone();
}

/// True if a schedule has brought the function into vectors already.
static bool holdsVectors(llvm::Function &function) {
  return llvm::any_of(llvm::instructions(function),
                      [](llvm::Instruction &instruction) {
                        return instruction.getType()->isVectorTy();
                      });
}

/// The short list where it is as good as O3, O3 where there is anything left to
/// do for it. It never sees the former: they must be in the program as they
/// were timed.
static llvm::Error optimizeAdaptively(llvm::Module &module,
                                      Optimizer &optimizer) {
  llvm::SmallVector<llvm::Function *> scheduled;
  bool anythingLeft = false;
  for (llvm::Function &function : module) {
    if (!isOptimizable(function))
      continue;
    if (function.getName().starts_with(cpu::entryPrefix) ||
        holdsVectors(function))
      scheduled.push_back(&function);
    else
      anythingLeft = true;
  }
  if (llvm::Error error = optimizer.runScheduledPasses(scheduled))
    return error;
  if (!anythingLeft)
    return llvm::Error::success();
  llvm::SmallVector<llvm::Function *> inlinable;
  for (llvm::Function *function : scheduled) {
    if (!function->hasFnAttribute(llvm::Attribute::NoInline))
      inlinable.push_back(function);
    function->addFnAttr(llvm::Attribute::NoInline);
    function->addFnAttr(llvm::Attribute::OptimizeNone);
  }
  optimizer.runPipeline(module, llvm::OptimizationLevel::O3);
  for (llvm::Function *function : scheduled)
    function->removeFnAttr(llvm::Attribute::OptimizeNone);
  for (llvm::Function *function : inlinable)
    function->removeFnAttr(llvm::Attribute::NoInline);
  return llvm::Error::success();
}

llvm::Error optimizeModule(llvm::Module &module, llvm::TargetMachine &machine,
                           CPUOptimization level) {
  Optimizer optimizer(machine);
  llvm::SmallVector<llvm::Function *> all;
  switch (level) {
  case CPUOptimization::Once:
    for (llvm::Function &function : module)
      if (isOptimizable(function))
        all.push_back(&function);
    return optimizer.runPasses(oncePasses, all);
  case CPUOptimization::Adaptive:
    return optimizeAdaptively(module, optimizer);
  case CPUOptimization::O2:
    optimizer.runPipeline(module, llvm::OptimizationLevel::O2);
    break;
  case CPUOptimization::O3:
    optimizer.runPipeline(module, llvm::OptimizationLevel::O3);
    break;
  }
  return llvm::Error::success();
}

} // namespace chameleon

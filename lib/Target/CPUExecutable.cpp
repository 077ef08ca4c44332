//===- CPUExecutable.cpp - machine code for the host, in this process
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Target/CPUExecutable.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include <chrono>
#include <cstring>
#include <dlfcn.h>
#include <mutex>

using namespace mlir;
using namespace chameleon;

namespace {

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

void initializeOnce() {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    // Source order would spill with several blocks of accumulators (facts/cpu-convolution.md, section 4).
    const char *arguments[] = {"chameleon", "-pre-RA-sched=list-burr"};
    llvm::cl::ParseCommandLineOptions(2, arguments);
  });
}

constexpr const char *kShortList =
    "function(early-cse,instcombine,loop-mssa(licm,loop-rotate,licm),loop(indvars,loop-unroll-full))";

llvm::Error optimize(llvm::Module &module, llvm::TargetMachine &machine, CPUOptimization level) {
  llvm::LoopAnalysisManager lam;
  llvm::FunctionAnalysisManager fam;
  llvm::CGSCCAnalysisManager cgam;
  llvm::ModuleAnalysisManager mam;
  llvm::PassBuilder builder(&machine);
  builder.registerModuleAnalyses(mam);
  builder.registerCGSCCAnalyses(cgam);
  builder.registerFunctionAnalyses(fam);
  builder.registerLoopAnalyses(lam);
  builder.crossRegisterProxies(lam, fam, cgam, mam);
  llvm::ModulePassManager passes;
  if (level == CPUOptimization::Search) {
    if (llvm::Error error = builder.parsePassPipeline(passes, kShortList))
      return error;
  } else {
    passes = builder.buildPerModuleDefaultPipeline(level == CPUOptimization::O3 ? llvm::OptimizationLevel::O3 : llvm::OptimizationLevel::O2);
  }
  passes.run(module, mam);
  return llvm::Error::success();
}

/// `void packed.name(void **arguments)` for every function with a body.
void addPackedEntries(llvm::Module &module) {
  llvm::LLVMContext &context = module.getContext();
  llvm::IRBuilder<> builder(context);
  for (llvm::Function &function : llvm::make_early_inc_range(module)) {
    if (function.isDeclaration() || function.hasLocalLinkage())
      continue;
    auto *type = llvm::FunctionType::get(builder.getVoidTy(), {builder.getPtrTy()}, false);
    auto *entry = llvm::Function::Create(type, llvm::Function::ExternalLinkage, "packed." + function.getName(), module);
    builder.SetInsertPoint(llvm::BasicBlock::Create(context, "", entry));
    llvm::SmallVector<llvm::Value *> arguments;
    for (llvm::Argument &argument : function.args()) {
      llvm::Value *slot = builder.CreateConstGEP1_64(builder.getPtrTy(), entry->getArg(0), argument.getArgNo());
      arguments.push_back(builder.CreateLoad(builder.getPtrTy(), slot));
    }
    builder.CreateCall(&function, arguments);
    builder.CreateRetVoid();
  }
}

struct UnrankedMemRef { int64_t rank; void *descriptor; };
struct Descriptor { char *allocated, *aligned; int64_t offset; int64_t sizes[1]; };

void memrefCopy(int64_t elementSize, UnrankedMemRef *source, UnrankedMemRef *destination) {
  auto *from = static_cast<Descriptor *>(source->descriptor);
  auto *to = static_cast<Descriptor *>(destination->descriptor);
  int64_t rank = source->rank;
  const int64_t *sizes = from->sizes, *fromStrides = from->sizes + rank, *toStrides = to->sizes + rank;
  char *f = from->aligned + from->offset * elementSize, *t = to->aligned + to->offset * elementSize;
  llvm::SmallVector<int64_t, 8> index(rank, 0);
  for (int64_t d = 0; d < rank; ++d)
    if (sizes[d] == 0)
      return;
  for (;;) {
    int64_t a = 0, b = 0;
    for (int64_t d = 0; d < rank; ++d) {
      a += index[d] * fromStrides[d];
      b += index[d] * toStrides[d];
    }
    std::memcpy(t + b * elementSize, f + a * elementSize, elementSize);
    int64_t d = rank - 1;
    for (; d >= 0; --d) {
      if (++index[d] < sizes[d])
        break;
      index[d] = 0;
    }
    if (d < 0)
      return;
  }
}

class LLJITExecutable : public CPUExecutable {
public:
  std::unique_ptr<llvm::orc::LLJIT> jit;
  CPUCompileTimes compileTimes;
  llvm::Expected<Entry> lookup(llvm::StringRef function) override {
    auto symbol = jit->lookup(("packed." + function).str());
    if (!symbol)
      return symbol.takeError();
    return symbol->toPtr<Entry>();
  }
  const CPUCompileTimes &times() const override { return compileTimes; }
};

} // namespace

CPUExecutable::~CPUExecutable() = default;

llvm::Expected<std::unique_ptr<CPUExecutable>> CPUExecutable::compile(ModuleOp lowered, const TargetDescription &target, const CPUCompileOptions &options) {
  initializeOnce();
  auto result = std::make_unique<LLJITExecutable>();
  double t0 = now();
  auto context = std::make_unique<llvm::LLVMContext>();
  std::unique_ptr<llvm::Module> module = translateModuleToLLVMIR(lowered, *context);
  if (!module)
    return llvm::createStringError("cannot translate the module to LLVM IR");
  auto builder = llvm::orc::JITTargetMachineBuilder(llvm::Triple(target.triple));
  builder.setCPU(target.cpu);
  llvm::SmallVector<llvm::StringRef> features;
  llvm::StringRef(target.features).split(features, ',', -1, false);
  builder.addFeatures(std::vector<std::string>(features.begin(), features.end()));
  builder.setCodeGenOptLevel(options.optimization == CPUOptimization::Search ? llvm::CodeGenOptLevel::Default : llvm::CodeGenOptLevel::Aggressive);
  auto machine = builder.createTargetMachine();
  if (!machine)
    return machine.takeError();
  module->setDataLayout((*machine)->createDataLayout());
  module->setTargetTriple(llvm::Triple(target.triple));
  addPackedEntries(*module);
  double t1 = now();
  if (llvm::Error error = optimize(*module, **machine, options.optimization))
    return error;
  double t2 = now();
  llvm::SmallVector<char, 0> object;
  {
    llvm::raw_svector_ostream stream(object);
    llvm::legacy::PassManager codegen;
    if ((*machine)->addPassesToEmitFile(codegen, stream, nullptr, llvm::CodeGenFileType::ObjectFile))
      return llvm::createStringError("the target cannot emit objects");
    codegen.run(*module);
  }
  auto jit = llvm::orc::LLJITBuilder().setJITTargetMachineBuilder(builder).setNumCompileThreads(0).create();
  if (!jit)
    return jit.takeError();
  result->jit = std::move(*jit);
  auto &dylib = result->jit->getMainJITDylib();
  bool needsOpenMP = llvm::any_of(*module, [](llvm::Function &f) { return f.isDeclaration() && f.getName().starts_with("__kmpc"); });
  llvm::orc::SymbolMap symbols;
  symbols[result->jit->mangleAndIntern("memrefCopy")] = {llvm::orc::ExecutorAddr::fromPtr(&memrefCopy), llvm::JITSymbolFlags::Exported};
  llvm::cantFail(dylib.define(llvm::orc::absoluteSymbols(symbols)));
  dylib.addGenerator(llvm::cantFail(llvm::orc::DynamicLibrarySearchGenerator::GetForCurrentProcess(result->jit->getDataLayout().getGlobalPrefix())));
  if (needsOpenMP) {
    auto generator = llvm::orc::DynamicLibrarySearchGenerator::Load("libomp.so.5", result->jit->getDataLayout().getGlobalPrefix());
    if (!generator)
      return generator.takeError();
    dylib.addGenerator(std::move(*generator));
  }
  if (llvm::Error error = result->jit->addObjectFile(std::make_unique<llvm::SmallVectorMemoryBuffer>(std::move(object))))
    return error;
  result->compileTimes = {t1 - t0, t2 - t1, now() - t2};
  return result;
}

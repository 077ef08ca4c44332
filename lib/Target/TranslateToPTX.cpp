//===- TranslateToPTX.cpp - kernels as PTX, functions as lists of launches
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the LLVM dialect cannot say is added to LLVM IR: alignment of buffers,
// and shared memory of more than 48 KiB, which has to be dynamic.
//
//===----------------------------------------------------------------------===//

#include "LaunchList.h"
#include "OutlineKernels.h"
#include "chameleon/IR/ChameleonDialect.h"
#include "chameleon/Target/LowerToNVVM.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/GPU/GPUToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/NVVM/NVVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Intrinsics.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/IRReader/IRReader.h"
#include "llvm/Linker/Linker.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include <mutex>

using namespace mlir;

namespace chameleon {

/// Of every buffer that a kernel gets: those of functions are aligned to more,
/// temporaries to this (MemoryPlan.cpp).
static constexpr uint64_t bufferAlignment = 64;
/// What ptxas takes as static shared memory.
static constexpr uint64_t mostStaticSharedBytes = 48 << 10;
static constexpr unsigned sharedSpace = 3;

static llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
createMachine(const LowerToNVVMOptions &options) {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeNVPTXTarget();
    LLVMInitializeNVPTXTargetInfo();
    LLVMInitializeNVPTXTargetMC();
    LLVMInitializeNVPTXAsmPrinter();
  });
  llvm::Triple triple("nvptx64-nvidia-cuda");
  std::string message;
  const llvm::Target *target =
      llvm::TargetRegistry::lookupTarget(triple, message);
  if (!target)
    return llvm::createStringError(message);
  llvm::TargetOptions code;
  code.AllowFPOpFusion = llvm::FPOpFusion::Fast;
  std::unique_ptr<llvm::TargetMachine> machine(target->createTargetMachine(
      triple, options.chip, options.features, code, std::nullopt, std::nullopt,
      llvm::CodeGenOptLevel::Aggressive));
  if (!machine ||
      !machine->getMCSubtargetInfo()->isCPUStringValid(options.chip))
    return llvm::createStringError("'%s' is no processor that LLVM knows",
                                   options.chip.c_str());
  return std::move(machine);
}

static llvm::Expected<std::unique_ptr<llvm::Module>>
translate(gpu::GPUModuleOp kernels, llvm::LLVMContext &llvmContext) {
  MLIRContext *context = kernels.getContext();
  std::string messages;
  ScopedDiagnosticHandler handler(context, [&](Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() != DiagnosticSeverity::Error)
      return failure();
    messages += (messages.empty() ? "" : "; ") + diagnostic.str();
    return success();
  });
  registerBuiltinDialectTranslation(*context);
  registerGPUDialectTranslation(*context);
  registerLLVMDialectTranslation(*context);
  registerNVVMDialectTranslation(*context);
  std::unique_ptr<llvm::Module> result =
      translateModuleToLLVMIR(kernels, llvmContext, "kernels");
  if (!result)
    return llvm::createStringError(
        "cannot translate to LLVM IR: " +
        (messages.empty() ? "unknown reason" : messages));
  return std::move(result);
}

static void annotateArguments(gpu::GPUModuleOp kernels, llvm::Module &module) {
  for (auto kernel : kernels.getOps<LLVM::LLVMFuncOp>()) {
    llvm::Function *function = module.getFunction(kernel.getName());
    if (!function || function->isDeclaration())
      continue;
    for (llvm::Argument &argument : function->args()) {
      if (!argument.getType()->isPointerTy())
        continue;
      argument.addAttr(llvm::Attribute::getWithAlignment(
          module.getContext(), llvm::Align(bufferAlignment)));
      if (kernel->hasAttr(distinctAttribute))
        argument.addAttr(llvm::Attribute::NoAlias);
    }
  }
}

/// LLVM leaves clusters out, without a word, where the chip has none.
static llvm::Error checkClusters(gpu::GPUModuleOp kernels,
                                 llvm::StringRef chip) {
  constexpr unsigned firstWithClusters = 90;
  unsigned number = 0;
  llvm::StringRef rest = chip;
  if (!rest.consume_front("sm_") || rest.consumeInteger(10, number) ||
      number >= firstWithClusters)
    return llvm::Error::success();
  for (auto kernel : kernels.getOps<LLVM::LLVMFuncOp>())
    if (auto sizes = kernel->getAttrOfType<DenseI32ArrayAttr>(
            NVVM::NVVMDialect::getClusterDimAttrName()))
      return llvm::createStringError(
          "kernel '%s' runs in clusters of %d blocks, which %s does not have, "
          "expected sm_%u or later",
          kernel.getName().str().c_str(), sizes[0], chip.str().c_str(),
          firstWithClusters);
  return llvm::Error::success();
}

/// The kernel that uses a piece of shared memory; each belongs to one.
static llvm::Function *findKernel(llvm::Value *value) {
  for (llvm::User *user : value->users()) {
    if (auto *instruction = llvm::dyn_cast<llvm::Instruction>(user))
      return instruction->getFunction();
    if (llvm::Function *function = findKernel(user))
      return function;
  }
  return nullptr;
}

/// Aligns shared memory for asynchronous copies and vectors, and makes that of
/// kernels which need much of it dynamic.
static llvm::StringMap<unsigned> finalizeSharedMemory(llvm::Module &module) {
  llvm::MapVector<llvm::Function *, SmallVector<llvm::GlobalVariable *>> users;
  for (llvm::GlobalVariable &global : module.globals())
    if (global.getAddressSpace() == sharedSpace) {
      global.setAlignment(llvm::Align(128));
      if (llvm::Function *kernel = findKernel(&global))
        users[kernel].push_back(&global);
    }
  llvm::StringMap<unsigned> dynamicBytes;
  const llvm::DataLayout &layout = module.getDataLayout();
  for (auto &[kernel, globals] : users) {
    SmallVector<uint64_t> offsets;
    uint64_t bytes = 0;
    for (llvm::GlobalVariable *global : globals) {
      offsets.push_back(bytes);
      bytes +=
          llvm::alignTo(layout.getTypeAllocSize(global->getValueType()), 128);
    }
    if (bytes <= mostStaticSharedBytes)
      continue;
    llvm::Type *byte = llvm::Type::getInt8Ty(module.getContext());
    auto *dynamic = new llvm::GlobalVariable(
        module, llvm::ArrayType::get(byte, 0), /*isConstant=*/false,
        llvm::GlobalValue::ExternalLinkage, nullptr,
        kernel->getName() + "_shared", nullptr,
        llvm::GlobalValue::NotThreadLocal, sharedSpace);
    dynamic->setAlignment(llvm::Align(128));
    for (auto [global, offset] : llvm::zip(globals, offsets)) {
      global->replaceAllUsesWith(llvm::ConstantExpr::getGetElementPtr(
          byte, dynamic,
          llvm::ConstantInt::get(llvm::Type::getInt64Ty(module.getContext()),
                                 offset)));
      global->eraseFromParent();
    }
    dynamicBytes[kernel->getName()] = bytes;
  }
  return dynamicBytes;
}

/// MLIR calls libdevice even for what the processor has an instruction for.
static void useInstructions(llvm::Module &module) {
  static constexpr std::pair<llvm::StringLiteral, llvm::Intrinsic::ID>
      instructions[] = {{"__nv_ceil", llvm::Intrinsic::ceil},
                        {"__nv_copysign", llvm::Intrinsic::copysign},
                        {"__nv_fabs", llvm::Intrinsic::fabs},
                        {"__nv_floor", llvm::Intrinsic::floor},
                        {"__nv_fma", llvm::Intrinsic::fma},
                        {"__nv_rint", llvm::Intrinsic::roundeven},
                        {"__nv_sqrt", llvm::Intrinsic::sqrt},
                        {"__nv_trunc", llvm::Intrinsic::trunc}};
  for (auto [name, id] : instructions)
    for (llvm::StringRef suffix : {"", "f"})
      if (llvm::Function *function =
              module.getFunction((name + suffix).str())) {
        function->replaceAllUsesWith(llvm::Intrinsic::getOrInsertDeclaration(
            &module, id, {function->getReturnType()}));
        function->eraseFromParent();
      }
}

static std::string findLibdevice(const LowerToNVVMOptions &options) {
  if (!options.libdevice.empty())
    return options.libdevice;
  SmallVector<std::string> roots;
  if (std::optional<std::string> home = llvm::sys::Process::GetEnv("CUDA_HOME"))
    roots.push_back(*home);
  roots.push_back("/usr/local/cuda");
  for (const std::string &root : roots) {
    SmallString<128> path(root);
    llvm::sys::path::append(path, "nvvm", "libdevice", "libdevice.10.bc");
    if (llvm::sys::fs::exists(path))
      return path.str().str();
  }
  return {};
}

/// Adds the bodies of math functions that kernels call.
static llvm::Error linkLibdevice(llvm::Module &module,
                                 const LowerToNVVMOptions &options) {
  std::string missing;
  for (llvm::Function &function : module)
    if (function.isDeclaration() && function.getName().starts_with("__nv_"))
      missing = function.getName().str();
  if (missing.empty())
    return llvm::Error::success();
  std::string path = findLibdevice(options);
  llvm::SMDiagnostic diagnostic;
  std::unique_ptr<llvm::Module> library =
      path.empty() ? nullptr
                   : llvm::parseIRFile(path, diagnostic, module.getContext());
  if (!library)
    return llvm::createStringError(
        "'%s' needs libdevice.10.bc, %s", missing.c_str(),
        path.empty() ? "expected below $CUDA_HOME or /usr/local/cuda"
                     : ("cannot read '" + path + "'").c_str());
  library->setTargetTriple(module.getTargetTriple());
  library->setDataLayout(module.getDataLayout());
  SmallVector<std::string> defined;
  for (llvm::Function &function : *library)
    if (!function.isDeclaration())
      defined.push_back(function.getName().str());
  if (llvm::Linker::linkModules(module, std::move(library),
                                llvm::Linker::LinkOnlyNeeded))
    return llvm::createStringError("cannot link libdevice");
  for (const std::string &name : defined)
    if (llvm::Function *function = module.getFunction(name);
        function && !function->isDeclaration())
      function->setLinkage(llvm::GlobalValue::InternalLinkage);
  return llvm::Error::success();
}

static void optimize(llvm::Module &module, llvm::TargetMachine &machine) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager callGraph;
  llvm::ModuleAnalysisManager modules;
  llvm::PipelineTuningOptions tuning;
  tuning.LoopVectorization = tuning.SLPVectorization = tuning.LoopInterleaving =
      false;
  llvm::PassBuilder builder(&machine, tuning);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(callGraph);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, callGraph, modules);
  builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O1)
      .run(module, modules);
}

static llvm::Expected<std::string> emitPTX(llvm::Module &module,
                                           llvm::TargetMachine &machine) {
  llvm::SmallVector<char, 0> text;
  llvm::raw_svector_ostream stream(text);
  llvm::legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, stream, nullptr,
                                  llvm::CodeGenFileType::AssemblyFile,
                                  /*DisableVerify=*/true))
    return llvm::createStringError("the target has no text emission");
  passes.run(module);
  return std::string(text.begin(), text.end());
}

/// What the optimiser has found out of kernels.
static llvm::StringMap<KernelFacts>
readFacts(llvm::Module &module, const llvm::StringMap<unsigned> &sharedBytes) {
  llvm::StringMap<KernelFacts> facts;
  for (llvm::Function &function : module) {
    if (function.isDeclaration() || function.hasLocalLinkage())
      continue;
    KernelFacts &kernel = facts[function.getName()];
    kernel.sharedBytes = sharedBytes.lookup(function.getName());
    for (llvm::Argument &argument : function.args())
      kernel.parameters.push_back(
          {!argument.hasAttribute(llvm::Attribute::WriteOnly) &&
               !argument.hasAttribute(llvm::Attribute::ReadNone),
           !argument.onlyReadsMemory()});
  }
  return facts;
}

llvm::Expected<NVVMProgram> translateToPTX(ModuleOp lowered,
                                           const LowerToNVVMOptions &options) {
  NVVMProgram program;
  llvm::StringMap<KernelFacts> facts;
  auto modules = lowered.getOps<gpu::GPUModuleOp>();
  if (!modules.empty()) {
    gpu::GPUModuleOp kernels = *modules.begin();
    auto machine = createMachine(options);
    if (!machine)
      return machine.takeError();
    if (llvm::Error error = checkClusters(kernels, options.chip))
      return std::move(error);
    llvm::LLVMContext context;
    auto module = translate(kernels, context);
    if (!module)
      return module.takeError();
    (*module)->setTargetTriple((*machine)->getTargetTriple());
    (*module)->setDataLayout((*machine)->createDataLayout());
    annotateArguments(kernels, **module);
    llvm::StringMap<unsigned> sharedBytes = finalizeSharedMemory(**module);
    useInstructions(**module);
    if (llvm::Error error = linkLibdevice(**module, options))
      return std::move(error);
    optimize(**module, **machine);
    facts = readFacts(**module, sharedBytes);
    llvm::Expected<std::string> ptx = emitPTX(**module, **machine);
    if (!ptx)
      return ptx.takeError();
    program.ptx = std::move(*ptx);
  }
  if (llvm::Error error =
          listLaunches(lowered, facts, program, options.dataComesLater))
    return std::move(error);
  return program;
}

} // namespace chameleon

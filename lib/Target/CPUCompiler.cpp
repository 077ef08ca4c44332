//===- CPUCompiler.cpp - object code for the host
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The LLVM dialect is translated, optimised and emitted by this file's own
// target machine, so that each step is timed; the engine only links the object.
// Everything happens on the calling thread: a forked child of a single-threaded
// process may compile. Large constants never enter LLVM IR. They are sections
// of the program, and the code refers to them by symbol: a model with 47 MB of
// weights would otherwise spend seconds in the assembler.
//
//===----------------------------------------------------------------------===//

#include "OptimizeModule.h"
#include "StepClock.h"
#include "chameleon/IR/ChameleonDialect.h"
#include "chameleon/Runtime/CPUEngine.h"
#include "chameleon/Target/CPUDevice.h"
#include "chameleon/Target/Compiler.h"
#include "chameleon/Target/LowerToCPU.h"
#include "chameleon/Target/Signature.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/OpenMP/OpenMPToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "mlir/Target/LLVMIR/LLVMTranslationInterface.h"
#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include <cstring>
#include <mutex>

using namespace mlir;

namespace chameleon {

//===----------------------------------------------------------------------===//
// Translation
//===----------------------------------------------------------------------===//

/// From this size on a constant is kept outside of LLVM IR.
static constexpr int64_t largeConstantBytes = 4096;

/// Replaces large constants of the module by external symbols, whose data are
/// sections of the program, and finds constants without data.
static llvm::Error detachConstants(ModuleOp module, Program &program) {
  for (LLVM::GlobalOp global : module.getOps<LLVM::GlobalOp>()) {
    auto elements = dyn_cast_or_null<ElementsAttr>(global.getValueOrNull());
    if (!elements)
      continue;
    ArrayRef<char> raw;
    bool isSplat = false;
    if (auto resource = dyn_cast<DenseResourceElementsAttr>(elements)) {
      AsmResourceBlob *blob = resource.getRawHandle().getBlob();
      if (!blob)
        return llvm::createStringError(
            "constant '%s' has no data",
            resource.getRawHandle().getKey().str().c_str());
      raw = blob->getData();
    } else if (auto dense = dyn_cast<DenseIntOrFPElementsAttr>(elements)) {
      raw = dense.getRawData();
      isSplat = dense.isSplat();
    }
    Type element = elements.getElementType();
    if (!element.isIntOrFloat() || element.getIntOrFloatBitWidth() % 8 != 0)
      continue;
    int64_t elementBytes = element.getIntOrFloatBitWidth() / 8,
            bytes = elements.getNumElements() * elementBytes;
    if (static_cast<int64_t>(raw.size()) != (isSplat ? elementBytes : bytes))
      return llvm::createStringError(
          "constant '%s' has %zu bytes of data, expected %lld",
          global.getSymName().str().c_str(), raw.size(),
          static_cast<long long>(bytes));
    if (bytes < largeConstantBytes)
      continue;
    auto data = allocateSection(global.getSymName(), bytes);
    char *target = data->getBufferStart();
    if (isSplat)
      for (int64_t i = 0; i < bytes; i += elementBytes)
        std::memcpy(target + i, raw.data(), elementBytes);
    else
      std::memcpy(target, raw.data(), bytes);
    program.addSection((cpu::constantSection + global.getSymName()).str(),
                       std::move(data));
    global.removeValueAttr();
    global.setLinkage(LLVM::Linkage::External);
    global.setDsoLocal(false);
  }
  return llvm::Error::success();
}

static std::string entryName(StringRef function) {
  return (cpu::entryPrefix + function).str();
}

/// Adds `void chameleon.entry.f(void **arguments)` for each function with a
/// body: one signature for every caller. A pointer is passed as it is, a scalar
/// by its address. The functions themselves get names that no library has: a
/// model's `malloc` or `expf` is not LLVM's.
static void addEntries(llvm::Module &module) {
  SmallVector<std::pair<llvm::Function *, std::string>> functions;
  for (llvm::Function &function : module)
    if (!function.isDeclaration() && !function.hasLocalLinkage())
      functions.push_back({&function, entryName(function.getName())});
  for (auto &[function, name] : functions)
    function->setName("chameleon.model." + function->getName());
  llvm::IRBuilder<> builder(module.getContext());
  for (auto &[function, name] : functions) {
    auto *type = llvm::FunctionType::get(
        builder.getVoidTy(), {builder.getPtrTy()}, /*isVarArg=*/false);
    auto *entry = llvm::Function::Create(
        type, llvm::GlobalValue::ExternalLinkage, name, module);
    builder.SetInsertPoint(
        llvm::BasicBlock::Create(module.getContext(), "", entry));
    SmallVector<llvm::Value *> arguments;
    for (auto [index, parameter] :
         llvm::enumerate(function->getFunctionType()->params())) {
      llvm::Value *slot = builder.CreateConstGEP1_64(builder.getPtrTy(),
                                                     entry->getArg(0), index);
      llvm::Value *pointer = builder.CreateLoad(builder.getPtrTy(), slot);
      arguments.push_back(parameter->isPointerTy()
                              ? pointer
                              : builder.CreateLoad(parameter, pointer));
    }
    builder.CreateCall(function, arguments)->setIsNoInline();
    builder.CreateRetVoid();
  }
}

static llvm::Expected<std::unique_ptr<llvm::Module>>
translate(ModuleOp lowered, llvm::LLVMContext &llvmContext, Program &program) {
  MLIRContext *context = lowered.getContext();
  std::string messages;
  ScopedDiagnosticHandler handler(context, [&](Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() != DiagnosticSeverity::Error)
      return failure();
    messages += (messages.empty() ? "" : "; ") + diagnostic.str();
    return success();
  });
  OwningOpRef<ModuleOp> module = lowered.clone();
  // LLVM's translation warns of what it does not know.
  for (auto function : module->getOps<LLVM::LLVMFuncOp>())
    for (unsigned i = 0; i < function.getNumArguments(); ++i)
      function.removeArgAttr(i, constantAttribute);
  if (llvm::Error error = detachConstants(*module, program))
    return std::move(error);
  Dialect *dialect = context->getLoadedDialect<LLVM::LLVMDialect>();
  if (!dialect ||
      !dialect->getRegisteredInterface<LLVMTranslationDialectInterface>()) {
    registerBuiltinDialectTranslation(*context);
    registerLLVMDialectTranslation(*context);
    registerOpenMPDialectTranslation(*context);
  }
  std::unique_ptr<llvm::Module> result =
      translateModuleToLLVMIR(*module, llvmContext, "chameleon");
  if (!result)
    return llvm::createStringError(
        "cannot translate to LLVM IR: " +
        (messages.empty() ? "unknown reason" : messages));
  return std::move(result);
}

//===----------------------------------------------------------------------===//
// Optimisation and code generation
//===----------------------------------------------------------------------===//

/// Process-wide state of LLVM, set once. `-pre-RA-sched=list-burr` keeps the
/// register tiles of scheduled code in registers (a convolution of 2 x 14
/// accumulators: 115 instead of 40 to 62 GFLOP/s); code generation has no other
/// interface to it than LLVM's command-line option. An option that the tool's
/// user gave stays.
static void initializeCodeGeneration() {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    llvm::cl::Option *scheduler =
        llvm::cl::getRegisteredOptions().lookup("pre-RA-sched");
    if (scheduler && scheduler->getNumOccurrences() == 0)
      scheduler->addOccurrence(0, "pre-RA-sched", "list-burr");
  });
}

static llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
emitObject(llvm::Module &module, llvm::TargetMachine &machine) {
  llvm::SmallVector<char, 0> object;
  llvm::raw_svector_ostream stream(object);
  llvm::legacy::PassManager passes;
  llvm::MCContext *machineCode;
  if (machine.addPassesToEmitMC(passes, machineCode, stream,
                                /*DisableVerify=*/true))
    return llvm::createStringError("the target has no object emission");
  passes.run(module);
  return std::make_unique<llvm::SmallVectorMemoryBuffer>(
      std::move(object), "chameleon.o", /*RequiresNullTerminator=*/false);
}

static llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
createMachine(const CPUFacts &facts, CPUOptimization optimization) {
  llvm::orc::JITTargetMachineBuilder builder{llvm::Triple(facts.triple)};
  llvm::SmallVector<llvm::StringRef> features;
  llvm::StringRef(facts.features).split(features, ',', -1, /*KeepEmpty=*/false);
  builder.setCPU(facts.cpu);
  builder.addFeatures(
      std::vector<std::string>(features.begin(), features.end()));
  builder.setRelocationModel(llvm::Reloc::PIC_);
  builder.setCodeGenOptLevel(optimization <= CPUOptimization::Adaptive
                                 ? llvm::CodeGenOptLevel::Default
                                 : llvm::CodeGenOptLevel::Aggressive);
  return builder.createTargetMachine();
}

namespace {

class CPUCompiler final : public Compiler {
public:
  CPUCompiler(MLIRContext *context, const CPUFacts &facts,
              const CompileOptions &options)

      : facts(facts), options(options), passes(context) {
    passes.enableVerifier(options.verify);
    LowerToCPUOptions lowering;
    lowering.parallel = facts.threads > 1;
    buildLowerToCPUPipeline(passes, lowering);
  }

  FailureOr<Program> compile(ModuleOp module) override;

private:
  llvm::Error addCode(ModuleOp lowered, Program &program);

  const CPUFacts facts;
  const CompileOptions options;
  PassManager passes;
};

} // namespace

llvm::Error CPUCompiler::addCode(ModuleOp lowered, Program &program) {
  initializeCodeGeneration();
  StepClock clock;
  auto finish = [&](llvm::StringRef step) {
    lastSteps.push_back({step, clock.lap(), /*isPart=*/true});
  };
  llvm::LLVMContext context;
  llvm::Expected<std::unique_ptr<llvm::Module>> module =
      translate(lowered, context, program);
  if (!module)
    return module.takeError();
  finish("translate");
  auto machine = createMachine(facts, options.optimization);
  if (!machine)
    return machine.takeError();
  (*module)->setTargetTriple((*machine)->getTargetTriple());
  (*module)->setDataLayout((*machine)->createDataLayout());
  addEntries(**module);
  if (llvm::Error error =
          optimizeModule(**module, **machine, options.optimization))
    return error;
  finish("optimise");
  if (llvm::any_of(**module, [](llvm::Function &function) {
        return function.isDeclaration() &&
               (function.getName().starts_with("__kmpc_") ||
                function.getName().starts_with("omp_"));
      }))
    program.addSection(cpu::openMPSection, "");
  auto object = emitObject(**module, **machine);
  if (!object)
    return object.takeError();
  program.addSection(cpu::objectSection, std::move(*object));
  finish("generate");
  return llvm::Error::success();
}

FailureOr<Program> CPUCompiler::compile(ModuleOp module) {
  lastSteps.clear();
  StepClock clock;
  if (!module.getOps<func::FuncOp>().empty() && failed(passes.run(module)))
    return failure();
  lastSteps.push_back({"lower", clock.lap()});
  Program program;
  program.backend = cpu::backendName;
  program.target = cpu::describeTarget(facts.triple, facts.cpu, facts.features);
  program.functions = readSignatures(module);
  size_t whole = lastSteps.size();
  lastSteps.push_back({"compile"});
  if (llvm::Error error = addCode(module, program))
    return emitError(module.getLoc()) << llvm::toString(std::move(error));
  lastSteps[whole].seconds = clock.lap();
  return program;
}

std::unique_ptr<Compiler>
CPUDevice::createCompiler(MLIRContext *context,
                          const CompileOptions &options) const {
  return std::make_unique<CPUCompiler>(context, facts, options);
}

} // namespace chameleon

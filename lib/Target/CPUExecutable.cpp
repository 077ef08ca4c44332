//===- CPUExecutable.cpp - machine code for the host, in this process
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The LLVM dialect is translated, optimised and emitted by this file's own
// target machine, so that each step is timed; ORC only links the object.
// Everything happens on the calling thread: a forked child of a single-threaded
// process may compile. Large constants never enter LLVM IR. They are copied
// once into aligned memory, and the code refers to them by symbol: a model with
// 47 MB of weights would otherwise spend seconds in the assembler.
//
//===----------------------------------------------------------------------===//

#include "chameleon/Target/CPUExecutable.h"
#include "OpenMPRuntime.h"
#include "OptimizeModule.h"
#include "chameleon/Target/CallProfile.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/OpenMP/OpenMPToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "mlir/Target/LLVMIR/LLVMTranslationInterface.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/bit.h"
#include "llvm/ExecutionEngine/Orc/AbsoluteSymbols.h"
#include "llvm/ExecutionEngine/Orc/ExecutionUtils.h"
#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <malloc.h>
#include <mutex>

using namespace mlir;

namespace chameleon {

CPUExecutable::~CPUExecutable() = default;

void keepFreedMemory() {
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
}

//===----------------------------------------------------------------------===//
// Runtime functions of the code
//===----------------------------------------------------------------------===//

namespace {

/// The layout of a ranked memref descriptor as MLIR builds it: sizes, then
/// strides, follow the offset.
struct StridedBuffer {
  char *allocated, *aligned;
  int64_t offset;
  int64_t sizesAndStrides[1];
};
struct UnrankedBuffer {
  int64_t rank;
  StridedBuffer *descriptor;
};

} // namespace

/// MLIR's contract for memref.copy between strided buffers. Our own pipeline
/// expands such copies into loops; modules that others lowered may still call
/// it.
static void copyStrided(int64_t elementBytes, UnrankedBuffer *source,
                        UnrankedBuffer *target) {
  int64_t rank = source->rank;
  StridedBuffer *from = source->descriptor, *to = target->descriptor;
  const int64_t *sizes = from->sizesAndStrides, *fromStrides = sizes + rank,
                *toStrides = to->sizesAndStrides + rank;
  for (int64_t d = 0; d < rank; ++d)
    if (sizes[d] == 0)
      return;
  const char *read = from->aligned + from->offset * elementBytes;
  char *write = to->aligned + to->offset * elementBytes;
  SmallVector<int64_t> index(rank, 0);
  while (true) {
    std::memcpy(write, read, elementBytes);
    int64_t d = rank - 1;
    for (; d >= 0; --d) {
      read += fromStrides[d] * elementBytes;
      write += toStrides[d] * elementBytes;
      if (++index[d] < sizes[d])
        break;
      read -= sizes[d] * fromStrides[d] * elementBytes;
      write -= sizes[d] * toStrides[d] * elementBytes;
      index[d] = 0;
    }
    if (d < 0)
      return;
  }
}

/// What LLVM calls to round to bfloat16 on processors without an instruction
/// for it, and which compilers' runtime libraries have only lately. The result
/// is in the lowest 16 bits of a floating-point register.
static float toBFloat16(double value) {
  llvm::APFloat number(value);
  bool losesInfo;
  number.convert(llvm::APFloat::BFloat(), llvm::APFloat::rmNearestTiesToEven,
                 &losesInfo);
  return llvm::bit_cast<float>(
      static_cast<uint32_t>(number.bitcastToAPInt().getZExtValue()));
}
static float floatToBFloat16(float value) {
  auto bits = llvm::bit_cast<uint32_t>(value);
  if (std::isnan(value))
    return llvm::bit_cast<float>(bits >> 16 | 0x40u);
  return llvm::bit_cast<float>((bits + 0x7fffu + (bits >> 16 & 1u)) >> 16);
}

/// Functions that code calls and that a statically linked tool does not export.
static llvm::orc::SymbolMap runtimeSymbols(llvm::orc::LLJIT &jit) {
  llvm::orc::SymbolMap symbols;
  auto add = [&](StringRef name, auto *function) {
    symbols[jit.mangleAndIntern(name)] = {
        llvm::orc::ExecutorAddr::fromPtr(function),
        llvm::JITSymbolFlags::Exported};
  };
  add("memrefCopy", &copyStrided);
  add("malloc", &std::malloc);
  add("free", &std::free);
  add("aligned_alloc", &::aligned_alloc);
  add("memcpy", &std::memcpy);
  add("memmove", &std::memmove);
  add("memset", &std::memset);
  add(CallProfile::markName, &CallProfile::mark);
  add("__truncsfbf2", &floatToBFloat16);
  add("__truncdfbf2", &toBFloat16);
#define ADD_MATH(name)                                                         \
  add(#name "f", static_cast<float (*)(float)>(&::name##f));                   \
  add(#name, static_cast<double (*)(double)>(&::name))
  ADD_MATH(exp);
  ADD_MATH(exp2);
  ADD_MATH(expm1);
  ADD_MATH(log);
  ADD_MATH(log2);
  ADD_MATH(log10);
  ADD_MATH(log1p);
  ADD_MATH(sin);
  ADD_MATH(cos);
  ADD_MATH(tan);
  ADD_MATH(asin);
  ADD_MATH(acos);
  ADD_MATH(atan);
  ADD_MATH(sinh);
  ADD_MATH(cosh);
  ADD_MATH(tanh);
  ADD_MATH(asinh);
  ADD_MATH(acosh);
  ADD_MATH(atanh);
  ADD_MATH(erf);
  ADD_MATH(erfc);
  ADD_MATH(cbrt);
  ADD_MATH(sqrt);
  ADD_MATH(floor);
  ADD_MATH(ceil);
  ADD_MATH(round);
  ADD_MATH(trunc);
  ADD_MATH(rint);
  ADD_MATH(nearbyint);
  ADD_MATH(roundeven);
#undef ADD_MATH
#define ADD_MATH2(name)                                                        \
  add(#name "f", static_cast<float (*)(float, float)>(&::name##f));            \
  add(#name, static_cast<double (*)(double, double)>(&::name))
  ADD_MATH2(pow);
  ADD_MATH2(fmod);
  ADD_MATH2(atan2);
  ADD_MATH2(fmin);
  ADD_MATH2(fmax);
  ADD_MATH2(copysign);
#undef ADD_MATH2
  return symbols;
}

//===----------------------------------------------------------------------===//
// Translation
//===----------------------------------------------------------------------===//

namespace {

using Storage = std::unique_ptr<void, void (*)(void *)>;

struct HostConstant {
  std::string symbol;
  Storage data{nullptr, std::free};
};

} // namespace

/// From this size on a constant is kept outside of LLVM IR.
static constexpr int64_t largeConstantBytes = 4096;

/// Replaces large constants of the module by external symbols, and finds
/// constants without data.
static llvm::Error detachConstants(ModuleOp module,
                                   std::vector<HostConstant> &constants) {
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
    HostConstant constant;
    constant.symbol = global.getSymName().str();
    constant.data.reset(std::aligned_alloc(64, llvm::alignTo(bytes, 64)));
    if (!constant.data)
      return llvm::createStringError(
          "cannot allocate %lld bytes for constant '%s'",
          static_cast<long long>(bytes), constant.symbol.c_str());
    char *target = static_cast<char *>(constant.data.get());
    if (isSplat)
      for (int64_t i = 0; i < bytes; i += elementBytes)
        std::memcpy(target + i, raw.data(), elementBytes);
    else
      std::memcpy(target, raw.data(), bytes);
    global.removeValueAttr();
    global.setLinkage(LLVM::Linkage::External);
    global.setDsoLocal(false);
    constants.push_back(std::move(constant));
  }
  return llvm::Error::success();
}

static std::string entryName(StringRef function) {
  return (entryPrefix + function).str();
}

/// Adds `void chameleon.entry.f(void **arguments)` for each function with a
/// body: one signature for every caller. A pointer is passed as it is, a scalar
/// by its address.
static void addEntries(llvm::Module &module) {
  SmallVector<llvm::Function *> functions;
  for (llvm::Function &function : module)
    if (!function.isDeclaration() && !function.hasLocalLinkage())
      functions.push_back(&function);
  llvm::IRBuilder<> builder(module.getContext());
  for (llvm::Function *function : functions) {
    auto *type = llvm::FunctionType::get(
        builder.getVoidTy(), {builder.getPtrTy()}, /*isVarArg=*/false);
    auto *entry =
        llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage,
                               entryName(function->getName()), module);
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
translate(ModuleOp lowered, llvm::LLVMContext &llvmContext,
          std::vector<HostConstant> &constants) {
  MLIRContext *context = lowered.getContext();
  std::string messages;
  ScopedDiagnosticHandler handler(context, [&](Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() != DiagnosticSeverity::Error)
      return failure();
    messages += (messages.empty() ? "" : "; ") + diagnostic.str();
    return success();
  });
  OwningOpRef<ModuleOp> module = lowered.clone();
  if (llvm::Error error = detachConstants(*module, constants))
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

namespace {

class LinkedExecutable : public CPUExecutable {
public:
  LinkedExecutable(std::unique_ptr<llvm::orc::LLJIT> jit,
                   std::vector<HostConstant> constants)
      : constants(std::move(constants)), jit(std::move(jit)) {}

  llvm::Expected<Entry> lookup(llvm::StringRef function) override {
    auto address = jit->lookup(entryName(function));
    if (!address) {
      llvm::consumeError(address.takeError());
      return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                     "no function '" + function + "'");
    }
    return address->toPtr<Entry>();
  }
  const CPUCompileTimes &times() const override { return compileTimes; }

  CPUCompileTimes compileTimes;

private:
  std::vector<HostConstant> constants; // outlives the code
  std::unique_ptr<llvm::orc::LLJIT> jit;
};

class Stopwatch {
public:
  double lap() {
    auto now = std::chrono::steady_clock::now();
    double seconds = std::chrono::duration<double>(now - start).count();
    start = now;
    return seconds;
  }

private:
  std::chrono::steady_clock::time_point start =
      std::chrono::steady_clock::now();
};

} // namespace

llvm::Expected<std::unique_ptr<CPUExecutable>>
CPUExecutable::compile(ModuleOp lowered, const TargetDescription &target,
                       const CPUCompileOptions &options) {
  initializeCodeGeneration();
  Stopwatch watch;
  llvm::LLVMContext context;
  std::vector<HostConstant> constants;
  llvm::Expected<std::unique_ptr<llvm::Module>> module =
      translate(lowered, context, constants);
  if (!module)
    return module.takeError();
  CPUCompileTimes times;
  times.translateSeconds = watch.lap();

  llvm::orc::JITTargetMachineBuilder machineBuilder{
      llvm::Triple(target.triple)};
  llvm::SmallVector<llvm::StringRef> features;
  llvm::StringRef(target.features)
      .split(features, ',', -1, /*KeepEmpty=*/false);
  machineBuilder.setCPU(target.cpu);
  machineBuilder.addFeatures(
      std::vector<std::string>(features.begin(), features.end()));
  machineBuilder.setRelocationModel(llvm::Reloc::PIC_);
  machineBuilder.setCodeGenOptLevel(options.optimization <=
                                            CPUOptimization::Adaptive
                                        ? llvm::CodeGenOptLevel::Default
                                        : llvm::CodeGenOptLevel::Aggressive);
  auto machine = machineBuilder.createTargetMachine();
  if (!machine)
    return machine.takeError();
  (*module)->setTargetTriple((*machine)->getTargetTriple());
  (*module)->setDataLayout((*machine)->createDataLayout());
  addEntries(**module);
  if (llvm::Error error =
          optimizeModule(**module, **machine, options.optimization))
    return std::move(error);
  times.optimizeSeconds = watch.lap();

  bool needsOpenMP = llvm::any_of(**module, [](llvm::Function &function) {
    return function.isDeclaration() &&
           (function.getName().starts_with("__kmpc_") ||
            function.getName().starts_with("omp_"));
  });
  std::string entry;
  for (llvm::Function &function : **module)
    if (!function.isDeclaration() &&
        function.getName().starts_with(entryPrefix))
      entry = function.getName().str();
  auto object = emitObject(**module, **machine);
  if (!object)
    return object.takeError();

  auto jit = llvm::orc::LLJITBuilder()
                 .setJITTargetMachineBuilder(std::move(machineBuilder))
                 .setPlatformSetUp(llvm::orc::setUpInactivePlatform)
                 .create();
  if (!jit)
    return jit.takeError();
  llvm::orc::SymbolMap symbols = runtimeSymbols(**jit);
  for (HostConstant &constant : constants)
    symbols[(*jit)->mangleAndIntern(constant.symbol)] = {
        llvm::orc::ExecutorAddr::fromPtr(constant.data.get()),
        llvm::JITSymbolFlags::Exported};
  if (llvm::Error error = (*jit)->getMainJITDylib().define(
          llvm::orc::absoluteSymbols(std::move(symbols))))
    return std::move(error);
  if (needsOpenMP) {
    llvm::Expected<OpenMPRuntime> runtime = loadOpenMPRuntime();
    if (!runtime)
      return runtime.takeError();
    runtime->setThreads(static_cast<int>(target.threads));
    auto generator = llvm::orc::DynamicLibrarySearchGenerator::Load(
        runtime->path.c_str(), (*jit)->getDataLayout().getGlobalPrefix());
    if (!generator)
      return generator.takeError();
    (*jit)->getMainJITDylib().addGenerator(std::move(*generator));
  }
  if (llvm::Error error = (*jit)->addObjectFile(std::move(*object)))
    return std::move(error);
  // Link now, so that a missing symbol is an error of the compilation.
  if (!entry.empty())
    if (auto address = (*jit)->lookup(entry); !address)
      return address.takeError();
  times.codegenSeconds = watch.lap();
  auto result =
      std::make_unique<LinkedExecutable>(std::move(*jit), std::move(constants));
  result->compileTimes = times;
  return std::unique_ptr<CPUExecutable>(std::move(result));
}

} // namespace chameleon

//===- LaunchList.cpp - functions as lists of kernel launches
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each function is walked once for itself, with the functions that it calls.
// Operations that allocate make a buffer for each walk over them.
//
//===----------------------------------------------------------------------===//

#include "LaunchList.h"
#include "MemoryPlan.h"
#include "chameleon/IR/ChameleonDialect.h"
#include "chameleon/IR/StorageType.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;

namespace chameleon {

static int64_t countBytes(MemRefType type) {
  return type.getNumElements() * getStorageBytes(type.getElementType());
}

Value findBuffer(Value value) {
  while (isa_and_nonnull<memref::CastOp, memref::ExpandShapeOp,
                         memref::CollapseShapeOp, memref::SubViewOp>(
      value.getDefiningOp()))
    value = value.getDefiningOp()->getOperand(0);
  return value;
}

namespace {

/// What the value of a memref stands for during a walk.
struct Buffer {
  KernelArgument::Kind kind;
  unsigned index; ///< argument, temporary or constant
};

/// One function of the program.
class Walk {
public:
  Walk(SymbolTableCollection &tables,
       const llvm::StringMap<KernelFacts> &kernels, NVVMProgram &program,
       llvm::StringMap<unsigned> &constants, bool dataComesLater)
      : tables(tables), kernels(kernels), program(program),
        constants(constants), dataComesLater(dataComesLater) {}
  llvm::Expected<NVVMFunction> run(func::FuncOp function);

private:
  using Values = DenseMap<Value, Buffer>;

  llvm::Error error(Operation *op, const llvm::Twine &message) {
    std::string location;
    llvm::raw_string_ostream stream(location);
    op->getLoc().print(stream);
    return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                   "function '" + result.name + "', " +
                                       location + ": " + message);
  }
  llvm::Expected<Buffer> lookup(Value value, const Values &values,
                                Operation *user);
  llvm::Error visit(func::FuncOp function, Values &values, unsigned depth);
  llvm::Error visitLaunch(gpu::LaunchFuncOp launch, const Values &values);
  llvm::Expected<unsigned> addConstant(memref::GetGlobalOp op);
  void keepConstants(func::FuncOp function);

  SymbolTableCollection &tables;
  const llvm::StringMap<KernelFacts> &kernels;
  NVVMProgram &program;
  llvm::StringMap<unsigned> &constants;
  const bool dataComesLater;
  NVVMFunction result;
  SmallVector<BufferLifetime> temporaries;
};

} // namespace

/// Of each piece of memory that is kept.
static constexpr int64_t keptAlignment = 256;
/// Nothing is kept that is larger than so many times what it is computed from:
/// a bias broadcast to a whole image is cheaper to repeat than to keep.
static constexpr int64_t maxGrowth = 4;

static std::string describe(Value value) {
  if (Operation *producer = value.getDefiningOp())
    return ("a result of '" + producer->getName().getStringRef() + "'").str();
  return "an argument of a block";
}

llvm::Expected<Buffer> Walk::lookup(Value value, const Values &values,
                                    Operation *user) {
  // Whoever takes a part of a buffer takes the address of the whole; where the
  // part begins is in its type.
  int64_t offset = 0;
  SmallVector<int64_t> strides;
  if (failed(cast<MemRefType>(value.getType())
                 .getStridesAndOffset(strides, offset)) ||
      ShapedType::isDynamic(offset))
    return error(user, "takes a part of a buffer whose beginning is not "
                       "static, found " +
                           describe(value));
  auto known = values.find(findBuffer(value));
  if (known == values.end())
    return error(user,
                 "takes a buffer of unknown origin, found " + describe(value));
  return known->second;
}

/// Bytes of a constant as they lie in memory.
static llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
readConstant(memref::GlobalOp global, bool dataComesLater) {
  auto elements = dyn_cast_or_null<ElementsAttr>(
      global.getInitialValue().value_or(Attribute()));
  auto fail = [&](const llvm::Twine &reason) {
    return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                   "constant '" + global.getSymName() + "' " +
                                       reason);
  };
  if (!elements)
    return fail("has no value");
  int64_t bytes = countBytes(global.getType());
  auto result = allocateSection(global.getSymName(), bytes);
  ArrayRef<char> raw;
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(elements)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    if (!blob && dataComesLater)
      return std::move(result);
    if (!blob)
      return llvm::createStringError(
          "constant '%s' has no data",
          resource.getRawHandle().getKey().str().c_str());
    raw = blob->getData();
  } else if (auto dense = dyn_cast<DenseIntOrFPElementsAttr>(elements)) {
    raw = dense.getRawData();
    if (dense.isSplat()) {
      for (int64_t at = 0; at < bytes; at += raw.size())
        llvm::copy(raw, result->getBufferStart() + at);
      return std::move(result);
    }
  }
  if (static_cast<int64_t>(raw.size()) != bytes)
    return fail("has " + llvm::Twine(raw.size()) + " bytes of data, expected " +
                llvm::Twine(bytes));
  llvm::copy(raw, result->getBufferStart());
  return std::move(result);
}

llvm::Expected<unsigned> Walk::addConstant(memref::GetGlobalOp op) {
  auto [known, isNew] =
      constants.try_emplace(op.getName(), program.constants.size());
  if (!isNew)
    return known->second;
  auto global =
      tables.lookupNearestSymbolFrom<memref::GlobalOp>(op, op.getNameAttr());
  llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> data =
      readConstant(global, dataComesLater);
  if (!data)
    return data.takeError();
  program.constants.push_back(std::move(*data));
  return known->second;
}

llvm::Error Walk::visitLaunch(gpu::LaunchFuncOp op, const Values &values) {
  KernelLaunch launch;
  launch.kernel = op.getKernelName().str();
  launch.dynamicSharedBytes = kernels.lookup(launch.kernel).sharedBytes;
  auto sizes = [&](gpu::KernelDim3 dims,
                   std::array<unsigned, 3> &result) -> bool {
    std::array<Value, 3> values = {dims.x, dims.y, dims.z};
    for (auto [value, size] : llvm::zip(values, result)) {
      std::optional<int64_t> constant = getConstantIntValue(value);
      if (!constant || *constant < 1 || !llvm::isUInt<31>(*constant))
        return false;
      size = *constant;
    }
    return true;
  };
  if (!sizes(op.getGridSizeOperandValues(), launch.grid) ||
      !sizes(op.getBlockSizeOperandValues(), launch.block))
    return error(op, "launches a grid whose size is not constant");
  for (Value operand : op.getKernelOperands()) {
    if (!isa<MemRefType>(operand.getType()))
      return error(op, "passes a value that is not a buffer to a kernel");
    llvm::Expected<Buffer> buffer = lookup(operand, values, op);
    if (!buffer)
      return buffer.takeError();
    if (buffer->kind == KernelArgument::Kind::Scratch) {
      BufferLifetime &lifetime = temporaries[buffer->index];
      int64_t now = result.launches.size();
      lifetime.first = std::min(lifetime.first, now);
      lifetime.last = std::max(lifetime.last, now);
    }
    launch.arguments.push_back({buffer->kind, buffer->index, 0});
  }
  result.launches.push_back(std::move(launch));
  return llvm::Error::success();
}

llvm::Error Walk::visit(func::FuncOp function, Values &values, unsigned depth) {
  if (depth > 64)
    return error(function, "calls too deep; is it recursive?");
  if (!function.getBody().hasOneBlock())
    return error(function, "has branches, expected a list of launches");
  for (Operation &op : function.getBody().front()) {
    if (auto alloc = dyn_cast<memref::AllocOp>(op)) {
      if (!alloc.getType().hasStaticShape())
        return error(&op, "allocates a buffer of dynamic size");
      values[alloc] = {KernelArgument::Kind::Scratch,
                       static_cast<unsigned>(temporaries.size())};
      temporaries.push_back({countBytes(alloc.getType()),
                             std::numeric_limits<int64_t>::max(), 0});
    } else if (auto global = dyn_cast<memref::GetGlobalOp>(op)) {
      llvm::Expected<unsigned> index = addConstant(global);
      if (!index)
        return index.takeError();
      values[global] = {KernelArgument::Kind::Constant, *index};
    } else if (auto launch = dyn_cast<gpu::LaunchFuncOp>(op)) {
      if (llvm::Error failed = visitLaunch(launch, values))
        return failed;
    } else if (auto call = dyn_cast<func::CallOp>(op)) {
      auto callee = tables.lookupNearestSymbolFrom<func::FuncOp>(
          call, call.getCalleeAttr());
      if (!callee || callee.isDeclaration() || call.getNumResults() != 0)
        return error(&op, "calls '" + call.getCallee() +
                              "', which is not a function of buffers with a "
                              "body");
      Values inner;
      for (auto [argument, operand] :
           llvm::zip_equal(callee.getArguments(), call.getOperands())) {
        llvm::Expected<Buffer> buffer = lookup(operand, values, &op);
        if (!buffer)
          return buffer.takeError();
        inner[argument] = *buffer;
      }
      if (llvm::Error failed = visit(callee, inner, depth + 1))
        return failed;
    } else if (!isa<memref::DeallocOp, func::ReturnOp>(op) && !isPure(&op)) {
      return error(&op, "'" + op.getName().getStringRef() +
                            "' would run on the host, expected a launch");
    }
  }
  return llvm::Error::success();
}

/// Moves launches that depend on constants alone to the function's constant
/// launches, and what they write to memory that is kept.
void Walk::keepConstants(func::FuncOp function) {
  SmallVector<bool> isConstant;
  for (unsigned i = 0; i < function.getNumArguments(); ++i)
    isConstant.push_back(function.getArgAttr(i, constantAttribute) != nullptr);
  SmallVector<int64_t> bytes;
  for (const BufferLifetime &temporary : temporaries)
    bytes.push_back(temporary.bytes);
  SmallVector<bool> isKept =
      findConstantLaunches(result, program, bytes, isConstant, kernels);
  DenseMap<unsigned, int64_t> offsets; // of temporaries that are kept
  std::vector<KernelLaunch> rest;
  for (auto [launch, isOnce] : llvm::zip_equal(result.launches, isKept)) {
    if (!isOnce) {
      rest.push_back(std::move(launch));
      continue;
    }
    for (const KernelArgument &argument : launch.arguments)
      if (argument.kind == KernelArgument::Kind::Scratch &&
          offsets.try_emplace(argument.index, result.keptBytes).second) {
        temporaries[argument.index].bytes = 0;
        result.keptBytes += llvm::alignTo(bytes[argument.index], keptAlignment);
      }
    result.constantLaunches.push_back(std::move(launch));
  }
  result.launches = std::move(rest);
  for (KernelLaunch &launch :
       llvm::concat<KernelLaunch>(result.constantLaunches, result.launches))
    for (KernelArgument &argument : launch.arguments)
      if (argument.kind == KernelArgument::Kind::Scratch)
        if (auto kept = offsets.find(argument.index); kept != offsets.end())
          argument = {KernelArgument::Kind::Kept, 0, kept->second};
}

llvm::Expected<NVVMFunction> Walk::run(func::FuncOp function) {
  result.name = function.getName().str();
  Values values;
  for (BlockArgument argument : function.getArguments()) {
    auto type = dyn_cast<MemRefType>(argument.getType());
    if (!type || !type.hasStaticShape() || !type.getLayout().isIdentity())
      return error(function, "argument " +
                                 llvm::Twine(argument.getArgNumber()) +
                                 " is not a contiguous buffer of static size");
    result.argumentBytes.push_back(countBytes(type));
    values[argument] = {KernelArgument::Kind::Argument,
                        argument.getArgNumber()};
  }
  if (FunctionType signature = getSignature(function))
    result.numResults = signature.getNumResults();
  if (llvm::Error failed = visit(function, values, 0))
    return std::move(failed);
  keepConstants(function);
  for (BufferLifetime &lifetime : temporaries)
    if (lifetime.first > lifetime.last)
      lifetime = {0, 0, 0};
  MemoryPlan plan = planBuffers(temporaries);
  result.scratchBytes = plan.bytes;
  for (KernelLaunch &launch : result.launches)
    for (KernelArgument &argument : launch.arguments)
      if (argument.kind == KernelArgument::Kind::Scratch) {
        argument.byteOffset = plan.offsets[argument.index];
        argument.index = 0;
      }
  return std::move(result);
}

llvm::Error listLaunches(ModuleOp module,
                         const llvm::StringMap<KernelFacts> &kernels,
                         NVVMProgram &program, bool dataComesLater) {
  SymbolTableCollection tables;
  llvm::StringMap<unsigned> constants;
  for (auto function : module.getOps<func::FuncOp>()) {
    if (function.isDeclaration())
      continue;
    llvm::Expected<NVVMFunction> result =
        Walk(tables, kernels, program, constants, dataComesLater).run(function);
    if (!result)
      return result.takeError();
    program.functions.push_back(std::move(*result));
  }
  return llvm::Error::success();
}

SmallVector<bool>
findConstantLaunches(const NVVMFunction &function, const NVVMProgram &program,
                     ArrayRef<int64_t> temporaryBytes,
                     ArrayRef<bool> isConstant,
                     const llvm::StringMap<KernelFacts> &kernels) {
  using Kind = KernelArgument::Kind;
  auto accessOf = [&](const KernelLaunch &launch, size_t parameter) {
    auto known = kernels.find(launch.kernel);
    return known != kernels.end() && parameter < known->second.parameters.size()
               ? known->second.parameters[parameter]
               : KernelFacts::Access();
  };
  // What a launch may touch at all if it is to run once.
  auto isCandidate = [&](const KernelLaunch &launch) {
    int64_t read = 0, written = 0;
    for (auto [parameter, argument] : llvm::enumerate(launch.arguments)) {
      KernelFacts::Access access = accessOf(launch, parameter);
      int64_t bytes =
          argument.kind == Kind::Scratch ? temporaryBytes[argument.index]
          : argument.kind == Kind::Constant
              ? static_cast<int64_t>(
                    program.constants[argument.index]->getBufferSize())
              : function.argumentBytes[argument.index];
      if (access.reads)
        read += bytes;
      if (access.writes)
        written += bytes;
      if (argument.kind == Kind::Argument && !isConstant[argument.index])
        return false;
      if (access.writes && argument.kind != Kind::Scratch)
        return false;
    }
    return written > 0 && written <= maxGrowth * read;
  };
  SmallVector<bool> isKept;
  for (const KernelLaunch &launch : function.launches)
    isKept.push_back(isCandidate(launch));
  // Memory that others write, too, changes from call to call.
  for (bool changed = true; changed;) {
    changed = false;
    SmallVector<bool> varies(temporaryBytes.size(), false);
    for (auto [launch, kept] : llvm::zip_equal(function.launches, isKept))
      for (auto [parameter, argument] : llvm::enumerate(launch.arguments))
        if (!kept && argument.kind == Kind::Scratch &&
            accessOf(launch, parameter).writes)
          varies[argument.index] = true;
    for (auto [launch, kept] : llvm::zip_equal(function.launches, isKept))
      if (kept &&
          llvm::any_of(launch.arguments, [&](const KernelArgument &argument) {
            return argument.kind == Kind::Scratch && varies[argument.index];
          })) {
        kept = false;
        changed = true;
      }
  }
  return isKept;
}

void printLaunches(const NVVMProgram &program, raw_ostream &os) {
  auto print = [&](StringRef name, const std::array<unsigned, 3> &sizes) {
    os << " " << name << " " << sizes[0] << "," << sizes[1] << "," << sizes[2];
  };
  for (const NVVMFunction &function : program.functions) {
    os << "function " << function.name << " arguments ";
    llvm::interleave(function.argumentBytes, os, ",");
    os << " results " << function.numResults << " scratch "
       << function.scratchBytes;
    if (function.keptBytes > 0)
      os << " kept " << function.keptBytes;
    os << "\n";
    size_t once = function.constantLaunches.size();
    for (auto [index, launch] :
         llvm::enumerate(llvm::concat<const KernelLaunch>(
             function.constantLaunches, function.launches))) {
      if (index < once)
        os << "once ";
      os << "launch " << launch.kernel;
      print("grid", launch.grid);
      print("block", launch.block);
      os << " shared " << launch.dynamicSharedBytes;
      for (const KernelArgument &argument : launch.arguments) {
        switch (argument.kind) {
        case KernelArgument::Kind::Argument:
          os << " argument:" << argument.index;
          break;
        case KernelArgument::Kind::Scratch:
          os << " scratch";
          break;
        case KernelArgument::Kind::Kept:
          os << " kept";
          break;
        case KernelArgument::Kind::Constant:
          os << " constant:" << argument.index;
          break;
        }
        if (argument.byteOffset != 0)
          os << "+" << argument.byteOffset;
      }
      os << "\n";
    }
  }
}

} // namespace chameleon

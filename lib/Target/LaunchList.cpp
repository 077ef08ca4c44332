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
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;

namespace chameleon {

static int64_t elementBytes(Type element) {
  if (element.isIndex())
    return 8;
  return llvm::divideCeil(element.getIntOrFloatBitWidth(), 8);
}

static int64_t countBytes(MemRefType type) {
  return type.getNumElements() * elementBytes(type.getElementType());
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
  Walk(SymbolTableCollection &tables, const llvm::StringMap<unsigned> &shared,
       NVVMProgram &program, llvm::StringMap<unsigned> &constants)
      : tables(tables), shared(shared), program(program), constants(constants) {
  }
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

  SymbolTableCollection &tables;
  const llvm::StringMap<unsigned> &shared;
  NVVMProgram &program;
  llvm::StringMap<unsigned> &constants;
  NVVMFunction result;
  SmallVector<BufferLifetime> temporaries;
};

} // namespace

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
readConstant(memref::GlobalOp global) {
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
    if (!blob)
      return fail("has no data");
    raw = blob->getData();
  } else if (auto dense = dyn_cast<DenseIntOrFPElementsAttr>(elements)) {
    raw = dense.getRawData();
    if (elements.getElementType().isInteger(1)) {
      llvm::copy(dense.getValues<bool>(), result->getBufferStart());
      return std::move(result);
    }
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
      readConstant(global);
  if (!data)
    return data.takeError();
  program.constants.push_back(std::move(*data));
  return known->second;
}

llvm::Error Walk::visitLaunch(gpu::LaunchFuncOp op, const Values &values) {
  KernelLaunch launch;
  launch.kernel = op.getKernelName().str();
  launch.dynamicSharedBytes = shared.lookup(launch.kernel);
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
                         const llvm::StringMap<unsigned> &sharedBytes,
                         NVVMProgram &program) {
  SymbolTableCollection tables;
  llvm::StringMap<unsigned> constants;
  for (auto function : module.getOps<func::FuncOp>()) {
    if (function.isDeclaration())
      continue;
    llvm::Expected<NVVMFunction> result =
        Walk(tables, sharedBytes, program, constants).run(function);
    if (!result)
      return result.takeError();
    program.functions.push_back(std::move(*result));
  }
  return llvm::Error::success();
}

void printLaunches(const NVVMProgram &program, raw_ostream &os) {
  auto print = [&](StringRef name, const std::array<unsigned, 3> &sizes) {
    os << " " << name << " " << sizes[0] << "," << sizes[1] << "," << sizes[2];
  };
  for (const NVVMFunction &function : program.functions) {
    os << "function " << function.name << " arguments ";
    llvm::interleave(function.argumentBytes, os, ",");
    os << " results " << function.numResults << " scratch "
       << function.scratchBytes << "\n";
    for (const KernelLaunch &launch : function.launches) {
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

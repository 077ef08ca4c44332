//===- ToyBackend.cpp - a backend that nothing under lib knows
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ToyBackend.h"
#include "ToyEngine.h"
#include "chameleon/Target/Compiler.h"
#include "chameleon/Target/Signature.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace chameleon;
using namespace chameleon::toy;

/// Of a toy of which nobody says more.
static constexpr int64_t mostLanes = 4;

namespace chameleon {
/// unittests/Toy.
llvm::ArrayRef<BuiltinSchedule> getToySchedules();
} // namespace chameleon

//===----------------------------------------------------------------------===//
// Compiling
//===----------------------------------------------------------------------===//

namespace {

/// Writes one function down.
class FunctionWriter {
public:
  explicit FunctionWriter(llvm::raw_ostream &os) : os(os) {}

  LogicalResult write(func::FuncOp function) {
    os << "function " << function.getSymName() << " "
       << function.getNumArguments() << "\n";
    for (BlockArgument argument : function.getArguments())
      numbers[argument] = count++;
    for (Operation &op : function.getBody().front())
      if (failed(write(&op)))
        return failure();
    return success();
  }

private:
  void define(Operation *op) {
    for (Value result : op->getResults())
      numbers[result] = count++;
  }
  void list(ValueRange values) {
    for (Value value : values)
      os << " " << numbers.lookup(value);
    os << "\n";
  }
  int64_t getChoice(Operation *op, StringRef name, int64_t otherwise) {
    auto choice = op->getAttrOfType<IntegerAttr>(name);
    return choice ? choice.getInt() : otherwise;
  }

  LogicalResult write(Operation *op) {
    if (isa<arith::ConstantOp>(op))
      return success(); // where it is used
    if (auto empty = dyn_cast<tensor::EmptyOp>(op)) {
      os << "empty " << empty.getType().getNumElements() << "\n";
    } else if (auto fill = dyn_cast<linalg::FillOp>(op)) {
      FloatAttr value;
      if (!matchPattern(fill.getInputs()[0], m_Constant(&value)))
        return op->emitError("the toy fills with constants alone");
      os << "fill " << value.getValueAsDouble();
      list(fill.getOutputs());
    } else if (isa<linalg::MatmulOp>(op)) {
      auto matmul = cast<linalg::LinalgOp>(op);
      os << "matmul";
      for (Value operand : op->getOperands())
        os << " " << numbers.lookup(operand);
      for (int64_t extent : matmul.getStaticLoopRanges())
        os << " " << extent;
      os << " " << getChoice(op, "toy_order", 0) << " "
         << getChoice(op, "toy_step", 1) << "\n";
    } else if (auto call = dyn_cast<func::CallOp>(op)) {
      os << "call " << call.getCallee();
      list(call.getOperands());
    } else if (isa<func::ReturnOp>(op)) {
      os << "return";
      list(op->getOperands());
    } else {
      return op->emitError("the toy knows no such operation");
    }
    define(op);
    return success();
  }

  llvm::raw_ostream &os;
  llvm::DenseMap<Value, int64_t> numbers;
  int64_t count = 0;
};

class ToyCompiler final : public Compiler {
public:
  explicit ToyCompiler(int64_t lanes) : lanes(lanes) {}

  FailureOr<Program> compile(ModuleOp module) override {
    Program program;
    program.backend = "toy";
    program.target = std::to_string(lanes);
    std::string code;
    llvm::raw_string_ostream os(code);
    for (auto function : module.getOps<func::FuncOp>()) {
      if (failed(FunctionWriter(os).write(function)))
        return failure();
      function->setAttr("chameleon.signature",
                        TypeAttr::get(function.getFunctionType()));
    }
    program.functions = readSignatures(module);
    program.addSection(codeSection, code);
    return program;
  }

private:
  int64_t lanes;
};

//===----------------------------------------------------------------------===//
// The device
//===----------------------------------------------------------------------===//

class ToyDevice final : public Device {
public:
  ToyDevice(std::shared_ptr<const Backend> backend, int64_t lanes)
      : Device(std::move(backend)), lanes(lanes) {}

  std::string getName() const override { return "Toy"; }
  std::string getSpec() const override {
    return "toy:" + std::to_string(lanes);
  }
  std::string getKey() const override { return "toy|" + std::to_string(lanes); }
  TargetFacts getFacts() const override { return {"TOY", {{"lanes", lanes}}}; }
  std::optional<double> getPeakGflops(Type) const override {
    return std::nullopt;
  }
  LayoutOptions getLayout() const override {
    return {LayoutOptions::Kind::None};
  }
  bool joinsRows() const override { return false; }
  std::unique_ptr<Compiler>
  createCompiler(MLIRContext *, const CompileOptions &) const override {
    return std::make_unique<ToyCompiler>(lanes);
  }
  llvm::Expected<std::unique_ptr<Engine>> openEngine(unsigned) const override {
    return makeToyEngine(lanes);
  }

private:
  int64_t lanes;
};

} // namespace

llvm::Expected<std::shared_ptr<const Device>>
ToyBackend::parse(std::optional<llvm::StringRef> arguments,
                  const DeviceOptions &) const {
  int64_t lanes = mostLanes;
  if (arguments && (arguments->getAsInteger(10, lanes) || lanes < 1))
    return llvm::createStringError("'" + *arguments +
                                   "' is no number of lanes");
  return std::make_shared<ToyDevice>(shared_from_this(), lanes);
}

llvm::Expected<std::unique_ptr<Engine>>
ToyBackend::openEngine(const DeviceOptions &, unsigned) const {
  return makeToyEngine(mostLanes);
}

llvm::ArrayRef<BuiltinSchedule> ToyBackend::getSchedules() const {
  return getToySchedules();
}

std::string ToyBackend::getGenerator() const {
  const char *own = std::getenv("TOY_GENERATOR");
  return Backend::getGenerator() + (own ? own : "");
}

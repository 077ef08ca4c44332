//===- GPUModel.cpp - a model on an NVIDIA GPU
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Everything stays on the device: hoisted constants (computed there once),
// results, scratch memory. A call is one launch of a CUDA graph.
//
//===----------------------------------------------------------------------===//

#include "LoadedModel.h"
#include "chameleon/Runtime/DeviceProgram.h"
#include "chameleon/Target/AssemblePTX.h"
#include "chameleon/Target/LowerToNVVM.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace mlir;

namespace chameleon {
namespace {

class GPUModel final : public LoadedModel {
public:
  LogicalResult load(ModuleOp module, StringRef function,
                     const TargetDescription &target);

  llvm::Error bind(ArrayRef<const HostTensor *> values) override;
  llvm::Expected<double> call() override;
  llvm::Error fetchResults() override;

private:
  llvm::Error open(const TargetDescription &target, StringRef image);
  llvm::Error allocateBuffers(ArrayRef<RankedTensorType> types,
                              std::vector<cuda::Buffer> &buffers);
  llvm::Error runInitialiser(const NVVMFunction &initialiser,
                             ArrayRef<RankedTensorType> types);
  llvm::Error captureGraph(const NVVMFunction &function,
                           const Signature &signature);

  // Members end in the opposite order: the context last.
  std::unique_ptr<cuda::Context> context;
  NVVMProgram program;
  std::optional<DeviceProgram> loaded;
  std::vector<cuda::Buffer> constants, inputBuffers, outputBuffers;
  std::optional<cuda::Stream> stream;
  std::optional<cuda::Event> begin, end;
  std::optional<cuda::Graph> graph;
};

} // namespace

/// $XDG_CACHE_HOME/chameleon/cubin; nothing if it cannot be made.
static std::string cacheFolder() {
  SmallString<128> folder;
  if (!llvm::sys::path::cache_directory(folder))
    return "";
  llvm::sys::path::append(folder, "chameleon", "cubin");
  return llvm::sys::fs::create_directories(folder) ? "" : folder.str().str();
}

template <typename T>
static llvm::Error moveInto(llvm::Expected<T> value, std::optional<T> &to) {
  if (!value)
    return value.takeError();
  to.emplace(std::move(*value));
  return llvm::Error::success();
}

llvm::Error GPUModel::open(const TargetDescription &target, StringRef image) {
  llvm::Expected<const cuda::Driver *> driver = cuda::Driver::load();
  if (!driver)
    return driver.takeError();
  llvm::Expected<std::unique_ptr<cuda::Context>> made =
      cuda::Context::create(**driver, 0);
  if (!made)
    return made.takeError();
  context = std::move(*made);
  if (llvm::Error error = moveInto(cuda::Stream::create(*context), stream))
    return error;
  if (llvm::Error error = moveInto(cuda::Event::create(*context), begin))
    return error;
  if (llvm::Error error = moveInto(cuda::Event::create(*context), end))
    return error;
  return moveInto(DeviceProgram::load(*context, program, image), loaded);
}

llvm::Error GPUModel::allocateBuffers(ArrayRef<RankedTensorType> types,
                                      std::vector<cuda::Buffer> &buffers) {
  for (RankedTensorType type : types) {
    // For the size: as chameleon-run stores tensors, so does the device.
    llvm::Expected<HostTensor> tensor = HostTensor::create(type);
    if (!tensor)
      return tensor.takeError();
    auto buffer = cuda::Buffer::allocate(*context, tensor->numBytes());
    if (!buffer)
      return buffer.takeError();
    tensor->poison();
    if (llvm::Error error = buffer->write(tensor->data(), tensor->numBytes()))
      return error;
    buffers.push_back(std::move(*buffer));
  }
  return llvm::Error::success();
}

llvm::Error GPUModel::runInitialiser(const NVVMFunction &initialiser,
                                     ArrayRef<RankedTensorType> types) {
  if (llvm::Error error = allocateBuffers(types, constants))
    return error;
  SmallVector<cuda::DeviceAddress> arguments;
  for (const cuda::Buffer &constant : constants)
    arguments.push_back(constant.address());
  if (llvm::Error error = loaded->run(initialiser, arguments, stream->get()))
    return error;
  return stream->synchronize();
}

llvm::Error GPUModel::captureGraph(const NVVMFunction &function,
                                   const Signature &signature) {
  if (llvm::Error error = allocateBuffers(inputs, inputBuffers))
    return error;
  if (llvm::Error error = allocateBuffers(signature.results, outputBuffers))
    return error;
  SmallVector<cuda::DeviceAddress> arguments;
  size_t nextInput = 0;
  for (int64_t constant : signature.constants)
    arguments.push_back(constant < 0 ? inputBuffers[nextInput++].address()
                                     : constants[constant].address());
  for (const cuda::Buffer &output : outputBuffers)
    arguments.push_back(output.address());
  return moveInto(cuda::Graph::capture(*context, *stream,
                                       [&] {
                                         return loaded->run(function, arguments,
                                                            stream->get());
                                       }),
                  graph);
}

LogicalResult GPUModel::load(ModuleOp module, StringRef function,
                             const TargetDescription &target) {
  StepClock clock;
  Location location = module.getLoc();
  auto fail = [&](llvm::Error error) -> LogicalResult {
    return emitError(location) << llvm::toString(std::move(error));
  };
  if (!module.getOps<gpu::BinaryOp>().empty())
    return emitError(location)
           << "the module holds finished code for a GPU, expected one that is "
              "not lowered or lowered with --lower-to-nvvm=format=nvvm";
  LowerToNVVMOptions options;
  options.chip = target.cpu;
  if (module.getOps<gpu::GPUModuleOp>().empty()) {
    PassManager passes(module.getContext());
    passes.enableVerifier(false);
    buildLowerToNVVMPipeline(passes, options);
    if (failed(passes.run(module)))
      return failure();
  }
  loadSteps.push_back({"lower", clock.lap()});

  FailureOr<Signature> signature = readSignature(module, function);
  if (failed(signature))
    return failure();
  llvm::Expected<NVVMProgram> translated = translateToPTX(module, options);
  if (!translated)
    return fail(translated.takeError());
  program = std::move(*translated);
  loadSteps.push_back({"translate", clock.lap()});
  std::string image = program.ptx;
  if (!image.empty()) {
    AssembleOptions assemble;
    assemble.chip = target.cpu;
    assemble.cache = cacheFolder();
    assemble.seconds = 600;
    if (llvm::Expected<std::string> ptxas = findPtxas(""); !ptxas) {
      emitRemark(location) << llvm::toString(ptxas.takeError())
                           << ": the driver compiles the code itself";
    } else {
      llvm::Expected<Assembly> assembly = assemblePTX(program.ptx, assemble);
      if (!assembly)
        return fail(assembly.takeError());
      image = std::move(assembly->cubin);
    }
  }
  loadSteps.push_back({"assemble", clock.lap()});
  if (llvm::Error error = open(target, image))
    return fail(std::move(error));
  loadSteps.push_back({"upload", clock.lap()});

  auto find = [&](StringRef name) -> const NVVMFunction * {
    const NVVMFunction *found = program.lookup(name);
    if (!found)
      emitError(location) << "function '" << name << "' has no kernels";
    return found;
  };
  SmallVector<RankedTensorType> constantTypes;
  if (!signature->initialiser.empty()) {
    FailureOr<Signature> initialiser = readInitialiser(module, *signature);
    if (failed(initialiser))
      return failure();
    constantTypes = initialiser->results;
    const NVVMFunction *code = find(signature->initialiser);
    if (!code)
      return failure();
    if (llvm::Error error = runInitialiser(*code, constantTypes))
      return fail(std::move(error));
  }
  const NVVMFunction *code = find(function);
  if (!code ||
      failed(takeSignature(location, function, *signature, constantTypes)))
    return failure();
  if (llvm::Error error = captureGraph(*code, *signature))
    return fail(std::move(error));
  loadSteps.push_back({"initialise", clock.lap()});
  return success();
}

llvm::Error GPUModel::bind(ArrayRef<const HostTensor *> values) {
  for (auto [buffer, value] : llvm::zip_equal(inputBuffers, values))
    if (llvm::Error error = buffer.write(value->data(), value->numBytes()))
      return error;
  return llvm::Error::success();
}

llvm::Expected<double> GPUModel::call() {
  if (llvm::Error error = begin->record(stream->get()))
    return error;
  if (llvm::Error error = graph->launch(*stream))
    return error;
  if (llvm::Error error = end->record(stream->get()))
    return error;
  if (llvm::Error error = end->wait())
    return error;
  return end->secondsSince(*begin);
}

llvm::Error GPUModel::fetchResults() {
  for (auto [buffer, output] : llvm::zip_equal(outputBuffers, outputs))
    if (llvm::Error error = buffer.read(output.data(), output.numBytes()))
      return error;
  return llvm::Error::success();
}

FailureOr<std::unique_ptr<LoadedModel>>
loadGPUModel(ModuleOp module, StringRef function,
             const TargetDescription &target) {
  auto model = std::make_unique<GPUModel>();
  if (failed(model->load(module, function, target)))
    return failure();
  return std::unique_ptr<LoadedModel>(std::move(model));
}

} // namespace chameleon

//===- chameleon-run.cpp - run a model on this machine
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   chameleon-run model.mlir --function=main --input=1x3x224x224xf32
//   --benchmark
//
// Exit status: 0 done; 1 an error was reported or a result differs from its
// --expect.
//
//===----------------------------------------------------------------------===//

#include "LoadedModel.h"
#include "chameleon/Prepare/Prepare.h"
#include "chameleon/Transforms/Passes.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Support/FileUtilities.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/SourceMgr.h"
#include <algorithm>
#include <chrono>

using namespace mlir;
using namespace chameleon;

//===----------------------------------------------------------------------===//
// Options
//===----------------------------------------------------------------------===//

namespace {

/// Constructed in main: LLVM registers options of its own for everything that
/// it links, some by the names below.
struct Options {
  llvm::cl::OptionCategory category{"chameleon-run"};
  llvm::cl::opt<std::string> file{llvm::cl::Positional,
                                  llvm::cl::desc("<model.mlir>"),
                                  llvm::cl::Required, llvm::cl::cat(category)};
  llvm::cl::opt<std::string> function{
      "function", llvm::cl::desc("Function to run"), llvm::cl::init("main"),
      llvm::cl::cat(category)};
  llvm::cl::list<std::string> inputs{
      "input",
      llvm::cl::desc("One input, in order: file.npy, 1x3xf32 (random), "
                     "1x3xf32=0.5 (one value everywhere)"),
      llvm::cl::value_desc("tensor"), llvm::cl::cat(category)};
  llvm::cl::opt<bool> randomInputs{
      "random-inputs",
      llvm::cl::desc("Random values for inputs that are not given"),
      llvm::cl::cat(category)};
  llvm::cl::list<std::string> outputs{
      "output", llvm::cl::desc("Save one output, in order"),
      llvm::cl::value_desc("file.npy"), llvm::cl::cat(category)};
  llvm::cl::list<std::string> expected{
      "expect",
      llvm::cl::desc("Compare one output, in order; fail if it differs"),
      llvm::cl::value_desc("file.npy"), llvm::cl::cat(category)};
  llvm::cl::opt<double> tolerance{
      "tolerance",
      llvm::cl::desc(
          "Largest difference over largest expected value, for --expect"),
      llvm::cl::init(1e-5), llvm::cl::cat(category)};
  llvm::cl::opt<bool> printFull{"print-full",
                                llvm::cl::desc("Print every element"),
                                llvm::cl::cat(category)};
  llvm::cl::opt<uint64_t> seed{"seed", llvm::cl::desc("Seed of random inputs"),
                               llvm::cl::init(0), llvm::cl::cat(category)};
  llvm::cl::opt<uint64_t> fillMissing{
      "fill-missing",
      llvm::cl::desc("Fill weights that have no data from a seed"),
      llvm::cl::value_desc("seed"), llvm::cl::cat(category)};
  llvm::cl::opt<bool> benchmark{"benchmark",
                                llvm::cl::desc("Time the function"),
                                llvm::cl::cat(category)};
  llvm::cl::opt<bool> profile{
      "profile",
      llvm::cl::desc("Time the function and print where its time goes, by the "
                     "tasks that it calls (host CPU)"),
      llvm::cl::cat(category)};
  llvm::cl::opt<double> seconds{
      "seconds", llvm::cl::desc("How long --benchmark and --profile measure"),
      llvm::cl::init(1), llvm::cl::cat(category)};
  llvm::cl::opt<unsigned> threads{
      "threads", llvm::cl::desc("Threads of parallel code (0: all cores)"),
      llvm::cl::init(0), llvm::cl::cat(category)};
  llvm::cl::opt<std::string> target{
      "target",
      llvm::cl::desc("auto (a GPU if there is one), cpu, cpu:<features>, nvvm, "
                     "nvvm:<chip>"),
      llvm::cl::init("auto"), llvm::cl::cat(category)};
  llvm::cl::opt<CPUOptimization> optimization{
      "O",
      llvm::cl::Prefix,
      llvm::cl::desc("How hard LLVM works"),
      llvm::cl::init(CPUOptimization::Adaptive),
      llvm::cl::values(clEnumValN(CPUOptimization::O3, "3", "LLVM's O3"),
                       clEnumValN(CPUOptimization::O2, "2", "LLVM's O2"),
                       clEnumValN(CPUOptimization::Adaptive, "adaptive",
                                  "a short pass list for what holds vectors, "
                                  "O3 for the rest; the default")),
      llvm::cl::cat(category)};
  llvm::cl::opt<bool> timing{
      "timing",
      llvm::cl::desc("Print how long loading took, by step, to stderr"),
      llvm::cl::cat(category)};
};

} // namespace

/// Takes the names of our options from LLVM's own, which mean something else.
static void releaseOptionNames() {
  for (StringRef name :
       {"function", "input", "random-inputs", "output", "expect", "tolerance",
        "print-full", "seed", "fill-missing", "benchmark", "profile", "seconds",
        "threads", "target", "O", "timing"})
    if (llvm::cl::Option *other = llvm::cl::getRegisteredOptions().lookup(name))
      other->removeArgument();
}

/// Reports an error that is not about a place in the model.
static int fail(const llvm::Twine &message) {
  llvm::errs() << "chameleon-run: error: " << message << "\n";
  return 1;
}

static std::string text(Type type) {
  std::string result;
  llvm::raw_string_ostream(result) << "'" << type << "'";
  return result;
}

//===----------------------------------------------------------------------===//
// Inputs and outputs
//===----------------------------------------------------------------------===//

/// Reads one --input.
static llvm::Expected<HostTensor> readInput(StringRef specification,
                                            unsigned index, uint64_t seed,
                                            MLIRContext *context) {
  if (specification.ends_with(".npy"))
    return HostTensor::readNpy(specification, context);
  auto [shape, valueText] = specification.split('=');
  RankedTensorType type;
  {
    ScopedDiagnosticHandler quiet(context,
                                  [](Diagnostic &) { return success(); });
    type = dyn_cast_or_null<RankedTensorType>(
        parseType(("tensor<" + shape + ">").str(), context));
  }
  if (!type)
    return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                   "'" + specification +
                                       "' is neither a tensor such as 1x3xf32 "
                                       "nor a file that ends in .npy");
  auto tensor = HostTensor::create(type);
  if (!tensor)
    return tensor.takeError();
  if (!specification.contains('=')) {
    tensor->fillRandom(seed + index);
    return tensor;
  }
  double value;
  if (valueText.getAsDouble(value))
    return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                   "'" + valueText + "' is not a number");
  tensor->fill(value);
  return tensor;
}

/// The tensors of all inputs, or the exit status.
static int readInputs(const LoadedModel &model, const Options &options,
                      MLIRContext *context, std::vector<HostTensor> &tensors) {
  ArrayRef<RankedTensorType> types = model.inputTypes();
  if (options.inputs.size() > types.size())
    return fail("function '" + options.function + "' has " +
                llvm::Twine(types.size()) + " inputs, but " +
                llvm::Twine(options.inputs.size()) + " are given");
  for (auto [index, type] : llvm::enumerate(types)) {
    if (index >= options.inputs.size()) {
      if (!options.randomInputs)
        return fail("input " + llvm::Twine(index) + " of function '" +
                    options.function + "', of type " + text(type) +
                    ", is not given; use --input or --random-inputs");
      auto tensor = HostTensor::create(type);
      if (!tensor)
        return fail(llvm::toString(tensor.takeError()));
      tensor->fillRandom(options.seed + index);
      tensors.push_back(std::move(*tensor));
      continue;
    }
    auto tensor =
        readInput(options.inputs[index], index, options.seed, context);
    if (!tensor)
      return fail("input " + llvm::Twine(index) + ": " +
                  llvm::toString(tensor.takeError()));
    // NumPy files know neither index nor bf16; their bits are taken as they
    // are.
    Type found = tensor->getType().getElementType(),
         wanted = type.getElementType();
    bool sameBits = found == wanted ||
                    (wanted.isIndex() && found.isInteger(64)) ||
                    (wanted.isBF16() && found.isInteger(16)) ||
                    (found.isIntOrFloat() && wanted.isInteger() &&
                     found.isInteger(wanted.getIntOrFloatBitWidth()));
    if (!sameBits || tensor->getType().getShape() != type.getShape())
      return fail("input " + llvm::Twine(index) + " has type " +
                  text(tensor->getType()) + ", expected " + text(type));
    tensors.push_back(std::move(*tensor));
  }
  return 0;
}

static void print(unsigned index, const HostTensor &tensor, bool printFull) {
  constexpr int64_t shortLength = 16, ends = 6;
  int64_t count = tensor.numElements();
  bool isInteger = !isa<FloatType>(tensor.getType().getElementType());
  llvm::outs() << "result " << index << ": " << tensor.getType() << " = [";
  for (int64_t i = 0; i < count; ++i) {
    if (!printFull && count > shortLength && i == ends) {
      llvm::outs() << ", ...";
      i = count - ends;
    }
    if (i)
      llvm::outs() << ", ";
    if (isInteger)
      llvm::outs() << static_cast<int64_t>(tensor.get(i));
    else
      llvm::outs() << llvm::format("%.9g", tensor.get(i));
  }
  llvm::outs() << "]\n";
}

/// Prints or saves, then compares.
static int finish(LoadedModel &model, const Options &options,
                  MLIRContext *context) {
  ArrayRef<HostTensor> results = model.results();
  if (options.outputs.size() > results.size() ||
      options.expected.size() > results.size())
    return fail(
        "function '" + options.function + "' has " +
        llvm::Twine(results.size()) + " results, but " +
        llvm::Twine(std::max(options.outputs.size(), options.expected.size())) +
        " are named");
  for (auto [index, result] : llvm::enumerate(results)) {
    if (index < options.outputs.size()) {
      if (llvm::Error error = result.writeNpy(options.outputs[index]))
        return fail(llvm::toString(std::move(error)));
    } else if (!options.benchmark && !options.profile &&
               index >= options.expected.size())
      print(index, result, options.printFull);
  }
  int status = 0;
  for (auto [index, path] : llvm::enumerate(options.expected)) {
    auto reference = HostTensor::readNpy(path, context);
    if (!reference)
      return fail(llvm::toString(reference.takeError()));
    const HostTensor &result = results[index];
    if (reference->getType().getShape() != result.getType().getShape())
      return fail(path + " has type " + text(reference->getType()) +
                  ", but result " + llvm::Twine(index) + " has " +
                  text(result.getType()));
    double error = result.relativeError(*reference);
    llvm::outs() << "result " << index << ": relative error "
                 << llvm::format("%.3g", error) << "\n";
    if (!(error <= options.tolerance)) {
      llvm::outs().flush();
      std::string limit;
      llvm::raw_string_ostream(limit)
          << llvm::format("%g", options.tolerance.getValue());
      status = fail("result " + llvm::Twine(index) + " differs from " + path +
                    " by more than " + limit);
    }
  }
  return status;
}

//===----------------------------------------------------------------------===//
// Timing
//===----------------------------------------------------------------------===//

static llvm::Error runBenchmark(LoadedModel &model, double seconds) {
  constexpr double warmUpSeconds = 0.2;
  constexpr size_t fewestCalls = 5;
  double warm = 0;
  for (unsigned i = 0; i < 2 || warm < std::min(warmUpSeconds, seconds); ++i) {
    llvm::Expected<double> call = model.call();
    if (!call)
      return call.takeError();
    warm += *call;
  }
  std::vector<double> times;
  for (double total = 0; times.size() < fewestCalls || total < seconds;
       total += times.back()) {
    llvm::Expected<double> call = model.call();
    if (!call)
      return call.takeError();
    times.push_back(*call);
  }
  std::sort(times.begin(), times.end());
  auto quantile = [&](double q) {
    return times[static_cast<size_t>(q * (times.size() - 1) + 0.5)];
  };
  double median = quantile(0.5);
  llvm::outs() << llvm::format(
      "median %.4f ms, spread %.1f %% (quartiles), min %.4f ms, %zu calls\n",
      median * 1e3, (quantile(0.75) - quantile(0.25)) / median * 100,
      times.front() * 1e3, times.size());
  return llvm::Error::success();
}

/// A table of the tasks, the one that takes longest first. Medians of a call's
/// runs are added up: the rows and the median of the whole differ a little.
static void printProfile(const CallProfile &profile) {
  auto median = [](ArrayRef<double> seconds) {
    std::vector<double> sorted(seconds.begin(), seconds.end());
    auto middle = sorted.begin() + sorted.size() / 2;
    std::nth_element(sorted.begin(), middle, sorted.end());
    return *middle;
  };
  struct Row {
    StringRef task, name;
    int64_t calls = 0;
    double seconds = 0, flops = 0;
  };
  llvm::MapVector<StringRef, Row> rows;
  double outside = median(profile.outside()), total = outside;
  for (const CallProfile::Call &call : profile.calls()) {
    Row &row = rows[call.callee];
    row.task = call.callee;
    row.name = call.name;
    double seconds = median(call.seconds);
    ++row.calls;
    row.seconds += seconds;
    row.flops += std::max<int64_t>(call.flops, 0);
    total += seconds;
  }
  SmallVector<Row> sorted =
      llvm::map_to_vector(rows, [](const auto &entry) { return entry.second; });
  llvm::stable_sort(
      sorted, [](const Row &a, const Row &b) { return a.seconds > b.seconds; });
  llvm::outs() << "      ms      %  calls  GFLOP/s  task\n";
  for (const Row &row : sorted) {
    llvm::outs() << llvm::format("%8.4f  %5.1f  %5lld", row.seconds * 1e3,
                                 row.seconds / total * 100,
                                 static_cast<long long>(row.calls));
    if (row.flops > 0)
      llvm::outs() << llvm::format("  %7.1f", row.flops / row.seconds * 1e-9);
    else
      llvm::outs() << "        -";
    llvm::outs() << "  " << row.task << "  " << row.name << "\n";
  }
  llvm::outs() << llvm::format("%8.4f  %5.1f", outside * 1e3,
                               outside / total * 100)
               << "                  outside of tasks\n";
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  releaseOptionNames();
  Options options;
  llvm::cl::HideUnrelatedOptions(options.category);
  llvm::cl::ParseCommandLineOptions(argc, argv,
                                    "Chameleon: run a model on this machine\n");
  keepFreedMemory();

  auto description = TargetDescription::parse(options.target, options.threads);
  if (!description)
    return fail(llvm::toString(description.takeError()));
  std::string message;
  std::unique_ptr<llvm::MemoryBuffer> content =
      openInputFile(options.file, &message);
  if (!content)
    return fail(message);

  DialectRegistry registry;
  registerAll(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  llvm::SourceMgr sources;
  sources.AddNewSourceBuffer(std::move(content), llvm::SMLoc());
  SourceMgrDiagnosticHandler diagnostics(sources, &context);
  auto start = std::chrono::steady_clock::now();
  OwningOpRef<ModuleOp> module = parseSourceFile<ModuleOp>(sources, &context);
  if (!module)
    return 1;
  double parsing =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
          .count();
  if (options.fillMissing.getNumOccurrences() &&
      failed(fillMissingConstants(*module, options.fillMissing)))
    return 1;

  if (!description->choice.empty() &&
      description->kind != TargetDescription::Kind::CPU)
    emitRemark(module->getLoc())
        << "target " << description->spec() << " (" << description->device
        << "): " << description->choice;
  if (options.profile && description->kind != TargetDescription::Kind::CPU)
    return fail("--profile is for the host CPU, and the target is " +
                description->spec() +
                "; Nsight Systems shows the kernels of a GPU by name");
  CallProfile profile;
  FailureOr<std::unique_ptr<LoadedModel>> loaded = LoadedModel::load(
      *module, options.function, *description, options.optimization,
      options.profile ? &profile : nullptr);
  if (failed(loaded))
    return 1;
  LoadedModel &model = **loaded;
  if (options.timing) {
    llvm::errs() << llvm::format("parse %.1f ms", parsing * 1e3);
    bool inParts = false;
    for (const LoadStep &step : model.steps()) {
      llvm::errs() << (step.isPart && !inParts   ? " ("
                       : !step.isPart && inParts ? "), "
                                                 : ", ")
                   << step.name << llvm::format(" %.1f", step.seconds * 1e3);
      inParts = step.isPart;
    }
    llvm::errs() << (inParts ? ")\n" : "\n");
  }
  std::vector<HostTensor> tensors;
  if (int status = readInputs(model, options, &context, tensors))
    return status;
  SmallVector<const HostTensor *> bound;
  for (HostTensor &tensor : tensors)
    bound.push_back(&tensor);
  llvm::Error error = model.bind(bound);
  if (!error)
    error = model.call().takeError();
  if (!error && (options.benchmark || options.profile))
    error = runBenchmark(model, options.seconds);
  if (!error && options.profile)
    printProfile(profile);
  if (!error)
    error = model.fetchResults();
  if (error)
    return fail(llvm::toString(std::move(error)));
  return finish(model, options, &context);
}

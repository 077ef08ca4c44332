//===- chameleon-run.cpp - run a model on this machine
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   chameleon-run model.mlir --function=main --input=1x3x224x224xf32
//     --benchmark
//   chameleon-run model.mlir --save-program=model.program
//   chameleon-run model.program --random-inputs
//
// Exit status: 0 done; 1 an error was reported or a result differs from its
// --expect.
//
//===----------------------------------------------------------------------===//

#include "chameleon/Model/Model.h"
#include "chameleon/Prepare/Prepare.h"
#include "chameleon/Runtime/CPUEngine.h"
#include "chameleon/Runtime/GeneratorHash.h"
#include "chameleon/Runtime/OutputFile.h"
#include "chameleon/Target/Backend.h"
#include "chameleon/Target/CPUDevice.h"
#include "chameleon/Transforms/Passes.h"
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
#include <csignal>
#include <limits>

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
  llvm::cl::opt<std::string> file{
      llvm::cl::Positional, llvm::cl::desc("<model.mlir or saved program>"),
      llvm::cl::Required, llvm::cl::cat(category)};
  llvm::cl::opt<std::string> function{
      "function", llvm::cl::desc("Function to run"), llvm::cl::init("main"),
      llvm::cl::cat(category)};
  llvm::cl::list<std::string> inputs{
      "input",
      llvm::cl::desc("One input, in order: file.npy, 1x3xf32 (random), "
                     "1x3xf32=0.5 (one value everywhere), f64=3 (a scalar)"),
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
  llvm::cl::list<std::string> weights{
      "weights",
      llvm::cl::desc("Read weights that have no data from a file, by their "
                     "names: an .npy file holds the one that it is called "
                     "after, a safetensors file any number (repeatable)"),
      llvm::cl::value_desc("file"), llvm::cl::cat(category)};
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
  llvm::cl::opt<std::string> saveProgram{
      "save-program",
      llvm::cl::desc("Save the compiled model instead of running it; "
                     "chameleon-run <file> runs it without compiling. Needs no "
                     "device"),
      llvm::cl::value_desc("file"), llvm::cl::cat(category)};
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
        "print-full", "seed", "fill-missing", "weights", "benchmark", "profile",
        "seconds", "threads", "target", "O", "save-program", "timing"})
    if (llvm::cl::Option *other = llvm::cl::getRegisteredOptions().lookup(name))
      other->removeArgument();
}

/// Reports an error that is not about a place in the model.
static int fail(const llvm::Twine &message) {
  llvm::errs() << "chameleon-run: error: " << message << "\n";
  return 1;
}

static std::string number(double value) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%g", value);
  return text;
}

/// As MLIR writes it.
static std::string text(const BufferType &type) {
  return "'tensor<" + type.str() + ">'";
}

//===----------------------------------------------------------------------===//
// Inputs and outputs
//===----------------------------------------------------------------------===//

/// Reads one --input.
static llvm::Expected<HostTensor> readInput(StringRef specification,
                                            unsigned index, uint64_t seed) {
  if (specification.ends_with(".npy"))
    return HostTensor::readNpy(specification);
  auto [shape, valueText] = specification.split('=');
  shape.consume_front("x"); // xf64, as shapes are joined with their type
  std::optional<BufferType> type = BufferType::parse(shape);
  if (!type)
    return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                   "'" + specification +
                                       "' is neither a tensor such as 1x3xf32 "
                                       "nor a file that ends in .npy");
  auto tensor = HostTensor::create(*type);
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

/// Whether a file of `found` may stand for `wanted`: NumPy knows neither index
/// nor floats such as bf16, and its integers have no sign here; bits are taken
/// as they are.
static bool haveSameBits(ElementType found, ElementType wanted) {
  if (found == wanted)
    return true;
  auto isBit = [](ElementType type) { return type == ElementType::I1; };
  bool isNumPyFloat = wanted == ElementType::F16 ||
                      wanted == ElementType::F32 || wanted == ElementType::F64;
  return !isFloat(found) && !isBit(found) && !isBit(wanted) &&
         byteWidth(found) == byteWidth(wanted) && !isNumPyFloat;
}

/// The tensors of all inputs, or the exit status.
static int readInputs(const Model &model, const Options &options,
                      std::vector<HostTensor> &tensors) {
  ArrayRef<BufferType> types = model.inputTypes();
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
    auto tensor = readInput(options.inputs[index], index, options.seed);
    if (!tensor)
      return fail("input " + llvm::Twine(index) + ": " +
                  llvm::toString(tensor.takeError()));
    if (!haveSameBits(tensor->getType().element, type.element) ||
        tensor->getType().shape != type.shape)
      return fail("input " + llvm::Twine(index) + " has type " +
                  text(tensor->getType()) + ", expected " + text(type));
    tensors.push_back(std::move(*tensor));
  }
  return 0;
}

static void print(unsigned index, const HostTensor &tensor, bool printFull) {
  constexpr int64_t shortLength = 16, ends = 6;
  int64_t count = tensor.numElements();
  bool isInteger = !isFloat(tensor.getType().element);
  llvm::outs() << "result " << index << ": tensor<" << tensor.getType().str()
               << "> = [";
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

/// The tensors of all --expect, or the exit status.
static int readExpected(Model &model, const Options &options,
                        std::vector<HostTensor> &tensors) {
  ArrayRef<HostTensor> results = model.results();
  size_t named = std::max(options.outputs.size(), options.expected.size());
  if (named > results.size())
    return fail("function '" + options.function + "' has " +
                llvm::Twine(results.size()) + " results, but " +
                llvm::Twine(named) + " are named");
  for (auto [index, path] : llvm::enumerate(options.expected)) {
    auto tensor = HostTensor::readNpy(path);
    if (!tensor)
      return fail(llvm::toString(tensor.takeError()));
    const BufferType &found = tensor->getType(),
                     &wanted = results[index].getType();
    if (found.shape != wanted.shape)
      return fail(path + " has type " + text(found) + ", but result " +
                  llvm::Twine(index) + " has " + text(wanted));
    if (haveSameBits(found.element, wanted.element))
      tensor->reinterpret(wanted.element);
    else if (isFloat(wanted.element) && !isFloat(found.element))
      return fail(path + " has type " + text(found) + ", but result " +
                  llvm::Twine(index) + " has " + text(wanted));
    tensors.push_back(std::move(*tensor));
  }
  return 0;
}

/// Prints or saves, then compares.
static int finish(Model &model, const Options &options,
                  ArrayRef<HostTensor> expected) {
  ArrayRef<HostTensor> results = model.results();
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
    double error = results[index].relativeError(expected[index]);
    llvm::outs() << "result " << index << ": relative error "
                 << llvm::format("%.3g", error) << "\n";
    if (!(error <= options.tolerance)) {
      llvm::outs().flush();
      status = fail("result " + llvm::Twine(index) + " differs from " + path +
                    " by more than " + number(options.tolerance));
    }
  }
  return status;
}

//===----------------------------------------------------------------------===//
// Timing
//===----------------------------------------------------------------------===//

static llvm::Error runBenchmark(Model &model, double seconds) {
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

//===----------------------------------------------------------------------===//
// Models
//===----------------------------------------------------------------------===//

/// "parse 1.0 ms, lower 2.0, compile 3.0 (translate 1.0, optimise 2.0)".
static void printSteps(ArrayRef<CompileStep> steps) {
  bool inParts = false, isFirst = true;
  for (const CompileStep &step : steps) {
    if (!isFirst)
      llvm::errs() << (step.isPart && !inParts   ? " ("
                       : !step.isPart && inParts ? "), "
                                                 : ", ");
    llvm::errs() << step.name << llvm::format(" %.1f", step.seconds * 1e3)
                 << (isFirst ? " ms" : "");
    inParts = step.isPart;
    isFirst = false;
  }
  llvm::errs() << (inParts ? ")\n" : "\n");
}

/// What there is to run, and where.
namespace {
struct Loaded {
  std::shared_ptr<const Program> program;
  std::unique_ptr<Engine> engine;
  std::vector<CompileStep> steps;
  /// Reports about the model, at its beginning.
  std::function<void(llvm::Error)> report;
};
} // namespace

/// A program that was saved, on the device that it is for.
static int loadSaved(const Options &options, MLIRContext *context,
                     Loaded &loaded) {
  double begin = monotonicSeconds();
  llvm::Expected<Program> program = loadProgram(options.file);
  if (!program)
    return fail(llvm::toString(program.takeError()));
  loaded.steps.push_back({"read", monotonicSeconds() - begin});
  if (options.profile || !options.saveProgram.empty() ||
      !options.weights.empty())
    return fail(options.file + " is compiled already; --profile, "
                               "--save-program and --weights need the model");
  loaded.program = std::make_shared<Program>(std::move(*program));
  loaded.report = [&](llvm::Error error) {
    fail(options.file + ": " + llvm::toString(std::move(error)));
  };
  bool isNamed = options.target.getNumOccurrences() && options.target != "auto";
  DeviceOptions deviceOptions;
  deviceOptions.threads = options.threads;
  llvm::Expected<std::unique_ptr<Engine>> engine = nullptr;
  if (isNamed) {
    auto device =
        BackendRegistry::parse(context, options.target, deviceOptions);
    if (!device)
      return fail(llvm::toString(device.takeError()));
    engine = (*device)->openEngine();
  } else {
    engine =
        BackendRegistry::openEngine(context, *loaded.program, deviceOptions);
  }
  if (!engine) {
    loaded.report(engine.takeError());
    return 1;
  }
  loaded.engine = std::move(*engine);
  return 0;
}

/// Compiles a module for the target; `profile`: while it runs.
static int compile(ModuleOp module, const Options &options,
                   CallProfile &profile, Loaded &loaded) {
  DeviceOptions deviceOptions;
  deviceOptions.threads = options.threads;
  std::string choice;
  auto device = BackendRegistry::parse(module.getContext(), options.target,
                                       deviceOptions, &choice);
  if (!device)
    return fail(llvm::toString(device.takeError()));
  for (const std::string &file : options.weights)
    if (failed(loadWeights(module, file)))
      return 1;
  if (options.fillMissing.getNumOccurrences() &&
      failed(fillMissingConstants(module, options.fillMissing)))
    return 1;
  bool isHost = dynamic_cast<const CPUDevice *>(device->get());
  if (!choice.empty() && !isHost)
    emitRemark(module->getLoc()) << "target " << (*device)->getSpec() << " ("
                                 << (*device)->getName() << "): " << choice;
  if (options.profile && !isHost)
    return fail("--profile is for the host CPU, and the target is " +
                (*device)->getSpec() +
                "; Nsight Systems shows the kernels of a GPU by name");
  CompileModelOptions compile;
  compile.compile.optimization = options.optimization;
  compile.compile.cache = isHost ? "" : getCodeCache();
  if (options.saveProgram.empty())
    compile.function = options.function;
  if (options.profile)
    compile.profile = &profile;
  FailureOr<Program> program =
      compileModel(module, **device, compile, loaded.steps);
  if (failed(program))
    return 1;
  loaded.program = std::make_shared<Program>(std::move(*program));
  loaded.report = [location = module.getLoc()](llvm::Error error) {
    emitError(location) << llvm::toString(std::move(error));
  };
  if (!options.saveProgram.empty())
    return 0;
  auto engine = (*device)->openEngine();
  if (!engine) {
    loaded.report(engine.takeError());
    return 1;
  }
  loaded.engine = std::move(*engine);
  return 0;
}

static int run(const Options &options, CallProfile &profile, Loaded &loaded) {
  auto created =
      Model::create(loaded.program, options.function, std::move(loaded.engine),
                    options.profile ? &profile : nullptr);
  if (!created) {
    loaded.report(created.takeError());
    return 1;
  }
  Model &model = **created;
  if (options.timing) {
    llvm::append_range(loaded.steps, model.steps());
    printSteps(loaded.steps);
  }
  std::vector<HostTensor> tensors;
  if (int status = readInputs(model, options, tensors))
    return status;
  std::vector<HostTensor> expected;
  if (int status = readExpected(model, options, expected))
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
  return finish(model, options, expected);
}

/// Numbers within their ranges, and files that can be written, to each of which
/// one thing is written: before the model is compiled.
static int checkOptions(const Options &options) {
  auto isWithin = [](double value, double most) {
    return value >= 0 && value <= most; // no NaN
  };
  if (!isWithin(options.tolerance, std::numeric_limits<double>::max()))
    return fail("--tolerance is " + number(options.tolerance) +
                ", expected at least 0, and finite");
  if (!isWithin(options.seconds, 1e6))
    return fail("--seconds is " + number(options.seconds) +
                ", expected 0 to 1e+06");
  if (options.threads > 1024)
    return fail("--threads is " + llvm::Twine(options.threads) +
                ", expected at most 1024");
  std::vector<std::string> written(options.outputs.begin(),
                                   options.outputs.end());
  if (!options.saveProgram.empty())
    written.push_back(options.saveProgram);
  std::vector<std::string> others{options.file};
  llvm::append_range(others, options.inputs);
  llvm::append_range(others, options.expected);
  for (const std::string &path : written) {
    bool isStream = path == "-" || path.starts_with("/dev/");
    for (const std::string &other : others)
      if (!isStream && isSameFile(path, other))
        return fail("'" + path + "' would be written over '" + other + "'");
    others.push_back(path);
    if (llvm::Error error = OutputFile::open(path).takeError())
      return fail(llvm::toString(std::move(error)));
  }
  return 0;
}

static int runTool(int argc, char **argv) {
  releaseOptionNames();
  Options options;
  llvm::cl::HideUnrelatedOptions(options.category);
  llvm::cl::AddExtraVersionPrinter([](llvm::raw_ostream &os) {
    os << "Chameleon code generator " << chameleon::getGeneratorHash() << "\n";
  });
  llvm::cl::ParseCommandLineOptions(argc, argv,
                                    "Chameleon: run a model on this machine\n");
  keepFreedMemory();
  if (int status = checkOptions(options))
    return status;

  std::string message;
  std::unique_ptr<llvm::MemoryBuffer> content =
      openInputFile(options.file, &message);
  if (!content)
    return fail(message);
  CallProfile profile;
  Loaded loaded;
  DialectRegistry registry;
  registerAll(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  // A lowered function is pages of code that its user has not written.
  context.printOpOnDiagnostic(false);
  if (isProgram(content->getBuffer())) {
    if (int status = loadSaved(options, &context, loaded))
      return status;
    return run(options, profile, loaded);
  }

  llvm::SourceMgr sources;
  sources.AddNewSourceBuffer(std::move(content), llvm::SMLoc());
  SourceMgrDiagnosticHandler diagnostics(sources, &context);
  double begin = monotonicSeconds();
  OwningOpRef<ModuleOp> module = parseSourceFile<ModuleOp>(sources, &context);
  if (!module)
    return 1;
  loaded.steps.push_back({"parse", monotonicSeconds() - begin});
  if (int status = compile(*module, options, profile, loaded))
    return status;
  if (options.saveProgram.empty())
    return run(options, profile, loaded);
  if (options.timing)
    printSteps(loaded.steps);
  if (llvm::Error error = saveProgram(*loaded.program, options.saveProgram))
    return fail(llvm::toString(std::move(error)));
  return 0;
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  // Then writing fails, which is an error like others.
  signal(SIGXFSZ, SIG_IGN);
  int status = runTool(argc, argv);
  if (llvm::Error error = flushStdout())
    status = fail(llvm::toString(std::move(error)));
  llvm::errs().clear_error(); // nobody is left to tell
  return status;
}

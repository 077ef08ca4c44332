//===- PrepareReference.cpp - what every candidate of a task is compared with
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Of a small task the whole, in double precision, by plain loops. Of a large
// one that would take longer than tuning it: there some tiles are computed so,
// and where the default of a schedule agrees with them, all of its results are
// the reference (docs/measurement.md).
//
//===----------------------------------------------------------------------===//

#include "SampleOutputs.h"
#include "TaskInputs.h"
#include "TaskProgram.h"
#include "chameleon/Measure/Reference.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>
#include <cstring>

using namespace chameleon;
using namespace mlir;

/// Of tiles, by plain loops: a tenth of a second.
static constexpr double mostSampledIterations = 1e8;
/// Between results that are right, of any order of summation.
static constexpr double agreement = 1e-4;

namespace {
/// What a set of inputs has come to.
struct Quality {
  int64_t notFinite = 0, elements = 0; ///< of float references
  bool isOutOfRange = false;           ///< of the task's own types, or nearly
  double noise = 0; ///< of plain loops in the task's own precision

  bool isGood() const {
    return notFinite == 0 && !isOutOfRange && noise <= agreement / 2;
  }
  /// The better is less.
  std::tuple<int64_t, bool, double> rank() const {
    return {notFinite, isOutOfRange, noise};
  }
};

class Reference {
public:
  Reference(const MeasureTask &task, const TaskSignature &signature,
            ModuleOp payload, uint64_t seed, const ReferenceEngines &engines)
      : task(task), signature(signature), payload(payload), seed(seed),
        engines(engines), needs(InputNeeds::of(payload)) {
    prepared.data.resize(signature.totalBytes());
    if (llvm::any_of(signature.arguments, [](const auto &argument) {
          return isa<FloatType>(argument.type.getElementType()) &&
                 !isFloat(argument.kind);
        }))
      whyNotWide = "floats of eight bits are compared as they are stored";
    else
      wide = widenToDouble(payload, whyNotWide);
    isWide = static_cast<bool>(wide);
    if (!isWide)
      wide = payload.clone();
  }

  llvm::Expected<PreparedTask> compute();

private:
  llvm::Error fill(InputKind kind) {
    return fillInputs(signature, needs, kind, seed, prepared.data);
  }
  /// As `isWide` says, of the task's own or of double precision.
  ElementKind kindOf(const TaskSignature::Argument &argument, bool asWide) {
    return asWide && isFloat(argument.kind) ? ElementKind::F64 : argument.kind;
  }
  std::vector<GuardedBuffer> makeInputs(bool asWide) const;
  void store(size_t output, ElementKind kind, const void *values);
  llvm::Error computeAll();
  llvm::Expected<bool> takeDefault();
  std::string compareTiles(ArrayRef<OutputTile> tiles,
                           ArrayRef<GuardedBuffer> samples);
  llvm::Expected<double> measureNoise();
  Quality judge() const;
  void addRemark(const llvm::Twine &text);

  const MeasureTask &task;
  const TaskSignature &signature;
  ModuleOp payload;
  uint64_t seed;
  const ReferenceEngines &engines;
  InputNeeds needs;
  OwningOpRef<ModuleOp> wide;
  std::string whyNotWide;
  bool isWide;
  PreparedTask prepared;
};
} // namespace

void Reference::addRemark(const llvm::Twine &text) {
  prepared.remark += (prepared.remark.empty() ? "" : "; ") + text.str();
}

/// Copies with guards; `asWide`: floats as doubles.
std::vector<GuardedBuffer> Reference::makeInputs(bool asWide) const {
  std::vector<GuardedBuffer> buffers;
  for (auto [position, argument] : llvm::enumerate(signature.inputs())) {
    const char *input = prepared.data.data() + signature.inputOffset(position);
    bool widened = asWide && isFloat(argument.kind);
    GuardedBuffer &buffer = buffers.emplace_back(
        argument.elements * (widened ? 8 : byteWidth(argument.kind)));
    if (widened)
      for (int64_t i = 0; i < argument.elements; ++i)
        reinterpret_cast<double *>(buffer.data())[i] =
            readElement(argument.kind, input, i);
    else
      memcpy(buffer.data(), input, buffer.size());
  }
  return buffers;
}

/// Keeps an output as the reference.
void Reference::store(size_t output, ElementKind kind, const void *values) {
  const TaskSignature::Argument &argument = signature.outputs()[output];
  char *to = prepared.data.data() + signature.referenceOffset(output);
  for (int64_t i = 0; i < argument.elements; ++i)
    if (isFloat(kind))
      reinterpret_cast<double *>(to)[i] = readElement(kind, values, i);
    else if (kind == ElementKind::I64)
      memcpy(to + 8 * i, static_cast<const char *>(values) + 8 * i, 8);
    else
      reinterpret_cast<int64_t *>(to)[i] =
          static_cast<int64_t>(readElement(kind, values, i));
}

/// The whole, by plain loops.
llvm::Error Reference::computeAll() {
  std::vector<GuardedBuffer> buffers = makeInputs(isWide);
  for (const TaskSignature::Argument &argument : signature.outputs()) {
    ElementKind kind = kindOf(argument, isWide);
    buffers.emplace_back(argument.elements * byteWidth(kind)).poison(kind);
  }
  OwningOpRef<ModuleOp> program = wide->clone();
  orderLoopsAlongMemory(*program);
  if (llvm::Error error = engines.plain(*program, signature.function, buffers))
    return error;
  for (auto [output, argument] : llvm::enumerate(signature.outputs()))
    store(output, kindOf(argument, isWide),
          buffers[signature.numInputs + output].data());
  return llvm::Error::success();
}

/// How far plain loops in the task's own precision are off.
llvm::Expected<double> Reference::measureNoise() {
  std::vector<GuardedBuffer> buffers = makeInputs(/*asWide=*/false);
  for (const TaskSignature::Argument &argument : signature.outputs())
    buffers.emplace_back(argument.bytes()).poison(argument.kind);
  OwningOpRef<ModuleOp> program = payload.clone();
  orderLoopsAlongMemory(*program);
  if (llvm::Error error = engines.host(*program, signature.function, buffers))
    return error;
  double noise = 0;
  for (auto [output, argument] : llvm::enumerate(signature.outputs())) {
    const void *values = buffers[signature.numInputs + output].data(),
               *reference =
                   prepared.data.data() + signature.referenceOffset(output);
    double error =
        isFloat(argument.kind)
            ? compareFloats(argument.kind, values,
                            static_cast<const double *>(reference),
                            argument.elements)
                  .relativeError
            : compareIntegers(argument.kind, values,
                              static_cast<const int64_t *>(reference),
                              argument.elements)
                  .relativeError;
    // What narrow types may be off is no noise.
    noise = std::max(noise, error * agreement /
                                getTolerance(argument.kind, agreement));
  }
  return noise;
}

Quality Reference::judge() const {
  Quality quality;
  for (auto [output, argument] : llvm::enumerate(signature.outputs())) {
    if (!isFloat(argument.kind) || argument.elements == 0)
      continue;
    const auto *reference = reinterpret_cast<const double *>(
        prepared.data.data() + signature.referenceOffset(output));
    double largest = 0;
    for (int64_t i = 0; i < argument.elements; ++i)
      if (std::isfinite(reference[i]))
        largest = std::max(largest, std::fabs(reference[i]));
      else
        ++quality.notFinite;
    quality.elements += argument.elements;
    auto [smallestNormal, mostFinite] = getRange(argument.kind);
    // Far from where the small ones among them are no normal numbers.
    quality.isOutOfRange |=
        largest > mostFinite || largest < std::sqrt(smallestNormal);
  }
  return quality;
}

//===----------------------------------------------------------------------===//
// Large tasks
//===----------------------------------------------------------------------===//

/// Empty: the reference that is stored agrees with samples of all outputs.
std::string Reference::compareTiles(ArrayRef<OutputTile> tiles,
                                    ArrayRef<GuardedBuffer> samples) {
  for (auto [output, argument] : llvm::enumerate(signature.outputs())) {
    const char *stored =
        prepared.data.data() + signature.referenceOffset(output);
    std::vector<double> found, expected;
    for (auto [tile, sample] : llvm::zip_equal(tiles, samples)) {
      if (tile.output != output)
        continue;
      for (int64_t i = 0; i < tile.countElements(); ++i) {
        int64_t position = tile.locate(i, argument.type.getShape());
        found.push_back(
            isFloat(argument.kind)
                ? reinterpret_cast<const double *>(stored)[position]
                : static_cast<double>(
                      reinterpret_cast<const int64_t *>(stored)[position]));
        expected.push_back(
            readElement(kindOf(argument, isWide), sample.data(), i));
      }
    }
    double allowed =
        isFloat(argument.kind) ? getTolerance(argument.kind, agreement) : 0;
    Comparison comparison =
        compareFloats(ElementKind::F64, found.data(), expected.data(),
                      static_cast<int64_t>(found.size()));
    if (!(comparison.relativeError <= allowed))
      return llvm::formatv("output {0}: sample {1}", output,
                           describe(comparison));
  }
  return "";
}

/// Whether the default of some schedule gave the reference. False: on these
/// inputs it is not finite. Errors: none agrees with the samples.
llvm::Expected<bool> Reference::takeDefault() {
  std::vector<OutputTile> tiles = chooseTiles(signature, seed);
  OwningOpRef<ModuleOp> program =
      cutToTiles(*wide, signature, tiles, mostSampledIterations);
  if (!program)
    return llvm::createStringError("its results cannot be sampled");
  // After the first default has run: the device, if there is one, is in use or
  // is not, which is known by then.
  std::vector<GuardedBuffer> samples;
  auto computeSamples = [&]() -> llvm::Error {
    std::vector<GuardedBuffer> buffers = makeInputs(/*asWide=*/false);
    for (const OutputTile &tile : tiles) {
      ElementKind kind = kindOf(signature.outputs()[tile.output], isWide);
      buffers.emplace_back(tile.countElements() * byteWidth(kind)).poison(kind);
    }
    if (llvm::Error error = engines.host(*program, signature.function, buffers))
      return error;
    std::move(buffers.begin() + signature.numInputs, buffers.end(),
              std::back_inserter(samples));
    return llvm::Error::success();
  };
  std::string why;
  for (const std::string &spec : task.defaults) {
    std::vector<GuardedBuffer> outputs;
    for (const TaskSignature::Argument &argument : signature.outputs())
      outputs.emplace_back(argument.bytes());
    if (llvm::Error error = engines.candidate(spec, prepared.data, outputs)) {
      why = llvm::toString(std::move(error));
      continue;
    }
    if (samples.empty())
      if (llvm::Error error = computeSamples())
        return error;
    for (auto [output, argument] : llvm::enumerate(signature.outputs()))
      store(output, argument.kind, outputs[output].data());
    why = compareTiles(tiles, samples);
    // An element that was not written is not finite either.
    if (why.empty())
      return judge().notFinite == 0;
  }
  return llvm::createStringError("%s", why.c_str());
}

//===----------------------------------------------------------------------===//
// All tasks
//===----------------------------------------------------------------------===//

llvm::Expected<PreparedTask> Reference::compute() {
  std::string whyWhole;
  if (engines.candidate && !task.defaults.empty() &&
      countIterations(*wide) > engines.mostIterations)
    for (InputKind kind : inputKinds) {
      if (llvm::Error error = fill(kind))
        return error;
      llvm::Expected<bool> taken = takeDefault();
      if (taken && *taken && judge().isGood())
        return std::move(prepared);
      // Other inputs may make less noise; else it takes the whole, however
      // long that is.
      if (llvm::Error error = taken.takeError()) {
        whyWhole = llvm::toString(std::move(error));
        if (!needs.isDelicate)
          break;
      }
    }
  if (!whyWhole.empty())
    addRemark("the reference is computed as a whole, for no default agrees "
              "with samples of it: " +
              whyWhole);
  if (!isWide)
    addRemark("the reference has the task's own precision: " + whyNotWide);
  std::optional<std::pair<Quality, InputKind>> best;
  auto attempt = [&](InputKind kind) -> llvm::Expected<Quality> {
    if (llvm::Error error = fill(kind))
      return error;
    if (llvm::Error error = computeAll())
      return llvm::createStringError("computing the reference: %s",
                                     llvm::toString(std::move(error)).c_str());
    Quality quality = judge();
    if (isWide && needs.isDelicate && quality.notFinite == 0) {
      llvm::Expected<double> noise = measureNoise();
      if (noise)
        quality.noise = *noise;
      else // then it is not known
        llvm::consumeError(noise.takeError());
    }
    return quality;
  };
  InputKind last = InputKind::Uniform;
  for (InputKind kind : inputKinds) {
    llvm::Expected<Quality> quality = attempt(kind);
    if (!quality)
      return quality.takeError();
    last = kind;
    if (!best || quality->rank() < best->first.rank())
      best = {*quality, kind};
    if (quality->isGood())
      return std::move(prepared);
  }
  const auto &[quality, kind] = *best;
  if (quality.elements > 0 && quality.notFinite == quality.elements)
    return llvm::createStringError("the reference has no finite element (does "
                                   "the task read its destination?)");
  if (kind != last)
    if (llvm::Error error = attempt(kind).takeError())
      return error;
  if (quality.notFinite > 0)
    addRemark(llvm::formatv("{0} of {1} elements of the reference are not "
                            "finite; they are hardly checked",
                            quality.notFinite, quality.elements)
                  .str());
  if (quality.noise > agreement)
    addRemark("its results are sensitive to rounding: plain loops in its own "
              "precision are off by more than the tolerance");
  return std::move(prepared);
}

llvm::Expected<PreparedTask>
chameleon::prepareReference(const MeasureTask &task, uint64_t seed,
                            MLIRContext *context,
                            const ReferenceEngines &engines) {
  auto payload = parseModule(task.payload, "the payload", context);
  if (!payload)
    return payload.takeError();
  llvm::Expected<TaskSignature> signature =
      TaskSignature::of(**payload, task.numOutputs);
  if (!signature)
    return signature.takeError();
  return Reference(task, *signature, **payload, seed, engines).compute();
}

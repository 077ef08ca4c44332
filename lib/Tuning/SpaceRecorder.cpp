//===- SpaceRecorder.cpp - writes trials as a recorded space
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Tuning/SpaceRecorder.h"
#include "chameleon/Runtime/OutputFile.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace chameleon;

static llvm::json::Value toJson(Attribute option) {
  if (auto integer = dyn_cast<IntegerAttr>(option))
    return integer.getInt();
  if (auto number = dyn_cast<FloatAttr>(option))
    return number.getValueAsDouble();
  if (auto string = dyn_cast<StringAttr>(option))
    return string.getValue();
  std::string text;
  llvm::raw_string_ostream(text) << option;
  return text;
}

void SpaceRecorder::add(ArrayRef<int32_t> configuration,
                        const Measurement &measurement) {
  if (isMeasured(measurement.outcome))
    trials.push_back({Configuration(configuration), measurement});
}

llvm::Error SpaceRecorder::write(StringRef path,
                                 const Description &task) const {
  llvm::Expected<OutputFile> output = OutputFile::open(path);
  if (!output)
    return output.takeError();
  raw_ostream &file = output->stream();
  std::optional<int64_t> legal = space.countLegal();
  auto writeMember = [&](StringRef name, llvm::json::Value value) {
    file << llvm::json::Value(name) << ": " << value;
  };
  file << "{\n ";
  writeMember("task", llvm::json::Object{{"key", task.key},
                                         {"name", task.name},
                                         {"schedule", task.schedule},
                                         {"fingerprint", task.fingerprint},
                                         {"flops", task.flops}});
  file << ",\n ";
  writeMember("device", task.device);
  file << ",\n ";
  writeMember("complete",
              legal && static_cast<size_t>(*legal) == trials.size());
  file << ",\n \"knobs\": [";
  for (auto [i, knob] : llvm::enumerate(space.getKnobs())) {
    llvm::json::Array options;
    for (Attribute option : knob.options)
      options.push_back(toJson(option));
    file << (i ? ",\n  " : "\n  ")
         << llvm::json::Value(
                llvm::json::Object{{"name", knob.name},
                                   {"options", std::move(options)},
                                   {"ordered", knob.ordered}});
  }
  file << "\n ],\n \"records\": [";
  for (auto [i, trial] : llvm::enumerate(trials)) {
    const Measurement &measurement = trial.measurement;
    llvm::json::Array options;
    for (int32_t option : trial.configuration)
      options.push_back(option);
    llvm::json::Object record{{"config", std::move(options)},
                              {"status", toString(measurement.outcome)},
                              {"compile_ms", measurement.compileSeconds * 1e3},
                              {"measure_ms", measurement.measureSeconds * 1e3}};
    if (measurement.outcome == Outcome::Ok) {
      record["time_us"] = measurement.seconds * 1e6;
      record["spread_us"] = measurement.spreadSeconds * 1e6;
    } else {
      record["reason"] = measurement.message;
    }
    file << (i ? ",\n  " : "\n  ") << llvm::json::Value(std::move(record));
  }
  file << "\n ]\n}\n";
  return output->commit();
}

std::string SpaceRecorder::getPath(StringRef path, StringRef task,
                                   bool isOnly) {
  if (isOnly)
    return path.str();
  StringRef extension = llvm::sys::path::extension(path);
  return (path.drop_back(extension.size()) + "." + task + extension).str();
}

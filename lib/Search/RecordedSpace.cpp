//===- RecordedSpace.cpp - exhaustively measured design spaces ------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/RecordedSpace.h"
#include "chameleon/Search/Json.h"
#include <algorithm>
#include <cmath>
#include <map>
#include <zlib.h>

using namespace chameleon::search;

namespace chameleon::search {

/// Fills a RecordedSpace from a document of any format. Each function returns
/// what is wrong, or nothing.
class RecordingReader {
public:
  RecordingReader(RecordedSpace &recorded) : recorded(recorded) {}

  std::string read(const Json &root) {
    std::string error = root.has("records")   ? readOwn(root)
                        : root.has("cache")   ? readCache(root)
                        : root.has("results") ? readT4(root)
                                              : "";
    if (!error.empty())
      return error;
    if (recorded.points.empty())
      return "no point; expected one of the members records, cache, results";
    return recorded.bestSeconds > 0 ? "" : "no point that succeeded";
  }

private:
  /// The options of a parameter that has been seen, by their text.
  struct Parameter {
    std::string name;
    std::vector<Json> options;
    std::map<std::string, int32_t> indices;

    void add(const Json &option) {
      if (indices.try_emplace(option.toText(), options.size()).second)
        options.push_back(option);
    }
  };

  /// Makes a knob of a parameter with a choice; -1 for others.
  int addKnob(Parameter &parameter) {
    if (parameter.options.size() < 2)
      return -1;
    bool numeric =
        std::all_of(parameter.options.begin(), parameter.options.end(),
                    [](const Json &option) { return option.isNumber(); });
    if (numeric)
      std::stable_sort(parameter.options.begin(), parameter.options.end(),
                       [](const Json &left, const Json &right) {
                         return left.asNumber(0) < right.asNumber(0);
                       });
    Knob knob;
    knob.name = parameter.name;
    knob.ordered = numeric;
    for (size_t i = 0; i < parameter.options.size(); ++i) {
      const Json &option = parameter.options[i];
      parameter.indices[option.toText()] = static_cast<int32_t>(i);
      knob.values.push_back(option.asNumber(static_cast<double>(i)));
    }
    recorded.knobs.push_back(std::move(knob));
    return static_cast<int>(recorded.knobs.size()) - 1;
  }

  void add(Configuration configuration, RecordedPoint point) {
    if (point.succeeded && !(std::isfinite(point.seconds) && point.seconds > 0))
      point.succeeded = false;
    if (!std::isfinite(point.costSeconds) || point.costSeconds < 0)
      point.costSeconds = 0;
    auto [entry, isNew] =
        recorded.points.try_emplace(std::move(configuration), point);
    if (!isNew)
      return;
    recorded.numFailures += !point.succeeded;
    if (point.succeeded &&
        (recorded.bestSeconds == 0 || point.seconds < recorded.bestSeconds))
      recorded.bestSeconds = point.seconds;
  }

  std::string readOwn(const Json &root);
  std::string readCache(const Json &root);
  std::string readT4(const Json &root);
  /// Parameters by name, and a point per (values by name, point).
  std::string
  addNamed(std::vector<Parameter> parameters,
           const std::vector<std::pair<const Json *, RecordedPoint>> &entries);

  RecordedSpace &recorded;
};

std::string RecordingReader::readOwn(const Json &root) {
  // Unlike the others, the files name options by index, so that even a knob of
  // one option keeps its place.
  std::vector<int> knobs;
  std::vector<std::vector<int32_t>> indices;
  for (const Json &description : root.get("knobs").getElements()) {
    Parameter parameter;
    parameter.name = description.get("name").asString();
    std::vector<std::string> texts;
    for (const Json &option : description.get("options").getElements()) {
      parameter.add(option);
      texts.push_back(option.toText());
    }
    if (parameter.options.size() != texts.size() || texts.empty())
      return "knob '" + parameter.name + "' has equal options, or none";
    knobs.push_back(addKnob(parameter));
    if (knobs.back() >= 0 && description.has("ordered"))
      recorded.knobs.back().ordered =
          description.get("ordered").asNumber(0) != 0;
    indices.emplace_back();
    for (const std::string &text : texts)
      indices.back().push_back(parameter.indices[text]);
  }
  recorded.device = root.get("device").asString();
  for (const Json &record : root.get("records").getElements()) {
    const std::string &status = record.get("status").asString();
    if (status == "constraint")
      continue;
    const std::vector<Json> &options = record.get("config").getElements();
    if (options.size() != knobs.size())
      return "a record has " + std::to_string(options.size()) +
             " options, expected " + std::to_string(knobs.size());
    Configuration configuration;
    for (size_t i = 0; i < options.size(); ++i) {
      double option = options[i].asNumber(-1);
      if (!(option >= 0 && option < static_cast<double>(indices[i].size())))
        return "a record's option " + options[i].toText() + " is out of range";
      if (knobs[i] >= 0)
        configuration.push_back(indices[i][static_cast<size_t>(option)]);
    }
    RecordedPoint point;
    point.succeeded = status == "ok";
    point.seconds = record.get("time_us").asNumber(0) * 1e-6;
    point.costSeconds = (record.get("compile_ms").asNumber(0) +
                         record.get("ptxas_ms").asNumber(0)) *
                        1e-3;
    // Compiling was all that happened to those that did not run.
    double otherwise = status == "compile" || status == "ptxas"
                           ? 0
                           : RecordedSpace::defaultMeasureSeconds * 1e3;
    point.costSeconds += record.get("measure_ms").asNumber(otherwise) * 1e-3;
    add(std::move(configuration), point);
  }
  return "";
}

std::string RecordingReader::addNamed(
    std::vector<Parameter> parameters,
    const std::vector<std::pair<const Json *, RecordedPoint>> &entries) {
  for (const auto &[values, point] : entries)
    for (Parameter &parameter : parameters) {
      if (!values->has(parameter.name))
        return "a point has no value of '" + parameter.name + "'";
      parameter.add(values->get(parameter.name));
    }
  std::vector<int> knobs;
  for (Parameter &parameter : parameters)
    knobs.push_back(addKnob(parameter));
  for (const auto &[values, point] : entries) {
    Configuration configuration;
    for (size_t i = 0; i < parameters.size(); ++i)
      if (knobs[i] >= 0)
        configuration.push_back(
            parameters[i].indices[values->get(parameters[i].name).toText()]);
    add(std::move(configuration), point);
  }
  return "";
}

std::string RecordingReader::readCache(const Json &root) {
  recorded.device = root.get("device_name").asString();
  std::string objective = root.get("objective").asString();
  if (objective.empty())
    objective = "time";
  if (objective != "time")
    return "the objective is '" + objective + "', expected 'time'";
  std::vector<Parameter> parameters;
  for (const Json &key : root.get("tune_params_keys").getElements())
    parameters.push_back({key.asString(), {}, {}});
  std::vector<std::pair<const Json *, RecordedPoint>> entries;
  for (const auto &[key, entry] : root.get("cache").getMembers()) {
    RecordedPoint point;
    // A failure is a string, in old files a huge number.
    const Json &time = entry.get("time");
    point.succeeded = time.isNumber() && time.asNumber(0) < 1e19;
    point.seconds = time.asNumber(0) * 1e-3;
    for (const char *part :
         {"compile_time", "verification_time", "benchmark_time"})
      point.costSeconds += entry.get(part).asNumber(0) * 1e-3;
    entries.emplace_back(&entry, point);
  }
  return addNamed(std::move(parameters), entries);
}

std::string RecordingReader::readT4(const Json &root) {
  std::vector<Parameter> parameters;
  std::vector<std::pair<const Json *, RecordedPoint>> entries;
  for (const Json &result : root.get("results").getElements()) {
    if (result.get("invalidity").asString() == "constraints")
      continue;
    const Json &configuration = result.get("configuration");
    if (parameters.empty())
      for (const auto &[name, value] : configuration.getMembers())
        parameters.push_back({name, {}, {}});
    RecordedPoint point;
    for (const Json &measurement : result.get("measurements").getElements()) {
      if (measurement.get("name").asString() != "time")
        continue;
      const std::string &unit = measurement.get("unit").asString();
      double scale = unit == "s"                    ? 1
                     : unit == "us" || unit == "μs" ? 1e-6
                     : unit == "ns"                 ? 1e-9
                                                    : 1e-3;
      point.seconds = measurement.get("value").asNumber(0) * scale;
    }
    point.succeeded = result.get("invalidity").asString() == "correct";
    const Json &times = result.get("times");
    double runs = 0;
    for (const Json &run : times.get("runtimes").getElements())
      runs += run.asNumber(0);
    point.costSeconds = (times.get("compilation").asNumber(0) +
                         times.get("validation").asNumber(0) +
                         times.get("benchmark").asNumber(runs)) *
                        1e-3;
    entries.emplace_back(&configuration, point);
  }
  return addNamed(std::move(parameters), entries);
}

} // namespace chameleon::search

std::unique_ptr<RecordedSpace> RecordedSpace::parse(const std::string &text,
                                                    const std::string &name,
                                                    std::string &error) {
  std::optional<Json> root = Json::parse(text, error);
  std::string ignored;
  if (!root)
    // Only kernel_tuner leaves files open; others are damaged.
    if (std::optional<Json> open = Json::parseUnclosed(text, ignored);
        open && open->has("cache"))
      root = std::move(open);
  if (!root)
    return nullptr;
  std::unique_ptr<RecordedSpace> recorded(new RecordedSpace);
  recorded->name = name;
  error = RecordingReader(*recorded).read(*root);
  return error.empty() ? std::move(recorded) : nullptr;
}

std::unique_ptr<RecordedSpace> RecordedSpace::read(const std::string &path,
                                                   std::string &error) {
  gzFile file = gzopen(path.c_str(), "rb"); // plain files pass through
  if (!file) {
    error = path + ": cannot be opened";
    return nullptr;
  }
  std::string text;
  char buffer[1 << 16];
  int count;
  while ((count = gzread(file, buffer, sizeof(buffer))) > 0)
    text.append(buffer, count);
  bool whole = gzclose(file) == Z_OK && count == 0;
  if (!whole) {
    error = path + ": cannot be read, or is a damaged gzip file";
    return nullptr;
  }
  std::string name = path.substr(path.find_last_of('/') + 1);
  for (const char *extension : {".gz", ".json", "_T4"})
    if (std::string suffix = extension;
        name.size() > suffix.size() &&
        name.compare(name.size() - suffix.size(), suffix.size(), suffix) == 0)
      name.resize(name.size() - suffix.size());
  std::unique_ptr<RecordedSpace> recorded = parse(text, name, error);
  if (!recorded)
    error = path + ": " + error;
  return recorded;
}

Space RecordedSpace::makeSpace() const {
  Space space;
  for (const Knob &knob : knobs)
    space.addKnob(knob);
  space.setLegal([shared = shared](const Configuration &configuration) {
    return shared->count(configuration) != 0;
  });
  return space;
}

const RecordedPoint *
RecordedSpace::find(const Configuration &configuration) const {
  auto found = points.find(configuration);
  return found == points.end() ? nullptr : &found->second;
}

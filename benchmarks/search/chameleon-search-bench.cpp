//===- chameleon-search-bench.cpp - strategies on recorded spaces ---------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Tuning/ModelReplay.h"
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <functional>
#include <stdexcept>

using namespace chameleon;
using namespace chameleon::search;

static const char help[] =
    R"(chameleon-search-bench: replays search strategies on recorded design spaces

  chameleon-search-bench --space=FILE... --strategy=NAME... [options]

  --space=FILE      a recorded space (docs/recorded-spaces.md), kernel_tuner's cache or T4
                    results, .json or .json.gz; repeatable, and further FILEs may follow
                    as arguments of their own (--space DIR/*.json.gz, too)
  --strategy=NAME   chameleon, autotvm, ...; likewise
  --seeds=N         runs of each pair, seeds 0 to N-1 (10)
  --first-seed=N    seeds start here (0)
  --budget=N        measurements a run (256)
  --ask=N           configurations measured between two tells (4, as in the first
                    64 trials of a tuning run)
  --until-optimum   ends a run that has found the recorded optimum
  --related=FILE    starts warm: the strategy first searches this recording of the same knobs
                    (128 measurements, the same seed), and is told what it found
  --related-budget=N  measurements of that (128)
  --model           the spaces are tasks of one model, tuned together by the task scheduler
                    (include/chameleon/Tuning/ModelReplay.h); one line for all of them, whose
                    performance is the model's, --budget measurements a task on average
  --no-sharing      tasks of a model are not told what the others have measured
  --gain=X          asks every 8 measurements for the chance that something is left that takes
                    less than 1 - X of the best time; with --chances=FILE
  --chances=FILE    writes a line each: space,strategy,seed,n,performance,chance
  --csv             a line per run instead of a table of medians
  --trace=FILE      also one line per improvement: space,strategy,seed,n,performance,seconds,
                    and each run's last measurement, with two more columns: how many of them
                    failed, CPU seconds of the strategy
  --proposals=FILE  also one line per measurement, without any time, to compare two machines:
                    space,strategy,seed,n,the index of an option for each knob

Output with --csv: a header, then a line per space, strategy and seed with the columns
  space,strategy,seed,n90,n95,n99,best,seconds
Without: the medians over the seeds of the same figures, and the share of failed measurements.
n90, n95, n99: measurements (failed ones included) until the best so far reached 90, 95, 99 % of
the recorded optimum's performance; budget + 1 where it did not. best: share of that performance
at the end. seconds: modelled wall-clock of the whole run = for every measurement, the time that
compiling and measuring it took when it was recorded, one after the other (where the recording
does not say, 0.05 s a measurement), plus the CPU time that the strategy itself took here.

Exit status: 0, or 1 after a message on stderr.
)";

namespace {
struct Options {
  std::vector<std::string> spaces, strategies;
  int seeds = 10, firstSeed = 0, budget = 256, ask = 4;
  bool csv = false, untilOptimum = false, model = false, share = true;
  std::string trace, related, chances, proposals;
  int relatedBudget = 128;
  double gain = 0;
};

int parseNumber(const std::string &argument, const std::string &value,
                int minimum) {
  int number = 0;
  auto [end, error] =
      std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size() ||
      number < minimum)
    throw std::runtime_error("found " + argument + ", expected a number of " +
                             std::to_string(minimum) + " or more");
  return number;
}

Options parseOptions(int argc, char **argv) {
  Options options;
  std::vector<std::string> *list = nullptr;
  for (int i = 1; i < argc; ++i) {
    std::string argument = argv[i];
    size_t equal = argument.find('=');
    std::string name = argument.substr(0, equal),
                value = equal == std::string::npos ? ""
                                                   : argument.substr(equal + 1);
    if (name == "--space" || name == "--strategy") {
      list = name == "--space" ? &options.spaces : &options.strategies;
      if (equal != std::string::npos)
        list->push_back(value);
    } else if (name == "--seeds") {
      options.seeds = parseNumber(argument, value, 1);
    } else if (name == "--first-seed") {
      options.firstSeed = parseNumber(argument, value, 0);
    } else if (name == "--budget") {
      options.budget = parseNumber(argument, value, 1);
    } else if (name == "--ask") {
      options.ask = parseNumber(argument, value, 1);
    } else if (name == "--trace") {
      options.trace = value;
    } else if (name == "--proposals") {
      options.proposals = value;
    } else if (name == "--related") {
      options.related = value;
    } else if (name == "--related-budget") {
      options.relatedBudget = parseNumber(argument, value, 1);
    } else if (name == "--gain") {
      options.gain = std::strtod(value.c_str(), nullptr);
      if (!(options.gain > 0 && options.gain < 1))
        throw std::runtime_error("found " + argument +
                                 ", expected a share between 0 and 1");
    } else if (name == "--chances") {
      options.chances = value;
    } else if (argument == "--until-optimum") {
      options.untilOptimum = true;
    } else if (argument == "--model") {
      options.model = true;
    } else if (argument == "--no-sharing") {
      options.share = false;
    } else if (argument == "--csv") {
      options.csv = true;
    } else if (list && argument.rfind("-", 0) != 0) {
      list->push_back(argument);
    } else {
      throw std::runtime_error("unknown option " + argument + "; see --help");
    }
  }
  if (options.spaces.empty() || options.strategies.empty())
    throw std::runtime_error("needs --space= and --strategy=; see --help");
  return options;
}

void writeTrace(FILE *file, const std::string &prefix, const Replay &run) {
  double reached = 0;
  for (size_t i = 0; i < run.steps.size(); ++i) {
    const ReplayStep &step = run.steps[i];
    if (step.performance > reached)
      std::fprintf(file, "%s,%zu,%.6f,%.4f,,\n", prefix.c_str(), i + 1,
                   step.performance, step.seconds);
    reached = step.performance;
  }
  if (!run.steps.empty())
    std::fprintf(file, "%s,%zu,%.6f,%.4f,%zu,%.4f\n", prefix.c_str(),
                 run.steps.size(), run.steps.back().performance,
                 run.steps.back().seconds, run.numFailures,
                 run.strategySeconds);
}

void writeProposals(FILE *file, const std::string &prefix, const Replay &run) {
  for (size_t i = 0; i < run.steps.size(); ++i) {
    std::fprintf(file, "%s,%zu,", prefix.c_str(), i + 1);
    for (size_t knob = 0; knob < run.steps[i].configuration.size(); ++knob)
      std::fprintf(file, "%s%d", knob ? " " : "",
                   run.steps[i].configuration[knob]);
    std::fputc('\n', file);
  }
}

/// The figures of one run, or the medians of several.
struct Figures {
  double n90, n95, n99, best, seconds, invalid;
};

Figures getFigures(const Replay &run, int budget) {
  int missed = budget + 1;
  Figures figures = {static_cast<double>(run.countTo(0.90, missed)),
                     static_cast<double>(run.countTo(0.95, missed)),
                     static_cast<double>(run.countTo(0.99, missed)),
                     0,
                     0,
                     0};
  if (!run.steps.empty()) {
    figures.best = run.steps.back().performance;
    figures.seconds = run.steps.back().seconds;
    figures.invalid = static_cast<double>(run.numFailures) / run.steps.size();
  }
  return figures;
}

double getMedian(const std::vector<Figures> &runs, double Figures::*figure) {
  std::vector<double> values;
  for (const Figures &run : runs)
    values.push_back(run.*figure);
  std::sort(values.begin(), values.end());
  size_t middle = values.size() / 2;
  return values.size() % 2 ? values[middle]
                           : (values[middle - 1] + values[middle]) / 2;
}

std::unique_ptr<RecordedSpace> read(const std::string &path) {
  std::string error;
  std::unique_ptr<RecordedSpace> recorded = RecordedSpace::read(path, error);
  if (!recorded)
    throw std::runtime_error(error);
  return recorded;
}

/// Null for an empty path.
FILE *openForWriting(const std::string &path) {
  FILE *file = path.empty() ? nullptr : fopen(path.c_str(), "w");
  if (!path.empty() && !file)
    throw std::runtime_error(path + ": cannot be written");
  return file;
}

/// One space, or the spaces of one model, searched with one seed.
using Runner =
    std::function<Replay(const std::string &strategy, uint64_t seed)>;

class Bench {
public:
  explicit Bench(const Options &options)
      : options(options), trace(openForWriting(options.trace)),
        chances(openForWriting(options.chances)),
        proposals(openForWriting(options.proposals)) {
    if (!options.related.empty())
      related = read(options.related);
  }
  ~Bench() {
    for (FILE *file : {trace, chances, proposals})
      if (file)
        fclose(file);
  }

  void runAll() {
    if (options.csv)
      std::puts("space,strategy,seed,n90,n95,n99,best,seconds");
    else
      std::printf("%-28s %-16s %6s %6s %6s %7s %8s %8s\n", "space", "strategy",
                  "n90", "n95", "n99", "best", "seconds", "invalid");
    if (options.model)
      runModel();
    else
      runSpaces();
  }

private:
  void runSpaces() {
    for (const std::string &path : options.spaces) {
      std::unique_ptr<RecordedSpace> recorded = read(path);
      runStrategies(recorded->getName(), options.budget,
                    [&](const std::string &strategy, uint64_t seed) {
                      ReplayOptions replayOptions;
                      replayOptions.search.strategy = strategy;
                      replayOptions.search.seed = seed;
                      replayOptions.budget = options.budget;
                      replayOptions.ask = options.ask;
                      replayOptions.untilOptimum = options.untilOptimum;
                      replayOptions.related = related.get();
                      replayOptions.relatedBudget = options.relatedBudget;
                      replayOptions.gain = options.gain;
                      return replay(*recorded, replayOptions);
                    });
    }
  }

  void runModel() {
    std::vector<std::unique_ptr<RecordedSpace>> tasks;
    std::string name;
    for (const std::string &path : options.spaces) {
      tasks.push_back(read(path));
      name += (name.empty() ? "" : "+") + tasks.back()->getName();
    }
    runStrategies(name, options.budget * static_cast<int>(tasks.size()),
                  [&](const std::string &strategy, uint64_t seed) {
                    ModelReplayOptions replayOptions;
                    replayOptions.search.strategy = strategy;
                    replayOptions.search.seed = seed;
                    replayOptions.budget = options.budget;
                    replayOptions.untilOptimum = options.untilOptimum;
                    replayOptions.share = options.share;
                    return replayModel(tasks, replayOptions);
                  });
  }

  void runStrategies(const std::string &space, int budget,
                     const Runner &runner) {
    for (const std::string &strategy : options.strategies) {
      std::vector<Figures> runs;
      for (int seed = options.firstSeed;
           seed < options.firstSeed + options.seeds; ++seed) {
        Replay run = runner(strategy, seed);
        runs.push_back(getFigures(run, budget));
        writeRun(space + "," + strategy + "," + std::to_string(seed),
                 runs.back(), run);
      }
      if (!options.csv)
        std::printf(
            "%-28s %-16s %6.1f %6.1f %6.1f %7.4f %8.1f %7.1f%%\n",
            space.c_str(), strategy.c_str(), getMedian(runs, &Figures::n90),
            getMedian(runs, &Figures::n95), getMedian(runs, &Figures::n99),
            getMedian(runs, &Figures::best), getMedian(runs, &Figures::seconds),
            100 * getMedian(runs, &Figures::invalid));
      std::fflush(stdout);
    }
  }

  void writeRun(const std::string &prefix, const Figures &figures,
                const Replay &run) {
    if (options.csv)
      std::printf("%s,%.0f,%.0f,%.0f,%.6f,%.4f\n", prefix.c_str(), figures.n90,
                  figures.n95, figures.n99, figures.best, figures.seconds);
    std::fflush(stdout);
    if (trace)
      writeTrace(trace, prefix, run);
    if (proposals)
      writeProposals(proposals, prefix, run);
    for (auto [told, chance] : run.chances)
      if (chances)
        std::fprintf(chances, "%s,%zu,%.6f,%.6g\n", prefix.c_str(), told,
                     run.steps[told - 1].performance, chance);
  }

  const Options &options;
  FILE *trace, *chances, *proposals;
  std::unique_ptr<RecordedSpace> related;
};
} // namespace

int main(int argc, char **argv) {
  for (int i = 1; i < argc; ++i)
    if (std::strcmp(argv[i], "--help") == 0) {
      std::fputs(help, stdout);
      return 0;
    }
  try {
    Options options = parseOptions(argc, argv);
    Bench(options).runAll();
    return 0;
  } catch (const std::exception &exception) {
    std::fprintf(stderr, "chameleon-search-bench: %s\n", exception.what());
    return 1;
  }
}

//===- ChameleonStrategy.cpp - the default search -------------------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Two surrogates that fail differently share each batch:
//
//   3 of 4  a Gaussian process of the logarithm of the run time proposes the
//           largest expected improvement (times the probability of being
//           valid), each pick believed before the next. It knows how sure it
//           is, and is smooth: most of what this search saves comes from here.
//   1 of 4  the paper's loop on boosted trees: the agent explores their
//           predictions, k-means keeps the best-predicted member of each
//           cluster of the 64 best. Trees see cliffs that the process smooths
//           over; without them a run in ten stays in a local optimum.
//
// Both see, beside the order of options, how often a size can be halved
// (KnobScales.h): of all that was tried in this project that saved most. A
// search told of related tasks measures their fastest configurations first, and
// its process learns from them: those of earlier runs, and those that are
// searched at the same time, whose trials arrive between its plans.
//
// The candidates of both: random legal points screened by the process,
// neighbours of the fastest, a climb on the expected improvement.
// `chameleon-without-agent` is the same search without the agent: what the
// agent contributes is the difference, and benchmarks/search says how much.
//
//===----------------------------------------------------------------------===//

#include "Strategies.h"
#include "chameleon/Search/Agent.h"
#include "chameleon/Search/Clustering.h"
#include "chameleon/Search/CostModel.h"
#include "chameleon/Search/GaussianProcess.h"
#include "chameleon/Search/ScoredPool.h"
#include <algorithm>
#include <numeric>

using namespace chameleon::search;

namespace {

/// One pick of so many comes from the trees. Smaller: slower on smooth spaces;
/// larger: more runs end in a local optimum. Of 4 two were worse than one.
constexpr size_t treeCycle = 4;
/// Of a space of few legal points the initial design takes at most this share,
/// and at least so many. Larger: a better first model, of a space that is by
/// then half measured.
constexpr size_t designShare = 8;
constexpr int smallestDesign = 4;
/// Of each search that starts warm, the fastest of related tasks measured
/// first, and random ones after them. The study's 8; more: safer against a
/// source that misleads, later guided.
constexpr size_t warmStarts = 8;
constexpr int warmRandom = 4;
/// Tasks that are searched at the same time know little of each other at first.
/// Once they together have measured as much as an initial design, the own one
/// ends after so many, and until then each plan begins with so many of the
/// others' fastest. A larger design (8): 0.8 of the gain; more of the others'
/// (4 of 4): none is drawn at random.
constexpr int sharedDesign = 4;
constexpr size_t sharedStarts = 2;
/// Legal configurations, drawn anew, in which a gain is looked for (2 us each),
/// and of how many the best-predicted the deviation is asked (10 us each).
constexpr size_t surveyed = 8192;
constexpr size_t surveyedFast = 512;
/// Trials up to which plans have half a batch. In the beginning a refit is
/// worth most; later plans cost more of the strategy's own time.
constexpr size_t halfBatches = 64;
/// Random legal configurations a plan of which the process predicts the mean
/// (1 us each), and how many of the fastest, and of the first, become
/// candidates (5 us each). More: slower, and no fewer measurements.
constexpr size_t screened = 3000;
constexpr size_t screenedFast = 300;
constexpr size_t screenedAny = 100;
/// Fastest configurations whose neighbours are candidates.
constexpr size_t incumbents = 4;
/// Rounds of climbing on the expected improvement, and how many of the best are
/// expanded in each.
constexpr int climbRounds = 2;
constexpr size_t climbBeam = 8;
/// Probability of being valid below which the process leaves a candidate to
/// the trees. Larger: fewer failures; misses what is wrongly thought invalid.
constexpr float leastValidity = 0.25f;
/// Best-predicted configurations that are clustered. The paper's 64.
constexpr size_t clustered = 64;
/// Fastest configurations from which half of the episodes start.
constexpr size_t eliteStarts = 16;

/// Few steps: a plan takes little from the agent (48 episodes in three groups:
/// no fewer measurements).
AgentOptions getAgentOptions() {
  AgentOptions options;
  options.episodes = 32;
  options.horizon = 12;
  options.groups = 2;
  return options;
}

/// More rounds fit no better in spaces of this kind and cost 0.1 ms each.
CostModelOptions getTreeOptions() {
  CostModelOptions options;
  options.rounds = 60;
  options.halvings = true;
  return options;
}

class ChameleonStrategy : public Strategy {
public:
  /// Without a library, without an agent.
  ChameleonStrategy(const Space &space, const History &history,
                    const SearchOptions &options,
                    std::optional<AgentLibrary> agentLibrary)
      : Strategy(space, history, options), agentLibrary(agentLibrary),
        random(options.seed, /*stream=*/2),
        surveyRandom(options.seed, /*stream=*/5),
        process(space, GaussianProcessOptions()),
        trees(space, getTreeOptions()) {}

  void learn() override { isStale = true; }

  bool learnRelated() override {
    isStale = true;
    return true;
  }

  std::vector<Configuration> propose() override {
    if (!startsWarm)
      startsWarm =
          std::any_of(history.getRelated().begin(), history.getRelated().end(),
                      [](const std::vector<Trial> &task) {
                        return task.size() >= warmStarts;
                      });
    int told = static_cast<int>(history.getTrials().size());
    if (int initial = getDesignSize(); told < initial)
      return design(initial - told);
    fit();
    if (!process.isFitted())
      return space.sampleDistinct(options.batch, history.getKnown(), random);
    return compose();
  }

  double getChanceOfGain(double gain) override {
    if (static_cast<int>(history.getTrials().size()) < getDesignSize())
      return -1;
    fit();
    if (!process.isFitted())
      return -1;
    std::vector<Configuration> points =
        space.sampleDistinct(surveyed, history.getKnown(), surveyRandom);
    points = keepFastest(std::move(points), 0, surveyedFast);
    return process.getChanceOfGain(points, trees.predictValidity(points), gain,
                                   surveyRandom);
  }

private:
  int getDesignSize() const {
    int size = options.initial;
    size_t related = 0;
    for (const std::vector<Trial> &task : history.getRelated())
      related += task.size();
    if (startsWarm.value_or(false))
      size = std::min(size, static_cast<int>(warmStarts) + warmRandom);
    else if (related >= static_cast<size_t>(options.initial))
      size = std::min(size, sharedDesign);
    if (!space.isEnumerated())
      return size;
    auto most = static_cast<int>(space.getLegalPoints().size() / designShare);
    return std::min(size, std::max(smallestDesign, most));
  }

  void fit() {
    if (!isStale)
      return;
    isStale = false;
    process.fit(history);
    trees.fit(history);
  }

  /// The fastest of related tasks, in turn, then random ones.
  std::vector<Configuration> design(size_t count) {
    std::vector<Configuration> result;
    ConfigurationSet taken = history.getKnown();
    std::vector<std::vector<Configuration>> sources;
    for (const std::vector<Trial> &task : history.getRelated()) {
      History source(0);
      for (const Trial &trial : task)
        source.tell(trial);
      sources.push_back(source.getFastest(warmStarts));
    }
    size_t warm = std::min(count, *startsWarm ? warmStarts : sharedStarts);
    for (size_t rank = 0; rank < warmStarts; ++rank)
      for (const std::vector<Configuration> &source : sources)
        if (rank < source.size() && result.size() < warm &&
            space.isLegal(source[rank]) && taken.insert(source[rank]).second)
          result.push_back(source[rank]);
    for (Configuration &point :
         space.sampleDistinct(count - result.size(), taken, random))
      result.push_back(std::move(point));
    return result;
  }

  std::vector<Configuration> compose() {
    size_t size = history.getTrials().size() < halfBatches
                      ? (options.batch + 1) / 2
                      : options.batch;
    GaussianProcess::Candidates candidates = collect();
    std::vector<Configuration> surest;
    // To the process a failure is merely slow, its surroundings uncertain; it
    // would go there for good once it is sure elsewhere.
    std::vector<float> weights = trees.predictValidity(candidates.points);
    for (float &weight : weights)
      weight = weight < leastValidity ? 0 : weight;
    for (size_t index :
         process.pick(candidates, weights, size, history.getPending()))
      surest.push_back(candidates.points[index]);
    std::vector<Configuration> representatives =
        getRepresentatives(candidates.points, static_cast<int>(2 * size));
    std::vector<Configuration> plan;
    ConfigurationSet taken;
    auto takeFrom = [&](const std::vector<Configuration> &source,
                        size_t &position) {
      while (position < source.size())
        if (taken.insert(source[position++]).second) {
          plan.push_back(source[position - 1]);
          return true;
        }
      return false;
    };
    size_t nextSurest = 0, nextRepresentative = 0;
    while (plan.size() < size) {
      bool fromTrees = slot++ % treeCycle == 0;
      if (!(fromTrees && takeFrom(representatives, nextRepresentative)) &&
          !takeFrom(surest, nextSurest) &&
          !takeFrom(representatives, nextRepresentative))
        break;
    }
    return plan;
  }

  /// Random ones: all of the first, the fastest by the process of the others.
  std::vector<Configuration> screen() {
    return keepFastest(
        space.sampleDistinct(screened, history.getKnown(), random), screenedAny,
        screenedFast);
  }

  /// The first `any` of `points`, and the `count` best-predicted of the others.
  std::vector<Configuration> keepFastest(std::vector<Configuration> points,
                                         size_t any, size_t count) const {
    std::vector<double> means = process.predictMeans(points);
    std::vector<size_t> order(points.size());
    std::iota(order.begin(), order.end(), 0);
    any = std::min(any, order.size());
    std::stable_sort(order.begin() + any, order.end(),
                     [&](size_t a, size_t b) { return means[a] < means[b]; });
    order.resize(std::min(order.size(), any + count));
    std::vector<Configuration> result;
    for (size_t index : order)
      result.push_back(std::move(points[index]));
    return result;
  }

  /// Distinct legal configurations that are not known.
  GaussianProcess::Candidates collect() {
    GaussianProcess::Candidates candidates;
    std::vector<Configuration> fresh = screen();
    ConfigurationSet seen(fresh.begin(), fresh.end());
    auto add = [&](const std::vector<Configuration> &more) {
      for (const Configuration &point : more)
        if (!history.isKnown(point) && seen.insert(point).second)
          fresh.push_back(point);
    };
    for (const Configuration &fast : history.getFastest(incumbents))
      add(space.getNeighbours(fast));
    std::vector<double> gains;
    for (int round = 0;; ++round) {
      process.add(fresh, candidates);
      fresh.clear();
      if (round == climbRounds)
        return candidates;
      for (size_t i = gains.size(); i < candidates.points.size(); ++i)
        gains.push_back(
            process.getExpectedImprovement(candidates.predictions[i]));
      std::vector<size_t> order(gains.size());
      std::iota(order.begin(), order.end(), 0);
      std::stable_sort(order.begin(), order.end(),
                       [&](size_t a, size_t b) { return gains[a] > gains[b]; });
      order.resize(std::min(order.size(), climbBeam));
      for (size_t index : order)
        add(space.getNeighbours(candidates.points[index]));
    }
  }

  /// One per cluster of the best-predicted, best-predicted first.
  std::vector<Configuration>
  getRepresentatives(const std::vector<Configuration> &candidates, int count) {
    ScoredPool pool(space, [this](const std::vector<Configuration> &points) {
      return trees.predict(points);
    });
    pool.score(candidates);
    if (agentLibrary)
      walk(pool);
    std::vector<Configuration> best =
        pool.getBest(clustered, history.getKnown());
    int width = space.getNumFeatures();
    std::vector<float> points(best.size() * width);
    for (size_t i = 0; i < best.size(); ++i)
      space.encodeScaled(best[i], points.data() + i * width);
    std::vector<Configuration> result;
    for (size_t index : pickFirstOfEachCluster(
             clusterPoints(points, width, count, random.next())))
      result.push_back(best[index]);
    return result;
  }

  /// A fresh agent per plan: a persistent one collapses, from 3000 distinct
  /// states a plan to 300 in six plans.
  void walk(ScoredPool &pool) {
    AgentOptions agentOptions = getAgentOptions();
    std::vector<Configuration> elite = history.getFastest(eliteStarts), starts;
    for (int i = 0; i < agentOptions.episodes; ++i)
      starts.push_back(i % 2 ? elite[(i / 2) % elite.size()]
                             : space.sample(random));
    Agent(*agentLibrary, space, agentOptions, random.next())
        .explore(starts, pool);
  }

  std::optional<AgentLibrary> agentLibrary;
  Random random, surveyRandom;
  GaussianProcess process;
  CostModel trees;
  /// Whether a related task had been searched before this one began.
  std::optional<bool> startsWarm;
  bool isStale = true;
  size_t slot = 0;
};

} // namespace

std::unique_ptr<Strategy> chameleon::search::createChameleonStrategy(
    const AgentLibrary &library, const Space &space, const History &history,
    const SearchOptions &options) {
  return std::make_unique<ChameleonStrategy>(space, history, options, library);
}

std::unique_ptr<Strategy>
chameleon::search::createChameleonWithoutAgentStrategy(
    const Space &space, const History &history, const SearchOptions &options) {
  return std::make_unique<ChameleonStrategy>(space, history, options,
                                             std::nullopt);
}

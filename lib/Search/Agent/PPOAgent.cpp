//===- PPOAgent.cpp - the agent on LibTorch -------------------------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PPOAgent.h"
#include "PolicyMath.h"
#include "chameleon/Search/Elementary.h"
#include "chameleon/Search/Random.h"
#include <numeric>

using namespace chameleon::search;

/// OpenBLAS counts its threads by itself; absent where LibTorch brings another
/// BLAS.
extern "C" __attribute__((weak)) void openblas_set_num_threads(int);

namespace {

using State = PPOAgent::State;

constexpr int numActions = 3; // decrement, stay, increment

struct Layer {
  torch::Tensor weight, bias;
};

/// Glorot's uniform initialisation, from our own random numbers. `groups` > 0:
/// one small matrix per group.
Layer makeLayer(int inputs, int outputs, Random &random, int groups = 0) {
  std::vector<int64_t> shape{inputs, outputs}, biasShape{outputs};
  if (groups) {
    shape.insert(shape.begin(), groups);
    biasShape.insert(biasShape.begin(), groups);
  }
  double limit = std::sqrt(6.0 / (inputs + outputs));
  torch::Tensor weight = torch::empty(shape, torch::kFloat64);
  double *data = weight.data_ptr<double>();
  for (int64_t i = 0; i < weight.numel(); ++i)
    data[i] = (2 * random.uniform() - 1) * limit;
  return {weight.set_requires_grad(true),
          torch::zeros(biasShape, torch::kFloat64).set_requires_grad(true)};
}

torch::Tensor apply(const Layer &layer, const torch::Tensor &input) {
  return torch::addmm(layer.bias, input, layer.weight);
}

/// Visited states of side-by-side episodes, episode-major once `finish`ed.
struct Trajectories {
  struct Episode {
    std::vector<State>
        states; ///< one more than actions: the state reached by the last
    std::vector<std::vector<int8_t>> actions;
    std::vector<std::vector<double>> logProbabilities;
    bool stopped = false; ///< by the stop rule, not by the horizon
  };
  std::vector<Episode> episodes;
};

} // namespace

struct PPOAgent::Impl {
  std::vector<Knob> knobs;
  AgentOptions options;
  int numKnobs;
  Random random;
  std::vector<Layer> trunk, value;
  Layer head;
  std::vector<Layer> headTail; ///< per knob, 3 -> 3
  std::unique_ptr<torch::optim::Adam> optimizer;

  Impl(std::vector<Knob> ofSpace, const AgentOptions &options, uint64_t seed)
      : knobs(std::move(ofSpace)), options(options),
        numKnobs(static_cast<int>(knobs.size())),
        random(seed, /*stream=*/0xa6e27) {
    at::set_num_threads(1);
    if (openblas_set_num_threads)
      openblas_set_num_threads(1);
    int width = numKnobs;
    for (int i = 0; i < options.policyLayers; ++i, width = options.hiddenUnits)
      trunk.push_back(makeLayer(width, options.hiddenUnits, random));
    head = makeLayer(width, numKnobs * numActions, random);
    for (int i = 0; i < options.headLayers; ++i)
      headTail.push_back(makeLayer(numActions, numActions, random, numKnobs));
    width = numKnobs;
    for (int i = 0; i < options.valueLayers; ++i, width = options.hiddenUnits)
      value.push_back(makeLayer(width, options.hiddenUnits, random));
    value.push_back(makeLayer(width, 1, random));

    std::vector<torch::Tensor> parameters;
    for (const std::vector<Layer> &layers :
         {trunk, std::vector<Layer>{head}, headTail, value})
      for (const Layer &layer : layers) {
        parameters.push_back(layer.weight);
        parameters.push_back(layer.bias);
      }
    optimizer = std::make_unique<torch::optim::Adam>(
        parameters, torch::optim::AdamOptions(options.learningRate).eps(1e-5));
  }

  /// [states, knobs], each the option's index over the number of options.
  torch::Tensor encode(const std::vector<const State *> &states) const {
    torch::Tensor result = torch::empty(
        {static_cast<int64_t>(states.size()), numKnobs}, torch::kFloat64);
    double *data = result.data_ptr<double>();
    for (const State *state : states)
      for (int knob = 0; knob < numKnobs; ++knob)
        *data++ = static_cast<double>((*state)[knob]) / knobs[knob].numOptions;
    return result;
  }

  /// [states, knobs, 3]
  torch::Tensor getLogProbabilities(torch::Tensor input) const {
    for (const Layer &layer : trunk)
      input = apply(layer, input).tanh();
    torch::Tensor logits = apply(head, input).view({-1, numKnobs, numActions});
    for (size_t i = 0; i < headTail.size(); ++i) {
      // The head's first layer and all but the last of its own are tanh layers.
      logits = logits.tanh();
      if (i + 1 == headTail.size() && options.temperature != 1)
        logits = logits / options.temperature;
      logits = (logits.unsqueeze(-1) * headTail[i].weight).sum(-2) +
               headTail[i].bias;
    }
    if (headTail.empty() && options.temperature != 1)
      logits = logits / options.temperature;
    return torch::log_softmax(logits, -1);
  }

  torch::Tensor getValues(torch::Tensor input) const {
    for (size_t i = 0; i + 1 < value.size(); ++i)
      input = apply(value[i], input).tanh();
    return apply(value.back(), input).squeeze(-1);
  }

  /// Moves `state`; returns the share of knobs that stayed or sit at a bound.
  double step(State &state, const std::vector<int8_t> &actions) const {
    int settled = 0;
    for (int knob = 0; knob < numKnobs; ++knob) {
      int last = knobs[knob].numOptions - 1,
          next = state[knob] + actions[knob] - 1;
      bool ordered = knobs[knob].ordered;
      if (ordered)
        next = std::min(std::max(next, 0), last);
      else
        next = next < 0 ? last : next > last ? 0 : next;
      state[knob] = next;
      settled += actions[knob] == 1 || (ordered && (next == 0 || next == last));
    }
    return static_cast<double>(settled) / numKnobs;
  }

  Trajectories run(const std::vector<State> &starts) {
    torch::NoGradGuard noGrad;
    Trajectories result;
    result.episodes.resize(starts.size());
    for (size_t i = 0; i < starts.size(); ++i)
      result.episodes[i].states.push_back(starts[i]);
    std::vector<size_t> running(starts.size());
    std::iota(running.begin(), running.end(), 0);
    for (int time = 0; time < options.horizon && !running.empty(); ++time) {
      std::vector<const State *> states;
      for (size_t index : running)
        states.push_back(&result.episodes[index].states.back());
      torch::Tensor logProbabilities =
          getLogProbabilities(encode(states)).contiguous();
      const double *data = logProbabilities.data_ptr<double>();
      std::vector<size_t> stillRunning;
      for (size_t index : running) {
        Trajectories::Episode &episode = result.episodes[index];
        std::vector<int8_t> actions(numKnobs);
        std::vector<double> chosen(numKnobs);
        for (int knob = 0; knob < numKnobs; ++knob, data += numActions) {
          double draw = random.uniform() - exponential(data[0]);
          int action = 0;
          if (draw >= 0)
            action = draw < exponential(data[1]) ? 1 : 2;
          actions[knob] = static_cast<int8_t>(action);
          chosen[knob] = data[action];
        }
        State state = episode.states.back();
        double settled = step(state, actions);
        episode.states.push_back(std::move(state));
        episode.actions.push_back(std::move(actions));
        episode.logProbabilities.push_back(std::move(chosen));
        if (settled >= options.stopShare)
          episode.stopped = true;
        else
          stillRunning.push_back(index);
      }
      running = std::move(stillRunning);
    }
    return result;
  }

  void learn(const Trajectories &trajectories, const ScoreFunction &score);
};

void PPOAgent::Impl::learn(const Trajectories &trajectories,
                           const ScoreFunction &score) {
  // One batch for the model and one for the value network.
  std::vector<State> reached;
  std::vector<const State *> states;
  for (const Trajectories::Episode &episode : trajectories.episodes) {
    reached.insert(reached.end(), episode.states.begin() + 1,
                   episode.states.end());
    for (const State &state : episode.states)
      states.push_back(&state);
  }
  std::vector<float> scores = score(reached);
  torch::Tensor allStates = encode(states), allValues;
  {
    torch::NoGradGuard noGrad;
    allValues = getValues(allStates).contiguous();
  }

  std::vector<int64_t>
      rows; // of `allStates`, without the last state of each episode
  std::vector<int64_t> actions;
  std::vector<double> oldLogProbabilities, advantages, targets;
  const double *values = allValues.data_ptr<double>();
  size_t reward = 0;
  int64_t row = 0;
  for (const Trajectories::Episode &episode : trajectories.episodes) {
    size_t length = episode.actions.size();
    std::vector<double> rewards(scores.begin() + reward,
                                scores.begin() + reward + length);
    std::vector<double> stateValues(values + row, values + row + length + 1);
    if (episode.stopped)
      stateValues.back() = 0;
    for (double advantage :
         getAdvantages(rewards, stateValues, options.gamma, options.lambda))
      advantages.push_back(advantage);
    for (size_t t = 0; t < length; ++t) {
      targets.push_back(rewards[t] + options.gamma * stateValues[t + 1]);
      rows.push_back(row + static_cast<int64_t>(t));
      actions.insert(actions.end(), episode.actions[t].begin(),
                     episode.actions[t].end());
      oldLogProbabilities.insert(oldLogProbabilities.end(),
                                 episode.logProbabilities[t].begin(),
                                 episode.logProbabilities[t].end());
    }
    reward += length;
    row += static_cast<int64_t>(length) + 1;
  }
  if (rows.empty())
    return;
  double mean = std::accumulate(advantages.begin(), advantages.end(), 0.0) /
                advantages.size(),
         variance = 0;
  for (double advantage : advantages)
    variance += (advantage - mean) * (advantage - mean) / advantages.size();
  for (double &advantage : advantages)
    advantage = (advantage - mean) / (std::sqrt(variance) + 1e-8);

  auto count = static_cast<int64_t>(rows.size());
  auto tensor = [](std::vector<double> &data, std::vector<int64_t> shape) {
    return torch::from_blob(data.data(), shape, torch::kFloat64);
  };
  torch::Tensor batchStates = allStates.index_select(
      0, torch::from_blob(rows.data(), {count}, torch::kInt64));
  torch::Tensor batchActions =
      torch::from_blob(actions.data(), {count, numKnobs, 1}, torch::kInt64);
  torch::Tensor batchOld = tensor(oldLogProbabilities, {count, numKnobs});
  torch::Tensor batchAdvantages = tensor(advantages, {count, 1}),
                batchTargets = tensor(targets, {count});

  std::vector<int64_t> order(count);
  std::iota(order.begin(), order.end(), 0);
  for (int epoch = 0; epoch < options.epochs; ++epoch) {
    random.shuffle(order);
    for (int64_t begin = 0; begin < count; begin += options.minibatch) {
      int64_t size = std::min<int64_t>(options.minibatch, count - begin);
      torch::Tensor selection =
          torch::from_blob(order.data() + begin, {size}, torch::kInt64);
      torch::Tensor input = batchStates.index_select(0, selection);
      torch::Tensor logProbabilities = getLogProbabilities(input);
      torch::Tensor chosen =
          logProbabilities.gather(2, batchActions.index_select(0, selection))
              .squeeze(-1);
      torch::Tensor objective =
          getClippedObjective(chosen, batchOld.index_select(0, selection),
                              batchAdvantages.index_select(0, selection),
                              options.clip)
              .sum(1);
      torch::Tensor entropy =
          -(logProbabilities.exp() * logProbabilities).sum({1, 2});
      torch::Tensor error =
          getValues(input) - batchTargets.index_select(0, selection);
      torch::Tensor loss = (options.valueWeight * error * error - objective -
                            options.entropyWeight * entropy)
                               .mean();
      optimizer->zero_grad();
      loss.backward();
      optimizer->step();
      if (options.singleMinibatch)
        break;
    }
  }
}

PPOAgent::PPOAgent(std::vector<Knob> knobs, const AgentOptions &options,
                   uint64_t seed)
    : impl(std::make_unique<Impl>(std::move(knobs), options, seed)) {}
PPOAgent::~PPOAgent() = default;

size_t PPOAgent::getNumKnobs() const { return impl->knobs.size(); }

size_t PPOAgent::explore(const std::vector<State> &starts,
                         const ScoreFunction &score) {
  size_t steps = 0;
  int groups = std::max(1, impl->options.groups), episode = 0;
  for (int group = 0; group < groups; ++group) {
    std::vector<State> groupStarts;
    for (; episode < impl->options.episodes * (group + 1) / groups; ++episode)
      groupStarts.push_back(starts[episode % starts.size()]);
    score(groupStarts);
    Trajectories trajectories = impl->run(groupStarts);
    for (const Trajectories::Episode &finished : trajectories.episodes)
      steps += finished.actions.size();
    impl->learn(trajectories, score);
  }
  return steps;
}

std::vector<double> PPOAgent::getActionProbabilities(const State &state) const {
  torch::NoGradGuard noGrad;
  torch::Tensor probabilities =
      impl->getLogProbabilities(impl->encode({&state})).exp().contiguous();
  const double *data = probabilities.data_ptr<double>();
  return std::vector<double>(data, data + probabilities.numel());
}

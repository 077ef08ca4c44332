//===- LegalConfigurations.cpp - count and find configurations that meet the
// constraints
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Knobs that no constraint ties together are independent, so each group of tied
// knobs is searched alone, and a requirement is looked at as soon as its last
// knob has a value. Spaces of 10^12 points are counted in microseconds that
// way.
//
//===----------------------------------------------------------------------===//

#include "DesignSpaceImpl.h"
#include "llvm/ADT/EquivalenceClasses.h"
#include "llvm/ADT/MapVector.h"

using namespace chameleon;
using Requirement = ConstraintProgram::Requirement;

namespace {
/// Knobs tied together by requirements, and for each the requirements of which
/// it is the last knob.
struct Group {
  llvm::SmallVector<unsigned> knobs;
  llvm::SmallVector<llvm::SmallVector<const Requirement *>> decided;
};

class GroupSearch {
public:
  GroupSearch(const ConstraintProgram &program, llvm::ArrayRef<Knob> knobs,
              const Group &group, Configuration &configuration, int64_t &budget)
      : program(program), knobs(knobs), group(group),
        configuration(configuration), budget(budget) {}

  /// Number of legal settings of the group's knobs; meaningless once the budget
  /// is negative.
  int64_t count(size_t position = 0) {
    if (position == group.knobs.size())
      return 1;
    int64_t result = 0;
    for (size_t option = 0;
         option < knobs[group.knobs[position]].options.size() && budget >= 0;
         ++option)
      if (choose(position, option))
        result += count(position + 1);
    return result;
  }

  /// Calls `visit` at each legal setting of the group's knobs.
  void forEach(llvm::function_ref<void()> visit, size_t position = 0) {
    if (position == group.knobs.size())
      return visit();
    for (size_t option = 0;
         option < knobs[group.knobs[position]].options.size(); ++option)
      if (choose(position, option))
        forEach(visit, position + 1);
  }

  /// Changes the group's knobs to the nearest legal setting.
  bool findNearest() {
    start.clear();
    reach.assign(group.knobs.size() + 1, 0);
    for (unsigned knob : group.knobs)
      start.push_back(configuration[knob]);
    for (size_t position = group.knobs.size(); position-- > 0;) {
      int64_t last = knobs[group.knobs[position]].options.size() - 1;
      reach[position] =
          reach[position + 1] +
          std::max(distance(position, 0), distance(position, last));
    }
    for (int64_t steps = 0; steps <= reach[0] && budget >= 0; ++steps)
      if (findAt(0, steps))
        return true;
    return false;
  }

private:
  int64_t distance(size_t position, int64_t option) const {
    int64_t steps = std::abs(option - start[position]);
    return knobs[group.knobs[position]].ordered ? steps
                                                : std::min<int64_t>(steps, 1);
  }

  bool choose(size_t position, int32_t option) {
    --budget;
    configuration[group.knobs[position]] = option;
    return llvm::all_of(
        group.decided[position], [&](const Requirement *requirement) {
          return program.holds(*requirement, configuration, scratch);
        });
  }

  /// A legal setting exactly `steps` away.
  bool findAt(size_t position, int64_t steps) {
    if (position == group.knobs.size())
      return steps == 0;
    if (steps > reach[position])
      return false;
    for (size_t option = 0;
         option < knobs[group.knobs[position]].options.size() && budget >= 0;
         ++option) {
      int64_t own = distance(position, option);
      if (own <= steps && choose(position, option) &&
          findAt(position + 1, steps - own))
        return true;
    }
    return false;
  }

  const ConstraintProgram &program;
  llvm::ArrayRef<Knob> knobs;
  const Group &group;
  Configuration &configuration;
  int64_t &budget;
  llvm::SmallVector<int64_t> scratch;
  llvm::SmallVector<int64_t> start,
      reach; ///< reach: the farthest that the knobs from a position on can go
};
} // namespace

/// Nothing if a requirement fails whatever the knobs are. Knobs that no
/// requirement mentions are in no group.
static std::optional<llvm::SmallVector<Group>>
makeGroups(const ConstraintProgram &program) {
  llvm::EquivalenceClasses<unsigned> tied;
  llvm::SmallVector<int64_t> scratch;
  for (const Requirement &requirement : program.getRequirements()) {
    if (requirement.knobs.empty() && !program.holds(requirement, {}, scratch))
      return std::nullopt;
    for (unsigned knob : requirement.knobs)
      tied.unionSets(requirement.knobs.front(), knob);
  }
  llvm::MapVector<unsigned, Group> groups;
  llvm::SmallVector<unsigned> ordered;
  for (const auto *member : tied)
    ordered.push_back(member->getData());
  llvm::sort(ordered);
  for (unsigned knob : ordered)
    groups[tied.getLeaderValue(knob)].knobs.push_back(knob);
  for (auto &[leader, group] : groups)
    group.decided.resize(group.knobs.size());
  for (const Requirement &requirement : program.getRequirements()) {
    if (requirement.knobs.empty())
      continue;
    Group &group = groups[tied.getLeaderValue(requirement.knobs.front())];
    size_t position =
        llvm::find(group.knobs, requirement.knobs.back()) - group.knobs.begin();
    group.decided[position].push_back(&requirement);
  }
  llvm::SmallVector<Group> result;
  for (auto &[leader, group] : groups)
    result.push_back(std::move(group));
  return result;
}

std::optional<Configuration>
chameleon::findNearestLegal(const ConstraintProgram &program,
                            llvm::ArrayRef<Knob> knobs,
                            llvm::ArrayRef<int32_t> start) {
  std::optional<llvm::SmallVector<Group>> groups = makeGroups(program);
  if (!groups)
    return std::nullopt;
  Configuration configuration(start);
  int64_t budget = int64_t(1) << 23;
  for (const Group &group : *groups)
    if (!GroupSearch(program, knobs, group, configuration, budget)
             .findNearest())
      return std::nullopt;
  return configuration;
}

std::optional<int64_t> chameleon::countLegal(const ConstraintProgram &program,
                                             llvm::ArrayRef<Knob> knobs,
                                             int64_t limit) {
  std::optional<llvm::SmallVector<Group>> groups = makeGroups(program);
  if (!groups)
    return 0;
  Configuration configuration(knobs.size(), 0);
  int64_t budget = limit, result = 1;
  std::vector<bool> counted(knobs.size(), false);
  auto multiply = [&](int64_t factor) {
    return !llvm::MulOverflow(result, factor, result);
  };
  for (const Group &group : *groups) {
    int64_t count =
        GroupSearch(program, knobs, group, configuration, budget).count();
    if (budget < 0 || !multiply(count))
      return std::nullopt;
    for (unsigned knob : group.knobs)
      counted[knob] = true;
  }
  for (size_t knob = 0; knob < knobs.size(); ++knob)
    if (!counted[knob] && !multiply(knobs[knob].options.size()))
      return std::nullopt;
  return result;
}

std::optional<std::vector<Configuration>>
chameleon::listLegal(const ConstraintProgram &program,
                     llvm::ArrayRef<Knob> knobs, int64_t limit) {
  std::optional<int64_t> count = countLegal(program, knobs, 1 << 20);
  std::optional<llvm::SmallVector<Group>> groups = makeGroups(program);
  if (!count || *count > limit || !groups)
    return std::nullopt;
  std::vector<bool> listed(knobs.size(), false);
  for (const Group &group : *groups)
    for (unsigned knob : group.knobs)
      listed[knob] = true;
  for (unsigned knob = 0; knob < knobs.size(); ++knob)
    if (!listed[knob]) // tied to nothing: every option will do
      groups->push_back(Group{{knob}, {{}}});
  std::vector<Configuration> result{Configuration(knobs.size(), 0)};
  for (const Group &group : *groups) {
    std::vector<Configuration> extended;
    Configuration configuration(knobs.size(), 0);
    int64_t budget = 0; // what can be counted can be listed
    GroupSearch(program, knobs, group, configuration, budget).forEach([&] {
      for (Configuration known : result) {
        for (unsigned knob : group.knobs)
          known[knob] = configuration[knob];
        extended.push_back(std::move(known));
      }
    });
    result = std::move(extended);
  }
  return result;
}

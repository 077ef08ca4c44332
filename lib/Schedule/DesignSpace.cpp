//===- DesignSpace.cpp - from a schedule and a task to a space of configurations
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Schedule/DesignSpace.h"
#include "ConstraintCompiler.h"
#include "DesignSpaceImpl.h"
#include "Facts.h"
#include "chameleon/IR/ChameleonDialect.h"
#include "chameleon/Schedule/ScheduleLibrary.h"
#include "mlir/Dialect/Transform/TuneExtension/TuneExtensionOps.h"

using namespace mlir;
using namespace chameleon;
using Ref = ConstraintProgram::Ref;
using Kind = ConstraintProgram::Kind;

namespace {
/// Fills a DesignSpace::Impl. All errors of creating a space are emitted here
/// or by what this calls.
class Analysis {
public:
  Analysis(DesignSpace::Impl &impl, transform::NamedSequenceOp schedule)
      : impl(impl), schedule(schedule), ops(schedule) {}

  LogicalResult run(transform::NamedSequenceOp matcher, func::FuncOp task) {
    if (failed(verifyKnobNames(ops)) || failed(readKnobs()) ||
        failed(readDefaults(matcher)) || failed(readSeeds(matcher)))
      return failure();
    gatherFacts();
    FailureOr<SmallVector<Attribute>> values =
        computeFacts(facts.getArrayRef(), schedule, matcher, task);
    if (failed(values))
      return failure();
    factValues = *values;
    for (Operation *op : ops.alternatives)
      impl.selectorOfOp.push_back(-1),
          position[op] = impl.selectorOfOp.size() - 1;
    for (Operation *op : ops.constraints)
      impl.yieldedByOp.emplace_back(),
          position[op] = impl.yieldedByOp.size() - 1;
    return success(!schedule
                        .walk<WalkOrder::PreOrder>([&](Operation *op) {
                          return failed(visit(op)) ? WalkResult::interrupt()
                                                   : WalkResult::advance();
                        })
                        .wasInterrupted());
  }

private:
  void addKnob(Operation *op, Knob knob) {
    knobOf[op] = impl.knobs.size();
    impl.knobByName[knob.name] = impl.knobs.size();
    impl.knobs.push_back(std::move(knob));
  }

  /// In program order, so that a configuration reads like its schedule.
  LogicalResult readKnobs() {
    WalkResult result = schedule.walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (isa<transform::tune::KnobOp>(op)) {
        FailureOr<Knob> knob = readKnob(op);
        if (failed(knob))
          return WalkResult::interrupt();
        impl.knobOfOp.push_back(impl.knobs.size());
        addKnob(op, std::move(*knob));
      } else if (auto alternatives =
                     dyn_cast<transform::tune::AlternativesOp>(op)) {
        if (alternatives.getSelectedRegionParam())
          return WalkResult::advance();
        Knob knob;
        knob.name = alternatives.getName().str();
        knob.ordered = false;
        for (size_t region = 0; region < alternatives.getAlternatives().size();
             ++region)
          knob.options.push_back(
              IntegerAttr::get(IntegerType::get(op->getContext(), 64), region));
        if (std::optional<APInt> selected =
                alternatives.getSelectedRegionAttr())
          knob.defaultOption = selected->getZExtValue();
        if (knob.options.empty()) {
          op->emitOpError("has no regions to choose from");
          return WalkResult::interrupt();
        }
        addKnob(op, std::move(knob));
      }
      return WalkResult::advance();
    });
    return success(!result.wasInterrupted());
  }

  /// Sets the options that `entries` names in `configuration`; `what` says in
  /// errors where on `owner` they are.
  LogicalResult setOptions(DictionaryAttr entries,
                           transform::NamedSequenceOp owner, StringRef what,
                           Configuration &configuration) {
    for (NamedAttribute entry : entries) {
      auto found = impl.knobByName.find(entry.getName());
      if (found == impl.knobByName.end())
        return owner.emitOpError()
               << "has a " << what << " for a knob '"
               << entry.getName().getValue() << "', which "
               << (owner == schedule ? "it" : "the schedule")
               << " does not have";
      ArrayRef<Attribute> options = impl.knobs[found->second].options;
      const auto *option = llvm::find(options, entry.getValue());
      if (option == options.end())
        return owner.emitOpError()
               << "has a " << what << " with " << entry.getValue()
               << " for knob '" << entry.getName().getValue()
               << "', which is none of its " << options.size() << " options";
      configuration[found->second] = option - options.begin();
    }
    return success();
  }

  Configuration getDefaultOptions() const {
    Configuration configuration;
    for (const Knob &knob : impl.knobs)
      configuration.push_back(knob.defaultOption);
    return configuration;
  }

  /// Those that the matcher has in place of the knobs' own.
  LogicalResult readDefaults(transform::NamedSequenceOp matcher) {
    auto defaults =
        matcher ? matcher->getAttrOfType<DictionaryAttr>(defaultsAttribute)
                : nullptr;
    if (!defaults)
      return success();
    Configuration configuration = getDefaultOptions();
    if (failed(setOptions(defaults, matcher, "default", configuration)))
      return failure();
    for (auto [knob, option] : llvm::zip_equal(impl.knobs, configuration))
      knob.defaultOption = option;
    return success();
  }

  /// Of the matcher, else of the schedule. Checked even where they are illegal,
  /// so that a misspelt one is found.
  LogicalResult readSeeds(transform::NamedSequenceOp matcher) {
    transform::NamedSequenceOp owner =
        matcher && matcher->hasAttr(seedsAttribute) ? matcher : schedule;
    auto seeds = owner->getAttrOfType<ArrayAttr>(seedsAttribute);
    if (!seeds)
      return success();
    for (auto seed : seeds.getAsRange<DictionaryAttr>()) {
      Configuration configuration = getDefaultOptions();
      if (failed(setOptions(seed, owner, "seed", configuration)))
        return failure();
      // Two that name different knobs may be the same.
      if (!llvm::is_contained(impl.seeds, configuration))
        impl.seeds.push_back(std::move(configuration));
    }
    return success();
  }

  /// Parameters that neither knobs nor constraints define.
  void gatherFact(Value param) {
    Operation *op = param.getDefiningOp();
    if (auto alternatives =
            dyn_cast_or_null<transform::tune::AlternativesOp>(op)) {
      unsigned number = cast<OpResult>(param).getResultNumber();
      for (Region &region : alternatives.getAlternatives())
        gatherFact(region.front().getTerminator()->getOperand(number));
    } else if (!isa_and_nonnull<transform::tune::KnobOp,
                                transform::smt::ConstrainParamsOp,
                                transform::ParamConstantOp>(op)) {
      facts.insert(param);
    }
  }
  void gatherFacts() {
    for (Operation *op : ops.constraints)
      llvm::for_each(op->getOperands(),
                     [&](Value operand) { gatherFact(operand); });
    for (Operation *op : ops.alternatives)
      llvm::for_each(op->getOperands(),
                     [&](Value operand) { gatherFact(operand); });
  }

  FailureOr<int64_t> getInteger(Attribute value, Operation *user) {
    auto integer = dyn_cast_or_null<IntegerAttr>(value);
    if (!integer || integer.getValue().getSignificantBits() > 63)
      return user->emitOpError("expects integers, found ") << value;
    return isa<BoolAttr>(value) ? integer.getValue().getZExtValue()
                                : integer.getValue().getSExtValue();
  }

  FailureOr<Ref> constant(Attribute value, Operation *user) {
    FailureOr<int64_t> integer = getInteger(value, user);
    if (failed(integer))
      return failure();
    return impl.program.constant(*integer);
  }

  /// What a parameter is as an expression over the knobs.
  FailureOr<Ref> compileParam(Value param, Operation *user) {
    Operation *op = param.getDefiningOp();
    if (auto known = compiled.find(param); known != compiled.end())
      return known->second;
    if (auto constantOp = dyn_cast_or_null<transform::ParamConstantOp>(op))
      return constant(constantOp.getValue(), user);
    if (isa_and_nonnull<transform::tune::KnobOp>(op)) {
      const Knob &knob = impl.knobs[knobOf.lookup(op)];
      SmallVector<int64_t> options;
      for (Attribute option : knob.options) {
        FailureOr<int64_t> value = getInteger(option, user);
        if (failed(value))
          return failure();
        options.push_back(*value);
      }
      return impl.program.knobValue(knobOf.lookup(op), options);
    }
    if (auto alternatives =
            dyn_cast_or_null<transform::tune::AlternativesOp>(op)) {
      Ref result = -1, selector = impl.selectorOfOp[position.lookup(op)];
      for (size_t index = alternatives.getAlternatives().size(); index-- > 0;) {
        Block &block = alternatives.getAlternatives()[index].front();
        Value yielded = block.getTerminator()->getOperand(
            cast<OpResult>(param).getResultNumber());
        FailureOr<Ref> value = compileParam(yielded, user);
        if (failed(value))
          return failure();
        result = result < 0 ? *value
                            : impl.program.make(Kind::Select,
                                                isRegion(selector, index),
                                                *value, result);
      }
      return result;
    }
    return constant(factValues[llvm::find(facts, param) - facts.begin()], user);
  }

  Ref isRegion(Ref selector, int64_t index) {
    return impl.program.make(Kind::Equal, selector,
                             impl.program.constant(index));
  }

  /// The condition under which `op` is in no unselected alternative.
  Ref isActive(Operation *op) {
    Ref result = impl.program.constant(1);
    for (; op != schedule; op = op->getParentOp())
      if (isa<transform::tune::AlternativesOp>(op->getParentOp())) {
        Ref selector = impl.selectorOfOp[position.lookup(op->getParentOp())];
        result = impl.program.make(
            Kind::And,
            isRegion(selector, op->getParentRegion()->getRegionNumber()),
            result);
      }
    return result;
  }

  void requireIf(Ref guard, Ref condition, Operation *op) {
    ConstraintProgram &program = impl.program;
    program.require(
        program.make(Kind::Or, program.make(Kind::Not, guard), condition), op);
  }

  LogicalResult visit(Operation *op) {
    ConstraintProgram &program = impl.program;
    if (auto knob = knobOf.find(op); knob != knobOf.end()) {
      // An inactive knob has its default only.
      Ref isDefault = isRegion(program.knobIndex(knob->second),
                               impl.knobs[knob->second].defaultOption);
      program.require(program.make(Kind::Or, isActive(op), isDefault), op);
    }
    if (auto alternatives = dyn_cast<transform::tune::AlternativesOp>(op)) {
      Ref &selector = impl.selectorOfOp[position.lookup(op)];
      if (!alternatives.getSelectedRegionParam()) {
        selector = program.knobIndex(knobOf.lookup(op));
        return success();
      }
      FailureOr<Ref> value =
          compileParam(alternatives.getSelectedRegionParam(), op);
      if (failed(value))
        return failure();
      selector = *value;
      int64_t numRegions = alternatives.getAlternatives().size();
      requireIf(isActive(op),
                program.make(Kind::LessEqual, program.constant(0), selector),
                op);
      requireIf(
          isActive(op),
          program.make(Kind::Less, selector, program.constant(numRegions)), op);
      return success();
    }
    auto constraint = dyn_cast<transform::smt::ConstrainParamsOp>(op);
    if (!constraint)
      return success();
    SmallVector<Ref> arguments;
    for (Value operand : constraint.getParams()) {
      FailureOr<Ref> argument = compileParam(operand, op);
      if (failed(argument))
        return failure();
      arguments.push_back(*argument);
    }
    Ref guard = isActive(op);
    FailureOr<SmallVector<Ref>> yielded =
        compileConstraint(constraint, arguments, guard, program);
    if (failed(yielded))
      return failure();
    for (auto [result, value] :
         llvm::zip_equal(constraint.getResults(), *yielded)) {
      compiled[result] = value;
      // Equal to itself: defined, no division by zero.
      requireIf(guard, program.make(Kind::Equal, value, value), op);
    }
    impl.yieldedByOp[position.lookup(op)] = *yielded;
    return success();
  }

  DesignSpace::Impl &impl;
  transform::NamedSequenceOp schedule;
  TunableOps ops;
  DenseMap<Operation *, unsigned> knobOf, position;
  DenseMap<Value, Ref> compiled;
  llvm::SetVector<Value> facts;
  SmallVector<Attribute> factValues;
};
} // namespace

FailureOr<DesignSpace> DesignSpace::create(transform::NamedSequenceOp schedule,
                                           func::FuncOp task,
                                           transform::NamedSequenceOp matcher) {
  auto impl = std::make_shared<Impl>();
  if (failed(Analysis(*impl, schedule)
                 .run(matcher ? matcher : findMatcher(schedule), task)))
    return failure();
  llvm::erase_if(impl->seeds, [&](ArrayRef<int32_t> seed) {
    return !impl->program.holds(seed);
  });
  Configuration start;
  for (const Knob &knob : impl->knobs)
    start.push_back(knob.defaultOption);
  std::optional<Configuration> legal =
      impl->seeds.empty() ? findNearestLegal(impl->program, impl->knobs, start)
                          : impl->seeds.front();
  if (!legal) {
    InFlightDiagnostic diagnostic = emitError(schedule.getLoc())
                                    << "schedule @" << schedule.getSymName()
                                    << " has no legal configuration for task '"
                                    << task.getSymName() << "'";
    SmallVector<int64_t> scratch;
    for (const ConstraintProgram::Requirement &requirement :
         impl->program.getRequirements())
      if (requirement.knobs.empty() &&
          !impl->program.holds(requirement, {}, scratch))
        diagnostic.attachNote(requirement.op->getLoc())
            << "never holds for this task";
    return diagnostic;
  }
  impl->defaultConfiguration = *legal;
  impl->schedule = schedule.clone();
  DesignSpace space;
  space.impl = std::move(impl);
  return space;
}

ArrayRef<Knob> DesignSpace::getKnobs() const { return impl->knobs; }

const Configuration &DesignSpace::getDefault() const {
  return impl->defaultConfiguration;
}

ArrayRef<Configuration> DesignSpace::getSeeds() const { return impl->seeds; }

bool DesignSpace::isLegal(ArrayRef<int32_t> configuration) const {
  if (configuration.size() != impl->knobs.size())
    return false;
  for (auto [option, knob] : llvm::zip_equal(configuration, impl->knobs))
    if (option < 0 || static_cast<size_t>(option) >= knob.options.size())
      return false;
  return impl->program.holds(configuration);
}

double DesignSpace::getSize() const {
  double size = 1;
  for (const Knob &knob : impl->knobs)
    size *= knob.options.size();
  return size;
}

std::optional<int64_t> DesignSpace::countLegal(int64_t limit) const {
  return chameleon::countLegal(impl->program, impl->knobs, limit);
}

std::optional<std::vector<Configuration>>
DesignSpace::listLegal(int64_t limit) const {
  return chameleon::listLegal(impl->program, impl->knobs, limit);
}

DictionaryAttr DesignSpace::toAttr(ArrayRef<int32_t> configuration) const {
  MLIRContext *context = (*impl->schedule)->getContext();
  SmallVector<NamedAttribute> entries;
  for (auto [option, knob] : llvm::zip_equal(configuration, impl->knobs))
    entries.emplace_back(StringAttr::get(context, knob.name),
                         knob.options[option]);
  return DictionaryAttr::get(context, entries);
}

std::optional<Configuration>
DesignSpace::fromAttr(DictionaryAttr configuration) const {
  if (configuration.size() != impl->knobs.size())
    return std::nullopt;
  Configuration result(impl->knobs.size());
  for (NamedAttribute entry : configuration) {
    auto knob = impl->knobByName.find(entry.getName());
    if (knob == impl->knobByName.end())
      return std::nullopt;
    ArrayRef<Attribute> options = impl->knobs[knob->second].options;
    const auto *option = llvm::find(options, entry.getValue());
    if (option == options.end())
      return std::nullopt;
    result[knob->second] = option - options.begin();
  }
  return result;
}

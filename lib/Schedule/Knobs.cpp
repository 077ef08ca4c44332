//===- Knobs.cpp - read the knobs of a schedule
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DesignSpaceImpl.h"
#include "mlir/Dialect/Transform/SMTExtension/SMTExtensionOps.h"
#include "mlir/Dialect/Transform/TuneExtension/TuneExtensionOps.h"

using namespace mlir;
using namespace chameleon;

/// More than this in one knob is a mistake in its bounds.
static constexpr int64_t maxOptions = 1 << 16;

TunableOps::TunableOps(transform::NamedSequenceOp schedule) {
  schedule.walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (isa<transform::tune::KnobOp>(op))
      knobs.push_back(op);
    else if (isa<transform::tune::AlternativesOp>(op))
      alternatives.push_back(op);
    else if (isa<transform::smt::ConstrainParamsOp>(op))
      constraints.push_back(op);
  });
}

/// Options in lighthouse's spelling: {options = […]} or {lower_bound,
/// upper_bound}, filtered by `divisible_by` and `divides`.
static LogicalResult readDictionary(transform::tune::KnobOp op,
                                    DictionaryAttr dictionary,
                                    SmallVectorImpl<Attribute> &options) {
  IntegerAttr lower, upper, divisibleBy, divides;
  ArrayAttr listed;
  for (NamedAttribute entry : dictionary) {
    StringRef key = entry.getName();
    IntegerAttr *integer = llvm::StringSwitch<IntegerAttr *>(key)
                               .Case("lower_bound", &lower)
                               .Case("upper_bound", &upper)
                               .Case("divisible_by", &divisibleBy)
                               .Case("divides", &divides)
                               .Default(nullptr);
    if (integer) {
      *integer = dyn_cast<IntegerAttr>(entry.getValue());
      if (!*integer || (*integer).getValue().getSignificantBits() > 62)
        return op.emitOpError("expects an integer for '")
               << key << "' of knob '" << op.getName().getValue() << "', found "
               << entry.getValue();
    } else if (key == "options") {
      listed = dyn_cast<ArrayAttr>(entry.getValue());
      if (!listed)
        return op.emitOpError("expects an array for 'options' of knob '")
               << op.getName().getValue() << "', found " << entry.getValue();
    } else {
      return op.emitOpError("has the unknown key '")
             << key << "' in the options of knob '" << op.getName().getValue()
             << "'";
    }
  }
  for (auto [key, integer] :
       {std::pair<StringRef, IntegerAttr>("divisible_by", divisibleBy),
        {"divides", divides}})
    if (integer && !integer.getValue().isStrictlyPositive())
      return op.emitOpError("expects a positive '")
             << key << "' of knob '" << op.getName().getValue() << "', found "
             << integer;
  auto passes = [&](int64_t value) {
    return (!divisibleBy ||
            value % divisibleBy.getValue().getSExtValue() == 0) &&
           (!divides ||
            (value != 0 && divides.getValue().getSExtValue() % value == 0));
  };
  if (listed) {
    for (Attribute option : listed) {
      auto integer = dyn_cast<IntegerAttr>(option);
      if (!integer && (divisibleBy || divides))
        return op.emitOpError("expects integer options for knob '")
               << op.getName().getValue() << "', found " << option;
      if (!integer || passes(integer.getValue().getSExtValue()))
        options.push_back(option);
    }
    return success();
  }
  if (!lower || !upper)
    return op.emitOpError("expects 'options', or 'lower_bound' and "
                          "'upper_bound', for knob '")
           << op.getName().getValue() << "'";
  int64_t first = lower.getValue().getSExtValue(),
          last = upper.getValue().getSExtValue();
  if (last - first >= maxOptions && !divides && !divisibleBy)
    return op.emitOpError("spans ")
           << last - first + 1 << " options for knob '"
           << op.getName().getValue() << "', expected at most " << maxOptions;
  int64_t step = divisibleBy ? divisibleBy.getValue().getSExtValue() : 1;
  int64_t offset = ((first % step) + step) % step;
  if (divides) {
    // No divisor is larger than the number itself.
    int64_t number = divides.getValue().getSExtValue();
    last = std::min(last, number);
    first = std::max<int64_t>(first, -number);
    offset = ((first % step) + step) % step;
  }
  for (int64_t value = offset ? first + step - offset : first; value <= last;
       value += step) {
    if (passes(value))
      options.push_back(IntegerAttr::get(lower.getType(), value));
    if (static_cast<int64_t>(options.size()) > maxOptions)
      return op.emitOpError("spans too many options for knob '")
             << op.getName().getValue() << "', expected at most " << maxOptions;
  }
  return success();
}

FailureOr<Knob> chameleon::readKnob(Operation *knobOp) {
  auto op = cast<transform::tune::KnobOp>(knobOp);
  Knob knob;
  knob.name = op.getName().str();
  if (auto array = dyn_cast<ArrayAttr>(op.getOptions()))
    knob.options.assign(array.begin(), array.end());
  else if (auto dictionary = dyn_cast<DictionaryAttr>(op.getOptions())) {
    if (failed(readDictionary(op, dictionary, knob.options)))
      return failure();
  } else
    return op.emitOpError(
               "expects an array or a dictionary as the options of knob '")
           << knob.name << "', found " << op.getOptions();
  if (knob.options.empty())
    return op.emitOpError("has no options for knob '") << knob.name << "'";
  llvm::SmallDenseSet<Attribute> seen;
  for (Attribute option : knob.options)
    if (!seen.insert(option).second)
      return op.emitOpError("lists option ")
             << option << " of knob '" << knob.name << "' twice";
  knob.ordered = llvm::all_of(knob.options, [](Attribute option) {
    return isa<IntegerAttr>(option) && !isa<BoolAttr>(option);
  });
  if (std::optional<Attribute> selected = op.getSelected()) {
    auto *position = llvm::find(knob.options, *selected);
    if (position == knob.options.end())
      return op.emitOpError("selects ")
             << *selected << ", which is not an option of knob '" << knob.name
             << "'";
    knob.defaultOption = position - knob.options.begin();
  }
  return knob;
}

static StringRef getKnobName(Operation *op) {
  if (auto knob = dyn_cast<transform::tune::KnobOp>(op))
    return knob.getName();
  return cast<transform::tune::AlternativesOp>(op).getName();
}

LogicalResult chameleon::verifyKnobNames(const TunableOps &ops) {
  llvm::StringMap<Operation *> known;
  SmallVector<Operation *> named(ops.knobs);
  llvm::append_range(named, ops.alternatives);
  for (Operation *op : named) {
    // Configurations are dictionaries, which have no key of no characters.
    if (getKnobName(op).empty())
      return op->emitOpError("has an empty name, expected one that a "
                             "configuration can have");
    auto [position, isNew] = known.try_emplace(getKnobName(op), op);
    if (isNew)
      continue;
    InFlightDiagnostic diagnostic =
        op->emitOpError("has the name '")
        << getKnobName(op) << "', which another knob of the schedule has";
    diagnostic.attachNote(position->second->getLoc()) << "the other knob";
    return diagnostic;
  }
  return success();
}

//===- ScheduleLibrary.cpp - load schedules and find those that apply
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Schedule/ScheduleLibrary.h"
#include "Facts.h"
#include "PreflightChecks.h"
#include "chameleon/Schedule/BuiltinSchedules.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/xxhash.h"

using namespace mlir;
using namespace chameleon;

struct ScheduleLibrary::Impl {
  std::vector<OwningOpRef<ModuleOp>> modules;
  SmallVector<MatchedSchedule> schedules;
};

/// Calls `callback(matcher, schedule)` for each pair in the module; both exist,
/// upstream's verifier sees to that.
static void forEachPair(
    ModuleOp module,
    function_ref<void(transform::NamedSequenceOp, transform::NamedSequenceOp)>
        callback) {
  module.walk([&](transform::ForeachMatchOp op) {
    for (auto [matcher, action] :
         llvm::zip_equal(op.getMatchers(), op.getActions())) {
      auto lookup = [&](Attribute symbol) {
        return SymbolTable::lookupNearestSymbolFrom<transform::NamedSequenceOp>(
            op, cast<SymbolRefAttr>(symbol));
      };
      if (lookup(matcher) && lookup(action))
        callback(lookup(matcher), lookup(action));
    }
  });
}

transform::NamedSequenceOp
chameleon::findMatcher(transform::NamedSequenceOp schedule) {
  transform::NamedSequenceOp found;
  if (auto module = schedule->getParentOfType<ModuleOp>())
    forEachPair(module, [&](transform::NamedSequenceOp matcher,
                            transform::NamedSequenceOp action) {
      if (!found && action == schedule)
        found = matcher;
    });
  return found;
}

static std::string computeFingerprint(transform::NamedSequenceOp matcher,
                                      transform::NamedSequenceOp schedule) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  llvm::SetVector<Operation *> sequences;
  for (transform::NamedSequenceOp sequence : {matcher, schedule}) {
    sequences.insert(sequence);
    for (transform::NamedSequenceOp included : getIncludedSequences(sequence))
      sequences.insert(included);
  }
  for (Operation *sequence : sequences)
    sequence->print(stream, OpPrintingFlags().useLocalScope());
  return llvm::utohexstr(llvm::xxh3_64bits(text), /*LowerCase=*/true,
                         /*Width=*/16);
}

static LogicalResult addModule(OwningOpRef<ModuleOp> module, StringRef name,
                               ScheduleLibrary::Impl &impl) {
  size_t before = impl.schedules.size();
  LogicalResult result = success();
  forEachPair(*module, [&](transform::NamedSequenceOp matcher,
                           transform::NamedSequenceOp schedule) {
    if (failed(checkSchedule(matcher, schedule)))
      result = failure();
    else
      impl.schedules.push_back({matcher,
                                schedule,
                                {},
                                name.str(),
                                computeFingerprint(matcher, schedule)});
  });
  if (succeeded(result) && impl.schedules.size() == before)
    return module->emitOpError(
        "has no 'transform.foreach_match' that pairs matchers with schedules, "
        "so it is no schedule library");
  impl.modules.push_back(std::move(module));
  return result;
}

FailureOr<ScheduleLibrary>
ScheduleLibrary::load(MLIRContext *context, ArrayRef<std::string> userFiles,
                      StringRef target) {
  auto impl = std::make_shared<Impl>();
  ParserConfig config(context);
  for (const std::string &file : userFiles) {
    OwningOpRef<ModuleOp> module = parseSourceFile<ModuleOp>(file, config);
    // The parser has said what is wrong with the file's text; what is wrong
    // with the file itself it prints elsewhere.
    if (!module) {
      if (!llvm::sys::fs::exists(file))
        return emitError(UnknownLoc::get(context))
               << "cannot open the schedule library '" << file << "'";
      return failure();
    }
    if (failed(addModule(std::move(module), file, *impl)))
      return failure();
  }
  for (const BuiltinSchedule &builtin : getBuiltinSchedules()) {
    if (builtin.target != target)
      continue;
    std::string name =
        llvm::formatv("builtin:{0}/{1}", builtin.target, builtin.name);
    OwningOpRef<ModuleOp> module =
        parseSourceString<ModuleOp>(builtin.text, config, name);
    if (!module || failed(addModule(std::move(module), name, *impl)))
      return failure();
  }
  ScheduleLibrary library;
  library.impl = std::move(impl);
  return library;
}

SmallVector<MatchedSchedule> ScheduleLibrary::getSchedules() const {
  return impl->schedules;
}

SmallVector<MatchedSchedule> ScheduleLibrary::match(func::FuncOp task) const {
  SmallVector<MatchedSchedule> matched;
  for (const MatchedSchedule &schedule : impl->schedules)
    if (std::optional<MatchedAnchor> anchor =
            findAnchor(schedule.matcher, task)) {
      matched.push_back(schedule);
      matched.back().anchor = *anchor;
    }
  return matched;
}

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
#include "chameleon/IR/ChameleonDialect.h"
#include "mlir/Dialect/Transform/IR/Utils.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/xxhash.h"

using namespace mlir;
using namespace chameleon;

bool MatchedSchedule::isFallback() const {
  return transform::NamedSequenceOp(matcher)->hasAttr(fallbackAttribute);
}

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

/// Puts the sequences of `common` that a library names and does not define into
/// it, with what they include, and verifies the result. A library may have a
/// sequence of the same name as one that is only included there: both stay.
static LogicalResult linkCommon(ModuleOp library, ModuleOp common) {
  OwningOpRef<Operation *> copy = common->clone();
  llvm::SetVector<Operation *> named, needed;
  auto isDefined = [&](StringRef name) {
    auto own = library.lookupSymbol<transform::NamedSequenceOp>(name);
    return own && !own.isExternal();
  };
  library.walk([&](Operation *op) {
    for (NamedAttribute attribute : op->getAttrs())
      attribute.getValue().walk([&](FlatSymbolRefAttr symbol) {
        auto sequence =
            cast<ModuleOp>(*copy).lookupSymbol<transform::NamedSequenceOp>(
                symbol);
        if (sequence && !isDefined(symbol.getValue()))
          named.insert(sequence);
      });
  });
  if (named.empty())
    return verify(library);
  // Upstream merges what one side declares and the other defines.
  OpBuilder builder = OpBuilder::atBlockEnd(library.getBody());
  for (Operation *op : named) {
    auto sequence = cast<transform::NamedSequenceOp>(op);
    needed.insert(sequence);
    for (transform::NamedSequenceOp included : getIncludedSequences(sequence))
      needed.insert(included);
    if (!library.lookupSymbol(sequence.getSymName()))
      cast<transform::NamedSequenceOp>(builder.cloneWithoutRegions(*op))
          .setPrivate();
  }
  for (auto sequence : llvm::make_early_inc_range(
           cast<ModuleOp>(*copy).getOps<transform::NamedSequenceOp>()))
    if (!needed.contains(sequence))
      sequence.erase();
    else if (isDefined(sequence.getSymName()))
      sequence.setPrivate();
  return failure(
      failed(transform::detail::mergeSymbolsInto(library, std::move(copy))));
}

static LogicalResult addModule(OwningOpRef<ModuleOp> module, ModuleOp common,
                               StringRef name, ScheduleLibrary::Impl &impl) {
  if (failed(linkCommon(*module, common)))
    return failure();
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

static std::string getLibraryName(const BuiltinSchedule &builtin) {
  return builtin.target.empty()
             ? llvm::formatv("builtin:{0}", builtin.name).str()
             : llvm::formatv("builtin:{0}/{1}", builtin.target, builtin.name)
                   .str();
}

namespace chameleon {
/// lib/Schedules/*.mlir: of all backends.
ArrayRef<BuiltinSchedule> getCommonSchedules();
} // namespace chameleon

/// The common sequences of a backend and those of all backends, in one module.
static OwningOpRef<ModuleOp> parseCommon(const ParserConfig &config,
                                         ArrayRef<BuiltinSchedule> builtins) {
  OwningOpRef<ModuleOp> common =
      ModuleOp::create(UnknownLoc::get(config.getContext()));
  (*common)->setAttr(transform::TransformDialect::kWithNamedSequenceAttrName,
                     UnitAttr::get(config.getContext()));
  for (const BuiltinSchedule &builtin :
       llvm::concat<const BuiltinSchedule>(getCommonSchedules(), builtins)) {
    if (!builtin.isCommon())
      continue;
    OwningOpRef<ModuleOp> part = parseSourceString<ModuleOp>(
        builtin.text, config, getLibraryName(builtin));
    if (!part || failed(transform::detail::mergeSymbolsInto(
                     *common, OwningOpRef<Operation *>(part.release()))))
      return {};
  }
  return common;
}

FailureOr<ScheduleLibrary>
ScheduleLibrary::load(MLIRContext *context, ArrayRef<std::string> userFiles,
                      ArrayRef<BuiltinSchedule> builtins) {
  auto impl = std::make_shared<Impl>();
  // Whole only with the common sequences; verified when these are linked.
  ParserConfig config(context, /*verifyAfterParse=*/false);
  OwningOpRef<ModuleOp> common = parseCommon(config, builtins);
  if (!common)
    return failure();
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
    if (failed(addModule(std::move(module), *common, file, *impl)))
      return failure();
  }
  for (const BuiltinSchedule &builtin : builtins) {
    if (builtin.isCommon())
      continue;
    std::string name = getLibraryName(builtin);
    OwningOpRef<ModuleOp> module =
        parseSourceString<ModuleOp>(builtin.text, config, name);
    if (!module || failed(addModule(std::move(module), *common, name, *impl)))
      return failure();
  }
  ScheduleLibrary library;
  library.impl = std::move(impl);
  return library;
}

SmallVector<MatchedSchedule> ScheduleLibrary::getSchedules() const {
  return impl->schedules;
}

SmallVector<MatchedSchedule> ScheduleLibrary::match(
    func::FuncOp task,
    llvm::function_ref<void(const MatchedSchedule &schedule, StringRef reason)>
        refuse) const {
  SmallVector<MatchedSchedule> matched;
  for (MatchedSchedule schedule : impl->schedules) {
    std::string reason;
    if (std::optional<MatchedAnchor> anchor =
            findAnchor(schedule.matcher, task, &reason)) {
      schedule.anchor = *anchor;
      matched.push_back(schedule);
    } else if (refuse && !reason.empty()) {
      refuse(schedule, reason);
    }
  }
  llvm::stable_sort(matched,
                    [](const MatchedSchedule &a, const MatchedSchedule &b) {
                      return a.isFallback() < b.isFallback();
                    });
  return matched;
}

//===- Spec.cpp - modules of resolved schedules: make, keep, apply
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DesignSpaceImpl.h"
#include "Facts.h"
#include "PreflightChecks.h"
#include "chameleon/IR/ChameleonDialect.h"
#include "chameleon/IR/Seal.h"
#include "mlir/Dialect/Linalg/TransformOps/LinalgTransformOps.h"
#include "mlir/Dialect/Transform/Transforms/TransformInterpreterUtils.h"
#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Support/FileUtilities.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/ToolOutputFile.h"

using namespace mlir;
using namespace chameleon;
using transform::TransformDialect;

static constexpr StringLiteral specName = "chameleon_schedules";

OwningOpRef<ModuleOp> chameleon::createSpec(MLIRContext *context) {
  OwningOpRef<ModuleOp> spec =
      ModuleOp::create(UnknownLoc::get(context), specName);
  (*spec)->setAttr(TransformDialect::kWithNamedSequenceAttrName,
                   UnitAttr::get(context));
  return spec;
}

static transform::NamedSequenceOp getMain(ModuleOp spec) {
  return spec.lookupSymbol<transform::NamedSequenceOp>(
      TransformDialect::kTransformEntryPointSymbolName);
}

/// The entry point, made if it is not there. It stays the last operation of the
/// module.
static transform::NamedSequenceOp getOrCreateMain(ModuleOp spec) {
  if (transform::NamedSequenceOp main = getMain(spec))
    return main;
  OpBuilder builder = OpBuilder::atBlockEnd(spec.getBody());
  return transform::NamedSequenceOp::create(
      builder, spec.getLoc(), TransformDialect::kTransformEntryPointSymbolName,
      transform::AnyOpType::get(spec.getContext()), TypeRange(),
      [](OpBuilder &builder, Location location, BlockArgument) {
        transform::YieldOp::create(builder, location);
      });
}

namespace {
/// Puts copies of named sequences into a spec. A sequence which is there
/// already, under whatever name, is not put there twice; one whose name is
/// taken by another gets a new name.
class SequenceLinker {
public:
  explicit SequenceLinker(ModuleOp spec) : spec(spec), symbols(spec) {}

  /// Copies what `original` names, then `sequence`, which is a version of
  /// `original`, as `name`.
  FlatSymbolRefAttr add(transform::NamedSequenceOp original,
                        OwningOpRef<transform::NamedSequenceOp> sequence,
                        StringRef name) {
    for (transform::NamedSequenceOp included : getIncludedSequences(original))
      if (!renamed.contains(included))
        renamed[included] =
            insert(included, included.clone(), included.getSymName());
    return insert(original, std::move(sequence), name);
  }

private:
  FlatSymbolRefAttr insert(transform::NamedSequenceOp original,
                           OwningOpRef<transform::NamedSequenceOp> sequence,
                           StringRef name) {
    AttrTypeReplacer replacer;
    replacer.addReplacement(
        [&](SymbolRefAttr symbol) -> std::optional<Attribute> {
          auto callee =
              SymbolTable::lookupNearestSymbolFrom<transform::NamedSequenceOp>(
                  original, symbol);
          auto known = renamed.find(callee);
          return known == renamed.end() ? symbol : known->second;
        });
    replacer.recursivelyReplaceElementsIn(*sequence, /*replaceAttrs=*/true,
                                          /*replaceLocs=*/false,
                                          /*replaceTypes=*/false);
    sequence->setSymName(name);
    sequence->setVisibility(SymbolTable::Visibility::Public);
    for (auto other : spec.getOps<transform::NamedSequenceOp>())
      if (isSame(other, *sequence))
        return FlatSymbolRefAttr::get(other.getSymNameAttr());
    transform::NamedSequenceOp added = sequence.release();
    symbols.insert(added, getOrCreateMain(spec)->getIterator());
    return FlatSymbolRefAttr::get(added.getSymNameAttr());
  }

  /// Equal but for their names.
  static bool isSame(transform::NamedSequenceOp a,
                     transform::NamedSequenceOp b) {
    return a.getFunctionType() == b.getFunctionType() &&
           a.getArgAttrsAttr() == b.getArgAttrsAttr() &&
           a->getDiscardableAttrDictionary() ==
               b->getDiscardableAttrDictionary() &&
           OperationEquivalence::isRegionEquivalentTo(
               &a.getBody(), &b.getBody(),
               OperationEquivalence::IgnoreLocations);
  }

  ModuleOp spec;
  SymbolTable symbols;
  DenseMap<Operation *, FlatSymbolRefAttr> renamed;
};
} // namespace

/// The handle to the functions of a task, `transform.structured.match
/// ops{["func.func"]} attributes {chameleon.task = "…"}`.
static Value matchTask(OpBuilder &builder, Location location, Value root,
                       StringRef taskKey) {
  NamedAttribute key =
      builder.getNamedAttr(taskAttribute, builder.getStringAttr(taskKey));
  return transform::MatchOp::create(
      builder, location,
      TypeRange(transform::AnyOpType::get(builder.getContext())), root,
      builder.getStrArrayAttr({func::FuncOp::getOperationName()}),
      transform::MatchInterfaceEnumAttr(), builder.getDictionaryAttr(key),
      TypeAttr(), ArrayAttr());
}

LogicalResult chameleon::addResolvedSchedule(ModuleOp spec, StringRef taskKey,
                                             const MatchedSchedule &schedule,
                                             const DesignSpace &space,
                                             ArrayRef<int32_t> configuration) {
  if (llvm::is_contained(getTaskKeys(spec), taskKey))
    return spec.emitOpError("has a schedule for task '")
           << taskKey << "' already";
  if (!space.isLegal(configuration))
    return spec.emitOpError("expects a legal configuration for task '")
           << taskKey << "'";
  transform::NamedSequenceOp matcherOp = schedule.matcher,
                             scheduleOp = schedule.schedule;
  SequenceLinker linker(spec);
  OwningOpRef<transform::NamedSequenceOp> plainMatcher = matcherOp.clone();
  (*plainMatcher)->removeAttr(seedsAttribute);
  (*plainMatcher)->removeAttr(defaultsAttribute);
  (*plainMatcher)->removeAttr(fallbackAttribute);
  FlatSymbolRefAttr matcher =
      linker.add(matcherOp, std::move(plainMatcher), matcherOp.getSymName());
  std::string name = (scheduleOp.getSymName() + "_" + taskKey).str();
  OwningOpRef<transform::NamedSequenceOp> resolved =
      space.resolve(configuration);
  (*resolved)->setAttr(configurationAttribute, space.toAttr(configuration));
  (*resolved)->setAttr(
      scheduleAttribute,
      StringAttr::get(spec.getContext(), schedule.libraryName));
  FlatSymbolRefAttr action = linker.add(scheduleOp, std::move(resolved), name);

  // Each function in a foreach of its own: nothing runs where the payload lacks
  // the task.
  transform::NamedSequenceOp main = getOrCreateMain(spec);
  Location location = scheduleOp.getLoc();
  OpBuilder builder(main.getBody().front().getTerminator());
  Value functions =
      matchTask(builder, location, main.getBody().getArgument(0), taskKey);
  auto each = transform::ForeachOp::create(builder, location, TypeRange(),
                                           ValueRange{functions}, false);
  Block &body = each.getBody().emplaceBlock();
  builder.setInsertionPointToStart(&body);
  Value function = body.addArgument(functions.getType(), location);
  ValueRange matched = buildMatch(builder, location, function, matcherOp,
                                  matcher, schedule.anchor);
  transform::IncludeOp::create(
      builder, location, scheduleOp.getFunctionType().getResults(), action,
      transform::FailurePropagationMode::Propagate, matched, ArrayAttr(),
      ArrayAttr());
  transform::YieldOp::create(builder, location);
  return verify(spec);
}

SmallVector<StringRef> chameleon::getTaskKeys(ModuleOp spec) {
  SmallVector<StringRef> keys;
  if (transform::NamedSequenceOp main = getMain(spec))
    for (auto match : main.getOps<transform::MatchOp>())
      if (DictionaryAttr attributes = match.getOpAttrsAttr())
        if (auto key = attributes.getAs<StringAttr>(taskAttribute))
          keys.push_back(key);
  return keys;
}

LogicalResult chameleon::applySpec(ModuleOp spec, ModuleOp payload,
                                   bool checkHandles) {
  // A script cannot transform what it is in.
  OwningOpRef<ModuleOp> copy;
  if (payload->isAncestor(spec)) {
    copy = spec.clone();
    spec = *copy;
  }
  transform::NamedSequenceOp main = getMain(spec);
  if (!main)
    return spec.emitOpError("expects a named sequence '@")
           << TransformDialect::kTransformEntryPointSymbolName << "'";
  SmallVector<StringRef> keys = getTaskKeys(spec);
  bool found = payload
                   .walk([&](func::FuncOp function) {
                     StringAttr key = getTaskKey(function);
                     return key && llvm::is_contained(keys, key.getValue())
                                ? WalkResult::interrupt()
                                : WalkResult::advance();
                   })
                   .wasInterrupted();
  if (!keys.empty() && !found) {
    payload.emitRemark("has none of the ")
        << keys.size()
        << " tasks that the schedules are for: nothing was applied";
    return success();
  }
  transform::TransformOptions options;
  options.enableExpensiveChecks(checkHandles);
  return transform::applyTransformNamedSequence(payload, main, ModuleOp(),
                                                options);
}

ModuleOp chameleon::findEmbeddedSpec(ModuleOp module) {
  for (auto nested : module.getOps<ModuleOp>())
    if (nested.getSymName().value_or("").starts_with(specName) &&
        nested->hasAttr(TransformDialect::kWithNamedSequenceAttrName))
      return nested;
  return {};
}

OwningOpRef<ModuleOp> chameleon::takeEmbeddedSpec(ModuleOp module) {
  ModuleOp spec = findEmbeddedSpec(module);
  if (spec)
    spec->remove();
  return spec;
}

/// Marks schedules that are all built in; whoever reads them may trust them as
/// long as they are what was marked.
static void sealIfOurs(ModuleOp spec) {
  bool areOurs = true;
  for (auto sequence : spec.getOps<transform::NamedSequenceOp>())
    if (auto name = sequence->getAttrOfType<StringAttr>(scheduleAttribute))
      areOurs &= name.getValue().starts_with("builtin:");
  if (areOurs)
    sealModule(spec);
  else
    spec->removeDiscardableAttr(sealAttribute);
}

void chameleon::embedSpec(OwningOpRef<ModuleOp> spec, ModuleOp module) {
  takeEmbeddedSpec(module);
  sealIfOurs(*spec);
  // The model may use the name for something else.
  SymbolTable(module).insert(spec.release());
}

OwningOpRef<ModuleOp> chameleon::parseSpecFile(MLIRContext *context,
                                               StringRef path) {
  if (!llvm::sys::fs::exists(path)) {
    emitError(UnknownLoc::get(context))
        << "cannot open the schedules in '" << path << "'";
    return {};
  }
  OwningOpRef<ModuleOp> spec =
      parseSourceFile<ModuleOp>(path, ParserConfig(context));
  if (spec && findEmbeddedSpec(*spec))
    return takeEmbeddedSpec(*spec);
  if (spec && !getMain(*spec)) {
    emitError(spec->getLoc())
        << "expected a named sequence '@"
        << TransformDialect::kTransformEntryPointSymbolName
        << "' or an embedded spec in '" << path << "'";
    return {};
  }
  return spec;
}

LogicalResult chameleon::writeSpecFile(ModuleOp spec, StringRef path) {
  std::string message;
  std::unique_ptr<llvm::ToolOutputFile> file = openOutputFile(path, &message);
  if (!file)
    return spec.emitOpError() << message;
  spec->print(file->os());
  file->os() << "\n";
  file->os().flush();
  if (file->os().has_error())
    return spec.emitOpError("cannot write '")
           << path << "': " << file->os().error().message();
  file->keep();
  return success();
}

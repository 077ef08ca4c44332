//===- ChameleonDialect.h - the words that Chameleon writes into IR
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The dialect `chameleon` has discardable attributes and no operations. What
// each attribute means and where it may stand is in ChameleonDialect.td, and in
// docs/generated/ChameleonDialect.md; the dialect's verifier sees to it. So a
// reader of verified IR need not check again:
//
//   if (mlir::StringAttr key = chameleon::getTaskKey(function)) …
//   function->setAttr(chameleon::taskAttribute, builder.getStringAttr(key));
//
// The dialect is also where backends are registered, as extensions of a
// DialectRegistry. It is loaded in every context in which Chameleon's passes or
// transform operations run; IR that was built in a context without it is not
// verified.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_IR_CHAMELEONDIALECT_H
#define CHAMELEON_IR_CHAMELEONDIALECT_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

#include "chameleon/IR/ChameleonDialect.h.inc"

namespace chameleon {

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

inline constexpr llvm::StringLiteral anchorAttribute =
    ChameleonDialect::AnchorAttrHelper::getNameStr();
inline constexpr llvm::StringLiteral configurationAttribute =
    ChameleonDialect::ConfigurationAttrHelper::getNameStr();
inline constexpr llvm::StringLiteral defaultsAttribute =
    ChameleonDialect::DefaultsAttrHelper::getNameStr();
inline constexpr llvm::StringLiteral distinctAttribute =
    ChameleonDialect::DistinctAttrHelper::getNameStr();
inline constexpr llvm::StringLiteral epilogueAttribute =
    ChameleonDialect::EpilogueAttrHelper::getNameStr();
inline constexpr llvm::StringLiteral fallbackAttribute =
    ChameleonDialect::FallbackAttrHelper::getNameStr();
inline constexpr llvm::StringLiteral flopsAttribute =
    ChameleonDialect::FlopsAttrHelper::getNameStr();
inline constexpr llvm::StringLiteral initAttribute =
    ChameleonDialect::InitAttrHelper::getNameStr();
inline constexpr llvm::StringLiteral matchesAttribute =
    ChameleonDialect::MatchesAttrHelper::getNameStr();
inline constexpr llvm::StringLiteral nameAttribute =
    ChameleonDialect::NameAttrHelper::getNameStr();
inline constexpr llvm::StringLiteral rootAttribute =
    ChameleonDialect::RootAttrHelper::getNameStr();
inline constexpr llvm::StringLiteral scheduleAttribute =
    ChameleonDialect::ScheduleAttrHelper::getNameStr();
inline constexpr llvm::StringLiteral seedsAttribute =
    ChameleonDialect::SeedsAttrHelper::getNameStr();
inline constexpr llvm::StringLiteral signatureAttribute =
    ChameleonDialect::SignatureAttrHelper::getNameStr();
inline constexpr llvm::StringLiteral taskAttribute =
    ChameleonDialect::TaskAttrHelper::getNameStr();

/// Of arguments, which TableGen has no helpers for.
inline constexpr llvm::StringLiteral constantAttribute = "chameleon.constant";
/// Followed by a number.
inline constexpr llvm::StringLiteral factAttributePrefix = "chameleon.fact.";

//===----------------------------------------------------------------------===//
// Readers: null or nothing where the attribute is not there
//===----------------------------------------------------------------------===//

bool isTask(mlir::Operation *function);
mlir::StringAttr getTaskKey(mlir::Operation *function);
/// Of a task, or empty.
llvm::StringRef getTaskName(mlir::Operation *function);
/// Of a task, or 0.
int64_t getTaskFlops(mlir::Operation *function);

mlir::FlatSymbolRefAttr getInitialiser(mlir::Operation *function);
/// What the function took and returned before it was lowered.
mlir::FunctionType getSignature(mlir::Operation *function);

/// Whether the argument is the same at every call.
bool isConstantArgument(mlir::FunctionOpInterface function, unsigned argument);
/// The same; false for every other value.
bool isConstantArgument(mlir::Value value);
/// Which result of the initialiser the argument is.
std::optional<int64_t> getConstantNumber(mlir::FunctionOpInterface function,
                                         unsigned argument);

} // namespace chameleon

#endif // CHAMELEON_IR_CHAMELEONDIALECT_H

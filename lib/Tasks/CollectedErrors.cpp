//===- CollectedErrors.cpp - errors as a reason instead of an error -------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CollectedErrors.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Location.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace chameleon;

/// What a reader of the remark needs of it: a whole function printed as a note
/// is not.
static std::string getFirstLine(Diagnostic &diagnostic) {
  std::string text = diagnostic.str();
  return StringRef(text).split('\n').first.trim().str();
}

CollectedErrors::CollectedErrors(MLIRContext *context)
    : handler(context, [this](Diagnostic &diagnostic) {
        if (diagnostic.getSeverity() != DiagnosticSeverity::Error ||
            !first.empty())
          return success();
        first = getFirstLine(diagnostic);
        std::string notes;
        for (Diagnostic &note : diagnostic.getNotes()) {
          std::string text = getFirstLine(note);
          // They point at operations, which a remark on a task has no use for.
          if (StringRef(text).starts_with("see current operation") ||
              StringRef(text).starts_with("when applied to this op"))
            continue;
          if (auto place = dyn_cast<FileLineColLoc>(note.getLocation()))
            text = llvm::formatv("{0}:{1}: {2}", place.getFilename().getValue(),
                                 place.getLine(), text);
          notes += (notes.empty() ? "" : ", ") + text;
        }
        if (!notes.empty())
          first += " (" + notes + ")";
        return success();
      }) {}

std::string CollectedErrors::take() {
  std::string reason = std::exchange(first, "");
  return reason.empty() ? "it fails" : reason;
}

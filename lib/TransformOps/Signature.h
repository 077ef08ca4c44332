//===- Signature.h - types of operands and results that need not be spelt
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A directive of assembly formats: custom<Signature>("\"hp>h\"", type($target),
// type($factor), type($loops)). `h` stands for a handle to any operation, `p`
// for an integer parameter; what is behind `>` are results. These types are
// what schedules have nearly always, so that they may be left out; others are
// written behind a colon, as upstream does it:
//
//   transform.chameleon.unroll_loop %loop by %factor
//   transform.chameleon.unroll_loop %loop by %factor
//     : !transform.op<"scf.for">, !transform.param<i64>
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_TRANSFORMOPS_SIGNATURE_H
#define CHAMELEON_LIB_TRANSFORMOPS_SIGNATURE_H

#include "mlir/Dialect/Transform/IR/TransformTypes.h"
#include "mlir/IR/OpImplementation.h"

namespace chameleon::transform_ops {

/// Sets the types that `signature` stands for.
inline void setUsualTypes(mlir::MLIRContext *context, llvm::StringRef signature,
                          llvm::ArrayRef<mlir::Type *> types) {
  mlir::Type handle = mlir::transform::AnyOpType::get(context),
             param = mlir::transform::ParamType::get(
                 context, mlir::IntegerType::get(context, 64));
  for (char kind : signature)
    if (kind != '>') {
      *types.front() = kind == 'h' ? handle : param;
      types = types.drop_front();
    }
}

template <typename... Types>
mlir::ParseResult parseSignature(mlir::OpAsmParser &parser,
                                 llvm::StringRef signature, Types &...types) {
  mlir::Type *all[] = {&types...};
  if (failed(parser.parseOptionalColon())) {
    setUsualTypes(parser.getContext(), signature, all);
    return mlir::success();
  }
  llvm::SmallVector<mlir::Type> parsed;
  llvm::SMLoc place = parser.getCurrentLocation();
  if (signature.contains('>')) {
    mlir::FunctionType function;
    if (parser.parseType(function))
      return mlir::failure();
    llvm::append_range(parsed, function.getInputs());
    if (parsed.size() != signature.find('>'))
      return parser.emitError(place, "expected ")
             << signature.find('>') << " operand types, found "
             << parsed.size();
    llvm::append_range(parsed, function.getResults());
  } else if (parser.parseTypeList(parsed)) {
    return mlir::failure();
  }
  if (parsed.size() != sizeof...(types))
    return parser.emitError(place, "expected ")
           << sizeof...(types) << " types, found " << parsed.size();
  for (auto [type, value] : llvm::zip_equal(all, parsed))
    *type = value;
  return mlir::success();
}

template <typename... Types>
void printSignature(mlir::OpAsmPrinter &printer, mlir::Operation *op,
                    llvm::StringRef signature, Types... types) {
  printer << ": ";
  if (signature.contains('>'))
    printer.printFunctionalType(op);
  else
    llvm::interleaveComma(llvm::ArrayRef<mlir::Type>{types...}, printer);
}

} // namespace chameleon::transform_ops

#endif // CHAMELEON_LIB_TRANSFORMOPS_SIGNATURE_H

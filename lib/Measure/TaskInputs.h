//===- TaskInputs.h - random data that suits a task
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to lib/Measure. A check is worth something if the right result is
// finite, within the range of its type, and not made of noise: the square root
// of a negative number, a product of a thousand small ones and a division by
// zero are none. So inputs come in several kinds, the most general first.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_MEASURE_TASKINPUTS_H
#define CHAMELEON_LIB_MEASURE_TASKINPUTS_H

#include "TaskBuffers.h"

namespace chameleon {

/// In the order in which they are tried.
enum class InputKind {
  Uniform,     ///< floats in [-1, 1), integers in [0, 8)
  Positive,    ///< floats in [0.5, 1), integers in [1, 8): roots, logarithms
  NearOneBoth, ///< floats within 1/64 of one or minus one: long products
  NearOne,     ///< floats within 1/64 of one
};
constexpr InputKind inputKinds[] = {InputKind::Uniform, InputKind::Positive,
                                    InputKind::NearOneBoth, InputKind::NearOne};

/// What is known of a task before it is run.
struct InputNeeds {
  /// It divides integers: none of them is zero.
  bool withoutZeros = false;
  /// Integers are indices of tensors of at least so many elements.
  int64_t smallestIndexed = 8;
  /// It has more than sums of products: whether its result is within the range
  /// of its type and not made of noise is to be seen.
  bool isDelicate = false;

  static InputNeeds of(mlir::ModuleOp payload);
};

/// Writes the inputs to where they are in PreparedTask::data. Masks (i1) are
/// mixed. The same seed gives the same.
llvm::Error fillInputs(const TaskSignature &signature, const InputNeeds &needs,
                       InputKind kind, uint64_t seed, std::vector<char> &data);

} // namespace chameleon

#endif // CHAMELEON_LIB_MEASURE_TASKINPUTS_H

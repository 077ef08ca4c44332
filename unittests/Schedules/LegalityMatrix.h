//===- LegalityMatrix.h - operations × types × odd shapes, as modules
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What schedules may meet: each case is the text of a module whose only
// function computes one operation, by turns alone, with an elementwise
// epilogue, added to an argument, compared or masked.
//
//   for (const LegalityCase &c : getLegalityMatrix())
//     parseSourceString<ModuleOp>(c.module, context);
//
// Each has at least 2048 points, below which nothing is a task.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_UNITTESTS_SCHEDULES_LEGALITYMATRIX_H
#define CHAMELEON_UNITTESTS_SCHEDULES_LEGALITYMATRIX_H

#include <string>
#include <vector>

namespace chameleon::testing {

struct LegalityCase {
  std::string operation; ///< conv_2d_nchw
  std::string type;      ///< f32, i8-i32 (operands, then result)
  std::string shape;     ///< extents as the table of the operation has them
  std::string module;
};

std::vector<LegalityCase> getLegalityMatrix();

} // namespace chameleon::testing

#endif // CHAMELEON_UNITTESTS_SCHEDULES_LEGALITYMATRIX_H

//===- ToyEngine.h - runs the toy's programs: lists of operations
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_UNITTESTS_TOY_TOYENGINE_H
#define CHAMELEON_UNITTESTS_TOY_TOYENGINE_H

#include "chameleon/Runtime/Engine.h"

namespace chameleon::toy {

/// What a function does, an operation a line; values are counted from its
/// arguments on:
///   empty COUNT | fill SCALAR LIKE | matmul A B INIT M N K ORDER STEP |
///   call NUMBER VALUE... | return VALUE...
/// In the section "code", each function behind "function NAME ARGUMENTS"; those
/// of a task end with its destinations.
inline constexpr llvm::StringLiteral codeSection = "code";

std::unique_ptr<Engine> makeToyEngine(int64_t lanes);

} // namespace chameleon::toy

#endif // CHAMELEON_UNITTESTS_TOY_TOYENGINE_H

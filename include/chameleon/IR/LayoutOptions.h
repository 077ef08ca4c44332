//===- LayoutOptions.h - the layout of convolutions that a device likes
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A word between backends, which choose it, and lib/Prepare, which assigns it.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_IR_LAYOUTOPTIONS_H
#define CHAMELEON_IR_LAYOUTOPTIONS_H

#include <cstdint>

namespace chameleon {

struct LayoutOptions {
  enum class Kind { None, NCHWc, NHWC } kind = Kind::NCHWc;
  /// Largest channel block (NCHWc): the target's f32 lanes, one of 4, 8, 16.
  int64_t channelBlock = 16;
};

} // namespace chameleon

#endif // CHAMELEON_IR_LAYOUTOPTIONS_H

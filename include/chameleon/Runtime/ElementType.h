//===- ElementType.h - what a buffer holds: element type and shape
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The one table of element types that buffers of the host and of devices have,
// with the names that MLIR has for them. No MLIR.
//
//   BufferType image = {ElementType::F32, {1, 3, 224, 224}};
//   image.numBytes(); image.str()       // "1x3x224x224xf32"
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_RUNTIME_ELEMENTTYPE_H
#define CHAMELEON_RUNTIME_ELEMENTTYPE_H

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace chameleon {

/// i1 is a byte, index 64 bits. A float of eight bits or fewer is a byte, whose
/// lowest bits it has.
enum class ElementType {
  F16,
  BF16,
  F32,
  F64,
  I1,
  I8,
  I16,
  I32,
  I64,
  UI8,
  UI16,
  UI32,
  UI64,
  Index,
  F8E5M2,
  F8E4M3,
  F8E4M3FN,
  F8E5M2FNUZ,
  F8E4M3FNUZ,
  F8E4M3B11FNUZ,
  F8E3M4,
  F8E8M0FNU,
  F6E3M2FN,
  F6E2M3FN,
  F4E2M1FN
};

/// "f32".
llvm::StringRef toString(ElementType element);
std::optional<ElementType> elementTypeFromString(llvm::StringRef text);
unsigned byteWidth(ElementType element);
bool isFloat(ElementType element);
/// What the bits of a float stand for; the element is one.
const llvm::fltSemantics &getSemantics(ElementType element);
/// All there are, for messages: "f16, bf16, … or f4E2M1FN".
std::string listElementTypes();

/// A contiguous row-major buffer.
struct BufferType {
  ElementType element = ElementType::F32;
  std::vector<int64_t> shape;

  int64_t numElements() const;
  int64_t numBytes() const { return numElements() * byteWidth(element); }
  /// "1x3xf32"; "f32" if there are no dimensions.
  std::string str() const;
  /// Reads what `str` writes; nothing for other text, for sizes below zero, and
  /// for more bytes than 63 bits count.
  static std::optional<BufferType> parse(llvm::StringRef text);

  bool operator==(const BufferType &) const = default;
};

} // namespace chameleon

#endif // CHAMELEON_RUNTIME_ELEMENTTYPE_H

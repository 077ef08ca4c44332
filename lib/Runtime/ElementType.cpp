//===- ElementType.cpp - what a buffer holds: element type and shape
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Runtime/ElementType.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"
#include <iterator>

using namespace chameleon;

namespace {
struct Entry {
  const char *name;
  unsigned bytes;
  bool isFloat;
};
} // namespace

/// In the order of the enumeration.
static constexpr Entry table[] = {
    {"f16", 2, true},   {"bf16", 2, true},  {"f32", 4, true},
    {"f64", 8, true},   {"i1", 1, false},   {"i8", 1, false},
    {"i16", 2, false},  {"i32", 4, false},  {"i64", 8, false},
    {"ui8", 1, false},  {"ui16", 2, false}, {"ui32", 4, false},
    {"ui64", 8, false}, {"index", 8, false}};

static const Entry &entryOf(ElementType element) {
  return table[static_cast<size_t>(element)];
}

llvm::StringRef chameleon::toString(ElementType element) {
  return entryOf(element).name;
}

std::optional<ElementType>
chameleon::elementTypeFromString(llvm::StringRef text) {
  for (size_t i = 0; i < std::size(table); ++i)
    if (text == table[i].name)
      return static_cast<ElementType>(i);
  return std::nullopt;
}

unsigned chameleon::byteWidth(ElementType element) {
  return entryOf(element).bytes;
}

bool chameleon::isFloat(ElementType element) {
  return entryOf(element).isFloat;
}

int64_t BufferType::numElements() const {
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  return count;
}

std::string BufferType::str() const {
  std::string text;
  for (int64_t size : shape)
    text += std::to_string(size) + "x";
  return text + toString(element).str();
}

std::optional<BufferType> BufferType::parse(llvm::StringRef text) {
  BufferType type;
  int64_t bytes = 1, size = 0;
  bool isEmpty = false;
  while (!text.empty() && llvm::isDigit(text.front())) {
    auto [number, rest] = text.split('x');
    if (rest.empty() || number.getAsInteger(10, size) || size < 0)
      return std::nullopt;
    type.shape.push_back(size);
    isEmpty |= size == 0;
    if (size != 0 && llvm::MulOverflow(bytes, size, bytes))
      return std::nullopt;
    text = rest;
  }
  std::optional<ElementType> element = elementTypeFromString(text);
  if (!element)
    return std::nullopt;
  type.element = *element;
  if (!isEmpty && llvm::MulOverflow<int64_t>(bytes, byteWidth(*element), bytes))
    return std::nullopt;
  return type;
}

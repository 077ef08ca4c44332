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
    {"f16", 2, true},        {"bf16", 2, true},
    {"f32", 4, true},        {"f64", 8, true},
    {"i1", 1, false},        {"i8", 1, false},
    {"i16", 2, false},       {"i32", 4, false},
    {"i64", 8, false},       {"ui8", 1, false},
    {"ui16", 2, false},      {"ui32", 4, false},
    {"ui64", 8, false},      {"index", 8, false},
    {"f8E5M2", 1, true},     {"f8E4M3", 1, true},
    {"f8E4M3FN", 1, true},   {"f8E5M2FNUZ", 1, true},
    {"f8E4M3FNUZ", 1, true}, {"f8E4M3B11FNUZ", 1, true},
    {"f8E3M4", 1, true},     {"f8E8M0FNU", 1, true},
    {"f6E3M2FN", 1, true},   {"f6E2M3FN", 1, true},
    {"f4E2M1FN", 1, true}};

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

const llvm::fltSemantics &chameleon::getSemantics(ElementType element) {
  switch (element) {
  case ElementType::F16:
    return llvm::APFloat::IEEEhalf();
  case ElementType::BF16:
    return llvm::APFloat::BFloat();
  case ElementType::F32:
    return llvm::APFloat::IEEEsingle();
  case ElementType::F64:
    return llvm::APFloat::IEEEdouble();
  case ElementType::F8E5M2:
    return llvm::APFloat::Float8E5M2();
  case ElementType::F8E4M3:
    return llvm::APFloat::Float8E4M3();
  case ElementType::F8E4M3FN:
    return llvm::APFloat::Float8E4M3FN();
  case ElementType::F8E5M2FNUZ:
    return llvm::APFloat::Float8E5M2FNUZ();
  case ElementType::F8E4M3FNUZ:
    return llvm::APFloat::Float8E4M3FNUZ();
  case ElementType::F8E4M3B11FNUZ:
    return llvm::APFloat::Float8E4M3B11FNUZ();
  case ElementType::F8E3M4:
    return llvm::APFloat::Float8E3M4();
  case ElementType::F8E8M0FNU:
    return llvm::APFloat::Float8E8M0FNU();
  case ElementType::F6E3M2FN:
    return llvm::APFloat::Float6E3M2FN();
  case ElementType::F6E2M3FN:
    return llvm::APFloat::Float6E2M3FN();
  case ElementType::F4E2M1FN:
    return llvm::APFloat::Float4E2M1FN();
  default:
    llvm_unreachable("an element type that is no float");
  }
}

std::string chameleon::listElementTypes() {
  std::string text;
  for (size_t i = 0; i < std::size(table); ++i)
    text += (i == 0                     ? ""
             : i + 1 < std::size(table) ? ", "
                                        : " or ") +
            std::string(table[i].name);
  return text;
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

//===- Check.cpp - buffers with guard zones, and comparison with the reference
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Measure/Check.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>

using namespace chameleon;

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

std::pair<double, double> chameleon::getRange(ElementKind kind) {
  if (!isFloat(kind))
    kind = ElementKind::F64;
  const llvm::fltSemantics &semantics = getSemantics(kind);
  return {llvm::APFloat::getSmallestNormalized(semantics).convertToDouble(),
          llvm::APFloat::getLargest(semantics).convertToDouble()};
}

template <typename T>
static T load(const void *array, int64_t i) {
  T value;
  memcpy(&value, static_cast<const char *>(array) + i * sizeof(T), sizeof(T));
  return value;
}

/// By a table: millions of elements are read, and APFloat takes its time.
static double halfToDouble(uint16_t bits) {
  static const std::vector<double> values = [] {
    std::vector<double> table(1 << 16);
    for (auto [number, value] : llvm::enumerate(table))
      value = llvm::APFloat(llvm::APFloat::IEEEhalf(), llvm::APInt(16, number))
                  .convertToDouble();
    return table;
  }();
  return values[bits];
}

static double brainToDouble(uint16_t bits) {
  uint32_t wide = uint32_t(bits) << 16;
  float value;
  memcpy(&value, &wide, sizeof(value));
  return value;
}

/// A float of eight bits or fewer.
static double smallToDouble(ElementKind kind, uint8_t bits) {
  const llvm::fltSemantics &semantics = getSemantics(kind);
  return llvm::APFloat(semantics,
                       llvm::APInt(llvm::APFloat::getSizeInBits(semantics),
                                   bits, /*isSigned=*/false,
                                   /*implicitTrunc=*/true))
      .convertToDouble();
}

double chameleon::readElement(ElementKind kind, const void *array, int64_t i) {
  switch (kind) {
  case ElementKind::F16:
    return halfToDouble(load<uint16_t>(array, i));
  case ElementKind::BF16:
    return brainToDouble(load<uint16_t>(array, i));
  case ElementKind::F32:
    return load<float>(array, i);
  case ElementKind::F64:
    return load<double>(array, i);
  case ElementKind::I1:
    return load<uint8_t>(array, i);
  case ElementKind::I8:
    return load<int8_t>(array, i);
  case ElementKind::I16:
    return load<int16_t>(array, i);
  case ElementKind::I32:
    return load<int32_t>(array, i);
  case ElementKind::I64:
  case ElementKind::Index:
    return static_cast<double>(load<int64_t>(array, i));
  case ElementKind::UI8:
    return load<uint8_t>(array, i);
  case ElementKind::UI16:
    return load<uint16_t>(array, i);
  case ElementKind::UI32:
    return load<uint32_t>(array, i);
  case ElementKind::UI64:
    return static_cast<double>(load<uint64_t>(array, i));
  default:
    return smallToDouble(kind, load<uint8_t>(array, i));
  }
}

static int64_t readInteger(ElementKind kind, const void *array, int64_t i) {
  return kind == ElementKind::I64 || kind == ElementKind::Index
             ? load<int64_t>(array, i)
             : static_cast<int64_t>(readElement(kind, array, i));
}

//===----------------------------------------------------------------------===//
// Buffers
//===----------------------------------------------------------------------===//

static constexpr unsigned char guardByte = 0xff;

static unsigned char poisonByte(ElementKind kind) {
  return isFloat(kind) ? 0xff : 0xa5;
}

void GuardedBuffer::Free::operator()(char *memory) const { free(memory); }

GuardedBuffer::GuardedBuffer(size_t bytes) : bytes(bytes) {
  size_t whole = (guardBytes + bytes + guardBytes + 63) / 64 * 64;
  storage.reset(static_cast<char *>(std::aligned_alloc(64, whole)));
  if (!storage)
    llvm::report_bad_alloc_error("Allocation failed");
  restoreGuards();
}

void GuardedBuffer::restoreGuards() {
  memset(storage.get(), guardByte, guardBytes);
  memset(storage.get() + guardBytes + bytes, guardByte, guardBytes);
}

bool GuardedBuffer::guardsIntact() const {
  auto isGuard = [](char byte) {
    return static_cast<unsigned char>(byte) == guardByte;
  };
  return std::all_of(storage.get(), storage.get() + guardBytes, isGuard) &&
         std::all_of(data() + bytes, data() + bytes + guardBytes, isGuard);
}

void GuardedBuffer::poison(ElementKind kind) {
  memset(data(), poisonByte(kind), bytes);
}

static bool isPoison(ElementKind kind, const void *array, int64_t i) {
  const char *element = static_cast<const char *>(array) + i * byteWidth(kind);
  return std::all_of(element, element + byteWidth(kind), [&](char byte) {
    return static_cast<unsigned char>(byte) == poisonByte(kind);
  });
}

//===----------------------------------------------------------------------===//
// Comparison
//===----------------------------------------------------------------------===//

/// The common kinds run at memory speed; the others need not.
template <typename Read>
static Comparison compareWith(Read read, const double *reference,
                              int64_t count) {
  Comparison result;
  double largest = 0, worst = -1;
  for (int64_t i = 0; i < count; ++i) {
    double wanted = reference[i], value = read(i);
    double error = std::fabs(value - wanted);
    if (std::isfinite(wanted))
      largest = std::max(largest, std::fabs(wanted));
    else
      error =
          std::isfinite(value) ? std::numeric_limits<double>::infinity() : 0;
    if (std::isnan(error))
      error = std::numeric_limits<double>::infinity();
    if (error > worst) {
      worst = error;
      result.worst = i;
      result.value = value;
      result.reference = wanted;
    }
  }
  if (count)
    result.relativeError = worst / (largest > 0 ? largest : 1);
  return result;
}

double chameleon::getTolerance(ElementKind kind, double tolerance) {
  if (!isFloat(kind) || byteWidth(kind) > 2)
    return tolerance;
  // 11 bits of significand in f16, 8 in bf16, four and fewer in a byte, where
  // sixteen units would allow everything.
  int bits = llvm::APFloat::semanticsPrecision(getSemantics(kind));
  return std::max(tolerance,
                  std::ldexp(byteWidth(kind) == 1 ? 2 : 16, 1 - bits));
}

Comparison chameleon::compareFloats(ElementKind kind, const void *values,
                                    const double *reference, int64_t count) {
  Comparison result;
  if (kind == ElementKind::F32)
    result =
        compareWith([&](int64_t i) { return double(load<float>(values, i)); },
                    reference, count);
  else
    result =
        compareWith([&](int64_t i) { return readElement(kind, values, i); },
                    reference, count);
  result.notWritten = result.worst >= 0 && isPoison(kind, values, result.worst);
  return result;
}

Comparison chameleon::compareIntegers(ElementKind kind, const void *values,
                                      const int64_t *reference, int64_t count) {
  Comparison result;
  for (int64_t i = 0; i < count; ++i) {
    int64_t value = readInteger(kind, values, i);
    if (value == reference[i])
      continue;
    result.relativeError = std::numeric_limits<double>::infinity();
    result.worst = i;
    result.value = static_cast<double>(value);
    result.reference = static_cast<double>(reference[i]);
    result.notWritten = isPoison(kind, values, i);
    break;
  }
  return result;
}

std::string chameleon::describe(const Comparison &comparison) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  if (comparison.notWritten)
    stream << "element " << comparison.worst << " was not written";
  else
    stream << "element " << comparison.worst << " is "
           << llvm::format("%.9g", comparison.value) << ", expected "
           << llvm::format("%.9g", comparison.reference);
  return text;
}

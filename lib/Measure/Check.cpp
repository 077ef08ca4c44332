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

unsigned chameleon::byteWidth(ElementKind kind) {
  switch (kind) {
  case ElementKind::I1:
  case ElementKind::I8:
    return 1;
  case ElementKind::F16:
  case ElementKind::BF16:
  case ElementKind::I16:
    return 2;
  case ElementKind::F32:
  case ElementKind::I32:
    return 4;
  case ElementKind::F64:
  case ElementKind::I64:
    return 8;
  }
  llvm_unreachable("an element kind outside its enumeration");
}

bool chameleon::isFloat(ElementKind kind) {
  return kind == ElementKind::F16 || kind == ElementKind::BF16 ||
         kind == ElementKind::F32 || kind == ElementKind::F64;
}

std::pair<double, double> chameleon::getRange(ElementKind kind) {
  switch (kind) {
  case ElementKind::F16:
    return {0x1p-14, 65504};
  case ElementKind::BF16:
    return {0x1p-126, 0x1.fep127};
  case ElementKind::F32:
    return {std::numeric_limits<float>::min(),
            std::numeric_limits<float>::max()};
  default:
    return {std::numeric_limits<double>::min(),
            std::numeric_limits<double>::max()};
  }
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
    return static_cast<double>(load<int64_t>(array, i));
  }
  llvm_unreachable("an element kind outside its enumeration");
}

static int64_t readInteger(ElementKind kind, const void *array, int64_t i) {
  return kind == ElementKind::I64
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
  // 11 and 8 bits of significand.
  if (kind == ElementKind::F16)
    return std::max(tolerance, 16 * 0x1p-10);
  if (kind == ElementKind::BF16)
    return std::max(tolerance, 16 * 0x1p-7);
  return tolerance;
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

//===- HostTensor.cpp - tensors in host memory: random, splat, .npy, comparison
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Target/HostTensor.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>

using namespace mlir;

namespace chameleon {

/// Bytes of one element, 0 for a type that a HostTensor cannot hold.
static int64_t elementBytes(Type type) {
  if (type.isIndex())
    return 8;
  if (type.isF16() || type.isBF16() || type.isF32() || type.isF64())
    return type.getIntOrFloatBitWidth() / 8;
  if (auto integer = dyn_cast<IntegerType>(type)) {
    unsigned width = integer.getWidth();
    if (width == 1)
      return 1;
    if (width == 8 || width == 16 || width == 32 || width == 64)
      return width / 8;
  }
  return 0;
}

static std::string text(Type type) {
  std::string result;
  llvm::raw_string_ostream(result) << "'" << type << "'";
  return result;
}

llvm::Expected<HostTensor> HostTensor::create(RankedTensorType type) {
  if (!type.hasStaticShape())
    return llvm::createStringError(
        "tensor type %s is dynamic, expected a static shape",
        text(type).c_str());
  if (!elementBytes(type.getElementType()))
    return llvm::createStringError(
        "element type %s is not supported, expected f16, bf16, f32, f64, i1, "
        "i8, i16, i32, i64 or index",
        text(type.getElementType()).c_str());
  HostTensor result;
  result.type = type;
  // Whole vectors: code that was vectorised with masks may touch, but never
  // change, the rest of the last one.
  size_t bytes = llvm::alignTo(std::max<int64_t>(result.numBytes(), 1), 64);
  result.storage = {std::aligned_alloc(64, bytes), std::free};
  if (!result.storage)
    return llvm::createStringError(
        "cannot allocate %zu bytes for a tensor of type %s", bytes,
        text(type).c_str());
  return result;
}

int64_t HostTensor::numBytes() const {
  return type.getNumElements() * elementBytes(type.getElementType());
}

//===----------------------------------------------------------------------===//
// .npy
//===----------------------------------------------------------------------===//

/// NumPy's description of an element type; bf16, which NumPy lacks, is stored
/// as its bits.
static llvm::StringRef npyDescription(Type type) {
  if (type.isF16())
    return "<f2";
  if (type.isBF16())
    return "<u2";
  if (type.isF32())
    return "<f4";
  if (type.isF64())
    return "<f8";
  if (type.isIndex())
    return "<i8";
  bool isUnsigned = type.isUnsignedInteger();
  switch (type.getIntOrFloatBitWidth()) {
  case 1:
    return "|b1";
  case 8:
    return isUnsigned ? "|u1" : "|i1";
  case 16:
    return isUnsigned ? "<u2" : "<i2";
  case 32:
    return isUnsigned ? "<u4" : "<i4";
  default:
    return isUnsigned ? "<u8" : "<i8";
  }
}

static Type npyElementType(llvm::StringRef description, MLIRContext *context) {
  if (description == "<f2")
    return Float16Type::get(context);
  if (description == "<f4")
    return Float32Type::get(context);
  if (description == "<f8")
    return Float64Type::get(context);
  unsigned width = llvm::StringSwitch<unsigned>(description.drop_front(1))
                       .Case("b1", 1)
                       .Cases({"i1", "u1"}, 8)
                       .Cases({"i2", "u2"}, 16)
                       .Cases({"i4", "u4"}, 32)
                       .Cases({"i8", "u8"}, 64)
                       .Default(0);
  if (!width || description[0] == '>')
    return {};
  return IntegerType::get(context, width);
}

/// The text after `'key':` in the Python dictionary of an .npy header.
static llvm::StringRef headerValue(llvm::StringRef header,
                                   llvm::StringRef key) {
  std::string quoted = ("'" + key + "':").str();
  size_t at = header.find(quoted);
  return at == llvm::StringRef::npos
             ? llvm::StringRef()
             : header.drop_front(at + quoted.size()).ltrim();
}

llvm::Expected<HostTensor> HostTensor::readNpy(llvm::StringRef path,
                                               MLIRContext *context) {
  auto fail = [&](const llvm::Twine &message) -> llvm::Error {
    return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                   path + ": " + message);
  };
  auto file = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                          /*RequiresNullTerminator=*/false);
  if (!file)
    return fail(file.getError().message());
  llvm::StringRef content = (*file)->getBuffer();
  if (content.size() < 10 || !content.starts_with("\x93NUMPY"))
    return fail("not an .npy file");
  unsigned major = static_cast<unsigned char>(content[6]);
  if (major < 1 || major > 3)
    return fail("format version " + llvm::Twine(major) +
                " is unknown, expected 1, 2 or 3");
  size_t lengthBytes = major == 1 ? 2 : 4, headerLength = 0;
  if (content.size() < 8 + lengthBytes)
    return fail("the header is cut off");
  for (size_t i = 0; i < lengthBytes; ++i)
    headerLength |= size_t(static_cast<unsigned char>(content[8 + i]))
                    << (8 * i);
  size_t dataOffset = 8 + lengthBytes + headerLength;
  if (content.size() < dataOffset)
    return fail("the header is cut off");
  llvm::StringRef header = content.substr(8 + lengthBytes, headerLength);

  llvm::StringRef description = headerValue(header, "descr");
  if (!description.consume_front("'"))
    return fail("structured element types are not supported");
  description = description.take_until([](char c) { return c == '\''; });
  Type element =
      description.size() < 3 ? Type() : npyElementType(description, context);
  if (!element)
    return fail("element type '" + description + "' is not supported");
  if (!headerValue(header, "fortran_order").starts_with("False"))
    return fail("column-major order is not supported, save it with "
                "numpy.ascontiguousarray");
  llvm::StringRef shapeText = headerValue(header, "shape");
  if (!shapeText.consume_front("("))
    return fail("the header has no shape");
  llvm::SmallVector<llvm::StringRef> parts;
  shapeText.take_until([](char c) { return c == ')'; }).split(parts, ',');
  llvm::SmallVector<int64_t> shape;
  for (llvm::StringRef part : parts) {
    part = part.trim();
    if (part.empty())
      continue;
    int64_t size;
    if (part.getAsInteger(10, size) || size < 0)
      return fail("malformed shape '" + shapeText + "'");
    shape.push_back(size);
  }
  llvm::Expected<HostTensor> result =
      create(RankedTensorType::get(shape, element));
  if (!result)
    return fail(llvm::toString(result.takeError()));
  if (content.size() - dataOffset < static_cast<uint64_t>(result->numBytes()))
    return fail("has " + llvm::Twine(content.size() - dataOffset) +
                " bytes of data, expected " + llvm::Twine(result->numBytes()));
  std::memcpy(result->data(), content.data() + dataOffset, result->numBytes());
  return result;
}

llvm::Error HostTensor::writeNpy(llvm::StringRef path) const {
  std::string header;
  llvm::raw_string_ostream os(header);
  os << "{'descr': '" << npyDescription(type.getElementType())
     << "', 'fortran_order': False, 'shape': (";
  for (int64_t size : type.getShape())
    os << size << ", ";
  os << "), }";
  // Data starts at a multiple of 64; the header ends in a line feed.
  header.append(63 - (10 + header.size()) % 64, ' ');
  header.push_back('\n');
  std::error_code error;
  llvm::raw_fd_ostream file(path, error);
  if (error)
    return llvm::createStringError(error, path + ": " + error.message());
  file << llvm::StringRef("\x93NUMPY\x01\x00", 8)
       << static_cast<char>(header.size() & 255)
       << static_cast<char>(header.size() >> 8) << header;
  file.write(static_cast<const char *>(data()), numBytes());
  file.close();
  if (file.has_error()) {
    error = file.error();
    file.clear_error();
    return llvm::createStringError(error, path + ": " + error.message());
  }
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

template <typename T>
static double load(const void *data, int64_t i) {
  T value;
  std::memcpy(&value, static_cast<const char *>(data) + i * sizeof(T),
              sizeof(T));
  return static_cast<double>(value);
}

template <typename T>
static void store(void *data, int64_t i, double value) {
  T converted = static_cast<T>(value);
  std::memcpy(static_cast<char *>(data) + i * sizeof(T), &converted, sizeof(T));
}

double HostTensor::get(int64_t i) const {
  Type element = type.getElementType();
  if (element.isF32())
    return load<float>(data(), i);
  if (element.isF64())
    return load<double>(data(), i);
  if (auto floating = dyn_cast<FloatType>(element)) {
    uint16_t bits;
    std::memcpy(&bits, static_cast<const char *>(data()) + 2 * i, 2);
    llvm::APFloat value(floating.getFloatSemantics(), llvm::APInt(16, bits));
    bool lossy;
    value.convert(llvm::APFloat::IEEEdouble(),
                  llvm::APFloat::rmNearestTiesToEven, &lossy);
    return value.convertToDouble();
  }
  bool isUnsigned = element.isUnsignedInteger();
  switch (elementBytes(element)) {
  case 1:
    return element.isInteger(1) || isUnsigned ? load<uint8_t>(data(), i)
                                              : load<int8_t>(data(), i);
  case 2:
    return isUnsigned ? load<uint16_t>(data(), i) : load<int16_t>(data(), i);
  case 4:
    return isUnsigned ? load<uint32_t>(data(), i) : load<int32_t>(data(), i);
  default:
    return isUnsigned ? load<uint64_t>(data(), i) : load<int64_t>(data(), i);
  }
}

void HostTensor::set(int64_t i, double value) {
  Type element = type.getElementType();
  if (element.isF32())
    return store<float>(data(), i, value);
  if (element.isF64())
    return store<double>(data(), i, value);
  if (auto floating = dyn_cast<FloatType>(element)) {
    llvm::APFloat converted(value);
    bool lossy;
    converted.convert(floating.getFloatSemantics(),
                      llvm::APFloat::rmNearestTiesToEven, &lossy);
    uint16_t bits =
        static_cast<uint16_t>(converted.bitcastToAPInt().getZExtValue());
    std::memcpy(static_cast<char *>(data()) + 2 * i, &bits, 2);
    return;
  }
  if (element.isInteger(1))
    return store<uint8_t>(data(), i, value != 0);
  bool isUnsigned = element.isUnsignedInteger();
  switch (elementBytes(element)) {
  case 1:
    return isUnsigned ? store<uint8_t>(data(), i, value)
                      : store<int8_t>(data(), i, value);
  case 2:
    return isUnsigned ? store<uint16_t>(data(), i, value)
                      : store<int16_t>(data(), i, value);
  case 4:
    return isUnsigned ? store<uint32_t>(data(), i, value)
                      : store<int32_t>(data(), i, value);
  default:
    return isUnsigned ? store<uint64_t>(data(), i, value)
                      : store<int64_t>(data(), i, value);
  }
}

void HostTensor::fillRandom(uint64_t seed) {
  bool isFloat = isa<FloatType>(type.getElementType());
  bool isBit = type.getElementType().isInteger(1);
  uint64_t state = seed;
  for (int64_t i = 0, n = numElements(); i < n; ++i) {
    // splitmix64: every element is a hash of seed and position.
    uint64_t z = (state += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    z ^= z >> 31;
    if (isFloat)
      // 24 bits: exact in f32, so never rounded up to 1.
      set(i, static_cast<double>(z >> 40) / (1 << 23) - 1);
    else
      set(i, static_cast<double>(isBit ? z >> 63 : z >> 61));
  }
}

void HostTensor::fill(double value) {
  if (!numElements())
    return;
  set(0, value);
  int64_t size = elementBytes(type.getElementType());
  char *bytes = static_cast<char *>(data());
  for (int64_t i = 1, n = numElements(); i < n; ++i)
    std::memcpy(bytes + i * size, bytes, size);
}

void HostTensor::poison() {
  Type element = type.getElementType();
  if (isa<FloatType>(element))
    return fill(std::numeric_limits<double>::quiet_NaN());
  if (element.isInteger(1) || element.isUnsignedInteger())
    return fill(0);
  fill(-std::ldexp(1.0, 8 * elementBytes(element) - 1));
}

double HostTensor::relativeError(const HostTensor &reference) const {
  double largest = 0, difference = 0;
  for (int64_t i = 0, n = numElements(); i < n; ++i) {
    double expected = reference.get(i), found = get(i);
    if (std::isfinite(expected) != std::isfinite(found))
      return std::numeric_limits<double>::infinity();
    if (!std::isfinite(expected)) {
      // Infinities of one sign agree, and so do NaNs.
      if (std::isnan(expected) != std::isnan(found) ||
          (!std::isnan(expected) && expected != found))
        return std::numeric_limits<double>::infinity();
      continue;
    }
    largest = std::max(largest, std::fabs(expected));
    difference = std::max(difference, std::fabs(found - expected));
  }
  if (difference == 0)
    return 0;
  return largest == 0 ? std::numeric_limits<double>::infinity()
                      : difference / largest;
}

} // namespace chameleon

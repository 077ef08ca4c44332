//===- HostTensor.cpp - tensors in host memory: random, splat, .npy, comparison
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Runtime/HostTensor.h"
#include "chameleon/Runtime/OutputFile.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>

using namespace chameleon;

llvm::Expected<HostTensor> HostTensor::create(BufferType type) {
  HostTensor result;
  result.type = std::move(type);
  // Whole vectors: code that was vectorised with masks may touch, but never
  // change, the rest of the last one.
  size_t bytes = llvm::alignTo(std::max<int64_t>(result.numBytes(), 1), 64);
  result.storage = {std::aligned_alloc(64, bytes), std::free};
  if (!result.storage)
    return llvm::createStringError(
        "cannot allocate %zu bytes for a tensor of type '%s'", bytes,
        result.type.str().c_str());
  return result;
}

//===----------------------------------------------------------------------===//
// .npy
//===----------------------------------------------------------------------===//

/// NumPy's description of an element type; bf16 and smaller floats, which NumPy
/// lacks, are stored as their bits.
static llvm::StringRef npyDescription(ElementType type) {
  switch (type) {
  case ElementType::F16:
    return "<f2";
  case ElementType::F32:
    return "<f4";
  case ElementType::F64:
    return "<f8";
  case ElementType::I1:
    return "|b1";
  case ElementType::I8:
    return "|i1";
  case ElementType::UI8:
    return "|u1";
  case ElementType::I16:
    return "<i2";
  case ElementType::BF16:
  case ElementType::UI16:
    return "<u2";
  case ElementType::I32:
    return "<i4";
  case ElementType::UI32:
    return "<u4";
  case ElementType::I64:
  case ElementType::Index:
    return "<i8";
  case ElementType::UI64:
    return "<u8";
  default:
    return "|u1"; // small floats
  }
}

/// Integers have no sign: what reads them knows.
static std::optional<ElementType> npyElementType(llvm::StringRef description) {
  using Found = std::optional<ElementType>;
  Found floating = llvm::StringSwitch<Found>(description)
                       .Case("<f2", ElementType::F16)
                       .Case("<f4", ElementType::F32)
                       .Case("<f8", ElementType::F64)
                       .Default(std::nullopt);
  if (floating || description[0] == '>')
    return floating;
  return llvm::StringSwitch<Found>(description.drop_front(1))
      .Case("b1", ElementType::I1)
      // Bits of types that Python's ml_dtypes adds: f8E5M2, bf16, …
      .Cases({"i1", "u1", "f1", "V1"}, ElementType::I8)
      .Cases({"i2", "u2", "V2"}, ElementType::I16)
      .Cases({"i4", "u4"}, ElementType::I32)
      .Cases({"i8", "u8"}, ElementType::I64)
      .Default(std::nullopt);
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

llvm::Expected<HostTensor> HostTensor::readNpy(llvm::StringRef path) {
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
  std::optional<ElementType> element =
      description.size() < 3 ? std::nullopt : npyElementType(description);
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
  BufferType type;
  type.element = *element;
  for (llvm::StringRef part : parts) {
    part = part.trim();
    if (part.empty())
      continue;
    int64_t size;
    if (part.getAsInteger(10, size) || size < 0)
      return fail("malformed shape '" + shapeText + "'");
    type.shape.push_back(size);
  }
  // Of a shape that lies about its file, no memory is asked for.
  if (!BufferType::parse(type.str()) ||
      content.size() - dataOffset < static_cast<uint64_t>(type.numBytes()))
    return fail("has " + llvm::Twine(content.size() - dataOffset) +
                " bytes of data, expected " + llvm::Twine(type.numBytes()));
  llvm::Expected<HostTensor> result = create(type);
  if (!result)
    return fail(llvm::toString(result.takeError()));
  std::memcpy(result->data(), content.data() + dataOffset, result->numBytes());
  return result;
}

llvm::Error HostTensor::writeNpy(llvm::StringRef path) const {
  std::string header;
  llvm::raw_string_ostream os(header);
  os << "{'descr': '" << npyDescription(type.element)
     << "', 'fortran_order': False, 'shape': (";
  for (int64_t size : type.shape)
    os << size << ", ";
  os << "), }";
  // Data starts at a multiple of 64; the header ends in a line feed.
  header.append(63 - (10 + header.size()) % 64, ' ');
  header.push_back('\n');
  return writeFile(path, [&](llvm::raw_ostream &file) {
    file << llvm::StringRef("\x93NUMPY\x01\x00", 8)
         << static_cast<char>(header.size() & 255)
         << static_cast<char>(header.size() >> 8) << header;
    file.write(static_cast<const char *>(data()), numBytes());
    return llvm::Error::success();
  });
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

/// The bits of a float of at most two bytes.
static uint16_t loadBits(const HostTensor &tensor, int64_t i) {
  uint16_t bits = 0;
  size_t size = byteWidth(tensor.getType().element);
  std::memcpy(&bits, static_cast<const char *>(tensor.data()) + i * size, size);
  return bits;
}

double HostTensor::get(int64_t i) const {
  switch (type.element) {
  case ElementType::F32:
    return load<float>(data(), i);
  case ElementType::F64:
    return load<double>(data(), i);
  case ElementType::I1:
  case ElementType::UI8:
    return load<uint8_t>(data(), i);
  case ElementType::I8:
    return load<int8_t>(data(), i);
  case ElementType::I16:
    return load<int16_t>(data(), i);
  case ElementType::UI16:
    return load<uint16_t>(data(), i);
  case ElementType::I32:
    return load<int32_t>(data(), i);
  case ElementType::UI32:
    return load<uint32_t>(data(), i);
  case ElementType::I64:
  case ElementType::Index:
    return load<int64_t>(data(), i);
  case ElementType::UI64:
    return load<uint64_t>(data(), i);
  default: {
    const llvm::fltSemantics &semantics = getSemantics(type.element);
    llvm::APFloat value(
        semantics,
        llvm::APInt(llvm::APFloat::getSizeInBits(semantics), loadBits(*this, i),
                    /*isSigned=*/false, /*implicitTrunc=*/true));
    bool lossy;
    value.convert(llvm::APFloat::IEEEdouble(),
                  llvm::APFloat::rmNearestTiesToEven, &lossy);
    return value.convertToDouble();
  }
  }
}

void HostTensor::set(int64_t i, double value) {
  switch (type.element) {
  case ElementType::F32:
    return store<float>(data(), i, value);
  case ElementType::F64:
    return store<double>(data(), i, value);
  case ElementType::I1:
    return store<uint8_t>(data(), i, value != 0);
  case ElementType::I8:
    return store<int8_t>(data(), i, value);
  case ElementType::UI8:
    return store<uint8_t>(data(), i, value);
  case ElementType::I16:
    return store<int16_t>(data(), i, value);
  case ElementType::UI16:
    return store<uint16_t>(data(), i, value);
  case ElementType::I32:
    return store<int32_t>(data(), i, value);
  case ElementType::UI32:
    return store<uint32_t>(data(), i, value);
  case ElementType::I64:
  case ElementType::Index:
    return store<int64_t>(data(), i, value);
  case ElementType::UI64:
    return store<uint64_t>(data(), i, value);
  default: {
    const llvm::fltSemantics &semantics = getSemantics(type.element);
    // Scales are positive; some small floats have nothing but numbers.
    if (!llvm::APFloat::semanticsHasSignedRepr(semantics) && !std::isnan(value))
      value = std::max(std::fabs(value), 0x1p-127);
    if (!llvm::APFloat::semanticsHasNaN(semantics) && !std::isfinite(value))
      value = std::copysign(std::numeric_limits<float>::max(), value);
    llvm::APFloat converted(value);
    bool lossy;
    converted.convert(semantics, llvm::APFloat::rmNearestTiesToEven, &lossy);
    auto bits =
        static_cast<uint16_t>(converted.bitcastToAPInt().getZExtValue());
    size_t size = byteWidth(type.element);
    std::memcpy(static_cast<char *>(data()) + i * size, &bits, size);
    return;
  }
  }
}

void HostTensor::fillRandom(uint64_t seed) {
  bool isReal = isFloat(type.element), isBit = type.element == ElementType::I1;
  uint64_t state = seed;
  for (int64_t i = 0, n = numElements(); i < n; ++i) {
    // splitmix64: every element is a hash of seed and position.
    uint64_t z = (state += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    z ^= z >> 31;
    if (isReal)
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
  int64_t size = byteWidth(type.element);
  char *bytes = static_cast<char *>(data());
  for (int64_t i = 1, n = numElements(); i < n; ++i)
    std::memcpy(bytes + i * size, bytes, size);
}

void HostTensor::poison() {
  if (isFloat(type.element))
    return fill(std::numeric_limits<double>::quiet_NaN());
  if (type.element == ElementType::I1 ||
      toString(type.element).starts_with("u"))
    return fill(0);
  fill(-std::ldexp(1.0, 8 * byteWidth(type.element) - 1));
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

//===- HostTensor.cpp - tensors in host memory: random, splat, .npy, comparison
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Target/HostTensor.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <random>

using namespace mlir;
using namespace chameleon;

static int64_t elementBytes(Type type) {
  if (isa<IndexType>(type))
    return 8;
  return std::max<int64_t>(1, type.getIntOrFloatBitWidth() / 8);
}

llvm::Expected<HostTensor> HostTensor::create(RankedTensorType type) {
  Type element = type.getElementType();
  bool known = element.isF16() || element.isBF16() || element.isF32() || element.isF64() || element.isIndex() || element.isInteger(1) ||
               element.isInteger(8) || element.isInteger(16) || element.isInteger(32) || element.isInteger(64);
  if (!type.hasStaticShape() || !known) {
    std::string text;
    llvm::raw_string_ostream(text) << type;
    return llvm::createStringError("expected a static tensor of f16, bf16, f32, f64, integers or index, found %s", text.c_str());
  }
  HostTensor tensor;
  tensor.type = type;
  size_t bytes = std::max<int64_t>(64, (tensor.numBytes() + 63) / 64 * 64);
  tensor.storage = {std::aligned_alloc(64, bytes), std::free};
  return tensor;
}

int64_t HostTensor::numBytes() const { return numElements() * elementBytes(type.getElementType()); }

double HostTensor::get(int64_t i) const {
  Type e = type.getElementType();
  const char *p = static_cast<const char *>(data()) + i * elementBytes(e);
  auto as = [&](auto v) { std::memcpy(&v, p, sizeof(v)); return v; };
  if (e.isF32()) return as(float());
  if (e.isF64()) return as(double());
  if (e.isF16() || e.isBF16()) {
    llvm::APFloat value(e.isF16() ? llvm::APFloat::IEEEhalf() : llvm::APFloat::BFloat(), llvm::APInt(16, as(uint16_t())));
    bool lost;
    value.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &lost);
    return value.convertToDouble();
  }
  switch (elementBytes(e)) {
  case 1: return as(int8_t());
  case 2: return as(int16_t());
  case 4: return as(int32_t());
  default: return static_cast<double>(as(int64_t()));
  }
}

void HostTensor::set(int64_t i, double value) {
  Type e = type.getElementType();
  char *p = static_cast<char *>(data()) + i * elementBytes(e);
  auto put = [&](auto v) { std::memcpy(p, &v, sizeof(v)); };
  if (e.isF32()) return put(static_cast<float>(value));
  if (e.isF64()) return put(value);
  if (e.isF16() || e.isBF16()) {
    llvm::APFloat f(value);
    bool lost;
    f.convert(e.isF16() ? llvm::APFloat::IEEEhalf() : llvm::APFloat::BFloat(), llvm::APFloat::rmNearestTiesToEven, &lost);
    return put(static_cast<uint16_t>(f.bitcastToAPInt().getZExtValue()));
  }
  switch (elementBytes(e)) {
  case 1: return put(static_cast<int8_t>(value));
  case 2: return put(static_cast<int16_t>(value));
  case 4: return put(static_cast<int32_t>(value));
  default: return put(static_cast<int64_t>(value));
  }
}

void HostTensor::fillRandom(uint64_t seed) {
  std::mt19937_64 random(seed);
  bool real = isa<FloatType>(type.getElementType());
  for (int64_t i = 0, n = numElements(); i < n; ++i) {
    double unit = static_cast<double>(random() >> 11) * 0x1p-53;
    set(i, real ? 2 * unit - 1 : type.getElementType().isInteger(1) ? (unit < 0.5 ? 0 : 1) : std::floor(8 * unit));
  }
}

void HostTensor::fill(double value) {
  for (int64_t i = 0, n = numElements(); i < n; ++i)
    set(i, value);
}

void HostTensor::poison() {
  if (isa<FloatType>(type.getElementType()))
    return fill(std::nan(""));
  std::memset(data(), 0x80, numBytes());
}

double HostTensor::relativeError(const HostTensor &reference) const {
  double error = 0, largest = 0;
  for (int64_t i = 0, n = numElements(); i < n; ++i) {
    double a = get(i), b = reference.get(i);
    if (std::isfinite(b))
      largest = std::max(largest, std::abs(b));
    if (a == b || (std::isnan(a) && std::isnan(b)))
      continue;
    if (!std::isfinite(a) || !std::isfinite(b))
      return INFINITY;
    error = std::max(error, std::abs(a - b));
  }
  return largest > 0 ? error / largest : error;
}

llvm::Expected<HostTensor> HostTensor::readNpy(llvm::StringRef path, MLIRContext *context) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer)
    return llvm::createStringError("cannot read '%s': %s", path.str().c_str(), buffer.getError().message().c_str());
  llvm::StringRef text = (*buffer)->getBuffer();
  if (text.size() < 12 || !text.starts_with("\x93NUMPY"))
    return llvm::createStringError("'%s' is not an .npy file", path.str().c_str());
  size_t start = text[6] == 1 ? 10 : 12;
  size_t length = static_cast<uint8_t>(text[8]) | static_cast<uint8_t>(text[9]) << 8;
  llvm::StringRef header = text.substr(start, length);
  auto field = [&](llvm::StringRef name) { return header.split(("'" + name + "':").str()).second.trim(); };
  llvm::StringRef descr = field("descr").drop_front().split('\'').first;
  if (field("fortran_order").starts_with("True"))
    return llvm::createStringError("'%s' is in Fortran order, expected C order", path.str().c_str());
  Builder b(context);
  Type element = llvm::StringSwitch<Type>(descr).Case("<f4", b.getF32Type()).Case("<f8", b.getF64Type()).Case("<f2", b.getF16Type())
                     .Case("<i8", b.getI64Type()).Case("<i4", b.getI32Type()).Case("<i2", b.getI16Type()).Case("|i1", b.getI8Type()).Case("|b1", b.getI1Type())
                     .Default(Type());
  if (!element)
    return llvm::createStringError("'%s' has unsupported element type '%s'", path.str().c_str(), descr.str().c_str());
  llvm::SmallVector<int64_t> shape;
  for (llvm::StringRef size : llvm::split(field("shape").drop_front().split(')').first, ',')) {
    int64_t value;
    if (!size.trim().empty() && !size.trim().getAsInteger(10, value))
      shape.push_back(value);
  }
  auto tensor = create(RankedTensorType::get(shape, element));
  if (!tensor)
    return tensor.takeError();
  if (static_cast<int64_t>(text.size() - start - length) < tensor->numBytes())
    return llvm::createStringError("'%s' is truncated: expected %lld bytes of data, found %zu", path.str().c_str(), (long long)tensor->numBytes(), text.size() - start - length);
  std::memcpy(tensor->data(), text.data() + start + length, tensor->numBytes());
  return tensor;
}

llvm::Error HostTensor::writeNpy(llvm::StringRef path) const {
  Type e = type.getElementType();
  std::string descr = e.isF32() ? "<f4" : e.isF64() ? "<f8" : e.isF16() ? "<f2" : e.isInteger(1) ? "|b1" : llvm::formatv("{0}i{1}", elementBytes(e) == 1 ? "|" : "<", elementBytes(e)).str();
  std::string shape;
  for (int64_t size : type.getShape())
    shape += std::to_string(size) + ", ";
  std::string header = "{'descr': '" + descr + "', 'fortran_order': False, 'shape': (" + shape + "), }";
  header.resize((10 + header.size() + 1 + 63) / 64 * 64 - 10 - 1, ' ');
  header += '\n';
  std::error_code code;
  llvm::raw_fd_ostream stream(path, code);
  if (code)
    return llvm::createStringError("cannot write '%s': %s", path.str().c_str(), code.message().c_str());
  stream << llvm::StringRef("\x93NUMPY\x01\x00", 8) << static_cast<char>(header.size() & 255) << static_cast<char>(header.size() >> 8) << header;
  stream.write(static_cast<const char *>(data()), numBytes());
  stream.close();
  if (stream.has_error())
    return llvm::createStringError("cannot write '%s': %s", path.str().c_str(), stream.error().message().c_str());
  return llvm::Error::success();
}

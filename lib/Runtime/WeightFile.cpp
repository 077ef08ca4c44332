//===- WeightFile.cpp - named tensors in .npy and safetensors files
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// safetensors: the length of a header (64 bits), the header in JSON, the data.
//
//===----------------------------------------------------------------------===//

#include "chameleon/Runtime/WeightFile.h"
#include "chameleon/Runtime/Nesting.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/Path.h"

using namespace chameleon;

static llvm::Error fail(const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

namespace {
struct Element {
  llvm::StringRef name;
  int64_t bytes;
};
} // namespace

/// Of an element type of safetensors; no bytes: it is not known.
static Element getElement(llvm::StringRef type) {
  return llvm::StringSwitch<Element>(type)
      .Case("F64", {"f64", 8})
      .Case("F32", {"f32", 4})
      .Case("F16", {"f16", 2})
      .Case("BF16", {"bf16", 2})
      .Case("F8_E4M3", {"f8E4M3FN", 1})
      .Case("F8_E5M2", {"f8E5M2", 1})
      .Cases({"I64", "U64"}, {"i64", 8})
      .Cases({"I32", "U32"}, {"i32", 4})
      .Cases({"I16", "U16"}, {"i16", 2})
      .Cases({"I8", "U8"}, {"i8", 1})
      .Case("BOOL", {"i1", 1})
      .Default({"", 0});
}

llvm::Error WeightFile::readSafetensors() {
  constexpr size_t lengthBytes = 8;
  llvm::StringRef bytes = content->getBuffer();
  if (bytes.size() < lengthBytes)
    return fail("has " + llvm::Twine(bytes.size()) +
                " bytes, expected an .npy or a safetensors file");
  uint64_t length = llvm::support::endian::read64le(bytes.data());
  bytes = bytes.drop_front(lengthBytes);
  if (length > bytes.size())
    return fail("has a header of " + llvm::Twine(length) +
                " bytes in a file of " + llvm::Twine(bytes.size()) +
                ", expected an .npy or a safetensors file");
  llvm::StringRef header = bytes.take_front(length),
                  data = bytes.drop_front(length);
  constexpr unsigned deepest = 3; // the file, a tensor, its shape
  if (isNestedDeeper(header, deepest))
    return fail("has a header that is nested deeper than a safetensors file's");
  llvm::Expected<llvm::json::Value> parsed = llvm::json::parse(header);
  if (!parsed)
    return fail("has a header that is no JSON: " +
                llvm::toString(parsed.takeError()));
  const llvm::json::Object *tensors = parsed->getAsObject();
  if (!tensors)
    return fail("has a header that is no object");
  for (const auto &[key, value] : *tensors) {
    if (key == "__metadata__")
      continue;
    std::string what = "tensor '" + key.str() + "' ";
    const llvm::json::Object *entry = value.getAsObject();
    const llvm::json::Array *shape = entry ? entry->getArray("shape") : nullptr,
                            *offsets = entry ? entry->getArray("data_offsets")
                                             : nullptr;
    std::optional<llvm::StringRef> type =
        entry ? entry->getString("dtype") : std::nullopt;
    if (!shape || !type || !offsets || offsets->size() != 2)
      return fail(what + "lacks dtype, shape or data_offsets");
    Tensor tensor{key.str(), "", {}, {}};
    Element element = getElement(*type);
    if (element.bytes == 0)
      return fail(what + "has elements of type " + *type +
                  ", expected F64, F32, F16, BF16, F8_E4M3, F8_E5M2, an "
                  "integer of 8 to 64 bits or BOOL");
    tensor.element = element.name.str();
    int64_t expected = element.bytes;
    for (const llvm::json::Value &extent : *shape) {
      std::optional<int64_t> size = extent.getAsInteger();
      if (!size || *size < 0 || llvm::MulOverflow(expected, *size, expected))
        return fail(what + "has no shape of numbers");
      tensor.shape.push_back(*size);
    }
    std::optional<int64_t> begin = (*offsets)[0].getAsInteger(),
                           end = (*offsets)[1].getAsInteger();
    if (!begin || !end || *begin < 0 || *end < *begin ||
        *end > static_cast<int64_t>(data.size()) || *end - *begin != expected)
      return fail(what + "does not lie in the file with the " +
                  llvm::Twine(expected) + " bytes of its shape");
    tensor.data = {data.data() + *begin, static_cast<size_t>(expected)};
    all.push_back(std::move(tensor));
  }
  return llvm::Error::success();
}

llvm::Expected<WeightFile> WeightFile::read(llvm::StringRef path) {
  WeightFile file;
  if (path.ends_with(".npy")) {
    llvm::Expected<HostTensor> array = HostTensor::readNpy(path);
    if (!array)
      return array.takeError();
    file.array = std::move(*array);
    const BufferType &type = file.array->getType();
    file.all.push_back({llvm::sys::path::stem(path).str(),
                        toString(type.element).str(),
                        type.shape,
                        {static_cast<const char *>(file.array->data()),
                         static_cast<size_t>(file.array->numBytes())}});
    return std::move(file);
  }
  auto content = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                             /*RequiresNullTerminator=*/false);
  if (!content)
    return fail("cannot open '" + path + "': " + content.getError().message());
  file.content = std::move(*content);
  if (llvm::Error error = file.readSafetensors())
    return fail("'" + path + "' " + llvm::toString(std::move(error)));
  return std::move(file);
}

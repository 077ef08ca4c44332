//===- Weights.cpp - data from files for weights that have none
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A constant and its tensor share the name of the resource: `w` of
// `dense_resource<w>`.
//
//===----------------------------------------------------------------------===//

#include "chameleon/Prepare/Prepare.h"
#include "chameleon/Runtime/WeightFile.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;
using namespace chameleon;

using MissingWeights =
    llvm::MapVector<StringRef,
                    std::pair<Operation *, DenseResourceElementsAttr>>;

static MissingWeights findMissing(ModuleOp module) {
  MissingWeights missing;
  module.walk([&](Operation *op) {
    // Constants of functions, and what lowering makes of them.
    if (!op->hasTrait<OpTrait::ConstantLike>() && !isa<SymbolOpInterface>(op))
      return;
    for (NamedAttribute attribute : op->getAttrDictionary())
      if (auto weight =
              dyn_cast<DenseResourceElementsAttr>(attribute.getValue());
          weight && !weight.getRawHandle().getBlob())
        missing.insert({weight.getRawHandle().getKey(), {op, weight}});
  });
  return missing;
}

/// NumPy lacks floating-point types, and safetensors has signs.
static bool hasElements(const WeightFile::Tensor &tensor, Type element) {
  std::string wanted;
  llvm::raw_string_ostream(wanted) << element;
  if (tensor.element == StringRef(wanted).ltrim("us"))
    return true;
  return isa<FloatType>(element) && !element.isF16() && !element.isF32() &&
         !element.isF64() &&
         tensor.element ==
             "i" + std::to_string(element.getIntOrFloatBitWidth());
}

/// "'a', 'b', …"
template <typename Range>
static std::string listNames(const Range &names) {
  constexpr size_t most = 5;
  std::string text;
  for (auto [index, name] : llvm::enumerate(names)) {
    if (index == most)
      return text + ", …";
    text += (text.empty() ? "'" : ", '") + std::string(name) + "'";
  }
  return text;
}

FailureOr<int64_t> chameleon::loadWeights(ModuleOp module, StringRef path) {
  llvm::Expected<WeightFile> file = WeightFile::read(path);
  if (!file)
    return emitError(module.getLoc()) << llvm::toString(file.takeError());
  MissingWeights missing = findMissing(module);
  int64_t loaded = 0;
  for (const WeightFile::Tensor &tensor : file->tensors()) {
    auto known = missing.find(tensor.name);
    if (known == missing.end())
      continue;
    auto [op, weight] = known->second;
    ShapedType type = weight.getType();
    if (ArrayRef<int64_t>(tensor.shape) != type.getShape() ||
        !hasElements(tensor, type.getElementType())) {
      std::string found;
      for (int64_t size : tensor.shape)
        found += std::to_string(size) + "x";
      return op->emitError("weight '")
             << tensor.name << "' has type 'tensor<" << found << tensor.element
             << ">' in '" << path << "', expected " << type;
    }
    weight.getRawHandle().getResource()->setBlob(
        HeapAsmResourceBlob::allocateAndCopyWithAlign(
            tensor.data, alignof(std::max_align_t)));
    ++loaded;
  }
  if (loaded == 0) {
    auto lacking = llvm::make_first_range(missing);
    auto named =
        llvm::map_range(file->tensors(), [](const WeightFile::Tensor &tensor) {
          return tensor.name;
        });
    return emitError(module.getLoc())
           << "'" << path << "' has none of the " << missing.size()
           << " weights without data"
           << (missing.empty() ? "" : " (" + listNames(lacking) + ")")
           << ", found " << listNames(named);
  }
  return loaded;
}

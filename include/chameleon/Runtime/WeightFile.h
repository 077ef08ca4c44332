//===- WeightFile.h - named tensors in .npy and safetensors files
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   llvm::Expected<WeightFile> file = WeightFile::read("model.safetensors");
//   for (const WeightFile::Tensor &tensor : file->tensors())
//     tensor.name, tensor.shape, tensor.data;
//
// Limits: elements of whole bytes, little endian, row-major.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_RUNTIME_WEIGHTFILE_H
#define CHAMELEON_RUNTIME_WEIGHTFILE_H

#include "chameleon/Runtime/HostTensor.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/MemoryBuffer.h"
#include <optional>
#include <string>
#include <vector>

namespace chameleon {

class WeightFile {
public:
  struct Tensor {
    std::string name;
    std::string element; ///< as MLIR writes it: f32, bf16, i8, f8E4M3FN
    std::vector<int64_t> shape;
    llvm::ArrayRef<char> data; ///< valid as long as the file
  };

  /// An .npy file holds one tensor, whose name is the file's without folder and
  /// ending; every other file is taken for one of safetensors.
  static llvm::Expected<WeightFile> read(llvm::StringRef path);

  llvm::ArrayRef<Tensor> tensors() const { return all; }

private:
  llvm::Error readSafetensors();

  std::unique_ptr<llvm::MemoryBuffer> content;
  std::optional<HostTensor> array;
  std::vector<Tensor> all;
};

} // namespace chameleon

#endif // CHAMELEON_RUNTIME_WEIGHTFILE_H

//===- TaskInputsTest.cpp - random data that suits a task
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../../lib/Measure/TaskInputs.h"
#include "ReferenceTestBase.h"
#include <cmath>
#include <set>

using namespace chameleon;

namespace {

class TaskInputs : public ReferenceTestBase {
protected:
  std::vector<char> fill(InputKind kind) {
    std::vector<char> data(signature.totalBytes());
    EXPECT_EQ("", llvm::toString(fillInputs(signature, InputNeeds::of(*module),
                                            kind, 1, data)));
    return data;
  }
};

TEST_F(TaskInputs, KindsHaveTheirRanges) {
  parse(product);
  EXPECT_FALSE(InputNeeds::of(*module).isDelicate);
  for (InputKind kind : inputKinds) {
    std::vector<char> data = fill(kind);
    EXPECT_EQ(data, fill(kind)) << "the same seed";
    const auto *a = reinterpret_cast<const float *>(data.data());
    bool negative = false;
    for (int i = 0; i < 37 * 50; ++i) {
      negative |= a[i] < 0;
      float size = std::fabs(a[i]);
      EXPECT_LE(size, 1 + 1.0f / 64);
      if (kind == InputKind::Positive)
        EXPECT_GE(size, 0.5f);
      if (kind == InputKind::NearOne || kind == InputKind::NearOneBoth)
        EXPECT_GE(size, 1 - 1.0f / 64);
    }
    EXPECT_EQ(kind == InputKind::Uniform || kind == InputKind::NearOneBoth,
              negative);
  }
}

TEST_F(TaskInputs, DivisorsIndicesAndMasks) {
  parse(R"mlir(
    func.func @task(%a: tensor<64xi32>, %b: tensor<64xi32>,
                    %mask: tensor<64xi1>, %table: tensor<5xi32>,
                    %out: tensor<64xi32>) -> tensor<64xi32>
        attributes {chameleon.task = "k"} {
      %r = linalg.generic {
          indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>,
                           affine_map<(i) -> (i)>, affine_map<(i) -> (i)>],
          iterator_types = ["parallel"]}
          ins(%a, %b, %mask : tensor<64xi32>, tensor<64xi32>, tensor<64xi1>)
          outs(%out : tensor<64xi32>) {
      ^bb0(%x: i32, %y: i32, %m: i1, %o: i32):
        %d = arith.divsi %x, %y : i32
        %i = arith.index_cast %x : i32 to index
        %t = tensor.extract %table[%i] : tensor<5xi32>
        %s = arith.select %m, %d, %t : i32
        linalg.yield %s : i32
      } -> tensor<64xi32>
      return %r : tensor<64xi32>
    })mlir");
  std::vector<char> data = fill(InputKind::Uniform);
  std::set<int> values, masks;
  for (int i = 0; i < 64; ++i) {
    for (int input : {0, 1})
      values.insert(reinterpret_cast<const int32_t *>(
          data.data() + signature.inputOffset(input))[i]);
    masks.insert(data[signature.inputOffset(2) + i]);
  }
  EXPECT_EQ((std::set<int>{1, 2, 3, 4}), values);
  EXPECT_EQ((std::set<int>{0, 1}), masks);
}

} // namespace

//===- FakeDriver.h - the fixture of tests on the fake driver
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_UNITTESTS_RUNTIME_FAKEDRIVER_H
#define CHAMELEON_UNITTESTS_RUNTIME_FAKEDRIVER_H

#include "FakeCuda.h"
#include "chameleon/Runtime/CudaObjects.h"
#include "gtest/gtest.h"

namespace chameleon {

/// A fresh driver state, and a context on it.
class FakeDriverTest : public ::testing::Test {
protected:
  void SetUp() override {
    fake = fakecuda::State();
    auto loaded = cuda::Driver::loadFrom(FAKE_CUDA);
    ASSERT_TRUE(bool(loaded)) << llvm::toString(loaded.takeError());
    driver = std::move(*loaded);
    auto created = cuda::Context::create(*driver, 0);
    ASSERT_TRUE(bool(created)) << llvm::toString(created.takeError());
    context = std::move(*created);
  }
  void TearDown() override {
    context.reset();
    EXPECT_EQ(fake.live, 0) << "objects were not released";
  }
  /// The next call of `symbol` fails, or a later one.
  void fail(const char *symbol, int code, int callsBefore = 0) {
    fake.failing = symbol;
    fake.code = code;
    fake.callsBefore = callsBefore;
  }
  static std::string messageOf(llvm::Error error) {
    return llvm::toString(std::move(error));
  }

  fakecuda::State &fake = fakecuda::state(FAKE_CUDA);
  std::unique_ptr<const cuda::Driver> driver;
  std::unique_ptr<cuda::Context> context;
};

} // namespace chameleon

#endif // CHAMELEON_UNITTESTS_RUNTIME_FAKEDRIVER_H

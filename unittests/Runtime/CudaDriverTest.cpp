//===- CudaDriverTest.cpp - loading the driver, and its errors
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FakeDriver.h"

using namespace chameleon;
using namespace chameleon::cuda;

namespace {

class CudaDriver : public FakeDriverTest {};

TEST(CudaDriverFile, SaysWhatIsMissing) {
  auto none = Driver::loadFrom("libcuda-that-is-not-there.so.1");
  ASSERT_FALSE(bool(none));
  EXPECT_EQ(llvm::toString(none.takeError()).substr(0, 51),
            "no CUDA driver: libcuda-that-is-not-there.so.1: can");
  // Some library that is no driver.
  auto other = Driver::loadFrom("libc.so.6");
  ASSERT_FALSE(bool(other));
  EXPECT_EQ(llvm::toString(other.takeError())
                .find("the CUDA driver libc.so.6 is too old, expected CUDA "
                      "11.4 or newer: it "
                      "lacks cuGetErrorName, cuGetErrorString, cuInit"),
            0u);
}

TEST_F(CudaDriver, NoDeviceIsAnErrorOfLoading) {
  fail("cuInit", 100);
  auto driver = Driver::loadFrom(FAKE_CUDA);
  ASSERT_FALSE(bool(driver));
  EXPECT_EQ(llvm::toString(driver.takeError()), "cuInit: CUDA_ERROR_NO_DEVICE");
}

TEST_F(CudaDriver, ErrorsNameTheCallAndWhatItWasFor) {
  fail("cuCtxSynchronize", 700);
  llvm::Error error = context->synchronize();
  bool sticky = false;
  error = llvm::handleErrors(std::move(error),
                             [&](std::unique_ptr<CudaError> error) {
                               sticky = error->isLost();
                               EXPECT_FALSE(error->isOutOfMemory());
                               return llvm::Error(std::move(error));
                             });
  EXPECT_TRUE(sticky);
  error = addContext(addContext(std::move(error), "inner"), "outer");
  EXPECT_TRUE(error.isA<CudaError>());
  EXPECT_EQ(messageOf(std::move(error)),
            "outer: inner: cuCtxSynchronize: CUDA_ERROR_ILLEGAL_ADDRESS (an "
            "illegal memory access was encountered)");
  EXPECT_EQ(messageOf(addContext(llvm::createStringError("plain"), "outer")),
            "outer: plain");
  // The context stays dead.
  EXPECT_EQ(messageOf(context->synchronize()),
            "cuCtxSynchronize: CUDA_ERROR_ILLEGAL_ADDRESS (an illegal memory "
            "access was encountered)");
}

TEST_F(CudaDriver, UnknownErrorsAreErrorsToo) {
  fail("cuCtxSynchronize", 4711);
  EXPECT_EQ(messageOf(context->synchronize()),
            "cuCtxSynchronize: unknown error");
}

TEST(CudaError, KnowsWhatKillsAContext) {
  for (int code : {700, 710, 714, 716, 719, 999})
    EXPECT_TRUE(CudaError(code, "", "", "").isLost()) << code;
  for (int code : {1, 2, 100, 500, 701, 720})
    EXPECT_FALSE(CudaError(code, "", "", "").isLost()) << code;
  EXPECT_TRUE(CudaError(2, "", "", "").isOutOfMemory());
}

} // namespace

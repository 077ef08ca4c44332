//===- CudaObjectsTest.cpp - context, module, buffer, stream, event, graph
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

class CudaObjects : public FakeDriverTest {};

TEST_F(CudaObjects, BuffersHoldBytes) {
  auto buffer = Buffer::allocate(*context, 16);
  ASSERT_TRUE(bool(buffer));
  int values[4] = {1, 2, 3, 4}, back[2] = {};
  EXPECT_FALSE(bool(buffer->write(values, sizeof(values))));
  // Copies from pageable memory are still on their way when the call returns.
  EXPECT_EQ(fake.calls.back(), "cuStreamSynchronize");
  EXPECT_FALSE(bool(buffer->read(back, sizeof(back), 4)));
  EXPECT_EQ(back[0], 2);
  EXPECT_EQ(back[1], 3);
  EXPECT_EQ(messageOf(buffer->write(values, sizeof(values), 4)),
            "cuMemcpyHtoD_v2: CUDA_ERROR_INVALID_VALUE");
  // Nothing to copy is nothing to ask the driver for.
  size_t calls = fake.calls.size();
  EXPECT_FALSE(bool(buffer->read(back, 0)));
  EXPECT_EQ(fake.calls.size(), calls);
}

TEST_F(CudaObjects, RunningOutOfMemorySaysHowMuch) {
  fake.memory = 1000;
  auto buffer = Buffer::allocate(*context, 4096);
  ASSERT_FALSE(bool(buffer));
  EXPECT_EQ(messageOf(buffer.takeError()),
            "a buffer of 4096 bytes: cuMemAlloc_v2: CUDA_ERROR_OUT_OF_MEMORY");
  // A tensor without elements has an address, too.
  auto empty = Buffer::allocate(*context, 0);
  ASSERT_TRUE(bool(empty));
  EXPECT_NE(empty->address(), 0u);
  EXPECT_EQ(empty->size(), 0u);
}

TEST_F(CudaObjects, ObjectsMoveAndReleaseOnce) {
  auto first = Buffer::allocate(*context, 8);
  auto second = Buffer::allocate(*context, 8);
  ASSERT_TRUE(first && second);
  Buffer moved = std::move(*first);
  moved = std::move(*second);
  EXPECT_EQ(fake.live, 3); // and the context
}

TEST_F(CudaObjects, KernelsAskForMuchSharedMemoryFirst) {
  auto module = Module::load(*context, "image");
  ASSERT_TRUE(bool(module));
  auto set = [&] {
    return std::count(fake.calls.begin(), fake.calls.end(),
                      "cuFuncSetAttribute");
  };
  EXPECT_TRUE(bool(module->getKernel("small", 48 << 10)));
  EXPECT_EQ(set(), 0);
  EXPECT_TRUE(bool(module->getKernel("large", 100 << 10)));
  EXPECT_EQ(set(), 1);
  auto huge = module->getKernel("huge", 300 << 10);
  ASSERT_FALSE(bool(huge));
  EXPECT_EQ(messageOf(huge.takeError()),
            "kernel 'huge' asks for 307200 bytes of shared memory: "
            "cuFuncSetAttribute: CUDA_ERROR_INVALID_VALUE");
  auto missing = module->getKernel("missing");
  ASSERT_FALSE(bool(missing));
  EXPECT_EQ(messageOf(missing.takeError()),
            "kernel 'missing': cuModuleGetFunction: CUDA_ERROR_NOT_FOUND");
  auto resources = module->getResources(*module->getKernel("small"));
  ASSERT_TRUE(bool(resources));
  EXPECT_EQ(resources->registers, 96);
  EXPECT_EQ(resources->localBytes, 16);
  EXPECT_EQ(resources->sharedBytes, 4096);
  EXPECT_EQ(resources->threads, 1024);
  auto broken = Module::load(*context, "");
  ASSERT_FALSE(bool(broken));
  EXPECT_EQ(messageOf(broken.takeError()),
            "cuModuleLoadDataEx: CUDA_ERROR_NO_BINARY_FOR_GPU");
}

TEST_F(CudaObjects, GraphsRunWhatWasCaptured) {
  auto stream = Stream::create(*context);
  auto buffer = Buffer::allocate(*context, 4);
  auto begin = Event::create(*context), end = Event::create(*context);
  ASSERT_TRUE(stream && buffer && begin && end);
  auto graph = Graph::capture(*context, *stream, [&]() -> llvm::Error {
    for (int i = 0; i < 5; ++i)
      if (llvm::Error error = driver->call(
              driver->fillBytesAsync, buffer->address(),
              static_cast<unsigned char>(i), size_t(4), stream->get()))
        return error;
    return llvm::Error::success();
  });
  ASSERT_TRUE(bool(graph));
  EXPECT_EQ(fake.clock, 0) << "something ran during the capture";
  EXPECT_FALSE(bool(begin->record(stream->get())));
  EXPECT_FALSE(bool(graph->launch(*stream)));
  EXPECT_FALSE(bool(end->record(stream->get())));
  EXPECT_FALSE(bool(end->wait()));
  auto seconds = end->secondsSince(*begin);
  ASSERT_TRUE(bool(seconds));
  EXPECT_NEAR(*seconds, 5e-6, 1e-9);
  unsigned char last = 0;
  EXPECT_FALSE(bool(buffer->read(&last, 1)));
  EXPECT_EQ(last, 4);
}

TEST_F(CudaObjects, AFailedCaptureLeavesTheStreamUsable) {
  auto stream = Stream::create(*context);
  ASSERT_TRUE(bool(stream));
  auto graph = Graph::capture(*context, *stream, []() -> llvm::Error {
    return llvm::createStringError("no work today");
  });
  ASSERT_FALSE(bool(graph));
  EXPECT_EQ(messageOf(graph.takeError()), "no work today");
  EXPECT_FALSE(bool(stream->synchronize()));
}

TEST_F(CudaObjects, ContextsFailByName) {
  fail("cuDevicePrimaryCtxRetain", 2);
  auto second = Context::create(*driver, 0);
  ASSERT_FALSE(bool(second));
  EXPECT_EQ(messageOf(second.takeError()),
            "cuDevicePrimaryCtxRetain: CUDA_ERROR_OUT_OF_MEMORY");
}

} // namespace

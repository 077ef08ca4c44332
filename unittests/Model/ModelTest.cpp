//===- ModelTest.cpp - programs with their weights, called
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The GPU's driver is the fake one of unittests/Runtime.
//
//===----------------------------------------------------------------------===//

#include "chameleon/Model/Model.h"
#include "../Runtime/FakeCuda.h"
#include "chameleon/Runtime/CPUEngine.h"
#include "chameleon/Runtime/CUDAEngine.h"
#include "chameleon/Target/CPUDevice.h"
#include "chameleon/Transforms/Passes.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"
#include <algorithm>

using namespace chameleon;

namespace {

/// y = x + w, w = 10 of the initialiser.
constexpr llvm::StringLiteral addition = R"mlir(
  func.func @main(%x: tensor<4xf32>, %w: tensor<4xf32> {chameleon.constant = 0 : i64}) -> tensor<4xf32>
      attributes {chameleon.init = @main_init} {
    %e = tensor.empty() : tensor<4xf32>
    %y = linalg.add ins(%x, %w : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
    return %y : tensor<4xf32>
  }
  func.func @main_init() -> tensor<4xf32> {
    %ten = arith.constant 10.0 : f32
    %e = tensor.empty() : tensor<4xf32>
    %w = linalg.fill ins(%ten : f32) outs(%e : tensor<4xf32>) -> tensor<4xf32>
    return %w : tensor<4xf32>
  })mlir";

std::shared_ptr<const Program> compile(llvm::StringRef text) {
  mlir::DialectRegistry registry;
  registerAll(registry);
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  auto device = llvm::cantFail(CPUDevice::ofHost(1));
  std::vector<CompileStep> steps;
  mlir::FailureOr<Program> program =
      compileModel(*module, *device, {{}, "main"}, steps);
  return failed(program) ? nullptr
                         : std::make_shared<Program>(std::move(*program));
}

HostTensor makeInput(double value) {
  HostTensor tensor =
      llvm::cantFail(HostTensor::create({ElementType::F32, {4}}));
  tensor.fill(value);
  return tensor;
}

TEST(Model, OnTheHost) {
  std::shared_ptr<const Program> program = compile(addition);
  ASSERT_TRUE(program);
  auto model = Model::create(program, "main", createCPUEngine({}));
  ASSERT_TRUE(bool(model)) << llvm::toString(model.takeError());
  // Constants are no inputs.
  ASSERT_EQ((*model)->inputTypes().size(), 1u);
  EXPECT_EQ((*model)->inputTypes()[0].str(), "4xf32");
  EXPECT_EQ((*model)->steps().front().name, "load");
  EXPECT_EQ((*model)->steps().back().name, "initialise");
  for (double value : {1.0, 2.0}) {
    HostTensor input = makeInput(value);
    ASSERT_FALSE(bool((*model)->bind({&input})));
    llvm::Expected<double> seconds = (*model)->call();
    ASSERT_TRUE(bool(seconds));
    EXPECT_GE(*seconds, 0);
    ASSERT_FALSE(bool((*model)->fetchResults()));
    EXPECT_EQ((*model)->results()[0].get(3), 10 + value);
  }
}

TEST(Model, OfAProgramThatWasWritten) {
  std::shared_ptr<const Program> program = compile(addition);
  ASSERT_TRUE(program);
  std::string text;
  llvm::raw_string_ostream stream(text);
  writeProgram(*program, stream);
  auto read = readProgram(llvm::MemoryBuffer::getMemBufferCopy(text));
  ASSERT_TRUE(bool(read)) << llvm::toString(read.takeError());
  auto model = Model::create(std::make_shared<Program>(std::move(*read)),
                             "main", createCPUEngine({}));
  ASSERT_TRUE(bool(model)) << llvm::toString(model.takeError());
  HostTensor input = makeInput(5);
  ASSERT_FALSE(bool((*model)->bind({&input})));
  ASSERT_TRUE(bool((*model)->call()));
  EXPECT_EQ((*model)->results()[0].get(0), 15);
}

TEST(Model, WhatCannotBeLoaded) {
  std::shared_ptr<const Program> program = compile(addition);
  ASSERT_TRUE(program);
  auto errorOf = [](std::shared_ptr<const Program> program,
                    llvm::StringRef function) {
    auto model = Model::create(program, function, createCPUEngine({}));
    return model ? "" : llvm::toString(model.takeError());
  };
  EXPECT_EQ(errorOf(program, "maim"),
            "no function 'maim', expected one of 'main', 'main_init'");
  auto other = std::make_shared<Program>(*program);
  other->backend = "abacus";
  EXPECT_EQ(errorOf(other, "main"),
            "the program is for backend 'abacus', expected 'cpu'");
  other = std::make_shared<Program>(*program);
  other->functions[0].initialiser = "main";
  EXPECT_EQ(errorOf(other, "main"),
            "initialiser 'main' has 2 arguments, expected none");
}

TEST(Model, InputsThatDoNotFit) {
  std::shared_ptr<const Program> program = compile(addition);
  ASSERT_TRUE(program);
  auto model = Model::create(program, "main", createCPUEngine({}));
  ASSERT_TRUE(bool(model)) << llvm::toString(model.takeError());
  EXPECT_EQ(llvm::toString((*model)->bind({})), "0 inputs, expected 1");
  HostTensor input =
      llvm::cantFail(HostTensor::create({ElementType::F64, {4}}));
  EXPECT_EQ(llvm::toString((*model)->bind({&input})),
            "input 0 has type 4xf64, expected 4xf32");
}

/// The same program as launches: an initialiser, and one kernel a call.
TEST(Model, OnADevice) {
  fakecuda::State &fake = fakecuda::state(FAKE_CUDA);
  fake = fakecuda::State();
  fake.numParameters = [](const std::string &kernel) {
    return kernel == "fill" ? 1 : 3;
  };
  fake.run = [](const fakecuda::Launch &launch) {
    auto at = [&](int i) {
      return reinterpret_cast<float *>(launch.values[i]);
    };
    for (int i = 0; i < 4; ++i)
      if (launch.kernel == "fill")
        at(0)[i] = 10;
      else
        at(2)[i] = at(0)[i] + at(1)[i];
    return 1e-5;
  };
  auto makeFunction = [](std::string name, std::string kernel,
                         unsigned arguments) {
    KernelLaunch launch;
    launch.kernel = std::move(kernel);
    for (unsigned i = 0; i < arguments; ++i)
      launch.arguments.push_back({KernelArgument::Kind::Argument, i, 0});
    return NVVMFunction{
        std::move(name), std::vector<int64_t>(arguments, 16), 1, {launch}, 0};
  };
  NVVMProgram kernels;
  kernels.ptx = "// ptx";
  kernels.functions = {makeFunction("main", "add", 3),
                       makeFunction("main_init", "fill", 1)};
  auto program = std::make_shared<Program>();
  program->backend = "nvvm";
  program->target = "sm_90";
  BufferType four = {ElementType::F32, {4}};
  program->functions = {{"main", {four, four}, {four}, {-1, 0}, "main_init"},
                        {"main_init", {}, {four}, {}, ""}};
  addKernelSections(kernels, "", *program);
  {
    auto engine = openCUDAEngine(0);
    ASSERT_TRUE(bool(engine)) << llvm::toString(engine.takeError());
    auto model = Model::create(program, "main", std::move(*engine));
    ASSERT_TRUE(bool(model)) << llvm::toString(model.takeError());
    for (double value : {1.0, 2.0}) {
      HostTensor input = makeInput(value);
      ASSERT_FALSE(bool((*model)->bind({&input})));
      llvm::Expected<double> seconds = (*model)->call();
      ASSERT_TRUE(bool(seconds));
      EXPECT_NEAR(*seconds, 1e-5, 1e-9);
      ASSERT_FALSE(bool((*model)->fetchResults()));
      EXPECT_EQ((*model)->results()[0].get(3), 10 + value);
    }
  }
  // The initialiser ran once; each call was a launch of the graph.
  EXPECT_EQ(fake.launches.size(), 3u);
  EXPECT_EQ(std::count(fake.calls.begin(), fake.calls.end(), "cuGraphLaunch"),
            2);
  EXPECT_EQ(fake.live, 0) << "objects were not released";
}

} // namespace

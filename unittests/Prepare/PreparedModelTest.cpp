//===- PreparedModelTest.cpp - a prepared model computes what the model did
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The bundled models with weights, compiled to plain loops as they are and
// prepared in every layout, on the same input.
//
//===----------------------------------------------------------------------===//

#include "../Target/CompileForTest.h"
#include "chameleon/Prepare/Prepare.h"
#include "chameleon/Runtime/HostTensor.h"
#include "chameleon/Target/Signature.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Target/LLVMIR/Dialect/All.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace chameleon;

namespace {

class PreparedModel : public testing::TestWithParam<std::string> {
protected:
  static void SetUpTestSuite() { registerAllPasses(); }

  PreparedModel() {
    DialectRegistry registry;
    registerAllDialects(registry);
    registerAllExtensions(registry);
    registerAllToLLVMIRTranslations(registry);
    context.appendDialectRegistry(registry);
    context.loadAllAvailableDialects();
  }

  OwningOpRef<ModuleOp> parse() {
    return parseSourceFile<ModuleOp>(
        std::string(TEST_MODELS "/") + GetParam() + ".mlir", &context);
  }

  static std::vector<HostTensor> createAll(TypeRange types) {
    std::vector<HostTensor> tensors;
    for (Type type : types) {
      llvm::Expected<HostTensor> tensor = HostTensor::create(
          llvm::cantFail(getBufferType(cast<RankedTensorType>(type))));
      EXPECT_TRUE(!!tensor);
      tensors.push_back(std::move(*tensor));
      tensors.back().poison();
    }
    return tensors;
  }

  static std::vector<void *> getPointers(std::vector<HostTensor> &tensors) {
    std::vector<void *> pointers;
    for (HostTensor &tensor : tensors)
      pointers.push_back(tensor.data());
    return pointers;
  }

  /// The result of @main for an input that depends on the seed alone.
  HostTensor run(ModuleOp module) {
    auto main = module.lookupSymbol<func::FuncOp>("main");
    auto init = module.lookupSymbol<func::FuncOp>("main_init");
    std::vector<HostTensor> results = createAll(main.getResultTypes());
    std::vector<HostTensor> inputs =
        createAll(main.getArgumentTypes().take_front(1));
    std::vector<HostTensor> constants;
    if (init)
      constants = createAll(init.getResultTypes());
    inputs.front().fillRandom(7);

    auto code = CodeForTest::compile(module);
    EXPECT_TRUE(!!code) << llvm::toString(code.takeError());
    if (!code)
      return std::move(results.front());

    // Results come behind the arguments, in destination style.
    std::vector<void *> arguments = getPointers(constants);
    if (init)
      EXPECT_EQ(llvm::toString((*code)->call("main_init", arguments)), "");
    arguments.insert(arguments.begin(), inputs.front().data());
    arguments.push_back(results.front().data());
    EXPECT_EQ(llvm::toString((*code)->call("main", arguments)), "");
    return std::move(results.front());
  }

  MLIRContext context;
};

TEST_P(PreparedModel, ComputesTheSame) {
  OwningOpRef<ModuleOp> original = parse();
  ASSERT_TRUE(original);
  HostTensor reference = run(*original);
  using Kind = LayoutOptions::Kind;
  for (LayoutOptions layout :
       {LayoutOptions{Kind::NCHWc, 16}, LayoutOptions{Kind::NHWC, 16}}) {
    OwningOpRef<ModuleOp> module = parse();
    ASSERT_TRUE(succeeded(simplifyModel(*module)));
    ASSERT_TRUE(succeeded(assignLayouts(*module, layout)));
    ASSERT_TRUE(succeeded(hoistConstants(*module)));
    HostTensor result = run(*module);
    EXPECT_LT(result.relativeError(reference), 2e-6)
        << "layout " << static_cast<int>(layout.kind) << ", block "
        << layout.channelBlock;
  }
}

INSTANTIATE_TEST_SUITE_P(Bundled, PreparedModel,
                         testing::Values("mlp", "cifar_resnet20"));

} // namespace

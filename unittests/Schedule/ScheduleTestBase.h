//===- ScheduleTestBase.h - a context, and schedules around given operations
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_UNITTESTS_SCHEDULE_SCHEDULETESTBASE_H
#define CHAMELEON_UNITTESTS_SCHEDULE_SCHEDULETESTBASE_H

#include "chameleon/Schedule/ScheduleLibrary.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

namespace chameleon {

class ScheduleTestBase : public testing::Test {
protected:
  ScheduleTestBase()
      : handler(&context, [this](mlir::Diagnostic &diagnostic) {
          messages += diagnostic.str() + "\n";
        }) {
    mlir::DialectRegistry registry;
    mlir::registerAllDialects(registry);
    mlir::registerAllExtensions(registry);
    context.appendDialectRegistry(registry);
    payload = mlir::parseSourceString<mlir::ModuleOp>(R"mlir(
      func.func @task(%a: tensor<4x24xf32>, %out: tensor<4x24xf32>) -> tensor<4x24xf32> attributes {chameleon.task = "t"} {
        %0 = linalg.exp {chameleon.anchor} ins(%a : tensor<4x24xf32>) outs(%out : tensor<4x24xf32>) -> tensor<4x24xf32>
        return %0 : tensor<4x24xf32>
      })mlir",
                                                      &context);
  }

  /// A library whose schedule consists of `body`; %op is the anchor.
  void parseSchedule(llvm::StringRef body) {
    std::string text =
        R"mlir(module attributes {transform.with_named_sequence} {
      transform.named_sequence @match(%op: !transform.any_op {transform.readonly}) -> !transform.any_op {
        transform.match.operation_name %op ["linalg.exp"] : !transform.any_op
        transform.yield %op : !transform.any_op
      }
      transform.named_sequence @schedule(%op: !transform.any_op {transform.readonly}) {
    )mlir" +
        body.str() + R"mlir(
        transform.yield
      }
      transform.named_sequence @__transform_main(%root: !transform.any_op) {
        transform.foreach_match in %root @match -> @schedule : (!transform.any_op) -> !transform.any_op
        transform.yield
      }
    })mlir";
    library = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    ASSERT_TRUE(library) << messages;
    schedule =
        library->lookupSymbol<mlir::transform::NamedSequenceOp>("schedule");
    matcher = library->lookupSymbol<mlir::transform::NamedSequenceOp>("match");
  }

  mlir::FailureOr<DesignSpace> createSpace(llvm::StringRef body) {
    parseSchedule(body);
    return DesignSpace::create(schedule, getTask());
  }

  mlir::func::FuncOp getTask() {
    return payload->lookupSymbol<mlir::func::FuncOp>("task");
  }

  static std::string print(mlir::Operation *op) {
    std::string text;
    llvm::raw_string_ostream(text) << *op;
    return text;
  }

  mlir::MLIRContext context;
  std::string messages;
  mlir::ScopedDiagnosticHandler handler;
  mlir::OwningOpRef<mlir::ModuleOp> payload, library;
  mlir::transform::NamedSequenceOp schedule, matcher;
};

} // namespace chameleon

#endif // CHAMELEON_UNITTESTS_SCHEDULE_SCHEDULETESTBASE_H

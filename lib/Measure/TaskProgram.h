//===- TaskProgram.h - tasks and candidates as modules, for every runner
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to lib/Measure. What runners of all targets do alike: parse, apply a
// spec, make inputs, have the reference computed.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_MEASURE_TASKPROGRAM_H
#define CHAMELEON_LIB_MEASURE_TASKPROGRAM_H

#include "TaskBuffers.h"
#include "chameleon/Measure/CandidateRunner.h"
#include "chameleon/Target/Device.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/OwningOpRef.h"

namespace chameleon {

/// Keeps what MLIR reports instead of printing it: the first error becomes the
/// candidate's message.
class DiagnosticCollector {
public:
  explicit DiagnosticCollector(mlir::MLIRContext *context)
      : handler(context, [this](mlir::Diagnostic &diagnostic) {
          if (diagnostic.getSeverity() == mlir::DiagnosticSeverity::Error &&
              first.empty())
            first = diagnostic.str();
          return mlir::success();
        }) {}

  std::string message(llvm::StringRef otherwise) const {
    return first.empty() ? otherwise.str() : first;
  }

private:
  std::string first;
  mlir::ScopedDiagnosticHandler handler;
};

/// The task that warms a worker up: a small matrix multiplication.
extern const llvm::StringLiteral warmUpTask;

llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>>
parseModule(llvm::StringRef text, llvm::StringRef what,
            mlir::MLIRContext *context);

/// A task as a child keeps it while candidates come.
struct OpenTask {
  mlir::OwningOpRef<mlir::ModuleOp> payload; ///< knows its target
  TaskSignature signature;

  static llvm::Expected<OpenTask> open(const MeasureTask &task,
                                       llvm::ArrayRef<char> data,
                                       const Device &device,
                                       mlir::MLIRContext *context);

  /// A clone of the payload to which the candidate's spec is applied; null, and
  /// `failure` says why.
  mlir::OwningOpRef<mlir::ModuleOp> applyCandidate(const Candidate &candidate,
                                                   Measurement &failure) const;
};

/// Calls `function` of a module of linalg once, on buffers in host memory: its
/// inputs, then its outputs.
using ReferenceEngine = llvm::function_ref<llvm::Error(
    mlir::ModuleOp program, const std::string &function,
    llvm::MutableArrayRef<GuardedBuffer> buffers)>;

/// What a reference is computed by.
struct ReferenceEngines {
  ReferenceEngine plain; ///< the whole task
  ReferenceEngine host;  ///< little of it, on this machine
  /// Compiles a candidate as it is measured, and calls it once on inputs (where
  /// they are in PreparedTask::data). Null: there are none.
  llvm::function_ref<llvm::Error(llvm::StringRef spec,
                                 llvm::ArrayRef<char> data,
                                 llvm::MutableArrayRef<GuardedBuffer> outputs)>
      candidate = nullptr;
  /// Tasks that take more of plain loops are large.
  double mostIterations = 1e8;
};

/// Random inputs that suit the task, and the reference: all of it in double
/// precision by plain loops, or, of a large task, what the first default gives
/// that agrees with samples so computed.
llvm::Expected<PreparedTask> prepareReference(const MeasureTask &task,
                                              uint64_t seed,
                                              mlir::MLIRContext *context,
                                              const ReferenceEngines &engines);

/// The engine that compiles plain loops for the host.
llvm::Error runOnHost(mlir::ModuleOp program, const std::string &function,
                      llvm::MutableArrayRef<GuardedBuffer> buffers);

} // namespace chameleon

#endif // CHAMELEON_LIB_MEASURE_TASKPROGRAM_H

//===- TaskBuffers.h - the arguments of a task's function in memory
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to lib/Measure.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_MEASURE_TASKBUFFERS_H
#define CHAMELEON_LIB_MEASURE_TASKBUFFERS_H

#include "chameleon/Measure/Check.h"
#include "chameleon/Measure/WorkerPool.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"

namespace chameleon {

/// What the function of a payload takes: inputs, then destinations.
struct TaskSignature {
  struct Argument {
    mlir::RankedTensorType type;
    ElementKind kind;
    int64_t elements = 0;
    size_t bytes() const { return elements * byteWidth(kind); }
  };

  std::string function;
  std::vector<Argument> arguments;
  size_t numInputs = 0;

  /// Errors: no public function or several, a dynamic shape, an element type
  /// that cannot be measured, no outputs.
  static llvm::Expected<TaskSignature> of(mlir::ModuleOp payload,
                                          int64_t numOutputs);

  llvm::ArrayRef<Argument> inputs() const {
    return llvm::ArrayRef(arguments).take_front(numInputs);
  }
  llvm::ArrayRef<Argument> outputs() const {
    return llvm::ArrayRef(arguments).drop_front(numInputs);
  }

  /// Where things are in PreparedTask::data: the inputs as they are, then the
  /// reference of each output as double or int64.
  size_t inputOffset(size_t input) const;
  size_t referenceOffset(size_t output) const;
  size_t totalBytes() const {
    return referenceOffset(arguments.size() - numInputs);
  }
};

/// The arguments of one task in a child: private copies of the inputs, outputs,
/// guards around all.
class TaskBuffers {
public:
  TaskBuffers(const TaskSignature &signature, llvm::ArrayRef<char> data);

  void **pointers() { return addresses.data(); }
  void poisonOutputs();

  /// After a call. Empty if all is right; else what is wrong: a damaged guard,
  /// an overwritten input, a wrong element. Repairs inputs and guards, so that
  /// the next candidate finds them whole.
  std::string findFault(double tolerance, double &relativeError);

  llvm::MutableArrayRef<GuardedBuffer> all() { return buffers; }
  llvm::MutableArrayRef<GuardedBuffer> outputs() {
    return llvm::MutableArrayRef(buffers).drop_front(signature.numInputs);
  }

private:
  const TaskSignature signature;
  llvm::ArrayRef<char> data;
  std::vector<GuardedBuffer> buffers;
  std::vector<uint64_t> inputHashes;
  std::vector<void *> addresses;
};

} // namespace chameleon

#endif // CHAMELEON_LIB_MEASURE_TASKBUFFERS_H

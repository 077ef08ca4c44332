//===- PrepareForCPU.h - the steps of the CPU pipeline that upstream has no pass
// for
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to the room: buildLowerToCPUPipeline puts these functions in order.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_TARGET_PREPAREFORCPU_H
#define CHAMELEON_LIB_TARGET_PREPAREFORCPU_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace chameleon {

/// Before bufferization. Drops nested modules, refuses dynamic signatures,
/// notes each function's tensor signature
/// (`chameleon.signature`), makes inputs read-only and the destinations of
/// tasks the home of their results, and gives each destination its own fill.
mlir::LogicalResult prepareForBufferization(mlir::ModuleOp module);

/// Before bufferization: long chains of insertions into one tensor become
/// copies into one buffer, which bufferization need not compare with each
/// other.
void copyLongInsertionChains(mlir::func::FuncOp function);

/// Before bufferization: a slice with steps that drops dimensions becomes one
/// that keeps them, and a reshape.
void splitSteppedSlices(mlir::func::FuncOp function);

/// After the elimination of empty tensors: a result that is computed into its
/// destination now is not placed there again, which bufferization would take
/// for a read after a write.
void dropNeedlessMaterializations(mlir::ModuleOp module);

/// Orders the loops of each structured operation that is left so that LLVM's
/// loop vectoriser can work on the innermost one, and allows multiply-add
/// contraction, as C compilers do.
void prepareForLoops(mlir::func::FuncOp function);

/// After bufferization: copies between buffers that are not contiguous become
/// loops, so that no runtime library is needed.
void expandStridedCopies(mlir::func::FuncOp function);

/// Math functions of f32 and narrower types become arithmetic that vectorises.
mlir::LogicalResult approximateMath(mlir::func::FuncOp function);

/// After bufferization: functions of tensors return nothing. Each result is
/// already in its destination, or is copied there.
void returnNothing(mlir::ModuleOp module);

/// Small static buffers inside parallel loops move to the stack: threads must
/// not meet in the allocator.
void promoteThreadLocalBuffers(mlir::func::FuncOp function);

/// Before conversion to LLVM: integers are divided by one where a division
/// would trap, by zero or of the smallest number by -1.
void makeDivisionsSafe(mlir::func::FuncOp function);

/// After conversion to OpenMP: buffers on the stack belong to a thread, not to
/// an iteration, so that no scope is left around the loops.
void liftAllocasToThreads(mlir::func::FuncOp function);

/// After the last pass: functions public, `llvm.noalias` on the arguments of
/// tasks.
void finishFunctions(mlir::ModuleOp module);

} // namespace chameleon

#endif // CHAMELEON_LIB_TARGET_PREPAREFORCPU_H

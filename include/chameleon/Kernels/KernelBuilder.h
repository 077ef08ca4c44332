//===- KernelBuilder.h - integers, addresses and memory inside of GPU kernels
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Loops are collected into groups, whose linear index a thread computes from
// its number. Only what cannot be computed from that linear index is taken
// apart:
//
//   rows = 56 * 56 pixels of a 1x1 convolution, channels last: address row * 64
//   rows = 7 * 7 pixels of a 3x3 convolution: (row / 7, row mod 7)
//
//   KernelBuilder kernel(rewriter, loc, hooks);
//   Int row = kernel.fromIndex(launch.getThreadIds().x);
//   Place place = kernel.place(access.getRuns(sizes, rows), row);
//   Value vector = kernel.load(line, kernel.index(place.offset), 4);
//
// Limits: positions and counts below 2^31, but where a generator asks for wide
// ones (`fromIndex`).
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_KERNELS_KERNELBUILDER_H
#define CHAMELEON_KERNELS_KERNELBUILDER_H

#include "chameleon/Kernels/GPUHooks.h"
#include "chameleon/Kernels/KernelTask.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/IRMapping.h"

namespace chameleon {

/// An integer of a kernel: `value + constant`. Constants are kept apart, so
/// that they end up in the addresses of instructions instead of in registers.
/// Positions have 32 bits, or are of index type where there are too many of
/// them; offsets are of index type.
struct Int {
  mlir::Value value; ///< null: zero
  int64_t constant = 0;

  Int(int64_t constant = 0) : constant(constant) {}
  Int(mlir::Value value) : value(value) {}
  bool is(int64_t other) const { return !value && constant == other; }
};

/// A place in the buffer of an access, as far as it is known: sums over groups.
struct Place {
  Int offset;                      ///< index
  llvm::SmallVector<Int> position; ///< in each bound, 32 bits
};

/// Positions are signed words, and the last block of a kernel may go a little
/// further.
constexpr int64_t mostPositions = (int64_t(1) << 31) - (1 << 16);

/// That a kernel cannot count so many of something; empty if it can.
std::string checkCount(int64_t count, llvm::StringRef what);

class KernelBuilder {
public:
  KernelBuilder(mlir::RewriterBase &rewriter, mlir::Location loc,
                const GPUHooks &hooks)
      : b(rewriter), loc(loc), hooks(hooks) {}

  // Integers. `Int`s of one operation have one type.
  Int add(Int x, Int y);
  Int mul(Int x, int64_t factor);
  Int div(Int x, int64_t divisor);
  Int rem(Int x, int64_t divisor);
  Int min(Int x, int64_t limit);
  /// To the type of offsets.
  Int toOffset(Int position);
  mlir::Value index(Int offset);
  mlir::Value position(Int position);
  /// As an integer of a kernel, from its index.
  Int fromIndex(mlir::Value index);
  /// As a position among `count`: of index type if 32 bits are too few.
  Int fromIndex(mlir::Value index, int64_t count);
  /// To a position of 32 bits, which the value is known to fit in.
  Int toWord(Int position);
  /// x / divisor and x mod divisor, where x.value is known to be below `bound`:
  /// the constant is divided apart where nothing is carried.
  std::pair<Int, Int> divRem(Int x, int64_t bound, int64_t divisor);
  /// x < limit, unsigned; null if it always is.
  mlir::Value less(Int x, int64_t limit);
  /// Both; either may be null.
  mlir::Value both(mlir::Value x, mlir::Value y);

  // Addresses.
  /// What the linear index of a group adds to the place.
  Place place(llvm::ArrayRef<Run> runs, Int linear);
  /// The place of the first iteration.
  static Place start(const Access &access);
  Place add(const Place &x, const Place &y);
  /// Whether the place exists; null if it always does.
  mlir::Value inBounds(const Access &access, const Place &place);

  // Memory.
  /// The buffer as a line.
  mlir::Value flatten(mlir::Value buffer);
  mlir::Value load(mlir::Value line, mlir::Value offset, int64_t lanes);
  void store(mlir::Value vector, mlir::Value line, mlir::Value offset);
  mlir::Value zero(mlir::Type type);
  mlir::Value splat(mlir::Value scalar, int64_t lanes);
  mlir::Value elementOf(mlir::Value vector, int64_t lane);

  // Values.
  mlir::Value sum(mlir::Value x, mlir::Value y);
  /// The scalar of the thread of the warp whose number differs in this bit.
  mlir::Value exchange(mlir::Value scalar, int64_t distance);

  // Operations.
  /// The body of an elementwise operation on vectors of `width` elements, with
  /// the arguments that `mapping` has; what it yields. `computeOther` computes
  /// what is not elementwise, and returns null for the rest.
  mlir::Value cloneBody(
      mlir::linalg::LinalgOp op, mlir::IRMapping &mapping, int64_t width,
      llvm::function_ref<mlir::Value(mlir::Operation &)> computeOther = {});
  /// A launch of so many blocks and threads, empty but for its end. Blocks that
  /// follow each other form clusters of `cluster` (1: none).
  mlir::gpu::LaunchOp createLaunch(int64_t blocks, int64_t threads,
                                   int64_t sharedElements, mlir::Type element,
                                   int64_t cluster = 1);

  mlir::RewriterBase &b;
  mlir::Location loc;
  const GPUHooks &hooks;

private:
  /// The sum; `x` has a value.
  mlir::Value materialize(Int x);
};

} // namespace chameleon

#endif // CHAMELEON_KERNELS_KERNELBUILDER_H

//===- CPUAtom.h - the smallest product that a CPU does at once
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The innermost body of a matrix product on a CPU: one instruction adds the
// products of an element of a row and a vector of columns to a vector of sums.
// How many lanes such a vector has and what the instruction is, is the atom's;
// panels, register tiles and the loops around them ask it.
//
//   const CPUAtom *atom = findCPUAtom(contraction, reason);
//   sum = atom->emit(rewriter, contraction, left, right, sum);
//
// Limits: one step of the reduction an instruction. An atom of several (dot
// products of bf16 or int8) needs panels in which the steps of a column lie
// side by side, which CPUPanels.cpp does not make yet.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_KERNELS_CPUATOM_H
#define CHAMELEON_KERNELS_CPUATOM_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include <string>

namespace chameleon {

class CPUAtom {
public:
  CPUAtom(llvm::StringRef name, int64_t k, int64_t bytes)
      : name(name), k(k), bytes(bytes) {}
  virtual ~CPUAtom() = default;

  const llvm::StringRef name;
  const int64_t k;     ///< steps of the reduction
  const int64_t bytes; ///< of the widest vector of sums

  /// Why it cannot do the products of this contraction; empty if it can.
  virtual std::string check(mlir::linalg::LinalgOp contraction) const = 0;
  /// `sum` after one more product. All are vectors of one length; `left` and
  /// `right` are the contraction's first and second input.
  virtual mlir::Value emit(mlir::RewriterBase &rewriter,
                           mlir::linalg::LinalgOp contraction, mlir::Value left,
                           mlir::Value right, mlir::Value sum) const = 0;

  /// The most lanes of sums that divide `extent`.
  int64_t getLanes(int64_t extent, mlir::Type element) const {
    int64_t most =
        std::max<int64_t>(bytes * 8 / element.getIntOrFloatBitWidth(), 1);
    return std::min<int64_t>(most, extent & -extent);
  }
};

/// Multiplies and adds vectors, of whatever the body computes on integers or
/// floats; a product that is only added is not rounded on its own.
const CPUAtom &getVectorFmaAtom();

/// The first atom that takes the contraction; null with the reason of the last
/// one if none does.
const CPUAtom *findCPUAtom(mlir::linalg::LinalgOp contraction,
                           std::string &reason);

} // namespace chameleon

#endif // CHAMELEON_KERNELS_CPUATOM_H

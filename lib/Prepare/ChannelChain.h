//===- ChannelChain.h - chains of x * scale + shift over the channels
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Internal to lib/Prepare. The links of such a chain are elementwise operations
// with one constant vector (or scalar) each; AffineChain sums them up.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_PREPARE_CHANNELCHAIN_H
#define CHAMELEON_LIB_PREPARE_CHANNELCHAIN_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/Builders.h"
#include <optional>

namespace chameleon {

/// One link of a chain: `x kind operand`, the operand a vector over the
/// channels or a scalar, known when the model is loaded.
struct ChannelOperation {
  enum class Kind { Add, Sub, Mul, Div } kind;
  mlir::Operation *generic;
  mlir::Value vector; ///< as it is used, some shape with as many elements as
                      ///< there are channels; or null
  mlir::Value scalar; ///< captured; or null
  int64_t dimension;  ///< the loop of the vector

  mlir::Value getResult() const { return generic->getResult(0); }
};

/// The link that `value` goes into, if it has no other use.
std::optional<ChannelOperation> getChannelOperation(mlir::Value value);

/// x * scale + shift over the channels, built up from the links of a chain.
/// Vectors are rank one; null is the neutral element.
class AffineChain {
public:
  AffineChain(mlir::OpBuilder &builder, mlir::Location location,
              int64_t channels, mlir::Type element)
      : builder(builder), location(location),
        type(mlir::RankedTensorType::get({channels}, element)) {}

  void setShift(mlir::Value value) { shift = value; }
  mlir::Value getScale() const { return scale; }
  mlir::Value getShift() const { return shift; }

  void append(const ChannelOperation &link);

private:
  /// The same elements as a tensor of rank one.
  mlir::Value flatten(mlir::Value value);

  template <typename Op>
  mlir::Value apply(mlir::Value accumulator, const ChannelOperation &link,
                    double neutral);

  mlir::OpBuilder &builder;
  mlir::Location location;
  mlir::RankedTensorType type;
  mlir::Value scale, shift;
};

} // namespace chameleon

#endif // CHAMELEON_LIB_PREPARE_CHANNELCHAIN_H

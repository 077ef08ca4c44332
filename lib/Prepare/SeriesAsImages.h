//===- SeriesAsImages.h - windows in one dimension as windows of height one
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_PREPARE_SERIESASIMAGES_H
#define CHAMELEON_LIB_PREPARE_SERIESASIMAGES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace chameleon {

/// Convolutions and pooling along one dimension become those of images of
/// height one, with the elementwise operations that follow them: layouts and
/// schedules are made for images. Reshapes move nothing.
void makeImagesOfSeries(mlir::func::FuncOp function);

} // namespace chameleon

#endif // CHAMELEON_LIB_PREPARE_SERIESASIMAGES_H

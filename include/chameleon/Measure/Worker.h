//===- Worker.h - the main function of a worker
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A downstream compiler builds a worker that knows its own dialects with three
// lines:
//
//   int main(int argc, char **argv) {
//     mlir::DialectRegistry registry; chameleon::registerAll(registry);
//     registerMyDialects(registry); return chameleon::chameleonWorkerMain(argc,
//     argv, registry);
//   }
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_MEASURE_WORKER_H
#define CHAMELEON_MEASURE_WORKER_H

namespace mlir {
class DialectRegistry;
}

namespace chameleon {

/// Speaks the protocol of Protocol.h on stdin/stdout until stdin ends. Returns
/// the exit status.
int chameleonWorkerMain(int argc, char **argv, mlir::DialectRegistry &registry);

} // namespace chameleon

#endif // CHAMELEON_MEASURE_WORKER_H

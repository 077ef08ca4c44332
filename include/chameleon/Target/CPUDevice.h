//===- CPUDevice.h - the cores of this machine
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   registerCPUBackend(registry);                           // "cpu"
//   auto host = CPUDevice::ofHost(/*threads=*/1);           // without a
//   context
//
// Text: `cpu`, `cpu:<features>` (`cpu:-avx512f,-avx2`), which change what the
// code generator may use. Facts: "CPU": "vector_bits", "l1_bytes", "l2_bytes",
// "l3_bytes", "threads", "registers" (vector registers: 32 with AVX-512, else
// 16).
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TARGET_CPUDEVICE_H
#define CHAMELEON_TARGET_CPUDEVICE_H

#include "chameleon/Target/Device.h"
#include "llvm/Support/Error.h"

namespace mlir {
class DialectRegistry;
}

namespace chameleon {

struct CPUFacts {
  std::string name;     ///< the maker's
  std::string triple;   ///< LLVM target triple
  std::string cpu;      ///< LLVM's name of the processor: znver4
  std::string features; ///< LLVM's feature string, "+avx2,-avx512f,…"; what the
                        ///< code generator may use
  std::string overrides; ///< what the user gave after the colon: "-avx512f"
  int64_t vectorBits = 128;
  int64_t l1Bytes = 32 << 10; ///< L1 data cache of a core
  int64_t l2Bytes = 512 << 10;
  int64_t l3Bytes = 0;
  unsigned cores = 1; ///< cores that this process may use
  unsigned threads =
      1; ///< threads of a tuned kernel (option `threads=`; default: all cores)
  Precision precision = Precision::Default; ///< of schedules
};

class CPUDevice final : public Device {
public:
  CPUDevice(std::shared_ptr<const Backend> backend, CPUFacts facts)
      : Device(std::move(backend)), facts(std::move(facts)) {}

  /// `threads` 0: all cores. Errors: a malformed list of features.
  static llvm::Expected<std::shared_ptr<const CPUDevice>>
  ofHost(unsigned threads,
         std::optional<llvm::StringRef> overrides = std::nullopt);

  std::string getName() const override { return facts.name; }
  std::string getSpec() const override;
  std::string getKey() const override;
  std::string describe() const override;
  TargetFacts getFacts() const override;
  /// f32: what a core retires is measured now (about 50 ms), times threads;
  /// f64: half of that.
  std::optional<double> getPeakGflops(mlir::Type elementType) const override;
  unsigned getThreads() const override { return facts.threads; }
  /// Channels blocked by the vectors' lanes.
  LayoutOptions getLayout() const override;
  /// Loops follow each other for nothing, and each has the best schedule of
  /// its own.
  bool joinsRows() const override { return false; }
  bool widensHalf() const override { return true; }

  std::unique_ptr<Compiler>
  createCompiler(mlir::MLIRContext *context,
                 const CompileOptions &options) const override;
  llvm::StringRef getWarmUpSchedule() const override;

  const CPUFacts facts;
};

void registerCPUBackend(mlir::DialectRegistry &registry);

} // namespace chameleon

#endif // CHAMELEON_TARGET_CPUDEVICE_H

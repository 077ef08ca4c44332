//===- Device.h - one device of a backend, and what it offers
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a text like "cpu:-avx512f" or "nvvm:sm_90" means: facts for constraints,
// a key for the tuning database, and the choices that preparation and
// extraction ask for. A backend derives its own class, with facts that only it
// knows (CPUDevice.h, NVVMDevice.h).
//
//   auto device = BackendRegistry::parse(context, "auto", {});
//   module->setAttr(DLTIDialect::kTargetSystemDescAttrName,
//                   (*device)->toDLTI(context));
//
// A device outlives the context that it was asked of. Describing one needs no
// such device to be there, unless the text says "the one that is there".
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TARGET_DEVICE_H
#define CHAMELEON_TARGET_DEVICE_H

#include "chameleon/IR/LayoutOptions.h"
#include "mlir/IR/Attributes.h"
#include "mlir/IR/Types.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace chameleon {

class Backend;
class Compiler;
class Engine;
struct CompileOptions;

/// Which schedules may be used: those that give what each algorithm documents,
/// or, strictly, only such as add up what the model adds up, so that infinities
/// and NaN go where they go in a plain sum (docs/tuning.md).
enum class Precision { Default, Strict };

/// Names and values, as schedules ask for them:
/// `transform.dlti.query ["<device>", "<name>"] at %func`.
struct TargetFacts {
  std::string device; ///< "CPU", "GPU"
  std::vector<std::pair<std::string, int64_t>> values;
};

class Device {
public:
  virtual ~Device();
  Device(const Device &) = delete;
  Device &operator=(const Device &) = delete;

  const Backend &getBackend() const { return *backend; }

  /// The maker's name, for people.
  virtual std::string getName() const = 0;
  /// The text that the registry reads back into the same device on the same
  /// machine, given the same number of threads.
  virtual std::string getSpec() const = 0;
  /// Identity in the tuning database: whatever changes how long code runs.
  /// Measurements are shared only between equal keys.
  virtual std::string getKey() const = 0;
  /// A line for people: "cpu: AMD EPYC, 2 threads".
  virtual std::string describe() const;

  virtual TargetFacts getFacts() const = 0;
  /// The facts as `#dlti.target_system_spec` with integer (i64) entries.
  mlir::Attribute toDLTI(mlir::MLIRContext *context) const;

  /// Multiply-adds of this element type that the device can do, two operations
  /// each, in GFLOP/s; nothing where nobody knows. May measure for some 50 ms.
  virtual std::optional<double> getPeakGflops(mlir::Type elementType) const = 0;

  /// Threads of the host's cores that a kernel uses.
  virtual unsigned getThreads() const { return 1; }

  /// The layout that convolutions are given.
  virtual LayoutOptions getLayout() const = 0;

  /// Whether launching a kernel costs so much that reductions and elementwise
  /// operations over the same rows belong into one.
  virtual bool joinsRows() const = 0;

  /// Whether it converts half types (f16, bf16) but computes in f32, so that a
  /// model is widened before its tasks are extracted (WidenHalf.h).
  virtual bool widensHalf() const { return false; }

  /// From modules whose schedules have been applied to programs; no device need
  /// be there. `context` outlives the result.
  virtual std::unique_ptr<Compiler>
  createCompiler(mlir::MLIRContext *context,
                 const CompileOptions &options) const = 0;

  /// What runs programs on it. Errors: no such device on this machine.
  virtual llvm::Expected<std::unique_ptr<Engine>>
  openEngine(unsigned ordinal = 0) const;

  /// How many of its kind are on this machine apart from the cores that
  /// compile: one process each measures while others compile. 0: the cores
  /// themselves, which do nothing else meanwhile. Uses no driver in this
  /// process. Errors: there is none.
  virtual llvm::Expected<unsigned> countDevices() const { return 0; }

  /// A spec that is applied to a small product when a worker starts, so that
  /// its children inherit what schedules need; or nothing.
  virtual llvm::StringRef getWarmUpSchedule() const { return ""; }

protected:
  explicit Device(std::shared_ptr<const Backend> backend);

private:
  std::shared_ptr<const Backend> backend;
};

} // namespace chameleon

#endif // CHAMELEON_TARGET_DEVICE_H

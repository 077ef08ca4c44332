//===- Backend.h - a kind of target, and the registry of them
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Backends are registered as dialects are, and hang on the `chameleon` dialect
// of a context: tools, workers, passes and embedders find there those of their
// DialectRegistry and know no others.
//
//   registerCPUBackend(registry);                       // CPUDevice.h
//   registerBackend<MyBackend>(registry);
//   mlir::MLIRContext context(registry);
//   auto device = BackendRegistry::parse(&context, "mine:v2", {});
//
// A new kind of target derives Backend and Device and brings its schedules
// (chameleon_embed_schedules); docs/backends.md goes through one.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TARGET_BACKEND_H
#define CHAMELEON_TARGET_BACKEND_H

#include "chameleon/IR/ChameleonDialect.h"
#include "chameleon/Runtime/Engine.h"
#include "chameleon/Schedules/BuiltinSchedule.h"
#include "chameleon/Target/Device.h"
#include "mlir/IR/DialectInterface.h"
#include "mlir/IR/DialectRegistry.h"
#include "llvm/Support/Error.h"

namespace chameleon {

/// Where a driver is asked for facts. It may not survive a fork, so a process
/// that forks children which use it asks in another one.
enum class DriverUse { ThisProcess, ChildProcess };

struct DeviceOptions {
  /// Threads of a kernel on the host's cores; 0: all cores. Of no meaning to a
  /// device that is apart from them.
  unsigned threads = 0;
  DriverUse driver = DriverUse::ThisProcess;
  Precision precision = Precision::Default;
};

class Backend : public std::enable_shared_from_this<Backend> {
public:
  virtual ~Backend();

  /// First word of a target's text: "cpu".
  virtual llvm::StringRef getName() const = 0;
  /// For people: "host CPU", "GPU".
  virtual llvm::StringRef getTitle() const = 0;
  /// How else the text may look, for errors: "'cpu:<features>'"; or nothing.
  virtual llvm::StringRef getForm() const = 0;
  /// `auto` asks backends in falling order, those below 0 never.
  virtual int getPreference() const { return -1; }

  /// The device that "<name>" or "<name>:<arguments>" means. Errors: malformed
  /// arguments; no such device where one must be there.
  virtual llvm::Expected<std::shared_ptr<const Device>>
  parse(std::optional<llvm::StringRef> arguments,
        const DeviceOptions &options) const = 0;

  /// The library of schedules that it brings, tried in this order.
  virtual llvm::ArrayRef<BuiltinSchedule> getSchedules() const = 0;

  /// What runs programs of this backend. Errors: no such device on this
  /// machine.
  virtual llvm::Expected<std::unique_ptr<Engine>>
  openEngine(const DeviceOptions &options, unsigned ordinal) const = 0;

  /// What turns a configuration into code. Records of the tuning database that
  /// another one made are related ones, not answers. A backend outside of this
  /// project adds a hash or version of its own to getGeneratorHash().
  virtual std::string getGenerator() const;
};

/// The backends of a context.
class BackendRegistry : public mlir::DialectInterface::Base<BackendRegistry> {
public:
  explicit BackendRegistry(mlir::Dialect *dialect);

  /// Null if no backend is registered.
  static const BackendRegistry *get(mlir::MLIRContext *context);

  /// Reads the option `target=`: `auto`, the name of a backend, or that with
  /// arguments behind a colon. Errors: an unknown backend, more threads than
  /// 1024, what the backend says. `choice` receives what `auto` has chosen and
  /// why.
  static llvm::Expected<std::shared_ptr<const Device>>
  parse(mlir::MLIRContext *context, llvm::StringRef text,
        const DeviceOptions &options, std::string *choice = nullptr);

  /// Null if there is none.
  static const Backend *lookup(mlir::MLIRContext *context,
                               llvm::StringRef name);

  /// The engine for a program. Errors: a program of a backend that is not
  /// registered, what the backend says.
  static llvm::Expected<std::unique_ptr<Engine>>
  openEngine(mlir::MLIRContext *context, const Program &program,
             const DeviceOptions &options, unsigned ordinal = 0);

  /// In the order in which they were registered.
  llvm::ArrayRef<std::shared_ptr<const Backend>> getBackends() const {
    return backends;
  }
  /// Of two with one name the first stays.
  void add(std::shared_ptr<const Backend> backend);

private:
  llvm::Expected<std::shared_ptr<const Device>>
  choose(const DeviceOptions &options, std::string *choice) const;

  std::vector<std::shared_ptr<const Backend>> backends;
};

/// Makes a backend known to the contexts that are made from the registry.
template <typename BackendT>
void registerBackend(mlir::DialectRegistry &registry) {
  registry.insert<ChameleonDialect>();
  registry.addExtension(+[](mlir::MLIRContext *, ChameleonDialect *dialect) {
    auto *backends = dialect->getRegisteredInterface<BackendRegistry>();
    if (!backends)
      backends = &dialect->addInterface<BackendRegistry>();
    backends->add(std::make_shared<BackendT>());
  });
}

} // namespace chameleon

#endif // CHAMELEON_TARGET_BACKEND_H

//===- Backend.cpp - a kind of target, and the registry of them
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Target/Backend.h"
#include "chameleon/Runtime/GeneratorHash.h"
#include "mlir/IR/MLIRContext.h"

using namespace mlir;
using namespace chameleon;

Backend::~Backend() = default;

std::string Backend::getGenerator() const { return getGeneratorHash().str(); }

BackendRegistry::BackendRegistry(Dialect *dialect) : Base(dialect) {}

const BackendRegistry *BackendRegistry::get(MLIRContext *context) {
  return context->getOrLoadDialect<ChameleonDialect>()
      ->getRegisteredInterface<BackendRegistry>();
}

const Backend *BackendRegistry::lookup(MLIRContext *context,
                                       llvm::StringRef name) {
  if (const BackendRegistry *registry = get(context))
    for (const std::shared_ptr<const Backend> &backend : registry->backends)
      if (backend->getName() == name)
        return backend.get();
  return nullptr;
}

void BackendRegistry::add(std::shared_ptr<const Backend> backend) {
  if (llvm::none_of(backends, [&](const std::shared_ptr<const Backend> &other) {
        return other->getName() == backend->getName();
      }))
    backends.push_back(std::move(backend));
}

/// The most preferred one that has a device.
llvm::Expected<std::shared_ptr<const Device>>
BackendRegistry::choose(const DeviceOptions &options,
                        std::string *choice) const {
  SmallVector<const Backend *> preferred;
  for (const std::shared_ptr<const Backend> &backend : backends)
    if (backend->getPreference() >= 0)
      preferred.push_back(backend.get());
  llvm::stable_sort(preferred, [](const Backend *a, const Backend *b) {
    return a->getPreference() > b->getPreference();
  });
  std::string missing;
  for (const Backend *backend : preferred) {
    llvm::Expected<std::shared_ptr<const Device>> device =
        backend->parse(std::nullopt, options);
    if (device) {
      if (choice)
        *choice =
            "the " + backend->getTitle().str() +
            (missing.empty() ? ", being there" : ", for want of a " + missing);
      return device;
    }
    missing += (missing.empty() ? "" : "; of a ") + backend->getTitle().str() +
               ": " + llvm::toString(device.takeError());
  }
  return llvm::createStringError(
      "there is no target" +
      (missing.empty() ? std::string() : ", for want of a " + missing));
}

llvm::Expected<std::shared_ptr<const Device>>
BackendRegistry::parse(MLIRContext *context, llvm::StringRef text,
                       const DeviceOptions &options, std::string *choice) {
  if (options.threads > 1024)
    return llvm::createStringError("%u threads, expected at most 1024",
                                   options.threads);
  const BackendRegistry *registry = get(context);
  if (!registry)
    return llvm::createStringError("no backend is registered, so there is no "
                                   "target '" +
                                   text + "'");
  if (text == "auto")
    return registry->choose(options, choice);
  auto [name, rest] = text.split(':');
  std::string expected = "'auto'";
  for (const std::shared_ptr<const Backend> &backend : registry->backends) {
    if (backend->getName() == name)
      return backend->parse(
          text.contains(':') ? std::optional(rest) : std::nullopt, options);
    expected += ", '" + backend->getName().str() + "'";
    if (!backend->getForm().empty())
      expected += ", " + backend->getForm().str();
  }
  return llvm::createStringError("unknown target '" + text +
                                 "', expected one of " + expected);
}

llvm::Expected<std::unique_ptr<Engine>>
BackendRegistry::openEngine(MLIRContext *context, const Program &program,
                            const DeviceOptions &options, unsigned ordinal) {
  if (const Backend *backend = lookup(context, program.backend))
    return backend->openEngine(options, ordinal);
  std::string expected;
  if (const BackendRegistry *registry = get(context))
    for (const std::shared_ptr<const Backend> &backend : registry->backends)
      expected +=
          (expected.empty() ? "'" : " or '") + backend->getName().str() + "'";
  return llvm::createStringError("the program is for backend '" +
                                 program.backend + "', expected " +
                                 (expected.empty() ? "none" : expected));
}

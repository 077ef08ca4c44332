//===- RunnerDevice.cpp - what a device asks of the runner, and offers
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Measure/Runner.h"
#include "chameleon/Target/Backend.h"
#include "mlir/IR/MLIRContext.h"

using namespace chameleon;

llvm::Expected<RunnerDevice>
RunnerDevice::find(const RunnerOptions &options,
                   const mlir::DialectRegistry &registry) {
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  DeviceOptions deviceOptions;
  deviceOptions.threads = options.threads;
  deviceOptions.driver = DriverUse::ChildProcess;
  llvm::Expected<std::shared_ptr<const Device>> parsed =
      BackendRegistry::parse(&context, options.target, deviceOptions);
  if (!parsed)
    return parsed.takeError();
  std::shared_ptr<const Device> device = std::move(*parsed);
  llvm::Expected<unsigned> devices = device->countDevices();
  if (!devices)
    return devices.takeError();
  RunnerDevice result;
  result.device = device;
  result.devices = *devices;
  result.warmUpSchedule = device->getWarmUpSchedule();
  result.createCompiler = [device](mlir::MLIRContext *context,
                                   const CompileOptions &compile) {
    return device->createCompiler(context, compile);
  };
  result.openEngine = [device](unsigned ordinal) {
    return device->openEngine(ordinal);
  };
  return result;
}

//===- DeviceFacts.cpp - what a GPU offers
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Runtime/DeviceFacts.h"
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace chameleon::cuda;

std::string DeviceFacts::chip() const {
  return "sm_" + std::to_string(major) + std::to_string(minor);
}

/// Float32 units of a multiprocessor, by compute capability (CUDA C++
/// Programming Guide, arithmetic instructions).
static int64_t floatUnits(int64_t major, int64_t minor) {
  if (major == 6)
    return minor == 0 ? 64 : 128;
  if (major == 7 || (major == 8 && minor == 0))
    return 64;
  return 128;
}

double DeviceFacts::peakGflops() const {
  return 2.0 *
         static_cast<double>(floatUnits(major, minor) * multiprocessors *
                             clockKHz) *
         1e-6;
}

llvm::Expected<DeviceFacts> DeviceFacts::query(const Driver &driver,
                                               int ordinal) {
  Device device = 0;
  if (llvm::Error error = driver.call(driver.deviceGet, &device, ordinal))
    return error;
  DeviceFacts facts;
  char name[256] = "";
  if (llvm::Error error = driver.call(driver.deviceGetName, name,
                                      static_cast<int>(sizeof(name)), device))
    return error;
  facts.name = name;
  size_t bytes = 0;
  if (llvm::Error error = driver.call(driver.deviceTotalMem, &bytes, device))
    return error;
  facts.globalBytes = static_cast<int64_t>(bytes);
  llvm::Expected<int> count = countDevices(driver);
  if (!count)
    return count.takeError();
  facts.count = *count;
  // CUdevice_attribute.
  const std::pair<int, int64_t *> attributes[] = {
      {75, &facts.major},
      {76, &facts.minor},
      {16, &facts.multiprocessors},
      {10, &facts.warp},
      {1, &facts.threadsPerBlock},
      {39, &facts.threadsPerMultiprocessor},
      {12, &facts.registersPerBlock},
      {82, &facts.registersPerMultiprocessor},
      {97, &facts.sharedPerBlock},
      {81, &facts.sharedPerMultiprocessor},
      {38, &facts.l2Bytes},
      {13, &facts.clockKHz},
      {36, &facts.memoryClockKHz},
      {37, &facts.memoryBusBits}};
  for (auto [attribute, fact] : attributes) {
    int value = 0;
    if (llvm::Error error =
            driver.call(driver.deviceGetAttribute, &value, attribute, device))
      return error;
    *fact = value;
  }
  return facts;
}

llvm::Expected<DeviceFacts> DeviceFacts::query(int ordinal) {
  llvm::Expected<const Driver *> driver = Driver::load();
  if (!driver)
    return driver.takeError();
  return query(**driver, ordinal);
}

/// Everything but the name, which comes last.
static std::array<int64_t *, 16> numbers(DeviceFacts &facts) {
  return {&facts.major,
          &facts.minor,
          &facts.multiprocessors,
          &facts.warp,
          &facts.threadsPerBlock,
          &facts.threadsPerMultiprocessor,
          &facts.registersPerBlock,
          &facts.registersPerMultiprocessor,
          &facts.sharedPerBlock,
          &facts.sharedPerMultiprocessor,
          &facts.l2Bytes,
          &facts.clockKHz,
          &facts.memoryClockKHz,
          &facts.memoryBusBits,
          &facts.globalBytes,
          &facts.count};
}

llvm::Expected<DeviceFacts> DeviceFacts::queryInChild(int ordinal) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    return llvm::createStringError("cannot make a pipe: %s", strerror(errno));
  pid_t child = fork();
  if (child < 0) {
    int error = errno;
    close(ends[0]);
    close(ends[1]);
    return llvm::createStringError("cannot ask for the GPU in a child: %s",
                                   strerror(error));
  }
  if (child == 0) {
    // One line: "+", the numbers and the name, or what went wrong.
    llvm::Expected<DeviceFacts> facts = query(ordinal);
    std::string line;
    if (facts) {
      line = "+";
      for (int64_t *number : numbers(*facts))
        line += std::to_string(*number) + " ";
      line += facts->name;
    } else {
      line = llvm::toString(facts.takeError());
    }
    (void)!write(ends[1], line.data(), line.size());
    _exit(0);
  }
  close(ends[1]);
  std::string line;
  char buffer[512];
  ssize_t count;
  while ((count = read(ends[0], buffer, sizeof(buffer))) > 0 ||
         (count < 0 && errno == EINTR))
    line.append(buffer, std::max<ssize_t>(count, 0));
  close(ends[0]);
  while (waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
  llvm::StringRef rest = line;
  if (!rest.consume_front("+"))
    return llvm::createStringError(
        "%s", rest.empty() ? "asking for the GPU ended without an answer"
                           : line.c_str());
  DeviceFacts facts;
  auto take = [&](int64_t &number) {
    auto [word, after] = rest.split(' ');
    rest = after;
    return !word.getAsInteger(10, number);
  };
  bool right = true;
  for (int64_t *number : numbers(facts))
    right &= take(*number);
  facts.name = rest.str();
  if (!right)
    return llvm::createStringError("asking for the GPU gave '%s'",
                                   line.c_str());
  return facts;
}

namespace {
struct Chip {
  int64_t major, minor;
  const char *name;
  int64_t multiprocessors, threadsPerMultiprocessor, sharedPerBlockKiB,
      sharedPerMultiprocessorKiB, l2MiB, clockMHz;
};
} // namespace

/// One usual device a chip: its data sheet, and the table of technical
/// specifications in the CUDA C++ Programming Guide.
static constexpr Chip chips[] = {
    {7, 0, "NVIDIA V100", 80, 2048, 96, 96, 6, 1530},
    {7, 5, "NVIDIA T4", 40, 1024, 64, 64, 4, 1590},
    {8, 0, "NVIDIA A100", 108, 2048, 163, 164, 40, 1410},
    {8, 6, "NVIDIA RTX A6000", 84, 1536, 99, 100, 6, 1800},
    {8, 9, "NVIDIA L40S", 142, 1536, 99, 100, 96, 2520},
    {9, 0, "NVIDIA H100", 132, 2048, 227, 228, 50, 1980},
    {10, 0, "NVIDIA B200", 148, 2048, 227, 228, 126, 1965},
    {12, 0, "NVIDIA RTX PRO 6000", 188, 1536, 99, 100, 128, 2617}};

std::optional<DeviceFacts> DeviceFacts::ofChip(llvm::StringRef name) {
  for (const Chip &chip : chips) {
    DeviceFacts facts;
    facts.major = chip.major;
    facts.minor = chip.minor;
    if (facts.chip() != name)
      continue;
    facts.name = chip.name;
    facts.multiprocessors = chip.multiprocessors;
    facts.threadsPerMultiprocessor = chip.threadsPerMultiprocessor;
    facts.sharedPerBlock = chip.sharedPerBlockKiB << 10;
    facts.sharedPerMultiprocessor = chip.sharedPerMultiprocessorKiB << 10;
    facts.l2Bytes = chip.l2MiB << 20;
    facts.clockKHz = chip.clockMHz * 1000;
    return facts;
  }
  return std::nullopt;
}

std::string DeviceFacts::knownChips() {
  std::string names;
  for (const Chip &chip : chips)
    names += (names.empty() ? "sm_" : ", sm_") + std::to_string(chip.major) +
             std::to_string(chip.minor);
  return names;
}

llvm::Expected<int> chameleon::cuda::countDevices(const Driver &driver) {
  int count = 0;
  if (llvm::Error error = driver.call(driver.deviceGetCount, &count))
    return error;
  if (count < 1)
    return llvm::createStringError("the CUDA driver sees no device");
  return count;
}

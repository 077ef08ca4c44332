//===- AgentLibrary.cpp - libchameleon_agent, loaded by need --------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/AgentLibrary.h"
#include <algorithm>
#include <cstdlib>
#include <dlfcn.h>
#include <filesystem>

using namespace chameleon::search;
namespace fs = std::filesystem;

static constexpr char libraryName[] = "libchameleon_agent.so";

static std::string getVariable(const char *name) {
  const char *value = std::getenv(name);
  return value ? value : "";
}

/// The library or the program that this code is linked into.
static fs::path getOwnFolder() {
  Dl_info info;
  if (!dladdr(reinterpret_cast<void *>(&getOwnFolder), &info) ||
      !info.dli_fname)
    return "";
  std::error_code error;
  fs::path file = fs::canonical(info.dli_fname, error);
  // A program that was found on the PATH is known by its bare name.
  if (error)
    file = fs::canonical("/proc/self/exe", error);
  return file.parent_path();
}

static fs::path findLibrary(const std::string &folder) {
  if (!folder.empty())
    return fs::path(folder) / libraryName;
  fs::path own = getOwnFolder(), beside = own / libraryName,
           installed = own.parent_path() / "lib" / libraryName;
  return !fs::exists(beside) && fs::exists(installed) ? installed : beside;
}

std::vector<std::string>
chameleon::search::findTorchFolders(const std::string &path,
                                    const std::string &home) {
  std::vector<fs::path> prefixes;
  for (size_t begin = 0; begin < path.size();) {
    size_t end = std::min(path.find(':', begin), path.size());
    fs::path folder = path.substr(begin, end - begin);
    begin = end + 1;
    std::error_code error;
    if (folder.is_absolute() && fs::exists(folder / "python3", error)) {
      prefixes.push_back(folder.parent_path());
      prefixes.push_back(folder.parent_path() / "local"); // Debian's pip
    }
  }
  if (!home.empty())
    prefixes.push_back(fs::path(home) / ".local");

  std::vector<std::string> result;
  for (const fs::path &prefix : prefixes) {
    std::vector<std::string> found;
    std::error_code error;
    for (const fs::directory_entry &entry :
         fs::directory_iterator(prefix / "lib", error))
      for (const char *packages : {"site-packages", "dist-packages"}) {
        fs::path folder = entry.path() / packages / "torch" / "lib";
        if (entry.path().filename().string().rfind("python3", 0) == 0 &&
            fs::exists(folder / "libtorch_cpu.so", error))
          found.push_back(folder.string());
      }
    std::sort(found.begin(), found.end()); // directories have no order
    for (std::string &folder : found)
      if (std::find(result.begin(), result.end(), folder) == result.end())
        result.push_back(std::move(folder));
  }
  return result;
}

/// Loads the agent library, and before it LibTorch from `torch`: what is loaded
/// already satisfies whoever names it.
static void *loadWithTorch(const fs::path &library, const fs::path &torch,
                           std::string &error) {
  for (const char *name : {"libc10.so", "libtorch_cpu.so"})
    if (!dlopen((torch / name).c_str(), RTLD_NOW | RTLD_LOCAL)) {
      error = dlerror();
      return nullptr;
    }
  void *handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle)
    error =
        std::string(dlerror()) + " (with LibTorch of " + torch.string() + ")";
  return handle;
}

std::optional<AgentLibrary> AgentLibrary::load(std::string &error,
                                               const std::string &folder) {
  fs::path library = findLibrary(folder);
  std::error_code ignored;
  if (!fs::exists(library, ignored)) {
    error = "there is no " + library.string();
    return std::nullopt;
  }
  void *handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    error = dlerror();
    std::string torch = getVariable("CHAMELEON_TORCH");
    if (torch.empty()) {
      std::vector<std::string> folders =
          findTorchFolders(getVariable("PATH"), getVariable("HOME"));
      if (!folders.empty())
        torch = folders.front();
    }
    if (!torch.empty())
      handle = loadWithTorch(library, torch, error);
    else
      error += "; $CHAMELEON_TORCH names no folder of libtorch_cpu.so";
  }
  if (!handle)
    return std::nullopt;

  AgentLibrary result;
  bool isComplete = true;
  auto resolve = [&](auto &function, const char *name) {
    function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(
        dlsym(handle, name));
    isComplete &= function != nullptr;
  };
  decltype(&chameleonAgentAbiVersion) getVersion = nullptr;
  resolve(getVersion, "chameleonAgentAbiVersion");
  resolve(result.create, "chameleonAgentCreate");
  resolve(result.destroy, "chameleonAgentDestroy");
  resolve(result.explore, "chameleonAgentExplore");
  resolve(result.actionProbabilities, "chameleonAgentActionProbabilities");
  if (isComplete && getVersion() == CHAMELEON_AGENT_ABI_VERSION)
    return result;
  error = library.string() + " is of another version of Chameleon";
  return std::nullopt;
}

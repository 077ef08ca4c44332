//===- AgentLibrary.h - libchameleon_agent, loaded by need ------*- C++ -*-===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// LibTorch costs a third of a second and 200 MB to load, so only strategies
// that have an agent pay for it, when they are created. It is found by the
// agent library's own rpath or the loader; else in the folder
// $CHAMELEON_TORCH, or in the torch package of a Python on the PATH. No Python
// is started.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_SEARCH_AGENTLIBRARY_H
#define CHAMELEON_SEARCH_AGENTLIBRARY_H

#include "chameleon/Search/AgentABI.h"
#include <optional>
#include <string>
#include <vector>

namespace chameleon::search {

/// The functions of AgentABI.h. Never unloaded: LibTorch does not survive it.
class AgentLibrary {
public:
  /// From `folder`; empty: that of this library, or `../lib` of a program that
  /// has the search linked in. On failure says in one line what is missing.
  static std::optional<AgentLibrary> load(std::string &error,
                                          const std::string &folder = "");

  decltype(&chameleonAgentCreate) create = nullptr;
  decltype(&chameleonAgentDestroy) destroy = nullptr;
  decltype(&chameleonAgentExplore) explore = nullptr;
  decltype(&chameleonAgentActionProbabilities) actionProbabilities = nullptr;
};

/// Where pip puts LibTorch for the Pythons of `path` (folders as in $PATH) and
/// for the user whose home is `home`: existing folders, in that order.
/// Environments (venv, conda) and the system's Python are found, shims are not.
std::vector<std::string> findTorchFolders(const std::string &path,
                                          const std::string &home);

} // namespace chameleon::search

#endif // CHAMELEON_SEARCH_AGENTLIBRARY_H

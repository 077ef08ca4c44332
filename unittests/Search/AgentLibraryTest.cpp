//===- AgentLibraryTest.cpp - libchameleon_agent, loaded by need ----------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/AgentLibrary.h"
#include "TestSpaces.h"
#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace chameleon::search;
namespace fs = std::filesystem;

namespace {

/// Sets a variable for as long as it lives; null removes it.
class Variable {
public:
  Variable(const char *name, const char *value) : name(name) {
    if (const char *old = std::getenv(name))
      previous = old;
    set(value);
  }
  ~Variable() { set(previous ? previous->c_str() : nullptr); }
  void set(const char *value) {
    if (value)
      setenv(name, value, /*overwrite=*/1);
    else
      unsetenv(name);
  }

private:
  const char *name;
  std::optional<std::string> previous;
};

class AgentLibraryTest : public testing::Test {
protected:
  AgentLibraryTest() {
    char name[] = "/tmp/chameleon-agent-XXXXXX";
    folder = mkdtemp(name);
  }
  ~AgentLibraryTest() override { fs::remove_all(folder); }

  void makeFile(const fs::path &path) {
    fs::create_directories((folder / path).parent_path());
    std::ofstream(folder / path) << "no library";
  }

  fs::path folder;
  std::string error;
};

TEST_F(AgentLibraryTest, IsThereWhereItWasBuilt) {
  EXPECT_EQ(AgentLibrary::load(error).has_value(), CHAMELEON_HAS_AGENT)
      << error;
}

TEST_F(AgentLibraryTest, SaysWhatIsNotThere) {
  EXPECT_FALSE(AgentLibrary::load(error, folder));
  EXPECT_EQ(error, "there is no " + folder.string() + "/libchameleon_agent.so");
  makeFile("libchameleon_agent.so");
  EXPECT_FALSE(AgentLibrary::load(error, folder));
  EXPECT_NE(error.find("file too short"), std::string::npos) << error;
}

// A library with the agent's names, which needs a LibTorch that no loader
// finds: a stub in another folder.
TEST_F(AgentLibraryTest, LibTorchIsWhereTheVariableSays) {
  Variable path("PATH", ""), home("HOME", ""),
      torch("CHAMELEON_TORCH", nullptr);
  EXPECT_FALSE(AgentLibrary::load(error, STUB_AGENT));
  EXPECT_NE(error.find("libchameleon_stub_torch.so: cannot open"),
            std::string::npos)
      << error;
  EXPECT_NE(error.find("$CHAMELEON_TORCH names no folder"), std::string::npos)
      << error;

  torch.set(folder.c_str());
  EXPECT_FALSE(AgentLibrary::load(error, STUB_AGENT));
  EXPECT_NE(error.find(folder.string() + "/libc10.so: cannot open"),
            std::string::npos)
      << error;

  torch.set(STUB_TORCH);
  EXPECT_FALSE(AgentLibrary::load(error, STUB_AGENT));
  EXPECT_NE(error.find("is of another version"), std::string::npos)
      << "loaded, and of no version: " << error;
}

TEST_F(AgentLibraryTest, LibTorchOfPythonsOnThePath) {
  makeFile("venv/bin/python3");
  makeFile("venv/lib/python3.11/site-packages/torch/lib/libtorch_cpu.so");
  makeFile("usr/bin/python3");
  makeFile("usr/local/lib/python3.13/dist-packages/torch/lib/libtorch_cpu.so");
  makeFile("usr/lib/python3/dist-packages/torch/lib/libtorch_cpu.so");
  makeFile("other/bin/ls"); // no Python
  makeFile("other/lib/python3.9/site-packages/torch/lib/libtorch_cpu.so");
  makeFile(
      "home/.local/lib/python3.12/site-packages/torch/lib/libtorch_cpu.so");
  makeFile("empty/bin/python3");
  makeFile("empty/lib/python3.12/site-packages/torch/lib/libother.so");
  std::string root = folder.string();
  std::vector<std::string> expected = {
      root + "/venv/lib/python3.11/site-packages/torch/lib",
      root + "/usr/lib/python3/dist-packages/torch/lib",
      root + "/usr/local/lib/python3.13/dist-packages/torch/lib",
      root + "/home/.local/lib/python3.12/site-packages/torch/lib"};
  EXPECT_EQ(findTorchFolders(
                root + "/empty/bin::" + root + "/venv/bin:" + root +
                    "/other/bin:bin:" + root + "/usr/bin:" + root + "/venv/bin",
                root + "/home"),
            expected);
  EXPECT_TRUE(findTorchFolders("", "").empty());
}

} // namespace

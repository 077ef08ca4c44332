//===- KernelProgram.cpp - functions as static lists of kernel launches
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Runtime/KernelProgram.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace chameleon;
namespace json = llvm::json;

namespace chameleon {

static json::Value toJSON(const std::array<unsigned, 3> &extent) {
  return json::Array{extent[0], extent[1], extent[2]};
}

static json::Value toJSON(const KernelLaunch &launch) {
  json::Array arguments;
  for (const KernelArgument &argument : launch.arguments)
    arguments.push_back(json::Array{static_cast<int>(argument.kind),
                                    argument.index, argument.byteOffset});
  return json::Object{{"kernel", launch.kernel},
                      {"grid", toJSON(launch.grid)},
                      {"block", toJSON(launch.block)},
                      {"shared", launch.dynamicSharedBytes},
                      {"arguments", std::move(arguments)}};
}

static json::Value toJSON(const NVVMFunction &function) {
  json::Array launches;
  for (const KernelLaunch &launch : function.launches)
    launches.push_back(toJSON(launch));
  return json::Object{{"name", function.name},
                      {"bytes", json::Array(function.argumentBytes)},
                      {"results", function.numResults},
                      {"scratch", function.scratchBytes},
                      {"launches", std::move(launches)}};
}

static bool fromJSON(const json::Value &value, KernelArgument &argument,
                     json::Path path) {
  std::vector<int64_t> entries;
  if (!json::fromJSON(value, entries, path) || entries.size() != 3 ||
      entries[0] < 0 || entries[0] > 2)
    return false;
  argument = {static_cast<KernelArgument::Kind>(entries[0]),
              static_cast<unsigned>(entries[1]), entries[2]};
  return true;
}

static bool fromJSON(const json::Value &value, KernelLaunch &launch,
                     json::Path path) {
  json::ObjectMapper mapper(value, path);
  std::vector<unsigned> grid, block;
  if (!mapper || !mapper.map("kernel", launch.kernel) ||
      !mapper.map("grid", grid) || !mapper.map("block", block) ||
      !mapper.map("shared", launch.dynamicSharedBytes) ||
      !mapper.map("arguments", launch.arguments) || grid.size() != 3 ||
      block.size() != 3)
    return false;
  llvm::copy(grid, launch.grid.begin());
  llvm::copy(block, launch.block.begin());
  return true;
}

static bool fromJSON(const json::Value &value, NVVMFunction &function,
                     json::Path path) {
  json::ObjectMapper mapper(value, path);
  return mapper && mapper.map("name", function.name) &&
         mapper.map("bytes", function.argumentBytes) &&
         mapper.map("results", function.numResults) &&
         mapper.map("scratch", function.scratchBytes) &&
         mapper.map("launches", function.launches);
}

} // namespace chameleon

std::string chameleon::serialize(const NVVMProgram &program) {
  json::Array functions, constants;
  for (const NVVMFunction &function : program.functions)
    functions.push_back(toJSON(function));
  for (const std::vector<char> &constant : program.constants)
    constants.push_back(
        llvm::toHex(llvm::StringRef(constant.data(), constant.size())));
  std::string text;
  llvm::raw_string_ostream(text)
      << json::Value(json::Object{{"code", !program.ptx.empty()},
                                  {"functions", std::move(functions)},
                                  {"constants", std::move(constants)}});
  return text;
}

llvm::Expected<NVVMProgram> chameleon::deserialize(llvm::StringRef text) {
  auto fail = [] { return llvm::createStringError("not a kernel program"); };
  llvm::Expected<json::Value> value = json::parse(text);
  if (!value) {
    llvm::consumeError(value.takeError());
    return fail();
  }
  NVVMProgram program;
  std::vector<std::string> constants;
  bool hasCode = false;
  json::Path::Root root;
  json::ObjectMapper mapper(*value, root);
  if (!mapper || !mapper.map("code", hasCode) ||
      !mapper.map("functions", program.functions) ||
      !mapper.map("constants", constants))
    return fail();
  for (const std::string &hex : constants) {
    std::string bytes;
    if (!llvm::tryGetFromHex(hex, bytes))
      return fail();
    program.constants.emplace_back(bytes.begin(), bytes.end());
  }
  program.ptx = hasCode ? "// elsewhere" : "";
  return program;
}

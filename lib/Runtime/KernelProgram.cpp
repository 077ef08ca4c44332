//===- KernelProgram.cpp - functions as static lists of kernel launches
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Runtime/KernelProgram.h"
#include "chameleon/Runtime/Nesting.h"
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

static json::Array toJSON(const std::vector<KernelLaunch> &launches) {
  json::Array result;
  for (const KernelLaunch &launch : launches)
    result.push_back(toJSON(launch));
  return result;
}

static json::Value toJSON(const NVVMFunction &function) {
  return json::Object{{"name", function.name},
                      {"bytes", json::Array(function.argumentBytes)},
                      {"results", function.numResults},
                      {"scratch", function.scratchBytes},
                      {"launches", toJSON(function.launches)},
                      {"kept", function.keptBytes},
                      {"once", toJSON(function.constantLaunches)}};
}

static bool fromJSON(const json::Value &value, KernelArgument &argument,
                     json::Path path) {
  std::vector<int64_t> entries;
  if (!json::fromJSON(value, entries, path) || entries.size() != 3 ||
      entries[0] < 0 ||
      entries[0] > static_cast<int>(KernelArgument::Kind::Kept))
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
         mapper.map("launches", function.launches) &&
         mapper.map("kept", function.keptBytes) &&
         mapper.map("once", function.constantLaunches);
}

} // namespace chameleon

static std::string constantName(size_t index) {
  return "constant:" + std::to_string(index);
}

void chameleon::addKernelSections(const NVVMProgram &kernels,
                                  llvm::StringRef cubin, Program &program) {
  json::Array functions;
  for (const NVVMFunction &function : kernels.functions)
    functions.push_back(toJSON(function));
  std::string text;
  llvm::raw_string_ostream(text) << json::Value(json::Object{
      {"functions", std::move(functions)},
      {"constants", static_cast<int64_t>(kernels.constants.size())}});
  program.addSection(launchesSection, text);
  for (auto [index, constant] : llvm::enumerate(kernels.constants))
    program.sections.push_back({constantName(index), constant});
  if (!cubin.empty())
    program.addSection(cubinSection, cubin);
  else if (!kernels.ptx.empty())
    program.addSection(ptxSection, llvm::StringRef(kernels.ptx.c_str(),
                                                   kernels.ptx.size() + 1));
}

llvm::Expected<NVVMProgram>
chameleon::readKernelSections(const Program &program) {
  auto fail = [] {
    return llvm::createStringError(
        "the sections of the program are no launches of kernels");
  };
  const Program::Section *launches = program.findSection(launchesSection);
  // A function has launches, they have arguments.
  constexpr unsigned maxNesting = 64;
  if (!launches || isNestedDeeper(launches->bytes(), maxNesting))
    return fail();
  llvm::Expected<json::Value> value = json::parse(launches->bytes());
  if (!value) {
    llvm::consumeError(value.takeError());
    return fail();
  }
  NVVMProgram kernels;
  int64_t constants = 0;
  json::Path::Root root;
  json::ObjectMapper mapper(*value, root);
  if (!mapper || !mapper.map("functions", kernels.functions) ||
      !mapper.map("constants", constants))
    return fail();
  for (int64_t i = 0; i < constants; ++i) {
    const Program::Section *constant = program.findSection(constantName(i));
    if (!constant)
      return fail();
    kernels.constants.push_back(constant->data);
  }
  return kernels;
}

llvm::StringRef chameleon::findImage(const Program &program) {
  if (const Program::Section *cubin = program.findSection(cubinSection))
    return cubin->bytes();
  // The driver wants the end of the text marked by a NUL.
  const Program::Section *ptx = program.findSection(ptxSection);
  return ptx && ptx->bytes().ends_with(llvm::StringRef("\0", 1))
             ? ptx->bytes()
             : llvm::StringRef();
}

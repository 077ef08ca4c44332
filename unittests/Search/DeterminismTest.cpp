//===- DeterminismTest.cpp - the same trace in another process ------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gtest/gtest.h"
#include <cstdio>
#include <string>

namespace {

std::string getTrace(const std::string &arguments) {
  std::string trace;
  FILE *process =
      popen((std::string(PRINT_TRACE) + " " + arguments).c_str(), "r");
  if (!process)
    return trace;
  char buffer[4096];
  while (size_t count = fread(buffer, 1, sizeof(buffer), process))
    trace.append(buffer, count);
  EXPECT_EQ(pclose(process), 0);
  return trace;
}

TEST(DeterminismTest, TwoProcessesAskTheSame) {
  for (std::string strategy : {"chameleon", "chameleon-paper", "random"}) {
    std::string trace = getTrace(strategy + " 7");
    EXPECT_EQ(trace.size(), 96u * 7) << strategy;
    EXPECT_EQ(trace, getTrace(strategy + " 7")) << strategy;
  }
  EXPECT_NE(getTrace("random 7"), getTrace("random 8"));
}

} // namespace

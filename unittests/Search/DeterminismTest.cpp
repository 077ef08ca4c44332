//===- DeterminismTest.cpp - the same trace in another process ------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestSpaces.h"
#include <cstdio>

using namespace chameleon::search;

namespace {

std::string getTrace(const std::string &arguments,
                     const std::string &environment = "") {
  std::string trace;
  FILE *process =
      popen((environment + " " + PRINT_TRACE + " " + arguments).c_str(), "r");
  if (!process)
    return trace;
  char buffer[4096];
  while (size_t count = fread(buffer, 1, sizeof(buffer), process))
    trace.append(buffer, count);
  EXPECT_EQ(pclose(process), 0);
  return trace;
}

TEST(DeterminismTest, TwoProcessesAskTheSame) {
  // Other threads, other addresses, other contents of fresh memory.
  const std::string environment =
      "env -i OMP_NUM_THREADS=7 OPENBLAS_NUM_THREADS=5 MKL_NUM_THREADS=3 "
      "MALLOC_PERTURB_=165 MALLOC_ARENA_MAX=1 LC_ALL=C PADDING=" +
      std::string(5000, 'x');
  // As good as another processor: what LibTorch, its BLAS and the C library
  // choose their code by.
  const std::string oldProcessor =
      "env ATEN_CPU_CAPABILITY=default OPENBLAS_CORETYPE=Prescott "
      "MKL_CBWR=COMPATIBLE "
      "GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-FMA,-AVX2_Usable,-FMA_Usable";
  for (std::string strategy :
       {"chameleon", "chameleon-without-agent", "chameleon-paper", "autotvm",
        "sa-sampling", "rl-greedy", "genetic", "lfbo", "random"}) {
    if (!isAvailable(strategy))
      continue;
    std::string trace = getTrace(strategy + " 7");
    EXPECT_EQ(trace.size(), 96u * 7) << strategy;
    EXPECT_EQ(trace, getTrace(strategy + " 7", environment)) << strategy;
    EXPECT_EQ(trace, getTrace(strategy + " 7", oldProcessor)) << strategy;
  }
  EXPECT_NE(getTrace("random 7"), getTrace("random 8"));
}

} // namespace

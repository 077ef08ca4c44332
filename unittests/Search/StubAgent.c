/*===- StubAgent.c - a library with the agent's names ---------------------===*\
|*                                                                            *|
|* Part of the Chameleon project, under the Apache License v2.0 with LLVM     *|
|* Exceptions. See LICENSE for license information. SPDX-License-Identifier:  *|
|* Apache-2.0 WITH LLVM-exception                                             *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

int chameleonStubTorch(void);

unsigned chameleonAgentAbiVersion(void) { return chameleonStubTorch(); }
void chameleonAgentCreate(void) {}
void chameleonAgentDestroy(void) {}
void chameleonAgentExplore(void) {}
void chameleonAgentActionProbabilities(void) {}

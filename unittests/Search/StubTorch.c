/*===- StubTorch.c - what StubAgent.c needs -------------------------------===*\
|*                                                                            *|
|* Part of the Chameleon project, under the Apache License v2.0 with LLVM     *|
|* Exceptions. See LICENSE for license information. SPDX-License-Identifier:  *|
|* Apache-2.0 WITH LLVM-exception                                             *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

int chameleonStubTorch(void) { return 0; }

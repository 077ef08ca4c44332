// What is left of the bundled models: one generic a convolution and one an
// epilogue, no pack and no unpack, and everything that depends on weights alone
// in the initialiser.

// RUN: chameleon-opt %models/cifar_resnet20.mlir --prepare-model --assign-layouts --hoist-constants -mlir-elide-resource-strings-if-larger=8 -o %t.cifar
// RUN: sed '/func.func @main_init/,$d' %t.cifar > %t.main
// RUN: FileCheck %s --check-prefix=NCHWC --implicit-check-not=linalg.pack --implicit-check-not=linalg.unpack --implicit-check-not=linalg.conv < %t.main
// RUN: grep "reduction" %t.main | count 22
// RUN: grep "linalg.generic" %t.main | count 43
// RUN: grep "linalg.matmul" %t.main | count 1
// NCHWC: func.func @main(%arg0: tensor<1x3x32x32xf32>, {{.*}}chameleon.constant = 40 : i64}) -> tensor<1x10xf32> attributes {chameleon.init = @main_init}

// RUN: chameleon-opt %models/cifar_resnet20.mlir --prepare-model --assign-layouts=layout=nhwc --hoist-constants -mlir-elide-resource-strings-if-larger=8 | sed '/func.func @main_init/,$d' > %t.nhwc
// RUN: grep "linalg.conv_2d_nhwc_hwcf" %t.nhwc | count 21
// RUN: grep "linalg.generic" %t.nhwc | count 22
// RUN: grep "linalg.transpose" %t.nhwc | count 1

// RUN: chameleon-opt %models/mlp.mlir --prepare-model --assign-layouts --hoist-constants -mlir-elide-resource-strings-if-larger=8 | FileCheck %s --check-prefix=MLP
// MLP-COUNT-3: linalg.matmul
// MLP: func.func @main_init
// MLP-COUNT-3: linalg.transpose

// Each pass leaves alone what it has done before.
// RUN: chameleon-opt %models/cifar_resnet20.mlir --prepare-model -o %t.p
// RUN: chameleon-opt %t.p --prepare-model | cmp %t.p -
// RUN: chameleon-opt %t.p --assign-layouts -o %t.l
// RUN: chameleon-opt %t.l --assign-layouts | cmp %t.l -
// RUN: chameleon-opt %t.l --hoist-constants -o %t.h
// RUN: chameleon-opt %t.h --hoist-constants | cmp %t.h -
// RUN: chameleon-opt %t.h --prepare-model --assign-layouts --hoist-constants | cmp %t.h -

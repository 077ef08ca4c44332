//===- LowerToNVVM.h - from linalg on tensors to PTX and a list of launches
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   buildLowerToNVVMPipeline(passes, {"sm_90"});
//   llvm::Expected<NVVMProgram> program = translateToPTX(module, {"sm_90"});
//   // assemble program->ptx, then replay program->lookup("main")->launches
//
// Shapes are static, so a function is a fixed list of kernel launches, which a
// runner replays through the driver, or captures into a CUDA graph: no host
// code is compiled. The calling convention is that of LowerToCPU.h: a function
// of static tensors takes a pointer to a contiguous row-major buffer (of device
// memory, aligned to 256 bytes) for each argument, then one for each result,
// which it writes. Tasks (`chameleon.task`) have their destinations among their
// arguments already.
//
// Not supported: host code between launches (loops, branches, scalars computed
// from tensors); translateToPTX names the operation concerned.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TARGET_LOWERTONVVM_H
#define CHAMELEON_TARGET_LOWERTONVVM_H

#include "chameleon/Runtime/KernelProgram.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"
#include <string>

namespace chameleon {

/// What `--lower-to-nvvm` leaves in the module.
enum class KernelFormat { PTX, NVVM };

struct LowerToNVVMOptions {
  std::string chip = "sm_90";
  std::string features = "+ptx80";
  /// CUDA's library of math functions (libdevice.10.bc), needed only for those
  /// of f64 (pow, sin, …). Empty: where $CUDA_HOME or /usr/local/cuda has it.
  std::string libdevice;
  /// Constants may lack their data: the code is made, and whoever runs it gives
  /// it to the module first. The constants of the program are undefined then.
  bool dataComesLater = false;
};

/// Adds the passes from linalg on tensors (schedules already applied, so that
/// it holds `gpu.launch`) to one `gpu.module @kernels` in the LLVM dialect and
/// functions on memrefs that do nothing but `gpu.launch_func` and `func.call`.
/// Structured operations that no schedule touched become one plain kernel each.
void buildLowerToNVVMPipeline(mlir::OpPassManager &passes,
                              const LowerToNVVMOptions &options);

/// Code of a module that the pipeline above has lowered. Optimises at LLVM's
/// O1: more costs time and gains nothing. Errors: a function that is not a list
/// of launches, a constant without data, a math function without libdevice,
/// clusters of blocks on a chip that has none.
llvm::Expected<NVVMProgram> translateToPTX(mlir::ModuleOp lowered,
                                           const LowerToNVVMOptions &options);

/// Makes a module that the pipeline has lowered one for MLIR's own runner,
/// whose host code calls its functions with device memory: `gpu.binary` with
/// the PTX in place of the kernels, shared memory that is dynamic said at each
/// launch, scratch memory from `gpu.alloc`, and constants brought to the device
/// by each call.
void embedProgram(mlir::ModuleOp lowered, const NVVMProgram &program,
                  const LowerToNVVMOptions &options);

/// Prints functions and launches, a line each:
///   function main arguments 4096,4096 results 1 scratch 1024
///   launch main_kernel grid 4,1,1 block 256,1,1 shared 0 argument:0
///     scratch+512 constant:0
void printLaunches(const NVVMProgram &program, llvm::raw_ostream &os);

} // namespace chameleon

#endif // CHAMELEON_TARGET_LOWERTONVVM_H

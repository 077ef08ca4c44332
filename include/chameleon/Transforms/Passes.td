//===- Passes.td - Chameleon's passes, alphabetical
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TRANSFORMS_PASSES
#define CHAMELEON_TRANSFORMS_PASSES

include "mlir/Pass/PassBase.td"

def ApplySchedules : Pass<"apply-schedules", "::mlir::ModuleOp"> {
  let summary = "Apply tuned schedules; measures nothing";
  let description = [{
    Applies the schedules embedded in the module by `--tune-schedules`, or those of a spec file (`spec=`), or the best records
    of a tuning database (`database=`). A module that was not prepared and outlined before is, for `target=`. Neither a device
    nor LibTorch is needed. With `defaults`, tasks without a tuned schedule get the default configuration of the built-in one:
    what Chameleon does untuned. What a schedule does to weights alone (laying them out as panels) ends in the initialiser, as by
    `--hoist-constants`; with `prepare=false` no function but tasks is changed, and it is done at every call.
  }];
  let options = [
    Option<"spec", "spec", "std::string", /*default=*/"", "File with a spec library, or a tuned module">,
    Option<"database", "database", "std::string", /*default=*/"", "Path of a tuning database">,
    Option<"target", "target", "std::string", /*default=*/"\"auto\"", "auto (a GPU if there is one, else the host CPU), cpu, cpu:<features>, nvvm, nvvm:<chip>">,
    Option<"threads", "threads", "unsigned", /*default=*/"0", "Threads of a CPU kernel (0: all cores)">,
    ListOption<"libraries", "library", "std::string", "The user's schedule libraries, searched first">,
    Option<"precision", "precision", "::chameleon::Precision", /*default=*/"::chameleon::Precision::Default",
           "Which algorithms may be used: default or strict", [{::llvm::cl::values(
             clEnumValN(::chameleon::Precision::Default, "default", "All that keep f32's precision"),
             clEnumValN(::chameleon::Precision::Strict, "strict", "Those that add up what the model adds up: infinities stay (no Winograd)"))}]>,
    Option<"prepare", "prepare", "bool", /*default=*/"true", "Prepare and outline a module that has no tasks yet; hoist what schedules do to constants">,
    Option<"defaults", "defaults", "bool", /*default=*/"false", "Default configurations for tasks without a tuned schedule">
  ];
  let statistics = [Statistic<"numApplied", "applied", "Tasks that got a schedule">];
}

def AssignLayouts : Pass<"assign-layouts", "::mlir::ModuleOp"> {
  let summary = "Give each convolution the layout that its target likes";
  let description = [{
    Convolutions, depthwise convolutions and pools, and the elementwise operations, reductions, pads and concatenations connected
    with them, are carried with blocked channels (`nchwc`: N, C/b, H, W, b, where b is the largest of 16, 8 and 4, up to
    `channel-block`, that divides C) or with the channels last (`nhwc`). Values are packed where such a region begins and unpacked
    where it ends. Nothing else is touched; weights are packed too, which `--hoist-constants` then moves to load time.
  }];
  let options = [
    Option<"layout", "layout", "::chameleon::LayoutOptions::Kind", /*default=*/"::chameleon::LayoutOptions::Kind::NCHWc",
           "none, nchwc or nhwc", [{::llvm::cl::values(
             clEnumValN(::chameleon::LayoutOptions::Kind::None, "none", "As they are"),
             clEnumValN(::chameleon::LayoutOptions::Kind::NCHWc, "nchwc", "Blocked channels, for vectors"),
             clEnumValN(::chameleon::LayoutOptions::Kind::NHWC, "nhwc", "Channels last"))}]>,
    Option<"channelBlock", "channel-block", "int64_t", /*default=*/"16", "Largest channel block of nchwc: 4, 8 or 16">
  ];
  let statistics = [
    Statistic<"numPacks", "packs", "linalg.pack operations in the result">,
    Statistic<"numUnpacks", "unpacks", "linalg.unpack operations in the result">
  ];
  let dependentDialects = ["::chameleon::ChameleonDialect", "::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def ExtractTasks : Pass<"extract-tasks", "::mlir::ModuleOp"> {
  let summary = "Outline the operations worth tuning";
  let description = [{
    Moves every operation worth tuning, with its fill, its padding and the elementwise operations that can be computed on its
    tiles, into a private function in destination style, and leaves a call. Structurally equal operations share one function.
    A table of the tasks goes to stderr. What is left alone gets a remark with the reason.

    With `join-rows`, as tuning for a GPU does it, reductions and elementwise operations over the same rows (softmax, normalisation),
    of which only the last one's result is used elsewhere, are one task.
  }];
  let options = [
    Option<"table", "table", "bool", /*default=*/"true", "Print the tasks to stderr">,
    Option<"joinRows", "join-rows", "bool", /*default=*/"false", "Join operations over the same rows">
  ];
  let statistics = [
    Statistic<"numTasks", "tasks", "Structurally different operations">,
    Statistic<"numCalls", "calls", "Operations that tasks stand for">
  ];
  let dependentDialects = ["::chameleon::ChameleonDialect", "::mlir::bufferization::BufferizationDialect", "::mlir::tensor::TensorDialect"];
}

def HoistConstants : Pass<"hoist-constants", "::mlir::ModuleOp"> {
  let summary = "Outline computation on weights alone into an initialiser";
  let description = [{
    What a public function computes from constants alone moves to `@<function>_init`, which runs once, when the model is loaded.
    Its result i is passed to the function as the argument with `chameleon.constant = i`; the function's attribute
    `chameleon.init` names it. Works for weights without data. A value more than four times its inputs stays where it is used.
    What a task (`chameleon.task`) computes from arguments marked `chameleon.constant` alone, such as panels of its weights,
    moves to its callers first.
  }];
  let statistics = [Statistic<"numConstants", "constants", "Results of initialisers">];
  let dependentDialects = ["::chameleon::ChameleonDialect", "::mlir::func::FuncDialect"];
}

def LowerToCPUPass : Pass<"lower-to-cpu", "::mlir::ModuleOp"> {
  let summary = "Lower linalg on tensors to the LLVM dialect";
  let description = [{
    Finishes a module whose schedules are applied: bufferization, loops for every operation that no schedule touched, and
    the LLVM dialect. A function of static tensors becomes `void name(T *argument0, ..., U *result0, ...)`: contiguous
    row-major buffers, results as trailing arguments which the function writes. Tasks (`chameleon.task`) have their
    destinations among their arguments already. Embedded schedules (nested modules) are dropped.

    The signature in tensors stays on each function as `chameleon.signature`, so that `chameleon-run` can call the result.
  }];
  let options = [
    Option<"parallel", "parallel", "bool", "true", "Run scf.forall on OpenMP threads (libomp), else on the calling thread">
  ];
}

def LowerToNVVMPass : Pass<"lower-to-nvvm", "::mlir::ModuleOp"> {
  let summary = "Lower linalg on tensors to kernels for an NVIDIA GPU";
  let description = [{
    Finishes a module whose schedules are applied: bufferization, a plain kernel for every structured operation that no schedule
    touched, all kernels in one `gpu.binary @kernels` (PTX) or `gpu.module @kernels` (`format=nvvm`, the LLVM dialect). Functions
    become lists of `gpu.launch_func` and calls on buffers of device memory, results as trailing arguments, as with
    `--lower-to-cpu`. Neither a GPU nor CUDA is needed, unless a function of doubles (`pow`, `sin`, …) asks for CUDA's libdevice.
  }];
  let options = [
    Option<"chip", "chip", "std::string", /*default=*/"\"sm_90\"", "Processor, sm_80 or later">,
    Option<"features", "features", "std::string", /*default=*/"\"+ptx80\"", "LLVM's features: the version of PTX">,
    Option<"format", "format", "::chameleon::KernelFormat", /*default=*/"::chameleon::KernelFormat::PTX",
           "What kernels become: ptx or nvvm", [{::llvm::cl::values(
             clEnumValN(::chameleon::KernelFormat::PTX, "ptx", "PTX in a gpu.binary"),
             clEnumValN(::chameleon::KernelFormat::NVVM, "nvvm", "The LLVM dialect in a gpu.module"))}]>,
    Option<"libdevice", "libdevice", "std::string", /*default=*/"", "libdevice.10.bc (default: of $CUDA_HOME or /usr/local/cuda)">,
    Option<"launches", "launches", "std::string", /*default=*/"", "File for the launches of each function, as text">,
    Option<"ptx", "ptx", "std::string", /*default=*/"", "File for the PTX, as text">
  ];
}

def PrepareModel : Pass<"prepare-model", "::mlir::ModuleOp"> {
  let summary = "Simplify what front ends emit";
  let description = [{
    From linalg on tensors as torch-mlir emits it to convolutions, matmuls, pools and reductions with one fused elementwise
    epilogue each: assertions erased, compare-and-select to minimum and maximum, dead results dropped, f64 islands computed in
    f32, batch norm and bias folded into weights and one addition, elementwise chains fused where nothing is recomputed. What is
    not understood is left as it was.
  }];
  let dependentDialects = ["::chameleon::ChameleonDialect", "::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
                           "::mlir::math::MathDialect", "::mlir::tensor::TensorDialect"];
}

def ResolveSchedules : Pass<"resolve-schedules", "::mlir::ModuleOp"> {
  let summary = "Give each task a schedule with a given or its default configuration; measures nothing";
  let description = [{
    For the authors of schedules: looks up which schedules apply to each function that carries `chameleon.task`, takes one, and
    embeds it in the module with the given configuration, or applies it. Remarks tell the size of each design space and its
    default configuration. The module must describe its target (`dlti.target_system_spec`) if the schedules ask for it.
  }];
  let options = [
    Option<"target", "target", "std::string", /*default=*/"\"cpu\"", "Whose built-in schedules: cpu, nvvm">,
    ListOption<"libraries", "library", "std::string", "Schedule libraries to search before the built-in ones">,
    Option<"schedule", "schedule", "std::string", /*default=*/"", "Name of the schedule to take; the first that applies">,
    Option<"configuration", "configuration", "std::string", /*default=*/"", "Dictionary of knobs (default: the default configuration); what it does not name has the knob's default">,
    Option<"apply", "apply", "bool", /*default=*/"false", "Apply the schedules instead of embedding them">
  ];
}

def TuneSchedules : Pass<"tune-schedules", "::mlir::ModuleOp"> {
  let summary = "Search, measure and embed the best schedule of each task";
  let description = [{
    Prepares the module (unless `prepare=false`), extracts its tasks, searches a schedule for each, measures candidates in
    worker processes, and embeds the best ones as `module @chameleon_schedules`. Every measured trial is in the tuning
    database when it is shown; a second run starts from there. Ctrl-C keeps everything measured and emits the best so far.
  }];
  let options = [
    Option<"target", "target", "std::string", /*default=*/"\"auto\"", "auto (a GPU if there is one, else the host CPU), cpu, cpu:<features>, nvvm, nvvm:<chip>">,
    Option<"threads", "threads", "unsigned", /*default=*/"0", "Threads of a tuned CPU kernel (0: all cores)">,
    Option<"precision", "precision", "::chameleon::Precision", /*default=*/"::chameleon::Precision::Default",
           "Which algorithms may be used: default or strict", [{::llvm::cl::values(
             clEnumValN(::chameleon::Precision::Default, "default", "All that keep f32's precision"),
             clEnumValN(::chameleon::Precision::Strict, "strict", "Those that add up what the model adds up: infinities stay (no Winograd)"))}]>,
    Option<"preset", "preset", "::chameleon::Preset", /*default=*/"::chameleon::Preset::Default",
           "quick, default or thorough", [{::llvm::cl::values(
             clEnumValN(::chameleon::Preset::Quick, "quick", "32 trials a task"),
             clEnumValN(::chameleon::Preset::Default, "default", "128 trials a task"),
             clEnumValN(::chameleon::Preset::Thorough, "thorough", "512 trials a task"))}]>,
    Option<"trials", "trials", "int64_t", /*default=*/"0", "Trials a task (0: the preset's)">,
    Option<"patience", "patience", "int64_t", /*default=*/"0", "A task ends after so many trials without a gain (0: the preset's)">,
    Option<"seconds", "seconds", "double", /*default=*/"0", "Wall clock of the whole run (0: no limit)">,
    Option<"strategy", "strategy", "std::string", /*default=*/"\"chameleon\"", "Search algorithm: chameleon, chameleon-without-agent (needs no LibTorch), random, exhaustive, ... (docs/tuning.md)">,
    Option<"seed", "seed", "uint64_t", /*default=*/"0", "Seed of the search and of the random inputs">,
    Option<"share", "share", "bool", /*default=*/"true", "Tasks that one schedule matches learn from each other's trials; false: the trials of a task do not depend on others">,
    Option<"database", "database", "std::string", /*default=*/"", "Path of the tuning database (default: $XDG_CACHE_HOME/chameleon/tuning.db)">,
    Option<"noDatabase", "no-database", "bool", /*default=*/"false", "Neither read nor write a database">,
    ListOption<"libraries", "library", "std::string", "The user's schedule libraries, searched first">,
    Option<"prepare", "prepare", "bool", /*default=*/"true", "Simplify, assign layouts and hoist constants first">,
    Option<"dryRun", "dry-run", "bool", /*default=*/"false", "List tasks, schedules and space sizes; compile nothing">,
    Option<"record", "record", "std::string", /*default=*/"", "Write every trial as a recorded space to this file, one for each of several tasks; measures afresh">,
    Option<"workers", "workers", "unsigned", /*default=*/"0", "Processes that compile candidates (0: all cores)">,
    Option<"worker", "worker", "std::string", /*default=*/"", "Worker executable (default: chameleon-worker beside this program)">,
    Option<"launcher", "launcher", "std::string", /*default=*/"", "Command prefix that starts the worker, quoted as for a shell, e.g. 'ssh host'">,
    Option<"searchLibrary", "search-library", "std::string", /*default=*/"", "libchameleon_search (default: beside this program)">,
    Option<"progress", "progress", "::chameleon::Progress::Style", /*default=*/"::chameleon::Progress::Style::Auto",
           "auto, table, lines or quiet", [{::llvm::cl::values(
             clEnumValN(::chameleon::Progress::Style::Auto, "auto", "A table on a terminal, lines elsewhere"),
             clEnumValN(::chameleon::Progress::Style::Table, "table", "Redrawn in place"),
             clEnumValN(::chameleon::Progress::Style::Lines, "lines", "A line whenever a task gets better or ends"),
             clEnumValN(::chameleon::Progress::Style::Quiet, "quiet", "Nothing"))}]>,
    Option<"compileTimeout", "compile-timeout", "double", /*default=*/"0", "Seconds a candidate may compile (0: 10)">,
    Option<"runTimeout", "run-timeout", "double", /*default=*/"0", "Seconds a candidate may run (0: from the default's own time)">,
    Option<"memoryLimit", "memory-limit", "uint64_t", /*default=*/"4096", "MiB that a process which compiles and runs candidates may use">,
    Option<"tolerance", "tolerance", "double", /*default=*/"1e-4", "Largest error, relative to the largest element of the reference">
  ];
  let statistics = [
    Statistic<"numTasks", "tasks", "Tasks with a schedule">,
    Statistic<"numTrials", "trials", "Candidates measured">,
    Statistic<"numReused", "reused", "Trials taken from the database">,
    Statistic<"numFailures", "failures", "Trials that failed">
  ];
}

#endif // CHAMELEON_TRANSFORMS_PASSES

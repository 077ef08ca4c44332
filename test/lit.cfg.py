import os

import lit.formats

config.name = "Chameleon"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.chameleon_binary_dir, "test")
config.environment["PATH"] = os.pathsep.join(
    [os.path.join(config.chameleon_binary_dir, "bin"), config.llvm_tools_dir, os.environ["PATH"]]
)
# Tests never see the user's own tuning database.
config.environment["XDG_CACHE_HOME"] = os.path.join(config.test_exec_root, "cache")
config.environment["FILECHECK_OPTS"] = "-enable-var-scope --dump-input-filter=all"
config.substitutions.append(("%models", os.path.join(config.chameleon_source_dir, "test", "Inputs", "models")))
if os.path.exists("/dev/nvidiactl"):
    config.available_features.add("cuda")
cuda_home = os.environ.get("CUDA_HOME", "/usr/local/cuda")
if os.path.exists(os.path.join(cuda_home, "bin", "ptxas")):
    config.available_features.add("ptxas")
    config.environment["PATH"] += os.pathsep + os.path.join(cuda_home, "bin")
if os.path.exists(os.path.join(cuda_home, "nvvm", "libdevice", "libdevice.10.bc")):
    config.available_features.add("libdevice")
# Strategies that have an agent, the default among them.
libraries = os.path.join(config.chameleon_binary_dir, "lib")
if os.path.exists(os.path.join(libraries, "libchameleon_agent.so")):
    config.available_features.add("agent")
config.substitutions.append(("%search_library", os.path.join(libraries, "libchameleon_search.so")))
# A CUDA driver without a GPU in front of a real one (unittests/Runtime/FakeCuda.h); cubins of tests stay among tests.
config.substitutions.append(("%fake_cuda", "LD_LIBRARY_PATH=" + os.path.join(config.chameleon_binary_dir, "unittests", "fake-cuda")))
# What MLIR's own runner needs for host code that launches kernels.
runtime = os.path.join(config.chameleon_binary_dir, "lib", "libchameleon_cuda_runtime.so")
printing = os.path.join(os.path.dirname(config.llvm_tools_dir), "lib", "libmlir_c_runner_utils.so")
config.substitutions.append(("%runner_libraries", f"--shared-libs={runtime},{printing}"))
config.substitutions.append(("%plugin", os.path.join(config.chameleon_binary_dir, "lib", "ChameleonPlugin.so")))

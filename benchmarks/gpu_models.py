#!/usr/bin/env python3
"""Whole models, f32, on an NVIDIA GPU: tuned there, checked, and timed against PyTorch in turns.

    gpu_models.py --models DIR cifar_resnet20 bert_layer
    gpu_models.py --models DIR --compile max-autotune --compile-only resnet18   # fills PyTorch's caches

DIR holds NAME.mlir with weights, NAME.input0.npy and NAME.output0.npy (make_models.py DIR). A model that has no
tuned module in --work is tuned first; what the tuner said is kept beside it and its account printed. PyTorch runs eagerly under a
CUDA graph (images also with channels last), and as torch.compile makes it in the modes of --compile. Ours is a CUDA graph, too,
in a process of its own each round, with events around each replay; PyTorch's have them around ten calls, back to back. TF32 is off.
"""
from __future__ import annotations

import argparse
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import interleave  # noqa: E402


def tune(model: pathlib.Path, tuned: pathlib.Path, options: str) -> None:
    command = [str(interleave.BUILD / "bin" / "chameleon-opt"), str(model), f"--tune-schedules={options}", "-o", str(tuned)]
    start = time.perf_counter()
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - start
    tuned.with_suffix(".log").write_text(result.stdout + result.stderr)
    if result.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed:\n{result.stderr[-2000:]}")
    account = [line for line in result.stderr.splitlines() if line.strip()]
    print(f"{model.stem}: tuned in {seconds:.1f} s with all that belongs to it ({options})", *account[-3:], sep="\n  ", flush=True)


def check(name: str, tuned: pathlib.Path, models: pathlib.Path) -> None:
    command = [str(interleave.BUILD / "bin" / "chameleon-run"), str(tuned), "--target=nvvm", f"--input={models / f'{name}.input0.npy'}",
               f"--expect={models / f'{name}.output0.npy'}", "--tolerance=1e-5"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    print(f"{name}: {result.stdout.strip()} {result.stderr.strip()} (exit {result.returncode})", flush=True)


def replay(torch, call) -> interleave.Contender:
    """Median time of a call, by events around ten: what Python takes for one passes while the device is at work on others."""

    def run(seconds: float) -> float:
        call()
        torch.cuda.synchronize()
        times: list[float] = []
        end = time.perf_counter() + seconds
        while time.perf_counter() < end or len(times) < 3:
            before, after = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
            before.record()
            for _ in range(10):
                call()
            after.record()
            after.synchronize()
            times.append(before.elapsed_time(after) * 1e-4)
        return statistics.median(times)

    return run


def make_peers(name: str, modes: list[str]) -> dict[str, interleave.Contender]:
    """PyTorch with the weights that make_models.py gives the model."""
    import make_models
    import torch

    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.benchmark = True
    torch.set_grad_enabled(False)
    module = make_models.build(name).cuda()
    image = make_models.make_input(name).cuda()
    peers = {"eager, graph": replay(torch, interleave.capture(torch, lambda: module(image)).replay)}
    if image.dim() == 4:
        last, last_image = (value.to(memory_format=torch.channels_last) for value in (make_models.build(name).cuda(), image))
        peers["eager NHWC, graph"] = replay(torch, interleave.capture(torch, lambda: last(last_image)).replay)
    for mode in modes:
        torch._dynamo.reset()
        start = time.perf_counter()
        compiled = torch.compile(module, mode=mode)
        for _ in range(3):
            compiled(image)
        torch.cuda.synchronize()
        print(f"{name}: torch.compile {mode} in {time.perf_counter() - start:.1f} s", flush=True)
        # These modes capture graphs themselves.
        graphs = mode in ("max-autotune", "reduce-overhead")
        call = (lambda c: lambda: c(image))(compiled)
        peers[mode if graphs else f"{mode}, graph"] = replay(torch, call if graphs else interleave.capture(torch, call).replay)
    return peers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="+")
    parser.add_argument("--models", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path(tempfile.gettempdir()) / "chameleon-gpu-benchmarks")
    parser.add_argument("--tune", default="target=nvvm preset=quick progress=lines no-database=true", help="options of --tune-schedules")
    parser.add_argument("--compile", nargs="*", default=[], help="modes of torch.compile")
    parser.add_argument("--compile-only", action="store_true", help="neither tune nor time: let torch.compile fill its caches")
    parser.add_argument("--tune-only", action="store_true", help="tune and check")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.3, help="of each contender a round")
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    warnings.filterwarnings("ignore")

    for name in arguments.names:
        tuned = arguments.work / f"{name}.tuned.mlir"
        if not arguments.compile_only:
            if not tuned.exists():
                tune(arguments.models / f"{name}.mlir", tuned, arguments.tune)
            check(name, tuned, arguments.models)
        if arguments.tune_only:
            continue
        contenders = make_peers(name, arguments.compile)
        if arguments.compile_only:
            continue
        image = arguments.models / f"{name}.input0.npy"
        contenders["chameleon"] = interleave.chameleon(tuned, 1, ["--target=nvvm", f"--input={image}"])
        interleave.report(name, interleave.compare(contenders, arguments.rounds, arguments.seconds), "eager, graph")


if __name__ == "__main__":
    main()

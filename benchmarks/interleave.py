"""Contenders in turns: medians, spread and ratios of one interleaved run."""
from __future__ import annotations

import os
import pathlib
import re
import statistics
import subprocess
import time
from collections.abc import Callable

BUILD = pathlib.Path(os.environ.get("CHAMELEON_BUILD", pathlib.Path(__file__).resolve().parent.parent / "build"))

#: Runs for about so many seconds and returns the median time of one call, in seconds.
Contender = Callable[[float], float]


def time_calls(function: Callable[[], object], seconds: float) -> float:
    """Median time of a call, after one call that warms up; at least three calls."""
    function()
    times: list[float] = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 3:
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def chameleon(model: pathlib.Path, threads: int, arguments: list[str] | None = None, function: str = "main") -> Contender:
    """chameleon-run as a contender: a process of its own each round; loading and compiling are not counted."""

    def run(seconds: float) -> float:
        command = [str(BUILD / "bin" / "chameleon-run"), str(model), f"--function={function}", f"--threads={threads}", "--benchmark",
                   f"--seconds={seconds}", *(arguments or ["--random-inputs"])]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        match = re.search(r"median\s+([0-9.eE+-]+)\s*(ns|us|ms|s)\b", result.stdout + result.stderr)
        if result.returncode != 0 or not match:
            raise RuntimeError(f"{' '.join(command)} failed:\n{result.stdout}{result.stderr}")
        return float(match[1]) * {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}[match[2]]

    return run


def capture(torch, function: Callable[[], object], count: int = 1):
    """A CUDA graph of `count` calls, made by PyTorch."""
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(3):
            function()
    torch.cuda.current_stream().wait_stream(stream)
    torch.cuda.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        for _ in range(count):
            function()
    return graph


def tune(model: pathlib.Path, output: pathlib.Path, options: str) -> float:
    """Tunes a model with chameleon-opt and returns how long that took."""
    start = time.perf_counter()
    subprocess.run([str(BUILD / "bin" / "chameleon-opt"), str(model), f"--tune-schedules={options}", "-o", str(output)], check=True)
    return time.perf_counter() - start


def compare(contenders: dict[str, Contender], rounds: int, seconds: float) -> dict[str, list[float]]:
    """Runs all contenders in turns; returns every round's median for each.

    With OMP_NUM_THREADS=1 all of them on one core: cores of a virtual machine differ by what their neighbours do (by 1.4 for
    minutes), and a process that has just been started does not get the core of the one that waits for it.
    """
    cores = os.sched_getaffinity(0)
    if os.environ.get("OMP_NUM_THREADS") == "1":
        os.sched_setaffinity(0, {max(cores)})
    samples: dict[str, list[float]] = {name: [] for name in contenders}
    try:
        for _ in range(rounds):
            for name, run in contenders.items():
                samples[name].append(run(seconds))
    finally:
        os.sched_setaffinity(0, cores)
    return samples


def report(title: str, samples: dict[str, list[float]], reference: str, flops: float = 0) -> None:
    """A line a contender: median, interquartile range, and speed relative to `reference` (above 1: faster than it)."""
    base = samples[reference]
    for name, times in samples.items():
        median = statistics.median(times)
        low, high = (statistics.quantiles(times, n=4)[::2] if len(times) > 1 else (median, median))
        ratio = statistics.median(b / t for b, t in zip(base, times))
        gflops = f"  {flops / median * 1e-9:7.1f} GFLOP/s" if flops else ""
        print(f"{title:28s} {name:22s} {median * 1e3:10.4f} ms  [{low * 1e3:.4f}, {high * 1e3:.4f}]{gflops}  {ratio:5.2f} x {reference}", flush=True)

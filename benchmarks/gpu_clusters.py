#!/usr/bin/env python3
"""Whether clusters pay: late layers of ResNet-18 on an NVIDIA GPU (sm_90), with the sums of a split reduction added up in clusters of
each size and through global memory, in turns.

    gpu_clusters.py [--only PATTERN] [--rounds 15]

Every legal combination of a few tiles, numbers of splits and sizes of cluster is compiled, checked against double precision and
timed once; the fastest of each size are then timed in turns, each a CUDA graph of 20 launches. Needs torch with CUDA and ptxas.
"""
from __future__ import annotations

import argparse
import concurrent.futures
import ctypes
import itertools
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import gpu  # noqa: E402
import interleave  # noqa: E402

LAYERS = [shape for shape in gpu.CONVOLUTIONS["resnet18"] if shape[1] <= 28 and (shape[3] == 3 or shape[1] == 14)]
KNOBS = ["tile_rows", "tile_columns", "tile_depth", "parts_rows", "parts_columns", "thread_rows", "thread_columns", "stages", "pad", "turn"]
TILES = [(28, 64, 32, 1, 1, 7, 4, 3, 4, 0), (32, 64, 32, 1, 1, 4, 4, 3, 4, 0), (64, 64, 16, 2, 2, 4, 4, 3, 4, 1), (64, 64, 32, 2, 2, 4, 4, 3, 4, 0),
         (56, 64, 32, 1, 1, 7, 4, 3, 4, 0), (16, 64, 32, 1, 1, 2, 4, 4, 4, 0), (32, 32, 32, 1, 1, 4, 2, 4, 4, 0), (128, 64, 16, 2, 2, 4, 4, 3, 4, 1),
         (28, 128, 32, 1, 2, 7, 4, 3, 4, 0)]
#: What --resolve-schedules knows of the target: an H100 or H200.
FACTS = {"shared_bytes": 232448, "multiprocessors": 132, "max_threads": 1024, "registers": 65536, "cluster_blocks": 8}


class Candidate:
    def __init__(self, task: gpu.Convolution, tile: tuple, splits: int, cluster: int, work: pathlib.Path) -> None:
        self.task, self.tile, self.splits, self.cluster = task, tile, splits, cluster
        self.stem = work / f"{task.name}-{'-'.join(map(str, tile))}-{splits}-{cluster}"
        self.seconds = float("inf")
        self.program = self.run = None

    def compile(self) -> bool:
        """False if the schedule refuses it."""
        facts = ", ".join(f'"{name}" = {value} : i64' for name, value in FACTS.items())
        source = self.stem.with_suffix(".mlir")
        source.write_text(f'module attributes {{dlti.target_system_spec = #dlti.target_system_spec<"GPU" = #dlti.target_device_spec<{facts}>>}} '
                          f"{{\n{self.task.write()}}}\n")
        knobs = ",".join(f"{name}={value}" for name, value in zip(KNOBS, self.tile)) + f",splits={self.splits},cluster={self.cluster}"
        command = [str(interleave.BUILD / "bin" / "chameleon-opt"), str(source), "--extract-tasks=table=false",
                   f"--resolve-schedules=target=nvvm schedule=contraction configuration={{{knobs}}} apply",
                   f"--lower-to-nvvm=ptx={self.stem}.ptx launches={self.stem}.txt", "-o", "/dev/null"]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            if "is not legal" in result.stderr:
                return False
            raise RuntimeError(f"{' '.join(command)} failed:\n{result.stderr[-2000:]}")
        subprocess.run(["ptxas", "-arch=sm_90", f"{self.stem}.ptx", "-o", f"{self.stem}.cubin"], check=True)
        return True

    def load(self, torch, inputs: list, reference) -> None:
        module = ctypes.c_void_p()
        status = ctypes.CDLL("libcuda.so.1").cuModuleLoad(ctypes.byref(module), f"{self.stem}.cubin".encode())
        if status:
            raise RuntimeError(f"cuModuleLoad: CUDA error {status}")
        result = torch.full(reference.shape, float("nan"), device="cuda")
        # Kept: its buffers are the graph's.
        self.program = gpu.Program(torch, module, pathlib.Path(f"{self.stem}.txt").read_text(), self.task.name, inputs, result)
        self.program()
        error = ((result.double() - reference).norm() / reference.norm()).item()
        if not error < 1e-5:
            raise RuntimeError(f"{self}: wrong result, relative error {error}")
        self.run = gpu.contender(torch, self.program, 20)
        self.seconds = self.run(0.002)

    def __str__(self) -> str:
        return f"cluster {self.cluster}, splits {self.splits}, tile {self.tile}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="regular expression; layers whose title matches")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seconds", type=float, default=0.004, help="of each contender a round")
    arguments = parser.parse_args()
    import torch

    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    torch.zeros(1, device="cuda")
    print(torch.cuda.get_device_name(), flush=True)
    tasks = [gpu.Convolution("resnet18", *shape) for shape in LAYERS]
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for task in (task for task in tasks if re.search(arguments.only, task.title)):
            candidates = [Candidate(task, tile, splits, cluster, pathlib.Path(folder))
                          for tile, splits, cluster in itertools.product(TILES, (1, 2, 4, 8, 16, 32), (1, 2, 4, 8)) if splits % cluster == 0]
            legal = [candidate for candidate, done in zip(candidates, pool.map(Candidate.compile, candidates)) if done]
            inputs, _, reference = task.prepare(torch)
            for candidate in legal:
                candidate.load(torch, inputs, reference)
            best = {cluster: min((c for c in legal if c.cluster == cluster), key=lambda c: c.seconds, default=None) for cluster in (1, 2, 4, 8)}
            contenders = {str(candidate): candidate.run for candidate in best.values() if candidate}
            samples = interleave.compare(contenders, arguments.rounds, arguments.seconds)
            print(f"{task.title}: {len(legal)} of {len(candidates)} are legal, all right", flush=True)
            for name, times in samples.items():
                low, _, high = statistics.quantiles(times, n=4)
                print(f"  {statistics.median(times) * 1e6:7.2f} us [{low * 1e6:.2f}, {high * 1e6:.2f}]  {name}", flush=True)


if __name__ == "__main__":
    main()

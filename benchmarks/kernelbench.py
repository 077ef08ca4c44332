#!/usr/bin/env python3
"""The problems of KernelBench (Ouyang et al. 2025) at their own sizes: does every one lower and run?

    kernelbench.py export CHECKOUT DIR [--levels 1 2]     # DIR/level1/001.mlir, …: weights left out; needs torch and torch-mlir
    kernelbench.py run DIR --target nvvm [--jobs 4]       # defaults applied, run on random inputs: a table, exit 1 if one fails

CHECKOUT is a clone of github.com/ScalingIntelligence/KernelBench. Inputs are never touched while exporting: those of some
problems are larger than the memory of most machines. Of what is run only the time and the exit status are looked at; right
results are the matter of smaller sizes (`./dev fuzz`, breadth.py).
"""
from __future__ import annotations

import argparse
import importlib.util
import pathlib
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

ROOT = pathlib.Path(__file__).resolve().parent.parent


def export_problem(source: pathlib.Path, path: pathlib.Path) -> str:
    """Nothing, or why the problem cannot be exported."""
    import torch

    sys.path.insert(0, str(ROOT / "python" / "src"))
    from chameleon import export

    spec = importlib.util.spec_from_file_location("problem", source)
    problem = importlib.util.module_from_spec(spec)
    made = (torch.rand, torch.randn, torch.randint, torch.rand_like, torch.randn_like)
    try:
        # Memory that nobody writes takes no room.
        torch.rand = torch.randn = lambda *size, **options: torch.empty(*size, **options)
        torch.randint = lambda low, high, size, **options: torch.zeros(size, dtype=options.get("dtype", torch.int64))
        torch.rand_like = torch.randn_like = torch.empty_like
        spec.loader.exec_module(problem)
        inputs = problem.get_inputs()
        torch.rand, torch.randn, torch.randint, torch.rand_like, torch.randn_like = made
        model = problem.Model(*problem.get_init_inputs()).eval()
        export.export(model, *inputs, path=path, weights="elided")
    except Exception as error:  # a problem may do anything
        return f"{type(error).__name__}: {str(error).strip().splitlines()[0][:160] if str(error).strip() else ''}"
    finally:
        torch.rand, torch.randn, torch.randint, torch.rand_like, torch.randn_like = made
    return ""


def export_all(options: argparse.Namespace) -> int:
    failed = 0
    for level in options.levels:
        folder = options.dir / f"level{level}"
        folder.mkdir(parents=True, exist_ok=True)
        for source in sorted((options.checkout / "KernelBench" / f"level{level}").glob("*.py")):
            number = int(source.name.split("_")[0])
            path = folder / f"{number:03}.mlir"
            if path.exists():
                continue
            reason = export_problem(source, path)
            failed += bool(reason)
            print(f"level{level} {number:3} {source.stem} {reason or 'exported'}", flush=True)
    return 1 if failed else 0


def call(command: list[str], seconds: float) -> tuple[int, str]:
    try:
        ended = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=seconds, check=False)
        return ended.returncode, ended.stdout + ended.stderr
    except subprocess.TimeoutExpired:
        return 124, f"error: takes more than {seconds:.0f} s"


def error_of(text: str) -> str:
    lines = [line for line in text.splitlines() if "error:" in line] or text.strip().splitlines() or ["said nothing"]
    return lines[0].split("error: ", 1)[-1][:140]


def apply_defaults(path: pathlib.Path, options: argparse.Namespace) -> tuple[str, int, float]:
    """What is wrong or nothing, tasks without a schedule, seconds."""
    start = time.monotonic()
    apply = f"--apply-schedules=defaults=true target={options.target}"
    status, text = call([str(options.binaries / "chameleon-opt"), str(path), apply, "-o", str(path.with_suffix(".out"))], options.seconds)
    plain = len(re.findall(r"remark:.*(?:no schedule|left as it is|left alone)", text))
    return ("" if status == 0 else f"apply: {error_of(text)}"), plain, time.monotonic() - start


def run_one(path: pathlib.Path, options: argparse.Namespace) -> str:
    """Nothing or what is wrong, and the time of a call."""
    command = [str(options.binaries / "chameleon-run"), str(path.with_suffix(".out")), f"--target={options.target}", "--random-inputs"]
    status, text = call([*command, "--fill-missing=1", "--benchmark", "--seconds=0.3"], options.seconds)
    path.with_suffix(".out").unlink()
    return f"run: {error_of(text)}" if status else f"ok {text.strip().splitlines()[0][:60]}"


def run_all(options: argparse.Namespace) -> int:
    paths = sorted(options.dir.glob("level*/*.mlir"))[options.first :: options.stride]
    bad = 0
    with ThreadPoolExecutor(options.jobs) as pool:
        for path, applied in zip(paths, [pool.submit(apply_defaults, path, options) for path in paths]):
            wrong, plain, seconds = applied.result()
            text = wrong or run_one(path, options)  # one at a time: they are large, and are timed
            bad += not text.startswith("ok")
            print(f"{path.parent.name} {path.stem} | {plain} plain | {seconds:.1f} s | {text}", flush=True)
    print(f"{len(paths)} problems, {bad} of them failed")
    return 1 if bad else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    exporting = verbs.add_parser("export")
    exporting.add_argument("checkout", type=pathlib.Path)
    exporting.add_argument("dir", type=pathlib.Path)
    exporting.add_argument("--levels", type=int, nargs="+", default=[1, 2])
    running = verbs.add_parser("run")
    running.add_argument("dir", type=pathlib.Path)
    running.add_argument("--target", default="nvvm")
    running.add_argument("--binaries", type=pathlib.Path, default=ROOT / "build" / "bin")
    running.add_argument("--jobs", type=int, default=2, help="problems whose schedules are applied at a time")
    running.add_argument("--seconds", type=float, default=120, help="of one command")
    running.add_argument("--first", type=int, default=0)
    running.add_argument("--stride", type=int, default=1, help="every n-th problem")
    options = parser.parse_args()
    return export_all(options) if options.verb == "export" else run_all(options)


if __name__ == "__main__":
    sys.exit(main())

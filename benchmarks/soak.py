#!/usr/bin/env python3
"""A thousand trials with every kind of fault injected at random: no record lost, no wrong kernel emitted, nothing left behind.

    soak.py --model MODEL.mlir [--input X.npy --expect Y.npy] [--trials 1000] [--probability 0.02]

Exit status 0 only if all of it holds.
"""
from __future__ import annotations

import argparse
import json
import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import interleave  # noqa: E402

def find_descendants(folder: str) -> list[str]:
    """Processes that this run has started, by the mark in their environment; others may tune on this machine, too."""
    found = []
    for process in pathlib.Path("/proc").iterdir():
        try:
            if process.name.isdigit() and int(process.name) != os.getpid() and f"CHAMELEON_SOAK={folder}" in (process / "environ").read_text(errors="replace").split("\0"):
                found.append(process.name)
        except OSError:
            pass
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=pathlib.Path, required=True)
    parser.add_argument("--input", type=pathlib.Path)
    parser.add_argument("--expect", type=pathlib.Path)
    parser.add_argument("--trials", type=int, default=1000, help="of all tasks together")
    parser.add_argument("--tasks", type=int, default=15, help="tasks of the model: trials are divided among them")
    parser.add_argument("--probability", type=float, default=0.2, help="that a candidate has some fault; every kind alike")
    arguments = parser.parse_args()
    tools = interleave.BUILD / "bin"
    failures: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        worker, database, tuned = work / "worker", work / "tuning.db", work / "tuned.mlir"
        worker.write_text(f'#!/bin/sh\nexec "{tools / "chameleon-worker"}" --inject=all:{arguments.probability}:7 "$@"\n')
        worker.chmod(0o755)
        each = -(-arguments.trials // arguments.tasks)
        os.environ["CHAMELEON_SOAK"] = folder
        result = subprocess.run([str(tools / "chameleon-opt"), str(arguments.model), "-o", str(tuned),
                                 f"--tune-schedules=database={database} worker={worker} trials={each} patience={each} strategy=random "
                                 "run-timeout=2 compile-timeout=5 memory-limit=1024 progress=lines"], capture_output=True, text=True)
        print("\n".join(line for line in result.stderr.splitlines() if not line.startswith("[")))
        if result.returncode != 0:
            failures.append(f"chameleon-opt ended with {result.returncode}")
        exported = subprocess.run([str(tools / "chameleon-opt"), f"--export-database={database}"], capture_output=True, text=True)
        records = [json.loads(line) for line in exported.stdout.splitlines()]
        reported = re.search(r"; (\d+) trials", result.stderr)
        outcomes: dict[str, int] = {}
        for record in records:  # a final measurement of a configuration replaces the one that the search made
            outcomes[record["outcome"]] = outcomes.get(record["outcome"], 0) + 1
        print("records by outcome:", dict(sorted(outcomes.items())))
        if not reported or len(records) != int(reported[1]):
            failures.append(f"expected a record for each of the {reported and reported[1]} trials, found {len(records)}")
        if arguments.expect:
            check = subprocess.run([str(tools / "chameleon-run"), str(tuned), f"--input={arguments.input}", f"--expect={arguments.expect}",
                                    "--tolerance=1e-5"], capture_output=True, text=True)
            print((check.stdout + check.stderr).strip())
            if check.returncode != 0:
                failures.append("the tuned model computes something else")
        if left := find_descendants(folder):
            failures.append(f"processes left behind: {' '.join(left)}")
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"largest process: {peak:.0f} MiB")
    for failure in failures:
        print("FAILED:", failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

"""Compiles and runs modules with the tools, and compares what they compute.

Several graphs go into one module, since most of the time of a small one is a process's start; where something fails, each
half is tried alone, until a graph fails by itself.
"""

from __future__ import annotations

import os
import re
import resource
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from .elements import Value, difference, to_file
from .graphs import Graph, module_text

CHIP = "nvvm:sm_90"
WAYS = ("untouched", "default", "nvvm", "nvvm-plain", "tuned")
GPU_WAYS = ("gpu", "gpu-default")


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    command: str
    status: int
    output: str
    errors: str
    timed_out: bool = False

    @property
    def failure(self) -> str:
        """Nothing if it did what it should; else one line."""
        if self.timed_out:
            return "hangs"
        if self.status < 0:
            return f"crashes: {signal.Signals(-self.status).name} {self.place}".rstrip()
        first = next((line for line in self.errors.splitlines() if "error" in line), self.errors.strip()[-200:])
        if self.status != 0:
            return f"exit {self.status}: {first.split('error: ', 1)[-1]}"
        return f"exit 0 with an error: {first}" if re.search(r"\berror: ", self.errors) else ""

    @property
    def place(self) -> str:
        """Where it crashed: the first functions of MLIR's or ours in its stack."""
        frames = re.findall(r"0x[0-9a-f]+ (?:[\w ]+ )?((?:mlir|chameleon)::[\w:]+)", self.errors)
        return "in " + " < ".join(frames[:2]) if frames else ""


@dataclass
class Tools:
    """Where the tools are and how long they may take."""

    binaries: Path
    folder: Path
    seconds: int = 60
    mebibytes: int = 8192
    commands: list[str] = field(default_factory=list)
    """Of the last check, as a person would type them."""

    def run(self, tool: str, *arguments: str, seconds: int = 0) -> Outcome:
        command = [str(self.binaries / tool), *arguments]
        self.commands.append(" ".join([tool, *(f"'{a}'" if " " in a else a for a in arguments)]))
        limit = seconds or self.seconds
        environment = dict(os.environ, XDG_CACHE_HOME=str(self.folder / "cache"))

        def bound() -> None:
            resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            resource.setrlimit(resource.RLIMIT_AS, (self.mebibytes << 20,) * 2)

        # The CUDA driver reserves more addresses than any limit allows.
        on_gpu = any(re.search(r"\btarget=nvvm(?!:)", a) for a in arguments)
        process = subprocess.Popen(
            command, cwd=self.folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
            start_new_session=True, preexec_fn=None if on_gpu else bound,
        )
        try:
            # Other work may leave a process little of the machine.
            output, errors = process.communicate(timeout=4 * limit)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, errors = process.communicate()
            return Outcome(self.commands[-1], -9, "", errors.decode(errors="replace"), True)
        status = process.returncode
        return Outcome(
            self.commands[-1], status, output.decode(errors="replace"), errors.decode(errors="replace"), status == -signal.SIGXCPU
        )


def leftovers(path: Path) -> str:
    """What a module for nvvm still holds that should be lowered; nothing if it is all right."""
    text = path.read_text(errors="replace")
    found = re.search(r"(linalg\.\w+|tensor<[^>]*>(?=.*=)|tensor\.\w+|builtin\.unrealized_conversion_cast)", _without_attributes(text))
    return f"exit 0 with {found.group(1)} left" if found else ""


def _without_attributes(text: str) -> str:
    """Binaries and signatures of functions may hold anything."""
    lines = [line for line in text.splitlines() if "gpu.binary" not in line and "chameleon.signature" not in line]
    return "\n".join(re.sub(r"dense<.*?>|dense_resource<.*?>", "", line) for line in lines if "memref.global" not in line)


class Checker:
    """Checks graphs in one way or another."""

    def __init__(self, tools: Tools) -> None:
        self.tools = tools
        self.expected: dict[int, tuple[Graph, list[Value]]] = {}
        """By identity; that of a graph which lives on here is not used again."""

    def answers(self, graph: Graph) -> list[Value]:
        if id(graph) not in self.expected:
            self.expected[id(graph)] = graph, graph.evaluate()
        return self.expected[id(graph)][1]

    def forget(self) -> None:
        self.expected.clear()

    def check(self, graphs: Sequence[Graph], way: str) -> dict[int, str]:
        """What is wrong with which graph."""
        whole, wrong = self._check_once(graphs, way)
        if not whole:
            return wrong
        if len(graphs) == 1:
            return {0: whole}
        middle = len(graphs) // 2
        found = self.check(graphs[:middle], way)
        found.update({middle + i: text for i, text in self.check(graphs[middle:], way).items()})
        return found

    def _check_once(self, graphs: Sequence[Graph], way: str) -> tuple[str, dict[int, str]]:
        """What is wrong with the module, or with results of some graphs."""
        tools, folder = self.tools, self.tools.folder
        tools.commands.clear()
        (folder / "input.mlir").write_text(module_text(graphs))
        if way == "untouched":
            return self._run(graphs, "input.mlir", "cpu")
        if way == "gpu":
            return self._run(graphs, "input.mlir", "nvvm")
        (folder / "output.mlir").unlink(missing_ok=True)
        if way in ("nvvm", "nvvm-plain"):
            apply = [f"--apply-schedules=defaults=true target={CHIP}"] if way == "nvvm" else []
            lowered = tools.run("chameleon-opt", "input.mlir", *apply, "--lower-to-nvvm=chip=sm_90", "-o", "output.mlir")
            return lowered.failure or leftovers(folder / "output.mlir"), {}
        target = "nvvm" if way == "gpu-default" else "cpu"
        if way == "tuned":
            options = "--tune-schedules=target=cpu trials=3 no-database=true strategy=random progress=quiet"
            made = tools.run("chameleon-opt", "input.mlir", options, "-o", "output.mlir", seconds=4 * tools.seconds)
            failure = made.failure or _failed_trials(made)
        else:
            made = tools.run("chameleon-opt", "input.mlir", f"--apply-schedules=defaults=true target={target}", "-o", "output.mlir")
            failure = made.failure
        return (failure, {}) if failure else self._run(graphs, "output.mlir", target)

    def _run(self, graphs: Sequence[Graph], file: str, target: str) -> tuple[str, dict[int, str]]:
        folder = self.tools.folder
        inputs = [value for graph in graphs for value in graph.data]
        expected = [self.answers(graph) for graph in graphs]
        for i, value in enumerate(inputs):
            np.save(folder / f"in{i}.npy", to_file(value))
        count = sum(map(len, expected))
        for i in range(count):
            (folder / f"out{i}.npy").unlink(missing_ok=True)
        arguments = [f"--input=in{i}.npy" for i in range(len(inputs))] + [f"--output=out{i}.npy" for i in range(count)]
        ran = self.tools.run("chameleon-run", file, f"--target={target}", *arguments)
        if ran.failure:
            return ran.failure, {}
        wrong: dict[int, str] = {}
        number = 0
        for g, values in enumerate(expected):
            for k, value in enumerate(values):
                text = difference(value, np.load(folder / f"out{number}.npy"))
                if text and g not in wrong:
                    wrong[g] = f"wrong: result {k}: {text}"
                number += 1
        # A wrong result must be one alone, too: what is reduced is a single graph.
        return "", wrong


def _failed_trials(outcome: Outcome) -> str:
    """Candidates that fail, by the table of tuning."""
    found = re.search(r"(\d+) trials, (\d+) failed", outcome.errors)
    return f"tuning: {found.group(2)} failed trials" if found and found.group(2) != "0" else ""


def signature(way: str, text: str) -> str:
    """Findings of one signature are one, most likely."""
    if text.startswith("crashes"):
        return way + ": crashes " + text.partition(" in ")[2]
    kind = text if not text.startswith("wrong") else "wrong " + (re.search(r"elements of (\w+)", text) or ["", ""])[1]
    return way + ": " + re.sub(r"@\w+|'?tensor<[^>]*>'?|'?vector<[^>]*>'?|%\w+|\d+", "#", kind)[:160]

"""Changed files through the tools: whatever a file holds, a tool ends with status 0, or 1 and an error, in time."""

from __future__ import annotations

import random
import re
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from .mutations import mutate_database, mutate_json, mutate_text
from .runner import CHIP, Outcome, Tools, signature

MODEL = """func.func @main(%a: tensor<33x48xf32>, %b: tensor<48x65xf32>, %c: tensor<65xf32>) -> (tensor<33x65xf32>, tensor<33xf32>) {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<33x65xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<33x65xf32>) -> tensor<33x65xf32>
  %m = linalg.matmul ins(%a, %b : tensor<33x48xf32>, tensor<48x65xf32>) outs(%f : tensor<33x65xf32>) -> tensor<33x65xf32>
  %s = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]} ins(%m, %c : tensor<33x65xf32>, tensor<65xf32>) outs(%e : tensor<33x65xf32>) {
  ^bb0(%x: f32, %y: f32, %out: f32):
    %z = arith.addf %x, %y : f32
    linalg.yield %z : f32
  } -> tensor<33x65xf32>
  %e1 = tensor.empty() : tensor<33xf32>
  %f1 = linalg.fill ins(%zero : f32) outs(%e1 : tensor<33xf32>) -> tensor<33xf32>
  %r = linalg.reduce ins(%s : tensor<33x65xf32>) outs(%f1 : tensor<33xf32>) dimensions = [1] (%x: f32, %acc: f32) {
    %z = arith.addf %x, %acc : f32
    linalg.yield %z : f32
  }
  return %s, %r : tensor<33x65xf32>, tensor<33xf32>
}
"""
KINDS = ("module", "library", "spec", "database", "space")


@dataclass(frozen=True)
class FileFinding:
    """A changed file, the commands that it breaks, and how."""

    kind: str
    file: Path
    arguments: tuple[str, ...]
    command: str
    text: str

    @property
    def signature(self) -> str:
        return signature(self.kind, self.text)


# Crashes of MLIR's own while it reads or verifies what it is given: functions in the stack, and what is wrong.
UPSTREAM = {
    "transform::IncludeOp::getEffects": "transform.include of a sequence whose arguments have no attributes",
}


def is_upstream(outcome: Outcome) -> bool:
    return any(name in outcome.errors for name in UPSTREAM)


def failure_of(outcome: Outcome) -> str:
    """An error is an answer; nothing if it is one."""
    if outcome.status < 0 and is_upstream(outcome):
        return ""
    if outcome.timed_out or outcome.status < 0 or outcome.status > 1:
        return outcome.failure
    says_so = re.search(r"\berror: |^chameleon-search-bench: ", outcome.errors, re.MULTILINE) is not None
    if outcome.status == 1 and not says_so:
        return f"exit 1 without an error: {outcome.errors.strip()[-160:]}"
    return outcome.failure if outcome.status == 0 and says_so else ""


class Files:
    """The files that are changed, and what is done with them."""

    def __init__(self, root: Path, tools: Tools, seed: int) -> None:
        self.tools = tools
        self.random = random.Random(seed)
        self.modules = sorted(p for p in (root / "test").rglob("*.mlir") if p.stat().st_size < 30_000)
        self.libraries = sorted((root / "lib" / "Schedules").rglob("*.mlir"))
        self.is_made = False

    def make(self) -> str:
        """A tuned module, its database and a recorded space, once; an error's text."""
        if self.is_made:
            return ""
        (self.tools.folder / "model.mlir").write_text(MODEL)
        options = "target=cpu trials=4 strategy=random progress=quiet seed=1"
        outcome = self.tools.run(
            "chameleon-opt", "model.mlir", f"--tune-schedules={options} database=given.db", "-o", "tuned.mlir", seconds=240
        )
        if outcome.failure:
            return outcome.failure
        matmul = MODEL[: MODEL.index("  %s =")] + "  return %m : tensor<33x65xf32>\n}\n"
        matmul = matmul.replace("-> (tensor<33x65xf32>, tensor<33xf32>)", "-> tensor<33x65xf32>")
        (self.tools.folder / "task.mlir").write_text(matmul)
        outcome = self.tools.run(
            "chameleon-opt", "task.mlir", f"--tune-schedules={options} no-database=true record=given.json", "-o", "/dev/null", seconds=240
        )
        # Committing what a journal holds, so that a copy of the file is the whole database.
        connection = sqlite3.connect(self.tools.folder / "given.db")
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.close()
        self.is_made = not outcome.failure
        return outcome.failure

    def try_one(self, kind: str) -> list[FileFinding]:
        """Changes a file of a kind and does everything with it."""
        self.tools.commands.clear()
        return {"module": self._module, "library": self._library, "spec": self._spec, "database": self._database, "space": self._space}[kind]()

    def _try(self, kind: str, file: str, commands: Sequence[tuple[str, ...]]) -> list[FileFinding]:
        findings = []
        for tool, *arguments in commands:
            outcome = self.tools.run(tool, *arguments)
            if text := failure_of(outcome):
                findings.append(FileFinding(kind, self.tools.folder / file, (tool, *arguments), outcome.command, text))
        return findings

    def shrink(self, finding: FileFinding) -> None:
        """Leaves fewer lines in its file."""
        if finding.file.suffix == ".db":
            return

        def fails(text: str) -> bool:
            finding.file.write_text(text)
            again = failure_of(self.tools.run(*finding.arguments))
            return signature(finding.kind, again) == finding.signature

        finding.file.write_text(shrink_text(finding.file.read_text(), fails))

    def _changed(self, file: str, text: str, change: Callable[[str, random.Random], str] = mutate_text) -> None:
        (self.tools.folder / file).write_text(change(text, self.random), errors="replace")

    def _module(self) -> list[FileFinding]:
        path = self.random.choice(self.modules)
        text = re.sub(r"^ *// .*expected-.*$", "", path.read_text(errors="replace"), flags=re.MULTILINE)
        parts = re.split(r"^// -----.*$", text, flags=re.MULTILINE)
        self._changed("changed.mlir", self.random.choice(parts))
        cpu, gpu = (f"--apply-schedules=defaults=true target={target}" for target in ("cpu", CHIP))
        return self._try(
            "module", "changed.mlir",
            [
                ("chameleon-opt", "changed.mlir", cpu, "--lower-to-cpu", "-o", "/dev/null"),
                ("chameleon-opt", "changed.mlir", gpu, "--lower-to-nvvm=chip=sm_90", "-o", "/dev/null"),
                ("chameleon-run", "changed.mlir", "--target=cpu", "--save-program=changed.program"),
            ],
        )

    def _library(self) -> list[FileFinding]:
        path = self.random.choice(self.libraries)
        self._changed("library.mlir", path.read_text())
        target = CHIP if path.parent.name == "nvvm" else "cpu"
        return self._try(
            "library", "library.mlir",
            [
                ("chameleon-opt", "model.mlir", f"--apply-schedules=defaults=true target={target} library=library.mlir", "-o", "/dev/null"),
                ("chameleon-opt", "model.mlir", f"--tune-schedules=dry-run=true no-database=true target={target} library=library.mlir", "-o", "/dev/null"),
            ],
        )

    def _spec(self) -> list[FileFinding]:
        self._changed("spec.mlir", (self.tools.folder / "tuned.mlir").read_text())
        return self._try(
            "spec", "spec.mlir",
            [
                ("chameleon-opt", "model.mlir", "--apply-schedules=spec=spec.mlir target=cpu", "--lower-to-cpu", "-o", "/dev/null"),
                ("chameleon-run", "spec.mlir", "--target=cpu", "--save-program=changed.program"),
            ],
        )

    def _database(self) -> list[FileFinding]:
        folder = self.tools.folder
        for suffix in ("", "-wal", "-shm", "-journal"):
            (folder / f"changed.db{suffix}").unlink(missing_ok=True)
        mutate_database(folder / "given.db", folder / "changed.db", self.random)
        commands: list[tuple[str, ...]] = [
            ("chameleon-opt", "--export-database=changed.db"),
            ("chameleon-opt", "model.mlir", "--apply-schedules=database=changed.db target=cpu", "-o", "/dev/null"),
        ]
        if self.random.randrange(8) == 0:
            commands.append(("chameleon-opt", "model.mlir", "--tune-schedules=target=cpu trials=1 strategy=random progress=quiet database=changed.db", "-o", "/dev/null"))
        return self._try("database", "changed.db", commands)

    def _space(self) -> list[FileFinding]:
        self._changed("space.json", (self.tools.folder / "given.json").read_text(), mutate_json)
        return self._try("space", "space.json", [("chameleon-search-bench", "--space=space.json", "--strategy=random", "--seeds=1", "--budget=20")])


def shrink_text(text: str, fails: Callable[[str], bool], most: int = 80) -> str:
    """Fewer lines which still fail, after at most so many attempts."""
    lines = text.split("\n")
    size = max(len(lines) // 2, 1)
    while size and most > 0:
        begin = 0
        while begin < len(lines) and most > 0:
            fewer = lines[:begin] + lines[begin + size :]
            most -= 1
            if fewer and fails("\n".join(fewer)):
                lines = fewer
            else:
                begin += size
        size //= 2
    return "\n".join(lines)

"""`./dev matrix`: every operation of cases.py with every element type, against NumPy, as the table docs/types.md."""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from .cases import OPERATIONS, TYPES, Types, make_case
from .elements import BY_NAME
from .graphs import Function, Graph
from .nodes import Invalid, Names
from .runner import CHIP, Checker, Tools

ROOT = Path(__file__).resolve().parents[2]
WAYS = ("untouched", "default", "nvvm")

PAGE = """# Types and operations

`./dev matrix` writes this page. Every cell was compiled and, on the CPU, compared with NumPy, element by
element, as it is and with default schedules; for a GPU it was lowered to PTX for {chip}.

The first sign of a cell is for the CPU, the second for an NVIDIA GPU: **s** a schedule computes it, **p** it is
right by plain loops (on a GPU: a plain kernel), **wrong**, **fails**. An empty cell: the operation has no meaning for
the type. Small operations are left to the lowering, so that **s** is told at a larger size. `a → b`: operands of type a, results of type b. Types of results of comparisons, places and counts are
their own. Shapes are small and odd; the operations are in `test/fuzz/cases.py`.

"""


def title(types: Types) -> str:
    element, result = types
    return str(element) if element is result else f"{element} → {result}"


class Matrix:
    """One run."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self.options = options
        self.tools = Tools(options.binaries, folder)
        self.checker = Checker(self.tools)
        self.cells: dict[tuple[str, Types], tuple[str, str]] = {}
        self.failures: list[str] = []

    def run(self, all_types: Sequence[Types]) -> None:
        """Types that an earlier run has finished are read from its files."""
        for types in all_types:
            done = self.options.cells / f"{title(types)}.json"
            if not done.exists():
                found = self.check(types)
                done.parent.mkdir(parents=True, exist_ok=True)
                done.write_text(json.dumps(found))
                print(f"{title(types)}: {len(found['cells'])} operations", flush=True)
            found = json.loads(done.read_text())
            self.failures += found["failures"]
            self.cells.update({(name, types): tuple(cell) for name, cell in found["cells"].items()})

    def check(self, types: Types) -> dict[str, Any]:
        graphs = [g for name in OPERATIONS if self.options.operation in name for g in [make_case(name, types)] if g]
        self.checker.forget()
        wrong = {way: self.checker.check(graphs, way) for way in WAYS}
        failures = [
            f"{graphs[i].label}, {title(types)}, {way}: {text}" for way in WAYS for i, text in sorted(wrong[way].items())
        ]
        scheduled = {target: self.scheduled(graphs, target) for target in ("cpu", CHIP)}
        cells = {}
        for i, graph in enumerate(graphs):
            cpu = _cell([wrong["untouched"].get(i), wrong["default"].get(i)], i in scheduled["cpu"])
            cells[graph.label] = cpu, _cell([wrong["nvvm"].get(i)], i in scheduled[CHIP])
        return {"cells": cells, "failures": failures}

    def scheduled(self, graphs: Sequence[Graph], target: str) -> set[int]:
        """Which graphs have tasks, at a size that takes time, and a schedule for each of them."""
        names, texts, lines = Names(), [], []
        for i, graph in enumerate(graphs):
            function = Function()
            function.add(names, enlarged(graph))
            lines.append(sum(t.count("\n") for t in texts) + 1)
            texts.append(function.text(f"graph{i}"))
        (self.tools.folder / "all.mlir").write_text("".join(texts))
        applied = self.tools.run(
            "chameleon-opt", "all.mlir", f"--apply-schedules=defaults=true target={target}", "-o", "applied.mlir", seconds=300
        )
        if applied.status != 0:
            raise SystemExit(f"schedules of {target}: {applied.failure}")
        left = {int(n) for n in re.findall(r"all\.mlir:(\d+):\d+: remark:", applied.errors)}
        ends = lines[1:] + [1 << 60]
        text = (self.tools.folder / "applied.mlir").read_text()
        found = set()
        for i, (begin, end) in enumerate(zip(lines, ends)):
            body = re.search(rf"func\.func @graph{i}\(.*?\n  }}", text, re.DOTALL)
            if body and "call @chameleon_" in body.group(0) and not any(begin <= n < end for n in left):
                found.add(i)
        return found

    def page(self) -> str:
        types = [t for t in TYPES if any(key[1] == t for key in self.cells)]
        rows = ["| operation | " + " | ".join(map(title, types)) + " |", "|---" * (len(types) + 1) + "|"]
        for name in OPERATIONS:
            cells = [self.cells.get((name, t)) for t in types]
            rows.append(f"| {name} | " + " | ".join(" ".join(c) if c else "" for c in cells) + " |")
        return PAGE.format(chip=CHIP) + "\n".join(rows) + "\n"


def enlarged(graph: Graph) -> Graph:
    """The same operations on more data, not to be evaluated."""
    try:
        larger = graph.block.resized(lambda extent: 16 * extent if extent > 7 else extent)
        larger.types()
        return replace(graph, block=larger)
    except Invalid:
        return graph


def _cell(failures: Sequence[str | None], has_schedule: bool) -> str:
    texts = [text for text in failures if text]
    if not texts:
        return "s" if has_schedule else "p"
    return "wrong" if any(t.startswith("wrong") for t in texts) else "fails"


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev matrix", description=__doc__)
    parser.add_argument("--types", default="", help="only these types of operands, separated by commas; the page is not written")
    parser.add_argument("--operation", default="", help="only operations whose name contains this; the page is not written")
    parser.add_argument("--binaries", type=Path, default=ROOT / "build" / "bin")
    parser.add_argument("--cells", type=Path, default=ROOT / "build" / "matrix", help="folder of finished columns; remove it to begin anew")
    options = parser.parse_args()
    wanted = [BY_NAME[name] for name in options.types.split(",") if name]
    with tempfile.TemporaryDirectory(prefix="chameleon-matrix-") as folder:
        matrix = Matrix(options, Path(folder))
        matrix.run([t for t in TYPES if not wanted or t[0] in wanted])
    if not wanted and not options.operation:
        (ROOT / "docs" / "types.md").write_text(matrix.page())
    else:
        print(matrix.page().split("\n\n")[-1])
    print("\n".join(matrix.failures))
    return 1 if matrix.failures else 0


if __name__ == "__main__":
    sys.exit(main())

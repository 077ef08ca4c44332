"""`./dev fuzz [minutes] [seed=N] [--gpu]`: random modules until the time is over; exit 1 if something was found."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from .elements import BY_NAME, Element
from .files import KINDS, Files
from .generator import Generator
from .graphs import Graph, module_text
from .reducer import reduce_graph
from .runner import GPU_WAYS, WAYS, Checker, Tools, signature
from .writing import write_file, write_finding

ROOT = Path(__file__).resolve().parents[2]


class Session:
    """One run."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self.options = options
        self.checker = Checker(Tools(options.binaries, folder))
        self.generator = Generator(options.seed, elements(options), options.without.split(","))
        self.files = Files(ROOT, self.checker.tools, options.seed)
        self.seen: Counter[str] = Counter()
        self.checked = self.changed = 0
        self.end = time.monotonic() + 60 * options.minutes

    def is_over(self) -> bool:
        enough = self.checked >= self.options.modules and self.changed >= self.options.files
        return enough or time.monotonic() >= self.end

    def run(self) -> int:
        number = 0
        while not self.is_over():
            if self.checked < self.options.modules:
                self.check_graphs(number)
            if self.changed < self.options.files:
                self.change_files()
            number += 1
        print(
            f"{self.checked} modules, {self.changed} changed files, seed {self.options.seed}: "
            f"{sum(self.seen.values())} findings of {len(self.seen)} kinds"
        )
        return 1 if self.seen else 0

    def check_graphs(self, number: int) -> None:
        graphs = [self.generator.graph() for _ in range(self.options.batch)]
        self.checker.forget()
        for way in self.ways(number):
            for index, text in self.checker.check(graphs, way).items():
                self.report(graphs[index], way, text)
        self.checked += len(graphs)

    def change_files(self) -> None:
        """One of each kind."""
        if text := self.files.make():
            raise SystemExit(f"the files that are to be changed cannot be made: {text}")
        for kind in KINDS:
            for finding in self.files.try_one(kind):
                self.seen[finding.signature] += 1
                if self.seen[finding.signature] == 1:
                    print(f"{kind}: {finding.text}\n  {finding.command}", flush=True)
                    if self.options.reduce:
                        self.files.shrink(finding)
                    print(f"  {write_file(self.options.out, finding, len(self.seen))}", flush=True)
            self.changed += 1

    def ways(self, number: int) -> list[str]:
        """Tuning and lowering without schedules now and then: they take longer, or tell less."""
        ways = ["untouched", "default", "nvvm"]
        if number % 8 == 7:
            ways.append("nvvm-plain")
        if self.options.tuned and number % self.options.tuned == self.options.tuned - 1:
            ways.append("tuned")
        if self.options.gpu:
            ways.extend(GPU_WAYS)
        return self.options.ways.split(",") if self.options.ways else ways

    def report(self, graph: Graph, way: str, text: str) -> None:
        kind = signature(way, text)
        self.seen[kind] += 1
        if self.seen[kind] > 1:
            return
        print(f"{way}: {text}", flush=True)
        small = graph
        if self.options.reduce:
            small = reduce_graph(graph, lambda g: self.fails(g, way, kind), self.options.reduce)
        again = self.checker.check([small], way).get(0, text)
        name = write_finding(self.options.out, small, way, again, list(self.checker.tools.commands), len(self.seen))
        print(f"  {name}", flush=True)

    def fails(self, graph: Graph, way: str, kind: str) -> bool:
        return signature(way, self.checker.check([graph], way).get(0, "")) == kind


def elements(options: argparse.Namespace) -> list[Element]:
    return [BY_NAME[name] for name in options.elements.split(",") if name]


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev fuzz", description=__doc__)
    parser.add_argument("minutes", nargs="?", type=float, default=10)
    parser.add_argument("rest", nargs="*", help="seed=N")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--modules", type=int, default=1 << 60, help="end after so many")
    parser.add_argument("--files", type=int, default=1 << 60, help="end after so many changed files")
    parser.add_argument("--batch", type=int, default=8, help="graphs in one module")
    parser.add_argument("--tuned", type=int, default=10, help="tune every N-th batch; 0: none")
    parser.add_argument("--ways", default="", help=f"only these, of {', '.join(WAYS + GPU_WAYS)}")
    parser.add_argument("--elements", default="", help=f"only these element types, of {', '.join(BY_NAME)}")
    parser.add_argument("--without", default="", help="operations that are left out: loop,branch,softmax,...; empty: no tensors of size zero")
    parser.add_argument("--gpu", action="store_true", help="run on the GPU too")
    parser.add_argument("--reduce", type=float, default=60, help="seconds to make a finding smaller; 0: leave it")
    parser.add_argument("--binaries", type=Path, default=ROOT / "build" / "bin")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "fuzz", help="folder of findings")
    parser.add_argument("--print", action="store_true", help="print the modules, run nothing")
    arguments = sys.argv[1:]
    options = parser.parse_args([f"--{a}" if a.startswith("seed=") else a for a in arguments])
    if options.print:
        generator = Generator(options.seed, elements(options), options.without.split(","))
        for _ in range(min(options.modules, 1000)):
            print(module_text([generator.graph()]), "// -----", sep="")
        return 0
    with tempfile.TemporaryDirectory(prefix="chameleon-fuzz-") as folder:
        return Session(options, Path(folder)).run()


if __name__ == "__main__":
    sys.exit(main())

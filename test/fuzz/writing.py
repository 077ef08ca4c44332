"""Findings on disk: the module, its inputs, the right results, and what was typed."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np

from .elements import to_file
from .files import FileFinding
from .graphs import Graph, module_text


def write_finding(folder: Path, graph: Graph, way: str, text: str, commands: list[str], number: int) -> Path:
    """`way`-N.mlir with in*.npy and want*.npy beside it; the file says how to see it."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{way}-{number}"
    for i, value in enumerate(graph.data):
        np.save(folder / f"{stem}.in{i}.npy", to_file(value))
    for i, value in enumerate(graph.evaluate()):
        np.save(folder / f"{stem}.want{i}.npy", to_file(value))
    lines = [f"// {way}: {text}"]
    for command in commands:
        named = command.replace("input.mlir", f"{stem}.mlir").replace("=in", f"={stem}.in").replace("output.mlir", "lowered.mlir")
        lines.append(f"// {named}")
    path = folder / f"{stem}.mlir"
    path.write_text("\n".join([*lines, module_text([graph])]))
    return path


def write_file(folder: Path, finding: FileFinding, number: int) -> Path:
    """A changed file as it is; what was typed is in `NAME.txt`."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{finding.kind}-{number}{finding.file.suffix}"
    shutil.copyfile(finding.file, path)
    command = finding.command.replace(finding.file.name, path.name)
    path.with_suffix(path.suffix + ".txt").write_text(f"{finding.text}\n{command}\n")
    return path

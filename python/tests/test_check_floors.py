"""Arrows between rooms go down, or ./dev test says which does not."""
import pathlib
import subprocess
import sys

import pytest

SCRIPT = pathlib.Path(__file__).parents[2] / "utils" / "check_floors.py"

PAGE = """
| floor | room | what it is |
|---|---|---|
| 2 | `tools/`, `Upper` | no room, and a room |
| 1 | `Middle` · `Beside` | two rooms |
| 1 | `Plain` | numbers; no MLIR |
| 0 | `Lower` | the ground |
"""
TREE = {
    "docs/architecture.md": PAGE,
    "include/chameleon/Upper/U.h": '#include "chameleon/Lower/L.h"\n#include "mlir/IR/Builders.h"\n',
    "lib/Upper/CMakeLists.txt": "add_chameleon_library(ChameleonUpper U.cpp LINK_LIBS ChameleonMiddle ChameleonLower)\n",
    "include/chameleon/Middle/M.td": 'include "mlir/IR/OpBase.td"\n',
    "lib/Middle/CMakeLists.txt": "add_chameleon_library(ChameleonMiddle M.cpp)\n",
    "lib/Beside/B.cpp": "// #include \"chameleon/Upper/U.h\"\n",
    "lib/Plain/P.cpp": "#include <vector>\n",
    "lib/Lower/Deep/L.cpp": '#include "chameleon/Lower/L.h"\n#include "Private.h"\n',
    "lib/Lower/CMakeLists.txt": "# LINK_LIBS ChameleonUpper\nadd_chameleon_library(ChameleonLower L.cpp NO_MLIR)\n",
}


def check(folder, changes):
    for name, text in {**TREE, **changes}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    done = subprocess.run([sys.executable, SCRIPT, folder], capture_output=True, text=True)
    assert done.returncode == (1 if done.stderr else 0) and not done.stdout
    return done.stderr.splitlines()


def test_arrows_that_go_down_are_fine(tmp_path):
    assert check(tmp_path, {}) == []


@pytest.mark.parametrize("name, text, expected", [
    ("lib/Middle/M.cpp", '\n#include "chameleon/Upper/U.h"\n',
     "lib/Middle/M.cpp:2: Middle is on floor 1 and uses Upper on floor 2"),
    ("include/chameleon/Middle/M.td", 'include "chameleon/Beside/B.td"\n',
     "include/chameleon/Middle/M.td:1: Middle is on floor 1 and uses Beside on floor 1"),
    ("lib/Lower/Deep/L.cpp", "#include <mlir/IR/Builders.h>\n",
     "lib/Lower/Deep/L.cpp:1: Lower is a room without MLIR, found mlir/IR/Builders.h"),
    ("lib/Plain/P.h", '#  include "mlir/IR/Value.h"\n',
     "lib/Plain/P.h:1: Plain is a room without MLIR, found mlir/IR/Value.h"),
    ("lib/Upper/U.cpp", '#include "../Lower/Private.h"\n',
     "lib/Upper/U.cpp:1: found ../Lower/Private.h, expected a public header of another room"),
    ("lib/Beside/CMakeLists.txt", "target_link_libraries(ChameleonBeside PUBLIC\n  ChameleonMiddle)\n",
     "lib/Beside/CMakeLists.txt:2: Beside is on floor 1 and uses Middle on floor 1 (by ChameleonMiddle)"),
    ("lib/Lower/CMakeLists.txt", "add_chameleon_library(ChameleonLower L.cpp)\n",
     "lib/Lower/CMakeLists.txt:1: Lower is a room without MLIR, expected NO_MLIR"),
    ("lib/New/N.cpp", "", "docs/architecture.md: no floor of New"),
    ("docs/architecture.md", PAGE + "| 3 | `Gone` | moved out |\n", "docs/architecture.md: there is no room Gone"),
])
def test_each_wrong_arrow_is_named(tmp_path, name, text, expected):
    assert check(tmp_path, {name: text}) == [expected]

#!/usr/bin/env python3
"""Says which room uses one that is not on a floor below its own, and exits with 1 if any does.

usage: check_floors.py [ROOT]

The rooms and their floors are the table of docs/architecture.md, rows of `| floor | rooms | what |`. A room is the
folders include/chameleon/ROOM and lib/ROOM; those named with a slash (`tools/`) are no rooms. It may include headers of
its own and of rooms on lower floors, and its CMakeLists.txt may link targets which such rooms define. Rooms on floor 0,
and others whose row says "no MLIR", include nothing of MLIR and say NO_MLIR where they add a library.
"""
import pathlib
import re
import sys

ROW = re.compile(r"\|\s*(\d+)\s*\|([^|]*)\|(.*)\|")
INCLUDE = re.compile(r'\s*#?\s*include\s+["<]([^">]+)[">]')
TARGET = re.compile(r"\b(?:add_chameleon_library|add_mlir_library|add_library)\(\s*(\w+)")
LIBRARY = re.compile(r"add_chameleon_library\(([^()]*)\)")
LINKED = re.compile(r"(?:LINK_LIBS|target_link_libraries\()([^()]*)")
SOURCES = {".h", ".cpp", ".c", ".td", ".def", ".inc"}


def read_floors(page):
    """Returns {room: floor} and the set of rooms without MLIR."""
    floors, plain = {}, set()
    for line in page.read_text().splitlines():
        row = ROW.match(line)
        for room in re.findall(r"`(\w+)`", row[2]) if row else []:
            floors[room] = int(row[1])
            if int(row[1]) == 0 or "no MLIR" in row[3]:
                plain.add(room)
    return floors, plain


def strip_comments(text):
    """CMake's comments; lines stay where they are."""
    return re.sub(r"#.*", "", text)


def find_rooms(root):
    """Yields (room, file) for each source and CMakeLists.txt of a room."""
    for base in (root / "include" / "chameleon", root / "lib"):
        for folder in sorted(path for path in base.iterdir() if path.is_dir()):
            for file in sorted(folder.rglob("*")):
                if file.suffix in SOURCES or file.name == "CMakeLists.txt":
                    yield folder.name, file


def check_includes(room, file, may_use, plain):
    for number, line in enumerate(file.read_text(errors="replace").splitlines(), 1):
        include = INCLUDE.match(line)
        if not include:
            continue
        name = include[1]
        used = re.match(r"chameleon/(\w+)/", name)
        if used and (why := may_use(room, used[1])):
            yield number, why
        elif name.startswith("mlir/") and room in plain:
            yield number, f"{room} is a room without MLIR, found {name}"
        elif name.startswith("..") and not used:
            yield number, f"found {name}, expected a public header of another room"


def check_links(room, file, owners, may_use, plain):
    text = strip_comments(file.read_text())

    def line_of(position):
        return text.count("\n", 0, position) + 1

    for linked in LINKED.finditer(text):
        for word in re.finditer(r"\w+", linked[1]):
            owner = owners.get(word[0])
            if owner and (why := may_use(room, owner)):
                yield line_of(linked.start(1) + word.start()), f"{why} (by {word[0]})"
    for library in LIBRARY.finditer(text):
        if room in plain and "NO_MLIR" not in library[1].split():
            yield line_of(library.start()), f"{room} is a room without MLIR, expected NO_MLIR"


def check(root):
    """Yields a line for each wrong arrow."""
    floors, plain = read_floors(root / "docs" / "architecture.md")
    files = list(find_rooms(root))
    owners = {}
    for room, file in files:
        if file.name == "CMakeLists.txt":
            owners.update(dict.fromkeys(TARGET.findall(strip_comments(file.read_text())), room))

    def may_use(user, used):
        if user == used or user not in floors or used not in floors or floors[used] < floors[user]:
            return None
        return f"{user} is on floor {floors[user]} and uses {used} on floor {floors[used]}"

    for room in sorted({room for room, _ in files} - set(floors)):
        yield f"docs/architecture.md: no floor of {room}"
    for room in sorted(set(floors) - {room for room, _ in files}):
        yield f"docs/architecture.md: there is no room {room}"
    for room, file in files:
        found = (check_links(room, file, owners, may_use, plain) if file.name == "CMakeLists.txt" else
                 check_includes(room, file, may_use, plain))
        for line, why in found:
            yield f"{file.relative_to(root)}:{line}: {why}"


def main(arguments):
    root = pathlib.Path(arguments[0]) if arguments else pathlib.Path(__file__).resolve().parents[1]
    wrong = list(check(root))
    print("\n".join(wrong), file=sys.stderr, end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

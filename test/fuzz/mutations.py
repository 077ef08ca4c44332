"""Given files, changed at random where it hurts: modules, schedules, specs, recorded spaces, databases."""

from __future__ import annotations

import json
import random
import re
import shutil
import sqlite3
from pathlib import Path

NUMBERS = ("0", "1", "-1", "2", "3", "7", "16", "255", "65536", "2147483647", "-2147483648", "4294967296", "9223372036854775807", "99999999999999999999")
TYPES = ("f64", "f32", "f16", "bf16", "f8E4M3FN", "f8E5M2", "i64", "i32", "i16", "i8", "i4", "i1", "i33", "index", "complex<f32>", "f128", "vector<4xf32>", "none")
STRINGS = ("", "a", "main", "chameleon_schedules", "\\00", "../../x", "x" * 5000, "nvvm", "cpu", "é", "%s%n")
_TOKEN = re.compile(
    r"(?P<string>\"[^\"\n]*\")|(?P<value>%[\w#]+)|(?P<symbol>@\w+)|(?P<shape>(?:\?|\d+)x(?=[\w?]))|(?P<type>\b(?:bf16|f\d\d?|i\d\d?|index)\b)"
    r"|(?P<number>(?<![\w.])-?\d+(?:\.\d+)?(?:e[-+]?\d+)?\b)|(?P<operation>\b[a-z_]+\.[a-z_.]+\b)|(?P<attribute>\b\w+ = )"
)


def mutate_text(text: str, source: random.Random) -> str:
    """One to three changes of MLIR or the like."""
    for _ in range(source.choice((1, 1, 1, 2, 3))):
        text = source.choice((_change_token, _change_token, _change_token, _change_lines))(text, source)
    return text


def _change_token(text: str, source: random.Random) -> str:
    kinds: dict[str, list[re.Match[str]]] = {}
    for match in _TOKEN.finditer(text):
        kinds.setdefault(match.lastgroup or "", []).append(match)
    if not kinds:
        return text
    kind = source.choice(sorted(kinds))
    match = source.choice(kinds[kind])
    others = [m.group(0) for m in kinds[kind]]
    if kind == "shape":
        new = source.choice(("0x", "1x", "3x", "?x", "", "1000003x", "4294967296x", source.choice(others)))
    elif kind == "attribute":
        new = source.choice(("", "x = ", source.choice(others)))
    else:
        pool = {"number": NUMBERS, "type": TYPES, "string": tuple(f'"{s}"' for s in STRINGS)}.get(kind, ())
        new = source.choice([*pool, source.choice(others)] if pool and source.randrange(3) else others)
    if kind in ("string", "number") and not source.randrange(6):
        new = ""
    return text[: match.start()] + new + text[match.end() :]


def _change_lines(text: str, source: random.Random) -> str:
    lines = text.split("\n")
    i, j = source.randrange(len(lines)), source.randrange(len(lines))
    kind = source.randrange(5)
    if kind == 0:
        del lines[i]
    elif kind == 1:
        lines.insert(j, lines[i])
    elif kind == 2:
        lines[i], lines[j] = lines[j], lines[i]
    elif kind == 3:
        return text[: source.randrange(len(text) + 1)]
    else:
        del lines[min(i, j) : min(i, j) + source.choice((2, 3, 8))]
    return "\n".join(lines)


#===----------------------------------------------------------------------===#
# JSON
#===----------------------------------------------------------------------===#


def mutate_json(text: str, source: random.Random) -> str:
    """Values of other kinds and sizes at random places; now and then text that is no JSON."""
    if not source.randrange(5):
        return mutate_text(text, source)
    try:
        data = json.loads(text)
    except ValueError:  # text that only begins like it
        return mutate_text(text, source)
    for _ in range(source.choice((1, 1, 2, 3))):
        places = list(_places(data, 400, source))
        if not places:
            break
        holder, key = source.choice(places)
        kind = source.randrange(4)
        if kind == 0 and isinstance(holder, dict):
            del holder[key]
        elif kind == 1 and isinstance(holder, list):
            holder.insert(key, holder[source.randrange(len(holder))])
        else:
            holder[key] = strange_value(source)
    return json.dumps(data)


def _places(data: object, most: int, source: random.Random) -> list[tuple[dict | list, object]]:
    """Containers and keys in them, a sample of many."""
    found: list[tuple[dict | list, object]] = []
    waiting = [data]
    while waiting and len(found) < most:
        item = waiting.pop(0)
        if isinstance(item, dict):
            children = list(item.items())
        elif isinstance(item, list):
            numbers = range(len(item)) if len(item) < 20 else source.sample(range(len(item)), 20)
            children = [(i, item[i]) for i in numbers]
        else:
            continue
        found.extend((item, key) for key, _ in children)
        waiting.extend(value for _, value in children)
    return found


def strange_value(source: random.Random) -> object:
    nested: object = 1
    for _ in range(source.choice((1, 5, 3000))):
        nested = [nested]
    try:
        json.dumps(nested)
    except RecursionError:
        nested = [[1]]
    return source.choice((None, True, -1, 0, 1, 2**31, 2**63, 1e308, -1e-308, "", "x" * 3000, "ok", "nan", [], {}, [1, "a"], {"a": None}, nested))


#===----------------------------------------------------------------------===#
# Databases
#===----------------------------------------------------------------------===#


def mutate_database(path: Path, target: Path, source: random.Random) -> str:
    """A copy with strange contents; says what was done."""
    shutil.copyfile(path, target)
    kind = source.randrange(8)
    if kind == 0:
        data = bytearray(target.read_bytes())
        for _ in range(source.choice((1, 4, 64))):
            data[source.randrange(len(data))] = source.randrange(256)
        target.write_bytes(data)
        return "bytes"
    if kind == 1:
        target.write_bytes(target.read_bytes()[: source.randrange(target.stat().st_size)])
        return "cut off"
    connection = sqlite3.connect(target)
    try:
        return _mutate_tables(connection, kind, source)
    except sqlite3.Error as error:
        return f"nothing: {error}"
    finally:
        connection.commit()
        connection.close()


def _mutate_tables(connection: sqlite3.Connection, kind: int, source: random.Random) -> str:
    connection.execute("PRAGMA ignore_check_constraints = ON")
    connection.execute("PRAGMA foreign_keys = OFF")
    tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")]
    if kind == 2:
        version = source.choice((-1, 0, 1, 3, 99, 2**31 - 1, -(2**31)))
        connection.execute(f"PRAGMA user_version = {version}")
        return f"user_version = {version}"
    if not tables:
        return "no tables"
    table = source.choice(tables)
    columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]
    if kind == 3:
        change = source.choice((f'DROP TABLE "{table}"', f'ALTER TABLE "{table}" RENAME TO other', f'ALTER TABLE "{table}" RENAME COLUMN "{source.choice(columns)}" TO other'))
        connection.execute(change)
        return change
    column = source.choice(columns)
    rows = [row[0] for row in connection.execute(f'SELECT rowid FROM "{table}"')]
    if not rows:
        return "no rows"
    row = source.choice(rows)
    (old,) = connection.execute(f'SELECT "{column}" FROM "{table}" WHERE rowid = ?', (row,)).fetchone()
    new: object
    if isinstance(old, str) and kind < 6:
        new = mutate_json(old, source)
    elif isinstance(old, bytes) and old and kind < 6:
        data = bytearray(old)
        data[source.randrange(len(data))] ^= 1 << source.randrange(8)
        new = bytes(data)[: source.choice((len(data), len(data) // 2))]
    else:
        value = strange_value(source)
        new = json.dumps(value) if isinstance(value, (list, dict)) else value
        new = source.choice((new, b"\x00\xff" * 10)) if not isinstance(new, int) or -(2**63) <= new < 2**63 else -1
    where = "" if source.randrange(2) else f" WHERE rowid = {row}"
    connection.execute(f'UPDATE OR REPLACE "{table}" SET "{column}" = ?{where}', (new,))
    return f"{table}.{column} = {str(new)[:60]!r}{where}"

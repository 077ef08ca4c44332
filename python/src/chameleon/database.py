"""A read-only view of Chameleon's tuning database (docs/database.md).

    from chameleon.database import TuningDatabase

    with TuningDatabase() as database:              # the default path; or TuningDatabase("tuning.db")
        for task in database.tasks():
            best = database.best(task.key)
            print(task.name, best.seconds if best else "nothing worked")

It never writes, so it may look at a database while tuners are adding to it. `python -m chameleon.database` prints the
records as JSON lines. Standard library only.
"""
from __future__ import annotations

import argparse
import dataclasses
import json
import math
import os
import pathlib
import sqlite3
import sys
import urllib.parse
from typing import Any, Iterator, Optional, Union

APPLICATION_ID = 0x43484D4C
SCHEMA_VERSION = 2


class DatabaseError(Exception):
    """The file is absent, not a tuning database, damaged, or of a schema that this version does not know."""


@dataclasses.dataclass(frozen=True)
class Task:
    """An operation that was tuned."""

    key: str
    name: str
    payload: str  #: the operation as a module
    flops: float


@dataclasses.dataclass(frozen=True)
class Record:
    """One measured candidate. A value that was not measured, or was not a number, is NaN."""

    task: str  #: key of the task
    task_name: str
    target: str
    generator: str  #: hash of the code generator; empty in files of schema 1, where the target ends with LLVM's version
    schedule: str
    fingerprint: str
    configuration: str  #: text of an MLIR dictionary attribute
    outcome: str  #: "ok", or how it failed
    message: str
    seconds: float
    spread_seconds: float
    relative_error: float
    compile_seconds: float
    measure_seconds: float
    final: bool
    unix_time: int

    @property
    def ok(self) -> bool:
        return self.outcome == "ok"


_COLUMNS = (
    "task_key, coalesce(task.name, ''), target_key, {generator}, schedule, fingerprint, configuration, outcome, message, "
    "seconds, spread_seconds, relative_error, compile_seconds, measure_seconds, final, unix_time"
)
_NUMBERS = slice(9, 14)


def default_path() -> pathlib.Path:
    """Where chameleon-opt keeps its database unless told otherwise."""
    cache = os.environ.get("XDG_CACHE_HOME", "")
    folder = pathlib.Path(cache) if os.path.isabs(cache) else pathlib.Path.home() / ".cache"
    return folder / "chameleon" / "tuning.db"


class TuningDatabase:
    """A tuning database, opened for reading."""

    def __init__(self, path: Union[str, os.PathLike, None] = None):
        """Opens `path` (default: `default_path()`); raises DatabaseError if that is not a readable tuning database."""
        self.path = pathlib.Path(path) if path is not None else default_path()
        if not self.path.is_file():
            raise DatabaseError(f"no tuning database at '{self.path}'")
        uri = "file:" + urllib.parse.quote(str(self.path.absolute())) + "?mode=ro"
        try:
            self._connection = sqlite3.connect(uri, uri=True, timeout=20)
        except sqlite3.Error as error:
            raise DatabaseError(f"cannot open tuning database '{self.path}': {error}") from error
        # Messages may hold bytes that are not UTF-8.
        self._connection.text_factory = lambda data: data.decode("utf-8", "replace")
        try:
            self._check()
        except DatabaseError:
            self.close()
            raise

    def _check(self) -> None:
        (application,), (version,) = self._query("PRAGMA application_id") + self._query("PRAGMA user_version")
        if application != APPLICATION_ID:
            raise DatabaseError(f"'{self.path}' is not a tuning database")
        if not 1 <= version <= SCHEMA_VERSION:
            raise DatabaseError(
                f"tuning database '{self.path}' has schema version {version}, expected 1 to {SCHEMA_VERSION}"
            )
        self._columns = _COLUMNS.format(generator="generator" if version > 1 else "''")

    def _query(self, sql: str, values: tuple = ()) -> list[tuple]:
        try:
            return self._connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise DatabaseError(f"cannot read tuning database '{self.path}': {error}") from error

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> TuningDatabase:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def tasks(self) -> list[Task]:
        """All tasks, by name."""
        rows = self._query("SELECT key, name, payload, flops FROM task ORDER BY name, key")
        return [Task(key, name, payload, math.nan if flops is None else flops) for key, name, payload, flops in rows]

    def records(
        self, task: Optional[str] = None, target: Optional[str] = None, outcome: Optional[str] = None
    ) -> Iterator[Record]:
        """Records in the order in which they were first added; only those of a task key, a target key or an outcome if given."""
        wanted = {"task_key": task, "target_key": target, "outcome": outcome}
        wanted = {column: value for column, value in wanted.items() if value is not None}
        where = " AND ".join(f"{column} = ?" for column in wanted) or "1"
        sql = f"SELECT {self._columns} FROM record LEFT JOIN task ON task.key = task_key WHERE {where} ORDER BY id"
        for row in self._query(sql, tuple(wanted.values())):
            yield _make_record(row)

    def best(self, task: str, target: Optional[str] = None) -> Optional[Record]:
        """The best correct record of a task: measured with the full policy if there is one, then the fastest."""
        where = "task_key = ? AND outcome = 'ok' AND seconds IS NOT NULL"
        values: tuple = (task,)
        if target is not None:
            where, values = where + " AND target_key = ?", (task, target)
        sql = f"SELECT {self._columns} FROM record LEFT JOIN task ON task.key = task_key WHERE {where}"
        rows = self._query(sql + " ORDER BY final DESC, seconds, id LIMIT 1", values)
        return _make_record(rows[0]) if rows else None

    def to_rows(self, **wanted: Optional[str]) -> list[dict[str, Any]]:
        """The records as dictionaries, which `pandas.DataFrame` or `csv.DictWriter` take as they are."""
        return [dataclasses.asdict(record) for record in self.records(**wanted)]


def _make_record(row: tuple) -> Record:
    values = list(row)
    values[_NUMBERS] = [math.nan if value is None else value for value in values[_NUMBERS]]
    values[14] = bool(values[14])
    return Record(*values)


def _json_value(value: Any) -> Any:
    """JSON has neither NaN nor infinities."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def main(arguments: Optional[list[str]] = None) -> int:
    """Prints the records as JSON lines, or the best of each task as a table."""
    parser = argparse.ArgumentParser(prog="python -m chameleon.database", description="Read a tuning database.")
    parser.add_argument("path", nargs="?", help=f"default: {default_path()}")
    parser.add_argument("--best", action="store_true", help="a table of the best record of each task")
    options = parser.parse_args(arguments)
    try:
        with TuningDatabase(options.path) as database:
            if options.best:
                for task in database.tasks():
                    best = database.best(task.key)
                    time = f"{best.seconds * 1e6:12.1f} us  {best.configuration}" if best else f"{'-':>15}"
                    print(f"{task.name:48} {time}")
            else:
                for row in database.to_rows():
                    print(json.dumps({key: _json_value(value) for key, value in row.items()}))
    except DatabaseError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


if __name__ == "__main__":
    sys.exit(main())

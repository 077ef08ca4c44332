"""The reader of the tuning database, against the same files that the C++ tests read."""
import json
import math
import pathlib
import sqlite3
import subprocess
import sys

import pytest

from chameleon.database import DatabaseError, TuningDatabase, default_path, main

INPUTS = pathlib.Path(__file__).parents[2] / "unittests" / "Database" / "Inputs"


def run_sql(path, sql):
    connection = sqlite3.connect(path)
    connection.executescript(sql)
    connection.close()


@pytest.fixture(params=[1, 2])
def path(tmp_path, request):
    run_sql(tmp_path / "tuning.db", (INPUTS / f"schema-{request.param}.sql").read_text())
    return tmp_path / "tuning.db"


def test_reads_tasks_and_records(path):
    with TuningDatabase(path) as database:
        (task,) = database.tasks()
        assert (task.key, task.name, task.flops) == ("3f2a", "matmul 64x64x64", 524288.0)
        records = list(database.records())
    assert [record.configuration for record in records] == ["{mr = 8 : i64}", "{mr = 4 : i64}", "{mr = 2 : i64}"]
    assert records[0].task_name == task.name and records[0].ok and not records[0].final
    assert records[2].outcome == "wrong-result" and math.isnan(records[2].relative_error)


def test_filters(path):
    with TuningDatabase(path) as database:
        assert len(list(database.records(outcome="wrong-result"))) == 1
        assert len(list(database.records(task="3f2a", target="cpu znver4"))) == 3
        assert list(database.records(task="none")) == []


def test_best_prefers_final_records(path):
    with TuningDatabase(path) as database:
        assert database.best("3f2a").configuration == "{mr = 4 : i64}"
        assert database.best("3f2a", "cpu znver4").final
        assert database.best("3f2a", "elsewhere") is None
        assert database.best("none") is None


def test_generators(tmp_path):
    for version, generators in ((1, {""}), (2, {"aa", "bb"})):
        file = tmp_path / f"{version}.db"
        run_sql(file, (INPUTS / f"schema-{version}.sql").read_text())
        with TuningDatabase(file) as database:
            assert {record.generator for record in database.records()} == generators


def test_rows_are_plain(path):
    with TuningDatabase(path) as database:
        rows = database.to_rows(outcome="ok")
    assert [row["seconds"] for row in rows] == [0.002, 0.003]
    assert set(rows[0]) >= {"task", "target", "schedule", "configuration", "outcome", "final"}


def test_does_not_write(path):
    before = path.read_bytes()
    with TuningDatabase(path) as database:
        with pytest.raises(DatabaseError, match="readonly"):
            database._query("DELETE FROM record")
    assert path.read_bytes() == before


def test_names_with_odd_characters(tmp_path):
    odd = tmp_path / "a?b#c%20 d.db"
    run_sql(str(odd), (INPUTS / "schema-2.sql").read_text())
    with TuningDatabase(odd) as database:
        assert len(database.tasks()) == 1


def test_reads_while_another_process_writes(path):
    writer = sqlite3.connect(path)
    writer.execute("PRAGMA journal_mode = WAL")
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("DELETE FROM record")
    with TuningDatabase(path) as database:
        assert len(list(database.records())) == 3
    writer.rollback()
    writer.close()


def test_errors(path, tmp_path):
    with pytest.raises(DatabaseError, match="no tuning database at"):
        TuningDatabase(tmp_path / "absent.db")
    assert not (tmp_path / "absent.db").exists()
    with pytest.raises(DatabaseError, match="no tuning database at"):
        TuningDatabase(tmp_path)
    (tmp_path / "text").write_text("x" * 5000)
    with pytest.raises(DatabaseError, match="not a database"):
        TuningDatabase(tmp_path / "text")
    run_sql(tmp_path / "other", "CREATE TABLE t (a)")
    with pytest.raises(DatabaseError, match="is not a tuning database"):
        TuningDatabase(tmp_path / "other")
    run_sql(path, "PRAGMA user_version = 99")
    with pytest.raises(DatabaseError, match="schema version 99, expected 1 to 2"):
        TuningDatabase(path)


def test_default_path(monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", "/c")
    assert str(default_path()) == "/c/chameleon/tuning.db"
    monkeypatch.setenv("HOME", "/h")
    for useless in ("", "relative"):
        monkeypatch.setenv("XDG_CACHE_HOME", useless)
        assert str(default_path()) == "/h/.cache/chameleon/tuning.db"


def test_command_prints_json_lines(path, capsys):
    assert main([str(path)]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(rows) == 3 and rows[2]["relative_error"] is None
    assert main([str(path), "--best"]) == 0
    assert "matmul 64x64x64" in capsys.readouterr().out
    assert main([str(path) + ".absent"]) == 1
    assert "error: no tuning database" in capsys.readouterr().err


def test_module_runs():
    done = subprocess.run([sys.executable, "-m", "chameleon.database", "--help"], capture_output=True, text=True)
    assert done.returncode == 0 and "--best" in done.stdout

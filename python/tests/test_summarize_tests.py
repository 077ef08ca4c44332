"""The line at the end of ./dev test must not lie."""
import json
import pathlib
import subprocess
import sys

SCRIPT = pathlib.Path(__file__).parents[2] / "utils" / "summarize_tests.py"

GTEST = {"testsuites": [{"name": "Suite", "testsuite": [
    {"name": "good", "status": "RUN", "result": "COMPLETED"},
    {"name": "bad", "status": "RUN", "result": "COMPLETED", "failures": [{"failure": "x"}]},
    {"name": "skipped", "status": "RUN", "result": "SKIPPED"},
    {"name": "disabled", "status": "NOTRUN", "result": "SUPPRESSED"}]}]}
GOOD_GTEST = {"testsuites": [{"name": "Suite", "testsuite": [{"name": "good", "status": "RUN", "result": "COMPLETED"}]}]}
LIT = {"tests": [{"name": "a", "code": "PASS"}, {"name": "b", "code": "XFAIL"}, {"name": "c", "code": "UNSUPPORTED"},
                 {"name": "d", "code": "XPASS"}, {"name": "e", "code": "TIMEOUT"}, {"name": "f", "code": "EXCLUDED"}]}
JUNIT = """<testsuites><testsuite><testcase classname="m" name="a"/><testcase classname="m" name="b"><failure/></testcase>
<testcase classname="m" name="c"><skipped/></testcase><testcase classname="m" name="d"><error/></testcase></testsuite></testsuites>"""


def summarize(folder, *options):
    done = subprocess.run([sys.executable, SCRIPT, folder, *options], capture_output=True, text=True)
    assert len(done.stdout.splitlines()) == 1
    return done.returncode, done.stdout.strip(), done.stderr


def write(folder, name, status, report=None):
    (folder / f"{name}.status").write_text(str(status))
    if isinstance(report, str):
        (folder / f"{name}.xml").write_text(report)
    elif report is not None:
        (folder / f"{name}.json").write_text(json.dumps(report))


def test_adds_up_all_kinds_of_reports(tmp_path):
    write(tmp_path, "gtest-One", 1, GTEST)
    write(tmp_path, "lit", 1, LIT)
    write(tmp_path, "pytest", 1, JUNIT)
    write(tmp_path, "generated-docs", 0)
    status, line, names = summarize(tmp_path)
    assert (status, line) == (1, "5 passed, 5 failed, 4 skipped")
    assert "gtest-One: Suite.bad" in names and "lit: e" in names and "pytest: m::d" in names


def test_all_good(tmp_path):
    write(tmp_path, "gtest-One", 0, GOOD_GTEST)
    assert summarize(tmp_path)[:2] == (0, "1 passed, 0 failed, 0 skipped")


def test_crash_without_report_fails(tmp_path):
    write(tmp_path, "gtest-One", 139)
    assert summarize(tmp_path)[:2] == (1, "0 passed, 1 failed, 0 skipped")


def test_crash_after_a_good_report_fails(tmp_path):
    write(tmp_path, "gtest-One", 134, GOOD_GTEST)
    assert summarize(tmp_path)[:2] == (1, "1 passed, 1 failed, 0 skipped")


def test_truncated_report_fails(tmp_path):
    write(tmp_path, "gtest-One", 0)
    (tmp_path / "gtest-One.json").write_text('{"testsuites": [')
    assert summarize(tmp_path)[0] == 1


def test_suite_that_ran_nothing_fails_unless_partial(tmp_path):
    write(tmp_path, "lit", 0, {"tests": []})
    assert summarize(tmp_path)[:2] == (1, "0 passed, 1 failed, 0 skipped")
    write(tmp_path, "gtest-One", 0, GOOD_GTEST)
    assert summarize(tmp_path, "--partial")[:2] == (0, "1 passed, 0 failed, 0 skipped")


def test_nothing_at_all_fails(tmp_path):
    assert summarize(tmp_path, "--partial")[:2] == (1, "0 passed, 1 failed, 0 skipped")


def test_failed_check_without_report_fails(tmp_path):
    write(tmp_path, "generated-docs", 1)
    assert summarize(tmp_path)[:2] == (1, "0 passed, 1 failed, 0 skipped")

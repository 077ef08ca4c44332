#!/usr/bin/env python3
"""Adds up what the test suites reported and prints one line: N passed, N failed, N skipped.

usage: summarize_tests.py FOLDER [--partial]

FOLDER holds, for each suite that was started, NAME.status (its exit status) and its report: GoogleTest's or lit's
NAME.json or pytest's NAME.xml. A suite without a report is one check by itself (its status decides), except that the
suites named gtest-*, lit and pytest must report. A suite which crashed, or failed without a failing test, or ran no
test at all counts as one failure; with --partial (a pattern was given) a suite may be empty. The exit status is 0 if nothing failed.
"""
import json
import pathlib
import sys
import xml.etree.ElementTree as xml
from collections import Counter

LIT_PASSED = {"PASS", "XFAIL", "FLAKYPASS"}
LIT_SKIPPED = {"UNSUPPORTED", "SKIPPED"}
REPORTING = ("gtest-", "lit", "pytest")


def read_gtest(report):
    """Yields (test, verdict) of GoogleTest's JSON."""
    for group in report["testsuites"]:
        for test in group["testsuite"]:
            name = f"{group['name']}.{test['name']}"
            if test["status"] == "NOTRUN":  # disabled or filtered out
                yield name, "skipped"
            elif test["result"] == "SKIPPED":
                yield name, "skipped"
            else:
                yield name, "failed" if test.get("failures") or test["result"] != "COMPLETED" else "passed"


def read_lit(report):
    """Yields (test, verdict) of `lit -o`."""
    for test in report["tests"]:
        code = test["code"]
        if code == "EXCLUDED":  # by --filter
            continue
        yield test["name"], "passed" if code in LIT_PASSED else "skipped" if code in LIT_SKIPPED else "failed"


def read_junit(root):
    """Yields (test, verdict) of pytest's XML."""
    for case in root.iter("testcase"):
        kinds = {child.tag for child in case}
        verdict = "failed" if kinds & {"failure", "error"} else "skipped" if "skipped" in kinds else "passed"
        yield f"{case.get('classname')}::{case.get('name')}", verdict


def read_report(folder, name):
    """Returns the suite's list of (test, verdict), or None if it left no readable report."""
    try:
        if (folder / f"{name}.xml").exists():
            return list(read_junit(xml.parse(folder / f"{name}.xml").getroot()))
        report = json.loads((folder / f"{name}.json").read_text())
        return list(read_lit(report) if "tests" in report and "testsuites" not in report else read_gtest(report))
    except (OSError, ValueError, KeyError, xml.ParseError):
        return None


def summarize(folder, partial):
    """Returns the verdicts counted and the names of what failed."""
    counts, failures = Counter(), []
    for status_file in sorted(folder.glob("*.status")):
        name, status = status_file.stem, int(status_file.read_text())
        verdicts = read_report(folder, name)
        if verdicts is None and not name.startswith(REPORTING):
            verdicts = [(name, "failed" if status else "passed")]
        elif not verdicts and partial and not status:
            verdicts = []
        elif not verdicts:
            verdicts = [("(no test was reported)", "failed")]
        elif status and all(verdict != "failed" for _, verdict in verdicts):
            verdicts.append((f"(exit status {status})", "failed"))
        counts.update(verdict for _, verdict in verdicts)
        failures += [f"{name}: {test}" for test, verdict in verdicts if verdict == "failed"]
    if not counts:
        failures.append("no test was run")
        counts["failed"] += 1
    return counts, failures


def main():
    counts, failures = summarize(pathlib.Path(sys.argv[1]), "--partial" in sys.argv[2:])
    for failure in failures:
        print(f"failed: {failure}", file=sys.stderr)
    sys.stderr.flush()
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

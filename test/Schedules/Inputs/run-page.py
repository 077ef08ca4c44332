#!/usr/bin/env python3
"""run-page.py PAGE.md FOLDER: does in FOLDER what a page says, in the page's order.

```mlir NAME      the block becomes the file NAME
```console        each line after "$ " is run by the shell ("\\" continues it) and must succeed; the lines after it must be in
                  what it prints, in this order, where "..." is anything and so is the width of spaces
"""
import re
import subprocess
import sys


def check(command, expected, folder):
    run = subprocess.run(command, shell=True, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    lines = iter(run.stdout.splitlines())
    for wanted in expected:
        parts = [r"\s+".join(map(re.escape, part.split())) for part in wanted.split("...")]
        pattern = re.compile(r"\s*" + ".*".join(parts).replace(r".*", r"\s*.*\s*") + r"\s*")
        if not any(pattern.fullmatch(line) for line in lines):
            sys.exit(f"the page says that\n  {command}\nprints\n  {wanted}\nbut it prints\n{run.stdout}")
    if run.returncode:
        sys.exit(f"{command}\nfails:\n{run.stdout}")


def main(page, folder):
    commands = 0
    with open(page) as file:
        text = file.read()
    for kind, name, body in re.findall(r"^```(\w+) ?(\S*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        if kind == "mlir" and name:
            with open(f"{folder}/{name}", "w") as file:
                file.write(body)
        elif kind == "console":
            for session in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
                command, _, printed = re.match(r"((?:.*\\\n)*.*)(\n|$)((?:.|\n)*)", session).groups()
                check(command, printed.splitlines(), folder)
                commands += 1
    if not commands:
        sys.exit(f"{page} has no commands")


main(*sys.argv[1:])

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Reads what cocodma-tidy printed as strictly as the pickiest of its readers, CodeChecker's report-converter, does.

    check-tidy-output.py FILE [--root DIR] [--findings N]

A finding is a line `PATH:LINE:COLUMN: warning: TEXT [CHECK]` (or `error`), the line of source, the line that points into
it, and its notes, each of which has the same three lines; the last two are missing where clang showed that place just
before. Nothing else may be there: that converter takes other lines for edits, and fails at those that do not begin with a
blank. With --root each path must be a file below DIR with that many lines. Exit status: 0 fine, 1 not.
"""

import argparse
import re
import sys
from pathlib import Path

HEAD = re.compile(r"(?P<path>[^:\s][^:]*):(?P<line>[1-9]\d*):(?P<column>[1-9]\d*): (?P<kind>warning|error|note): (?P<text>.+)")
CHECK = re.compile(r"\S.* \[coco-[a-z-]+(,-warnings-as-errors)?\]")
SOURCE = re.compile(r" *(?P<line>\d+) \| ?.*")
POINTER = re.compile(r" *\| [\s~]*\^[\s~]*")


def place_problems(head, root):
    path = root / head["path"]
    if not path.is_file():
        yield f"{head['path']}: no such file below {root}"
    elif int(head["line"]) > len(path.read_bytes().splitlines()):
        yield f"{head['path']}: has no line {head['line']}"


def problems(lines, root, counts):
    """What is wrong with the lines; counts what is right."""
    at = 0
    while at < len(lines):
        head = HEAD.fullmatch(lines[at])
        if not head:
            yield f"line {at + 1}: neither a finding nor a note: {lines[at][:120]}"
            at += 1
            continue
        if head["kind"] == "note" and not counts["findings"]:
            yield f"line {at + 1}: a note of no finding"
        if head["kind"] != "note" and not CHECK.fullmatch(head["text"]):
            yield f"line {at + 1}: a finding without the name of its check"
        counts["notes" if head["kind"] == "note" else "findings"] += 1
        if root:
            yield from place_problems(head, root)
        at += 1
        source = SOURCE.fullmatch(lines[at]) if at < len(lines) else None
        if not source:
            continue
        if source["line"] != head["line"]:
            yield f"line {at + 1}: not the line of source that was announced"
        if at + 1 >= len(lines) or not POINTER.fullmatch(lines[at + 1]):
            yield f"line {at + 2}: does not point into the line of source"
        at += 2


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--root", type=Path)
    parser.add_argument("--findings", type=int)
    options = parser.parse_args()
    counts = {"findings": 0, "notes": 0}
    found = list(problems(options.file.read_text(encoding="utf-8").splitlines(), options.root, counts))
    if options.findings is not None and counts["findings"] != options.findings:
        found.append(f"{counts['findings']} findings, not {options.findings}")
    for problem in found:
        print(f"{options.file}: {problem}")
    print(f"{counts['findings']} findings, {counts['notes']} notes")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

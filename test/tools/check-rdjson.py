#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks a file in the Reviewdog Diagnostic Format (rdjson), by what that format documents.

    check-rdjson.py R.rdjson [--severities ERROR,INFO]

Exit status: 0 fine, 1 not.
"""

import argparse
import json
import sys
from pathlib import Path

SEVERITIES = {"ERROR", "WARNING", "INFO"}


def no_others(what, thing, known):
    for name in sorted(set(thing) - known):
        yield f"{what}: unknown member '{name}'"


def diagnostic_problems(one):
    yield from no_others("diagnostic", one, {"message", "location", "severity", "code"})
    if not isinstance(one.get("message"), str) or not one["message"].strip():
        yield "no message"
    if one.get("severity") not in SEVERITIES:
        yield f"severity {one.get('severity')}"
    if not one.get("code", {}).get("value", "").startswith("coco-"):
        yield "no name of a check as code.value"
    location = one.get("location", {})
    path = location.get("path", "")
    # reviewdog compares paths with those of a diff.
    if not path or path.startswith("/") or ".." in path.split("/"):
        yield f"path '{path}' is not relative to the root of the tree"
    start = location.get("range", {}).get("start", {})
    if any(not isinstance(start.get(name), int) or start[name] < 1 for name in ("line", "column")):
        yield "lines and columns start at 1"


def problems(log):
    yield from no_others("result", log, {"source", "diagnostics"})
    if log.get("source") != {"name": "cocodma"}:
        yield "no source"
    for one in log["diagnostics"]:
        yield from diagnostic_problems(one)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--severities", metavar="A,B", help="of the diagnostics, in their order")
    options = parser.parse_args()
    log = json.loads(options.file.read_text(encoding="utf-8"))
    found = list(problems(log))
    severities = ",".join(one["severity"] for one in log["diagnostics"])
    if options.severities is not None and severities != options.severities:
        found.append(f"severities {severities}, not {options.severities}")
    for problem in found:
        print(f"{options.file}: {problem}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

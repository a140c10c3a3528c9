#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes the findings on unmodified trees into docs/evaluation.md: the reports' places and profiles beside our reading.

    evaluation_table.py REPORT.json... [--write docs/evaluation.md]

Fails if a report has a finding that nobody read, or lacks one that is known.
"""

import argparse
import json
import sys
from pathlib import Path

import editlib

KNOWN = Path(__file__).resolve().parent / "known-findings.json"
MARKS = ("<!-- findings: begin (test/kernel/evaluation_table.py writes this) -->", "<!-- findings: end -->")


def for_release(entry, release):
    """Whether an entry is about a kernel of this release."""
    version = [int(part) for part in release.split(".")]
    return any(editlib.for_tree(tree, version) for tree in entry["trees"])


def is_same(entry, finding):
    where = finding["location"]
    return (entry["check"], entry["file"], entry["function"]) == (finding["check"], where["file"], where["function"])


def compare(report, known):
    """Problems in words: findings that nobody read, and known ones that are missing. coco-bounce is not looked at."""
    wanted = [entry for entry in known if for_release(entry, report["kernel"]["release"])]
    found = [finding for finding in report["findings"] if finding["check"] != "coco-bounce"]
    problems = [f"not known: {f['check']} in {f['location']['file']}, {f['location']['function']}()" for f in found
                if not any(is_same(entry, f) for entry in wanted)]
    problems += [f"missing: {e['check']} in {e['file']}, {e['function']}()" for e in wanted
                 if not any(is_same(e, finding) for finding in found)]
    return problems


def table(reports, known):
    lines = ["| tree | place | profiles | what happens | true |", "| --- | --- | --- | --- | --- |"]
    for report in reports:
        for finding in report["findings"]:
            for entry in known:
                if is_same(entry, finding) and for_release(entry, report["kernel"]["release"]):
                    where = finding["location"]
                    lines.append(f"| {report['kernel']['release']} | `{where['file']}:{where['line']}` "
                                 f"`{where['function']}()` | {', '.join(finding['profiles'])} | {entry['why']} "
                                 f"| {'yes' if entry['true'] else 'no'} |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reports", nargs="+", type=Path, metavar="REPORT.json", help="of an unmodified tree each")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="put the table there instead of printing it")
    options = parser.parse_args()
    known = json.loads(KNOWN.read_text(encoding="utf-8"))["findings"]
    reports = [json.loads(path.read_text(encoding="utf-8")) for path in options.reports]
    problems = [problem for report in reports for problem in compare(report, known)]
    if problems:
        print("\n".join(problems), file=sys.stderr)
        return 1
    text = table(reports, known)
    if options.write:
        editlib.write_section(options.write, MARKS, text)
    else:
        print(text)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (editlib.Error, OSError, ValueError) as problem:
        print(f"evaluation_table: {problem}", file=sys.stderr)
        sys.exit(2)

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

KNOWN = Path(__file__).resolve().parent / "known-findings.json"
MARKS = ("<!-- findings: begin (test/kernel/evaluation_table.py writes this) -->", "<!-- findings: end -->")


def series(release):
    """The entry of "trees" that a kernel release belongs to."""
    major, minor = release.split(".")[:2]
    return major if int(major) >= 7 else f"{major}.{minor}"


def is_same(entry, finding):
    where = finding["location"]
    return (entry["check"], entry["file"], entry["function"]) == (finding["check"], where["file"], where["function"])


def compare(report, known):
    """Problems in words: findings that nobody read, and known ones that are missing. coco-bounce is not looked at."""
    tree = series(report["kernel"]["release"])
    wanted = [entry for entry in known if tree in entry["trees"]]
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
                if is_same(entry, finding) and series(report["kernel"]["release"]) in entry["trees"]:
                    where = finding["location"]
                    lines.append(f"| {report['kernel']['release']} | `{where['file']}:{where['line']}` "
                                 f"`{where['function']}()` | {', '.join(finding['profiles'])} | {entry['why']} "
                                 f"| {'yes' if entry['true'] else 'no'} |")
    return "\n".join(lines)


def put(path, text):
    page = path.read_text(encoding="utf-8")
    before, rest = page.split(MARKS[0])
    after = rest.split(MARKS[1])[1]
    new = path.with_suffix(".tmp")
    new.write_text(f"{before}{MARKS[0]}\n\n{text}\n\n{MARKS[1]}{after}", encoding="utf-8")
    new.replace(path)


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
        put(options.write, text)
    else:
        print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())

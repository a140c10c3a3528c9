#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compares the findings and the sites of two reports.

    compare-reports.py A B               all that does not move with lines: fingerprints, verdicts, functions
    compare-reports.py --of FILE A B     only those in FILE, and all fields but ids

There must be some to compare. Exit status: 0 the same, 1 not.
"""

import argparse
import json
import sys
from pathlib import Path


def stays(item):
    """What of a finding or site survives inserted lines."""
    where = item["location"]
    profiles = item.get("profiles") or {name: judged["verdict"] for name, judged in item["by_profile"].items()}
    return [item.get("fingerprint", ""), item.get("check", item.get("kind")), item["verdict"], where["file"],
            where["function"], profiles]


def everything(item):
    return {key: value for key, value in item.items() if key not in ("id", "site_ids")}


def read(path, file):
    report = json.loads(Path(path).read_text(encoding="utf-8"))
    items = report["findings"] + report["sites"]
    if file:
        items = [everything(item) for item in items if item["location"]["file"] == file]
    else:
        items = [stays(item) for item in items]
    return sorted(json.dumps(item, sort_keys=True) for item in items)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--of", metavar="FILE")
    parser.add_argument("reports", nargs=2)
    options = parser.parse_args()
    first, second = (read(path, options.of) for path in options.reports)
    if not first:
        print(f"{options.reports[0]}: nothing to compare")
        return 1
    for only, sign in ((set(first) - set(second), "-"), (set(second) - set(first), "+")):
        for text in sorted(only):
            print(sign, text)
    return 0 if first == second else 1


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compares kernel trees' DMA layers, as executed, with what the analyzer says of them (`cocodma model diff`).

    model-diff.py --cocodma BIN --tree DIR... [--seed 1] [--cases 10000] [--write docs/evaluation.md]

Exit status: 1 if there is a difference. Trees are only read; programs go to the user's cache.
"""

import argparse
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import editlib  # noqa: E402  pylint: disable=wrong-import-position

MARKS = ("<!-- differential: begin (test/kernel/model-diff.py writes this) -->", "<!-- differential: end -->")


def compare(options, tree):
    """The table of one tree, without the reasons that are of use to developers only, and whether all agreed."""
    command = [options.cocodma, "model", "diff", "--kernel", tree, "--seed", str(options.seed), "--cases", str(options.cases)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"model-diff.py: {' '.join(command)}: {done.stderr.strip() or done.returncode}")
    table, rest = done.stdout.split("\n\nWhat was lost", 1) if "\n\nWhat was lost" in done.stdout else (done.stdout, "")
    if rest:
        table += "\n\n" + rest[rest.index("Differences:"):]
    return table.strip(), not done.returncode


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cocodma", required=True, metavar="BIN")
    parser.add_argument("--tree", action="append", required=True, metavar="DIR", help="prepared kernel tree, only read")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the random cases (default: %(default)s)")
    parser.add_argument("--cases", type=int, default=10000, metavar="N", help="for each tree (default: %(default)s)")
    parser.add_argument("--write", metavar="FILE", type=Path, help="put the tables into this file, between its marks")
    options = parser.parse_args()
    results = [compare(options, tree) for tree in options.tree]
    text = "\n\n".join(table for table, _ in results) + "\n"
    if options.write:
        editlib.write_section(options.write, MARKS, text)
    else:
        sys.stdout.write(text)
    return 0 if all(same for _, same in results) else 1


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks that a tree is judged the same whether headers are compiled once for many units or not.

Analyzes it with a fresh cache, in which headers are shared, and without a cache, where each unit is parsed as it stands, and
compares the reports byte by byte: findings, sites, and what was skipped, with how often.

    shared-headers.py --kernel TREE --cocodma BIN
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

import editlib


def analyze(options, report, *more):
    command = [options.cocodma, "analyze", "-p", options.kernel, "--kernel", options.kernel, "--format", "json", "-o", report,
               *more]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if not report.exists():
        raise editlib.Error(f"{report.name}: no report: {done.stdout.strip()[-400:]}")
    return report.read_bytes()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kernel", metavar="DIR", required=True, help="prepared kernel tree, only read")
    parser.add_argument("--cocodma", metavar="BIN", required=True, help="the analyzer")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        shared = analyze(options, folder / "shared.json", "--cache", folder / "cache")
        compiled = len(list((folder / "cache").glob("*.pch")))
        plain = analyze(options, folder / "plain.json", "--no-cache")
    if not compiled:
        raise editlib.Error("no headers were shared: nothing was compared")
    same = shared == plain
    print(f"{compiled} sets of headers; the reports {'are the same' if same else 'differ'}")
    print(f"{int(same)} passed, {int(not same)} failed")
    return 0 if same else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except editlib.Error as error:
        print(f"shared-headers.py: error: {error}", file=sys.stderr)
        sys.exit(2)

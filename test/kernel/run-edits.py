#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs the analyzer on edited kernel trees and compares what it finds with what each edit says.

An edit turns a tree into one with known verdicts: edits/NAME.json, or, with --given, a folder of scripts with an
expected.json. The tree itself is only read: edits are made in a scratch copy of hard links, one for each job, in which
the touched files are exchanged and restored between edits. One line is printed for each edit.

Exit status: 0 all passed, 1 some failed, 2 wrong usage or no usable report of the unmodified tree.
"""

import argparse
import collections
import concurrent.futures
import contextlib
import os
import queue
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import editlib

HERE = Path(__file__).resolve().parent


def describe(pattern):
    """An entry of expect or absent in a few words."""
    files = pattern.get("file") or "|".join(pattern.get("one_of_files", ["*"]))
    function = f":{pattern['function']}" if "function" in pattern else ""
    return f"{pattern.get('check', '*')}={pattern.get('verdict', '*')} in {files}{function}"


def describe_place(where):
    file, function, check, verdict = where
    return f"{check}={verdict} in {file}:{function}"


def missing(edit, findings):
    return [describe(pattern) for pattern in edit["expect"]
            if not any(editlib.matches(pattern, finding) for finding in findings)]


def new_leaks(findings, baseline):
    """What leaks here but not, or not as often, in the unmodified tree."""
    def leaks(some):
        return collections.Counter(editlib.place(finding) for finding in some if finding.get("verdict") == "leak")
    return [describe_place(where) for where in sorted((leaks(findings) - leaks(baseline)).elements())]


def unexpected(edit, findings, baseline):
    result = []
    for pattern in edit["absent"]:
        if "new" in pattern:
            result += [f"new {text}" for text in new_leaks(findings, baseline)]
        elif any(editlib.matches(pattern, finding) for finding in findings):
            result.append(describe(pattern))
    return result


def units_skipped(report):
    """Units that were not analyzed; what an edit makes harder to resolve is no failure of its own."""
    return sum(entry["kind"] == "unit" for entry in report.get("skipped", []))


def compare(edit, report, baseline):
    """What is wrong with the report of an edited tree, as text; empty: nothing."""
    parts = [f"missing {text}" for text in missing(edit, report["findings"])]
    parts += [f"unexpected {text}" for text in unexpected(edit, report["findings"], baseline["findings"])]
    more = units_skipped(report) - units_skipped(baseline)
    if more > 0:
        parts.append(f"{more} more units skipped than in the unmodified tree")
    return "; ".join(parts)


def texts_of(edit, root):
    if "script" in edit:
        return editlib.script_files(edit["script"], root, sys.executable)
    return editlib.edited_files(edit, root)


class Runner:
    """Scratch copies in a pool, one for each job, and the report of the unmodified tree."""

    def __init__(self, options, root, stack):
        self.tool = shutil.which(options.cocodma) or options.cocodma
        self.options, self.root = options, root
        parent = options.work or editlib.scratch_parent(root)
        self.work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cocodma-edits-", dir=parent)))
        self.cache = Path(options.cache) if options.cache else self.work / "cache"
        self.reports = Path(options.reports) if options.reports else self.work / "reports"
        for folder in (self.cache, self.reports):
            folder.mkdir(parents=True, exist_ok=True)
        self.pool = queue.SimpleQueue()
        for _ in range(options.j):
            self.pool.put(stack.enter_context(editlib.Scratch(root, self.work)))
        self.baseline = None

    def analyze(self, name, scratch, jobs):
        extra = ["-j", str(jobs)]
        for spec in self.options.spec:
            extra += ["--spec", spec]
        return editlib.analyze(self.tool, scratch.root, self.reports / f"{name}.json", self.cache, extra)

    def run_baseline(self):
        scratch = self.pool.get()
        try:
            self.baseline = self.analyze("unmodified", scratch, os.cpu_count() or 1)
        finally:
            self.pool.put(scratch)

    def run_edit(self, name, edit):
        """What is wrong, as text; empty: the edit passed."""
        scratch = self.pool.get()
        try:
            scratch.change(texts_of(edit, self.root))
            jobs = max(1, (os.cpu_count() or 1) // self.options.j)
            return compare(edit, self.analyze(name, scratch, jobs), self.baseline)
        except (editlib.Error, OSError) as problem:
            return str(problem)
        finally:
            scratch.restore()
            self.pool.put(scratch)


def all_edits(options, version):
    edits = {}
    if options.given:
        edits.update(editlib.load_given(options.given, options.only))
    if options.edits or not options.given:
        edits.update(editlib.load_edits(options.edits or HERE / "edits", options.only))
    edits = {name: edit for name, edit in edits.items() if editlib.for_tree(edit["tree"], version)}
    if not edits:
        raise editlib.Error(f"no edit for a tree of version {'.'.join(map(str, version))}")
    return edits


def known_gaps():
    """Edits that the analyzer is known to judge wrongly today: a line each, the name first."""
    gaps = HERE / "gaps.txt"
    lines = gaps.read_text(encoding="utf-8").splitlines() if gaps.is_file() else []
    return {line.split()[0] for line in lines if line.strip() and not line.startswith("#")}


def run(options):
    root = editlib.kernel_root(options.kernel)
    edits = all_edits(options, editlib.kernel_version(root))
    options.j = min(options.j, len(edits))
    failed = skipped = 0
    gaps = set() if options.given else known_gaps()
    with contextlib.ExitStack() as stack:
        runner = Runner(options, root, stack)
        runner.run_baseline()
        threads = stack.enter_context(concurrent.futures.ThreadPoolExecutor(options.j))
        runs = {name: threads.submit(runner.run_edit, name, edit) for name, edit in edits.items()}
        for name, done in runs.items():
            problem = done.result()
            known = bool(problem) and name in gaps
            skipped += known
            failed += bool(problem) and not known
            word = "GAP" if known else "FAIL"
            print(f"{word} {name}: {problem}" if problem else f"PASS {name}", flush=True)
            if not problem and name in gaps:
                print(f"CLOSED {name}: no gap any more; take it out of gaps.txt", flush=True)
    note = f", {skipped} skipped" if skipped else ""
    print(f"{len(edits) - failed - skipped} passed, {failed} failed{note}")
    return 1 if failed else 0


def positive(text):
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive number")
    return int(text)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kernel", required=True, metavar="DIR", help="prepared kernel tree, only read")
    parser.add_argument("--cocodma", required=True, metavar="BIN", help="the analyzer")
    parser.add_argument("--cache", metavar="DIR", help="summary cache to use and keep (default: a temporary one)")
    parser.add_argument("--edits", metavar="DIR", help="folder of edits as data (default: edits/, unless --given)")
    parser.add_argument("--given", metavar="DIR", help="folder of scripts that edit a tree, and expected.json")
    parser.add_argument("--only", metavar="GLOB", help="only the edits whose name matches")
    parser.add_argument("--reports", metavar="DIR", help="keep the JSON reports there, one for each edit")
    parser.add_argument("--spec", action="append", default=[], metavar="F", help="passed on to the analyzer")
    parser.add_argument("--work", metavar="DIR", help="where the scratch copies go; hard links need the file system "
                        "of the tree (default: the temporary folder if it is on it, else beside the tree)")
    parser.add_argument("-j", type=positive, default=1, metavar="N", help="edits at a time (default: %(default)s)")
    options = parser.parse_args()
    return options


def main():
    editlib.clean_up_when_terminated()
    try:
        return run(parse_arguments())
    except (editlib.Error, OSError, subprocess.SubprocessError) as problem:
        print(f"run-edits: {problem}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Lets `cocodma prepare` make the database of a kernel and compares it with the one of corpus/kernel/prepare.sh.

That one comes from objects that were built. The two have the same units of the kernel, and an analysis says the same of
both, finding by finding. The source tree that is prepared is a copy (hard links) without what was built in it; nothing
may be written into it.

Exit status: 0 all passed, 1 some failed, 2 wrong usage.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import editlib

SECONDS = 1200


class Results:
    """Prints and counts."""

    def __init__(self):
        self.passed = self.failed = 0

    def check(self, name, problem):
        self.failed += bool(problem)
        self.passed += not problem
        print(f"FAIL {name}: {problem}" if problem else f"PASS {name}", flush=True)


def clean_copy(tree, folder):
    """The source of a tree in which a kernel was built."""
    copy = Path(folder) / Path(tree).name
    subprocess.run(["cp", "-al", tree, copy], check=True)
    subprocess.run(["make", "-C", copy, "mrproper"], check=True, stdout=subprocess.DEVNULL)
    (copy / editlib.DATABASE).unlink(missing_ok=True)
    return copy


def state(folder):
    """{path: (size, time of change)} of all files."""
    result = {}
    for base, _, files in os.walk(folder):
        for name in files:
            path = os.path.join(base, name)
            status = os.lstat(path)
            result[path] = (status.st_size, status.st_mtime_ns)
    return result


def prepare(options, kernel, build, *more):
    """(exit status, what it said)."""
    done = subprocess.run([options.cocodma, "prepare", "--kernel", kernel, "-p", build, *more], capture_output=True,
                          text=True, check=False, timeout=SECONDS)
    return done.returncode, done.stdout + done.stderr


def units(build, kernel):
    """The C units of the kernel in a database; host tools and what scripts/ tries the compiler with are none."""
    names = {editlib.relative_unit(entry, kernel) for entry in editlib.load_database(build)
             if "-D__KERNEL__" in editlib.arguments(entry)}
    return {name for name in names - {None} if name.endswith(".c") and not name.startswith("scripts/")}


def differences(first, second):
    return ", ".join(sorted(first ^ second)[:5])


def report_of(options, build, kernel, out):
    subprocess.run([options.cocodma, "analyze", "-p", build, "--kernel", kernel, "--format", "json", "-o", out,
                    *(["--cache", options.cache] if options.cache else [])],
                   capture_output=True, text=True, check=False, timeout=SECONDS)
    return editlib.load_report(out)


def unlike(one, two):
    for part in ("findings", "sites"):
        if one[part] != two[part]:
            return f"the {part} differ: {len(one[part])} and {len(two[part])}"
    if one["configuration"]["options"] != two["configuration"]["options"]:
        return "the configurations differ"
    return "" if one["findings"] else "there is no finding to compare"


def refusal(options, tree, folder):
    """A tree in which a kernel was built cannot be prepared elsewhere; the message says what to do."""
    status, text = prepare(options, tree, Path(folder) / "refused")
    return "" if status == 2 and "mrproper" in text else f"exit status {status}: {editlib.last_line(text)}"


def run(options):
    tree = editlib.kernel_root(options.kernel)
    results = Results()
    with tempfile.TemporaryDirectory(prefix="cocodma-prepare-", dir=editlib.scratch_parent(tree)) as folder:
        source, build = clean_copy(tree, folder), Path(folder) / "build"
        before, built = state(source), state(tree)
        status, text = prepare(options, source, build)
        results.check("the database is made", status and f"exit status {status}: {editlib.last_line(text)}")
        results.check("nothing is written into the tree", state(source) != before and "something was")
        if status == 0:
            results.check("the same units", differences(units(tree, tree), units(build, source)))
            one = report_of(options, tree, tree, Path(folder) / "one.json")
            two = report_of(options, build, source, Path(folder) / "two.json")
            results.check("no unit failed", two["summary"]["units_failed"])
            results.check("the same findings, sites and configuration", unlike(one, two))
        results.check("a tree that is not clean is refused", refusal(options, tree, folder))
        results.check("it is left as it was", state(tree) != built and "something was written into it")
    print(f"{results.passed} passed, {results.failed} failed")
    return 1 if results.failed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kernel", required=True, metavar="TREE", help="a tree of corpus/kernel/prepare.sh, only read")
    parser.add_argument("--cocodma", required=True, metavar="BIN", help="the analyzer")
    parser.add_argument("--cache", metavar="DIR", help="cache of the analyzer")
    editlib.clean_up_when_terminated()
    try:
        return run(parser.parse_args())
    except (editlib.Error, OSError, subprocess.SubprocessError) as problem:
        print(f"check-prepare.py: {problem}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())

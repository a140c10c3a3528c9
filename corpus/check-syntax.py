#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks that every unit of every tree compiles without a warning, one at a time."""
import importlib.util
import os
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
CORPUS = os.path.dirname(os.path.abspath(__file__))


def load_make_database():
    spec = importlib.util.spec_from_file_location(
        "make_database", os.path.join(CORPUS, "make-database.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def find_clang():
    for name in (os.environ.get("CLANG"), "clang-22", "clang"):
        if name and shutil.which(name):
            return name
    sys.exit("check-syntax.py: no clang; set CLANG")


def main():
    make_database = load_make_database()
    clang = find_clang()
    wanted = sys.argv[1:]
    seen, failed, count = set(), 0, 0

    for tree in make_database.load_trees():
        if wanted and tree["name"] not in wanted:
            continue
        for unit in tree["units"]:
            args = make_database.arguments(tree, unit)
            key = tuple(args)
            if key in seen:
                continue
            seen.add(key)
            count += 1
            run = subprocess.run(
                [clang, "-fsyntax-only", "-Werror"] + [a for a in args[1:] if a != "-c"],
                stderr=subprocess.PIPE, text=True)
            if run.returncode:
                failed += 1
                sys.stderr.write("%s: %s\n%s" % (tree["name"], unit, run.stderr))
    if not count:
        sys.exit("check-syntax.py: no such tree: " + " ".join(wanted))
    print("%d different compilations, %d failed" % (count, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The metamorphic test (test/kernel/metamorphic.py) on trees of the corpus: what the spec does not name gets another
name, mini-kernel included, conditions move into helpers, functions change places, and no verdict may change.

    check-metamorphic.py --cocodma BIN                         all trees
    check-metamorphic.py --cocodma BIN --quick                 one of each kind
    check-metamorphic.py --cocodma BIN --tree plain-7 --seed 3

Exit status: 0 all passed, 1 some failed, 2 wrong usage.
"""

import argparse
import concurrent.futures
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
CORPUS = TOP / "corpus"
METAMORPHIC = TOP / "test" / "kernel" / "metamorphic.py"
SPEC = TOP / "analyzer" / "spec" / "default-spec.json"
# All drivers, and a tree for each thing that a bus may do.
QUICK = ["plain-7", "unmarked-7", "misuse-7", "null-configure-6", "disable-noop-7", "null-late-7", "private-flag-7",
         "ops-device-7", "flag-late-7", "gpadl-ring-type-7", "buffer-demorgan-7", "control-open-7", "tdisp-flag-7"]


def load_database_module(corpus):
    """make-database.py of a copy of the corpus; its paths are those of that copy."""
    spec = importlib.util.spec_from_file_location("make_database", corpus / "make-database.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def copy_of(tree, folder):
    """A copy of the corpus with the database of one tree in its root."""
    corpus = Path(folder).resolve() / "corpus"
    shutil.copytree(CORPUS, corpus, ignore=shutil.ignore_patterns("__pycache__"))
    entries = load_database_module(corpus).database(tree, corpus)
    (corpus / "compile_commands.json").write_text(json.dumps(entries), encoding="utf-8")
    return corpus


def check(tree, options):
    """What the test printed, and whether it passed."""
    with tempfile.TemporaryDirectory(prefix="cocodma-corpus-") as folder:
        command = [sys.executable, METAMORPHIC, "--tree", copy_of(tree, folder), "--cocodma", options.cocodma,
                   "--spec", SPEC, "-j", "1", "--cache", Path(folder) / "cache"]
        for name in tree["classes"]:
            spec = CORPUS / "classes" / f"{name}.json"
            if spec.exists():
                command += ["--spec", spec, "--analyze-spec", spec]
        for seed in options.seed or [1]:
            command += ["--seed", str(seed)]
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr, done.returncode == 0


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cocodma", required=True, metavar="BIN")
    parser.add_argument("--quick", action="store_true", help="the trees " + ", ".join(QUICK))
    parser.add_argument("--tree", action="append", metavar="NAME", help="this tree (may be repeated)")
    parser.add_argument("--seed", type=int, action="append", metavar="N", help="as metamorphic.py has it")
    parser.add_argument("-j", type=int, default=os.cpu_count() or 1, metavar="N", help="trees at a time")
    parser.add_argument("--verbose", action="store_true", help="also what passed trees have to say")
    return parser.parse_args()


def main():
    options = parse_arguments()
    trees = load_database_module(CORPUS).load_trees()
    wanted = options.tree or (QUICK if options.quick else [])
    unknown = set(wanted) - {tree["name"] for tree in trees}
    if unknown:
        print(f"check-metamorphic.py: no such tree: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    chosen = [tree for tree in trees if not wanted or tree["name"] in wanted]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(options.j) as threads:
        for tree, (text, good) in zip(chosen, threads.map(lambda tree: check(tree, options), chosen)):
            failed += not good
            print(f"{'PASS' if good else 'FAIL'} {tree['name']}", flush=True)
            if not good or options.verbose:
                print("    " + text.strip().replace("\n", "\n    "), flush=True)
    print(f"{len(chosen) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

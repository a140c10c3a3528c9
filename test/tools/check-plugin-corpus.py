#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs the clang-tidy plugin over every unit of the corpus's trees and compares the design checks with the labels.

    check-plugin-corpus.py --plugin build/dev/checkers/libcocodma-tidy.so [TREE...]

Each label of a design check must be met on its line (with the note "(tree)": somewhere in the tree; with "(path)": on
the line or on a line of a note), and a unit has no finding of a design check that no label allows. A unit is the same
in many trees: each different compilation is run once. Exit status: 0 all as labelled, 1 not, 2 wrong usage.
"""

import argparse
import concurrent.futures
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
CORPUS = TOP / "corpus"
PLACE = re.compile(r"^(?P<file>[^\s:]+):(?P<line>\d+):\d+: (?P<kind>warning|error|remark|note): (?P<text>.*)$")
CHECK = re.compile(r"\[(?P<check>[\w-]+)(?:,-warnings-as-errors)?\]$")


def load(name):
    spec = importlib.util.spec_from_file_location(name.replace("-", "_"), CORPUS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


labels, databases = load("labels"), load("make-database")


def design_checks():
    manifest = json.loads((TOP / "checkers" / "checks.json").read_text(encoding="utf-8"))
    return {check["name"] for check in manifest["checks"] if check["group"] == "design"}


def run_unit(clang_tidy, plugin, arguments):
    """What the plugin says about one compilation: (check, file, line, is it a note) in the corpus."""
    with tempfile.TemporaryDirectory() as folder:
        entry = {"directory": folder, "file": arguments[-1], "arguments": arguments}
        Path(folder, "compile_commands.json").write_text(json.dumps([entry]), encoding="utf-8")
        command = [clang_tidy, "--quiet", f"--load={plugin}", "--checks=-*,coco-*", "--warnings-as-errors=-*",
                   "-p", folder, arguments[-1]]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
    said, check = [], None
    for line in done.stdout.splitlines():
        place = PLACE.match(line)
        if not place:
            continue
        if place["kind"] != "note":
            check = CHECK.search(place["text"])["check"]
        path = os.path.relpath(os.path.normpath(place["file"]), CORPUS)
        said.append((check, path, int(place["line"]), place["kind"] == "note"))
    return said


def meets(label, one):
    check, path, line, is_note = one
    if check not in label["checks"] or (is_note and label["note"] != "path"):
        return False
    return label["note"] == "tree" or (path, line) == (label["file"], label["line"])


def compare(tree, said, design, errors):
    """Gives the number of labels that were compared."""
    prefixes = tuple(tree.get("labels_from", [""]))
    wanted = [one for one in labels.tree_labels(tree) if set(one["checks"]) & design]
    # A design check beside another one on a line: either may be meant.
    findings = [label for label in wanted if label["kind"] == "finding" and set(label["checks"]) <= design
                and label["verdicts"] in ([], None, ["any"])]
    for label in findings:
        if not any(meets(label, one) for one in said):
            errors.append(f"{tree['name']}: {label['file']}:{label['line']}: no {'|'.join(label['checks'])}")
    for one in said:
        check, path, line, is_note = one
        if not is_note and check in design and path.startswith(prefixes) and not any(
                check in label["checks"] and (label["note"] == "tree" or (path, line) == (label["file"], label["line"]))
                for label in wanted):
            errors.append(f"{tree['name']}: {path}:{line}: {check}, and no label says so")
    return len(findings)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plugin", required=True, help="libcocodma-tidy.so")
    parser.add_argument("--clang-tidy", default="clang-tidy-22", help="that the plugin is loaded into")
    parser.add_argument("trees", nargs="*", metavar="TREE", help="only these trees")
    options = parser.parse_args()
    trees = [tree for tree in databases.load_trees() if not options.trees or tree["name"] in options.trees]
    missing = set(options.trees) - {tree["name"] for tree in trees}
    if missing:
        parser.error(f"no such tree: {', '.join(sorted(missing))}")
    design, jobs = design_checks(), {}
    for tree in trees:
        for unit in tree["units"]:
            jobs.setdefault(tuple(databases.arguments(tree, unit)), None)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for arguments, said in zip(jobs, pool.map(lambda one: run_unit(options.clang_tidy, options.plugin, list(one)), jobs)):
            jobs[arguments] = said
    errors, compared = [], 0
    for tree in trees:
        said = [one for unit in tree["units"] for one in jobs[tuple(databases.arguments(tree, unit))]]
        compared += compare(tree, said, design, errors)
    for error in errors:
        print(error)
    if not compared:
        errors.append("no label of a design check was compared")
    print(f"{len(trees)} trees, {len(jobs)} compilations, {compared} labels, {len(errors)} errors")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())

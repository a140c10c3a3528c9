#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks that every edit of edits/ applies to a kernel tree and that what it touches still compiles.

The tree is only read: edited files are given to clang through a virtual file system overlay. Parses, builds nothing.
"""

import argparse
import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import editlib

HERE = Path(__file__).resolve().parent


def write_overlay(folder, root, texts):
    """An overlay file that shows `texts` in place of the files of the tree."""
    entries = []
    for number, (name, text) in enumerate(sorted(texts.items())):
        copy = os.path.join(folder, f"{number}-{os.path.basename(name)}")
        editlib.write_new(copy, text)
        entries.append({"type": "file", "name": str(root / name), "external-contents": copy})
    path = os.path.join(folder, "overlay.yaml")
    overlay = {"version": 0, "case-sensitive": "true", "use-external-names": "false", "roots": entries}
    Path(path).write_text(json.dumps(overlay), encoding="utf-8")
    return path


def touched_units(texts, units):
    """The units to compile: those edited and, for an edited private header, all of its folder."""
    folders = {os.path.dirname(name) for name in texts if name.endswith(".h") and not name.startswith("include/")}
    return sorted(name for name in units if name in texts or os.path.dirname(name) in folders)


def compile_unit(entry, overlay, clang):
    """The errors of one unit, or None."""
    command = editlib.syntax_command(entry, clang, ["-ivfsoverlay", overlay])
    done = subprocess.run(command, cwd=entry["directory"], capture_output=True, text=True, check=False)
    return done.stderr.strip() or f"exit status {done.returncode}" if done.returncode else None


def check_texts(texts, root, units, clang):
    """The problems of a set of edited files, as lines; none is fine."""
    names = touched_units(texts, units)
    if not names:
        return ["touches no unit of the compile database"]
    with tempfile.TemporaryDirectory(prefix="cocodma-overlay-") as folder:
        overlay = write_overlay(folder, root, texts)
        errors = {name: compile_unit(units[name], overlay, clang) for name in names}
    return [f"{name}: {error}" for name, error in errors.items() if error]


def check_edit(edit, root, units, clang):
    try:
        texts = editlib.edited_files(edit, root)
    except editlib.Error as problem:
        return [str(problem)]
    same = [name for name, text in texts.items() if text == editlib.read_text(root / name)]
    return [f"{name}: the edit changes nothing" for name in same] + check_texts(texts, root, units, clang)


def self_test(root, units, clang):
    """The overlay must be what clang reads: a unit that says #error may not compile."""
    name = next(iter(sorted(units)))
    if not check_texts({name: "#error overlay\n"}, root, units, clang):
        raise editlib.Error("the overlay had no effect: -ivfsoverlay does not work with this clang")


def c_units(root):
    """{path below the root: entry} of the C units that belong to the kernel image or a module."""
    units = {}
    for entry in editlib.load_database(root):
        name = editlib.relative_unit(entry, root)
        if name and name.endswith(".c") and "-D__KERNEL__" in editlib.arguments(entry):
            units[name] = entry
    if not units:
        raise editlib.Error(f"{root}: the compile database has no kernel unit")
    return units


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kernel", required=True, metavar="TREE", help="prepared kernel tree, only read")
    parser.add_argument("--edits", default=HERE / "edits", metavar="DIR", help="folder of the edits (default: edits/)")
    parser.add_argument("--only", metavar="GLOB", help="only the edits whose name matches")
    parser.add_argument("--clang", default="clang-22", help="compiler (default: %(default)s)")
    parser.add_argument("-j", type=int, default=os.cpu_count() or 1, metavar="N", help="jobs (default: all processors)")
    return parser.parse_args()


def run(options):
    root = editlib.kernel_root(options.kernel)
    version, units = editlib.kernel_version(root), c_units(root)
    self_test(root, units, options.clang)
    edits = {name: edit for name, edit in editlib.load_edits(options.edits, options.only).items()
             if editlib.for_tree(edit["tree"], version)}
    if not edits:
        raise editlib.Error("no edit for this tree")
    bad = 0
    with concurrent.futures.ThreadPoolExecutor(options.j) as pool:
        checks = {name: pool.submit(check_edit, edit, root, units, options.clang) for name, edit in edits.items()}
        for name, check in checks.items():
            problems = check.result()
            bad += bool(problems)
            print("BAD " if problems else "OK  ", name, flush=True)
            print("".join(f"    {line}\n" for line in problems), end="", flush=True)
    print(f"{len(edits) - bad} fine, {bad} bad")
    return 1 if bad else 0


def main():
    try:
        return run(parse_arguments())
    except (editlib.Error, OSError) as problem:
        print(f"check-edits: {problem}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())

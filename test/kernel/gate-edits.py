#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Gives every edit to the gate, as a patch against the unmodified tree, and compares with what the edit says.

    gate-edits.py --kernel TREE --cocodma BIN [--cache DIR] [--edits DIR | --given DIR] [--only GLOB]

An edit passes if the patched side has what it expects and nothing that it rules out, if what the gate calls introduced is
just what its two sides do not share, and if the exit status says so. Nothing in the tree changes. Exit status: 0 all
passed, 1 not.
"""

import argparse
import importlib.util
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import editlib
import patchlib

HERE = Path(__file__).resolve().parent


def module(name):
    spec = importlib.util.spec_from_file_location(name.replace("-", "_"), HERE / f"{name}.py")
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


run_edits = module("run-edits")


def patch_of(edit, root):
    """The edit as a unified diff, and its files."""
    texts = run_edits.texts_of(edit, root)
    return patchlib.diff({name: editlib.read_text(root / name) for name in texts}, texts), texts


def problems(edit, report, status):
    """What is wrong with the report of a gate, as texts."""
    present = report["findings"]
    old = [finding for finding in present if finding["change"] != "introduced"] + report["gate"]["fixed"]
    wrong = run_edits.compare(edit, report, {"findings": old, "skipped": report["skipped"]})
    if wrong:
        yield wrong
    introduced = [finding for finding in present if finding["change"] == "introduced"]
    if bool(introduced) != (status == 1):
        yield f"{len(introduced)} introduced, but exit status {status}"
    known = {finding["fingerprint"] for finding in old}
    for finding in introduced:
        if finding["fingerprint"] in known:
            yield f"{finding['fingerprint']} is on both sides and introduced"
    if sorted(report["gate"]["files"]) != sorted(edit["touched"]):
        yield f"files: {report['gate']['files']}"


def run_one(edit, root, options, folder):
    text, touched = patch_of(edit, root)
    edit["touched"] = list(touched)
    patch, out = folder / "p.patch", folder / "r.json"
    patch.write_text(text, encoding="utf-8", errors="surrogateescape", newline="")
    done = subprocess.run([options.cocodma, "gate", "-p", root, "--kernel", root, "--cache", options.cache or folder /
                           "cache", "--patch", patch, "--format", "json", "-o", out], capture_output=True, text=True,
                          check=False, timeout=3600)
    if done.returncode not in (0, 1, 3):
        return "", f"exit status {done.returncode}: {done.stderr.strip()[-300:]}"
    report = json.loads(out.read_text(encoding="utf-8"))
    return report["gate"]["verdict"], "; ".join(problems(edit, report, done.returncode))


def run(options):
    root = editlib.kernel_root(options.kernel)
    edits = run_edits.all_edits(options, editlib.kernel_version(root))
    gaps = set() if options.given else run_edits.known_gaps()
    failed = skipped = 0
    with tempfile.TemporaryDirectory(prefix="cocodma-gate-") as folder:
        for name, edit in edits.items():
            verdict, problem = run_one(edit, root, options, Path(folder))
            known = bool(problem) and name in gaps
            skipped += known
            failed += bool(problem) and not known
            word = "GAP" if known else "FAIL" if problem else "PASS"
            print(f"{word} {name} ({verdict}){problem and ': ' + problem}", flush=True)
    note = f", {skipped} skipped" if skipped else ""
    print(f"{len(edits) - failed - skipped} passed, {failed} failed{note}")
    return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kernel", required=True, metavar="DIR", help="prepared kernel tree, only read")
    parser.add_argument("--cocodma", required=True, metavar="BIN", help="the analyzer")
    parser.add_argument("--cache", metavar="DIR", help="cache to use and keep (default: a temporary one)")
    parser.add_argument("--edits", metavar="DIR", help="folder of edits as data (default: edits/, unless --given)")
    parser.add_argument("--given", metavar="DIR", help="folder of scripts that edit a tree, and expected.json")
    parser.add_argument("--only", metavar="GLOB", help="only the edits whose name matches")
    try:
        return run(parser.parse_args())
    except (editlib.Error, OSError, subprocess.SubprocessError) as problem:
        print(f"gate-edits: {problem}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())

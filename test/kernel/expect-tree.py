#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Analyzes an unmodified kernel tree and checks what is known about it.

A 7.x knows confidential channels and has exactly two unguarded mappings of their data; 6.x knows none, so no rule about
channels may fire. In both the report follows its schema and does not depend on the number of jobs or on a cache.

Exit status: 0 all passed, 1 some failed, 2 wrong usage.
"""

import argparse
import filecmp
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import editlib
import evaluation_table

CHECK_REPORT = Path(__file__).resolve().parents[1] / "tools" / "check-report.py"
# Rules that need a marker of confidential channels.
CHANNEL_CHECKS = {"coco-bounce", "coco-copy-to-shared", "coco-fails-closed", "coco-unbalanced-map",
                  "coco-ineffective-protection"}
BOUNCES = [("drivers/net/hyperv/netvsc.c", "netvsc_dma_map", "leak"),
           ("drivers/scsi/storvsc_drv.c", "storvsc_queuecommand", "leak")]
CONFIDENTIAL = {"snp-vtom", "tdx-paravisor"}
# What is left of the database when only some folders were built.
PART = ("drivers/hv/", "drivers/net/hyperv/", "drivers/scsi/", "kernel/dma/")
PART_SECONDS = 600  # It takes some ten.


class Results:
    """Prints and counts."""

    def __init__(self):
        self.passed = self.failed = 0

    def check(self, name, problem):
        self.failed += bool(problem)
        self.passed += not problem
        print(f"FAIL {name}: {problem}" if problem else f"PASS {name}", flush=True)


def describe(findings):
    return ", ".join(sorted("=".join(editlib.place(finding)[2:]) + f" in {editlib.place(finding)[1]}"
                            for finding in findings)) or "none"


def wrong_bounces(report):
    found = [finding for finding in report["findings"] if finding["check"] == "coco-bounce"]
    places = sorted((file, function, verdict) for file, function, _, verdict in map(editlib.place, found))
    return "" if places == BOUNCES else f"they are: {describe(found)}"


def wrong_profiles(report):
    """Confidential VMBus exists only with a paravisor."""
    found = [finding for finding in report["findings"] if finding["check"] == "coco-bounce"]
    if not found:
        return "there is none"
    bad = [finding for finding in found if set(finding["profiles"]) != CONFIDENTIAL]
    return f"{editlib.place(bad[0])[1]}: {', '.join(bad[0]['profiles'])}" if bad else ""


def wrong_without_markers(report):
    bad = [finding for finding in report["findings"] if finding["check"] in CHANNEL_CHECKS]
    return f"there are: {describe(bad)}" if bad else ""


def is_not(report, key, wanted):
    return "" if report["kernel"].get(key) is wanted else f"{key} is {report['kernel'].get(key)}"


def check_facts(report, major, results):
    results.check("the tree's own DMA core is used", is_not(report, "has_dma_core", True))
    results.check("no unit failed", report["summary"]["units_failed"] and f"{report['summary']['units_failed']} did")
    known = json.loads(evaluation_table.KNOWN.read_text(encoding="utf-8"))["findings"]
    results.check("every finding is known, and every known one is found",
                  "; ".join(evaluation_table.compare(report, known)))
    results.check("markers", is_not(report, "has_markers", major >= 7))
    if major >= 7:
        results.check("exactly two coco-bounce findings", wrong_bounces(report))
        results.check("they hold where there is a paravisor", wrong_profiles(report))
    else:
        results.check("no finding by a rule about channels", wrong_without_markers(report))


def schema_problem(path):
    done = subprocess.run([sys.executable, str(CHECK_REPORT), str(path)], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else (done.stdout + done.stderr).strip().splitlines()[0]


def differs(first, second):
    return "" if filecmp.cmp(first, second, shallow=False) else f"{first} and {second} differ"


def analyze(options, out, cache=None, extra=()):
    start = time.monotonic()
    report = editlib.analyze(options.cocodma, options.root, out, cache, extra)
    print(f"({out.name}: {time.monotonic() - start:.1f} s)", flush=True)
    return report


def wrong_part(options, scratch, whole):
    """Where much of the tree is missing, more is unknown, but nothing new is found."""
    folder = Path(scratch) / "part"
    folder.mkdir()
    entries = [entry for entry in editlib.load_database(options.root)
               if any(part in str(Path(entry["directory"], entry["file"])) for part in PART)]
    (folder / editlib.DATABASE).write_text(json.dumps(entries), encoding="utf-8")
    out = folder / "report.json"
    command = [options.cocodma, "analyze", "-p", str(folder), "--kernel", str(options.root), "--format", "json",
               "-o", str(out), "--no-cache"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PART_SECONDS)
    except subprocess.TimeoutExpired:
        return f"no end within {PART_SECONDS} s"
    if done.returncode not in (0, 1, 3):
        return f"exit status {done.returncode}: {editlib.last_line(done.stderr)}"
    known = [editlib.place(finding) for finding in whole["findings"]]
    new = [finding for finding in editlib.load_report(out)["findings"] if editlib.place(finding) not in known]
    return f"there are: {describe(new)}" if new else ""


def run(options):
    options.root = editlib.kernel_root(options.kernel)
    results = Results()
    with tempfile.TemporaryDirectory(prefix="cocodma-tree-") as scratch:
        folder = Path(options.reports or scratch)
        folder.mkdir(parents=True, exist_ok=True)
        cache = Path(scratch) / "cache"
        one, two, warm = (folder / f"{name}.json" for name in ("j1", "j2", "warm"))
        report = analyze(options, one, None, ["--no-cache", "-j", "1"])
        results.check("the report follows its schema", schema_problem(one))
        check_facts(report, editlib.kernel_version(options.root)[0], results)
        analyze(options, two, cache, ["-j", "2"])
        results.check("the same for -j 1 and -j 2", differs(one, two))
        for kept in cache.rglob("*.report.json"):
            kept.unlink()
        analyze(options, warm, cache, ["-j", "2"])
        results.check("the same from the summaries in a cache", differs(one, warm))
        analyze(options, warm, cache, ["-j", "2"])
        results.check("the same from the report in a cache", differs(one, warm))
        results.check("nothing new is found in a part of the database", wrong_part(options, scratch, report))
    print(f"{results.passed} passed, {results.failed} failed")
    return 1 if results.failed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kernel", required=True, metavar="DIR", help="prepared kernel tree, only read")
    parser.add_argument("--cocodma", required=True, metavar="BIN", help="the analyzer")
    parser.add_argument("--reports", metavar="DIR", help="keep the reports there")
    try:
        return run(parser.parse_args())
    except (editlib.Error, OSError) as problem:
        print(f"FAIL {problem}\n0 passed, 1 failed")
        return 1


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Analyzes trees of the corpus and compares the reports with the labels in the sources (corpus/README.md).

    check-corpus.py --cocodma BIN --all
    check-corpus.py --cocodma BIN --tree plain-7

A label must be met on its line, and what has no label must have nothing to report. In a function whose name starts
with FN_ or FP_ a label says what is true although the tool is known not to say it: it is expected to fail (XFAIL), and
if it is met after all (XPASS) that counts as failed, so that the name gets changed.

What the analyzer is known to get wrong today stands in test/corpus-gaps.txt, a line each; it is counted as skipped, and
the docs list it under Limits. `--write-gaps` makes that file anew from what fails now.

Exit status: 0 all passed, 1 some failed, 2 wrong usage.
"""

import argparse
import concurrent.futures
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

CORPUS = Path(__file__).resolve().parents[2] / "corpus"
# A site with one of these needs a label; so does every finding.
ALARMS = {"leak", "crashes", "unknown", "fails-closed"}
PASS, FAIL, XFAIL, XPASS, GAP = "PASS", "FAIL", "XFAIL", "XPASS", "GAP"


def load_labels():
    spec = importlib.util.spec_from_file_location("labels", CORPUS / "labels.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


labels = load_labels()


def place(item):
    return item["location"]["file"], item["location"]["line"]


class Report:
    """A report, by lines."""

    def __init__(self, report):
        self.findings = [finding for finding in report["findings"] if "suppression" not in finding]
        self.sites = report["sites"]
        self.place_of_site = {site["id"]: place(site) for site in self.sites}

    def places_of(self, finding):
        """Where a finding is: its location and its sites'."""
        return {place(finding)} | {self.place_of_site[one] for one in finding["site_ids"] if one in self.place_of_site}

    def lines_of(self, finding, note):
        if note != "path":
            return self.places_of(finding)
        return self.places_of(finding) | {(step["file"], step["line"]) for step in finding["trace"]}

    def sites_at(self, where):
        return [site for site in self.sites if place(site) == where]

    def located_at(self, where):
        return [finding for finding in self.findings if place(finding) == where]


def allows(verdicts, verdict):
    return "any" in verdicts or verdict in verdicts


def said_about(report, where):
    """What the report has on a line, in a few words."""
    words = [f"{finding['check']} {finding['verdict']}" for finding in report.located_at(where)]
    words += [f"site {site['verdict']}" for site in report.sites_at(where)]
    return ", ".join(words) or "nothing"


def finding_fits(label, finding, report):
    where = (label["file"], label["line"])
    return (finding["check"] in label["checks"] and allows(label["verdicts"], finding["verdict"])
            and (label["note"] == "tree" or where in report.lines_of(finding, label["note"])))


def site_label_met(label, report):
    where = (label["file"], label["line"])
    if "any" in label["verdicts"] and not label["checks"]:
        return True
    return (any(allows(label["verdicts"], site["verdict"]) for site in report.sites_at(where))
            and all(finding["check"] in label["checks"] for finding in report.located_at(where)))


def is_met(label, report):
    if label["kind"] == "site":
        return site_label_met(label, report)
    return any(finding_fits(label, finding, report) for finding in report.findings)


def name_of(label):
    return " ".join(part for part in ("|".join(label["checks"]), "|".join(label["verdicts"])) if part)


def judge_label(label, report):
    met = is_met(label, report)
    name = f"{label['file']}:{label['line']}: {name_of(label)}"
    if label["known_limit"] and label["verdicts"] != ["any"]:
        return (XPASS, f"{name}: a known limit no more; rename the function") if met else (XFAIL, name)
    if met:
        return PASS, name
    return FAIL, f"{name}: there is {said_about(report, (label['file'], label['line']))}"


class Expectations:
    """What the labels of a tree allow on each line."""

    def __init__(self, tree):
        self.labels = labels.tree_labels(tree)
        self.prefixes = tuple(tree.get("labels_from", [""]))
        self.by_line = {}
        for label in self.labels:
            self.by_line.setdefault((label["file"], label["line"]), []).append(label)

    def at(self, where):
        return self.by_line.get(where, [])

    def allow_finding(self, finding, report):
        """A label of its line, or of a line of its sites or (path) trace, speaks of it; or it need not be explained."""
        if any(finding_fits(label, finding, report) for label in self.labels if label["kind"] == "finding"):
            return True
        here = [label for where in report.places_of(finding) for label in self.at(where)]
        if any(finding["check"] in label["checks"] or label["verdicts"] == ["any"] for label in here):
            return True
        return bool(self.at(place(finding))) and finding["verdict"] not in ALARMS

    def expect_nothing(self, where):
        """Whether labels count in this file, and the line is in no function with a known limit."""
        file, line = where
        return (file.startswith(self.prefixes) and (CORPUS / file).is_file()
                and not labels.in_known_limit(file, line))

    def surprises(self, report, failed):
        """What nothing speaks of, but for lines that failed anyway."""
        for finding in report.findings:
            where = place(finding)
            if where not in failed and self.expect_nothing(where) and not self.allow_finding(finding, report):
                yield f"{where[0]}:{where[1]}: unexpected {finding['check']} {finding['verdict']}"
        for site in report.sites:
            where = place(site)
            if site["verdict"] in ALARMS and not self.at(where) and self.expect_nothing(where):
                yield f"{where[0]}:{where[1]}: unexpected site: {site['verdict']}"


def compare(tree, report):
    """[(status, text)] of a tree."""
    expected, by_line = Expectations(tree), Report(report)
    results = [judge_label(label, by_line) for label in expected.labels]
    failed = {(label["file"], label["line"]) for label, (status, _) in zip(expected.labels, results) if status == FAIL}
    results += [(FAIL, text) for text in dict.fromkeys(expected.surprises(by_line, failed))]
    failed_units = report["summary"]["units_failed"]
    if failed_units:
        results.append((FAIL, f"{failed_units} units failed to parse"))
    return results


def status_of(report):
    """The exit status that a report stands for (design, section 7)."""
    if any("suppression" not in finding for finding in report["findings"]):
        return 1
    unknown = any(site["verdict"] == "unknown" for site in report["sites"])
    return 3 if unknown or not report["summary"]["complete"] else 0


def analyze(tree, options, folder):
    """The report of a tree, or a text that says why there is none."""
    database, out = folder / "build", folder / "report.json"
    subprocess.run([sys.executable, str(CORPUS / "make-database.py"), tree["name"], str(database)], check=True)
    command = [options.cocodma, "analyze", "-p", str(database), "--kernel", str(CORPUS), "--format", "json",
               "-o", str(out), "--cache", str(folder / "cache"), "-j", "1"]
    for name in tree["classes"]:
        spec = CORPUS / "classes" / f"{name}.json"
        if spec.is_file():  # a class that the built-in spec does not know
            command += ["--spec", str(spec)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=options.timeout)
    except subprocess.TimeoutExpired:
        return None, f"no report after {options.timeout} s"
    except OSError as problem:
        return None, f"{options.cocodma}: {problem.strerror}"
    lines = done.stderr.strip().splitlines() or ["no message"]
    if done.returncode not in (0, 1, 3):
        return None, f"exit status {done.returncode}: {lines[-1]}"
    try:
        report = json.loads(out.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        return None, f"no usable report: {problem}"
    if done.returncode != status_of(report):
        return None, f"exit status {done.returncode}, but the report stands for {status_of(report)}"
    return report, ""


def run_tree(tree, options):
    with tempfile.TemporaryDirectory(prefix="cocodma-corpus-") as scratch:
        folder = Path(scratch)
        if options.keep:
            folder = Path(options.keep) / tree["name"]
            folder.mkdir(parents=True, exist_ok=True)
        report, problem = analyze(tree, options, folder)
        if report is None:
            return [(FAIL, problem)]
        return compare(tree, report)


GAPS = Path(__file__).resolve().parents[1] / "corpus-gaps.txt"


def key_of(name, text):
    """What identifies a failure, whatever the report has instead."""
    return f"{name}:{text.split(': there is ')[0]}"


def known_gaps():
    if not GAPS.is_file():
        return set()
    lines = GAPS.read_text(encoding="utf-8").splitlines()
    return {line for line in lines if line and not line.startswith("#")}


def write_gaps(keys):
    head = ("# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception\n"
            "# Labels of the corpus that the analyzer does not meet today. Made by `check-corpus.py --all --write-gaps`.\n")
    temporary = GAPS.with_suffix(".new")
    temporary.write_text(head + "".join(f"{key}\n" for key in sorted(keys)), encoding="utf-8")
    temporary.replace(GAPS)


def parse_arguments(names):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cocodma", required=True, metavar="BIN", help="the analyzer")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--tree", action="append", choices=names, metavar="NAME", help="may be given more than once")
    which.add_argument("--all", action="store_true")
    parser.add_argument("--keep", metavar="DIR", help="keep databases and reports there")
    parser.add_argument("--write-gaps", action="store_true", help="write what fails to test/corpus-gaps.txt")
    parser.add_argument("--quiet", action="store_true", help="print only what failed")
    parser.add_argument("--timeout", type=int, default=180, metavar="SECONDS", help="for a tree (default: %(default)s)")
    parser.add_argument("-j", type=int, default=os.cpu_count() or 1, metavar="N", help="trees at a time")
    return parser.parse_args()


def main():
    trees = {tree["name"]: tree for tree in labels.load_trees()}
    options = parse_arguments(list(trees))
    chosen = list(trees) if options.all else options.tree
    counts = dict.fromkeys((PASS, FAIL, XFAIL, XPASS, GAP), 0)
    gaps = set() if options.write_gaps else known_gaps()
    failures = set()
    with concurrent.futures.ThreadPoolExecutor(max(1, options.j)) as pool:
        runs = {name: pool.submit(run_tree, trees[name], options) for name in chosen}
        for name, run in runs.items():
            for status, text in run.result():
                if status == FAIL:
                    failures.add(key_of(name, text))
                    status = GAP if key_of(name, text) in gaps else FAIL
                counts[status] += 1
                if status in (FAIL, XPASS) or not options.quiet:
                    print(f"{status} {name}:{text}", flush=True)
    if options.write_gaps:
        write_gaps(failures)
    closed = {key for key in gaps - failures if key.split(":")[0] in chosen}
    for key in sorted(closed):
        print(f"CLOSED {key}: no gap any more; make test/corpus-gaps.txt anew")
    failed = counts[FAIL] + counts[XPASS]
    skipped = f", {counts[GAP]} skipped" if counts[GAP] else ""
    print(f"{counts[PASS] + counts[XFAIL]} passed, {failed} failed{skipped}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compares what the clang-tidy plugin says about the units of a linked tree with what the analyzer says about the tree.

    compare-plugin.py --cocodma FILE --plugin FILE -p BUILD --kernel DIR [PATH...]    units with a PATH in their path
    compare-plugin.py --cocodma FILE --plugin FILE --trees [NAME...]                  trees of the corpus, or all

A unit is one test: its findings of data flow must be the same ones, at the same places, with the same path, and come
from the linked tree as it is. The last line is `N passed, N failed`. Exit status: 0 all the same, 1 not, 2 wrong usage.
"""

import argparse
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
from importlib.machinery import SourceFileLoader
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
CORPUS = TOP / "corpus"
sys.dont_write_bytecode = True
sys.path.insert(0, str(TOP / "checkers"))
from cocodma_tidy import Missing, Tidy  # pylint: disable=wrong-import-position

LINE = re.compile(r"^(?P<file>[^\s:|][^:]*):(?P<line>\d+):(?P<column>\d+): (?P<kind>warning|error|remark|note): (?P<text>.*)$")
CHECK = re.compile(r"^(?P<text>.*) \[(?P<check>coco-[\w-]+)(?:,-warnings-as-errors)?\]$")
JUDGED_AGAIN = "the unit is not as it was linked"


def module(path):
    loader = SourceFileLoader(Path(path).name.replace("-", "_"), str(path))
    loaded = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(loaded)
    return loaded


runner, databases = module(TOP / "checkers" / "cocodma-tidy"), module(CORPUS / "make-database.py")


def data_flow_checks():
    manifest = json.loads((TOP / "checkers" / "checks.json").read_text(encoding="utf-8"))
    return {check["name"] for check in manifest["checks"] if check.get("class") == "DataFlowCheck"}


def place(root, folder, file, line, column):
    path = Path(os.path.realpath(Path(folder, file)))
    return (os.path.relpath(path, root), int(line), int(column))


def said_by_plugin(text, root, folder, checks):
    """Findings of the plugin's output: (check, place, text, [(place, text) of a note])."""
    findings, current = [], None
    for line in text.splitlines():
        match = LINE.match(line)
        if not match:
            continue
        where = place(root, folder, match["file"], match["line"], match["column"])
        if match["kind"] == "note":
            if current:
                current[3].append((where, match["text"]))
            continue
        about = CHECK.match(match["text"])
        current = None
        if match["kind"] != "remark" and about and about["check"] in checks:
            current = (about["check"], where, about["text"], [])
            findings.append(current)
    return sorted(findings)


def said_by_tool(report, name, checks):
    result = []
    for finding in report["findings"]:
        at = finding["location"]
        if at["file"] != name or finding.get("suppression") or finding["check"] not in checks:
            continue
        steps = [((step["file"], step["line"], max(step["column"], 1)), step["message"]) for step in finding["trace"]]
        result.append((finding["check"], (at["file"], at["line"], at["column"]), finding["message"], steps))
    return sorted(result)


def differences(plugin, tool):
    """In words; empty if they are the same."""
    short = [(one[0], one[1]) for one in plugin], [(one[0], one[1]) for one in tool]
    if short[0] != short[1]:
        return f"the plugin has {short[0]}, the tool {short[1]}"
    for (check, where, text, notes), (_, _, wanted, steps) in zip(plugin, tool):
        if any(note.startswith(JUDGED_AGAIN) for _, note in notes):
            return f"{check} at {where}: it was judged again"
        if text != wanted:
            return f"{check} at {where}: the plugin says '{text}', the tool '{wanted}'"
        if notes[:-1] != steps:  # the last note is what the tool's text form ends with
            return f"{check} at {where}: the path is {notes[:-1]}, not {steps}"
    return ""


class Comparison:
    """Counts over all trees."""

    def __init__(self, options):
        self.options, self.checks = options, data_flow_checks()
        self.passed = self.failed = self.findings = 0

    def run_tool(self, *arguments):
        done = subprocess.run([self.options.cocodma, *map(str, arguments)], capture_output=True, text=True, check=False)
        if done.returncode not in (0, 1, 3):
            raise Missing(f"cocodma {' '.join(map(str, arguments))}: {done.stderr}")

    def tree(self, build, kernel, paths, label="", specs=()):
        with tempfile.TemporaryDirectory() as folder:
            cache = self.options.cache or f"{folder}/cache"
            common = ["-p", build, "--kernel", kernel, "--cache", cache, "-j", "1"]
            common += [word for spec in specs for word in ("--spec", spec)]
            self.run_tool("link", *common, "-o", f"{folder}/tree")
            self.run_tool("analyze", *common, "--format", "json", "-o", f"{folder}/report.json")
            report = json.loads(Path(folder, "report.json").read_text(encoding="utf-8"))
            tidy = Tidy(plugin=self.options.plugin, summaries=f"{folder}/tree")
            for unit in runner.read_database(build):
                if unit.applies and (not paths or any(path in unit.name for path in paths)):
                    self.unit(tidy, unit, report, os.path.realpath(kernel), label)

    def unit(self, tidy, unit, report, root, label):
        outcome = tidy.run(unit.spelled, unit.flags, unit.folder)
        name = os.path.relpath(os.path.realpath(unit.source), root)
        tool = said_by_tool(report, name, self.checks)
        problem = outcome.problem or differences(said_by_plugin(outcome.text, root, unit.folder, self.checks), tool)
        self.findings += len(tool)
        self.failed += bool(problem)
        self.passed += not problem
        if problem or self.options.verbose:
            print(f"{'FAIL' if problem else 'PASS'} {label}{name}: {problem or f'{len(tool)} findings'}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cocodma", required=True)
    parser.add_argument("--plugin", required=True, help="libcocodma-tidy.so")
    parser.add_argument("-p", dest="build", metavar="BUILD")
    parser.add_argument("--kernel", metavar="DIR")
    parser.add_argument("--cache", metavar="DIR", help="of the tool (default: none)")
    parser.add_argument("--trees", action="store_true", help="trees of the corpus; the PATHs are their names")
    parser.add_argument("--verbose", action="store_true", help="name what passed, too")
    parser.add_argument("paths", nargs="*", metavar="PATH")
    options = parser.parse_intermixed_args()
    if options.trees == bool(options.build and options.kernel):
        parser.error("give either --trees, or -p and --kernel")
    trees = [tree for tree in databases.load_trees() if not options.paths or tree["name"] in options.paths]
    if options.trees and len(trees) < len(options.paths):
        parser.error(f"no such tree among {' '.join(options.paths)}")
    all_of_them = Comparison(options)
    try:
        if not options.trees:
            all_of_them.tree(options.build, options.kernel, options.paths)
        for tree in trees if options.trees else []:
            with tempfile.TemporaryDirectory() as folder:
                databases.write(tree, folder)
                specs = [CORPUS / "classes" / f"{name}.json" for name in tree["classes"]]
                all_of_them.tree(folder, CORPUS, [], tree["name"] + ": ", [spec for spec in specs if spec.is_file()])
    except Missing as problem:
        print(f"compare-plugin.py: {problem}", file=sys.stderr)
        return 2
    if not all_of_them.findings:
        print("FAIL no finding was compared")
        all_of_them.failed += 1
    print(f"{all_of_them.findings} findings were compared")
    print(f"{all_of_them.passed} passed, {all_of_them.failed} failed")
    return 1 if all_of_them.failed else 0


if __name__ == "__main__":
    sys.exit(main())

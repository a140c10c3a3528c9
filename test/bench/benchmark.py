#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Measures what an analysis of the VMBus units of a kernel costs, in units of `clang -fsyntax-only` on the same units.

CPU time (user and system) and peak memory of `cocodma analyze -j1 PATH...` with a cold and with a warm cache, against
the sum over the units of the compiler with the same flags, adjusted in the same way. Rounds are interleaved, so that a
slow minute of the machine hits all of them alike; the median counts. What else of the database the analysis reads as
evidence is part of the cold run; a second row has it with that evidence cached and only the units themselves new. Then
what the gate costs for patches of one driver.

    benchmark.py --kernel TREE --cocodma BIN [--runs 5] [--write docs/evaluation.md]
"""

import argparse
import difflib
import functools
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "kernel"))
import editlib  # noqa: E402  pylint: disable=wrong-import-position

UNITS = ("drivers/hv/", "drivers/net/hyperv/", "drivers/scsi/storvsc_drv.c", "drivers/scsi/scsi_lib_dma.c",
         "kernel/dma/", "drivers/uio/uio_hv_generic.c", "drivers/pci/controller/pci-hyperv")
MANIFEST = Path(__file__).resolve().parents[2] / "checkers" / "checks.json"
LIFETIME = ("coco-decrypted-free", "coco-subpage-sharing")
EDITS = Path(__file__).resolve().parents[1] / "kernel" / "edits"
MARKS = ("<!-- benchmark: begin (test/bench/benchmark.py writes this) -->", "<!-- benchmark: end -->")
# As the analyzer does: warnings are the compiler's business.
QUIET = ["-w", "-Wno-error", "-Wno-everything"]


class Cost:
    """CPU seconds and peak memory, in MiB, of one or more processes one after the other."""

    def __init__(self, seconds=0.0, memory=0.0):
        self.seconds, self.memory = seconds, memory

    def add(self, other):
        self.seconds += other.seconds
        self.memory = max(self.memory, other.memory)


def measure(command, cwd, allowed):
    """The cost of a command; its exit status must be one of those allowed."""
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in allowed:
            errors.seek(0)
            text = editlib.last_line(errors.read().decode(errors="replace"))
            raise editlib.Error(f"{command[0]}: exit status {process.returncode}: {text}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


class Bench:
    """The units, and the ways of going through them."""

    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.root = editlib.kernel_root(options.kernel)
        self.tool = shutil.which(options.cocodma) or options.cocodma
        self.units = {}
        for entry in editlib.load_database(self.root):
            name = editlib.relative_unit(entry, self.root)
            if name and name.endswith(".c") and name.startswith(UNITS):
                self.units[name] = entry
        if not self.units:
            raise editlib.Error(f"{self.root}: none of the units is in the compile database")
        self.warm_cache, self.evidence_cache = folder / "warm", folder / "evidence"
        self.gate_cache = folder / "gate"

    def compiler(self):
        total = Cost()
        for entry in self.units.values():
            total.add(measure(editlib.syntax_command(entry, self.options.clang, QUIET), entry["directory"], (0,)))
        return total

    def analyze(self, cache, paths):
        command = [self.tool, "analyze", "-p", str(self.root), "--kernel", str(self.root), "--format", "json",
                   "-o", str(self.folder / "report.json"), "--cache", str(cache), "-j1", *paths]
        return measure(command, self.root, (0, 1, 3))

    def cold(self):
        shutil.rmtree(self.warm_cache, ignore_errors=True)
        return self.analyze(self.warm_cache, self.units)

    def forget(self, *endings):
        for ending in endings:
            for entry in self.warm_cache.rglob("*" + ending):
                entry.unlink()

    def judging(self):
        """All units are cached, and nothing of the execution: what linking, executing and judging cost."""
        self.forget(".report.json", ".part")
        return self.analyze(self.warm_cache, self.units)

    def patch(self, name):
        """The gate on a patch of one driver, with what analyze and the gate keep of the tree as it is."""
        edit = json.loads((EDITS / f"{name}.json").read_text(encoding="utf-8"))
        texts = editlib.edited_files({**edit, "name": name}, self.root)
        parts = []
        for file, after in texts.items():
            before = editlib.read_text(self.root / file)
            parts += difflib.unified_diff(before.splitlines(True), after.splitlines(True), f"a/{file}", f"b/{file}")
        (self.folder / "one.patch").write_text("".join(parts), encoding="utf-8")
        cache = self.folder / "patched"
        shutil.rmtree(cache, ignore_errors=True)
        shutil.copytree(self.gate_cache, cache)
        return measure([self.tool, "gate", "-p", str(self.root), "--kernel", str(self.root), "--format", "json", "-o",
                        str(self.folder / "gate.json"), "--cache", str(cache), "-j1", "--patch",
                        str(self.folder / "one.patch")], self.root, (0, 1, 3))

    def fill_gate_cache(self):
        measure([self.tool, "analyze", "-p", str(self.root), "--kernel", str(self.root), "--format", "json", "-o",
                 str(self.folder / "whole.json"), "--cache", str(self.gate_cache), "-j1"], self.root, (0, 1, 3))

    def without_lifetime(self):
        """As judging(), without the rules about the life of memory: what these add."""
        names = [check["name"] for check in json.loads(MANIFEST.read_text(encoding="utf-8"))["checks"]]
        others = [f"--check={name}" for name in names if name not in LIFETIME]
        self.forget(".part")
        return self.analyze(self.warm_cache, [*others, *self.units])

    def warm(self):
        return self.analyze(self.warm_cache, self.units)

    def new_units(self):
        """Evidence is cached, and of the units nothing: what a first look at these files costs in a known tree."""
        cache = self.folder / "partial"
        shutil.rmtree(cache, ignore_errors=True)
        shutil.copytree(self.evidence_cache, cache)
        return self.analyze(cache, self.units)

    def fill_evidence(self):
        """A cache of all but the units: made of a database without them."""
        build = self.folder / "rest"
        build.mkdir()
        rest = [entry for entry in editlib.load_database(self.root)
                if editlib.relative_unit(entry, self.root) not in self.units]
        (build / editlib.DATABASE).write_text(json.dumps(rest), encoding="utf-8")
        measure([self.tool, "analyze", "-p", str(build), "--kernel", str(self.root), "--format", "json", "-o",
                 str(self.folder / "rest.json"), "--cache", str(self.evidence_cache), "-j1"], self.root, (0, 1, 3))

    def run(self):
        """{name: [Cost of each round]}."""
        self.compiler()  # once for the files to be in memory
        self.fill_evidence()
        self.fill_gate_cache()
        ways = {"compiler": self.compiler, "cold": self.cold, "judging": self.judging, "warm": self.warm,
                "without": self.without_lifetime, "units": self.new_units}
        for name in PATCHES:
            ways[name] = functools.partial(self.patch, name)
        rounds = {name: [] for name in ways}
        for number in range(self.options.runs):
            for name, way in ways.items():
                rounds[name].append(way())
            print(f"round {number + 1}: " + ", ".join(f"{name} {costs[-1].seconds:.2f} s"
                                                      for name, costs in rounds.items()), file=sys.stderr, flush=True)
        return rounds


PATCHES = {"leak16_storvsc_guard_write_only": "storvsc", "exam32_netvsc_receive_copy_decrypted": "netvsc",
           "leak19_new_map_hvsock": "the VMBus transport of vsock",
           "leak17a_netvsc_only": "netvsc that guards its mapping",
           "safe07_netvsc_cached_flag": "netvsc that guards it by a new member in its header"}
TITLES = {"compiler": "`clang-22 -fsyntax-only`, the sum of the units", "cold": "`cocodma analyze`, no cache",
          "units": "`cocodma analyze`, the rest of the tree cached", "judging": "`cocodma analyze`, all units cached",
          "without": "the same without the rules about the life of memory",
          "warm": "`cocodma analyze`, nothing changed since"}


def table(rounds, bench):
    base = statistics.median(cost.seconds for cost in rounds["compiler"])
    version = ".".join(map(str, editlib.kernel_version(bench.root)))
    lines = [f"CPU time over the {len(bench.units)} VMBus units of Linux {version}, the median of {bench.options.runs} "
             "interleaved rounds, one job. The analysis reads the whole database as evidence: without a cache that is "
             f"{len(editlib.load_database(bench.root))} commands, not only these units.", "",
             "| | CPU time | of the compiler's | from … to | peak memory |", "| --- | --- | --- | --- | --- |"]
    for name in ("compiler", "cold", "units", "judging", "without", "warm"):
        seconds = [cost.seconds for cost in rounds[name]]
        memory = max(cost.memory for cost in rounds[name])
        middle = statistics.median(seconds)
        lines.append(f"| {TITLES[name]} | {middle:.2f} s | {middle / base:.2f} | {min(seconds):.2f} … "
                     f"{max(seconds):.2f} s | {memory:.0f} MiB |")
    cold, judging, without = (statistics.median(cost.seconds for cost in rounds[name])
                              for name in ("cold", "judging", "without"))
    lines += ["", "The gate on a patch of one driver, with the cache that `cocodma analyze` of the whole database leaves:", "",
              "| | CPU time | from … to | peak memory |", "| --- | --- | --- | --- |"]
    for name, driver in PATCHES.items():
        seconds = [cost.seconds for cost in rounds[name]]
        lines.append(f"| `cocodma gate`, a patch of {driver} | {statistics.median(seconds):.2f} s | {min(seconds):.2f} … "
                     f"{max(seconds):.2f} s | {max(cost.memory for cost in rounds[name]):.0f} MiB |")
    added = judging - without
    lines += ["", f"The rules about the life of memory ({', '.join(f'`{name}`' for name in LIFETIME)}) add "
              f"{added:.1f} s, {100 * added / (cold - added):.0f} % of an analysis without a cache."]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kernel", required=True, metavar="DIR", help="prepared kernel tree, only read")
    parser.add_argument("--cocodma", required=True, metavar="BIN", help="the analyzer, a release build")
    parser.add_argument("--clang", default="clang-22", help="the compiler (default: %(default)s)")
    parser.add_argument("--runs", type=int, default=3, metavar="N", help="rounds (default: %(default)s)")
    parser.add_argument("--write", metavar="FILE", help="put the table into this file, between its marks")
    options = parser.parse_args()
    options.cocodma = os.path.abspath(options.cocodma) if os.path.exists(options.cocodma) else options.cocodma
    try:
        if options.runs < 1:
            raise editlib.Error("--runs: at least one")
        with tempfile.TemporaryDirectory(prefix="cocodma-bench-") as scratch:
            bench = Bench(options, Path(scratch))
            text = table(bench.run(), bench)
        print(text)
        if options.write:
            editlib.write_section(options.write, MARKS, text)
    except (editlib.Error, OSError) as problem:
        print(f"benchmark: {problem}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())

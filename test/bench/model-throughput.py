#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Measures the runtime model: forked scenarios a second, and what the program around a kernel tree costs.

A scenario maps a buffer for a confidential channel, lets the device transfer, and unmaps. Each is executed in a process
of its own, confined. The rate is that of one core: processor time of all processes together, those of cocodma too. The
start is in real time; the first build, into an empty cache, in real and in processor time.

    model-throughput.py --cocodma BIN [--tree DIR]... [--count 2000] [--runs 3] [--write docs/evaluation.md]
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "kernel"))
import editlib  # noqa: E402  pylint: disable=wrong-import-position

MARKS = ("<!-- model: begin (test/bench/model-throughput.py writes this) -->", "<!-- model: end -->")
SCENARIO = {
    "schema_version": 1,
    "devices": [{"name": "d", "ring": True, "external": True}],
    "buffers": [{"name": "b"}],
    "operations": [
        {"operation": "map_single", "device": "d", "buffer": "b", "as": "m"},
        {"operation": "transfer", "of": "m"},
        {"operation": "unmap", "of": "m"},
    ],
}


def seconds(options, tree, kernel, cache, count):
    """Real and processor time of one call that executes so many scenarios, and the name of the kernel."""
    scenarios = json.dumps([dict(SCENARIO, kernel=kernel)] * count)
    command = [options.cocodma, "model", "run", "--format", "json", "--deadline", "300", "--cache", cache, "-"]
    if tree:
        command[3:3] = ["--kernel", tree]
    used = sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
    start = time.monotonic()
    done = subprocess.run(command, input=scenarios, capture_output=True, text=True, check=False)
    spent = time.monotonic() - start
    used = sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2]) - used
    if done.returncode:
        sys.exit(f"model-throughput.py: {' '.join(command)}: {done.stderr.strip() or done.returncode}")
    results = json.loads(done.stdout)["results"]
    if len(results) != count or not all(result["sightings"] for result in results):
        sys.exit("model-throughput.py: not every scenario was executed to its end")
    return spent, used, results[0]["kernel"]


def row(options, tree, kernel):
    with tempfile.TemporaryDirectory() as cache:
        first, work, name = seconds(options, tree, kernel, cache, 1)
        ones = [seconds(options, tree, kernel, cache, 1) for _ in range(options.runs)]
        later, one = (statistics.median(run[part] for run in ones) for part in (0, 1))
        many = [seconds(options, tree, kernel, cache, options.count)[1] for _ in range(options.runs)]
    rate = (options.count - 1) / (statistics.median(many) - one)
    build = f"{first - later:.1f} s, {work - one:.1f} s of processor time" if tree else "with cocodma"
    return f"| {name} | {build} | {later:.2f} s | {rate:.0f} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cocodma", required=True, metavar="BIN", help="a release build")
    parser.add_argument("--tree", action="append", default=[], metavar="DIR", help="prepared kernel tree, only read")
    parser.add_argument("--count", type=int, default=2000, metavar="N", help="scenarios (default: %(default)s)")
    parser.add_argument("--runs", type=int, default=3, metavar="N", help="rounds (default: %(default)s)")
    parser.add_argument("--write", metavar="FILE", type=Path, help="put the table into this file, between its marks")
    options = parser.parse_args()
    rows = [row(options, None, kernel) for kernel in ("mini-6", "mini-7")]
    rows += [row(options, tree, "mini-7") for tree in options.tree]
    text = "\n".join([
        "",
        f"{options.count} scenarios one after the other, each in a confined process of its own; the median of {options.runs} rounds, on",
        f"a machine with {os.cpu_count()} cores that others use as well:",
        "",
        "| kernel | first build | start, with one scenario | scenarios a second of one core |",
        "| --- | --- | --- | --- |",
        *rows,
        "",
    ]) + "\n"
    if options.write:
        editlib.write_section(options.write, MARKS, text)
    else:
        sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())

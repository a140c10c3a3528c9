#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs the fuzzers of test/fuzz, each for a bounded time; one test a fuzzer.

    run-fuzzers.py --build build/fuzz --seconds 60 [NAME...]

What they find of new paths goes to out/fuzz/NAME and is used the next time; the seeds are test/fuzz/corpus/NAME. An
input that crashes a reader is kept in out/fuzz/NAME-crash-...; it belongs into the corpus once it is mended.
"""

import argparse
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
NAMES = ["patch", "report", "baseline", "spec", "summary"]


def summaries():
    """Entries of a cache, as the analyzer of the build dev writes them for the corpus: they hold paths of this machine,
    so they are not kept with the sources."""
    folder = TOP / "out" / "fuzz" / "summaries"
    tool = TOP / "build" / "dev" / "analyzer" / "cocodma"
    if tool.exists():
        tree = TOP / "out" / "fuzz" / "tree"
        subprocess.run([sys.executable, TOP / "test" / "tools" / "make-tree.py", tree, "--core", "7",
                        TOP / "corpus" / "drivers" / "guards" / "plain_if.c"], check=True)
        subprocess.run([tool, "analyze", "-p", tree, "--kernel", tree / "kernel", "--cache", folder, "-o", "/dev/null"],
                       check=False)
        for report in folder.glob("*.report.json"):  # No summary, and another fuzzer's.
            report.unlink()
    return folder


def fuzz(name, options):
    """What went wrong; empty if nothing did."""
    found = TOP / "out" / "fuzz" / name
    found.mkdir(parents=True, exist_ok=True)
    seeds = TOP / "test" / "fuzz" / "corpus" / name
    if name == "summary":
        seeds = summaries()
    command = [Path(options.build).resolve() / "test" / "fuzz" / f"fuzz-{name}", found,
               *([seeds] if seeds.is_dir() else []), f"-max_total_time={options.seconds}", "-timeout=10",
               "-rss_limit_mb=2048", "-max_len=65536", f"-artifact_prefix={found}-", "-print_final_stats=1"]
    try:
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, errors="replace", check=False,
                              timeout=options.seconds + 120)
    except (OSError, subprocess.TimeoutExpired) as problem:
        return str(problem)
    if done.returncode == 0:
        units = [line.split()[-1] for line in done.stderr.splitlines() if line.startswith("stat::number_of_executed")]
        print(f"     {name}: {units[0] if units else '?'} inputs")
        return ""
    return done.stderr[-3000:]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("names", nargs="*", default=NAMES)
    options = parser.parse_args()
    failed = 0
    for name in options.names or NAMES:
        problem = fuzz(name, options)
        failed += bool(problem)
        print(f"{'FAIL' if problem else 'PASS'} fuzz-{name}{problem and ': ' + problem}", flush=True)
    print(f"{len(options.names or NAMES) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Builds the analyzer and runs all suites, one stage after the other (test/run.sh calls it).

A stage's output goes to out/test/STAGE.log; what failed is shown. Each stage has a deadline. One that crashes, times
out or runs no test at all counts as one failed test. Prepared kernel trees are kept for the next time in the folder
that COCODMA_KERNELS names. The last line printed is `N passed, N failed`, with `, N skipped` if there were any.
"""

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
TEST, LOGS = TOP / "test", TOP / "out" / "test"
KERNELS = Path(os.environ.get("COCODMA_KERNELS") or Path.home() / ".cache" / "cocodma-kernels")
PYTHON = "/usr/bin/python3"
LLVM = "/usr/lib/llvm-22/bin"
CORES = str(os.cpu_count() or 1)
MINUTES = 60
NOT_TO_BE_HAD = 4  # exit status of prepare.sh
# Units that a default run compares plugin and analyzer over.
VMBUS_UNITS = ["drivers/hv/", "drivers/net/hyperv/", "drivers/scsi/storvsc_drv.c", "drivers/uio/uio_hv_generic.c"]


class Counts:
    """Tests of a stage, or of all."""

    def __init__(self, passed=0, failed=0, skipped=0):
        self.passed, self.failed, self.skipped = passed, failed, skipped

    def __iadd__(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        return self

    def __str__(self):
        text = f"{self.passed} passed, {self.failed} failed"
        return text + (f", {self.skipped} skipped" if self.skipped else "")


# --- how suites say what came of them: each takes the log and the exit status, and gives Counts or None --------------


def by_status(_log, status):
    """The stage itself is the test."""
    return Counts(passed=1) if status == 0 else Counts(failed=1)


def by_last_line(log, _status):
    found = re.findall(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$", log, re.M)
    return Counts(*(int(number or 0) for number in found[-1])) if found else None


def by_unittest(log, _status):
    ran = re.search(r"^Ran (\d+) tests? in", log, re.M)
    if not ran:
        return None
    verdict = log[ran.end():]
    bad = sum(int(number) for number in re.findall(r"(?:failures|errors)=(\d+)", verdict))
    skipped = sum(int(number) for number in re.findall(r"skipped=(\d+)", verdict))
    return Counts(int(ran[1]) - bad - skipped, bad, skipped)


def by_gtest(log, _status):
    ran = re.search(r"^\[==========\] (\d+) tests? from .* ran", log, re.M)
    passed = re.search(r"^\[  PASSED  \] (\d+) test", log, re.M)
    skipped = re.search(r"^\[  SKIPPED \] (\d+) test", log, re.M)
    if not (ran and passed):
        return None
    left_out = int(skipped[1]) if skipped else 0
    return Counts(int(passed[1]), int(ran[1]) - int(passed[1]) - left_out, left_out)


def by_lit(log, _status):
    codes = {"PASS": Counts(passed=1), "XFAIL": Counts(passed=1), "FLAKYPASS": Counts(passed=1),
             "UNSUPPORTED": Counts(skipped=1), "SKIPPED": Counts(skipped=1)}
    total = None
    for code in re.findall(r"^([A-Z]+): cocodma :: .* \(\d+ of \d+\)$", log, re.M):
        total = total or Counts()
        total += codes.get(code, Counts(failed=1))
    return total


# --- running ---------------------------------------------------------------------------------------------------------


FAILURE = re.compile(r"^(?:FAIL|XPASS|TIMEOUT|UNRESOLVED|ERROR|BAD)\b|^[^#].*\berror: |^\[  FAILED  \]|"
                     r"^(?:AssertionError|Traceback)")


def run_with_deadline(command, log_path, seconds):
    """Exit status, or None after the deadline. All that the command started is ended with it."""
    with open(log_path, "w", encoding="utf-8") as log:
        process = subprocess.Popen(command, cwd=TOP, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                                   start_new_session=True)
        try:
            return process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            return None
        finally:
            end_group(process)


def end_group(process):
    """Politely first: scripts remove their scratch copies."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, how)
        except ProcessLookupError:
            return
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            continue


def show_failures(log, path):
    lines = log.splitlines()
    bad = [line for line in lines if FAILURE.search(line)] or lines[-15:]
    for line in bad[:25]:
        print("    " + line[:300])
    if len(bad) > 25:
        print(f"    ... and {len(bad) - 25} more")
    print(f"    all of it: {path}")


class Run:
    """All stages of one call."""

    def __init__(self, options):
        self.options, self.total, self.timed_out = options, Counts(), False

    def stage(self, name, command, minutes, parse=by_status):
        """Runs a stage and adds to the total. Gives its log if nothing failed, else None."""
        if self.options.only and not re.search(self.options.only, name):
            return ""
        path, start = LOGS / f"{name}.log", time.monotonic()
        print(f"{name} ...", flush=True)
        try:
            status = run_with_deadline([str(word) for word in command], path, minutes * MINUTES)
            log = path.read_text(encoding="utf-8", errors="replace")
        except OSError as problem:
            status, log = 127, str(problem)
        self.timed_out = status is None
        counts = parse(log, status) or Counts()
        if not counts.failed and (status != 0 or not (counts.passed or counts.skipped)):
            counts.failed = 1
        why = f", no end after {minutes} min" if status is None else ""
        if status not in (None, 0, 1):
            why = f", exit status {status}"
        print(f"  {counts}{why} ({time.monotonic() - start:.0f} s)", flush=True)
        self.total += counts
        if counts.failed:
            show_failures(log, path)
        return None if counts.failed else log

    def skip(self, name, reason):
        print(f"{name}: SKIPPED: {reason}", flush=True)
        self.total += Counts(skipped=1)


def build(run, preset):
    """The folder of the build, or None."""
    folder = TOP / "build" / preset
    if run.stage(f"configure-{preset}", ["cmake", "--preset", preset], 5) is None:
        return None
    if run.stage(f"build-{preset}", ["cmake", "--build", "--preset", preset, "-j", CORES], 60) is None:
        return None
    return folder


def test_build(run, folder):
    """What needs only the sources."""
    tool, name = folder / "analyzer" / "cocodma", folder.name
    run.stage(f"unit-{name}", [folder / "test" / "cocodma_unit_tests", "--gtest_brief=0"], 10, by_gtest)
    run.stage(f"lit-{name}", [PYTHON, f"{LLVM}/lit", "-v", "-j", CORES, f"-Dcocodma={tool}", TEST], 30, by_lit)
    run.stage(f"corpus-{name}", [PYTHON, TEST / "tools" / "check-corpus.py", "--cocodma", tool, "--all"],
              45, by_last_line)
    if name == "dev":
        run.stage("execute-corpus", [PYTHON, TEST / "tools" / "execute-corpus.py", "--build", folder], 60, by_last_line)
        trees = ["--seed", "1", "--seed", "2"] if run.options.full else ["--quick"]
        run.stage("metamorphic-corpus", [PYTHON, TEST / "tools" / "check-metamorphic.py", "--cocodma", tool, *trees],
                  60, by_last_line)


def compare_plugin(run, name, tool, arguments, minutes):
    """Whether the clang-tidy plugin with a linked tree says what the analyzer says."""
    run.stage(name, [PYTHON, TEST / "tools" / "compare-plugin.py", "--cocodma", tool, "--plugin",
                     tool.parents[1] / "checkers" / "libcocodma-tidy.so", *arguments], minutes, by_last_line)


def settle_sanitizers():
    """LLVM's libraries are built without the sanitizer: memory that our code poisons through LLVM's headers they use
    unawares, and on threads of theirs the signal stack is their own. What the user has set stays."""
    os.environ.setdefault("ASAN_OPTIONS", "allow_user_poisoning=0:use_sigaltstack=0")
    os.environ.setdefault("LSAN_OPTIONS", f"suppressions={TEST / 'tools' / 'lsan-suppressions.txt'}:print_suppressions=0")


def test_llvm19(run, tool):
    """The plugin for LLVM 19: the tests of its checks, in that clang-tidy."""
    if run.options.only and not re.search(run.options.only, "configure-llvm19 build-llvm19 lit-llvm19"):
        return
    folder = build(run, "llvm19")
    if folder:
        run.stage("lit-llvm19", [PYTHON, f"{LLVM}/lit", "-v", "-j", CORES, f"-Dcocodma={tool}", "-Dtidy=clang-tidy-19",
                                 f"-Dplugin={folder / 'checkers' / 'libcocodma-tidy.so'}",
                                 "--filter", r"checks/(.*\.c|(clang-tidy|cocodma-check|corpus|objections|readers)\.test)$", TEST],
                  20, by_lit)


def test_fuzz(run, seconds):
    """The readers of foreign bytes, for a bounded time each."""
    if run.options.only and not re.search(run.options.only, "configure-fuzz build-fuzz fuzz"):
        return
    folder = build(run, "fuzz")
    if folder:
        run.stage("fuzz", [PYTHON, TEST / "tools" / "run-fuzzers.py", "--build", folder, "--seconds", str(seconds)],
                  5 + seconds // 10, by_last_line)


def test_scripts(run):
    run.stage("kernel-scripts", [PYTHON, TEST / "kernel" / "selftest.py"], 5, by_unittest)
    run.stage("corpus-syntax", [PYTHON, TOP / "corpus" / "check-syntax.py"], 10)
    run.stage("clang-format", [PYTHON, TEST / "tools" / "check-style.py", "format"], 5, by_last_line)


# --- kernel trees ----------------------------------------------------------------------------------------------------


def prepare(run, version):
    """The prepared tree, or None. Only a 7.x may be missing: it is not in every mirror."""
    command = ["bash", TOP / "corpus" / "kernel" / "prepare.sh", version, KERNELS]
    name = f"prepare-{version}"
    path = LOGS / f"{name}.log"
    print(f"{name} ...", flush=True)
    try:
        status = run_with_deadline([str(word) for word in command], path, 40 * MINUTES)
        log = path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError as problem:
        status, log = 127, str(problem)
    last = log.splitlines()[-1] if log else "no message"
    if status == 0 and Path(last).is_dir():
        return Path(last)
    if status == NOT_TO_BE_HAD and version == "7":
        print(f"\n*** NO LINUX 7.x HERE: {last}\n*** What only such a tree can show is NOT tested.\n", flush=True)
        run.skip(f"kernel-{version}", last)
        return None
    print(f"  Linux {version} could not be prepared")
    run.total += Counts(failed=1)
    show_failures(log, path)
    return None


def default_edits(folder):
    """The edits that are no variants of others for the same tree, nor of the full tier, in a folder of their own."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    paths = sorted((TEST / "kernel" / "edits").glob("*.json"))
    edits = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in paths}
    for path in paths:
        edit = edits[path.stem]
        original = edits.get(edit.get("sibling_of"))
        if edit.get("tier") != "full" and (not original or original["tree"] != edit["tree"]):
            shutil.copy(path, folder)
    return folder


def test_browser(run, version, tree, tool):
    """The HTML report of a kernel, used in a browser; the screenshots are kept for whoever wants to look."""
    if run.options.only and not re.search(run.options.only, f"browser-{version}"):
        return
    report = TOP / "out" / "browser" / f"{version}.html"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    run_with_deadline([str(word) for word in (tool, "analyze", "-p", tree, "--kernel", tree, "--format", "html",
                                              "-o", report)], LOGS / f"browser-{version}-report.log", 30 * MINUTES)
    run.stage(f"browser-{version}", [PYTHON, TEST / "tools" / "browse-report.py", report, "--screenshots",
                                     report.parent / version], 5)


def test_kernel(run, version, tool):
    if run.options.only and not any(re.search(run.options.only, f"{kind}-{version}")
                                    for kind in ("kernel", "database", "model", "plugin", "hook", "edits", "gate-forms", "gate",
                                                 "metamorphic", "browser", "headers")):
        return
    tree = prepare(run, version)
    if not tree:
        return
    kernel_tests = TEST / "kernel"
    run.stage(f"kernel-{version}", [PYTHON, kernel_tests / "expect-tree.py", "--kernel", tree, "--cocodma", tool],
              30, by_last_line)
    if version == "7" or run.options.full:
        run.stage(f"database-{version}", [PYTHON, kernel_tests / "check-prepare.py", "--kernel", tree, "--cocodma", tool],
                  40, by_last_line)
    run.stage(f"model-{version}", [PYTHON, kernel_tests / "model-tree.py", "--kernel", tree, "--cocodma", tool],
              15, by_last_line)
    if version == "7":
        units = [] if run.options.full else VMBUS_UNITS
        compare_plugin(run, "plugin-7", tool, ["-p", tree, "--kernel", tree, *units], 40)
    if run.options.full:
        run.stage(f"hook-{version}", [PYTHON, kernel_tests / "check-hook.py", "--kernel", tree, "--plugin",
                                      tool.parents[1] / "checkers" / "libcocodma-tidy.so"], 45, by_last_line)
    if run.options.full:
        run.stage(f"headers-{version}", [PYTHON, kernel_tests / "shared-headers.py", "--kernel", tree, "--cocodma", tool],
                  40, by_last_line)
    if version == "6.1":
        return  # no edit is for it
    if run.timed_out:
        print(f"edits-{version}: not run, for they would not end either")
        run.total += Counts(failed=1)
        return
    full = run.options.full
    if version == "7":
        run.stage("gate-forms-7", [PYTHON, kernel_tests / "gate-forms.py", "--kernel", tree, "--cocodma", tool], 60,
                  by_last_line)
    edits = kernel_tests / "edits" if full else default_edits(TOP / "out" / "edits")
    run.stage(f"edits-{version}", [PYTHON, kernel_tests / "run-edits.py", "--kernel", tree, "--cocodma", tool,
                                   "--edits", edits, "-j", CORES], 600 if full else 60, by_last_line)
    if full:
        test_browser(run, version, tree, tool)
        run.stage(f"gate-{version}", [PYTHON, kernel_tests / "gate-edits.py", "--kernel", tree, "--cocodma", tool,
                                      "--edits", default_edits(TOP / "out" / "edits")], 300, by_last_line)
        seeds = ["--seed", "1", "--seed", "2", "--seed", "3"] if version == "7" else []
        run.stage(f"metamorphic-{version}", [PYTHON, kernel_tests / "metamorphic.py", "--tree", tree, "--spec",
                                             TOP / "analyzer" / "spec" / "default-spec.json", "--cocodma", tool,
                                             "--more-sites", *seeds], 180)


def parse_arguments():
    parser = argparse.ArgumentParser(prog="test/run.sh", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="also Linux 6.1, sanitizers, clang-tidy, every edit, "
                        "and the metamorphic test")
    parser.add_argument("--no-kernel", action="store_true", help="leave the kernel trees out (counted as skipped)")
    parser.add_argument("--only", metavar="REGEX", help="only the stages with such a name, as lit-dev or kernel-7; "
                        "configure-dev and build-dev are stages too")
    return parser.parse_args()


def run_all(run):
    folder = build(run, "dev")
    test_scripts(run)
    if folder:
        test_build(run, folder)
    test_fuzz(run, 120 if run.options.full else 15)
    tool = TOP / "build" / "dev" / "analyzer" / "cocodma"
    if run.options.full:
        asan = build(run, "asan")
        settle_sanitizers()
        if asan:
            test_build(run, asan)
        run.stage("clang-tidy", [PYTHON, TEST / "tools" / "check-style.py", "tidy"], 120, by_last_line)
        if folder:
            compare_plugin(run, "plugin-corpus", tool, ["--trees"], 60)
            test_llvm19(run, tool)
    for version in (["6.12", "7", "6.1"] if run.options.full else ["6.12", "7"]):
        if run.options.no_kernel or not folder:
            run.skip(f"kernel-{version}", "--no-kernel" if folder else "there is no analyzer")
        else:
            test_kernel(run, version, tool)


def main():
    run = Run(parse_arguments())
    LOGS.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends stages as Ctrl-C does
    try:
        run_all(run)
    except KeyboardInterrupt:
        print("interrupted")
        run.total += Counts(failed=1)
    print(run.total)
    return 1 if run.total.failed or not run.total.passed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs clang-format or clang-tidy over our C++, one test a file; needs the build folder of the preset dev for tidy.

    check-style.py format
    check-style.py tidy [FILE...]
"""

import concurrent.futures
import os
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
BUILD = TOP / "build" / "dev"


def sources(suffixes):
    folders = [TOP / "analyzer", TOP / "checkers", TOP / "test" / "unit", TOP / "test" / "fuzz"]
    return sorted(path for folder in folders for path in folder.rglob("*") if path.suffix in suffixes)


def run(command, limit):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=limit)
    except (OSError, subprocess.TimeoutExpired) as problem:
        return str(problem)
    return "" if done.returncode == 0 else (done.stdout + done.stderr).strip() or f"exit status {done.returncode}"


def check_format(path):
    problem = run(["clang-format-22", "--dry-run", "--Werror", str(path)], 60)
    return problem and f"{problem.count('error: ')} places; clang-format-22 -i mends it"


def check_tidy(path):
    return run(["clang-tidy-22", "--quiet", "-p", str(BUILD), str(path)], 600)


def main():
    if sys.argv[1:2] == ["format"]:
        check, files = check_format, sources({".h", ".cpp"})
    elif sys.argv[1:2] == ["tidy"]:
        check, files = check_tidy, [Path(name).resolve() for name in sys.argv[2:]] or sources({".cpp"})
    else:
        sys.exit(__doc__)
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for path, problem in zip(files, pool.map(check, files)):
            failed += bool(problem)
            print(f"{'FAIL' if problem else 'PASS'} {path.relative_to(TOP)}{problem and ': ' + problem}", flush=True)
    print(f"{len(files) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

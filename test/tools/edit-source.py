#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Edits C sources in ways that mean nothing.

    edit-source.py lines FILE...      a comment of several lines at the top, and one before each function
    edit-source.py reorder FILE...    the last function that is called queue-something goes before the first
"""

import re
import sys
from pathlib import Path

FUNCTION = re.compile(r"^static \w[^;{}=]*\)\n\{\n.*?^\}\n\n", re.M | re.S)


def lines(text):
    return "/*\n * one\n * two\n */\n" + FUNCTION.sub(lambda found: "/* three */\n" + found[0], text)


def reorder(text):
    found = [part[0] for part in FUNCTION.finditer(text) if re.search(r"\w*queue\w*\(", part[0].split("{")[0])]
    if len(found) < 2:
        sys.exit("edit-source: fewer than two functions to exchange")
    first, last = found[0], found[-1]
    return text.replace(last, "").replace(first, last + first)


def main():
    how = {"lines": lines, "reorder": reorder}[sys.argv[1]]
    for name in sys.argv[2:]:
        before = Path(name).read_text(encoding="utf-8")
        after = how(before)
        if after == before:
            sys.exit(f"edit-source: {name}: nothing changed")
        Path(name).write_text(after, encoding="utf-8")


if __name__ == "__main__":
    main()

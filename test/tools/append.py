#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""append.py FILE LINE: appends a line to a file."""

import sys

with open(sys.argv[1], "a", encoding="utf-8") as stream:
    stream.write(sys.argv[2] + "\n")

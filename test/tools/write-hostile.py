#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes the source with the hostile name of test/report/Inputs/everything.json into a folder, with hostile lines.

    write-hostile.py FOLDER     (a folder called drivers)

The name has slashes, so part of it is a folder.
"""

import sys
from pathlib import Path

NAME = "<script>alert(1)</script>\x1b[31m \"x\".c"
LINES = [
    b"int a;", b"int \x1b[31mb;", b"int c;",  # as the hunk in the report leaves them
    b"/* <!-- --> ]]> \xff\xfe \x1b[2J\x1b]0;title\x07 */",
    b"x = \"</td><script>alert(2)</script><img src=x onerror=alert(3)>\";\t/* \xe2\x80\xae */",
    b"</table></div></details></article></main><style>*{display:none}</style>",
    b"a" * 5000,
]


def main():
    path = Path(sys.argv[1]) / NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\n".join(LINES) + b"\n")


if __name__ == "__main__":
    main()

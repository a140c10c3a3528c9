#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes a patch for a tree, in the forms in which patches arrive, to standard output.

    make-patch.py ROOT --edit FILE OLD NEW [--edit ...] [--form diff|mail|qp|base64|crlf] [--reverse]
    make-patch.py ROOT --rename FILE NEWFILE | --remove FILE | --add FILE TEXT
    make-patch.py ROOT --series N --edit FILE OLD NEW    an mbox: N - 1 patches that insert lines into FILE, then the edit

OLD must occur in FILE exactly once; "^" and "$" stand for its start and its end.
"""

import argparse
import base64
import difflib
import quopri
import sys
from pathlib import Path

FROM = "From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\n"


def read(root, name):
    with open(Path(root) / name, encoding="utf-8", newline="") as file:
        return file.read()


def edited(text, old, new):
    if old == "^":
        return new + text
    if old == "$":
        return text + new
    if text.count(old) != 1:
        sys.exit(f"make-patch: '{old}' occurs {text.count(old)} times")
    return text.replace(old, new)


def diff(name, before, after, new_name=None):
    """A unified diff as git writes it; None stands for no file."""
    lines = [f"diff --git a/{name} b/{new_name or name}\n"]
    if before is None:
        lines.append("new file mode 100644\n")
    if after is None:
        lines.append("deleted file mode 100644\n")
    if new_name:
        lines += ["similarity index 90%\n", f"rename from {name}\n", f"rename to {new_name}\n"]
    body = difflib.unified_diff((before or "").splitlines(True), (after or "").splitlines(True),
                                "/dev/null" if before is None else f"a/{name}",
                                "/dev/null" if after is None else f"b/{new_name or name}")
    for line in body:
        lines.append(line if line.endswith("\n") else line + "\n\\ No newline at end of file\n")
    return "".join(lines)


def mail(subject, text, form):
    headers = f"From: An Author <author@example.org>\nSubject: {subject}\nMIME-Version: 1.0\n"
    body = f"Why it is so, in German: f\u00fcr.\n\n---\n\n{text}-- \n2.39.0\n"
    if form == "qp":
        body = quopri.encodestring(body.encode()).decode()
        headers += "Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: quoted-printable\n"
    elif form == "base64":
        body = base64.encodebytes(body.encode()).decode()
        headers += "Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: base64\n"
    whole = FROM + headers + "\n" + body + "\n"
    return whole.replace("\n", "\r\n") if form == "crlf" else whole


def series(options):
    (name, old, new), count = options.edit[0], options.series
    text, out = read(options.root, name), mail(f"[PATCH 0/{count}] a series", "", "mail")
    for number in range(1, count + 1):
        after = edited(text, old, new) if number == count else f"/* {number} */\n" + text
        out += mail(f"[PATCH {number:02}/{count}] number {number}", diff(name, text, after), "mail")
        text = after
    return out


def whole(options):
    parts, texts = [], {}
    for name, old, new in options.edit:
        before = texts.setdefault(name, [read(options.root, name)] * 2)
        texts[name] = [before[0], edited(before[1], old, new)]
    for name, (before, after) in texts.items():
        renamed = dict(options.rename).get(name)
        parts.append(diff(name, *((after, before) if options.reverse else (before, after)), renamed))
    for name, renamed in options.rename:
        if name not in texts:
            parts.append(diff(name, "", "", renamed))
    parts += [diff(name, read(options.root, name), None) for name in options.remove]
    parts += [diff(name, None, text) for name, text in options.add]
    return "".join(parts)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root")
    parser.add_argument("--edit", nargs=3, action="append", default=[])
    parser.add_argument("--rename", nargs=2, action="append", default=[])
    parser.add_argument("--remove", action="append", default=[])
    parser.add_argument("--add", nargs=2, action="append", default=[])
    parser.add_argument("--series", type=int)
    parser.add_argument("--form", default="diff", choices=["diff", "mail", "qp", "base64", "crlf"])
    parser.add_argument("--reverse", action="store_true")
    options = parser.parse_args()
    # A form feed, "\n" and the like in arguments of a RUN line.
    options.edit = [[name] + [part.replace("\\n", "\n") for part in parts] for name, *parts in options.edit]
    options.add = [[name, text.replace("\\n", "\n")] for name, text in options.add]
    text = series(options) if options.series else whole(options)
    if options.form != "diff" and not options.series:
        text = mail("[PATCH] one", text, options.form)
    sys.stdout.buffer.write(text.encode())


if __name__ == "__main__":
    main()

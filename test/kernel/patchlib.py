# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Patches of a kernel tree in the forms in which they arrive: diffs, mails as git and b4 write them, series."""

import base64
import difflib
import quopri

START = "From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\n"
AUTHOR = "An Author <author@example.org>"


def lines_of(text):
    return (text or "").splitlines(True)


def file_diff(name, before, after, new_name=None):
    """One file's unified diff as git writes it; None stands for no file."""
    new_name = new_name or name
    parts = [f"diff --git a/{name} b/{new_name}\n"]
    if before is None:
        parts.append("new file mode 100644\n")
    if after is None:
        parts.append("deleted file mode 100644\n")
    if new_name != name:
        parts += ["similarity index 90%\n", f"rename from {name}\n", f"rename to {new_name}\n"]
    body = difflib.unified_diff(lines_of(before), lines_of(after), "/dev/null" if before is None else f"a/{name}",
                                "/dev/null" if after is None else f"b/{new_name}")
    parts += [line if line.endswith("\n") else line + "\n\\ No newline at end of file\n" for line in body]
    return "".join(parts)


def diff(before, after):
    """The unified diff from one {path: text} to another; a path that only one has is a new or a removed file."""
    names = sorted(set(before) | set(after))
    return "".join(file_diff(name, before.get(name), after.get(name)) for name in names
                   if before.get(name) != after.get(name))


def mail(subject, patch, form="8bit", number=1, reply=False):
    """A mail with a patch. Forms: 8bit, quoted-printable, base64, crlf."""
    headers = (f"From: {AUTHOR}\nDate: Mon, 17 Sep 2001 00:00:00 +0000\nSubject: {subject}\n"
               f"Message-ID: <{number}@example.org>\n")
    if number or reply:
        headers += "In-Reply-To: <0@example.org>\nReferences: <0@example.org>\n"
    headers += "MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n"
    body = f"Why it is so, in German: f\u00fcr = \u00fcber.\n\nSigned-off-by: {AUTHOR}\n"
    if patch:
        body += f"---\n{stat(patch)}\n{patch}"
    body += "-- \n2.47.0\n"
    if form == "quoted-printable":
        body = quopri.encodestring(body.encode("utf-8", "surrogateescape")).decode("ascii")
    elif form == "base64":
        body = base64.encodebytes(body.encode("utf-8", "surrogateescape")).decode("ascii")
    encoding = form if form in ("quoted-printable", "base64") else "8bit"
    whole = f"{START}{headers}Content-Transfer-Encoding: {encoding}\n\n{body}\n"
    return whole.replace("\n", "\r\n") if form == "crlf" else whole


def stat(patch):
    """The lines between the description and the diff."""
    names = [line.split(" b/", 1)[1] for line in patch.splitlines() if line.startswith("diff --git ")]
    return "".join(f" {name} | 1 +\n" for name in names) + f" {len(names)} file(s) changed\n"


def series(patches):
    """An mbox of (subject, diff) as git writes it, with a cover letter, and a reply that quotes a patch as people do."""
    total = len(patches)
    parts = [mail(f"[PATCH v2 00/{total}] A series", "", number=0)]
    for number, (subject, patch) in enumerate(patches, 1):
        parts.append(mail(f"[PATCH v2 {number:02}/{total}] {subject}", patch, number=number))
    quoted = "".join(f"> {line}\n" for line in patches[0][1].splitlines())
    reply = mail(f"Re: [PATCH v2 01/{total}] {patches[0][0]}", "", number=total + 1, reply=True)
    return "".join(parts) + reply.replace("Why it is so", quoted + "\nWhy is it so")

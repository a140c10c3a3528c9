#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks an HTML report: tags are balanced, ids unique, links lead to them, nothing is fetched, one script, a policy.

    check-html.py R.html

Exit status: 0 fine, 1 not.
"""

import html.parser
import sys
from pathlib import Path

VOID = {"meta", "input", "br", "hr", "img", "link", "rect", "path", "polygon"}
FETCHING = {"src", "srcset", "data", "action", "formaction", "poster", "background", "xlink:href"}


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links, self.problems, self.tags = [], [], [], [], []
        self.policy = ""

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        values = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if "id" in values:
            self.ids.append(values["id"])
        if tag == "meta" and values.get("http-equiv") == "Content-Security-Policy":
            self.policy = values["content"]
        for name, value in attrs:
            if name in FETCHING or name.startswith("on"):
                self.problems.append(f"<{tag} {name}={value!r}>")
            if name == "href":
                self.links.append(value)

    def handle_startendtag(self, tag, attrs):
        if tag not in VOID:
            self.problems.append(f"<{tag}/> is not closed")
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"line {self.getpos()[0]}: </{tag}> closes nothing")


def main():
    page = Page()
    page.feed(Path(sys.argv[1]).read_text(encoding="utf-8"))
    page.close()
    problems = page.problems + [f"<{tag}> is not closed" for tag in page.open]
    problems += [f"two things with the id {name}" for name in set(page.ids) if page.ids.count(name) > 1]
    problems += [f"{link} leads nowhere" for link in page.links if link[:1] != "#" or link[1:] not in page.ids]
    if page.tags.count("script") != 1:
        problems.append(f"{page.tags.count('script')} scripts")
    if {"img", "link", "iframe", "object", "embed", "base"} & set(page.tags):
        problems.append("an element that fetches")
    if "default-src 'none'" not in page.policy:
        problems.append("no content security policy")
    for problem in problems:
        print(f"{sys.argv[1]}: {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

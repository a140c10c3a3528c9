#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Reads the labels of the corpus (grammar: README.md) and prints them as JSON.

  labels.py TREE      what is expected of this tree
  labels.py --check   fails if any label of any tree is malformed
"""
import importlib.util
import json
import os
import re
import sys

sys.dont_write_bytecode = True
CORPUS = os.path.dirname(os.path.abspath(__file__))
VERDICTS = {"leak", "crashes", "unknown", "fails-closed", "private",
            "shared-by-design", "unreachable", "any"}
NOTES = {"guard", "path", "tree"}
LABEL = re.compile(r"/\*\s*expect(?:\(([^)]*)\))?:\s*(.*?)\s*\*/")
MENTION = re.compile(r"/\*\s*expect")


class BadLabel(Exception):
    pass


def parse_condition(text):
    """'core=7, bus=a|b' -> {'core': ['7'], 'bus': ['a', 'b']}"""
    result = {}
    for part in (text or "").split(","):
        if not part.strip():
            continue
        key, eq, values = part.strip().partition("=")
        if not eq or not values:
            raise BadLabel("condition '%s' is not KEY=VALUE" % part.strip())
        result[key] = values.split("|")
    return result


def parse_body(text):
    """What follows the colon: CHECK, VERDICT, CHECK VERDICT or VERDICT CHECK, and a note."""
    words = text.split()
    label = {"kind": "site", "checks": [], "verdicts": ["any"], "note": None}
    if words and re.fullmatch(r"\(\w+\)", words[-1]):
        label["note"] = words.pop()[1:-1]
        if label["note"] not in NOTES:
            raise BadLabel("unknown note '%s'" % label["note"])
    if not 1 <= len(words) <= 2:
        raise BadLabel("expected CHECK and/or VERDICT, found '%s'" % text)
    for i, word in enumerate(words):
        parts = word.split("|")
        if all(p.startswith("coco-") for p in parts):
            label["checks"] = parts
            if i == 0:
                label["kind"] = "finding"
        elif set(parts) <= VERDICTS:
            label["verdicts"] = parts
        else:
            raise BadLabel("'%s' is neither a check nor a verdict" % word)
    return label


def file_labels(path):
    with open(os.path.join(CORPUS, path), encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            found = LABEL.findall(line)
            if len(found) != len(MENTION.findall(line)):
                raise BadLabel("%s:%d: a label that cannot be read" % (path, number))
            for condition, body in found:
                try:
                    label = parse_body(body)
                    label["when"] = parse_condition(condition)
                except BadLabel as e:
                    raise BadLabel("%s:%d: %s" % (path, number, e)) from None
                yield dict(label, file=path, line=number)


def applies(label, tree):
    facts = dict(tree["facts"], tree=tree["name"], core=tree["core"], bus=tree["bus"])
    return all(facts.get(k) in v for k, v in label["when"].items())


def in_known_limit(path, line):
    """Is this line in a function whose name starts with FN_ or FP_?"""
    with open(os.path.join(CORPUS, path), encoding="utf-8") as f:
        head = f.read().split("\n")[:line]
    for text in reversed(head):
        if re.match(r"[a-z_A-Z].*\(", text):
            return bool(re.search(r"\bF[NP]_\w+\(", text))
    return False


def tree_labels(tree):
    """The labels that hold in this tree; on a line, conditional ones replace the others."""
    result = []
    prefixes = tuple(tree.get("labels_from", [""]))
    for unit in tree["units"]:
        if not unit.startswith(prefixes):
            continue
        by_line = {}
        for label in file_labels(unit):
            if applies(label, tree):
                by_line.setdefault(label["line"], []).append(label)
        for labels in by_line.values():
            conditional = [l for l in labels if l["when"]]
            result += conditional or labels
    for label in result:
        label["known_limit"] = in_known_limit(label["file"], label["line"])
    return result


def load_trees():
    spec = importlib.util.spec_from_file_location(
        "make_database", os.path.join(CORPUS, "make-database.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.load_trees()


def main():
    trees = {t["name"]: t for t in load_trees()}
    try:
        if sys.argv[1:] == ["--check"]:
            total = sum(len(tree_labels(t)) for t in trees.values())
            print("%d trees, %d labels" % (len(trees), total))
        elif len(sys.argv) == 2 and sys.argv[1] in trees:
            json.dump(tree_labels(trees[sys.argv[1]]), sys.stdout, indent=1)
            print()
        else:
            sys.exit(__doc__ + "\ntrees: " + ", ".join(trees))
    except BadLabel as e:
        sys.exit("labels.py: %s" % e)


if __name__ == "__main__":
    main()

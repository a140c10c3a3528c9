#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes compile_commands.json for the trees of the corpus (see README.md)."""
import argparse
import json
import os
import sys

CORPUS = os.path.dirname(os.path.abspath(__file__))


def load_trees():
    with open(os.path.join(CORPUS, "trees.json"), encoding="utf-8") as f:
        return json.load(f)["trees"]


def include_dirs(tree):
    """The first that has a header wins: a bus may bring its own."""
    own = tree.get("include", [])
    return own + [
        "minikernel/dma%s/include" % tree["core"],
        "minikernel/include",
        "minikernel/bus",
    ]


def arguments(tree, unit):
    args = ["clang", "-std=gnu11", "-nostdinc", "-Wall"]
    args += ["-I" + os.path.join(CORPUS, d) for d in include_dirs(tree)]
    args += ["-D__KERNEL__", '-DKBUILD_MODNAME="%s"' % tree["module"][unit]]
    return args + ["-c", os.path.join(CORPUS, unit)]


def database(tree, folder):
    return [
        {
            "directory": os.path.abspath(folder),
            "file": os.path.join(CORPUS, unit),
            "arguments": arguments(tree, unit),
        }
        for unit in tree["units"]
    ]


def write(tree, folder):
    missing = [u for u in tree["units"] if not os.path.isfile(os.path.join(CORPUS, u))]
    if missing:
        sys.exit("make-database.py: tree %s: no such unit: %s"
                 % (tree["name"], ", ".join(missing)))
    try:
        os.makedirs(folder, exist_ok=True)
        path = os.path.join(folder, "compile_commands.json")
        with open(path, "w", encoding="utf-8") as f:
            json.dump(database(tree, folder), f, indent=1)
            f.write("\n")
    except OSError as e:
        sys.exit("make-database.py: %s" % e)


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--list", action="store_true", help="list the trees")
    p.add_argument("--all", metavar="OUT_DIR", help="one folder for each tree")
    p.add_argument("tree", nargs="?")
    p.add_argument("out_dir", nargs="?")
    a = p.parse_args()
    trees = {t["name"]: t for t in load_trees()}

    if a.list:
        for name, t in trees.items():
            print("%-24s %3d units  %s" % (name, len(t["units"]), t["about"]))
    elif a.all:
        for name, t in trees.items():
            write(t, os.path.join(a.all, name))
    elif not a.tree or not a.out_dir:
        p.error("TREE and OUT_DIR, or --all OUT_DIR, or --list")
    elif a.tree not in trees:
        p.error("unknown tree '%s'; known: %s" % (a.tree, ", ".join(trees)))
    else:
        write(trees[a.tree], a.out_dir)


if __name__ == "__main__":
    main()

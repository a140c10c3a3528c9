#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes the compile database of a small tree for a lit test.

    make-tree.py OUT UNIT.c...                  just these units
    make-tree.py OUT --core 7 DRIVER.c...       the corpus' mini-kernel with this DMA core, and these drivers
    make-tree.py OUT --tree plain-7             a tree of the corpus

The last two copy the corpus, and the drivers into its drivers/, to OUT/kernel: a test may edit it.
"""

import argparse
import importlib.util
import json
import shutil
from pathlib import Path

CORPUS = Path(__file__).resolve().parents[2] / "corpus"


def corpus_module(folder):
    """make-database.py of a corpus; its paths are those of that corpus."""
    spec = importlib.util.spec_from_file_location("make_database", folder / "make-database.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def mini_kernel(trees, core):
    """A tree with the units of plain-CORE that are no drivers."""
    plain = next(tree for tree in trees if tree["name"] == f"plain-{core}")
    units = [unit for unit in plain["units"] if unit.startswith("minikernel/")]
    return dict(plain, units=units, module={unit: plain["module"][unit] for unit in units})


def with_drivers(tree, drivers, corpus):
    names = []
    for driver in drivers:
        names.append(f"drivers/{Path(driver).name}")
        shutil.copyfile(driver, corpus / names[-1])
    return dict(tree, units=tree["units"] + names,
                module={**tree["module"], **{name: Path(name).stem.replace("-", "_") for name in names}})


def plain_entry(unit, flags):
    path = Path(unit).resolve()
    words = ["clang", "-std=gnu11", "-nostdinc", "-D__KERNEL__", f'-DKBUILD_MODNAME="{path.stem}"', *flags]
    return {"directory": str(path.parent), "file": str(path), "arguments": [*words, "-c", str(path)]}


def corpus_copy(out):
    target = Path(out).resolve() / "kernel"
    shutil.rmtree(target, ignore_errors=True)
    return Path(shutil.copytree(CORPUS, target, ignore=shutil.ignore_patterns("__pycache__")))


def entries(options):
    if not (options.core or options.tree):
        return [plain_entry(unit, options.flag) for unit in options.unit]
    corpus = corpus_copy(options.out)
    database = corpus_module(corpus)
    trees = database.load_trees()
    if options.core:
        tree = mini_kernel(trees, options.core)
    else:
        tree = next(one for one in trees if one["name"] == options.tree)
    tree = with_drivers(tree, options.unit, corpus)
    if options.without:
        tree = dict(tree, units=[unit for unit in tree["units"] if not unit.startswith(tuple(options.without))])
    result = database.database(tree, options.out)
    for entry in result:
        entry["arguments"][1:1] = options.flag
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out")
    parser.add_argument("unit", nargs="*")
    parser.add_argument("--core", choices=["6", "7"])
    parser.add_argument("--tree")
    parser.add_argument("--without", action="append", default=[], metavar="PREFIX", help="units to leave out")
    parser.add_argument("--flag", action="append", default=[], help="one more compiler flag, as --flag=-O2")
    options = parser.parse_intermixed_args()
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(entries(options), indent=1)
    (out / "compile_commands.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

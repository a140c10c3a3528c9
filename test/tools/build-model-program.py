#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Links a program for `cocodma model run --program`: build-model-program.py --build DIR --tree NAME -o FILE UNIT.c...

The units replace the drivers of the corpus tree.
"""

import argparse
import importlib.util
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    parser.add_argument("--tree", default="plain-7")
    parser.add_argument("-o", dest="output", required=True)
    parser.add_argument("units", nargs="*")
    options = parser.parse_args()
    spec = importlib.util.spec_from_file_location("corpus", Path(__file__).with_name("execute-corpus.py"))
    corpus = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(corpus)
    tree = next(tree for tree in corpus.database.load_trees() if tree["name"] == options.tree)
    units = [unit for unit in tree["units"] if not unit.startswith("drivers/")]
    units += [str(Path(unit).resolve()) for unit in options.units]
    with tempfile.TemporaryDirectory() as folder:
        program = corpus.Builder(options.build, folder).program(dict(tree, units=units))
        Path(options.output).write_bytes(program.read_bytes())
        Path(options.output).chmod(0o755)


if __name__ == "__main__":
    main()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Builds parts of a real kernel with `make C=1 CHECK=cocodma-check`, as its users do.

In the source tree and out of it (O=, beside and within the source), with C=1 and C=2, with M= for a module: findings are
printed with the paths that make gives, nothing is said of what is right, and the build goes on or stops as asked for.

    check-hook.py --kernel DIR --plugin FILE

DIR, a prepared tree, is only read: a scratch copy is made of it. Exit status: 0 all passed, 1 some failed, 2 wrong usage.
The last line is `N passed, N failed`.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import editlib

CHECKER = Path(__file__).resolve().parents[2] / "checkers" / "cocodma-check"
MINUTES = 60
UNIT, GOOD_UNIT = "drivers/hv/hv_util.o", "drivers/hv/hv_kvp.o"
UNIT_SOURCE = UNIT.replace(".o", ".c")
BAD = "\nstatic dma_addr_t __maybe_unused cocodma_test(phys_addr_t phys)\n{\n\treturn phys;\n}\n"
MODULE = ('#include <linux/module.h>\n#include <linux/types.h>\nMODULE_LICENSE("GPL");\nMODULE_DESCRIPTION("a test");\n'
          "dma_addr_t cocodma_test(phys_addr_t phys);\n" + BAD.replace("static ", "").replace("__maybe_unused ", ""))
FINDING = r"warning: a physical address is used as a DMA address.*\[coco-raw-dma-address\]"


def link(source, target):
    """For copytree: a hard link, where there are any. Nothing here writes into a file that was copied."""
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)


class Trial:
    """A scratch copy of the tree, and what was found out with it."""

    def __init__(self, kernel, folder, plugin):
        self.folder, self.plugin = folder, plugin
        self.source = folder / kernel.name
        # All of it, unlike the scratch copies of other tests: make wants every Kconfig file.
        shutil.copytree(kernel, self.source, copy_function=link, symlinks=True)
        self.passed = self.failed = 0

    def check(self, name, problem):
        self.failed += bool(problem)
        self.passed += not problem
        print(f"FAIL {name}: {problem}" if problem else f"PASS {name}", flush=True)

    def make(self, *arguments):
        command = ["make", "-C", str(self.source), "LLVM=-22", f"-j{os.cpu_count()}", *arguments]
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                              timeout=15 * MINUTES)

    def must_make(self, *arguments):
        done = self.make(*arguments)
        if done.returncode:
            raise RuntimeError(f"{' '.join(done.args)}: exit status {done.returncode}\n{done.stdout[-2000:]}")

    def clean(self):
        """The sources alone, as they were unpacked, with something to find; and the configuration."""
        configuration = (self.source / ".config").read_text(encoding="utf-8")
        self.must_make("mrproper")
        editlib.write_new(self.source / UNIT_SOURCE, (self.source / UNIT_SOURCE).read_text(encoding="utf-8") + BAD)
        return configuration

    def configure(self, configuration, folder, *arguments):
        folder.mkdir(exist_ok=True)
        (folder / ".config").write_text(configuration, encoding="utf-8")
        self.must_make("olddefconfig", *arguments)
        self.must_make("prepare", *arguments)

    def build(self, name, arguments, path, checker=(), stops=False):
        """Runs make with the checker and says what is not as it must be. `path`: where the finding is; None without."""
        checker = " ".join([str(CHECKER), f"--plugin={self.plugin}", "--checks=coco-raw-dma-address", *checker])
        done = self.make(f"CHECK={checker}", *arguments)
        found = re.findall(rf"^(.*?):\d+:\d+: {FINDING}$", done.stdout, re.M)
        problem = ""
        if "is not available or not up to date" in done.stdout:
            problem = "the kernel does not take the checker"
        elif not re.search(r"^  CHECK ", done.stdout, re.M):
            problem = "nothing was checked"
        elif found != ([str(path)] if path else []):
            problem = f"findings are in {found}"
        elif bool(done.returncode) != stops:
            problem = f"make ended with exit status {done.returncode}"
        self.check(name, problem and f"{problem}\n{done.stdout[-1500:]}")

    def in_folder(self, name, folder, *arguments):
        """All ways with one folder of a build; `folder` is how make names the source's from there."""
        path = os.path.join(folder, UNIT_SOURCE)
        self.build(f"{name}, C=1, to be compiled", ["C=1", UNIT, *arguments], path)
        self.build(f"{name}, C=2, compiled before", ["C=2", UNIT, *arguments], path)
        self.build(f"{name}, C=2, nothing to find", ["C=2", GOOD_UNIT, *arguments], None)
        self.build(f"{name}, C=2, findings are errors", ["C=2", UNIT, *arguments], path, ["--werror"], stops=True)
        self.build(f"{name}, C=2, no such spec", ["C=2", UNIT, *arguments], None, ["--spec=none.json"], stops=True)

    def module(self, name, *arguments):
        """M=: a module that is outside of the kernel."""
        folder = self.folder / "module"
        folder.mkdir(exist_ok=True)
        (folder / "Kbuild").write_text("obj-m := one.o\n", encoding="utf-8")
        (folder / "one.c").write_text(MODULE, encoding="utf-8")
        # From Linux 6.13 on, make works in the module's folder. It is not linked: the kernel's symbols are not there.
        path = "one.c" if self.version() >= (6, 13) else folder / "one.c"
        self.build(f"{name}, M=", ["C=1", f"M={folder}", "one.o", *arguments], path)
        shutil.rmtree(folder)

    def version(self):
        text = (self.source / "Makefile").read_text(encoding="utf-8")
        return tuple(map(int, re.findall(r"^(?:VERSION|PATCHLEVEL) = (\d+)$", text, re.M)))

    def run(self):
        configuration = self.clean()
        beside = self.folder / "build"
        self.configure(configuration, beside, f"O={beside}")
        self.in_folder("O= beside the source", self.source, f"O={beside}")
        self.module("O= beside the source", f"O={beside}")
        within = self.source / "build"
        self.configure(configuration, within, "O=build")
        self.in_folder("O= within the source", "..", "O=build")
        self.configure(configuration, self.source)
        self.in_folder("without O=", "")
        self.module("without O=")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kernel", type=Path, required=True)
    parser.add_argument("--plugin", type=Path, required=True)
    options = parser.parse_args()
    plugin = options.plugin.resolve()
    if not (options.kernel / ".config").is_file() or not plugin.is_file():
        print("check-hook.py: no prepared tree, or no plugin", file=sys.stderr)
        return 2
    editlib.clean_up_when_terminated()
    kernel = options.kernel.resolve()
    with tempfile.TemporaryDirectory(prefix="cocodma-hook-", dir=editlib.scratch_parent(kernel)) as folder:
        trial = Trial(kernel, Path(folder), plugin)
        try:
            trial.run()
        except (RuntimeError, OSError, subprocess.TimeoutExpired) as problem:
            trial.check("make", str(problem))
    print(f"{trial.passed} passed, {trial.failed} failed")
    return 1 if trial.failed else 0


if __name__ == "__main__":
    sys.exit(main())

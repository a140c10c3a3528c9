#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Adds the check that checkers/README.md shows to a copy of the sources, and compiles what is new.

    try-new-check.py --build DIR --out DIR [--apply-only]

The four files are taken from the README as they stand there. Then generate.py is run, twice (the second time nothing may
differ but the page, which is still to be written), and the rule and the table of rules pass the compiler of the build,
without code being made. With --apply-only nothing is compiled: for a build by hand, also in these sources themselves. Exit status: 0 fine, 1 not.
"""

import argparse
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
README = TOP / "checkers" / "README.md"
COPIED = ["analyzer", "checkers", "docs", "README.md", "test/checks"]


def shown_files():
    """The entry of the manifest, and the files that the README shows, by their names."""
    steps = re.findall(r"^\d\. `([^`]+)`.*?\n((?:.*\n)*?) +```(?:json|c\+\+|c)\n((?:.*\n)*?) +```\n",
                       README.read_text(encoding="utf-8"), re.M)
    files = {name: textwrap.dedent(code) for name, _, code in steps}
    entry = json.loads(files.pop("checks.json"))
    return entry, files


def copy_sources(out):
    for name in COPIED:
        source, target = TOP / name, out / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            shutil.copy(source, target)


def add_check(out, entry, files):
    manifest = out / "checkers" / "checks.json"
    content = json.loads(manifest.read_text(encoding="utf-8"))
    content["checks"].append(entry)
    manifest.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    for name, text in files.items():
        (out / name).write_text(text, encoding="utf-8")


def generate(out, *arguments):
    done = subprocess.run([sys.executable, out / "checkers" / "generate.py", *arguments], text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


def compile_command(build, out, source):
    """As the build compiles the rules, but for the copy, and without making code."""
    for entry in json.loads((build / "compile_commands.json").read_text(encoding="utf-8")):
        if entry["file"].endswith("analyzer/design/Rules.cpp"):
            words = [word.replace(f"{TOP}/analyzer", f"{out}/analyzer") for word in shlex.split(entry["command"])
                     if not word.endswith("ccache")]
            words[words.index("-o"):words.index("-o") + 2] = ["-fsyntax-only"]
            return words[:words.index("-c")] + [str(out / source)]
    raise SystemExit("try-new-check.py: the build has no analyzer/design/Rules.cpp")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--apply-only", action="store_true")
    options = parser.parse_args()
    out = Path(os.path.abspath(options.out))
    entry, files = shown_files()
    if out != TOP:
        copy_sources(out)
    add_check(out, entry, files)
    status, said = generate(out)
    if status:
        sys.exit(f"generate.py: exit status {status}\n{said}")
    page = f"docs/checks/{entry['name']}.md"
    status, said = generate(out, "--check")
    if status != 1 or said.count("\n") != 1 or f"{page}: is still to be written" not in said:
        sys.exit(f"generate.py --check: exit status {status}\n{said}")
    if options.apply_only:
        return
    for source in [name for name in files if name.endswith(".cpp")] + ["analyzer/design/Rules.cpp"]:
        done = subprocess.run(compile_command(options.build, out, source), cwd=options.build, check=False)
        if done.returncode:
            sys.exit(f"{source} does not compile")
    style = subprocess.run(["clang-format-22", "--dry-run", "-Werror", "--style=file:" + str(TOP / ".clang-format"),
                            *(str(out / name) for name in files if name.startswith("analyzer/"))], check=False)
    if style.returncode:
        sys.exit("the files of the README are not formatted as the others are")


if __name__ == "__main__":
    main()

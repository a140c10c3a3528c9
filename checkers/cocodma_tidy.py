# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs clang-tidy with our plugin on one unit with the flags that a kernel's build gives. Shared by cocodma-check and
cocodma-tidy."""

import re
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
PLUGIN = "libcocodma-tidy.so"
# Written into the build tree by a real compilation, meant for sparse only, or refused by clang.
DROPPED = re.compile(r"^(-Wp,-M.*|-M[DMPG]*|--arch=.*|-m(little|big)-endian|-Wbitwise|-Wno-return-void"
                     r"|-Wno-unknown-attribute|-Wno-decl|-Wsparse-\S+)$")
DROPPED_WITH_VALUE = {"-MF", "-MT", "-MQ", "-o"}
UNKNOWN_FLAG = re.compile(r"(?:unknown argument:?|unsupported (?:option|argument)|unknown warning option) '([^']+)'")
FINDING = re.compile(r"^.+:\d+:\d+: (?:warning|error): .*\[coco-[\w-]+(?:,-warnings-as-errors)?\]$")
FAILED = re.compile(r"^.+: (?:fatal )?error: .*\[clang-diagnostic-[\w-]+\]$|^error: (?!cannot)", re.M)
RETRIES = 40


class Missing(Exception):
    """Something that is needed to run at all is not there."""


def find_plugin(given):
    """The plugin: the one that is named, the installed one, or the newest of a build folder beside this file."""
    if given:
        if not Path(given).is_file():
            raise Missing(f"{given}: no such plugin; build the target cocodma-tidy, or give --plugin=FILE")
        return Path(given).resolve()
    places = [HERE / PLUGIN, HERE.parent / "lib" / "cocodma" / PLUGIN]
    places += HERE.parent.glob(f"lib/*/cocodma/{PLUGIN}")
    places += sorted(HERE.parent.glob(f"build/*/checkers/{PLUGIN}"), key=lambda path: -path.stat().st_mtime)
    for place in places:
        if place.is_file():
            return place
    raise Missing(f"{PLUGIN} is not built; build the target cocodma-tidy, or give --plugin=FILE")


def find_clang_tidy(given):
    name = given or "clang-tidy-22"
    path = shutil.which(name)
    if not path:
        raise Missing(f"{name} is not installed; the plugin needs clang-tidy of LLVM 22 (--clang-tidy=FILE)")
    done = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    version = re.search(r"LLVM version (\d+)", done.stdout)
    if not version or version[1] != "22":
        raise Missing(f"{path} is of LLVM {version[1] if version else '(unknown)'}; the plugin is built for LLVM 22")
    return path


def kept_flags(flags):
    """The flags of a compilation that matter to an analysis."""
    result, skip = [], False
    for flag in flags:
        if skip:
            skip = False
        elif flag in DROPPED_WITH_VALUE:
            skip = True
        elif flag != "-c" and not DROPPED.match(flag):
            result.append(flag)
    return result


class Outcome:
    """What came of a unit."""

    def __init__(self, text, problem):
        self.text = text
        """Findings with their notes, as clang prints them."""
        self.problem = problem
        """Why the unit was not analyzed; empty if it was."""
        self.findings = sum(bool(FINDING.match(line)) for line in text.splitlines())


class Tidy:
    """clang-tidy with the plugin and a selection of checks."""

    def __init__(self, plugin=None, clang_tidy=None, checks="coco-*", spec=None):
        self.command = [find_clang_tidy(clang_tidy), "--quiet", f"--load={find_plugin(plugin)}",
                        f"--checks=-*,{checks}", "--header-filter=.*"]
        options = f'{{CheckOptions: {{Spec: "{Path(spec).resolve()}"}}}}' if spec else "{}"
        if spec and not Path(spec).is_file():
            raise Missing(f"{spec}: no such spec; check the path given with --spec")
        self.command.append(f"--config={options}")

    def run(self, source, flags, folder=None, timeout=600):
        """Analyzes a unit as it is compiled by `flags` in `folder`. Flags that only gcc knows are dropped."""
        flags = kept_flags(flags) + ["-x", "c", "-Wno-everything", "-Qunused-arguments"]
        for _ in range(RETRIES):
            command = self.command + [str(source), "--"] + flags
            try:
                done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, timeout=timeout)
            except subprocess.TimeoutExpired:
                return Outcome("", f"no answer within {timeout} seconds")
            said = done.stdout + done.stderr
            refused = set(UNKNOWN_FLAG.findall(said)) & set(flags)
            if not refused:
                break
            flags = [flag for flag in flags if flag not in refused]
        if done.returncode < 0:
            return Outcome("", f"clang-tidy was ended by signal {-done.returncode}")
        first = FAILED.search(said)
        if first or (done.returncode and not FINDING.search(done.stdout)):
            return Outcome("", first[0] if first else said.strip()[-500:] or f"exit status {done.returncode}")
        return Outcome(done.stdout, "")

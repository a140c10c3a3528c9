# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs clang-tidy with our plugin on one unit with the flags that a kernel's build gives. Shared by cocodma-check and
cocodma-tidy."""

import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PLUGIN = "libcocodma-tidy.so"
# Written into the build tree by a real compilation, meant for sparse only, or refused by clang.
DROPPED = re.compile(r"^(-Wp,-M.*|-M[DMPG]*|--arch=.*|-m(little|big)-endian|-Wbitwise|-Wno-return-void"
                     r"|-Wno-unknown-attribute|-Wno-decl|-Wsparse-\S+)$")
DROPPED_WITH_VALUE = {"-MF", "-MT", "-MQ", "-o"}
UNKNOWN_FLAG = re.compile(r"(?:unknown argument:?|unsupported (?:option|argument)|unknown warning option) '([^']+)'")
FINDING = re.compile(r"^.+:\d+:\d+: (?:warning|error): .*\[coco-[\w-]+(?:,-warnings-as-errors)?\]$")
FAILED = re.compile(r"^.+: (?:fatal )?error: .*\[clang-diagnostic-[\w-]+\]$|^error: (?!cannot).*", re.M)
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


def versions_of(plugin):
    """The major versions of LLVM that there is a module for, the newest first."""
    found = (re.search(r"-(\d+)\.so$", path.name) for path in plugin.parent.glob("libcocodma-tidy-*.so"))
    return sorted((int(match[1]) for match in found if match), reverse=True)


def find_clang_tidy(given, plugin):
    """A clang-tidy that there is a module for: the one that is named, or the first that is installed."""
    versions = versions_of(plugin)
    if not versions:
        raise Missing(f"no module is beside {plugin} (libcocodma-tidy-VERSION.so); build the target cocodma-tidy")
    wanted = " or ".join(map(str, versions))
    names = [given] if given else [f"clang-tidy-{version}" for version in versions]
    path = next(filter(None, map(shutil.which, names)), None)
    if not path:
        raise Missing(f"{names[0]} is not installed; the plugin needs clang-tidy of LLVM {wanted} (--clang-tidy=FILE)")
    done = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    version = re.search(r"LLVM version (\d+)", done.stdout)
    if not version or int(version[1]) not in versions:
        raise Missing(f"{path} is of LLVM {version[1] if version else '(unknown)'}; the plugin is built for LLVM {wanted}")
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

    def __init__(self, plugin=None, clang_tidy=None, checks="coco-*", spec=None, summaries=None, cache=None):
        library = find_plugin(plugin)
        self.command = [find_clang_tidy(clang_tidy, library), "--quiet", f"--load={library}",
                        f"--checks=-*,{checks}", "--header-filter=.*"]
        options = {}
        if spec and not Path(spec).is_file():
            raise Missing(f"{spec}: no such spec; check the path given with --spec")
        if spec:
            options["Spec"] = str(Path(spec).resolve())
        if summaries and not Path(summaries).is_file():
            raise Missing(f"{summaries}: no such file; write it with `cocodma link -p BUILD -o FILE`")
        if summaries:
            options["coco.Summaries"] = str(Path(summaries).resolve())
        if cache:
            options["coco.Cache"] = str(Path(cache).resolve())
        # JSON is YAML.
        self.command.append(f"--config={json.dumps({'CheckOptions': options})}")

    def require_checks(self):
        """That there are checks of the names that were asked for."""
        done = subprocess.run(self.command + ["--list-checks"], capture_output=True, encoding="utf-8", errors="replace",
                              check=False)
        if done.returncode or not re.search(r"^ +coco-", done.stdout, re.M):
            asked = next(one for one in self.command if one.startswith("--checks="))[len("--checks=-*,"):]
            raise Missing(f"{asked}: no check of ours is called so, or {self.command[0]} does not take the plugin: "
                          f"{done.stderr.strip()[-300:]}")

    def call(self, source, flags, folder, timeout):
        """Runs clang-tidy. The source keeps its spelling, which `__FILE__` shows: hence a database, and no `-- FLAGS`."""
        folder = os.path.abspath(folder or ".")
        path = os.path.join(folder, source)
        with tempfile.TemporaryDirectory() as database:
            entry = {"directory": folder, "file": path, "arguments": ["clang", *flags, str(source)]}
            Path(database, "compile_commands.json").write_text(json.dumps([entry]), encoding="utf-8")
            command = self.command + ["-p", database, path]
            # Lines of source are shown in whatever encoding they have.
            return subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False, cwd=folder,
                                  timeout=timeout)

    def run(self, source, flags, folder=None, timeout=600):
        """Analyzes a unit as it is compiled by `flags` in `folder`. Flags that only gcc knows are dropped."""
        if not os.path.isfile(os.path.join(folder or ".", source)):
            return Outcome("", "there is no such file")
        flags = kept_flags(flags) + ["-x", "c", "-Wno-everything", "-Qunused-arguments"]
        for _ in range(RETRIES):
            try:
                done = self.call(source, flags, folder, timeout)
            except subprocess.TimeoutExpired:
                return Outcome("", f"no answer within {timeout} seconds")
            except OSError as problem:
                return Outcome("", f"{problem.filename}: {problem.strerror}")
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

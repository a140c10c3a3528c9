#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Renames and reorders a source tree and checks that the analyzer says the same about it.

Names are not evidence: every function, field, variable, macro and label that only the chosen files use, their local
variables, their file names and their module names get meaningless new ones; conditions move into helpers, and
neighbouring static functions change places. What the spec names stays, and so does what is used outside of the chosen
files. The analyzer then reads both trees; after mapping names back, findings and verdicts must be the same.

The tree is only read: all happens in a scratch copy. Without --cocodma, only the renaming is done and compiled.

Exit status: 0 the same, 1 a difference, 2 wrong usage, or the renamed tree does not compile.
"""

import argparse
import collections
import concurrent.futures
import fnmatch
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import editlib
import guards
import renamer

# The drivers of the bus, for a kernel; elsewhere: everything in the tree.
KERNEL_FILES = ("drivers/hv/*.[ch]", "drivers/scsi/storvsc_drv.c", "drivers/net/hyperv/*.[ch]",
                "drivers/uio/uio_hv_generic.c", "net/vmw_vsock/hyperv_transport.c")
ERROR = re.compile(r"^(?P<file>[^\s:][^:\n]*):(?P<line>\d+):\d+: (?:fatal )?error: (?P<message>.*)$", re.M)
NAME = re.compile(r"[A-Za-z_]\w*")
# The few names that stand in the analyzer itself (docs/limits.md).
BUILT_IN = frozenset(("memset", "__memset", "___GFP_ZERO_BIT"))
ROUNDS = 30


# --- what may be renamed ---------------------------------------------------------------------------------------------


def spec_strings(value):
    """All strings of a JSON value, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield key
            yield from spec_strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from spec_strings(part)


class Vocabulary:
    """The names that specs name, also by a pattern. Prose (more than four words) names nothing."""

    def __init__(self, paths):
        self.names, self.patterns = set(BUILT_IN), []
        for path in paths:
            try:
                spec = json.loads(Path(path).read_text(encoding="utf-8"))
            except (OSError, ValueError) as problem:
                raise editlib.Error(f"{path}: no usable spec: {problem}") from problem
            for text in spec_strings(spec):
                if re.fullmatch(r"\w+\*", text):
                    self.patterns.append(text[:-1])
                elif len(text.split()) <= 4:
                    self.names |= set(NAME.findall(text))

    def among(self, names):
        """The names that must stay, if these are used."""
        return self.names | {name for name in names if name.startswith(tuple(self.patterns))}


class Tree:
    """A tree, its database and the files that are renamed in it ("chosen", relative to the root)."""

    def __init__(self, root, patterns, clang):
        self.root, self.clang = Path(root), clang
        self.units = {}
        for entry in editlib.load_database(root):
            name = editlib.relative_unit(entry, root)
            if name and name.endswith(".c"):
                self.units[name] = entry
        self.chosen = self._choose(patterns)
        self.chosen_units = [name for name in self.chosen if name in self.units]
        if not self.chosen_units:
            raise editlib.Error(f"{root}: no unit of the compile database matches {' '.join(patterns)}")
        self.users = self._users()

    def _choose(self, patterns):
        """Units of the database and headers. What defines trace points is left alone: it is built of pasted names."""
        names = set(self.units)
        if is_kernel(self.root):
            for folder in {os.path.dirname(name) for name in self.units}:
                names |= {os.path.join(folder, path.name) for path in (self.root / folder).glob("*.h")}
        else:
            names |= {str(path.relative_to(self.root)) for path in self.root.rglob("*.h")}
        return sorted(name for name in names if any(fnmatch.fnmatch(name, pattern) for pattern in patterns)
                      and "TRACE_SYSTEM" not in editlib.read_text(self.root / name))

    def _users(self):
        """Units that are not renamed but include a header that is: they must compile as well."""
        headers = [os.path.basename(name) for name in self.chosen if name.endswith(".h")]
        if not headers:
            return []
        wanted = re.compile(r'#\s*include\s+"[^"\n]*\b(?:%s)"' % "|".join(map(re.escape, headers)))
        return [name for name in sorted(self.units) if name not in self.chosen
                and wanted.search(editlib.read_text(self.root / name))]

    def headers_of(self, name):
        """All files that a unit includes, absolute."""
        entry = self.units[name]
        command = editlib.syntax_command(entry, self.clang, ["-M", "-w"])
        done = subprocess.run(command, cwd=entry["directory"], capture_output=True, text=True, check=False)
        if done.returncode:
            raise editlib.Error(f"{name} does not compile: {editlib.last_line(done.stderr)}")
        words = done.stdout.replace("\\\n", " ").split()[1:]
        return {os.path.normpath(os.path.join(entry["directory"], word)) for word in words}

    def outside_names(self, threads):
        """The identifiers that anything else uses: the headers that are not chosen, and the other units."""
        chosen = {os.path.normpath(self.root / name) for name in self.chosen}
        files = {os.path.normpath(self.root / name) for name in self.units}
        for headers in threads.map(self.headers_of, self.chosen_units):
            files |= headers
        return set().union(*map(renamer.names_in, map(editlib.read_text, sorted(files - chosen))))


# --- file and module names -------------------------------------------------------------------------------------------


def module_name(entry):
    for word in editlib.arguments(entry):
        if word.startswith(("-D__KBUILD_MODNAME=", "-DKBUILD_MODNAME=")):
            return word.partition("=")[2].strip('"')
    return None


def plan_moves(tree, seed, untouchable):
    """({old path: new path} of units, {old module: new module}); what the spec names stays."""
    names = renamer.Names(f"{seed}:files", untouchable)
    included = "\n".join(editlib.read_text(tree.root / name) for name in tree.chosen)
    files = {}
    for name in tree.chosen_units:
        base = os.path.basename(name)
        if not {Path(base).stem} & untouchable and f'/{base}"' not in included and f'"{base}"' not in included:
            files[name] = os.path.join(os.path.dirname(name), names.fresh() + ".c")
    inside = {module_name(tree.units[name]) for name in tree.chosen_units}
    outside = {module_name(entry) for name, entry in tree.units.items() if name not in tree.chosen}
    modules = {name: names.fresh() for name in sorted(inside - outside - {None} - untouchable)}
    return files, modules


def moved_entry(entry, old, new, modules):
    """The database entry of a unit under its new name, in its new module."""
    module = module_name(entry)
    stem, fresh = Path(old).stem, Path(new).stem
    words = []
    for word in editlib.arguments(entry):
        if word.startswith("-Wp,-M"):
            continue
        if word.startswith(("-DKBUILD_MOD", "-D__KBUILD_MOD")) and module in modules:
            word = re.sub(rf"\b{re.escape(module)}\b", modules[module], word)
        elif word.startswith("-DKBUILD_BASENAME"):
            word = re.sub(rf"\b{re.escape(stem)}\b", fresh, word)
        elif word.endswith((f"{stem}.c", f"{stem}.o")) and os.path.splitext(os.path.basename(word))[0] == stem:
            word = os.path.join(os.path.dirname(word), fresh + word[-2:])
        words.append(word)
    file = os.path.join(os.path.dirname(entry["file"]), os.path.basename(new))
    result = {key: value for key, value in entry.items() if key not in ("command", "arguments", "output")}
    return dict(result, file=file, command=shlex.join(words))


def undo(scratch, back):
    """The scratch copy as it was at first."""
    for new in back.files:
        (scratch.root / new).unlink()
    scratch.restore()
    editlib.write_new(scratch.root / editlib.DATABASE, json.dumps(scratch.database, indent=1))


def move(scratch, files, modules):
    """Gives the units of a scratch copy their new names, in the database too."""
    for old, new in files.items():
        os.replace(scratch.root / old, scratch.root / new)
    database = []
    for entry in scratch.database:
        name = editlib.relative_unit(entry, scratch.root)
        if name in files or module_name(entry) in modules:
            entry = moved_entry(entry, name, files.get(name, name), modules)
        database.append(entry)
    editlib.write_new(scratch.root / editlib.DATABASE, json.dumps(database, indent=1))


# --- compiling until it fits -----------------------------------------------------------------------------------------


class Fitter:
    """Applies a renaming to a scratch copy, compiles, and withdraws what does not compile until all does."""

    def __init__(self, tree, scratch, texts, renaming, threads):
        self.tree, self.scratch, self.texts, self.renaming, self.threads = tree, scratch, texts, renaming, threads
        self.entries = {editlib.relative_unit(entry, scratch.root): entry for entry in scratch.database}
        self.withdrawn = 0

    def compile_unit(self, name):
        entry = self.entries[name]
        command = editlib.syntax_command(entry, self.tree.clang, ["-ferror-limit=0", "-fno-caret-diagnostics"])
        done = subprocess.run(command, cwd=entry["directory"], capture_output=True, text=True, check=False)
        return done.stderr if done.returncode else ""

    def renamed(self):
        return {file: renamer.rename(file, text, self.renaming) for file, text in self.texts.items()}

    def fit(self):
        every = self.tree.chosen_units + self.tree.users
        pending = every
        for _ in range(ROUNDS):
            now = self.renamed()
            self.scratch.change(now)
            errors = {name: text for name, text in zip(pending, self.threads.map(self.compile_unit, pending)) if text}
            if not errors and pending is every:
                return
            before = self.withdrawn
            for name, text in errors.items():
                self.withdraw_for(name, text, now)
            if errors and self.withdrawn == before:
                raise editlib.Error("the renamed tree does not compile:\n" + next(iter(errors.values())))
            # All others once more at the end: what was withdrawn may stand in them too.
            pending = list(errors) or every
        raise editlib.Error(f"the renamed tree does not compile after {ROUNDS} rounds")

    def withdraw_for(self, unit, output, now):
        new_names = self.renaming.old_names()
        for error in ERROR.finditer(output):
            path = os.path.join(self.entries[unit]["directory"], error["file"])
            file = os.path.relpath(path, self.scratch.root)
            function = function_at(now.get(file, ""), int(error["line"]), self.renaming)
            words = NAME.findall(" ".join(re.findall(r"'([^']*)'", error["message"])))
            if not any([self.withdraw_word(word, file, function, new_names) for word in words]) \
                    and not any([self.withdraw_parts(word) for word in words]):
                self.withdraw_line(now.get(file, ""), int(error["line"]), file, function, new_names)

    def withdraw_word(self, word, file, function, new_names):
        """Takes back what a name in an error message may come from: a new name, a part of a pasted one, or an old one
        that a macro still uses."""
        done = [self.withdraw(*key) for new, key in new_names.items() if new in word]
        done.append(self.withdraw("everywhere", word))
        done.append(self.withdraw("local", (file, function, word)))
        return any(done)

    def withdraw_parts(self, word):
        """A macro of another file may build this word from names that were renamed."""
        parts = [old for old in self.renaming.everywhere if f"_{old}_" in f"_{word}_"]
        return any([self.withdraw("everywhere", old) for old in parts])

    def withdraw_line(self, text, line, file, function, new_names):
        """The message names nothing: all that was renamed on its line, else in its function."""
        lines = text.splitlines()
        words = NAME.findall(lines[line - 1]) if 0 < line <= len(lines) else []
        if not any([self.withdraw(*new_names[word]) for word in words if word in new_names]):
            for old in list(self.renaming.local.get((file, function), {})):
                self.withdraw("local", (file, function, old))

    def withdraw(self, kind, key):
        if kind == "local":
            file, function, old = key
            gone = self.renaming.local.get((file, function), {}).pop(old, None)
        else:
            gone = self.renaming.everywhere.pop(key, None)
        self.withdrawn += gone is not None
        return gone is not None


def function_at(text, line, renaming):
    """The old name of the function around a line of a renamed file, or None."""
    tokens = renamer.tokenize(text)
    back = {new: old for old, new in renaming.everywhere.items()}
    for function in renamer.functions(tokens):
        first = 1 + sum(token.text.count("\n") for token in tokens[:function.start])
        last = first + sum(token.text.count("\n") for token in tokens[function.start:function.end])
        if first <= line <= last:
            return back.get(function.name, function.name)
    return None


# --- comparing -------------------------------------------------------------------------------------------------------


class Back:
    """Maps the places of a report on the renamed tree back to those of the tree."""

    def __init__(self, files=None, names=None, helpers=None):
        self.files = {new: old for old, new in (files or {}).items()}
        self.names = {new: old for old, new in (names or {}).items()}
        self.helpers = helpers or {}

    def where(self, item):
        """(file, function); a condition is where it was before it was moved into a helper."""
        location = item.get("location") or {}
        file, function = location.get("file", ""), location.get("function") or ""
        function = self.names.get(function, function)
        return self.files.get(file, file), self.helpers.get(function, function)


def finding_keys(report, back):
    return collections.Counter(
        ("finding", item.get("check"), item.get("verdict"), item.get("data_class"), *back.where(item))
        for item in report["findings"])


def site_keys(report, back):
    def profiles(item):
        return ", ".join(f"{name}={value.get('verdict')}" for name, value in sorted(item.get("by_profile", {}).items()))
    return collections.Counter(
        ("site", item.get("kind"), item.get("verdict"), profiles(item), *back.where(item))
        for item in report.get("sites", []))


def differences(before, after, back):
    """What one report has and the other has not, as lines."""
    lines = []
    for keys in (finding_keys, site_keys):
        one, two = keys(before, Back()), keys(after, back)
        for sign, some in (("-", one - two), ("+", two - one)):
            lines += [f"{sign} {' '.join(str(part) for part in key)}" for key in sorted(some.elements(), key=str)]
    return lines


def is_harmless_addition(line):
    """A site that only the second ledger has, and that says nothing bad. The names in a line hold no such words."""
    return line.startswith("+ site ") and not {"leak", "crashes", "unknown", "fails-closed"} & set(re.split(r"[ =,]+", line))


# --- main ------------------------------------------------------------------------------------------------------------


def shuffled(tree, seed, wanted):
    """({file: text} of the chosen files with functions exchanged, how many pairs)."""
    texts, pairs = {}, 0
    for name in tree.chosen:
        text = editlib.read_text(tree.root / name)
        if wanted:
            text, swapped = renamer.reorder(text, f"{seed}:{name}")
            pairs += swapped
        texts[name] = text
    return texts, pairs


def with_helpers(tree, scratch, texts, seed, threads):
    """({file: text} with conditions in helpers of their own, {helper: function}). What does not compile is taken back,
    by the names of helpers in the messages, or else the whole file."""
    moved, helpers, without = {}, {}, collections.defaultdict(set)
    prefixes = {name: f"condition_{number}_" for number, name in enumerate(tree.chosen_units)}
    fitter = Fitter(tree, scratch, texts, renamer.Renaming(), threads)
    pending = list(prefixes)
    for _ in range(ROUNDS):
        for name in pending:
            moved[name], helpers[name] = guards.extract(texts[name], prefixes[name], f"{seed}:{name}", without[name])
        scratch.change({**texts, **moved})
        bad = {name: text for name, text in zip(pending, threads.map(fitter.compile_unit, pending)) if text}
        for name, output in bad.items():
            without[name] |= blamed(output, moved[name], helpers[name]) or set(helpers[name])
        pending = list(bad)
        if not pending:
            break
    return {**texts, **moved}, {helper: function for some in helpers.values() for helper, function in some.items()}


def blamed(output, text, helpers):
    """The helpers that a compiler's messages name, or in which they are."""
    found = set(NAME.findall(output)) & set(helpers)
    lines = [int(error["line"]) for error in ERROR.finditer(output)]
    return found | {function_at(text, line, renamer.Renaming()) for line in lines} & set(helpers)


def transform(tree, scratch, options, seed, threads):
    """Moves conditions, reorders, renames and moves files in the scratch copy; returns the way back."""
    texts, pairs = shuffled(tree, seed, not options.no_reorder)
    helpers = {}
    if not options.no_guards:
        texts, helpers = with_helpers(tree, scratch, texts, seed, threads)
    untouchable = Vocabulary(options.spec).among(set().union(*map(renamer.names_in, texts.values())))
    renaming = renamer.propose(texts, tree.outside_names(threads), untouchable, seed)
    fitter = Fitter(tree, scratch, texts, renaming, threads)
    fitter.fit()
    files, modules = ({}, {}) if options.no_move else plan_moves(tree, seed, untouchable)
    move(scratch, files, modules)
    local = sum(map(len, renaming.local.values()))
    print(f"seed {seed}: {len(tree.chosen)} files, {len(renaming.everywhere)} names and {local} local "
          f"variables renamed ({fitter.withdrawn} withdrawn), {len(helpers)} conditions moved, {pairs} pairs of functions "
          f"exchanged, {len(files)} files and {len(modules)} modules renamed", flush=True)
    check_moved(tree, scratch, files, threads)
    return Back(files, renaming.everywhere, helpers)


def check_moved(tree, scratch, files, threads):
    """The tree as it is given to the analyzer compiles, from its own database."""
    units = {editlib.relative_unit(entry, scratch.root): entry for entry in editlib.load_database(scratch.root)}
    names = [files.get(name, name) for name in tree.chosen_units + tree.users]

    def errors(name):
        command = editlib.syntax_command(units[name], tree.clang)
        done = subprocess.run(command, cwd=units[name]["directory"], capture_output=True, text=True, check=False)
        return done.stderr if done.returncode else ""
    for name, text in zip(names, threads.map(errors, names)):
        if text:
            raise editlib.Error(f"{name} does not compile under its new name:\n{text}")


def keep(scratch, folder):
    """A lasting copy of the renamed tree, with a database of its own."""
    shutil.copytree(scratch.root, folder, symlinks=True)
    moved = editlib.moved_database(editlib.load_database(folder), scratch.root, Path(folder).resolve())
    editlib.write_new(Path(folder) / editlib.DATABASE, json.dumps(moved, indent=1))


def is_kernel(root):
    return (root / "drivers" / "hv").is_dir()


def default_files(root):
    return KERNEL_FILES if is_kernel(root) else ("*.c", "*.h")


def run(options):
    root = Path(options.tree).resolve()
    tool = shutil.which(options.cocodma) or options.cocodma if options.cocodma else None
    with tempfile.TemporaryDirectory(prefix="cocodma-metamorphic-",
                                     dir=options.work or editlib.scratch_parent(root)) as work, \
            concurrent.futures.ThreadPoolExecutor(options.j) as threads, editlib.Scratch(root, work) as scratch:
        tree = Tree(root, options.files or default_files(root), options.clang)
        reports = Path(options.reports or work)
        reports.mkdir(parents=True, exist_ok=True)
        # The same scratch copy before and after, so that nothing but the sources differs.
        before = analyze(tool, scratch, reports / "before.json", options) if tool else None
        bad = False
        for seed in options.seed or [1]:
            back = transform(tree, scratch, options, seed, threads)
            if options.keep:
                keep(scratch, options.keep)
            if tool:
                after = analyze(tool, scratch, reports / f"after-{seed}.json", options)
                lines = differences(before, after, back)
                print("\n".join(lines) if lines else "the same findings and verdicts", flush=True)
                bad |= any(not (options.more_sites and is_harmless_addition(line)) for line in lines)
            undo(scratch, back)
    return 1 if bad else 0


def analyze(tool, scratch, out, options):
    extra = ["-j", str(options.j)]
    for spec in options.analyze_spec:
        extra += ["--spec", spec]
    return editlib.analyze(tool, scratch.root, out, options.cache, extra)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tree", required=True, metavar="DIR", help="tree with a compile_commands.json, only read")
    parser.add_argument("--spec", action="append", required=True, metavar="F",
                        help="spec of the analyzer: the names in it stay (may be repeated)")
    parser.add_argument("--cocodma", metavar="BIN", help="the analyzer; without it nothing is compared")
    parser.add_argument("--analyze-spec", action="append", default=[], metavar="F",
                        help="spec passed on to the analyzer")
    parser.add_argument("--seed", type=int, action="append", metavar="N",
                        help="what is renamed to what (default: 1; may be repeated)")
    parser.add_argument("--files", action="append", metavar="GLOB",
                        help="files to rename, below the tree (default: the VMBus drivers of a kernel, else all)")
    parser.add_argument("--no-move", action="store_true", help="keep the names of files and modules")
    parser.add_argument("--no-guards", action="store_true", help="keep conditions where they are")
    parser.add_argument("--no-reorder", action="store_true", help="keep the order of functions")
    parser.add_argument("--more-sites", action="store_true", help="sites that only the second ledger has are allowed, if "
                        "nothing bad is said of them")
    parser.add_argument("--clang", default="clang-22", help="compiler (default: %(default)s)")
    parser.add_argument("--cache", metavar="DIR", help="summary cache of the analyzer")
    parser.add_argument("--reports", metavar="DIR", help="keep before.json and after-SEED.json there")
    parser.add_argument("--keep", metavar="DIR", help="keep the renamed tree there (must not exist)")
    parser.add_argument("--work", metavar="DIR", help="where the scratch copy goes")
    parser.add_argument("-j", type=int, default=os.cpu_count() or 1, metavar="N", help="jobs (default: all processors)")
    return parser.parse_args()


def main():
    editlib.clean_up_when_terminated()
    try:
        return run(parse_arguments())
    except (editlib.Error, OSError) as problem:
        print(f"metamorphic: {problem}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())

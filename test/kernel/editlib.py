# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the scripts of this folder share: edits as data, kernel trees, compile databases and scratch copies.

Not for analysis: nothing here knows what an edit means, only how to apply it and how to compare reports.
"""

import ast
import fnmatch
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

ENCODING = {"encoding": "utf-8", "errors": "surrogateescape"}
DATABASE = "compile_commands.json"
# Not needed to parse the C units of the database, so not in a scratch tree.
SKIPPED_DIRS = {".git", "Documentation", "LICENSES", "samples", "rust", "sound", "tools/testing"}
SKIPPED_SUFFIXES = (".o", ".a", ".cmd", ".ko", ".order", ".d")
NEEDED = ("file", "find", "replace", "count")


class Error(Exception):
    """A problem that the user can understand and solve: printed without a traceback."""


def read_text(path):
    """The text of a source file, byte for byte."""
    with open(path, newline="", **ENCODING) as stream:
        return stream.read()


def write_new(path, text):
    """Writes a file under a new inode: other hard links to the old one keep their content."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".cocodma-")
    with os.fdopen(handle, "w", newline="", **ENCODING) as stream:
        stream.write(text)
    os.chmod(name, 0o644)
    os.replace(name, path)


def write_section(path, marks, text):
    """Puts `text` between the two marks of the page at `path`; a page without them is an error."""
    page = Path(path).read_text(**ENCODING)
    start, end = page.find(marks[0]), page.find(marks[1])
    if not 0 <= start < end:
        raise Error(f"{path}: write these two lines where the text is to stand: {marks[0]} {marks[1]}")
    write_new(path, f"{page[:start]}{marks[0]}\n\n{text.strip()}\n\n{page[end:]}")


def kernel_root(path):
    """The tree at `path`, checked to be a prepared one."""
    root = Path(path).resolve()
    for needed in ("Makefile", DATABASE):
        if not (root / needed).is_file():
            raise Error(f"{path}: no {needed}: not a prepared kernel tree")
    return root


def kernel_version(root):
    """(major, minor) as the tree's Makefile says."""
    text = read_text(Path(root) / "Makefile")
    numbers = [re.search(rf"^{key} = (\d+)$", text, re.M) for key in ("VERSION", "PATCHLEVEL")]
    if not all(numbers):
        raise Error(f"{root}: the Makefile has no VERSION and PATCHLEVEL")
    return tuple(int(number.group(1)) for number in numbers)


def for_tree(wanted, version):
    """Whether an edit for tree `wanted` ("7", "6.12") is for a tree of this version."""
    parts = [int(part) for part in wanted.split(".")]
    return tuple(parts) == tuple(version[: len(parts)])


# --- edits -----------------------------------------------------------------------------------------------------------


def load_edits(folder, only=None):
    """{name: edit} of all JSON files of a folder, sorted, checked for the fields that are needed."""
    edits = {}
    for path in sorted(Path(folder).glob("*.json")):
        if only and not fnmatch.fnmatch(path.stem, only):
            continue
        try:
            edits[path.stem] = check_edit(json.loads(path.read_text(encoding="utf-8")))
        except (ValueError, KeyError, TypeError) as problem:
            raise Error(f"{path}: {problem}") from problem
    return edits


def check_edit(edit):
    for key in ("tree", "why", "edits", "expect", "absent"):
        if key not in edit:
            raise ValueError(f"no field '{key}'")
    for step in edit["edits"]:
        missing = [key for key in NEEDED if key not in step]
        if missing:
            raise ValueError(f"an edit without {', '.join(missing)}")
        if "through" in step and step["count"] != 1:
            raise ValueError("'through' needs a count of 1")
    return edit


def apply_step(text, step):
    """One replacement; 'through' widens what is replaced to the end of the next occurrence of that text."""
    found = text.count(step["find"])
    if found != step["count"]:
        raise Error(f"{step['file']}: expected {step['count']} of {step['find']!r}, found {found}")
    if "through" not in step:
        return text.replace(step["find"], step["replace"])
    start = text.index(step["find"])
    last = text.find(step["through"], start)
    if last < 0:
        raise Error(f"{step['file']}: no {step['through']!r} after {step['find']!r}")
    return text[:start] + step["replace"] + text[last + len(step["through"]):]


def edited_files(edit, root):
    """{path below the root: new text} of an edit; the tree is only read."""
    texts = {}
    for step in edit["edits"]:
        name = step["file"]
        if name not in texts:
            if not (Path(root) / name).is_file():
                raise Error(f"{name}: not in this tree")
            texts[name] = read_text(Path(root) / name)
        texts[name] = apply_step(texts[name], step)
    return texts


# --- edits as scripts (a folder with expected.json) ------------------------------------------------------------------


def load_given(folder, only=None):
    """{name: edit} of a folder of scripts that edit a tree in place, and an expected.json."""
    folder = Path(folder)
    try:
        expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise Error(f"{folder}: no usable expected.json: {problem}") from problem
    edits = {}
    for name in sorted(expected):
        if only and not fnmatch.fnmatch(name, only):
            continue
        script = folder / f"{name}.py"
        if not script.is_file():
            raise Error(f"{folder}: expected.json names {name}, but there is no {name}.py")
        edits[name] = dict(expected[name], script=str(script))
    return edits


def named_files(script, root):
    """The files of the tree that a script names in a string: all that it may read and write."""
    strings = [node.value for node in ast.walk(ast.parse(read_text(script)))
               if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return sorted({name for name in strings
                   if name and "\n" not in name and len(name) < 256 and not os.path.isabs(name)
                   and ".." not in Path(name).parts and (Path(root) / name).is_file()})


def script_files(script, root, python):
    """{path: new text} of what a script changes. It runs on copies, so it can write through no hard link."""
    with tempfile.TemporaryDirectory(prefix="cocodma-given-") as shadow:
        names = named_files(script, root)
        for name in names:
            target = Path(shadow) / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(Path(root) / name, target)
        done = subprocess.run([python, script, shadow], capture_output=True, text=True, check=False)
        if done.returncode:
            raise Error(f"{script}: {(done.stderr or done.stdout).strip()}")
        texts = {name: read_text(Path(shadow) / name) for name in names}
    return {name: text for name, text in texts.items() if text != read_text(Path(root) / name)}


# --- the compile database --------------------------------------------------------------------------------------------


def load_database(root):
    try:
        return json.loads((Path(root) / DATABASE).read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise Error(f"{root}/{DATABASE}: {problem}") from problem


def unit_of(entry):
    """The source file of an entry, absolute."""
    return os.path.normpath(os.path.join(entry["directory"], entry["file"]))


def relative_unit(entry, root):
    """The source file of an entry below the root, or None for one that lies elsewhere."""
    path = os.path.relpath(unit_of(entry), root)
    return None if path.startswith("..") else path


def arguments(entry):
    return list(entry["arguments"]) if "arguments" in entry else shlex.split(entry["command"])


def syntax_command(entry, clang, extra=()):
    """The command of an entry, only to parse: writes no object and no dependency file."""
    result, words = [clang], iter(arguments(entry)[1:])
    for word in words:
        if word == "-o":
            next(words, None)
        elif word != "-c" and not word.startswith("-Wp,-M"):
            result.append(word)
    return result + ["-fsyntax-only", *extra]


def moved(path, old, new):
    """`path` with the root `old` exchanged for `new`."""
    path = os.path.normpath(path)
    if path == str(old):
        return str(new)
    return str(new) + path[len(str(old)):] if path.startswith(f"{old}/") else path


def moved_database(database, old, new):
    """The database for a copy of the tree: absolute paths of the tree are exchanged wherever they stand."""
    whole = re.compile(re.escape(str(old)) + r"(?=$|[/\"'\s:,])")
    result = []
    for entry in database:
        entry = dict(entry, directory=moved(entry["directory"], old, new), file=moved(entry["file"], old, new))
        if "command" in entry:
            entry["command"] = whole.sub(lambda _: str(new), entry["command"])
        if "arguments" in entry:
            entry["arguments"] = [whole.sub(lambda _: str(new), word) for word in entry["arguments"]]
        result.append(entry)
    return result


# --- scratch copies --------------------------------------------------------------------------------------------------


def scratch_parent(root):
    """Where scratch copies of a tree can be made of hard links: the temporary folder if it is on the same file system,
    else beside the tree, else (with copies) the temporary folder after all."""
    temporary, beside = tempfile.gettempdir(), str(Path(root).parent)
    if os.stat(temporary).st_dev == os.stat(root).st_dev or not os.access(beside, os.W_OK):
        return temporary
    return beside


def clean_up_when_terminated():
    """SIGTERM ends the process like an exception, so that scratch copies are removed."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


class Scratch:
    """A copy of a tree made of hard links, in which files are exchanged (always under a new inode) and restored.

    Made once and used for many edits. The tree itself is only read, never written.
    """

    def __init__(self, root, parent=None):
        self.origin = Path(root)
        self.folder = tempfile.mkdtemp(prefix="cocodma-scratch-", dir=parent)
        # The same base name as the tree: it may appear in a report.
        self.root = Path(os.path.realpath(self.folder)) / self.origin.name
        self.changed = set()
        self._link_tree()
        self.database = moved_database(load_database(self.origin), self.origin, self.root)
        write_new(self.root / DATABASE, json.dumps(self.database, indent=1))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def _link_tree(self):
        for base, folders, files in os.walk(self.origin):
            here = os.path.relpath(base, self.origin)
            folders[:] = [name for name in folders if os.path.normpath(os.path.join(here, name)) not in SKIPPED_DIRS]
            target = self.root / here
            target.mkdir(parents=True, exist_ok=True)
            self._keep_links(base, folders, target)
            for name in files:
                if name != DATABASE and not name.endswith(SKIPPED_SUFFIXES):
                    self._link(os.path.join(base, name), target / name)

    @staticmethod
    def _keep_links(base, folders, target):
        """A symbolic link to a folder stays one; os.walk() lists it but does not enter it."""
        for name in list(folders):
            source = os.path.join(base, name)
            if os.path.islink(source):
                os.symlink(os.readlink(source), target / name)
                folders.remove(name)

    @staticmethod
    def _link(source, target):
        try:
            os.link(source, target, follow_symlinks=False)
        except OSError:  # another file system, or one without hard links
            shutil.copy2(source, target, follow_symlinks=False)

    def change(self, texts):
        """Puts the given texts in; what was changed before is restored first."""
        self.restore()
        for name, text in texts.items():
            write_new(self.root / name, text)
            self.changed.add(name)

    def restore(self):
        for name in sorted(self.changed):
            target = self.root / name
            target.unlink(missing_ok=True)
            if (self.origin / name).exists():
                self._link(self.origin / name, target)
        self.changed.clear()


# --- reports ---------------------------------------------------------------------------------------------------------


def analyze(tool, root, out, cache=None, extra=()):
    """Runs the analyzer on a tree and returns (report, what it took to say why there is none)."""
    command = [tool, "analyze", "-p", str(root), "--kernel", str(root), "--format", "json", "-o", str(out)]
    if cache:
        command += ["--cache", str(cache)]
    Path(out).unlink(missing_ok=True)
    try:
        done = subprocess.run([*command, *extra], capture_output=True, text=True, check=False)
    except OSError as problem:
        raise Error(f"{tool}: {problem.strerror or problem}") from problem
    if done.returncode not in (0, 1, 3):  # 1 findings, 3 incomplete: a report all the same
        raise Error(f"{tool} analyze: exit status {done.returncode}: {last_line(done.stderr)}")
    return load_report(out)


def last_line(text):
    lines = text.strip().splitlines()
    return lines[-1] if lines else "no message"


def load_report(path):
    try:
        report = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise Error(f"{path}: no usable report: {problem}") from problem
    if not isinstance(report.get("findings"), list):
        raise Error(f"{path}: no findings[] in the report")
    return report


def place(finding):
    """(file, function, check, verdict): what expectations speak of, and what does not move with lines."""
    location = finding.get("location") or {}
    return (location.get("file", ""), location.get("function") or "", finding.get("check", ""),
            finding.get("verdict", ""))


def matches(pattern, finding):
    """Whether a finding is the one that an entry of expect or absent speaks of. A missing field allows all."""
    file, function, check, verdict = place(finding)
    if "file" in pattern and file != pattern["file"]:
        return False
    if "one_of_files" in pattern and file not in pattern["one_of_files"]:
        return False
    return all(pattern.get(key, value) == value
               for key, value in (("function", function), ("check", check), ("verdict", verdict)))

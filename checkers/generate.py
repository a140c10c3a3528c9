#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes what follows from the manifest of checks, checks.json: the table that `cocodma explain` reads, the registration
in the clang-tidy module, the table of the rules of design, the tables in README.md and docs/index.md, and the head of
each page in docs/checks/.

    generate.py            writes what differs
    generate.py --check    writes nothing; exit status 1 if something differs, or a page was begun only
"""

import argparse
import json
import os
import re
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
MANIFEST = TOP / "checkers" / "checks.json"
GROUPS = {"data-flow": "Data flow", "protection": "Fixes that are none", "design": "Design"}
SEVERITIES = {"high": "High", "medium": "Medium", "low": "Low"}
STATES = {"yes": "Yes", "in part": "InPart", "no": "No"}
KEYS = {"name", "group", "severity", "default", "title", "summary", "advice", "analyze", "tidy", "class", "rule", "options"}
GENERATED = "// Generated from checkers/checks.json by checkers/generate.py.\n"
LICENSE = "SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception"


class Mistake(Exception):
    """Something in the manifest, or in a file to be changed, is wrong."""


def require(holds, text):
    if not holds:
        raise Mistake(text)


def read_manifest(path):
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise Mistake(f"{path}: {problem}") from problem
    require(manifest.get("manifest_version") == 1, f"{path}: manifest_version must be 1")
    seen = set()
    for check in manifest["checks"]:
        name = check.get("name", "")
        require(re.fullmatch(r"coco(-[a-z]+)+", name), f"{path}: '{name}' is no name of a check; write coco-words")
        require(name not in seen, f"{path}: {name} is there twice")
        seen.add(name)
        validate(path, check)
    return manifest["checks"]


def validate(path, check):
    where = f"{path}: {check['name']}"
    unknown = set(check) - KEYS
    require(not unknown, f"{where}: unknown key {', '.join(sorted(unknown))}")
    for key, known in (("group", GROUPS), ("severity", SEVERITIES), ("analyze", STATES), ("tidy", STATES)):
        require(check.get(key) in known, f"{where}: {key} must be one of {', '.join(known)}")
    require(isinstance(check.get("default"), bool), f"{where}: default must be true or false")
    summary = check.get("summary", "")
    require(summary and not summary.endswith("."), f"{where}: summary must be one sentence without its full stop")
    title = check.get("title", "")
    require(title and not title.endswith("."), f"{where}: title must be a few words without a full stop")
    require(check.get("advice", "").endswith("."), f"{where}: advice must be sentences, what helps")
    require(("class" in check) == (check["tidy"] != "no"), f"{where}: a check of the plugin, and no other, has a class")
    require(("rule" in check) == (check["group"] == "design"), f"{where}: a check of design, and no other, has a rule")
    for option in check.get("options", []):
        require(set(option) == {"name", "type", "default", "summary"},
                f"{where}: an option has name, type, default and summary")


def literal(text):
    return json.dumps(text)


def explain_table(checks):
    lines = [GENERATED, "// CHECK(name, group, severity, default, title, summary, advice, analyze, tidy)\n",
             "// OPTION(check, name, default, summary)\n"]
    for check in checks:
        lines.append(f"CHECK({literal(check['name'])}, {literal(GROUPS[check['group']])},\n"
                     f"      {literal(check['severity'])}, {str(check['default']).lower()},\n"
                     f"      {literal(check['title'])},\n"
                     f"      {literal(check['summary'])},\n"
                     f"      {literal(check['advice'])},\n"
                     f"      Availability::{STATES[check['analyze']]}, Availability::{STATES[check['tidy']]})\n")
        for option in check["options"]:
            lines.append(f"OPTION({literal(check['name'])}, {literal(option['name'])}, {literal(option['default'])},\n"
                         f"       {literal(option['summary'])})\n")
    return "".join(lines)


def plugin_checks(checks):
    return [check for check in checks if "class" in check]


def registration_includes(checks):
    return GENERATED + "".join(f'#include "{name}.h"\n' for name in sorted({one["class"] for one in plugin_checks(checks)}))


def registration(checks):
    calls = "".join(f'Factories.registerCheck<{one["class"]}>("{one["name"]}");\n' for one in plugin_checks(checks))
    return GENERATED + calls


def rules(checks):
    return [check for check in checks if "rule" in check]


def rule_includes(checks):
    return GENERATED + "".join(f'#include "design/{name}.h"\n' for name in sorted(one["rule"] for one in rules(checks)))


def rule_table(checks):
    return GENERATED + "".join(f'RULE("{one["name"]}", {one["rule"]})\n' for one in rules(checks))


def cell(text):
    return text.replace("|", "\\|")


def table(checks, pages):
    lines = ["| check | reports | `analyze` | plugin |", "| --- | --- | --- | --- |"]
    for check in checks:
        lines.append(f"| [`{check['name']}`]({pages}{check['name']}.md) | {cell(check['summary'])} | "
                     f"{check['analyze']} | {check['tidy']} |")
    return "\n".join(lines) + "\n"


def page_head(check):
    lines = [f"<!-- {LICENSE} -->", f"# {check['name']}", "",
             check["summary"][0].upper() + check["summary"][1:] + ".", "",
             "| group | severity | on by default | `cocodma analyze` | clang-tidy plugin |", "| --- | --- | --- | --- | --- |",
             f"| {GROUPS[check['group']]} | {check['severity']} | {'yes' if check['default'] else 'no'} | "
             f"{check['analyze']} | {check['tidy']} |", ""]
    if check["options"]:
        lines += ["| option | type | default | |", "| --- | --- | --- | --- |"]
        lines += [f"| `{one['name']}` | {one['type']} | `{one['default'] or '(empty)'}` | {one['summary']} |"
                  for one in check["options"]]
        lines.append("")
    return "\n".join(lines)


HEAD_END = "<!-- The above is generated from checkers/checks.json. -->\n"


STUB = "\nThis page is still to be written.\n"


def page(check, old):
    body = old.split(HEAD_END, 1)[1] if HEAD_END in old else STUB
    return page_head(check) + HEAD_END + body


def between(text, new, path):
    begin, end = "<!-- checks: generated -->\n", "<!-- end of checks -->\n"
    require(text.count(begin) == 1 and text.count(end) == 1, f"{path}: must have the lines {begin.strip()} and {end.strip()}")
    return text[:text.index(begin) + len(begin)] + new + text[text.index(end):]


def outputs(checks):
    """What every generated file should hold."""
    wanted = {TOP / "analyzer" / "report" / "Checks.inc": explain_table(checks),
              TOP / "analyzer" / "design" / "RuleIncludes.inc": rule_includes(checks),
              TOP / "analyzer" / "design" / "Rules.inc": rule_table(checks),
              TOP / "checkers" / "RegistrationIncludes.inc": registration_includes(checks),
              TOP / "checkers" / "Registration.inc": registration(checks)}
    for path, pages in ((TOP / "README.md", "docs/checks/"), (TOP / "docs" / "index.md", "checks/")):
        wanted[path] = between(path.read_text(encoding="utf-8"), table(checks, pages), path)
    for check in checks:
        path = TOP / "docs" / "checks" / f"{check['name']}.md"
        wanted[path] = page(check, path.read_text(encoding="utf-8") if path.exists() else "")
    return wanted


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(text)
    os.chmod(name, 0o644)
    os.replace(name, path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if something differs")
    parser.add_argument("--manifest", type=Path, default=MANIFEST, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    try:
        checks = read_manifest(arguments.manifest)
        wanted = outputs(checks)
    except (Mistake, OSError) as problem:
        print(f"generate.py: {problem}", file=sys.stderr)
        return 2
    known = {path.name for path in wanted}
    strays = [path for path in (TOP / "docs" / "checks").glob("*.md") if path.name not in known]
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in strays:
        print(f"generate.py: {path.relative_to(TOP)}: no such check in the manifest", file=sys.stderr)
    if arguments.check:
        for path in stale:
            print(f"generate.py: {path.relative_to(TOP)}: differs from the manifest; run checkers/generate.py",
                  file=sys.stderr)
        stubs = [path for path, text in wanted.items() if text.endswith(STUB)]
        for path in stubs:
            print(f"generate.py: {path.relative_to(TOP)}: is still to be written", file=sys.stderr)
        return 1 if stale or strays or stubs else 0
    for path in stale:
        write(path, wanted[path])
    return 1 if strays else 0


if __name__ == "__main__":
    sys.exit(main())

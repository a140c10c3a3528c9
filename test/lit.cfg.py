# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The lit suites: files that say in their RUN lines what is run and in the rest what must come of it.

    lit -Dcocodma=build/dev/analyzer/cocodma test        (run.sh does it)
"""

import os
import shlex
import shutil

import lit.formats

# pylint: disable=undefined-variable
config.name = "cocodma"
config.suffixes = [".test", ".c"]
config.excludes = ["Inputs", "kernel", "tools", "unit", "bench"]
config.test_format = lit.formats.ShTest(execute_external=False)

here = os.path.dirname(os.path.abspath(__file__))
root = os.path.dirname(here)
config.test_source_root = here
binary = os.path.abspath(lit_config.params.get("cocodma", os.path.join(root, "build", "dev", "analyzer", "cocodma")))
config.test_exec_root = os.path.join(root, "out", "lit", os.path.basename(os.path.dirname(os.path.dirname(binary))))
if not os.access(binary, os.X_OK):
    lit_config.fatal(f"{binary}: no analyzer there; build it (test/run.sh) or name one with -Dcocodma=FILE")

llvm = "/usr/lib/llvm-22/bin"
python = "/usr/bin/python3"


def tool(name):
    return f"{python} {shlex.quote(os.path.join(here, 'tools', name))}"


# A run must not depend on what the user has in a cache folder, nor on the locale.
config.environment["XDG_CACHE_HOME"] = os.path.join(config.test_exec_root, "cache")
config.environment["LC_ALL"] = "C.UTF-8"
for name in ("ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS"):
    if name in os.environ:
        config.environment[name] = os.environ[name]

# The clang-tidy plugin of the same build; no configuration but the test's.
plugin = os.path.abspath(lit_config.params.get("plugin", os.path.join(
    os.path.dirname(os.path.dirname(binary)), "checkers", "libcocodma-tidy.so")))
# With -Dplugin=FILE -Dtidy=clang-tidy-19 the tests of single checks run in another version.
clang_tidy = lit_config.params.get("tidy", "clang-tidy-22")
# A module with sanitizers does not load into a clang-tidy without them.
cache = os.path.join(os.path.dirname(os.path.dirname(binary)), "CMakeCache.txt")
with open(cache, encoding="utf-8") as settings:
    if "COCODMA_SANITIZE:BOOL=ON" not in settings.read():
        config.available_features.add("plugin")
for version in (14, 19):
    if shutil.which(f"clang-tidy-{version}"):
        config.available_features.add(f"clang-tidy-{version}")
tidy = f"{clang_tidy} --quiet --load={shlex.quote(plugin)}"

lit_config.maxIndividualTestTime = 300

# setup.sh puts it there, if it can.
sarif_schema = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "cocodma-test",
                            "sarif-schema.json")
if os.path.exists(sarif_schema):
    config.available_features.add("sarif-schema")
# Not among setup.sh's packages: a Go compiler is large. golang-go and golang-github-reviewdog-errorformat-dev of Debian.
if shutil.which("go") and os.path.isdir("/usr/share/gocode/src/github.com/reviewdog/errorformat"):
    config.available_features.add("errorformat")
if shutil.which("chromium"):
    config.available_features.add("chromium")

config.substitutions += [
    ("%cocodma", shlex.quote(binary)),
    ("%build", shlex.quote(os.path.dirname(os.path.dirname(binary)))),
    ("%corpus", os.path.join(root, "corpus")),
    ("%ci", os.path.join(root, "docs", "ci")),
    ("%docs", os.path.join(root, "docs")),
    ("%checkers", os.path.join(root, "checkers")),
    # FileCheck reads comments of C as well as of .test files.
    ("%FileCheck", f"{llvm}/FileCheck --dump-input-filter=error"),
    ("%split-file", f"{llvm}/split-file"),
    ("%not", f"{llvm}/not"),
    ("%count", f"{llvm}/count"),
    ("%python", python),
    ("%plugin", shlex.quote(plugin)),
    # %tidy CHECK FILE: the findings of one check, in a unit that is compiled against Inputs/kernel.h
    ("%clang-tidy", clang_tidy),
    ("%tidy-bare", tidy),
    ("%tidy", f"{tidy} --config='{{}}' --extra-arg=-std=gnu11 --extra-arg=-Wno-everything"
              f" --extra-arg=-I{shlex.quote(os.path.join(here, 'checks', 'Inputs'))} --checks=-*,"),
    # %tree OUT [--core N | --tree NAME] [UNIT.c...]: see tools/make-tree.py
    ("%tree", tool("make-tree.py")),
    # %status N COMMAND...: the command must end with that exit status
    ("%status", tool("expect-status.py")),
    # %patch ROOT --edit FILE OLD NEW...: a patch on standard output
    ("%patch", tool("make-patch.py")),
    # %json-check R.json [what must be in it]
    ("%json-check", tool("check-report.py")),
    # %sarif-check R.sarif [--schema FILE], %html-check R.html
    ("%sarif-check", tool("check-sarif.py")),
    ("%html-check", tool("check-html.py")),
    ("%sarif-schema", sarif_schema),
    # %browse R.html: in headless Chromium
    ("%browse", tool("browse-report.py")),
    ("%tools", os.path.join(here, "tools")),
]

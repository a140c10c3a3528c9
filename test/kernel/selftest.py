#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Tests of the scripts of this folder themselves. Needs neither a kernel nor the analyzer nor a compiler."""

import importlib.util
import json
import tempfile
import unittest
from pathlib import Path

import editlib
import guards
import renamer

HERE = Path(__file__).resolve().parent


def load_script(name):
    spec = importlib.util.spec_from_file_location(name.replace("-", "_"), HERE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def finding(file, function, check="coco-bounce", verdict="leak"):
    return {"check": check, "verdict": verdict,
            "location": {"file": file, "line": 1, "column": 1, "function": function}}


class Edits(unittest.TestCase):
    def test_all_edits_are_well_formed(self):
        edits = editlib.load_edits(HERE / "edits")
        self.assertGreater(len(edits), 50)
        for name, edit in edits.items():
            self.assertTrue(edit["expect"] or edit["absent"], name)
            self.assertIn(edit.get("sibling_of"), [None, *edits], name)
            self.assertIn(edit.get("tier"), [None, "full"], name)

    def test_step(self):
        step = {"file": "f", "find": "b", "replace": "X", "count": 2}
        self.assertEqual(editlib.apply_step("abab", step), "aXaX")
        with self.assertRaises(editlib.Error):
            editlib.apply_step("ab", step)

    def test_step_through(self):
        step = {"file": "f", "find": "(a", "through": "c)", "replace": "X", "count": 1}
        self.assertEqual(editlib.apply_step("<(a b c) c)>", step), "<X c)>")
        with self.assertRaises(editlib.Error):
            editlib.apply_step("(a b", step)

    def test_tree_of_an_edit(self):
        self.assertTrue(editlib.for_tree("7", (7, 3)))
        self.assertTrue(editlib.for_tree("6.12", (6, 12)))
        self.assertFalse(editlib.for_tree("6.1", (6, 12)))


class Reports(unittest.TestCase):
    def setUp(self):
        self.runner = load_script("run-edits")
        self.base = {"findings": [finding("a.c", "f")], "skipped": []}

    def test_matches(self):
        item = finding("a.c", "f")
        self.assertTrue(editlib.matches({"one_of_files": ["b.c", "a.c"], "check": "coco-bounce"}, item))
        self.assertFalse(editlib.matches({"file": "a.c", "function": "g"}, item))

    def test_section_of_a_page(self):
        with tempfile.TemporaryDirectory() as folder:
            page = Path(folder) / "page.md"
            page.write_text("before\n<!-- a -->\n\nold\n\n<!-- b -->\nafter\n", encoding="utf-8")
            editlib.write_section(page, ("<!-- a -->", "<!-- b -->"), "new\n")
            self.assertEqual(page.read_text(encoding="utf-8"), "before\n<!-- a -->\n\nnew\n\n<!-- b -->\nafter\n")
            with self.assertRaisesRegex(editlib.Error, "page.md"):
                editlib.write_section(page, ("<!-- c -->", "<!-- b -->"), "new\n")

    def test_missing_and_unexpected(self):
        edit = {"expect": [{"file": "b.c", "check": "coco-bounce", "verdict": "leak"}],
                "absent": [{"file": "a.c", "check": "coco-bounce", "verdict": "leak"}]}
        text = self.runner.compare(edit, self.base, self.base)
        self.assertIn("missing coco-bounce=leak in b.c", text)
        self.assertIn("unexpected coco-bounce=leak in a.c", text)

    def test_new_counts(self):
        edit = {"expect": [], "absent": [{"new": "any"}]}
        self.assertEqual(self.runner.compare(edit, self.base, self.base), "")
        twice = {"findings": self.base["findings"] * 2, "skipped": []}
        self.assertIn("new", self.runner.compare(edit, twice, self.base))
        other = {"findings": self.base["findings"] + [finding("a.c", "g", verdict="private")], "skipped": []}
        self.assertEqual(self.runner.compare(edit, other, self.base), "")

    def test_more_skipped(self):
        edit = {"expect": [], "absent": []}
        self.assertIn("skipped", self.runner.compare(edit, dict(self.base, skipped=[{"kind": "unit"}]), self.base))

    def test_names_are_mapped_back(self):
        metamorphic = load_script("metamorphic")
        after = {"findings": [finding("x.c", "y")]}
        back = metamorphic.Back({"a.c": "x.c"}, {"f": "y"})
        self.assertEqual(metamorphic.differences(self.base, after, back), [])
        self.assertEqual(len(metamorphic.differences(self.base, after, metamorphic.Back())), 2)

    def test_harmless_additions(self):
        metamorphic = load_script("metamorphic")
        self.assertTrue(metamorphic.is_harmless_addition("+ site free private none=unreachable, snp=private a.c leak_it"))
        for line in ("- site free private none=unreachable a.c f", "+ site map leak snp=leak a.c f",
                     "+ site map private snp=unknown a.c f", "+ finding coco-bounce leak external a.c f"):
            self.assertFalse(metamorphic.is_harmless_addition(line), line)


class Trees(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name).resolve() / "tree"
        (self.root / "sub").mkdir(parents=True)
        (self.root / "sub" / "a.c").write_text("int a;\n", encoding="utf-8")
        entry = {"directory": str(self.root), "file": f"{self.root}/sub/a.c",
                 "command": f"cc -I{self.root}/sub sub/a.c"}
        (self.root / editlib.DATABASE).write_text(json.dumps([entry]), encoding="utf-8")

    def test_scratch_never_writes_through(self):
        with editlib.Scratch(self.root, self.root.parent) as scratch:
            copy = scratch.root / "sub" / "a.c"
            scratch.change({"sub/a.c": "int b;\n", "sub/new.h": ""})
            self.assertEqual(copy.read_text(encoding="utf-8"), "int b;\n")
            self.assertEqual((self.root / "sub" / "a.c").read_text(encoding="utf-8"), "int a;\n")
            scratch.restore()
            self.assertEqual(copy.read_text(encoding="utf-8"), "int a;\n")
            self.assertFalse((scratch.root / "sub" / "new.h").exists())
        self.assertFalse(scratch.root.exists())

    def test_database_moves(self):
        moved = editlib.moved_database(editlib.load_database(self.root), self.root, "/new")[0]
        self.assertEqual(moved, {"directory": "/new", "file": "/new/sub/a.c", "command": "cc -I/new/sub sub/a.c"})
        sibling = [{"directory": f"{self.root}2", "file": f"{self.root}2/a.c", "command": f"cc {self.root}2/a.c"}]
        self.assertEqual(editlib.moved_database(sibling, self.root, "/new"), sibling)

    def test_scripts_run_on_copies(self):
        script = self.root.parent / "edit.py"
        script.write_text("import sys\np = sys.argv[1] + '/' + 'sub/a.c'\nopen(p, 'w').write('int c;')\n",
                          encoding="utf-8")
        self.assertEqual(editlib.script_files(str(script), self.root, "python3"), {"sub/a.c": "int c;"})
        self.assertEqual((self.root / "sub" / "a.c").read_text(encoding="utf-8"), "int a;\n")

    def test_syntax_command(self):
        entry = {"directory": "/", "file": "a.c", "command": "cc -Wp,-MMD,x.d -DA='\"b\"' -c -o a.o a.c"}
        self.assertEqual(editlib.syntax_command(entry, "clang"), ["clang", '-DA="b"', "a.c", "-fsyntax-only"])


SOURCE = """#include "one.h"
#define CALL(x) do { x(); } while (0)
/* first */
static int one(struct box *box, int (*call)(int n))
{
	u32 size = box->size, *p = &size;
	struct lid lid = { .size = 1 };

	return size + lid.size + *p; /* size */
}

static void two(void)
{
	static const char *text = "size";
}
int three(int size) { return one(0, 0) + size; }
"""


class Renaming(unittest.TestCase):
    def setUp(self):
        self.tokens = renamer.tokenize(SOURCE)
        self.found = renamer.functions(self.tokens)

    def test_tokens_are_all_of_the_text(self):
        self.assertEqual(renamer.untokenize(self.tokens), SOURCE)

    def test_functions(self):
        self.assertEqual([(one.name, one.is_static) for one in self.found],
                         [("one", True), ("two", True), ("three", False)])

    def test_local_names(self):
        self.assertEqual(renamer.local_names(self.tokens, self.found[0]), {"box", "size", "p", "lid"})
        self.assertEqual(renamer.local_names(self.tokens, self.found[1]), {"text"})

    def test_rename(self):
        renaming = renamer.Renaming({"one": "q"}, {("f", "one"): {"size": "zz", "lid": "ll"}})
        text = renamer.rename("f", SOURCE, renaming)
        self.assertIn("u32 zz = box->size, *p = &zz;", text)
        self.assertIn("struct lid ll = { .size = 1 };", text)
        self.assertIn("return zz + ll.size + *p; /* size */", text)
        self.assertIn("return q(0, 0) + size", text)
        self.assertIn('#include "one.h"', text)

    def test_protected_names_stay(self):
        renaming = renamer.propose({"f": SOURCE}, {"three"}, {"box"}, 1)
        self.assertNotIn("three", renaming.everywhere)
        self.assertNotIn("box", renaming.local["f", "one"])
        self.assertIn("two", renaming.everywhere)
        self.assertEqual(renaming, renamer.propose({"f": SOURCE}, {"three"}, {"box"}, 1))

    def test_attributes_stay(self):
        source = "#define used __attribute__((section(where), aligned(size)))\nint used where;\n"
        renaming = renamer.propose({"f": source}, set(), set(), 1)
        self.assertEqual(set(renaming.everywhere), {"used", "where", "size"})

    def test_reorder(self):
        text, pairs = next(result for result in (renamer.reorder(SOURCE, seed) for seed in range(20)) if result[1])
        self.assertEqual(pairs, 1)
        self.assertLess(text.index("two"), text.index("int one("))
        self.assertEqual(sorted(text), sorted(SOURCE))


GUARDED = """static int three(struct box *box, u32 size, int list[2])
{
	struct lid *lid = box->lid, local;

	if (!box->open || size > lid->size)
		return 1;
	if (size)
		return 2;
	if ((size = box->size) && lid->size)
		return 3;
	if (read(&local) || list[0] == box->size)
		return 4;
	if (is_shut(box))
		return 5;
	return 0;
}
"""


class Guards(unittest.TestCase):
    def extract(self):
        results = (guards.extract(GUARDED, "h", seed) for seed in range(50))
        return next(result for result in results if len(result[1]) == 2)

    def test_what_changes_nothing_moves(self):
        text, helpers = self.extract()
        self.assertEqual(set(helpers.values()), {"three"})
        self.assertIn("(struct box * box, struct lid * lid, u32 size)\n{\n\treturn (!box->open || size > lid->size) ? 1 : 0;",
                      text)
        self.assertRegex(text, r"if \(h\d\(box, lid, size\)\)\n\t\treturn 1;")
        self.assertRegex(text, r"if \(h\d\(box\)\)\n\t\treturn 5;")

    def test_one_is_left_out(self):
        seed = next(seed for seed in range(50) if len(guards.extract(GUARDED, "h", seed)[1]) == 2)
        text, rest = guards.extract(GUARDED, "h", seed, {"h0"})
        self.assertEqual(set(rest), {"h1"})
        self.assertNotIn("h0", text)

    def test_the_rest_stays(self):
        text, _ = self.extract()
        for condition in ("if (size)", "if ((size = box->size) && lid->size)",
                          "if (read(&local) || list[0] == box->size)"):
            self.assertIn(condition, text)


if __name__ == "__main__":
    unittest.main()

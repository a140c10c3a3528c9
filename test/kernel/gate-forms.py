#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Gives the gate kernel patches in the forms in which they arrive, and of the kinds that there are: mails in each
encoding, new, renamed and removed files, patches of a header, of Kconfig, of documentation, patches that do not apply or
compile, there and back again, a series of twenty.

    gate-forms.py --kernel TREE --cocodma BIN [--cache DIR] [--only REGEX]

For Linux 7.x: the patches are made of edits for it. Nothing in the tree changes. A line for each case; exit status: 0 all
passed, 1 not, 2 a case could not be made.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import editlib
import patchlib

HERE = Path(__file__).resolve().parent
STORVSC = "drivers/scsi/storvsc_drv.c"
NETVSC = "drivers/net/hyperv/netvsc.c"
HVSOCK = "net/vmw_vsock/hyperv_transport.c"
NEW = "drivers/hv/demo.c"
LEAK = "leak16_storvsc_guard_write_only"
# Refuses what would be bounced, and takes back no mapping that was not made: (before, after).
FIX = (("\t\tsg_count = scsi_dma_map(scmnd);\n",
        "\t\tif (dev->channel->co_external_memory) {\n\t\t\tret = SCSI_MLQUEUE_DEVICE_BUSY;\n\t\t\tgoto err_free_payload;\n"
        "\t\t}\n\t\tsg_count = scsi_dma_map(scmnd);\n"),
       ("\t\t\t\tscsi_dma_unmap(scmnd);\n",
        "\t\t\t\tif (!device->channel->co_external_memory)\n\t\t\t\t\tscsi_dma_unmap(scmnd);\n"))



def places(findings):
    """The findings by what does not hang on lines and fingerprints."""
    return sorted((f["check"], f["verdict"], f["location"]["file"], f["location"]["function"]) for f in findings)


def changed(report, change):
    return places(f for f in report["findings"] if f["change"] == change)


class Problem(Exception):
    """What is wrong with an answer of the gate."""


def expect(what, is_so, wanted):
    if is_so != wanted:
        raise Problem(f"{what}: {is_so!r}, expected {wanted!r}")


class State:
    """A tree as a series leaves it: what differs from the one on the disk. None stands for a removed file."""

    def __init__(self, root):
        self.root, self.texts = root, {}

    def text(self, name):
        if name in self.texts:
            return self.texts[name]
        path = self.root / name
        return editlib.read_text(path) if path.is_file() else None

    def apply(self, new):
        """The diff to `new` {path: text}, after which the state has it."""
        before = {name: self.text(name) for name in new}
        self.texts.update(new)
        return patchlib.diff({name: text for name, text in before.items() if text is not None},
                             {name: text for name, text in new.items() if text is not None})

    def replaced(self, name, old, new, count=1):
        return {name: editlib.apply_step(self.text(name), {"file": name, "find": old, "replace": new, "count": count})}

    def fixed(self):
        text = self.text(STORVSC)
        for before, after in FIX:
            if text.count(before) != 1:
                raise editlib.Error(f"{STORVSC}: not one of {before!r}")
            text = text.replace(before, after)
        return {STORVSC: text}

    def edited(self, edit):
        texts = {}
        for step in edit["edits"]:
            name = step["file"]
            texts[name] = editlib.apply_step(texts.get(name, self.text(name)), step)
        return texts


class Forms:
    """The cases, each a method; its documentation says what is expected."""

    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.root = editlib.kernel_root(options.kernel)
        if not editlib.for_tree("7", editlib.kernel_version(self.root)):
            raise editlib.Error(f"{options.kernel}: not a tree that the patches are for")
        self.edits = editlib.load_edits(HERE / "edits")
        self.cache = options.cache or folder / "cache"

    def gate(self, text, *more, statuses=(0, 1, 3)):
        """(report, exit status, what stood on standard error) of a patch."""
        patch, out = self.folder / "p.patch", self.folder / "r.json"
        patch.write_bytes(text.encode("utf-8", "surrogateescape"))
        out.unlink(missing_ok=True)
        done = subprocess.run([self.options.cocodma, "gate", "-p", self.root, "--kernel", self.root, "--cache", self.cache,
                               "--patch", patch, "--format", "json", "-o", out, *more], capture_output=True, text=True,
                              check=False, timeout=3600)
        if done.returncode not in statuses:
            raise Problem(f"exit status {done.returncode}: {done.stderr.strip()[-300:]}")
        report = json.loads(out.read_text(encoding="utf-8")) if out.is_file() else None
        return report, done.returncode, done.stderr

    def verdict(self, text, wanted, status):
        report, got, _ = self.gate(text)
        expect("verdict", report["gate"]["verdict"], wanted)
        expect("exit status", got, status)
        return report

    def patch_of(self, name):
        state = State(self.root)
        return state.apply(state.edited(self.edits[name]))

    def forms_of_mails(self):
        """A leak is the same in each encoding of a mail as in the bare diff."""
        bare = self.verdict(self.patch_of(LEAK), "introduces", 1)
        for form in ("8bit", "quoted-printable", "base64", "crlf"):
            report = self.verdict(patchlib.mail("[PATCH] scsi: storvsc: f\u00fcr", self.patch_of(LEAK), form), "introduces", 1)
            expect(form, report["findings"], bare["findings"])

    def no_newline_at_end(self):
        """A file that loses its last newline; the leak in it is found."""
        state = State(self.root)
        texts = state.edited(self.edits[LEAK])
        texts[STORVSC] = texts[STORVSC].rstrip("\n")
        patch = state.apply(texts)
        if "\\ No newline at end of file" not in patch:
            raise editlib.Error("the patch has not what it is to have")
        self.verdict(patch, "introduces", 1)

    def only_lines_move(self):
        """Comments above everything change no verdict."""
        for name in (STORVSC, NETVSC, HVSOCK):
            state = State(self.root)
            self.verdict(state.apply({name: "/* A comment\n * of two lines. */\n" + state.text(name)}), "no-effect", 0)

    def new_driver(self):
        """A new driver gets the flags of its folder, and the module that the patched Makefile names."""
        state = State(self.root)
        source = (HERE / "new-driver.c").read_text(encoding="utf-8")
        makefile = state.replaced("drivers/hv/Makefile", "obj-$(CONFIG_HYPERV_BALLOON)",
                                  "obj-$(CONFIG_HYPERV_DEMO)\t+= hv_demo.o\nhv_demo-y := demo.o\nobj-$(CONFIG_HYPERV_BALLOON)")
        report = self.verdict(state.apply({NEW: source, **makefile}), "introduces", 1)
        expect("introduced", changed(report, "introduced"), [("coco-bounce", "leak", NEW, "demo_probe")])
        notes = [entry["reason"] for entry in report["skipped"] if entry["kind"] == "new-unit" and entry["what"] == NEW]
        expect("notes of new units", len(notes), 1)
        expect("module in the note", "as a part of hv_demo" in notes[0], True)
        refused = State(self.root).apply({NEW: source.replace("HV_TS_GUID", "HV_KVP_GUID"), **makefile})
        # The bus has no confidential device of this kind.
        expect("introduced", changed(self.gate(refused)[0], "introduced"), [])

    def renamed_file(self):
        """A file that gets another name has its findings still."""
        new_name, state = "drivers/scsi/storvsc_core.c", State(self.root)
        text = state.text(STORVSC)
        patch = patchlib.file_diff(STORVSC, text, "/* Renamed. */\n" + text, new_name) + state.apply(
            state.replaced("drivers/scsi/Makefile", "storvsc_drv.o", "storvsc_core.o"))
        report = self.verdict(patch, "no-effect", 0)
        expect("findings in it", [f["change"] for f in report["findings"] if f["location"]["file"] == new_name],
               ["preexisting"])

    def renamed_function(self):
        """A function that gets another name has its finding still."""
        state = State(self.root)
        text = re.sub(r"\bstorvsc_queuecommand\b", "storvsc_queue_a_command", state.text(STORVSC))
        report = self.verdict(state.apply({STORVSC: text}), "no-effect", 0)
        expect("findings in it", [f["change"] for f in report["findings"]
                                  if f["location"]["function"] == "storvsc_queue_a_command"], ["preexisting"])

    def removed_file(self):
        """With a driver its findings go; those of the same kind in others stay, and nothing else changes."""
        state = State(self.root)
        patch = state.apply({STORVSC: None, **state.replaced("drivers/scsi/Makefile", "storvsc_drv.o", "")})
        report = self.verdict(patch, "fixes", 0)
        expect("introduced", changed(report, "introduced"), [])
        expect("files of what is fixed", {f["location"]["file"] for f in report["gate"]["fixed"]}, {STORVSC})

    def header_only(self):
        """A header that many units include, in which only a comment is new."""
        state = State(self.root)
        header = "include/linux/hyperv.h"
        report = self.verdict(state.apply({header: "/* New. */\n" + state.text(header)}), "no-effect", 0)
        expect("units concerned", len(report["gate"]["units"]) > 10, True)

    def header_of_types(self):
        """A header in which the marker of a channel becomes a single bit: it means what it meant."""
        state = State(self.root)
        header = "include/linux/hyperv.h"
        patch = state.apply(state.replaced(header, "bool co_external_memory;", "bool co_external_memory:1;"))
        expect("introduced", changed(self.gate(patch)[0], "introduced"), [])

    def kconfig_only(self):
        """Kconfig takes effect with a new database, and the note says so."""
        state = State(self.root)
        patch = state.apply({"drivers/hv/Kconfig": state.text("drivers/hv/Kconfig") + "\nconfig HYPERV_DEMO\n\tbool\n"})
        report = self.verdict(patch, "no-effect", 0)
        expect("a note on it", any("drivers/hv/Kconfig" in note for note in report["gate"]["reasons"]), True)

    def documentation_only(self):
        """Documentation, and a file of which nobody knows anything."""
        self.verdict(State(self.root).apply({"Documentation/virt/hyperv/demo.rst": "Demo\n====\n", "demo.txt": "x\n"}),
                     "no-effect", 0)

    def does_not_apply(self):
        """A patch of another tree is an error, and says which file."""
        state = State(self.root)
        state.texts[STORVSC] = "int other;\n" * 9
        _, status, errors = self.gate(state.apply({STORVSC: "int other;\n" * 8 + "int another;\n"}), statuses=(2,))
        expect("exit status", status, 2)
        expect("the file in the message", STORVSC in errors and "does not apply" in errors, True)

    def does_not_compile(self):
        """A driver that does not compile is judged incompletely, and nothing of it counts as fixed."""
        state = State(self.root)
        report = self.verdict(state.apply({STORVSC: state.text(STORVSC) + "\nint broken(void) { return (; }\n"}),
                              "incomplete", 3)
        expect("fixed", report["gate"]["fixed"], [])

    def there_and_back(self, change, there, back, status):
        state = State(self.root)
        series = [("There", state.apply(change(state)))]
        series.append(("And back", state.apply({file: State(self.root).text(file) for file in state.texts})))
        report, got, _ = self.gate(patchlib.series(series))
        expect("verdicts", [patch["verdict"] for patch in report["gate"]["patches"]], [there, back])
        expect("verdict", report["gate"]["verdict"], "no-effect")
        expect("exit status", got, status)

    def leak_and_back(self):
        """The reverse of a leak fixes it; both together do nothing."""
        self.there_and_back(lambda state: state.edited(self.edits[LEAK]), "introduces", "fixes", 0)

    def fix_and_back(self):
        """The reverse of a fix introduces a leak; both together do nothing."""
        self.there_and_back(State.fixed, "partial", "introduces", 0)

    def twenty(self):
        """(subject, diff, verdict of the patch alone) of a series as it may come."""
        state, out = State(self.root), []

        def add(subject, new, verdict):
            out.append((subject, state.apply(new), verdict))

        def edit(name):
            return state.edited(self.edits[name])

        def on_top(name, text):
            return {name: text + (state.text(name) or "")}

        add("Documentation: say what a demo is", on_top("Documentation/virt/hyperv/demo.rst", "Demo\n====\n"), "no-effect")
        add("scsi: storvsc: say what it is", on_top(STORVSC, "/* One. */\n"), "no-effect")
        before = {STORVSC: state.text(STORVSC)}
        add("scsi: storvsc: protect writes", edit(LEAK), "introduces")
        add("Revert \"scsi: storvsc: protect writes\"", before, "fixes")
        add("hv: an option", on_top("drivers/hv/Kconfig", "# An option.\n"), "no-effect")
        add("hv_netvsc: say what it is", on_top(NETVSC, "/* One. */\n"), "no-effect")
        add("hv_netvsc: share the receive copy", edit("exam32_netvsc_receive_copy_decrypted"), "introduces")
        add("MAINTAINERS: move", on_top("MAINTAINERS", "Move\n"), "no-effect")
        add("vsock: map the data", edit("leak19_new_map_hvsock"), "introduces")
        add("scsi: storvsc: another name",
            {STORVSC: re.sub(r"\bstorvsc_queuecommand\b", "storvsc_queue", state.text(STORVSC))}, "no-effect")
        add("hv: a new driver", {NEW: (HERE / "new-driver.c").read_text(encoding="utf-8")}, "introduces")
        add("hv: take the new driver away", {NEW: None}, "fixes")
        add("hv_netvsc: a comment in the header", on_top("drivers/net/hyperv/hyperv_net.h", "/* One. */\n"), "no-effect")
        add("scsi: storvsc: refuse", state.fixed(), "partial")
        add("uio: test the result", edit("cve910b_uio_result_tested_73"), "introduces")
        add("tdx: free the quote", edit("page01_tdx_quote_freed"), "introduces")
        for number in range(1, 5):
            add(f"hv: spelling, {number}", on_top(f"Documentation/virt/hyperv/spelling{number}.rst", "x\n"), "no-effect")
        return out

    def series_of_twenty(self):
        """Each patch is judged against the tree before it; all together is what the last one leaves."""
        patches = self.twenty()
        expect("patches", len(patches), 20)
        mbox = patchlib.series([(subject, patch) for subject, patch, _ in patches])
        report, status, _ = self.gate(mbox)
        expect("exit status", status, 1)
        for (subject, _, wanted), got in zip(patches, report["gate"]["patches"], strict=True):
            expect(f"verdict of '{subject}'", got["verdict"], wanted)
            expect("subject", subject in got["subject"], True)
        whole, _, _ = self.gate(mbox, "--whole")
        expect("findings of the whole", whole["findings"], report["findings"])
        expect("fixed by the whole", whole["gate"]["fixed"], report["gate"]["fixed"])


CASES = ("forms_of_mails", "no_newline_at_end", "only_lines_move", "new_driver", "renamed_file", "renamed_function",
         "removed_file", "header_only", "header_of_types", "kconfig_only", "documentation_only", "does_not_apply",
         "does_not_compile", "leak_and_back", "fix_and_back", "series_of_twenty")


def run(options):
    failed = 0
    chosen = [name for name in CASES if re.search(options.only, name)]
    with tempfile.TemporaryDirectory(prefix="cocodma-gate-") as folder:
        forms = Forms(options, Path(folder))
        for name in chosen:
            try:
                getattr(forms, name)()
                print(f"PASS {name}", flush=True)
            except Problem as problem:
                failed += 1
                print(f"FAIL {name}: {problem}", flush=True)
    print(f"{len(chosen) - failed} passed, {failed} failed")
    return 1 if failed or not chosen else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kernel", required=True, metavar="DIR", help="prepared kernel tree, only read")
    parser.add_argument("--cocodma", required=True, metavar="BIN", help="the analyzer")
    parser.add_argument("--cache", metavar="DIR", help="cache to use and keep (default: a temporary one)")
    parser.add_argument("--only", metavar="REGEX", default="", help="only the cases whose name matches")
    editlib.clean_up_when_terminated()
    try:
        return run(parser.parse_args())
    except (editlib.Error, OSError, subprocess.SubprocessError) as problem:
        print(f"gate-forms: {problem}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Executes what reviewers of the confidential VMBus patches had to work out by hand, and makes docs/thread-answered.md.

    make-thread-table.py --cocodma BIN [--tree DIR]... [-o FILE | --check FILE]

Every cell is a run of `cocodma model run`: a buffer with a canary is mapped, the device does its transfer, the mapping
is taken away; then coherent memory is allocated, filled and freed. Kernel trees get tables of their own. --check
compares with FILE instead of writing, without the part about trees unless some are named, and fails if they differ.
Exit status: 0 done, 1 different, 2 a run failed in a way that is no answer.
"""

import argparse
import difflib
import json
import subprocess
import sys

KERNELS = ["mini-6", "mini-7"]
PROTECTIONS = ["none", "option-1", "option-2", "option-3"]
PROFILES = ["snp-vtom", "tdx-paravisor", "snp", "tdx", "cca", "sme-host", "none"]
PARAVISOR = PROFILES[:2]
CONFIDENTIAL = {"ring": True, "external": True}
PCI = {"bus": "pci"}
DEVICES = [
    ("confidential channel", [dict(CONFIDENTIAL, name="d")], True),
    ("confidential channel behind a vIOMMU", [dict(CONFIDENTIAL, name="d", iommu=True)], True),
    ("private ring only", [{"name": "d", "ring": True}], False),
    ("ordinary channel", [{"name": "d"}], False),
    ("PCI pass-through", [{"name": "v"}, dict(PCI, name="d")], False),
    ("PCI pass-through behind a vIOMMU", [{"name": "v"}, dict(PCI, name="d", iommu=True)], False),
    ("accepted PCI function (TDISP)", [{"name": "v"}, dict(PCI, name="d", accepted=True)], True),
]
TREES = "## On kernel trees"
STREAMING = [
    {"operation": "map_single", "device": "d", "buffer": "b", "as": "m"},
    {"operation": "transfer", "of": "m"},
    {"operation": "unmap", "of": "m"},
]
COHERENT = [
    {"operation": "alloc_coherent", "device": "d", "as": "c", "size": 4096},
    {"operation": "copy", "buffer": "b", "of": "c"},
    {"operation": "free_coherent", "of": "c"},
]


def scenario(kernel, protection, profile, devices, operations):
    return {
        "schema_version": 1,
        "kernel": kernel,
        "profile": profile,
        "protection": protection,
        "devices": devices,
        "buffers": [{"name": "b", "size": 1024}],
        "operations": operations,
    }


def execute(binary, tree, scenarios):
    command = [binary, "model", "run", "--format", "json", "--deadline", "300", *(["--kernel", tree] if tree else []), "-"]
    done = subprocess.run(command, input=json.dumps(scenarios), capture_output=True, text=True, check=False)
    if done.returncode not in (0, 3):
        sys.exit(f"make-thread-table.py: {' '.join(command)}: {done.stderr.strip() or done.returncode}")
    return json.loads(done.stdout)["results"]


def verdict(result, secret):
    """One word for a run; `secret`: whether this device's data must not be seen."""
    if result["end"] == "crashes":
        return "**crashes**"
    if result["end"] != "completed":
        print(f"make-thread-table.py: {result['kernel']}: a run did not come to its end: {result['reason']}", file=sys.stderr)
        sys.exit(2)
    if not all(device["bound"] for device in result["devices"]):
        return "not offered"
    if result["sightings"]:
        if result["profile"] == "none":
            return "nothing is protected"
        return "**leak**" if secret else "shared"
    first, second = result["operations"][:2]
    if first["result"] != "ok":
        return "**fails closed**" if secret else "**no I/O**"
    # Coherent memory is not moved by a transfer; a copy to it that nobody saw is private.
    if second["result"] != "ok":
        return f"**no I/O** ({second.get('fault') or second.get('device') or 'error'})"
    return "private"


def group(cells):
    """`a` if all profiles agree, else what differs, profile by profile."""
    words = list(dict.fromkeys(cells.values()))
    if len(words) == 1:
        return words[0]
    parts = []
    for word in words:
        names = [profile for profile, value in cells.items() if value == word]
        parts.append(f"{word}: {', '.join(names)}")
    return "; ".join(parts)


def table(results, kernels, what):
    lines = [f"| device | protection | {' | '.join(kernels)} |", "| --- | --- |" + " --- |" * len(kernels)]
    for number, (name, devices, _) in enumerate(DEVICES):
        if what == "coherent" and devices[-1].get("iommu"):
            continue  # the glue's operations decide there, not the kernel's
        rows = {}
        for protection in PROTECTIONS:
            row = [group({p: results[k, protection, p, number, what] for p in PROFILES}) for k in kernels]
            rows.setdefault(" | ".join(row), []).append(protection)
        for row, protections in rows.items():
            who = "whichever" if len(protections) == len(PROTECTIONS) else ", ".join(protections)
            lines.append(f"| {name} | {who} | {row} |")
    return lines


def run_all(binary, kernels, tree=None):
    """The verdicts of the mini-kernels, or of one tree under its release; and the number of runs."""
    keys, inputs = [], []
    for kernel in kernels:
        for protection in PROTECTIONS:
            for profile in PROFILES:
                for number, (_, devices, _) in enumerate(DEVICES):
                    for what, operations in (("streaming", STREAMING), ("coherent", COHERENT)):
                        keys.append((kernel, protection, profile, number, what))
                        inputs.append(scenario(kernel, protection, profile, devices, operations))
    outputs = execute(binary, tree, inputs)
    results = {}
    for (kernel, *key), output in zip(keys, outputs):
        results[output["kernel"] if tree else kernel, *key] = verdict(output, DEVICES[key[2]][2])
    return results, len(inputs)


def tree_part(binary, trees):
    """What the trees' own code does, in place of the mini-kernels'."""
    results, count, releases = {}, 0, []
    for tree in trees:
        more, runs = run_all(binary, KERNELS[-1:], tree)
        releases.append(next(iter(more))[0])
        results.update(more)
        count += runs
    return "\n".join([
        TREES,
        "",
        f"The same, {count} runs, with the DMA layer of {', '.join(releases)}: `kernel/dma/` and what it asks about",
        "encryption, compiled with these trees' own commands. The bus is the model's: it registers a device as `drivers/hv`",
        "does, and option 2 or 3 clear the pool pointer between the two halves of that. Option 1 is built with",
        "`CONFIG_ARCH_HAS_DMA_OPS`, which 7.x no longer selects on x86.",
        "",
        "### Streaming mappings of the trees",
        "",
        *table(results, releases, "streaming"),
        "",
        "### Coherent memory of the trees",
        "",
        *table(results, releases, "coherent"),
        "",
        "### What the trees show",
        "",
        *conclusions(results, releases, "In a function as the PCI core sets it up that is the size of its configuration space or its first BAR"),
    ]) + "\n"


def document(results, count, kernels):
    text = [
        "<!-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception -->",
        "<!-- Made by test/tools/make-thread-table.py; do not edit. -->",
        "# The thread, answered by execution",
        "",
        "In the discussion of confidential VMBus with external memory three ways were named to keep the data of a",
        "confidential channel out of the bounce buffer:",
        "",
        "* **option 1**: DMA operations of the platform, for all devices, that ask whether the device is a confidential one;",
        "* **option 2**: the bus sets the device's `dma_io_tlb_mem` to NULL, between `device_initialize()` and `device_add()`;",
        "* **option 3**: a function of swiotlb that does the same.",
        "",
        f"Each cell below is what {count} runs of `cocodma model run` showed, one for each kernel, protection, profile,",
        "device and kind of mapping. The kernels are the mini-kernels of the corpus (`mini-6` bounces where a device is told",
        "to, as Linux 6.x does; `mini-7` where it cannot reach the memory, as 7.x does). Where a cell names no profile it",
        f"holds for all of: {', '.join(PROFILES)}. The operations of the vIOMMU are the model's own",
        "(analyzer/model/mini/iommu.c), put on a device after its bus configured it, as kernels do; what coherent memory",
        "would be there is not asked. `accepted` functions are accepted by the platform; these buses do nothing about it.",
        "",
        "| word | what the run showed |",
        "| --- | --- |",
        "| leak | the host saw bytes of data that the device's trust says are private |",
        "| shared | the host saw the data, as it must: the device is the host's |",
        "| private | nothing was seen, and the device got or the guest could use the data (nobody outside watches an SME host) |",
        "| fails closed, no I/O | nothing was seen, and the mapping or the transfer failed |",
        "| crashes | the kernel's code crashed |",
        "| not offered | the bus refused the offer, or there was no device |",
        "",
        "## Streaming mappings",
        "",
        *table(results, kernels, "streaming"),
        "",
        "## Coherent memory",
        "",
        *table(results, kernels, "coherent"),
        "",
        "## What it shows",
        "",
        *conclusions(results, kernels),
    ]
    return "\n".join(text) + "\n"


def conclusions(results, kernels, found="What they find there is a field of another struct"):
    """Sentences that are checked against the runs as they are written."""

    def cell(kernel, protection, number, what="streaming", profile=PARAVISOR[0]):
        return results[kernel, protection, profile, number, what].strip("*")

    def word(kernel, protection, number, what="streaming"):
        return f"`{kernel}`: {cell(kernel, protection, number, what)}"

    def everywhere(protection, number, what="streaming"):
        return "; ".join(word(kernel, protection, number, what) for kernel in kernels)

    return [
        f"On `{PARAVISOR[0]}`:",
        "",
        f"* Unprotected, a confidential channel's streaming data: {everywhere('none', 0)}.",
        f"* With the pool pointer cleared (option 2): {everywhere('option-2', 0)}. A 6.x kernel bounces because the",
        "  pool says so, and without a pool maps directly; 7.x finds that the device cannot reach private memory, looks",
        "  for a pool, and has none.",
        f"* Option 3 is the same in effect: {everywhere('option-3', 0)}.",
        f"* Options 2 and 3 do not concern coherent memory: {everywhere('option-2', 0, 'coherent')}.",
        f"* Option 1 for the channel: {everywhere('option-1', 0)}. For a PCI pass-through function, which is not on this bus,",
        f"  the operations read a `struct hv_device` that is none: {everywhere('option-1', 4)}.",
        f"  {found};",
        f"  for an accepted function: {everywhere('option-1', 6)}.",
        f"* Behind a vIOMMU the device has operations of its own, and option 1 is not asked: {everywhere('option-1', 1)}.",
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cocodma", required=True)
    parser.add_argument("--tree", action="append", default=[], metavar="DIR", help="with compile_commands.json")
    parser.add_argument("-o", dest="output", default="-")
    parser.add_argument("--check", metavar="FILE")
    options = parser.parse_args()
    results, count = run_all(options.cocodma, KERNELS)
    text = document(results, count, KERNELS)
    if options.tree:
        text += "\n" + tree_part(options.cocodma, options.tree)
    if options.check:
        with open(options.check, encoding="utf-8") as file:
            old = file.read()
        if not options.tree:
            old = old.split("\n" + TREES)[0]
        sys.stdout.writelines(difflib.unified_diff(old.splitlines(True), text.splitlines(True), options.check, "now"))
        return 0 if old == text else 1
    if options.output == "-":
        sys.stdout.write(text)
        return 0
    with open(options.output, "w", encoding="utf-8") as file:
        file.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())

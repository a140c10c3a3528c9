#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Executes the drivers of corpus trees on the runtime model and compares what happened with the labels in the sources.

    execute-corpus.py --build DIR [--tree NAME]... [--verbose]

Each tree is linked into a program of `cocodma model`. Each driver gets confidential and ordinary devices, requests of
all entries and directions, and injected faults; the stacks of the kernel's calls, by way of the line tables, tell which
lines ran and which one's doing it was when the host saw bytes. A label is then

    confirmed            a leak, a crash or failing I/O was seen on its line
    no-counterexample    a private line ran for a confidential device, or ran and its guard kept confidential devices out
    contradicted         the opposite was seen: the test fails
    not-replayed         its line did not run, or what it says cannot be seen by running

Known exceptions stand in test/corpus-execution-gaps.txt. The last line is `N passed, N failed, N skipped`; passed are
labels that are confirmed or have no counterexample. Exit status: 0 none failed, 1 some failed, 2 wrong usage.
"""

import argparse
import importlib.util
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
CORPUS, GLUE = TOP / "corpus", TOP / "analyzer" / "model" / "mini"
COMMON = GLUE.parent / "glue"
LLVM = Path("/usr/lib/llvm-22/bin")
GAPS = TOP / "test" / "corpus-execution-gaps.txt"
# As the programs of the build, but without optimization: each call keeps its line.
FLAGS = ("-std=gnu11 -nostdinc -w -O0 -gline-tables-only -fno-pie -fno-builtin -fno-strict-aliasing "
         "-fno-stack-protector -fno-omit-frame-pointer -Dmemcpy=kernel_memcpy -Dmemset=kernel_memset "
         "-Dmemcmp=kernel_memcmp -D__KERNEL__ -DKBUILD_MODNAME=\"mini\"").split()
LEAKS = {"coco-bounce", "coco-shared-buffer", "coco-copy-to-shared", "coco-subpage-sharing", "coco-decrypted-free"}
CLASS_CODE = ("drivers/", "buses/", "minikernel/bus/")
CONFIDENTIAL = {"ring": True, "external": True}


def load(name):
    spec = importlib.util.spec_from_file_location(name.replace("-", "_"), CORPUS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


sys.dont_write_bytecode = True
labels, database = load("labels"), load("make-database")


# --- programs ---------------------------------------------------------------------------------------------------------


class Builder:
    """Compiles units once for each set of include folders, and links programs."""

    def __init__(self, build, folder):
        self.build, self.folder, self.objects = Path(build), Path(folder), {}

    def compile(self, source, includes):
        key = (str(source), tuple(includes))
        if key not in self.objects:
            output = self.folder / f"{len(self.objects)}.o"
            command = ["clang-22", *FLAGS, *(f"-I{path}" for path in includes), "-c", str(source), "-o", str(output)]
            subprocess.run(command, check=True)
            self.objects[key] = output
        return self.objects[key]

    def program(self, tree):
        includes = [CORPUS / path for path in database.include_dirs(tree)]
        objects = [self.compile(CORPUS / unit, includes) for unit in tree["units"]]
        includes += [GLUE.parent, GLUE, COMMON]
        objects += [self.compile(source, includes) for folder in (GLUE, COMMON) for source in sorted(folder.glob("*.c"))]
        analyzer = self.build / "analyzer"
        objects.append(analyzer / "CMakeFiles/cocodma_model_main.dir/model/program/main.cpp.o")
        output = self.folder / tree["name"]
        command = ["clang++-22", "-fuse-ld=lld", "-static", *map(str, objects),
                   str(analyzer / "libcocodma_model_runtime.a"), "-l:libseccomp.a", "-o", str(output)]
        subprocess.run(command, check=True)
        return output


# --- scenarios ----------------------------------------------------------------------------------------------------------


def driver_of(unit):
    """Name, bus and ids of the driver in a unit; None if there is none."""
    text = (CORPUS / unit).read_text(encoding="utf-8")
    found = re.search(r"struct (hv|pci)_driver \w+ = \{\s*\.name = \"([^\"]+)\"", text)
    if not found:
        return None
    device = {"driver": found[2]}
    if found[1] == "pci":
        ids = re.search(r"\{ (0x[0-9a-f]+), (0x[0-9a-f]+) \}", text)
        device.update(bus="pci", vendor=ids[1], function=ids[2])
    else:
        guid = re.search(r"HV_(SCSI|NIC|KBD|ACCEL)_GUID", text)
        device["class"] = {"KBD": "keyboard"}.get(guid[1], guid[1].lower()) if guid else "scsi"
    entries = set(re.findall(r"\.(queue|queue_urgent|complete|ioctl|xmit|xmit_urgent|open|timeout) = ", text))
    events = [event for event in ("suspend", "resume") if f".{event} = " in text]
    opened = re.search(r"vmbus_open\([^;]*, NULL, 0, (\w+),", text)
    if opened and opened[1] != "NULL":
        events.insert(0, "callback")
    if found[1] == "hv":
        events.append("rescind")
    return device, sorted(entries), events


def variants(device):
    """(whose data is confidential, devices): the first is the one that is worked with."""
    if device.get("bus") == "pci":
        return [(False, [dict(device, name="d")]), (True, [dict(device, name="d", accepted=True)])]
    other = dict(device, name="other")
    ring = {"ring": True}
    return [
        (True, [dict(device, **CONFIDENTIAL, name="d")]),
        (True, [dict(device, **CONFIDENTIAL, name="d", sub_channels=[CONFIDENTIAL])]),
        ("outside rings", [dict(device, **CONFIDENTIAL, name="d", sub_channels=[ring, {}])]),
        (True, [dict(other, **CONFIDENTIAL), dict(device, **CONFIDENTIAL, name="d")]),
        (True, [other, dict(device, **CONFIDENTIAL, name="d")]),
        (True, [dict(device, **CONFIDENTIAL, name="d"), other]),
        (False, [dict(device, name="d")]),
        (False, [dict(device, name="d", ring=True)]),
        (False, [dict(device, name="d", sub_channels=[CONFIDENTIAL])]),
    ]


def request(entry, buffer="small", direction="to_device", **more):
    return dict({"operation": "request", "device": "d", "buffer": buffer, "entry": entry, "direction": direction}, **more)


def operations(entries, events):
    """Requests while probe registers, all that there are afterwards, and after each event of the bus again."""
    first = [entry for entry in entries if entry != "complete"]
    for entry in first:
        yield request(entry, during="probe")
    yield from requests(entries)
    for event in events:
        yield request(event)
        for entry in first:
            yield request(entry, "page")


def requests(entries):
    for direction in ("to_device", "from_device", "bidirectional"):
        for buffer in ("small", "page", "large"):
            for entry in entries:
                if entry != "complete":
                    yield request(entry, buffer, direction)
                    if "complete" in entries:
                        yield request("complete", buffer, direction)


FAULTS = [[]] + [[{"at": at, "call": call, "how": how}] for at in ("decrypt", "encrypt")
                 for call in (0, 1, 2, 3) for how in ("before", "half-way")]
FAULTS += [[{"at": "allocation", "call": call}] for call in range(1, 13)]
FAULTS += [[{"at": at, "call": call}] for at in ("pool", "post_message") for call in (0, 1, 2, 3)]


BUS = [
    {"operation": "ring_open", "device": "d"},
    {"operation": "ring_open", "device": "d", "channel": 1},
    {"operation": "ring_write", "device": "d", "buffer": "small"},
    {"operation": "ring_write", "device": "d", "channel": 1, "buffer": "small"},
    {"operation": "gpadl_establish", "device": "d", "buffer": "large", "as": "gpadl"},
    {"operation": "alloc_buffer", "device": "d", "size": 8192, "as": "memory"},
    {"operation": "copy", "buffer": "page", "of": "memory"},
    {"operation": "free_buffer", "of": "memory"},
    {"operation": "gpadl_teardown", "of": "gpadl"},
    {"operation": "ring_close", "device": "d", "channel": 1},
    {"operation": "remove", "device": "d"},
]


def bus_scenarios():
    """(confidential, scenario): what the bus offers, without a driver."""
    for ring, external in ((True, True), (True, False), (False, False)):
        flags = {"ring": ring, "external": external}
        for faults in FAULTS:
            secret = {(True, True): True, (True, False): "in rings"}.get((ring, external), False)
            yield secret, dict(base([dict(flags, name="d", sub_channels=[flags])], faults), operations=BUS)


def base(devices, faults, profile="snp-vtom"):
    return {
        "schema_version": 1, "kernel": "corpus", "profile": profile, "trace": True, "devices": devices,
        "buffers": [{"name": "small", "size": 256}, {"name": "page", "size": 4096}, {"name": "large", "size": 16384}],
        "faults": faults,
    }


def scenarios_of(device, entries, events):
    """(confidential, scenario) for one driver; other profiles and faults on the plain variants only."""
    for secret, devices in variants(device):
        plain = len(devices) == 1 and "sub_channels" not in devices[0] and secret == devices[0].get("ring", secret)
        for profile in ("snp-vtom", "snp", "none") if plain else ("snp-vtom",):
            for faults in FAULTS if plain and profile == "snp-vtom" else FAULTS[:1]:
                script = list(operations(entries, events)) + [{"operation": "remove", "device": "d"}]
                yield secret, dict(base(devices, faults, profile), operations=script)


# --- what was seen, by line ---------------------------------------------------------------------------------------------


class Lines:
    """From return addresses to the innermost line of class code."""

    def __init__(self, program):
        self.program, self.frames = program, {}

    def learn(self, addresses):
        new = sorted(set(addresses) - self.frames.keys())
        if not new:
            return
        # A return address is behind the call that it belongs to.
        text = "".join(f"{hex(int(address, 16) - 1)}\n" for address in new)
        command = [str(LLVM / "llvm-symbolizer"), f"--obj={self.program}", "--output-style=JSON"]
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
        for address, line in zip(new, done.stdout.splitlines()):
            self.frames[address] = [(frame["FileName"], frame["Line"]) for frame in json.loads(line)["Symbol"]]

    def site(self, stack):
        for address in stack:
            for file, line in self.frames[address]:
                if file.startswith(str(CORPUS)):
                    path = str(Path(file).relative_to(CORPUS))
                    if path.startswith(CLASS_CODE):
                        return path, line
        return None

    def path(self, stack):
        return {(str(Path(file).resolve()), line) for address in stack for file, line in self.frames[address]}


class Evidence:
    """Per line: what runs showed there."""

    def __init__(self):
        self.ran, self.ran_secret = Counter(), Counter()
        self.seen = defaultdict(Counter)  # (confidential, kind of data) by line
        self.crashed, self.failed = Counter(), Counter()

    def take(self, secret, result, lines):
        sightings, calls = result["sightings"], result.get("calls", [])
        lines.learn([address for item in sightings for address in item["stack"]])
        lines.learn([address for stack in calls for address in stack])
        # Without encryption, or without a confidential device, nothing is secret from the host.
        if result["profile"] == "none":
            sightings = []
        bound = any(device["bound"] for device in result["devices"] if device["name"] == "d")
        secret = bound and result["profile"] != "none" and secret
        sites = {site for site in map(lines.site, calls) if site}
        for site in sites:
            self.ran[site] += 1
            self.ran_secret[site] += bool(secret)
        for item in sightings:
            site = lines.site(item["stack"])
            # What is in a ring is as private as that ring's own channel.
            if site and (secret != "outside rings" or site[0].startswith("drivers/")):
                mine = item["of"] == "small" if secret == "in rings" else bool(secret)
                self.seen[site][mine, item["data"]] += 1
        failed = any(op["result"] == "error" for op in result["operations"][:-1])
        for site in sites:
            self.failed[site] += bool(secret) and failed
            self.crashed[site] += result["end"] == "crashes"


def judge(label, evidence):
    """(outcome, reason)"""
    site = (label["file"], label["line"])
    seen = evidence.seen[site]
    own = sum(count for (secret, data), count in seen.items() if secret and data in ("buffer", "device"))
    checks, verdicts = set(label["checks"]), set(label["verdicts"])
    if "any" in verdicts and not checks:
        return "not-replayed", "the label says nothing"
    if "leak" in verdicts:
        if not checks & LEAKS:
            return "not-replayed", "a rule about design"
        kinds = {"next-owner"} if "coco-decrypted-free" in checks else \
            {"neighbour"} if "coco-subpage-sharing" in checks else None
        count = own if kinds is None else sum(n for (_, data), n in seen.items() if data in kinds)
        if count:
            return "confirmed", f"{count} sightings"
        if not evidence.ran[site]:
            return "not-replayed", "the line did not run"
        return "not-replayed", "the line ran, and nothing was seen"
    if checks and not checks <= LEAKS | {"coco-fails-closed"} or "crashes" in verdicts:
        return "not-replayed", "a rule about design"
    other = sum(count for (_, data), count in seen.items() if data in ("neighbour", "next-owner"))
    if "fails-closed" in verdicts:
        if own:
            return "contradicted", f"the host saw data {own} times"
        if not evidence.ran_secret[site]:
            return "not-replayed", "the line did not run for a confidential device"
        return ("confirmed", "it failed") if evidence.failed[site] else ("contradicted", "nothing failed")
    if "unreachable" in verdicts and "private" not in verdicts:
        return ("no-counterexample", "ran") if evidence.ran[site] else ("not-replayed", "the line did not run")
    if own or other:
        return "contradicted", f"the host saw data {own + other} times"
    if not evidence.ran[site]:
        return "not-replayed", "the line did not run"
    return "no-counterexample", f"{evidence.ran[site]} runs, {evidence.ran_secret[site]} of them confidential"


def run_tree(tree, builder, cocodma):
    program = builder.program(tree)
    secrets, inputs = map(list, zip(*bus_scenarios()))
    for unit in tree["units"]:
        found = unit.startswith("drivers/") and driver_of(unit)
        for secret, scenario in scenarios_of(*found) if found else ():
            secrets.append(secret)
            inputs.append(scenario)
    if tree["facts"].get("streaming") == "unmarked":
        secrets = [False] * len(secrets)
    evidence, lines = Evidence(), Lines(program)
    command = [cocodma, "model", "run", "--program", str(program), "--format", "json", "--deadline", "300", "-"]
    ends = Counter()
    for first in range(0, len(inputs), 500):
        part = inputs[first:first + 500]
        done = subprocess.run(command, input=json.dumps(part), capture_output=True, text=True, check=False)
        if done.returncode not in (0, 3):
            sys.exit(f"execute-corpus.py: {tree['name']}: {done.stderr.strip() or done.returncode}")
        for secret, result in zip(secrets[first:], json.loads(done.stdout)["results"]):
            ends[result["end"], result["reason"]] += 1
            evidence.take(secret, result, lines)
    outcomes = []
    for label in labels.tree_labels(tree):
        outcome, reason = judge(label, evidence)
        outcomes.append((f"{tree['name']} {label['file']}:{label['line']}", label, outcome, reason))
    return outcomes, ends, len(inputs)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True)
    parser.add_argument("--tree", action="append")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    trees = {tree["name"]: tree for tree in database.load_trees()}
    unknown = set(options.tree or []) - trees.keys()
    if unknown:
        parser.error(f"no such tree: {', '.join(sorted(unknown))}")
    gaps = {}
    if GAPS.is_file():
        for line in GAPS.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                place, _, reason = line.partition(": ")
                gaps[place] = reason
    total, runs = Counter(), 0
    with tempfile.TemporaryDirectory() as folder:
        builder = Builder(options.build, folder)
        for name in options.tree or trees:
            outcomes, ends, count = run_tree(trees[name], builder, str(Path(options.build) / "analyzer" / "cocodma"))
            runs += count
            for place, label, outcome, reason in outcomes:
                if reason == "the label says nothing":
                    continue
                known = outcome == "contradicted" and place.split(" ", 1)[1] in gaps
                total["gap" if known else outcome] += 1
                if outcome == "contradicted" and not known or options.verbose:
                    what = "|".join(label["verdicts"] + label["checks"])
                    print(f"{outcome}: {place}: {what}: {reason}")
            if options.verbose:
                for (end, why), number in ends.most_common(12):
                    print(f"  {name}: {number} runs: {end} {why}")
    print(f"{runs} runs: " + ", ".join(f"{total[key]} {key}" for key in
                                      ("confirmed", "no-counterexample", "contradicted", "gap", "not-replayed")))
    print(f"{total['confirmed'] + total['no-counterexample']} passed, {total['contradicted']} failed, "
          f"{total['not-replayed'] + total['gap']} skipped")
    return 1 if total["contradicted"] else 0


if __name__ == "__main__":
    sys.exit(main())

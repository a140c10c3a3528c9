#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Executes the DMA layer of a kernel tree on the runtime model and checks what is known about it.

What the thread's options do (docs/thread-answered.md), in both directions; full pools; that the tree is built once; and
that the findings of an analysis are confirmed by the tree's own drivers, as the table of `cocodma model bench` is.

    model-tree.py --kernel DIR --cocodma BIN

Exit status: 0 all passed, 1 some failed, 2 wrong usage. The last line is `N passed, N failed`.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import editlib

CONFIDENTIAL = {"name": "d", "ring": True, "external": True}
ORDINARY = {"name": "d"}
# Protection and device; what comes of it before and from 7.x on.
CASES = [
    ("none", CONFIDENTIAL, "seen", "seen"),
    ("option-1", CONFIDENTIAL, "private", "private"),
    ("option-2", CONFIDENTIAL, "private", "error"),
    ("option-3", CONFIDENTIAL, "private", "error"),
    ("none", ORDINARY, "seen", "seen"),
    ("option-1", ORDINARY, "seen", "seen"),
    ("option-2", ORDINARY, "seen", "seen"),
]
KINDS = {"map_single", "map_page", "map_sg"}


class Results:
    """Prints and counts."""

    def __init__(self):
        self.passed = self.failed = 0

    def check(self, name, problem):
        self.failed += bool(problem)
        self.passed += not problem
        print(f"FAIL {name}: {problem}" if problem else f"PASS {name}", flush=True)


def scenario(protection, device, kind, direction):
    return {
        "schema_version": 1, "profile": "snp-vtom", "protection": protection, "devices": [device],
        "buffers": [{"name": "b", "size": 1024}],
        "operations": [{"operation": kind, "device": "d", "buffer": "b", "as": "m", "direction": direction},
                       {"operation": "transfer", "of": "m"}, {"operation": "unmap", "of": "m"}],
    }


def outcome(result):
    if result["end"] != "completed":
        return f"{result['end']}: {result['reason']}"
    if result["sightings"]:
        return "seen"
    return "private" if result["operations"][0]["result"] == "ok" else "error"


def run(options, cache, scenarios):
    command = [options.cocodma, "model", "run", "--kernel", options.kernel, "--cache", cache, "--format", "json", "-"]
    done = subprocess.run(command, input=json.dumps(scenarios), capture_output=True, text=True, check=False)
    if done.returncode not in (0, 3):
        raise editlib.Error(done.stderr.strip() or f"exit status {done.returncode}")
    return json.loads(done.stdout)["results"]


def check_options(options, cache, results, seven):
    keys = [(case, kind, direction) for case in CASES for kind in sorted(KINDS)
            for direction in ("to_device", "from_device")]
    outputs = run(options, cache, [scenario(case[0], case[1], kind, direction) for case, kind, direction in keys])
    for (case, kind, direction), output in zip(keys, outputs):
        wanted, got = case[3 if seven else 2], outcome(output)
        who = "confidential" if case[1] is CONFIDENTIAL else "ordinary"
        results.check(f"{case[0]}, {who}, {kind} {direction}", "" if got == wanted else f"{got}, not {wanted}")


def full_pool(profile, *faults):
    """Maps a buffer whose bounce buffer is full, then another one when it is not."""
    return {
        "schema_version": 1, "profile": profile, "devices": [dict(ORDINARY, dma={"pool": "forced"})],
        "buffers": [{"name": "b"}, {"name": "c"}],
        "operations": [{"operation": "map_single", "device": "d", "buffer": name, "as": name} for name in ("b", "c")],
        "faults": [{"at": "pool"}, *({"at": fault} for fault in faults)],
    }


def check_full_pools(options, cache, results, grows):
    """A full pool fails a mapping; where pools grow, the tree's own code makes a second one of the same size."""
    scenarios = [full_pool("snp", "pool_growth"), full_pool("snp"), full_pool("snp", "decrypt")]
    outputs = run(options, cache, scenarios)
    fates = [[operation["result"] for operation in output["operations"]] for output in outputs]
    results.check("full pool", "" if fates == [["error", "ok"]] * 3 else f"{fates}")
    pages = [output["shared_pages"] for output in outputs]
    wanted = [256, 512 if grows else 256, 256]
    results.check("growing pool", "" if pages == wanted else f"{pages} pages are shared, not {wanted}")
    requests = [{"operation": "request", "device": "d", "buffer": "b"}] * 2
    output = run(options, cache, [dict(full_pool("snp-vtom", "pool_growth"), devices=[dict(ORDINARY, driver="storvsc_drv")],
                                       operations=requests)])[0]
    fate = [operation["result"] for operation in output["operations"]]
    results.check("full pool, storvsc", "" if fate == ["error", "ok"] else f"{fate}")


def check_drivers_and_rings(options, cache, results):
    """One scenario: a ring and a GPADL of the tree's, and requests of its drivers. A name that is none is no driver."""
    steps = [("ring_open", "d", None), ("ring_write", "d", "w"), ("request", "d", "b"), ("gpadl_establish", "n", "g"),
             ("request", "n", "c"), ("ring_close", "d", None)]
    output = run(options, cache, [{
        "schema_version": 1, "profile": "snp-vtom",
        "devices": [dict(ORDINARY, driver="storvsc_drv"), {"name": "n", "class": "nic", "driver": "netvsc"},
                    {"name": "x", "driver": "nobody"}],
        "buffers": [{"name": "b", "size": 4096}, {"name": "c", "size": 4096}, {"name": "g", "size": 8192}, {"name": "w"}],
        "operations": [{"operation": operation, "device": device, **({"buffer": buffer} if buffer else {})}
                       for operation, device, buffer in steps],
    }])[0]
    seen = {(sighting["of"], sighting["operation"]) for sighting in output["sightings"]}
    results.check("drivers and rings", "" if {("w", 1), ("b", 2), ("g", 3), ("c", 4)} <= seen else f"{output}")
    bound = [device["bound"] for device in output["devices"]]
    results.check("no such driver", "" if bound == [True, True, False] else f"{bound}")


def check_validation(options, cache, results, seven):
    with tempfile.TemporaryDirectory() as folder:
        report, validated = Path(folder) / "report.json", Path(folder) / "validated.json"
        common = ["--kernel", options.kernel]
        done = subprocess.run([options.cocodma, "analyze", "-p", options.kernel, *common, "--format", "json",
                               "-o", report], capture_output=True, text=True, check=False)
        if done.returncode == 2:
            raise editlib.Error(done.stderr.strip())
        done = subprocess.run([options.cocodma, "validate", report, *common, "--cache", cache, "-o", validated],
                              capture_output=True, text=True, check=False)
        if done.returncode == 2:
            raise editlib.Error(done.stderr.strip())
        findings = json.loads(validated.read_text(encoding="utf-8"))["findings"]
    # A driver of another folder that only bears the name of a file of the model's.
    others = [finding for finding in findings if "did not run" in finding["validation"].get("detail", "")]
    results.check("other units", "" if not others else f"{others[0]['location']}: {others[0]['validation']}")
    bounces = [finding for finding in findings if finding["check"] == "coco-bounce"]
    results.check("streaming leaks", "" if len(bounces) == (2 if seven else 0) else f"there are {len(bounces)}")
    for finding in bounces:
        status = finding["validation"]["status"]
        detail = finding["validation"].get("detail", "")
        sightings = re.search(r", request, on .*; (\d+) sightings, (\d+) of them in probe$", detail)
        results.check(f"{finding['location']['function']}(), in probe and after it",
                      "" if status == "confirmed" and sightings and int(sightings[1]) > int(sightings[2]) > 0
                      else f"{status}: {detail}")


def check_bench(options, cache, results):
    """Nothing protects an unmodified tree; requests in probe and after it fare alike."""
    command = [options.cocodma, "model", "bench", "--kernel", options.kernel, "--cache", cache]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise editlib.Error(done.stderr.strip())
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in done.stdout.splitlines()]
    for request in ("storvsc, write", "storvsc, read", "netvsc, transmit"):
        for channel, profiles, word in (("confidential", "snp-vtom, tdx-paravisor", "**leak**"),
                                        ("ordinary", "snp-vtom, tdx-paravisor, snp, tdx, cca", "shared")):
            wanted = [row for row in rows if row[:3] == [request, channel, profiles]]
            good = len(wanted) == 1 and all(cell.startswith(f"{word}, 4096 bytes at ") for cell in wanted[0][3:])
            results.check(f"bench: {request}, {channel}", "" if good else f"{wanted or 'no such row'}")
        over = [row[4] for row in rows if row[:2] == [request, "confidential sub-channel"]]
        results.check(f"bench: {request}, sub-channel", "" if len(over) == 1 and "**leak**" in over[0] else f"{over}")
    # What may be shared is not freed, by none of the trees.
    acts = [row for row in rows if len(row) == 5 and ("vmbus_open()" in row[0] or row[0].startswith("GPADL"))]
    results.check("bench: channels", "" if len(acts) > 20 and not any("crashes" in row[4] or "not-replayed" in row[4] or
                                                                      "freed while shared" in row[4] for row in acts) else f"{acts}")
    half = [row[4] for row in acts if row[0].startswith("GPADL") and row[1:3] == ["ordinary", "decryption, half-way"]]
    results.check("bench: half a GPADL", "" if half == ["fails; 8 pages stay shared, and are not freed"] else f"{half}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kernel", required=True, metavar="DIR", help="prepared kernel tree, only read")
    parser.add_argument("--cocodma", required=True, metavar="BIN", help="the analyzer")
    options = parser.parse_args()
    results = Results()
    try:
        seven = editlib.kernel_version(editlib.kernel_root(options.kernel))[0] >= 7
        with tempfile.TemporaryDirectory(prefix="cocodma-model-") as cache:
            check_options(options, cache, results, seven)
            built = sorted(Path(cache).glob("*.files"))
            run(options, cache, [scenario("none", ORDINARY, "map_single", "to_device")])
            again = sorted(Path(cache).glob("*.files"))
            results.check("built once", "" if again == built and len(built) == 2 else f"{len(built)}, then {len(again)}")
            check_full_pools(options, cache, results, "CONFIG_SWIOTLB_DYNAMIC=y\n" in
                             Path(options.kernel, ".config").read_text(encoding="utf-8"))
            check_drivers_and_rings(options, cache, results)
            check_bench(options, cache, results)
            check_validation(options, cache, results, seven)
    except editlib.Error as problem:
        results.check("execution", str(problem))
    print(f"{results.passed} passed, {results.failed} failed")
    return 1 if results.failed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Makes a report say what is not so: claim.py {private|leak} REPORT.json OUT.json

private: the first finding is none, and its place is private on all of its profiles.
leak:    a place of the bus that is private leaks, without any condition.
"""

import json
import sys

claim, source, target = sys.argv[1:]
with open(source, encoding="utf-8") as file:
    report = json.load(file)
if claim == "private":
    finding = report["findings"].pop(0)
    for site in report["sites"]:
        if site["id"] in finding["site_ids"]:
            site["verdict"] = "private"
            for profile in finding["profiles"]:
                site["by_profile"][profile]["verdict"] = "private"
else:
    site = next(site for site in report["sites"]
                if site["verdict"] == "private" and "/bus/" in site["location"]["file"] and site["kind"] == "copy")
    finding = dict(report["findings"][0], check="coco-shared-buffer", location=site["location"], site_ids=[site["id"]])
    finding["trace"] = [dict(site["location"], kind="sink", message="says the test")]
    report["findings"] = [finding]
with open(target, "w", encoding="utf-8") as file:
    json.dump(report, file)

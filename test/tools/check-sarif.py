#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks a SARIF file: against the schema, if one is given, and for what code scanning services ask beyond it.

    check-sarif.py R.sarif [--schema FILE] [--results N] [--state new=2]

Exit status: 0 fine, 1 not.
"""

import argparse
import collections
import json
import re
import sys
from pathlib import Path


def schema_problems(log, path):
    import jsonschema  # pylint: disable=import-outside-toplevel
    schema = json.loads(Path(path).read_text(encoding="utf-8"))
    validator = jsonschema.validators.validator_for(schema)(schema)
    for problem in validator.iter_errors(log):
        yield f"schema: /{'/'.join(map(str, problem.absolute_path))}: {problem.message[:300]}"


def locations_of(result):
    yield from result["locations"]
    yield from result.get("relatedLocations", [])
    for flow in result.get("codeFlows", []):
        for thread in flow["threadFlows"]:
            for step in thread["locations"]:
                yield step["location"]


def location_problems(location):
    place = location["physicalLocation"]
    uri = place["artifactLocation"]["uri"]
    if not uri or uri.startswith("/") or re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", uri) or ".." in uri.split("/"):
        yield f"'{uri}' is not relative to the source root"
    if place["artifactLocation"].get("uriBaseId") != "%SRCROOT%":
        yield f"{uri}: no uriBaseId"
    if place.get("region", {}).get("startLine", 1) < 1:
        yield f"{uri}: lines start at 1"


def result_problems(result, rules):
    if rules[result["ruleIndex"]]["id"] != result["ruleId"]:
        yield f"ruleIndex {result['ruleIndex']} is not {result['ruleId']}"
    if not result["partialFingerprints"].get("primaryLocationLineHash"):
        yield "no fingerprint"
    ids = [location["id"] for location in result.get("relatedLocations", [])]
    for wanted in re.findall(r"(?<!\\)\[[^\]]*\]\((\d+)\)", result["message"]["text"]):
        if int(wanted) not in ids:
            yield f"the message links to {wanted}, which is no related location"
    if len(ids) != len(set(ids)):
        yield "two related locations with one id"
    for location in locations_of(result):
        yield from location_problems(location)


def problems(log, options):
    if log["version"] != "2.1.0" or len(log["runs"]) != 1:
        yield "not one run of SARIF 2.1.0"
    run = log["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    for rule in rules:
        if not (rule["help"]["text"] and rule["help"]["markdown"] and rule["shortDescription"]["text"]):
            yield f"{rule['id']}: no help"
        if not 0 <= float(rule["properties"]["security-severity"]) <= 10:
            yield f"{rule['id']}: security-severity"
    for result in run["results"]:
        for problem in result_problems(result, rules):
            yield f"{result['ruleId']}: {problem}"
    prints = [result["partialFingerprints"]["primaryLocationLineHash"] for result in run["results"]]
    if len(prints) != len(set(prints)):
        yield "two results with the same fingerprint"
    if options.results is not None and len(run["results"]) != options.results:
        yield f"{len(run['results'])} results, not {options.results}"
    states = collections.Counter(result.get("baselineState") for result in run["results"])
    for setting in options.state:
        name, _, count = setting.partition("=")
        if states[name] != int(count):
            yield f"{states[name]} results are {name}, not {count}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("log")
    parser.add_argument("--schema", metavar="FILE")
    parser.add_argument("--results", type=int, metavar="N")
    parser.add_argument("--state", action="append", default=[], metavar="NAME=N")
    options = parser.parse_args()
    log = json.loads(Path(options.log).read_text(encoding="utf-8"))
    found = list(schema_problems(log, options.schema)) if options.schema else []
    found = found or list(problems(log, options))
    for problem in found:
        print(f"{options.log}: {problem}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks a JSON report: its schema, that its parts agree with each other, and what the options ask for.

    check-report.py R.json --finding 'coco-bounce leak queue' --findings 1 --site 'private queue' --complete

Patterns are words that must all fit: a check, a verdict, a function or a file of the finding or site, "*" for any.
Run it with Debian's own python3: that is the one that python3-jsonschema belongs to. Exit status: 0 fine, 1 not.
"""

import argparse
import json
import re
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"


def schema_problems(report):
    import jsonschema  # pylint: disable=import-outside-toplevel
    schema = json.loads((DOCS / "report.schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.validators.validator_for(schema)(schema)
    for problem in validator.iter_errors(report):
        yield f"schema: /{'/'.join(map(str, problem.absolute_path))}: {problem.message}"


def order(item):
    where = item["location"]
    return (where["file"], where["line"], where["column"], item.get("check", item.get("kind")))


def consistency_problems(report):
    """What a schema cannot say."""
    sites, findings = report["sites"], report["findings"]
    ids = [site["id"] for site in sites]
    if len(ids) != len(set(ids)):
        yield "sites: two with the same id"
    counts = report["summary"]["by_verdict"]
    for verdict, count in counts.items():
        real = sum(site["verdict"] == verdict for site in sites)
        if real != count:
            yield f"summary: by_verdict says {count} {verdict}, there are {real}"
    reported = sum("suppression" not in finding for finding in findings)
    if reported != report["summary"]["findings"]:
        yield f"summary: {report['summary']['findings']} findings, there are {reported}"
    for finding in findings:
        for lost in sorted(set(finding["site_ids"]) - set(ids)):
            yield f"findings: {finding['check']}: no site has the id {lost}"
        if not set(finding["profiles"]) <= set(report["profiles"]):
            yield f"findings: {finding['check']}: a profile that was not judged"
    precedence = list(counts)
    for site in sites:
        verdicts = [judged["verdict"] for judged in site["by_profile"].values()]
        if verdicts and site["verdict"] != min(verdicts, key=precedence.index):
            yield f"sites: {site['id']}: {site['verdict']} is not the worst of its profiles"
        if not set(site["by_profile"]) <= set(report["profiles"]):
            yield f"sites: {site['id']}: a profile that was not judged"
    prints = [finding["fingerprint"] for finding in findings]
    if len(prints) != len(set(prints)):
        yield "findings: two with the same fingerprint"
    for name, items in (("findings", findings), ("sites", sites)):
        keys = [order(item) for item in items]
        if keys != sorted(keys):
            yield f"{name}: not in order"
    for item in findings + sites:
        if item["location"]["file"].startswith("/"):
            yield f"{item['location']['file']}: not relative to the kernel"


def fits(pattern, item):
    where = item["location"]
    words = {item.get("check"), item["verdict"], where["function"], where["file"], item.get("kind"), "*"}
    return all(word in words for word in pattern.split())


def value_at(report, path):
    value = report
    for key in path.split("."):
        value = value[int(key)] if isinstance(value, list) else value[key]
    return value


def same_value(value, wanted):
    """Lists are compared without their order."""
    if isinstance(value, list):
        return sorted(map(json.dumps, value)) == sorted(map(json.dumps, json.loads(wanted)))
    return wanted in (json.dumps(value), str(value))


def option_problems(report, options):
    findings, sites = report["findings"], report["sites"]
    if options.findings is not None and len(findings) != options.findings:
        places = "; ".join(f"{f['check']} {f['verdict']} {f['location']['file']}:{f['location']['line']} "
                           f"{f['location']['function']}" for f in findings)
        yield f"{len(findings)} findings, not {options.findings}: {places}"
    for kind, items, wanted, negative in (("finding", findings, options.finding, False),
                                          ("finding", findings, options.no_finding, True),
                                          ("site", sites, options.site, False),
                                          ("site", sites, options.no_site, True)):
        for pattern in wanted:
            if any(fits(pattern, item) for item in items) == negative:
                yield f"{'a' if negative else 'no'} {kind} '{pattern}'"
    for setting in options.value:
        path, _, wanted = setting.partition("=")
        try:
            value = value_at(report, path)
        except (KeyError, IndexError, ValueError):
            yield f"{path}: not in the report"
            continue
        if not same_value(value, wanted):
            yield f"{path} is {json.dumps(value)}, not {wanted}"
    texts = {"warning": "\n".join(report["configuration"]["warnings"]),
             "skipped": "\n".join(" ".join(map(str, item.values())) for item in report["skipped"])}
    for kind, text in texts.items():
        for pattern in getattr(options, kind):
            if not re.search(pattern, text, re.I):
                yield f"no {kind} like '{pattern}' in:\n{text}"


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("report")
    parser.add_argument("--findings", type=int, metavar="N", help="there are exactly N")
    for name in ("finding", "no-finding", "site", "no-site"):
        parser.add_argument(f"--{name}", action="append", default=[], metavar="WORDS")
    parser.add_argument("--value", action="append", default=[], metavar="PATH=VALUE", help="as summary.complete=true")
    parser.add_argument("--warning", action="append", default=[], metavar="REGEX", help="in configuration.warnings")
    parser.add_argument("--skipped", action="append", default=[], metavar="REGEX", help="in skipped[]")
    return parser.parse_args()


def main():
    options = parse_arguments()
    try:
        report = json.loads(Path(options.report).read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        print(f"{options.report}: no usable report: {problem}")
        return 1
    problems = list(schema_problems(report))
    if not problems:
        problems = [*consistency_problems(report), *option_problems(report, options)]
    for problem in problems:
        print(f"{options.report}: {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

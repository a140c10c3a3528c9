#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks that JSON files meet a schema: check-schema.py SCHEMA FILE...  (exit status 1 if one does not)."""

import json
import sys

import jsonschema


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft7Validator.check_schema(schema)
    failed = 0
    for name in sys.argv[2:]:
        with open(name, encoding="utf-8") as file:
            problems = list(jsonschema.Draft7Validator(schema).iter_errors(json.load(file)))
        for problem in problems:
            print(f"{name}: {'/'.join(map(str, problem.absolute_path))}: {problem.message}")
        failed += bool(problems)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

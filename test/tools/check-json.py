#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""check-json.py SCHEMA FILE...: validates files against a schema. Run it with Debian's own python3."""

import json
import sys
from pathlib import Path

import jsonschema

schema = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
validator = jsonschema.validators.validator_for(schema)(schema)
bad = 0
for name in sys.argv[2:]:
    for problem in validator.iter_errors(json.loads(Path(name).read_text(encoding="utf-8"))):
        bad = 1
        print(f"{name}: /{'/'.join(map(str, problem.absolute_path))}: {problem.message}")
sys.exit(bad)

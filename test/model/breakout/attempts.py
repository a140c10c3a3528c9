# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Prints the scenarios of breakout.test: attempt n is a request of 64 + n bytes (evil.c.txt)."""

import json

NAMES = ("loop file socket fork execute signal executable-memory other-descriptor escapes wild-pointer null stack memory "
         "flood nonsense clone gate gate-again executable-gate harmless").split()

print(json.dumps([
    {
        "schema_version": 1,
        "name": name,
        "kernel": "evil",
        "devices": [{"name": "d", "driver": "evil"}],
        "buffers": [{"name": "b", "size": 64 + number}],
        "operations": [{"operation": "request", "device": "d", "buffer": "b"}],
        "expect": {"end": "completed"} if name == "harmless" else {},
    }
    for number, name in enumerate(NAMES)
]))

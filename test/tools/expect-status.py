#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""expect-status.py STATUS COMMAND...: runs a command, and succeeds if it ends with that exit status."""

import subprocess
import sys

wanted, command = int(sys.argv[1]), sys.argv[2:]
status = subprocess.run(command, check=False).returncode
if status != wanted:
    print(f"expect-status: exit status {status}, not {wanted}: {' '.join(command)}", file=sys.stderr)
    sys.exit(1)

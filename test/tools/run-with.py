#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs a command in a way that a RUN line cannot write down, and ends with its exit status.

    run-with.py --stdout FILE COMMAND...       its standard output goes to FILE, as it is (a device, say)
    run-with.py --interrupt GLOB COMMAND...    SIGINT as soon as a file that matches GLOB exists, or it is done
"""

import glob
import signal
import subprocess
import sys
import time


def interrupt(pattern, command):
    """A shell's convention for the exit status: 128 + signal. The command may be done before the signal."""
    # In the background of a shell SIGINT is ignored, and that is inherited.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    with subprocess.Popen(command) as process:
        while process.poll() is None and not glob.glob(pattern):
            time.sleep(0.002)
        process.send_signal(signal.SIGINT)
        status = process.wait(timeout=60)
    return 128 - status if status < 0 else status


def main():
    how, argument, command = sys.argv[1], sys.argv[2], sys.argv[3:]
    if how == "--interrupt":
        return interrupt(argument, command)
    with open(argument, "wb") as stream:
        return subprocess.run(command, stdout=stream, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

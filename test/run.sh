#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The test command: installs what is missing, builds, and runs all suites. The
# last line says how many tests passed and failed; the exit status is 0 if none
# failed. Works from any folder.
#
#   test/run.sh          the default tier
#   test/run.sh --full   also Linux 6.1, sanitizers, clang-tidy, the plugin for LLVM 19, every
#                        edit of a kernel, the metamorphic test, and the HTML report of a kernel
#                        in a browser; takes hours
#   test/run.sh --help   what else there is
set -uo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
tier=
for option in "$@"; do
  [[ $option == --full ]] && tier=--full
done
if ! timeout 1800 bash "$top/test/setup.sh" $tier; then
  echo "test/run.sh: this machine is not set up; nothing was tested"
  echo "0 passed, 1 failed"
  exit 1
fi
# Debian's own interpreter: the one that its python3-* packages belong to.
exec /usr/bin/python3 "$top/test/tools/run-stages.py" "$@"

#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The one command that all recipes run: the gate on a range of commits.
#
#   docs/ci/gate.sh KERNEL BASE..HEAD OUT
#
# KERNEL is a kernel tree that was configured, and prepared with `make LLVM=1
# compile_commands.json`; COCODMA_BUILD names the build folder, if it is another
# one. OUT gets report.json, report.sarif, report.html, report.md, report.mail,
# code-quality.json and report.rdjson. COCODMA names the program, COCODMA_FLAGS
# has further options (--baseline FILE --policy FILE --require-effect). The exit status is
# that of the gate: 0, 1 introduced findings, 2 error, 3 incomplete.
set -uo pipefail

kernel=$1 range=$2 out=$3
mkdir -p "$out" || exit 2
# shellcheck disable=SC2086
exec "${COCODMA:-cocodma}" gate --kernel "$kernel" -p "${COCODMA_BUILD:-$kernel}" --range "$range" \
  --format json -o "$out/report.json" --write sarif="$out/report.sarif" --write html="$out/report.html" \
  --write markdown="$out/report.md" --write mail="$out/report.mail" --write gitlab="$out/code-quality.json" \
  --write rdjson="$out/report.rdjson" ${COCODMA_FLAGS:-}

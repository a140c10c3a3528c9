#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The one command that all recipes run: the gate on a range of commits.
#
#   docs/ci/gate.sh KERNEL BASE..HEAD OUT
#
# KERNEL is a kernel tree that was configured, and prepared with `make LLVM=1
# compile_commands.json`; COCODMA_BUILD names the build folder, if it is another
# one. OUT gets report.json, report.sarif, report.html, report.md, report.mail
# and code-quality.json. COCODMA names the program, COCODMA_FLAGS has further
# options (--baseline FILE --policy FILE --require-effect). The exit status is
# that of the gate: 0, 1 introduced findings, 2 error, 3 incomplete.
set -uo pipefail

kernel=$1 range=$2 out=$3
cocodma=${COCODMA:-cocodma}
mkdir -p "$out" || exit 2
# shellcheck disable=SC2086
"$cocodma" gate --kernel "$kernel" -p "${COCODMA_BUILD:-$kernel}" --range "$range" --format json \
  -o "$out/report.json" ${COCODMA_FLAGS:-}
status=$?
[[ $status -eq 2 ]] && exit 2
while read -r format file; do
  "$cocodma" report "$out/report.json" --kernel "$kernel" --format "$format" -o "$out/$file" || exit 2
done <<END
sarif report.sarif
html report.html
markdown report.md
mail report.mail
gitlab code-quality.json
END
exit "$status"

#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# A test for NIPA (patchwork of netdev): copy the folder to tests/patch/. It is
# run in the kernel tree with the patch as HEAD; one line for the table goes to
# the descriptor DESC_FD, the mail to standard output. COCODMA_HOME is where
# cocodma's sources are, COCODMA_BUILD a build folder with a compile database.
# Exit status: 0 success, 1 failure, 250 warning (the analysis is incomplete).
set -uo pipefail

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
"${COCODMA_HOME:-/opt/cocodma}/docs/ci/gate.sh" . HEAD~..HEAD "$out"
status=$?
if [[ $status -eq 2 ]]; then
  echo "cocodma could not run" >&"${DESC_FD:-2}"
  exit 1
fi
cat "$out/report.mail"
sed -n 's/^## cocodma: //p; /^- [0-9]* introduced/p' "$out/report.md" | tr -d '*\n' >&"${DESC_FD:-2}"
echo >&"${DESC_FD:-2}"
[[ $status -eq 3 ]] && exit 250
exit "$status"

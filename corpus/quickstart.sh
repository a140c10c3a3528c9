#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# From a fresh machine to a first report: installs what is missing, builds the
# analyzer and runs it on a tree of the corpus, all drivers over the mini-kernel
# whose DMA core is like that of Linux 7. Works from any folder.
#
#   corpus/quickstart.sh          the tree plain-7
#   corpus/quickstart.sh TREE     another one; make-database.py --list has them
#
# Exit status: 0 a report was made (findings are what the corpus is for), 2 not.
set -euo pipefail

name=${1:-plain-7}
corpus=$(cd "$(dirname "$0")" && pwd)
top=$(dirname "$corpus")
out=$top/out
tool=$top/build/release/analyzer/cocodma
log=$out/quickstart.log

fail() {
  [[ ! -s $log ]] || tail -n 20 "$log" >&2
  echo "quickstart.sh: $1" >&2
  exit 2
}

step() { # TEXT COMMAND...: with its output in the log
  echo "== $1"
  shift
  "$@" >>"$log" 2>&1 || fail "failed: $*; see $log"
}

SECONDS=0
mkdir -p "$out"
: >"$log"
bash "$top/test/setup.sh" || fail "this machine is not set up"
cd "$top"
step "configuring" cmake --preset release
step "building (some minutes the first time)" \
  cmake --build --preset release --target cocodma
built=$SECONDS
step "making the database of the tree $name" \
  /usr/bin/python3 corpus/make-database.py "$name" "$out/$name"

# 1: findings, 3: incomplete; both have a report.
analyze() {
  local status=0
  "$tool" analyze -p "$out/$name" --kernel "$corpus" --cache "$out/cache" \
    "$@" || status=$?
  [[ $status =~ ^[013]$ ]] || fail "the analysis failed (exit status $status)"
}
echo "== analyzing"
echo
analyze
analyze --format json -o "$out/report.json" 2>/dev/null

cat <<END

Built in $built s, $SECONDS s in all.

  the analyzer        $tool
  this report, JSON   $out/report.json (schema: docs/report.schema.json)
  the tree            $out/$name/compile_commands.json
  what is labelled    grep -rn expect: $corpus/drivers

A real kernel next (some 2 GiB):

  tree=\$(bash $corpus/kernel/prepare.sh 7 \$HOME/kernels)
  $tool analyze -p \$tree --kernel \$tree
END

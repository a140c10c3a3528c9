#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Installs what building, testing and preparing kernels needs and this machine
# lacks, from the suites that apt is set up with. Debian 12 or newer. Quick when
# all is there. Run it, do not source it. Exit status: 0 all is there, 2 not.
#
#   test/setup.sh          for the default tier of the tests
#   test/setup.sh --full   also a browser, for the tests of the HTML report
set -euo pipefail

packages=(
  # the compiler and what the analyzer is made of
  clang-22 libclang-22-dev libclang-cpp22-dev llvm-22-dev nlohmann-json3-dev
  # the build
  cmake ninja-build lld-22 ccache
  # the runtime model: confinement of what it executes
  libseccomp-dev
  # the tests
  llvm-22-tools libgtest-dev libgmock-dev python3 python3-jsonschema
  python3-psutil
  clang-tidy-22 clang-format-22 libclang-rt-22-dev
  # the clang-tidy plugin for another version of LLVM
  clang-tidy-19 libclang-19-dev libclang-cpp19-dev llvm-19-dev
  # preparing a kernel tree
  flex bison bc libelf-dev libssl-dev xz-utils make
)
if [[ ${1:-} == --full ]]; then
  packages+=(chromium fonts-dejavu-core)
fi

fail() {
  printf 'setup.sh: %s\n' "$@" >&2
  exit 2
}

# The packages that are not installed.
missing() {
  comm -23 <(printf '%s\n' "${packages[@]}" | sort) \
    <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${packages[@]}" \
      2>/dev/null | sed -n 's/^installed //p' | sort -u)
}

# Whether apt's lists know all of them.
known() {
  [[ $(apt-cache --quiet=0 policy "$@" 2>/dev/null |
    grep -c '^  Candidate: [^(]') -eq $# ]]
}

install() {
  apt-get -o DPkg::Lock::Timeout=300 -y -qq --no-install-recommends install \
    "$@" >"$log" 2>&1
}

# The schema of SARIF, in the folder where test/lit.cfg.py looks for it. Without
# npm or a network the test that needs it is skipped.
schema() {
  local package=@microsoft/jest-sarif@1.0.0-beta.0
  local folder=${XDG_CACHE_HOME:-$HOME/.cache}/cocodma-test
  local file=package/lib/schemas/sarif-2.1.0-rtm.5.json
  [[ -s $folder/sarif-schema.json ]] && return
  command -v npm >/dev/null || return 0
  mkdir -p "$folder"
  if (cd "$folder" && timeout 120 npm pack --silent "$package" &&
    tar -xzf microsoft-jest-sarif-*.tgz --to-stdout "$file" >schema.part &&
    mv schema.part sarif-schema.json) >/dev/null 2>&1; then return; fi
  echo "setup.sh: no schema of SARIF to be had; its test will be skipped" >&2
}
schema

command -v dpkg-query >/dev/null && command -v apt-get >/dev/null ||
  fail "no apt here; on another system install the likes of: ${packages[*]}"

mapfile -t need < <(missing)
[[ ${#need[@]} -gt 0 ]] || exit 0
[[ $(id -u) -eq 0 ]] ||
  fail "not root, and these packages are missing: ${need[*]}" \
    "as root, run: apt-get update && apt-get install ${need[*]}"

echo "setup.sh: installing ${need[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { known "${need[@]}" && install "${need[@]}"; }; then
  # No lists, or old ones.
  apt-get -o DPkg::Lock::Timeout=300 -qq update >"$log" 2>&1 || {
    tail -n 5 "$log" >&2
    fail "apt-get update failed: is there a network, and are apt's sources right?"
  }
  install "${need[@]}" || {
    tail -n 10 "$log" >&2
    fail "these packages could not be installed: ${need[*]}"
  }
fi
mapfile -t need < <(missing)
[[ ${#need[@]} -eq 0 ]] || fail "still missing: ${need[*]}"

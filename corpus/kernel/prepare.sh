#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# prepare.sh VERSION DEST
#
# Makes DEST/linux-source-X: a kernel tree of Debian's, configured as an x86-64
# confidential guest of Hyper-V, with generated headers and a compile database
# of what matters to cocodma. Prints the folder. Nothing is done if it is there.
#
#   VERSION  a version that apt on this machine offers as linux-source-VERSION
#            (6.1 and 6.12 on Debian 12), or 7: the newest 7.x of
#            trixie-backports, from the mirror that apt is set up with
#
# About two minutes and 2 GiB for a tree. Needs setup.sh's packages.
# Exit status: 0 done, 2 usage or failure, 4 no such kernel can be had.
set -euo pipefail

# What is set beyond the defconfig, and what is compiled: the life of a device,
# the DMA layer, and who uses it. `cocodma prepare` uses the same.
guest=$(cd "$(dirname "$0")/../../analyzer/prepare" && pwd)/guest

fail() { # STATUS LINE...
  local status=$1
  shift
  printf 'prepare.sh: %s\n' "$@" >&2
  exit "$status"
}

# The mirror of Debian itself (not of its security updates) of this machine.
# Some of these files may not exist.
mirror() {
  {
    sed -n 's/^URIs:[[:space:]]*//p' /etc/apt/sources.list.d/*.sources
    sed -n 's/^deb[[:space:]]\+\(\[[^]]*\][[:space:]]*\)\?//p' \
      /etc/apt/sources.list /etc/apt/sources.list.d/*.list
  } 2>/dev/null | awk '$1 ~ /\/debian\/?$/ && !n++ {print $1}' || true
}

# apt with lists of its own, so that the machine's are not touched.
backports_apt() { # PROGRAM ARGUMENT...
  local program=$1
  shift
  "$program" -o Dir::Etc::sourcelist="$work/backports.list" \
    -o Dir::Etc::sourceparts=/dev/null -o Dir::State::lists="$work/lists" \
    -o Dir::Cache::pkgcache="$work/pkgs.bin" \
    -o Dir::Cache::srcpkgcache="$work/srcs.bin" -o APT::Sandbox::User=root "$@"
}

fetch_backport() {
  local uri package keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  uri=$(mirror)
  [[ -n $uri ]] || fail 4 "apt has no mirror of Debian to take backports from"
  mkdir -p "$work/lists/partial"
  echo "deb [signed-by=$keyring] $uri trixie-backports main" \
    >"$work/backports.list"
  backports_apt apt-get -qq update >&2 ||
    fail 4 "the mirror has no trixie-backports"
  package=$(backports_apt apt-cache search --names-only \
    "^linux-source-$version\\.[0-9]+\$" | cut -d' ' -f1 | sort -V | tail -n 1)
  [[ -n $package ]] || fail 4 "no linux-source-$version.x in trixie-backports"
  backports_apt apt-get -qq download "$package" >&2 ||
    fail 4 "$package cannot be downloaded"
}

fetch() {
  local get=(apt-get -o APT::Sandbox::User=root -qq)
  if [[ $version != *.* ]]; then
    fetch_backport
  else
    "${get[@]}" download "linux-source-$version" >&2 2>/dev/null ||
      { "${get[@]}" update >&2 &&
        "${get[@]}" download "linux-source-$version" >&2; } ||
      fail 4 "apt offers no linux-source-$version"
  fi
}

# make in the tree, with its output in the log; a failure shows the log's end.
tree_make() {
  make -C "$tree" LLVM=-22 -j"$(nproc)" "$@" >>"$log" 2>&1
}

must() {
  "$@" || {
    tail -n 20 "$log" >&2
    fail 2 "$tree: '$*' failed"
  }
}

prepare_tree() {
  local targets
  mapfile -t targets < <(grep -vE '^(#|arch/arm64/)' "$guest.targets")
  must tree_make x86_64_defconfig
  cat "$guest.config" >>"$tree/.config"
  must tree_make olddefconfig
  must tree_make prepare
  # Not every version has every target; what fails is missing in the database.
  tree_make -k "${targets[@]}" ||
    echo "prepare.sh: $tree: some targets were not built, as expected" >&2
  (cd "$tree" && python3 scripts/clang-tools/gen_compile_commands.py) \
    >>"$log" 2>&1 || must false
}

[[ $# -eq 2 && $1 =~ ^[0-9]+(\.[0-9]+)?$ ]] ||
  fail 2 "usage: prepare.sh VERSION DEST, VERSION as 6.1, 6.12 or 7"
version=$1
dest=$(mkdir -p "$2" && cd "$2" && pwd) || fail 2 "$2: cannot be made"

pattern=$version
[[ $version == *.* ]] || pattern="$version.*"
for database in "$dest"/linux-source-$pattern/compile_commands.json; do
  tree=$(dirname "$database")
  if [[ -f $database && ! -e $tree/.cocodma-unfinished ]]; then
    echo "$tree"
    exit 0
  fi
done

bash "$(dirname "$0")/../../test/setup.sh"
work=$(mktemp -d "$dest/prepare.XXXXXX")
trap 'rm -rf "$work"' EXIT
log=$work/log
cd "$work"
fetch
dpkg-deb --extract ./*.deb unpacked
archive=$(echo unpacked/usr/src/linux-source-*.tar.xz)
name=$(basename "$archive" .tar.xz)
tree=$dest/$name
marker=$tree/.cocodma-unfinished
[[ ! -e $tree || -e $marker ]] ||
  fail 2 "$tree is there, but has no compile_commands.json; move it away"
rm -rf "$tree"
mkdir "$tree"
touch "$marker"
tar -C "$dest" -xf "$archive"
prepare_tree
rm "$marker"
echo "$tree"

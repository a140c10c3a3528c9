#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""damage-cache.py cut|garbage|empty|exchange|version|flip CACHE: damages every entry of a cache, in a reproducible way."""

import random
import sys
from pathlib import Path


def cut(data, _):
    return data[: len(data) * 2 // 3]


def garbage(data, chance):
    return chance.randbytes(len(data))


def empty(_data, _chance):
    return b""


def version(data, _):
    """The head of an entry is where a format says which one it is."""
    return b"\xfe\xff\xff\x7f" + data[4:]


def flip(data, chance):
    """A few bits, anywhere."""
    result = bytearray(data)
    for _ in range(3):
        result[chance.randrange(len(result))] ^= 1 << chance.randrange(8)
    return bytes(result)


def exchange(entries):
    """Each entry gets the next one's content."""
    texts = [entry.read_bytes() for entry in entries]
    for entry, text in zip(entries, texts[1:] + texts[:1]):
        entry.write_bytes(text)


def main():
    how, folder = sys.argv[1], Path(sys.argv[2])
    entries = sorted(path for path in folder.rglob("*") if path.is_file())
    if not entries:
        sys.exit(f"{folder}: no cache entry to damage")
    if how == "exchange":
        exchange(entries)
        return
    damage = {"cut": cut, "garbage": garbage, "empty": empty, "version": version, "flip": flip}[how]
    chance = random.Random(1)
    for entry in entries:
        entry.write_bytes(damage(entry.read_bytes(), chance))


if __name__ == "__main__":
    main()

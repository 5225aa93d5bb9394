#!/usr/bin/env python3
"""Mutated vectors, read by the library (differential_driver, named by NPK_DIFFERENTIAL_DRIVER) and by the specification's own reader.

    differential.py [--cases N] [--seed N] [--keep FOLDER]

Both must accept, or both refuse; what both read must be the same (but what is recovered: how much of it, is not specified). Half of the
mutations have their checksums made right. --keep writes what they
disagree on. The classes of refusals are counted: several rules may be broken at once, and which is told first is not specified.
"""

import argparse
import collections
import json
import os
import pathlib
import random
import resource
import subprocess
import sys

VECTORS = pathlib.Path(__file__).resolve().parents[2] / "spec/vectors"
sys.path.insert(0, str(VECTORS / "gen"))
import limits  # noqa: E402
import read  # noqa: E402
from blake3 import digest  # noqa: E402

MOST_BYTES = 4000
MOST_MEMORY = 4 << 30
MOST_CONTENT_BYTES = 4 << 20  # of an entry; both refuse larger ones


class Driver:
    def __init__(self):
        self.process = subprocess.Popen([os.environ["NPK_DIFFERENTIAL_DRIVER"]], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, package, reseal):
        """The package as it was read, and {"read", "verify", "entries"}."""
        self.process.stdin.write(bytes([reseal]) + len(package).to_bytes(8, "little") + package)
        self.process.stdin.flush()
        length = int.from_bytes(self.process.stdout.read(8), "little")
        package = self.process.stdout.read(length)
        return package, dict(word.split("=") for word in self.process.stdout.readline().decode().split())


def vectors():
    """Sound ones, and all."""
    named = json.loads((VECTORS / "manifest.json").read_text())["vectors"]
    plain = [vector for vector in named if not {"identity", "passphrase", "parts"} & set(vector) and vector["size"] <= MOST_BYTES]
    bytes_of = {vector["name"]: (VECTORS / vector["file"]).read_bytes() for vector in plain}
    return [bytes_of[vector["name"]] for vector in plain if vector["class"] == "ok"], list(bytes_of.values())


def mutated(package, others, draw):
    package = bytearray(package or b"\0")
    for _ in range(draw.choice((1, 1, 1, 2, 3))):
        at, length = draw.randrange(len(package)), draw.choice((1, 1, 2, 4, 8, 64))
        kind = draw.randrange(7)
        if kind <= 1:
            package[at] ^= 1 << draw.randrange(8)
        elif kind == 2:
            package[at] = draw.choice((0, 1, 2, 127, 128, 255, draw.randrange(256)))
        elif kind == 3:
            package[at:at + length] = bytes(len(package[at:at + length]))
        elif kind == 4:
            other = draw.choice(others)
            package[at:at + length] = other[at:at + length]
        elif kind == 5:
            del package[at:at + length]
        else:
            del package[at:]
        package = package or bytearray(1)
    return bytes(package)


def entries_hash(reader):
    text = b""
    for row in reader.entries():
        text += row.path + (reader.content_digest(row) if row.regular else b"")
    return digest(text).hex()


def compare(package, library):
    """What they disagree on, or None; and whether the classes do."""
    found, reader = read.outcome(package)
    is_right = library["read"] == library["verify"] == "ok"
    if is_right != (found is None):
        return f"library {library}, reader {found}", False
    if (found is None or found[0] == "verify") and library["read"] == "ok" and library["entries"] != entries_hash(reader):
        return "other entries or content", False
    return None, found is not None and found[1] not in (library["read"], *library["verify"].split(","))


def main(arguments):
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=pathlib.Path)
    options = parser.parse_args(arguments)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))  # what is hostile must be refused before it is held
    limits.ENTRY_HELD = MOST_CONTENT_BYTES
    draw, driver, counts = random.Random(options.seed), Driver(), collections.Counter()
    sound, every = vectors()
    for number in range(options.cases):
        package, library = driver.ask(mutated(draw.choice(every if number % 5 == 0 else sound), every, draw), number % 2)
        try:
            problem, other_class = compare(package, library)
        except Exception as error:  # a reader that does not say what is wrong is wrong
            problem, other_class = f"the reader fails: {error!r}; library {library}", False
        counts["accepted" if library["verify"] == library["read"] == "ok" else "refused"] += 1
        counts["of another class"] += other_class
        if problem:
            counts["disagreed"] += 1
            print(f"case {number} of seed {options.seed}: {problem}", flush=True)
            if options.keep:
                options.keep.mkdir(parents=True, exist_ok=True)
                (options.keep / f"{options.seed}-{number}.npk").write_bytes(package)
    print(dict(counts))
    return 1 if counts["disagreed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The library's reader of columns against the specification's, on the fuzzer's seeds and on damaged ones."""

import itertools
import os
import pathlib
import random
import struct
import subprocess
import sys
import unittest

PROJECT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "spec" / "filters"))
import field_column  # noqa: E402

MOST_VALUES = 20_000  # the driver's
DAMAGED_OF_EACH = 150


def seeds():
    paths = sorted((PROJECT / "tests" / "fuzz" / "corpus" / "field_column_fuzz").iterdir())
    return [path.read_bytes()[1:] for path in paths]


def damaged(part, generator):
    part = bytearray(part)
    kind = generator.randrange(4)
    # Most decisions are made by the first bytes.
    at = generator.randrange(min(len(part), 40) if generator.random() < 0.7 else len(part))
    if kind == 0:
        part[at] ^= 1 << generator.randrange(8)
    elif kind == 1:
        part[at] = generator.randrange(256)
    elif kind == 2:
        del part[at:at + generator.randrange(1, 4)]
    else:
        part[at:at] = bytes(generator.randrange(256) for _ in range(generator.randrange(1, 4)))
    return bytes(part)


def reference(part):
    try:
        reader, values = field_column.FieldReader(part), []
        while not reader.at_end() and len(values) < MOST_VALUES:
            values.append(reader.next())
        return values
    except ValueError:
        return None


def library(parts):
    wire = b"".join(struct.pack("<I", len(part)) + part for part in parts)
    answers = subprocess.run([os.environ["NPK_FIELD_COLUMN_DRIVER"]], input=wire, stdout=subprocess.PIPE, check=True).stdout
    at = 0

    def take(count):
        nonlocal at
        at += count
        return answers[at - count:at]

    def values():
        return [take(struct.unpack("<I", take(4))[0]) for _ in range(struct.unpack("<I", take(4))[0])]

    return [values() if take(1) == b"\1" else None for _ in parts]


class FieldColumn(unittest.TestCase):
    def test_same_values_and_same_refusals(self):
        generator = random.Random(6)
        good = seeds()
        self.assertGreaterEqual(len(good), 20)
        parts = good + [damaged(part, generator) for part, _ in itertools.product(good, range(DAMAGED_OF_EACH))]
        refused = 0
        for part, answer in zip(parts, library(parts)):
            self.assertEqual(answer, reference(part), part[:60])
            refused += answer is None
        self.assertGreater(refused, len(parts) // 10)
        self.assertLess(refused, len(parts) * 9 // 10)


if __name__ == "__main__":
    unittest.main()

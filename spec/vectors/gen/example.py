"""The worked example of the specification: a package field by field.

    python3 example.py             the text of section 17
    python3 example.py --update    puts it into ../../npk-format.md
"""

import pathlib
import sys

import tables
import vectors_ok
from failure import Cursor
from ids import COLUMNS, ENCODINGS, FRAME_TYPES, PAGES
from integers import decode_integers

BEGIN, END = "<!-- worked example: checked by tests/conformance -->", "<!-- end of the worked example -->"
SPECIFICATION = pathlib.Path(__file__).resolve().parents[2] / "npk-format.md"
ENCODING_NAMES = {number: name for name, number in ENCODINGS.items()}
COLUMN_NAMES = {number: name for name, number in COLUMNS.items()}
FRAME_NAMES = {number: name for name, number in FRAME_TYPES.items()}
PAGE_NAMES = {number: name for name, number in PAGES.items()}
INTRODUCTION = """`vectors/one_small_file.npk`: one file `hello` that holds the five bytes `abcd` and a line feed, stored raw. Positions and bytes are
hexadecimal; made and checked by `vectors/gen/example.py`.
"""


class Dump:
    """Lines of position, bytes, meaning."""

    def __init__(self, data):
        self.data, self.at, self.lines = data, 0, []

    def title(self, text):
        self.lines += ["", text]

    def field(self, size, text=""):
        """Takes `size` bytes; `{}` in the text becomes their value as an integer."""
        data = self.data[self.at:self.at + size]
        meaning = text.replace("{}", str(int.from_bytes(data, "little")))
        for start in range(0, size, 16):
            self.lines.append(f"{self.at + start:04X}  {data[start:start + 16].hex(' ').upper():47}  {meaning}".rstrip())
            meaning = ""
        self.at += size
        return data

    def fields(self, text):
        for part in text.split(";"):
            size, meaning = part.strip().split(" ", 1)
            self.field(int(size), meaning)

    def number(self):
        return int.from_bytes(self.data[self.at:self.at + 8], "little")


def superblock(dump):
    dump.title("superblock")
    dump.fields("8 magic; 2 format version {}; 2 frame grammar {}; 4 flags: not sealed; "
                "16 package id; 32 no key commitment; 1 no cipher; 27 reserved; 4 CRC-32C")


def frame(dump):
    frame_type, length = dump.data[dump.at + 4], int.from_bytes(dump.data[dump.at + 32:dump.at + 40], "little")
    dump.title(f"frame: {FRAME_NAMES[frame_type]}")
    dump.fields(f"4 magic; 1 type {{}}: {FRAME_NAMES[frame_type]}; 1 flags; 2 header length {{}}; "
                f"8 package tag; 4 key epoch; 4 writer salt id; 8 sequence {{}}; "
                "8 stored length {}; 8 position of the last commit: {}; 8 body check; 4 no seal counter; 4 CRC-32C")
    end = dump.at + length
    if frame_type != FRAME_TYPES["trailer"]:
        dump.fields("8 raw length {}; 8 no base; 4 no padding; 1 no chain: stored; 3 reserved")
    BODIES.get(FRAME_NAMES[frame_type], page)(dump, end)


def block(dump, end):
    dump.field(end - dump.at, "chunk 0")


def page(dump, end):
    raw = dump.data[dump.at:end]
    rows = tables.Page(raw, list(PAGES))
    dump.fields(f"1 page kind {{}}: {rows.kind}; 1 height; 2 columns: {{}}; 4 rows: {{}}; 8 first number; 8 first block; 8 first byte")
    it = Cursor(raw, "page")
    it.take(32)
    columns = [rows._directory_entry(it) for _ in range(len(rows.columns))]
    for column in columns:
        dump.field(16, f"column {column.id} {column.name}: {ENCODING_NAMES[column.encoding]}, values {column.count}, bytes {column.length}")
    for column in columns:
        dump.field(column.length, f"{column.name}: {_values(rows.columns[column.name])}")


def _values(column):
    if column.encoding != ENCODINGS["bytes"]:
        return ", ".join(map(str, decode_integers(column.encoding, column.data, column.count)))
    return column.data.decode() if column.data.isascii() else "BLAKE3"


def commit(dump, _end):
    dump.fields("4 length of the statement: {}; 8 statement magic; 16 lineage id; 8 generation {}; 8 seconds {}; 4 nanoseconds; 4 length of the message; "
                "32 no statement before; 32 content root; 32 storage root; 4 length of the placement: {}; 8 no commit before; 24 feature bits")
    for name in ("catalog", "chunk"):
        dump.fields(f"8 {name} root: position {{}}; 8 stored length {{}}; 32 BLAKE3 of the body")
    dump.fields("48 no hint root; 8 entries: {}; 8 regular files: {}; 8 directories: {}; 8 content bytes: {}; 8 hole bytes: {}; 8 chunks: {}; 8 blocks: {}; "
                "8 unique bytes: {}; 8 stored bytes: {}; 1 chunking method; 3 reserved; 12 chunk sizes; 8 chunking seed; 4 sections: {}")


def trailer(dump, _end):
    dump.fields("8 length of the package: {}; 8 position of the newest commit: {}; 8 its stored length: {}; 32 BLAKE3 of its body; 8 its generation: {}; "
                "24 its feature bits; 8 no signature; 4 no envelopes; 4 reserved; 4 length of this frame: {}; 4 reserved; 8 end magic")


BODIES = {"block": block, "commit": commit, "trailer": trailer}


def example_package():
    return next(vector.data for vector in vectors_ok.plain() if vector.name == "one_small_file")


def text():
    dump = Dump(example_package())
    superblock(dump)
    while dump.at < len(dump.data):
        frame(dump)
    return INTRODUCTION + "\n```\n" + "\n".join(dump.lines[1:]) + "\n```\n"


def bytes_of(example):
    """The bytes that a text of this form shows."""
    shown = [line for line in example.split("```")[1].split("\n") if line[:4].strip() and line[4:6] == "  "]
    return b"".join(bytes.fromhex(line[6:53]) for line in shown)


def section(specification):
    return specification[specification.index(BEGIN) + len(BEGIN):specification.index(END)].strip() + "\n"


def update():
    old = SPECIFICATION.read_text()
    head, tail = old[:old.index(BEGIN)], old[old.index("\n## 18."):]
    SPECIFICATION.write_text(f"{head}{BEGIN}\n\n{text()}\n{END}\n{tail}")


if __name__ == "__main__":
    update() if "--update" in sys.argv else print(text())

"""Packages in several parts (spec 4.1): written, and read again with the checks in their order."""

import itertools
import pathlib
import struct

from crc32c import crc32c
from failure import require

MAGIC = b"\x89NPV\r\n\x1a\n"
HEADER = struct.Struct("<8sHHI16sQQQI")
MOST = 65_535


def header(package_id, number, start, length, last=False, most=1 << 22, magic=MAGIC, version=1, flags=0, reserved=0, crc=None):
    data = HEADER.pack(magic, version, flags | last, number, package_id, start, length, most, reserved)
    return data + (crc32c(data) if crc is None else crc).to_bytes(4, "little")


def split(data, *cuts):
    """{number: part} of a package cut at these positions, as dictionaries of header fields and content."""
    ends = [0, *cuts, len(data)]
    return {number: ({"package_id": data[16:32], "number": number, "start": start, "length": end - start, "last": end == len(data)}, data[start:end])
            for number, (start, end) in enumerate(itertools.pairwise(ends), 1)}


def files(parts):
    return {number: header(**fields) + content for number, (fields, content) in parts.items()}


def path(package, number):
    return pathlib.Path(f"{package}.{number:03}")


def read_all(package):
    """The bytes of the package in these parts."""
    out, before, is_last = b"", None, False
    for number in range(1, MOST + 1):
        name = path(package, number)
        if not name.exists():
            require(is_last, f"part {number} is missing", "truncated")
            break
        found, content = _part(name.read_bytes())
        require(before is None or found["package_id"] == before, f"part {number} is of another package")
        require(found["number"] == number, f"part {number} is another one")
        require(found["start"] == len(out), f"part {number} starts elsewhere")
        require(len(content) >= found["length"], f"part {number} is cut short", "truncated")
        require(len(content) == found["length"], f"part {number} is too long", "trailing_data")
        out, before, is_last = out + content, found["package_id"], found["last"]
    return out


def _part(data):
    require(len(data) >= 64, "a part's header is cut short", "truncated")
    magic, version, flags, number, package_id, start, length, most, reserved = HEADER.unpack(data[:60])
    require(magic == MAGIC, "no part of a package")
    require(crc32c(data[:60]) == int.from_bytes(data[60:64], "little"), "checksum of a part's header")
    require(version == 1, f"a part of version {version}", "unsupported")
    require(flags <= 1 and reserved == 0, "a part's reserved fields")
    require(1 <= number <= MOST and (number == 1) == (start == 0), "a part's number")
    require(1 <= length and start + length < 1 << 64 and length + 64 <= most, "a part's length")
    return {"package_id": package_id, "number": number, "start": start, "length": length, "last": bool(flags)}, data[64:]

"""Packages in several parts (spec 4.1)."""

import volumes
from vector import Vector, flipped, mixed


def _frames(data):
    """Positions where frames begin."""
    at = 96
    while at < len(data):
        yield at
        at += 64 + int.from_bytes(data[at + 32:at + 40], "little")


def _parts():
    data = mixed("parts").bytes()
    starts = list(_frames(data))
    return volumes.split(data, starts[1], starts[-2])


def _whole(name, what, parts):
    return Vector(name, what, volumes.files(parts), expected=mixed("parts").commits[-1])


def vectors():
    yield _whole("parts", "Three parts, cut between frames.", _parts())
    yield _whole("parts_one", "One part.", volumes.split(mixed("parts").bytes()))
    middle = _parts()
    middle[2][0]["last"] = True
    yield _whole("parts_last_twice", "A part in the middle is marked last: an older state ended there.", middle)
    yield from _header_faults()
    yield from _set_faults()


HEADER_FAULTS = [
    ("magic", "A wrong letter in a part's magic.", "corrupt", dict(magic=b"\x89NPW\r\n\x1a\n")),
    ("checksum", "A wrong checksum of a part's header.", "corrupt", dict(crc=7)),
    ("version", "A part of version 2.", "unsupported", dict(version=2)),
    ("flag", "A reserved flag of a part.", "corrupt", dict(flags=2)),
    ("reserved", "A reserved byte of a part.", "corrupt", dict(reserved=1)),
    ("number_zero", "A part of number 0.", "corrupt", dict(number=0)),
    ("number_high", "A part of number 65,536.", "corrupt", dict(number=65_536)),
    ("number", "A part of another number than its name says.", "corrupt", dict(number=3)),
    ("other_package", "A part of another package.", "corrupt", dict(package_id=b"0123456789abcdef")),
    ("start_zero", "Part 2 starts at 0.", "corrupt", dict(start=0)),
    ("length_zero", "A part of no bytes.", "corrupt", dict(length=0)),
    ("length_over", "A part whose end is beyond 2^64.", "corrupt", dict(length=(1 << 64) - 100, most=(1 << 64) - 1)),
    ("most", "A part larger than parts are.", "corrupt", dict(most=64)),
]


def _header_faults():
    for name, what, failure_class, fields in HEADER_FAULTS:
        parts = _parts()
        parts[2][0].update(fields)
        yield Vector(f"parts_{name}", what, volumes.files(parts), failure_class, "open")


def _set_faults():
    def faulty(name, what, failure_class, change):
        files = volumes.files(_parts())
        change(files)
        return Vector(f"parts_{name}", what, files, failure_class, "open")

    def change(number, new):
        return lambda files: files.update({number: new(files[number])})

    def drop(number):
        return lambda files: files.pop(number)

    yield faulty("missing", "Part 2 of 3 is missing.", "truncated", drop(2))
    yield faulty("missing_end", "Part 3, the last, is missing.", "truncated", drop(3))
    yield faulty("cut", "Part 2 is a byte short.", "truncated", change(2, lambda data: data[:-1]))
    yield faulty("cut_header", "Part 3 is cut within its header.", "truncated", change(3, lambda data: data[:63]))
    yield faulty("long", "Part 2 has a byte more.", "trailing_data", change(2, lambda data: data + b"\0"))
    yield faulty("flipped", "A bit of the first part's header is flipped.", "corrupt", change(1, lambda data: flipped(data, 33)))
    gap = _parts()
    gap[2][0]["start"] += 1
    yield Vector("parts_gap", "Part 2 starts a byte behind the end of part 1.", volumes.files(gap), "corrupt", "open")

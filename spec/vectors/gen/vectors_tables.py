"""Filters delimited and lines: payloads made here.

With a column that says what another has, columns of floats, and padded ones (spec/filters/field-column.md)."""

import struct

from unpack import filter_decoder
from vectors_filters import right, varint, wrong


def parts_of(*parts):
    return varint(len(parts)) + b"".join(varint(len(part)) for part in parts) + b"".join(parts)


def rows_of(columns, rows, *parts):
    """A payload of rows of two cells, whose columns the first bytes of its dictionary say."""
    return parts_of(b"\2\1" + columns + b"\2\0\0\1,\1\1\n", bytes(rows), b"", *parts)


def keyed():
    """Makers, and where they live, which the maker says."""
    addresses = {b"oak": b"12 Mill Lane", b"elm": b"7 High Street", b"ash": b"3 Dock Road " + 60 * b"by the sea "}
    makers = [b"oak", b"elm", b"oak", b"ash", b"elm", b"oak", b"ash"]
    content = b"".join(maker + b"," + addresses[maker] + b"\n" for maker in makers)
    # What is longer than 255 bytes is not remembered.
    parts = b"\1\n" + b"".join(maker + b"\n" for maker in makers), b"\0\0\1\0\1\1\0", b"\1\n" + b"".join(
        addresses[maker] + b"\n" for maker in (b"oak", b"elm", b"ash", b"ash"))

    def payload(columns):
        return rows_of(columns, len(makers), *parts)

    good = payload(b"\0\2\2\7")
    assert filter_decoder("delimited")(good, len(content)) == content
    yield right("delimited-keyed", "A column whose predictor is keyed by another.", good, content)
    yield wrong("delimited", "keyed_few", "A keyed predictor of one slot.", payload(b"\0\2\2\0"), content)
    yield wrong("delimited", "keyed_many", "A keyed predictor of more slots than there may be.", payload(b"\0\2\2\x11"), content)
    yield wrong("delimited", "keyed_more", "Two keyed predictors that have more slots than there may be.", payload(b"\0\4\2\x10\2\1"), content)
    yield wrong("delimited", "keyed_source", "A keyed predictor whose source is no column.", payload(b"\0\2\x08\7"), content)


def floats(spelling, precision, exponents, mantissas):
    sequence = varint(len(mantissas)) + b"\x78\0" + b"".join(struct.pack("<q", mantissa) for mantissa in mantissas)  # interleaved words of 8 bytes
    return bytes([9, spelling, precision]) + varint(len(exponents)) + bytes(exponents) + sequence


def float_columns():
    mantissas = [(-1) ** i * (10 ** 14 + 987_654_321 * i * i) for i in range(30)] + [0]
    points = [112 - i % 5 for i in range(30)] + [126]
    shorts = [25 + 7 * i for i in range(31)]
    plain = [spelled_plainly(mantissa, 128 - point) for mantissa, point in zip(mantissas, points)]
    exact = [b"%.18e" % (short / 100) for short in shorts]
    content = b"".join(left + b"," + right_cell + b"\n" for left, right_cell in zip(plain, exact))

    def payload(left, right_column):
        return rows_of(b"\0\0", 31, left, right_column)

    left, good = floats(0, 0, points, mantissas), floats(2, 18, [126] * 31, shorts)
    assert filter_decoder("delimited")(payload(left, good), len(content)) == content
    yield right("delimited-floats", "Columns of floats: plain, and as a double in scientific notation.", payload(left, good), content)
    yield wrong("delimited", "floats_spelling", "Floats of an unknown spelling.", payload(left, floats(4, 18, [126] * 31, shorts)), content)
    yield wrong("delimited", "floats_precision", "Floats of no precision in scientific notation.", payload(left, floats(2, 0, [126] * 31, shorts)), content)
    yield wrong("delimited", "floats_exact", "Floats of more digits than there may be.", payload(left, floats(2, 19, [126] * 31, shorts)), content)
    yield wrong("delimited", "floats_plain", "Plain floats that have a precision.", payload(floats(0, 1, points, mantissas), good), content)
    yield wrong("delimited", "floats_point", "A plain float with 41 digits behind the point.", payload(floats(0, 0, points[:-1] + [87], mantissas), good),
                content)
    yield wrong("delimited", "floats_whole", "A plain float that would need zeros before its point.",
                payload(floats(0, 0, points[:-1] + [129], mantissas), good), content)
    yield wrong("delimited", "floats_fewer", "Fewer exponents than mantissas.", payload(left, floats(2, 18, [126] * 30, shorts)), content)


def spelled_plainly(mantissa, behind):
    digits = b"%0*d" % (behind + 1, abs(mantissa))
    return (b"-" if mantissa < 0 else b"") + digits[:-behind] + b"." + digits[-behind:]


def padded(place, width, values):
    return bytes([11, place, width, 1]) + b"\n" + b"".join(value + b"\n" for value in values)


def padded_columns():
    numbers = [b"%d.%02d" % (17 * i * i, i) for i in range(60)]
    names = [b"name" * (i % 3) + b"%d" % i for i in range(60)]
    content = b"".join(number.rjust(9) + b"," + name.ljust(12) + b"\n" for number, name in zip(numbers, names))

    def payload(left, right_column):
        return rows_of(b"\0\0", 60, left, right_column)

    left, good = padded(0, 9, numbers), padded(1, 12, names)
    assert filter_decoder("delimited")(payload(left, good), len(content)) == content
    yield right("delimited-padded", "Columns of values filled with spaces, in front and behind.", payload(left, good), content)
    yield wrong("delimited", "padded_place", "A padded column whose spaces are neither in front nor behind.", payload(left, padded(2, 12, names)), content)
    yield wrong("delimited", "padded_none", "A padded column of no width.", payload(left, padded(1, 0, names)), content)
    yield wrong("delimited", "padded_wide", "A padded column wider than one may be.", payload(left, padded(1, 201, names)), content)
    yield wrong("delimited", "padded_long", "A value longer than the width of its padded column.", payload(left, padded(1, 9, names)), content)
    yield wrong("delimited", "padded_within", "A padded column within another.", payload(left, bytes([11, 1, 12]) + good), content)


def vectors():
    yield from keyed()
    yield from float_columns()
    yield from padded_columns()

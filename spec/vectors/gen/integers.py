"""Integer columns from bytes (spec 6.1)."""

from failure import Cursor, Failure, require
from ids import ENCODINGS
from wire import U64_MASK, unzigzag


def number(it):
    size = it.integer(1)
    require(size <= 8, "a number of more than eight bytes")
    data = it.take(size)
    require(not size or data[-1], "a number with a leading zero")
    return int.from_bytes(data, "little")


def packed(it, width, count):
    require(width <= 64, "width over 64")
    size = (count * width + 7) // 8
    bits = int.from_bytes(it.take(size), "little")
    require(bits >> (count * width) == 0, "padding bits that are not zero")
    if not width:
        return [0] * count
    text = format(bits, f"0{count * width}b")
    return [int(text[end - width:end], 2) for end in range(len(text), 0, -width)][:count]


def frame(it, count):
    width = it.integer(1)
    require(width <= 64, "width over 64")
    least = number(it)
    values = [least + value for value in packed(it, width, count)]
    require(max(values, default=0) <= U64_MASK, "a sum over 64 bits")
    return values


def differences(it, count):
    require(count > 0, "differences of no values")
    values, width = [number(it)], it.integer(1)
    require(width <= 64, "width over 64")
    least = unzigzag(number(it))
    require(count > 1 or (width == 0 and least == 0), "differences of one value")
    for step in packed(it, width, count - 1):
        values.append((values[-1] + least + step) & U64_MASK)
    return values


def exceptions(it, count):
    """(position, value), ascending."""
    found = number(it)
    require(found <= count, "more exceptions than values")
    if not found:
        return []
    positions, expected = [], 0
    for gap in frame(it, found):
        positions.append(expected + gap)
        expected += gap + 1
    require(positions[-1] < count, "an exception behind the last value")
    return list(zip(positions, frame(it, found)))


def constant(it, count):
    return [number(it)] * count if count else []


def zero_run(it, count):
    values = [0] * count
    for position, value in exceptions(it, count):
        require(value, "a stored zero")
        values[position] = value
    return values


def dictionary(it, count):
    size = number(it)
    require(1 <= size <= 4096, "size of the dictionary")
    words = differences(it, size)
    require(all(a < b for a, b in zip(words, words[1:])), "a dictionary that does not ascend")
    indices = packed(it, (size - 1).bit_length(), count)
    require(max(indices, default=0) < size, "an index past the dictionary")
    values = [words[index] for index in indices]
    for position, value in exceptions(it, count):
        require(indices[position] == 0, "an index at a patched position")
        values[position] = value
    return values


DECODERS = {ENCODINGS["constant"]: constant, ENCODINGS["frame_of_reference"]: frame, ENCODINGS["delta"]: differences,
            ENCODINGS["zero_run"]: zero_run, ENCODINGS["dictionary"]: dictionary}


def decode_integers(encoding, data, count):
    if encoding not in DECODERS:
        raise Failure("unsupported", f"column encoding {encoding}")
    require(count or encoding == ENCODINGS["constant"], "no values, and not `constant`")
    it = Cursor(data, "integer column")
    values = DECODERS[encoding](it, count)
    it.finish()
    return values

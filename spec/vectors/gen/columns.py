"""Integer columns to bytes (spec 6.1). `encode` picks between the simplest two; the others are for those who name them."""

from ids import ENCODINGS
from wire import U64_MASK, u8, zigzag


def number(value):
    """u8 length, then the integer without leading zeros."""
    size = (value.bit_length() + 7) // 8
    return u8(size) + value.to_bytes(size, "little")


def packed(values, width):
    """`width` bits a value, first value in the lowest bits, padded with zero bits to a whole byte."""
    text = "".join(format(value, f"0{width}b") for value in reversed(values)) if width else ""
    return int(text or "0", 2).to_bytes((len(values) * width + 7) // 8, "little")


def frame(values):
    least = min(values)
    rest = [value - least for value in values]
    width = max(rest).bit_length()
    return u8(width) + number(least) + packed(rest, width)


def differences(values):
    steps = [_signed(after - before) for before, after in zip(values, values[1:])]
    least = min(steps, default=0)
    rest = [step - least for step in steps]
    width = max(rest, default=0).bit_length()
    return number(values[0]) + u8(width) + number(zigzag(least)) + packed(rest, width)


def _signed(value):
    """Modulo 2^64, as two's complement."""
    value &= U64_MASK
    return value - (1 << 64) if value >> 63 else value


def exceptions(found):
    """`found`: (position, value) in ascending order."""
    if not found:
        return number(0)
    gaps, expected = [], 0
    for position, _ in found:
        gaps.append(position - expected)
        expected = position + 1
    return number(len(found)) + frame(gaps) + frame([value for _, value in found])


def constant(values):
    return number(values[0]) if values else b""


def zero_run(values):
    return exceptions([(position, value) for position, value in enumerate(values) if value])


def dictionary(values, words=None):
    """`words` (ascending) is the dictionary; what is not in it becomes a patch."""
    words = sorted(set(values)) if words is None else words
    index = {word: place for place, word in enumerate(words)}
    patches = [(position, value) for position, value in enumerate(values) if value not in index]
    indices = packed([index.get(value, 0) for value in values], (len(words) - 1).bit_length())
    return number(len(words)) + differences(words) + indices + exceptions(patches)


BY_NAME = {"constant": constant, "frame_of_reference": frame, "delta": differences, "zero_run": zero_run, "dictionary": dictionary}


def encode(values):
    """(encoding id, bytes)"""
    name = "constant" if len(set(values)) < 2 else "frame_of_reference"
    return ENCODINGS[name], BY_NAME[name](values)

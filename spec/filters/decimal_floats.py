"""Reference decoder of the filter decimal_floats (decimal_floats.md)."""

import element_delta


def decode(filtered: bytes, raw_length: int) -> bytes:
    return element_delta.decode(filtered, raw_length, "decimal_floats")

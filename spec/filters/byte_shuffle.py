"""Reference decoder of the filter byte_shuffle (byte_shuffle.md)."""

import element_delta


def decode(filtered: bytes, raw_length: int) -> bytes:
    return element_delta.decode(filtered, raw_length, "byte_shuffle")

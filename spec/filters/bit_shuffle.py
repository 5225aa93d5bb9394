"""Reference decoder of the filter bit_shuffle (bit_shuffle.md)."""

import element_delta


def decode(filtered: bytes, raw_length: int) -> bytes:
    return element_delta.decode(filtered, raw_length, "bit_shuffle")

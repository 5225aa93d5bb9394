"""Bytes of the simplest things: integers, prefixed byte strings, zigzag."""

U64_MASK = (1 << 64) - 1


def unsigned(value, size):
    return int(value).to_bytes(size, "little")


def u8(value):
    return unsigned(value, 1)


def u16(value):
    return unsigned(value, 2)


def u32(value):
    return unsigned(value, 4)


def u64(value):
    return unsigned(value, 8)


def i64(value):
    return int(value).to_bytes(8, "little", signed=True)


def prefixed(data):
    """u32 length, then the bytes."""
    return u32(len(data)) + data


def zigzag(value):
    return (value << 1 ^ value >> 63) & U64_MASK


def unzigzag(value):
    return value >> 1 ^ -(value & 1)

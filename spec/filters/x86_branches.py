"""Reference decoder of the x86_branches filter (x86_branches.md): plain and slow."""

CALL, JUMP, DATA = 0, 1, 2
MAX_RAW = 1 << 24


def take_varint(data, at):
    value = 0
    for i in range(10):
        if at + i >= len(data):
            break
        byte = data[at + i]
        if i == 9 and byte > 1:
            break
        value |= (byte & 0x7F) << (7 * i)
        if byte < 0x80:
            if byte == 0 and i > 0:
                break
            return value, at + i + 1
    raise ValueError("a number does not end well")


class Stream:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, length):
        if length > self.left():
            raise ValueError("the code or a stream ends early")
        self.at += length
        return self.data[self.at - length:self.at]

    def left(self):
        return len(self.data) - self.at


def operand_after(fresh):
    """The kind of the operand that follows these bytes, all since the last operand; None if there is none."""
    last = fresh[-1]
    if last in (0xE8, 0xE9):
        return CALL
    if 0x80 <= last <= 0x8F:
        return JUMP if len(fresh) >= 2 and fresh[-2] == 0x0F else None
    if last & 0xC7 == 0x05 and len(fresh) >= 3 and fresh[-2] in (0x89, 0x8B, 0x8D) and 0x40 <= fresh[-3] <= 0x4F:
        return DATA
    return None


def split(filtered, raw_length):
    at, counts = 0, []
    for _ in range(3):
        count, at = take_varint(filtered, at)
        counts.append(count)
    if len(filtered) - at != raw_length or 3 * sum(counts) > raw_length:
        raise ValueError("the streams are not as long as their block")
    main_end = len(filtered) - 3 * sum(counts)
    main, streams, at = Stream(filtered[at:main_end]), [], main_end
    for count in counts:
        streams.append(Stream(filtered[at:at + 3 * count]))
        at += 3 * count
    return main, streams


def decode(filtered, raw_length):
    if raw_length > MAX_RAW:
        raise ValueError("the block is too long")
    main, streams = split(filtered, raw_length)
    raw, fresh_from = bytearray(), 0
    while len(raw) < raw_length:
        raw += main.take(1)
        kind = operand_after(raw[max(fresh_from, len(raw) - 3):])
        if kind is None or raw_length - len(raw) < 4:
            continue
        highest = main.take(1)[0]
        if highest not in (0x00, 0xFF):
            raw += main.take(3) + bytes([highest])
        else:
            position = (highest & 1) << 24 | int.from_bytes(streams[kind].take(3), "big")
            relative = (position - (len(raw) + 4)) % (1 << 25)
            if relative >= 1 << 24:
                relative -= 1 << 25
            raw += relative.to_bytes(4, "little", signed=True)
        fresh_from = len(raw)
    if main.left() or any(stream.left() for stream in streams):
        raise ValueError("bytes are left over")
    return bytes(raw)

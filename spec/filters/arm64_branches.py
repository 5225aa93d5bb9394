"""Reference decoder of the arm64_branches filter (arm64_branches.md): plain and slow."""

UNIT = 1 << 18
NO_CODE = 4
MAX_RAW = 1 << 24


def relative(word, position):
    """The word as it was at this position of the block."""
    if word & 0xFC000000 == 0x94000000:  # BL
        return word & 0xFC000000 | (word - position // 4) & 0x03FFFFFF
    if word & 0x9F000000 == 0x90000000:  # ADRP
        page = (word >> 5 & 0x7FFFF) * 4 + (word >> 29 & 3)
        page = (page - position // 4096) % (1 << 21)
        return word & 0x9F00001F | (page % 4) << 29 | (page // 4) << 5
    return word


def decode(filtered, raw_length):
    if raw_length > MAX_RAW:
        raise ValueError("the block is too long")
    units = (raw_length + UNIT - 1) // UNIT
    head = (units + 1) // 2
    if len(filtered) != head + raw_length:
        raise ValueError("not as long as the block")
    phases = [filtered[unit // 2] >> unit % 2 * 4 & 15 for unit in range(2 * head)]
    if any(phase > NO_CODE for phase in phases) or any(phases[units:]):
        raise ValueError("a phase that cannot be")
    raw = bytearray(filtered[head:])
    for unit in range(units):
        if phases[unit] == NO_CODE:
            continue
        end = min(raw_length, (unit + 1) * UNIT)
        for at in range(unit * UNIT + phases[unit], end - 3, 4):
            word = int.from_bytes(raw[at:at + 4], "little")
            raw[at:at + 4] = relative(word, at).to_bytes(4, "little")
    return bytes(raw)

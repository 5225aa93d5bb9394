"""Reference decoder of the filters byte_shuffle, bit_shuffle, element_delta and decimal_floats (element_delta.md): clear and slow."""

import struct


def take_byte(data, at):
    if at >= len(data):
        raise ValueError("the plan ends early")
    return data[at], at + 1


def take_varint(data, at):
    value = 0
    for i in range(10):
        byte, at = take_byte(data, at)
        if i == 9 and byte > 1:
            raise ValueError("a number over 64 bits")
        value |= (byte & 0x7F) << (7 * i)
        if byte < 0x80:
            if byte == 0 and i > 0:
                raise ValueError("a number that is not spelt shortest")
            return value, at
    raise ValueError("a number that does not end")


def take_positive(data, at, most):
    value, at = take_varint(data, at)
    if not 1 <= value <= most:
        raise ValueError("a distance out of range")
    return value, at


def take_form(data, at, allowed):
    shape, at = take_byte(data, at)
    method, at = take_byte(data, at)
    form = {"width": shape & 15, "lead": shape >> 4 & 7, "order": "big" if shape >> 7 else "little", "predictor": method & 7, "zigzag": method >> 3 & 1,
            "layout": method >> 4 & 3, "ranked": method >> 7 != 0, "decimals": None, "distance": 0, "row": 0, "period": 0}
    width = form["width"]
    if width not in (1, 2, 3, 4, 8) or form["lead"] >= width or (width == 1 and shape >> 7):
        raise ValueError("no known width")
    if allowed != "integers" and (form["layout"] == 3 or method >> 7):
        raise ValueError("no such layout")
    if method >> 7 and (form["layout"] != 3 or method & 0x40 or width == 1):
        raise ValueError("ranks of what has no table")
    if form["zigzag"] and form["predictor"] in (0, 7):
        raise ValueError("zigzag without a sign")
    if method & 0x40:
        if width not in (4, 8):
            raise ValueError("decimals that are no floats")
        form["decimals"], at = take_byte(data, at)
        if form["decimals"] > (10 if width == 4 else 22):
            raise ValueError("too many decimals")
    if form["predictor"] != 0:
        form["distance"], at = take_positive(data, at, 1 << 16)
    if 3 <= form["predictor"] <= 6:
        form["row"], at = take_positive(data, at, 1 << 20)
    if form["layout"] == 1:
        form["period"], at = take_positive(data, at, 4096)
    copies = method & 0x77 == 0
    fits = {"element_delta": True, "integers": True,
            "byte_shuffle": copies or method & 0x77 == 0x10,
            "bit_shuffle": copies or method & 0x77 == 0x20,
            "decimal_floats": copies or method & 0x47 == 0x40}[allowed]
    if not fits:
        raise ValueError("a form of another filter")
    return form, at


def gather(layout, width, period, data):
    """The elements' bytes from their planes."""
    if layout == 0:
        return bytearray(data)
    out = bytearray(len(data))
    if layout == 1:
        records = len(data) // period
        for plane in range(period):
            out[plane:records * period:period] = data[plane * records:(plane + 1) * records]
        out[records * period:] = data[records * period:]
        return out
    plane_bytes = len(data) // width // 8
    for byte in range(width):
        for bit in range(8):
            plane = data[(8 * byte + 7 - bit) * plane_bytes:][:plane_bytes]
            for i in range(8 * plane_bytes):
                out[i * width + byte] |= (plane[i // 8] >> i % 8 & 1) << bit
    whole = 8 * plane_bytes * width
    out[whole:] = data[whole:]
    return out


def signed(value, bits):
    return value - (1 << bits) if value >> (bits - 1) else value


def undo_predictor(form, values, bits):
    mask = (1 << bits) - 1
    predictor, distance, row = form["predictor"], form["distance"], form["row"]
    before = {0: 0, 1: distance, 2: 2 * distance, 7: distance}.get(predictor, row + distance)
    for i, residual in enumerate(values):
        if form["zigzag"]:
            residual = residual >> 1 ^ (mask if residual & 1 else 0)
        left = values[i - distance] if i >= distance else 0
        prediction = left
        if i >= before and predictor >= 2:
            up = values[i - row]
            corner = values[i - row - distance] if 4 <= predictor <= 6 else 0
            if predictor == 2:
                prediction = 2 * left - values[i - 2 * distance]
            elif predictor == 3:
                prediction = up
            elif predictor == 4:
                prediction = left + up - corner
            elif predictor == 5:
                prediction = left + (signed(up - left & mask, bits) >> 1)
            elif predictor == 6:
                a, b = signed(left - corner & mask, bits), signed(up - corner & mask, bits)
                total = signed(a + b & mask, bits)
                prediction = corner + max(min(a, b), min(max(a, b), total))
        values[i] = (residual ^ left) if predictor == 7 else (residual + prediction) & mask


def exchange_decimal(pattern, width, decimals):
    most, shape, number = (2 ** 23 - 1, "<f", "<I") if width == 4 else (10 ** 15, "<d", "<Q")

    def pattern_of(k):
        return struct.unpack(number, struct.pack(shape, float(k) / 10.0 ** decimals))[0]

    held = signed(pattern, 8 * width)
    if -most <= held <= most:
        return pattern_of(held)
    scaled = struct.unpack(shape, struct.pack(number, pattern))[0] * float("1e%d" % decimals)
    if not abs(scaled) <= most:
        return pattern
    k = round(scaled)
    return k & ((1 << 8 * width) - 1) if pattern_of(k) == pattern else pattern


def restore_segment(form, data):
    lead = min(form["lead"], len(data))
    head, data = bytes(data[:lead]), data[lead:]
    width, order = form["width"], form["order"]
    out = gather(form["layout"], width, form["period"], data)
    whole = len(out) // width * width
    values = [int.from_bytes(out[i:i + width], order) for i in range(0, whole, width)]
    if form["predictor"] != 0:
        undo_predictor(form, values, 8 * width)
    if form["decimals"] is not None:
        values = [exchange_decimal(value, width, form["decimals"]) for value in values]
    return head + b"".join(value.to_bytes(width, order) for value in values) + bytes(out[whole:])


def take_plan(filtered, raw_length, allowed):
    count, at = take_byte(filtered, 0)
    if not 1 <= count <= 32:
        raise ValueError("too many forms")
    forms = []
    for _ in range(count):
        form, at = take_form(filtered, at, allowed)
        forms.append(form)
    segments, rest = [], raw_length
    while rest > 0:
        if len(segments) == 4096:
            raise ValueError("too many segments")
        code, at = take_varint(filtered, at)
        units = code // count
        if units > rest // 4096:
            raise ValueError("a segment longer than its block")
        length = units * 4096 if units else rest
        segments.append((forms[code % count], length))
        rest -= length
    return segments, at


def decode(filtered: bytes, raw_length: int, allowed: str = "element_delta") -> bytes:
    segments, at = take_plan(filtered, raw_length, allowed)
    if len(filtered) - at != raw_length:
        raise ValueError("not as long as the block")
    out = bytearray()
    for form, length in segments:
        out += restore_segment(form, filtered[at:at + length])
        at += length
    return bytes(out)

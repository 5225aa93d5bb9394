"""Reference decoder of the filter integers (integers.md): clear and slow."""

import element_delta

PAGE = 1024


class Parts:
    def __init__(self, data, at):
        count, at = element_delta.take_varint(data, at)
        if not 3 <= count <= 67:
            raise ValueError("not 3 to 67 parts")
        lengths = []
        for _ in range(count):
            length, at = element_delta.take_varint(data, at)
            lengths.append(length)
        if sum(lengths) != len(data) - at:
            raise ValueError("the parts are not what is there")
        self.parts = []
        for length in lengths:
            self.parts.append(data[at:at + length])
            at += length
        self.parts += [b""] * (67 - count)
        self.at = [0] * 67
        self.bits_at = 0
        self.begin_column()

    def begin_column(self):
        self.sum = self.before = 0

    def take(self, part, length):
        at = self.at[part]
        if length > len(self.parts[part]) - at:
            raise ValueError("a part ends early")
        self.at[part] += length
        return self.parts[part][at:at + length]

    def number(self):
        try:
            value, self.at[1] = element_delta.take_varint(self.parts[1], self.at[1])
        except IndexError as error:
            raise ValueError("a part ends early") from error
        return value

    def low_bits(self, count):
        value = 0
        for i in range(count):
            at = self.bits_at + i
            if at // 8 >= len(self.parts[2]):
                raise ValueError("low bits end early")
            value |= (self.parts[2][at // 8] >> at % 8 & 1) << i
        self.bits_at += count
        return value

    def class_number(self, bits):
        symbol = self.take(3 + self.before.bit_length(), 1)[0]
        if bits == 64 and symbol > 251:
            raise ValueError("no such symbol")
        value, high = symbol, {8: 128, 16: 16, 24: 8, 32: 8, 64: 4}[bits]
        if symbol >= 2 * high:
            low = (symbol - 2 * high) // high + 1
            value = (high + symbol % high) << low | self.low_bits(low)
        self.before = self.sum
        self.sum += min(value, (1 << 58) - 1) - self.sum // 16
        return value

    def page(self, bits, count):
        tag = self.take(1, 1)[0]
        linear = None
        if 1 <= tag <= 5:
            values = decode_column(tag, self.take(1, self.number()), count)
        elif 16 <= tag <= 32 or 48 <= tag <= 64:
            if tag % 32 != 16:
                shift, weights = self.take(1, 1)[0], self.take(1, 2 * ((tag - 17) % 32 + 1))
                if shift > 15:
                    raise ValueError("shifted too far")
                linear = shift, [int.from_bytes(weights[i:i + 2], "little", signed=True) for i in range(0, len(weights), 2)]
            values = [self.class_number(bits) for _ in range(count)]
        else:
            raise ValueError("no such tag")
        if any(value >> bits for value in values):
            raise ValueError("longer than an element")
        return values, linear, tag >= 48

    def expect_end(self):
        if any(at != len(part) for i, (at, part) in enumerate(zip(self.at, self.parts)) if i != 2):
            raise ValueError("bytes are left over")
        if len(self.parts[2]) != (self.bits_at + 7) // 8 or (self.bits_at % 8 and self.parts[2][-1] >> self.bits_at % 8):
            raise ValueError("low bits are left over")


class Column:
    """The integer encodings of the catalog."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def byte(self):
        self.at += 1
        if self.at > len(self.data):
            raise ValueError("a column ends early")
        return self.data[self.at - 1]

    def number(self):
        length = self.byte()
        if length > 8 or self.at + length > len(self.data):
            raise ValueError("a number too long")
        value = self.data[self.at:self.at + length]
        if length and value[-1] == 0:
            raise ValueError("a number longer than needed")
        self.at += length
        return int.from_bytes(value, "little")

    def packed(self, width, count):
        size = (width * count + 7) // 8
        if self.at + size > len(self.data):
            raise ValueError("a column ends early")
        bits = int.from_bytes(self.data[self.at:self.at + size], "little")
        self.at += size
        if bits >> (width * count):
            raise ValueError("padding that is not zero")
        return [bits >> (i * width) & ((1 << width) - 1) for i in range(count)]

    def width(self):
        width = self.byte()
        if width > 64:
            raise ValueError("over 64 bits")
        return width

    def frame(self, count):
        width, minimum = self.width(), self.number()
        values = [minimum + value for value in self.packed(width, count)]
        if any(value >> 64 for value in values):
            raise ValueError("a sum over 64 bits")
        return values

    def differences(self, count):
        values, width, zigzag = [self.number()], self.width(), self.number()
        if count == 1 and (width or zigzag):
            raise ValueError("a difference of one value")
        lowest = zigzag >> 1 ^ -(zigzag & 1)
        for value in self.packed(width, count - 1):
            values.append((values[-1] + lowest + value) % (1 << 64))
        return values

    def exceptions(self, count):
        found = self.number()
        if found > count:
            raise ValueError("more exceptions than values")
        if found == 0:
            return [], []
        positions, at = [], 0
        for gap in self.frame(found):
            positions.append(at + gap)
            at += gap + 1
        if at > count:
            raise ValueError("an exception past the end")
        return positions, self.frame(found)

    def dictionary(self, count):
        size = self.number()
        if not 1 <= size <= 4096:
            raise ValueError("a dictionary of no known size")
        entries = self.differences(size)
        if any(a >= b for a, b in zip(entries, entries[1:])):
            raise ValueError("a dictionary that does not ascend")
        values = self.packed((size - 1).bit_length(), count)
        positions, patches = self.exceptions(count)
        if any(values[position] for position in positions) or max(values) >= size:
            raise ValueError("no such index")
        values = [entries[value] for value in values]
        for position, patch in zip(positions, patches):
            values[position] = patch
        return values


def decode_column(encoding, data, count):
    column = Column(data)
    if encoding == 1:
        values = [column.number()] * count
    elif encoding == 2:
        values = column.frame(count)
    elif encoding == 3:
        values = column.differences(count)
    elif encoding == 4:
        values = [0] * count
        positions, found = column.exceptions(count)
        if 0 in found:
            raise ValueError("a zero that is an exception")
        for position, value in zip(positions, found):
            values[position] = value
    else:
        values = column.dictionary(count)
    if column.at != len(data):
        raise ValueError("bytes follow a column")
    return values


def take_table(parts, bits, most):
    size, order = parts.number(), parts.number()
    if size > most or order > 2:
        raise ValueError("no such table")
    parts.begin_column()
    top, keys, key = 1 << (bits - 1), [], -1
    while len(keys) < size:
        gaps, linear, adaptive = parts.page(bits, min(PAGE, size - len(keys)))
        if linear or adaptive:
            raise ValueError("a table that is predicted")
        for gap in gaps:
            key += 1 + gap
            keys.append(key)
    if key >> bits > 0:
        raise ValueError("a key past the last")
    if order == 0:
        return keys
    return [key ^ top if order == 1 or key >= top else key ^ (2 * top - 1) for key in keys]


class Adaptive:
    """What an adaptive prediction of a segment has learnt."""

    def __init__(self, channels):
        self.before = [0] * 32
        self.weights = [[0] * 32 for _ in range(channels)]

    def undo(self, first, stored, bits):
        numbers = []
        for place, zigzag in enumerate(stored, first):
            weights = self.weights[place % len(self.weights)]
            left = zigzag >> 1 ^ -(zigzag & 1)
            total = sum(weight * number for weight, number in zip(weights, self.before)) + 2048
            number = signed(left + (signed(total, 32) >> 12), bits)
            for t, before in enumerate(self.before):
                weights[t] = signed(weights[t] + sign(left) * sign(before), 16)
            self.before = [max(-32768, min(32767, number))] + self.before[:-1]
            numbers.append(number << 1 if number >= 0 else ~(number << 1))
        return numbers


def signed(number, bits):
    return element_delta.signed(number % (1 << bits), bits)


def sign(number):
    return (number > 0) - (number < 0)


def undo_linear(form, linear, values, stored, bits):
    shift, weights = linear
    mask, bias = (1 << bits) - 1, 128 if bits == 8 else 0
    for zigzag in stored:
        total = 0
        for t, weight in enumerate(weights, 1):
            at = len(values) - t * form["distance"]
            if at < 0:
                break
            total += weight * (values[at] - 128 if bias else element_delta.signed(values[at], bits))
        residual = zigzag >> 1 ^ (mask if zigzag & 1 else 0)
        values.append((total >> shift) + bias + residual & mask)


def undo_page(form, values, stored, bits):
    """As element_delta.undo_predictor, but on from the values that are there."""
    mask = (1 << bits) - 1
    predictor, distance, row = form["predictor"], form["distance"], form["row"]
    before = {0: 0, 1: distance, 2: 2 * distance, 7: distance}.get(predictor, row + distance)
    for residual in stored:
        if form["zigzag"]:
            residual = residual >> 1 ^ (mask if residual & 1 else 0)
        i = len(values)
        if predictor == 0 or i < distance:
            values.append(residual)
        elif i < before:
            values.append(predict_last(dict(form, predictor=1), values, residual, bits))
        else:
            values.append(predict_last(form, values, residual, bits))


def predict_last(form, values, residual, bits):
    mask, i = (1 << bits) - 1, len(values)
    predictor, distance, row = form["predictor"], form["distance"], form["row"]
    left = values[i - distance]
    if predictor == 7:
        return residual ^ left
    prediction = left
    if predictor == 2:
        prediction = 2 * left - values[i - 2 * distance]
    elif predictor >= 3:
        up, corner = values[i - row], values[i - row - distance]
        if predictor == 3:
            prediction = up
        elif predictor == 4:
            prediction = left + up - corner
        elif predictor == 5:
            prediction = left + (element_delta.signed(up - left & mask, bits) >> 1)
        else:
            a, b = element_delta.signed(left - corner & mask, bits), element_delta.signed(up - corner & mask, bits)
            total = element_delta.signed(a + b & mask, bits)
            prediction = corner + max(min(a, b), min(max(a, b), total))
    return residual + prediction & mask


def restore_pages(parts, form, length):
    width, bits = form["width"], 8 * form["width"]
    lead = min(form["lead"], length)
    count = (length - lead) // width
    head, tail = parts.take(0, lead), parts.take(0, length - lead - count * width)
    table = take_table(parts, bits, count) if form["ranked"] else None
    parts.begin_column()
    values, adaptive = [], None
    while len(values) < count:
        stored, linear, adapts = parts.page(bits, min(PAGE, count - len(values)))
        if (linear or adapts) and (width == 8 or not form["zigzag"]):
            raise ValueError("a prediction of what has none")
        if adapts:
            if form["distance"] > 8:
                raise ValueError("too many channels")
            adaptive = adaptive or Adaptive(form["distance"])
            stored = adaptive.undo(len(values), stored, bits)
        if linear:
            undo_linear(form, linear, values, stored, bits)
        else:
            undo_page(form, values, stored, bits)
    if table is not None:
        if any(value >= len(table) for value in values):
            raise ValueError("no such rank")
        values = [table[value] for value in values]
    if form["decimals"] is not None:
        values = [element_delta.exchange_decimal(value, width, form["decimals"]) for value in values]
    return head + b"".join(value.to_bytes(width, form["order"]) for value in values) + tail


def decode(filtered: bytes, raw_length: int) -> bytes:
    segments, at = element_delta.take_plan(filtered, raw_length, "integers")
    parts = Parts(filtered, at)
    out = bytearray()
    for form, length in segments:
        if form["layout"] == 3:
            out += restore_pages(parts, form, length)
        else:
            out += element_delta.restore_segment(form, parts.take(0, length))
    parts.expect_end()
    return bytes(out)

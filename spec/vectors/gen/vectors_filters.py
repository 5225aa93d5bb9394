"""Filters other than words (spec/filters): what each can say, and faults in its payload. All stand without a compressor behind them.

The payloads of json, markup, delimited and lines were written down once; the decoders beside the specification say what they hold. The others are made here.
"""

import base64
import struct

from ids import CODECS, FILTER_NAMES
from unpack import filter_decoder
from vector import Vector, hello

RAW_LENGTHS = {"json": 746, "markup": 599, "delimited": 1588, "lines": 1440}
WRITTEN_DOWN = {
    "json": """
        CAEyCAUSSbgBYgEGW3sBOiACBiwgATogAwYsIAE6IFsBAgYsIG51bGwDLCACCl19LAogewE6IAIEXX1dCgABAgMEBQYHAAIAAAABCmlkCm5hbWUKdGFncwppZAoAAQIDBAUGAQIDBAUGAQIDBAUGAQ
        IDBAUGAQIDBAUGAQIDBAUGAQIDBAUGAQIDBAUGAQIDBAUGAQIDBAUGAQIDBAUGAQIDBAUHAQoxMDAwCnRydWUKMC41MAoxMDAzCnRydWUKMS41MAoxMDA2CnRydWUKMi41MAoxMDA5CnRydWUKMy41
        MAoxMDEyCnRydWUKNC41MAoxMDE1CnRydWUKNS41MAoxMDE4CnRydWUKNi41MAoxMDIxCnRydWUKNy41MAoxMDI0CnRydWUKOC41MAoxMDI3CnRydWUKOS41MAoxMDMwCnRydWUKMTAuNTAKMTAzMw
        p0cnVlCjExLjUwCgEKcml2ZXIgMApyaXZlciAxCnJpdmVyIDIKcml2ZXIgMwpyaXZlciA0CnJpdmVyIDAKcml2ZXIgMQpyaXZlciAyCnJpdmVyIDMKcml2ZXIgNApyaXZlciAwCnJpdmVyIDEK
        """,
    "markup": """
        Cm8cpwEAAAAACABNCAEDAgMBAAAAAAABAjw/AwE+AQEBCjxpdGVtIGlkPSIDCyIga2luZD0nYSc+AQECCjxpdGVtIGlkPSIDCCIga2luZD0nAwInPgQBAgo8aXRlbSBpZD0iAwgiIGtpbmQ9JwMCJz
        4EAQAGPGxpc3Q+AwcGAQQBBAEFAQQBBAEFAQQBBAEFAQQBBAEAAgB0ZXh0ICZhbXA7IDA8dGV4dCAmYW1wOyA3PHRleHQgJmFtcDsgMTQ8dGV4dCAmYW1wOyAyMTx0ZXh0ICZhbXA7IDI4PHRleHQg
        JmFtcDsgMzU8dGV4dCAmYW1wOyA0Mjx0ZXh0ICZhbXA7IDQ5PHRleHQgJmFtcDsgNTY8dGV4dCAmYW1wOyA2Mzx0ZXh0ICZhbXA7IDcwPHRleHQgJmFtcDsgNzc8AQAKAAogIAABCnhtbCB2ZXJzaW
        9uPSIxLjAiPwoxMDAKYgoxMDEKMTAyCjEwMwpiCjEwNAoxMDUKMTA2CmIKMTA3CjEwOAoxMDkKYgoxMTAKMTExCg==
        """,
    "delimited": """
        BxFbAACfApcCqgUEAQEAAAADAAEBLAIBLAMBCgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
        AAAAAAAAAFWwAAAgICAgICAgICAQICAgICAgICAgECAgICAgICAgIBAgICAgICAgICAQICAgICAgICAgECAgICAgICAgIBAgICAgICAgICAQICAgICAgICAgECAgICAgICAgIKaWQKNTAwCjEKMgoz
        CjQKNQo2CjcKOAo5CjEwCjEKMgozCjQKNQo2CjcKOAo5CjIwCjEKMgozCjQKNQo2CjcKOAo5CjMwCjEKMgozCjQKNQo2CjcKOAo5CjQwCjEKMgozCjQKNQo2CjcKOAo5CjUwCjEKMgozCjQKNQo2Cj
        cKOAo5CjYwCjEKMgozCjQKNQo2CjcKOAo5CjcwCjEKMgozCjQKNQo2CjcKOAo5CjgwCjEKMgozCjQKNQo2CjcKOAo5CgVbAAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE
        BAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBApuYW1lCjAKMQoyCjMKNAo1CjYKMAoxCjIKMwo0CjUKNgowCjEKMgozCjQKNQo2CjAKMQoyCjMKNAo1CjYKMA
        oxCjIKMwo0CjUKNgowCjEKMgozCjQKNQo2CjAKMQoyCjMKNAo1CjYKMAoxCjIKMwo0CjUKNgowCjEKMgozCjQKNQo2CjAKMQoyCjMKNAo1CjYKMAoxCjIKMwo0CjUKNgowCjEKMgozCjQKNQo2CjAK
        MQoyCjMKNAo1CgEKdmFsdWUKMC4yNQoxLjI1CjQuMjUKOS4yNQoxNi4yNQoyNS4yNQozNi4yNQo0OS4yNQo2NC4yNQo4MS4yNQoxMDAuMjUKMTIxLjI1CjE0NC4yNQoxNjkuMjUKMTk2LjI1CjIyNS
        4yNQoyNTYuMjUKMjg5LjI1CjMyNC4yNQozNjEuMjUKNDAwLjI1CjQ0MS4yNQo0ODQuMjUKNTI5LjI1CjU3Ni4yNQo2MjUuMjUKNjc2LjI1CjcyOS4yNQo3ODQuMjUKODQxLjI1CjkwMC4yNQo5NjEu
        MjUKMTAyNC4yNQoxMDg5LjI1CjExNTYuMjUKMTIyNS4yNQoxMjk2LjI1CjEzNjkuMjUKMTQ0NC4yNQoxNTIxLjI1CjE2MDAuMjUKMTY4MS4yNQoxNzY0LjI1CjE4NDkuMjUKMTkzNi4yNQoyMDI1Lj
        I1CjIxMTYuMjUKMjIwOS4yNQoyMzA0LjI1CjI0MDEuMjUKMjUwMC4yNQoyNjAxLjI1CjI3MDQuMjUKMjgwOS4yNQoyOTE2LjI1CjMwMjUuMjUKMzEzNi4yNQozMjQ5LjI1CjMzNjQuMjUKMzQ4MS4y
        NQozNjAwLjI1CjM3MjEuMjUKMzg0NC4yNQozOTY5LjI1CjQwOTYuMjUKNDIyNS4yNQo0MzU2LjI1CjQ0ODkuMjUKNDYyNC4yNQo0NzYxLjI1CjQ5MDAuMjUKNTA0MS4yNQo1MTg0LjI1CjUzMjkuMj
        UKNTQ3Ni4yNQo1NjI1LjI1CjU3NzYuMjUKNTkyOS4yNQo2MDg0LjI1CjYyNDEuMjUKNjQwMC4yNQo2NTYxLjI1CjY3MjQuMjUKNjg4OS4yNQo3MDU2LjI1CjcyMjUuMjUKNzM5Ni4yNQo3NTY5LjI1
        Cjc3NDQuMjUKNzkyMS4yNQo=
        """,
    "lines": """
        BzsUAADCAma2AQQBAQAAAAMAAQsgaG9zdCBzc2hkWwIhXTogRmFpbGVkIHBhc3N3b3JkIGZvciByb290IGZyb20gAwEKAAAAAAAAAAAAAAAAAAAAAAAAAAABCk5vdiAyOCAwMzoxMDoxMApOb3YgMj
        ggMDM6MTA6MTEKTm92IDI4IDAzOjEwOjEyCk5vdiAyOCAwMzoxMDoxMwpOb3YgMjggMDM6MTA6MTQKTm92IDI4IDAzOjEwOjE1Ck5vdiAyOCAwMzoxMDoxNgpOb3YgMjggMDM6MTA6MTcKTm92IDI4
        IDAzOjEwOjE4Ck5vdiAyOCAwMzoxMDoxOQpOb3YgMjggMDM6MTA6MjAKTm92IDI4IDAzOjEwOjIxCk5vdiAyOCAwMzoxMDoyMgpOb3YgMjggMDM6MTA6MjMKTm92IDI4IDAzOjEwOjI0Ck5vdiAyOC
        AwMzoxMDoyNQpOb3YgMjggMDM6MTA6MjYKTm92IDI4IDAzOjEwOjI3Ck5vdiAyOCAwMzoxMDoyOApOb3YgMjggMDM6MTA6MjkKAQo0MDAwCjQwMDEKNDAwNAo0MDA5CjQwMTYKNDAyNQo0MDM2CjQw
        NDkKNDA2NAo0MDgxCjQxMDAKNDEyMQo0MTQ0CjQxNjkKNDE5Ngo0MjI1CjQyNTYKNDI4OQo0MzI0CjQzNjEKAQoxMC4wLjAuMAoxMC4wLjAuMQoxMC4wLjAuMgoxMC4wLjAuMwoxMC4wLjAuNAoxMC
        4wLjAuNQoxMC4wLjAuNgoxMC4wLjAuNwoxMC4wLjAuOAoxMC4wLjAuMAoxMC4wLjAuMQoxMC4wLjAuMgoxMC4wLjAuMwoxMC4wLjAuNAoxMC4wLjAuNQoxMC4wLjAuNgoxMC4wLjAuNwoxMC4wLjAu
        OAoxMC4wLjAuMAoxMC4wLjAuMQo=
        """,
}


def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def chained(name, filtered):
    return [(CODECS[name], 0, len(filtered))], filtered


def right(name, what, filtered, content):
    package = hello(f"filter_{name}", codec=chained(name.split("-")[0], filtered), content=content)
    return Vector(f"filter_{name.replace('-', '_')}", what, package.bytes(), expected=package.commits[-1])


def wrong(name, fault, what, filtered, content):
    data = hello(f"filter_{name}_{fault}", codec=chained(name, filtered), content=content).bytes()
    return Vector(f"filter_{name}_{fault}", what, data, "corrupt", "read")


# --- json, markup, delimited, lines ---

def structural():
    for name, text in WRITTEN_DOWN.items():
        payload = base64.b64decode("".join(text.split()))
        content = filter_decoder(name)(payload, RAW_LENGTHS[name])
        yield right(name, f"The filter {name}.", payload, content)
        yield wrong(name, "cut", f"A payload of {name} whose last byte is missing.", payload[:-1], content)
        yield wrong(name, "more", f"A byte behind a payload of {name}.", payload + b"\0", content)
        yield wrong(name, "empty", f"A payload of {name} of no bytes.", b"", content)
        yield wrong(name, "short", f"A payload of {name} that gives a byte less than the raw length.", payload, content + b"!")


# Of texts `the`, `then` and `<` as words, each before a tag `<b>`.
def markup_words(codes, form=1):
    words = b"\1\1\2\0" + struct.pack("<I", 11) + b"\0\3the" + b"\3\1n" + b"\0\1<"
    parts = [b"\1\2\0\0\3<b>", b"\0\0\0", bytes([form]) + words + codes, b"", b"", b"", b""]
    return bytes([len(parts)]) + bytes(map(len, parts)) + b"".join(parts)


def texts_by_words():
    content = b"the then<b>the<b>!<<b>"
    yield right("markup-words", "Texts of markup by words.", markup_words(b"\1\2\0<\1<!\xFF<<"), content)
    yield wrong("markup", "no_word", "A code in a text of markup that has no word.", markup_words(b"\1\2\2<\1<!\xFF<<"), content)
    yield wrong("markup", "text_form", "Texts of markup of no known form.", markup_words(b"\1\2\0<\1<!\xFF<<", form=2), content)


# Values between quotes, one behind another, in a column of `the`, `then` and `<` as words.
def json_words(*values):
    words = b"\1\1\2\0" + struct.pack("<I", 11) + b"\0\3the" + b"\3\1n" + b"\0\1<"
    column = b"\x0A" + words + b"".join(value + b"\0" for value in values)
    parts = [b"", b"\1\3", b"\0", b"\0", b"", bytes(len(values)), column]
    return bytes([len(parts)]) + b"".join(varint(len(part)) for part in parts) + b"".join(parts)


def columns_by_words():
    value, text = b"\1\2\0!\xFF\1", b'"the then!\1"'
    yield right("json-words", "A column by words.", json_words(*[value] * 600), text * 600)
    yield wrong("json", "no_word", "A code in a column that has no word.", json_words(*[value] * 599, b"\1\2\2!\xFF\1"), text * 600)
    yield wrong("json", "few_words", "A column by words that is too short.", json_words(*[value] * 500), text * 500)


# --- byte_shuffle, bit_shuffle, element_delta, decimal_floats ---

NUMBERS = [1000 + 37 * i + i * i % 11 for i in range(100)]
TABLE = b"".join(struct.pack("<I", number) for number in NUMBERS)


def form(width, method, *fields, big=False, lead=0):
    return bytes([width | lead << 4 | big << 7, method]) + b"".join(map(varint, fields))


def plan(*forms, segments=(0,)):
    return bytes([len(forms)]) + b"".join(forms) + b"".join(map(varint, segments))


def byte_planes(data, period):
    return b"".join(data[plane::period] for plane in range(period))


def bit_planes(data, width):
    out = b""
    for byte in range(width):
        for bit in range(7, -1, -1):
            bits = [data[at + byte] >> bit & 1 for at in range(0, len(data), width)]
            out += bytes(sum(value << i for i, value in enumerate(bits[at:at + 8])) for at in range(0, len(bits), 8))
    return out


def differences(numbers):
    return b"".join(struct.pack("<I", 2 * (b - a) if b >= a else 2 * (a - b) - 1) for a, b in zip([0, *numbers], numbers))


def elements():
    yield right("byte_shuffle", "Planes of bytes.", plan(form(4, 0x10, 4)) + byte_planes(TABLE, 4), TABLE)
    yield right("bit_shuffle", "Planes of bits.", plan(form(4, 0x20)) + bit_planes(TABLE[:384], 4), TABLE[:384])
    yield right("element_delta", "Differences, zigzag, from the number before.", plan(form(4, 9, 1)) + differences(NUMBERS), TABLE)
    floats = b"".join(struct.pack("<d", number / 100) for number in NUMBERS)
    integers = b"".join(struct.pack("<q", number) for number in NUMBERS)
    yield right("decimal_floats", "Floats of two digits behind the point.", plan(form(8, 0x40, 2)) + integers, floats)
    good = {"byte_shuffle": form(4, 0x10, 4), "bit_shuffle": form(4, 0x20), "element_delta": form(4, 9, 1), "decimal_floats": form(4, 0x40, 2)}
    for name, usual in good.items():
        other = {"byte_shuffle": form(4, 0x20), "bit_shuffle": form(4, 0x10, 4), "element_delta": form(4, 0x30), "decimal_floats": form(4, 1, 1)}[name]
        yield wrong(name, "other_form", "A form of another filter.", plan(other) + TABLE, TABLE)
        yield wrong(name, "cut", "Elements that are a byte less than the block.", plan(usual) + TABLE[:-1], TABLE)
        yield wrong(name, "more", "Elements that are a byte more than the block.", plan(usual) + TABLE + b"\0", TABLE)
        yield wrong(name, "no_forms", "A plan of no forms.", plan() + TABLE, TABLE)
        yield wrong(name, "width", "Elements of five bytes.", plan(form(5, usual[1], *usual[2:])) + TABLE, TABLE)
    yield wrong("element_delta", "distance_0", "A distance of 0.", plan(form(4, 9, 0)) + TABLE, TABLE)
    yield wrong("element_delta", "zigzag", "Zigzag without a prediction.", plan(form(4, 8)) + TABLE, TABLE)
    yield wrong("byte_shuffle", "period_0", "A period of 0.", plan(form(4, 0x10, 0)) + TABLE, TABLE)
    yield wrong("byte_shuffle", "segment_long", "A segment longer than its block.", plan(form(4, 0x10, 4), segments=(1,)) + TABLE, TABLE)
    yield wrong("decimal_floats", "decimals", "Eleven digits behind the point of a float of four bytes.", plan(form(4, 0x40, 11)) + TABLE, TABLE)


# --- integers ---

HIGH = {1: 128, 2: 16, 3: 8, 4: 8, 8: 4}


class Pages:
    """Numbers as classes, and whatever is put into control by hand."""

    def __init__(self, width):
        self.high, self.elements, self.control, self.streams = HIGH[width], b"", b"", {}
        self.bits, self.bit_count = 0, 0
        self.begin_column()

    def begin_column(self):
        self.sum = self.before = 0

    def classes(self, numbers, head=b"\x10"):
        self.control += head
        for number in numbers:
            symbol, low = number, 0
            if number >= 2 * self.high:
                low = number.bit_length() - self.high.bit_length()
                symbol = 2 * self.high + (low - 1) * self.high + (number >> low) % self.high
            stream = self.before.bit_length()
            self.streams[stream] = self.streams.get(stream, b"") + bytes([symbol])
            self.bits |= (number & (1 << low) - 1) << self.bit_count
            self.bit_count += low
            self.before, self.sum = self.sum, self.sum + min(number, (1 << 58) - 1) - self.sum // 16
        return self

    def parts(self):
        low = self.bits.to_bytes((self.bit_count + 7) // 8, "little")
        return [self.elements, self.control, low, *(self.streams.get(i, b"") for i in range(max(self.streams, default=-1) + 1))]


def joined(parts):
    return varint(len(parts)) + b"".join(varint(len(part)) for part in parts) + b"".join(parts)


def zigzags(numbers):
    return [2 * (b - a) if b >= a else 2 * (a - b) - 1 for a, b in zip([0, *numbers], numbers)]


def linear():
    """16-bit sound of which two weights foretell half."""
    shift, weights = 4, (28, -13)
    numbers, stored = [], []
    for i in range(150):
        total = sum(weight * numbers[-t] for t, weight in enumerate(weights, 1) if t <= len(numbers))
        residual = i * 40503 % 97 - 48
        numbers.append((total >> shift) + residual)
        stored.append(2 * residual if residual >= 0 else -2 * residual - 1)
    head = bytes([18, shift]) + struct.pack("<hh", *weights)
    return b"".join(struct.pack("<h", number) for number in numbers), Pages(2).classes(stored, head)


def adaptive():
    """16-bit sound of two channels, of which weights that learn foretell a little of what is left of the sums before."""
    def signed(number, bits):
        return (number + (1 << (bits - 1))) % (1 << bits) - (1 << (bits - 1))

    before, weights = [0] * 32, [[0] * 32, [0] * 32]
    numbers, stored = [], []
    for i in range(1500):
        left = [30000, -3, -32000, 9, 0][i % 5] + i * 40503 % 97
        numbers.append(signed(left + (numbers[-2] if i > 1 else 0), 16))
        left = signed(left, 16)
        total = signed(sum(weight * number for weight, number in zip(weights[i % 2], before)) + 2048, 32)
        rest = signed(left - (total >> 12), 16)
        stored.append(2 * rest if rest >= 0 else -2 * rest - 1)
        for t, number in enumerate(before):
            weights[i % 2][t] = signed(weights[i % 2][t] + ((rest > 0) - (rest < 0)) * ((number > 0) - (number < 0)), 16)
        before = [left, *before[:-1]]
    pages = Pages(2).classes(stored[:1024], b"\x30").classes(stored[1024:], bytes([49, 0, 1, 0]))
    return b"".join(struct.pack("<h", number) for number in numbers), pages


def ranked(head=None):
    values = sorted({1.5, 2.25, -7.0, 1e9, -0.125})
    keys = [key ^ 0xFFFFFFFF if key >> 31 else key | 1 << 31 for key in (struct.unpack("<I", struct.pack("<f", value))[0] for value in values)]
    pages = Pages(4)
    pages.control += bytes([len(keys), 2]) if head is None else head
    pages.classes([b - a - 1 for a, b in zip([-1, *keys], keys)])
    pages.begin_column()
    ranks = [i * 7 % 5 for i in range(100)]
    return b"".join(struct.pack("<f", values[rank]) for rank in ranks), pages.classes(ranks)


def integers():
    paged, delta, rank = form(4, 0x30), form(4, 0x39, 1), form(4, 0xB0)
    whole = Pages(4).classes(zigzags(NUMBERS)).parts()
    yield right("integers", "Differences as classes.", plan(delta) + joined(whole), TABLE)
    sound, pages = linear()
    yield right("integers-linear", "Sound less its linear prediction.", plan(form(2, 0x39, 1)) + joined(pages.parts()), sound)
    sound, pages = adaptive()
    yield right("integers-adaptive", "Sound less what weights that learn foretell.", plan(form(2, 0x39, 2)) + joined(pages.parts()), sound)
    yield wrong("integers", "adaptive_channels", "An adaptive prediction of nine channels.", plan(form(2, 0x39, 9)) + joined(pages.parts()), sound)
    yield wrong("integers", "adaptive_plain", "An adaptive prediction without zigzag.", plan(form(2, 0x30)) + joined(pages.parts()), sound)
    floats, pages = ranked()
    yield right("integers-ranks", "Floats by their rank in a table.", plan(rank) + joined(pages.parts()), floats)
    column = Pages(4)
    column.elements = b"?!"
    column.control += bytes([1, 3, 2, 0xE8, 3])
    yield right("integers-column", "A page that is constant, behind a lead, and bytes that are no element.", plan(form(4, 0x30, lead=1))
                + joined(column.parts()),
                b"?" + struct.pack("<I", 1000) * 50 + b"!")
    cases = [
        ("parts", "Two parts.", joined(whole[:2])),
        ("too_many_parts", "68 parts.", joined(whole + [b""] * (68 - len(whole)))),
        ("part_cut", "A last part whose last byte is missing.", joined(whole)[:-1]),
        ("symbol_less", "A symbol less than there are elements.", joined(whole[:-1] + [whole[-1][:-1]])),
        ("symbol_more", "A symbol more than there are elements.", joined(whole[:-1] + [whole[-1] + b"\1"])),
        ("control_more", "A byte behind the last page's head.", joined([whole[0], whole[1] + b"\x10", *whole[2:]])),
        ("elements_more", "An element that no segment takes.", joined([b"!", *whole[1:]])),
        ("low_bits_less", "Low bits whose last byte is missing.", joined([*whole[:2], whole[2][:-1], *whole[3:]])),
        ("low_bits_more", "A byte behind the low bits.", joined([*whole[:2], whole[2] + b"\0", *whole[3:]])),
        ("tag", "A page with tag 0.", joined([whole[0], b"\0", *whole[2:]])),
        ("tag_33", "A page of 17 weights.", joined([whole[0], bytes([33, 0]) + bytes(34), *whole[2:]])),
        ("tag_47", "A page with tag 47.", joined([whole[0], b"\x2f", *whole[2:]])),
        ("tag_65", "A page of 17 weights besides an adaptive prediction.", joined([whole[0], bytes([65, 0]) + bytes(34), *whole[2:]])),
        ("shift", "A linear prediction that is shifted by 16.", joined([whole[0], bytes([17, 16, 0, 0]), *whole[2:]])),
    ]
    for fault, what, parts in cases:
        yield wrong("integers", fault, what, plan(delta) + parts, TABLE)
    control = bytes([17, 4, 1, 0])
    yield wrong("integers", "linear_plain", "A linear prediction without zigzag.", plan(paged) + joined([whole[0], control, *whole[2:]]), TABLE)
    over = Pages(4).classes([1 << 32] + [0] * 99)
    yield wrong("integers", "over", "A number of 33 bits in four bytes.", plan(paged) + joined(over.parts()), TABLE)
    yield wrong("integers", "column_cut", "A page in an integer encoding that ends early.", plan(paged) + joined([b"", bytes([1, 2, 2, 0xE8]), b""]), TABLE)
    yield wrong("integers", "ranked_bytes", "Ranks of single bytes.", plan(form(1, 0xB0)) + joined(whole), TABLE)
    yield wrong("integers", "ranked_planes", "Ranks outside pages.", plan(form(4, 0x90, 4)) + joined(whole), TABLE)
    for fault, what, head in (("table_long", "A table longer than its segment.", b"\x65\2"), ("table_order", "A table in order 3.", b"\5\3")):
        yield wrong("integers", fault, what, plan(rank) + joined(ranked(head)[1].parts()), floats)
    short = Pages(4)
    short.control += b"\1\0"
    short.classes([5])
    short.begin_column()
    yield wrong("integers", "no_such_rank", "A rank behind the end of the table.", plan(rank) + joined(short.classes([0] * 99 + [1]).parts()), TABLE)
    past = Pages(4)
    past.control += b"\2\0"
    past.classes([(1 << 32) - 1, 0])
    past.begin_column()
    yield wrong("integers", "table_past_end", "A value past the last of its width.", plan(rank) + joined(past.classes([0] * 100).parts()), TABLE)


def vectors():
    made = [*structural(), *texts_by_words(), *columns_by_words(), *elements(), *integers()]
    for name in FILTER_NAMES[1:-2]:  # the last two are of machine code
        assert any(vector.name == f"filter_{name}" for vector in made), name
    yield from made

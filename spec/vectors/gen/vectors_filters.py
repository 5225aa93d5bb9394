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
    yield right("integers-column", "A page that is constant, behind a lead, and bytes that are no element.", plan(form(4, 0x30, lead=1)) + joined(column.parts()),
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


# --- machine code ---

class X86Payload:
    """The block and the streams of x86-64 code, an instruction or a stretch at a time."""

    STREAMS, KINDS = 47, 7
    OTHER, OPERATIONS, BYTE_5, DWORD, PLACES, BYTES, WORDS, DWORDS, QWORDS, NEAR, CALLS, JUMPS, BRANCHES, FAR, RECORDS = 0, 1, 7, 10, 11, 12, 13, 14, 15, 16, 17, 18, 21, 24, 25
    SIZES, ORIGINS, BEGINS, RANGES, PROGRAMS = 33, 34, 38, 42, 46

    def __init__(self):
        self.block, self.streams, self.stretches = b"", [b""] * self.STREAMS, b""

    def put(self, stream, data):
        self.streams[stream] += data

    def operand(self, stream, data):
        self.block += data
        self.put(stream, data)

    def dword(self, stream, value):
        self.block += struct.pack("<i", value)
        self.put(stream, struct.pack(">i", value))

    def relative(self, stream, target):
        end = len(self.block) + 4
        self.block += struct.pack("<i", target - end)
        self.put(stream, struct.pack(">i", target))

    def distance(self, stream, value):
        self.block += struct.pack("<i", value)
        zigzag = 2 * value if value >= 0 else -2 * value - 1
        for i, byte in enumerate(min(zigzag, 0xFFFFFF).to_bytes(3, "big")):
            self.put(stream + i, bytes([byte]))
        if zigzag >= 0xFFFFFF:
            self.put(self.FAR, zigzag.to_bytes(4, "big"))

    def instruction(self, operation, operands):
        self.operand(self.OPERATIONS, bytes.fromhex(operation))
        operands(self)

    def code(self):
        """A unit of it."""
        kinds = [
            ("55", lambda i, p: None),
            ("488B05", lambda i, p: p.relative(p.PLACES, 8192 + 8 * i)),
            ("E8", lambda i, p: p.relative(p.CALLS, 64 * (i % 5))),
            ("0F85", lambda i, p: p.distance(p.BRANCHES, 40 + i if i % 100 < 90 else -0x800001 - i)),
            ("E9", lambda i, p: p.distance(p.JUMPS, -100 - i)),
            ("48897D", lambda i, p: p.operand(p.BYTE_5, bytes([0xF8 - i % 8]))),
            ("488B8424", lambda i, p: p.dword(p.DWORD, 0x120 + i)),
            ("B8", lambda i, p: p.dword(p.DWORDS, i)),
            ("66B8", lambda i, p: p.operand(p.WORDS, struct.pack("<H", 7 * i))),
            ("48B8", lambda i, p: p.operand(p.QWORDS, struct.pack("<Q", 1 << 40 | i))),
            ("83C0", lambda i, p: p.operand(p.BYTES, bytes([i % 9]))),
            ("74", lambda i, p: p.operand(p.NEAR, bytes([i % 30]))),
            ("F6C1", lambda i, p: p.operand(p.BYTES, b"\1")),
            ("F6D1", lambda i, p: None),
            ("C5F877", lambda i, p: None),
        ]
        i = 0
        while len(self.block) + 20 <= 4096:
            operation, operands = kinds[i % len(kinds)]
            self.instruction(operation, lambda p, i=i, operands=operands: operands(i, p))
            i += 1
        self.operand(self.OTHER, bytes(4096 - len(self.block)))
        self.stretches += varint(self.KINDS + 1)

    def table(self):
        """A unit of pairs of growing numbers, the first at its byte 2."""
        begin, before = len(self.block), (0, 0)
        self.operand(self.OTHER, b"ab")
        while len(self.block) + 8 <= begin + 4096:
            values = ((before[0] or 0xFFF00000) + 48, before[1] + 24)
            self.block += struct.pack("<II", *values)
            steps = struct.pack("<II", values[0] - before[0], values[1] - before[1])
            for i in range(8):
                self.put(self.RECORDS + i, steps[i:i + 1])
            before = values
        self.operand(self.OTHER, bytes(begin + 4096 - len(self.block)))
        self.stretches += varint(self.KINDS + 4)

    def other(self, data):
        self.operand(self.OTHER, data)
        self.stretches += varint(self.KINDS)

    def planes(self, first, value):
        for i, byte in enumerate(value.to_bytes(4, "little")):
            self.put(first + i, bytes([byte]))

    def unwinding(self):
        """A unit of .eh_frame behind five other bytes."""
        begin = len(self.block)
        for size, data in ((1, b"x"), (2, b"word")):
            self.put(self.SIZES, bytes([size]))
            self.operand(self.OTHER, data)
        origin, code, before = 28, 0, (0, 0)
        for i in range(100):
            rest = bytes([0, 0x41 + i % 5, 0x0E, 0x10]) + bytes(4 * (i % 3))
            length, span, distance = 16 + len(rest), 50 + i, -7 if i % 20 == 3 else i % 16
            code = before[1] + distance
            self.put(self.SIZES, bytes([length // 4 - 1]))
            self.planes(self.ORIGINS, (origin - before[0]) % (1 << 32))
            self.planes(self.BEGINS, 2 * distance if distance >= 0 else -2 * distance - 1)
            self.planes(self.RANGES, span)
            self.put(self.PROGRAMS, rest)
            self.block += struct.pack("<IIiI", length - 4, origin, code - (len(self.block) + 8), span) + rest
            before = (origin + length, code + span)
            origin = 28 if i % 30 == 29 else origin + length
        self.put(self.SIZES, b"\0")
        self.operand(self.OTHER, bytes(begin + 4096 - len(self.block)))
        self.stretches += varint(self.KINDS + 6)

    def payload(self, stretches=None, changed=None):
        """With other streams or stretches where `changed` or `stretches` says so."""
        stretches = self.stretches if stretches is None else stretches
        streams = [(changed or {}).get(i, stream) for i, stream in enumerate(self.streams)]
        return varint(len(stretches)) + b"".join(varint(len(stream)) for stream in streams) + stretches + b"".join(streams)


def x86_code():
    made = X86Payload()
    made.code()
    made.table()
    made.unwinding()
    made.other(b"What is left of a block. " * 9)
    return made


class Arm64Payload:
    """A block of a unit of code, whose words begin at its byte 2, and other bytes; the streams are put together by hand."""
    OPERATIONS, CALLS, PAGES, OTHER, TESTS, JUMPS, BRANCHES, STREAMS, KINDS = 0, 1, 2, 3, 4, 5, 7, 31, 10

    def __init__(self):
        self.block, self.streams = b"", [b""] * self.STREAMS
        self.other(b"ab")
        i = 0
        while len(self.block) + 4 <= 4096:
            self.words(i)
            i += 1
        self.other(bytes(4096 - len(self.block)))
        self.other(bytes(4096) + b"What is left of a block. " * 9)
        self.stretches = varint(self.KINDS + 3) + 2 * varint(self.KINDS)

    def put(self, stream, data):
        self.streams[stream] += data

    def other(self, data):
        self.put(self.OTHER, data)
        self.block += data

    def word(self, word, *operation):
        self.block += struct.pack("<I", word)
        self.put(self.OPERATIONS, bytes(operation))

    def words(self, i):
        """One, of the i-th of its classes."""
        position, register, kind = len(self.block), i // 12 % 28, i % 12
        if kind == 0:  # stp x29, x30, [sp, #-16]!
            self.word(0xA9BF7BFD, 0xA9, 0xFE, 0xFF, 0xDD)
        elif kind == 1:  # bl to byte 64 of the block
            self.word(0x94000000 | (16 - position // 4) % (1 << 26), 0x94, 0, 0, 0)
            self.put(self.CALLS, struct.pack(">I", 16))
        elif kind == 2:  # mov
            self.word(0xAA0003E0 | register << 16 | i % 7, 0xAA, register, 0x1F, i % 7)
        elif kind == 3:  # adrp, of page 0x100123 of the block
            page = 0x100123 - position // 4096
            self.word(0x90000000 | page % 4 << 29 | page // 4 << 5 | register, 0x90, 0, 0, 0x20 | register)
            self.put(self.PAGES, struct.pack(">I", 0x123 << 12 | 8 * (i % 400)))
        elif kind == 4:  # add, of another register
            self.word(0x91048C00 | 29 << 5 | 2, 0x91, 0x23, 0x20 | 29, 2)
        elif kind == 5:  # ldr, of what is in the page
            self.word(0xF9400000 | i % 400 << 10 | register << 5 | 1, 0xF9, 0, register, 0x21)
        elif kind == 6:  # b.ne, far
            self.word(0x54000001 | 0x28000 << 5, 0x54, 0, 0, 5 << 5 | 1)
            self.put(self.BRANCHES, b"\0")
            self.put(self.BRANCHES + 1, b"\0")
        elif kind == 7:  # cbz, back by i % 50 + 1 words
            self.word(0x34000000 | (-(i % 50) - 1) % (1 << 19) << 5 | register, 0x34, 0, 0, register)
            self.put(self.BRANCHES, b"\0")
            self.put(self.BRANCHES + 1, bytes([2 * (i % 50) + 1]))
        elif kind == 8:  # tbnz of bit 37, by 0x1234 words
            self.word(0xB7000000 | 5 << 19 | 0x1234 << 5 | register, 0xB7, 0, 4 << 5 | 5, 4 << 5 | register)
            self.put(self.TESTS, b"\x68")
        elif kind == 9:  # b, by 0x123456 words
            self.word(0x14123456, 0x14, 0, 0, 0x24)
            self.put(self.JUMPS, b"\x68")
            self.put(self.JUMPS + 1, b"\xAC")
        elif kind == 10:  # ldr q0, [x1, #16 * 0x3FF]
            self.word(0x3DC00000 | 0x3FF << 10 | 1 << 5, 0x3D, 0xFF, 3 << 5 | 1, 3 << 5)
        else:
            self.word(0xD65F03C0, 0xD6, 0x1F, 0x1E, 0x40)

    def payload(self, stretches=None, changed=None, zeros=None):
        stretches = self.stretches if stretches is None else stretches
        streams = [(changed or {}).get(i, stream) for i, stream in enumerate(self.streams)]
        head = varint(len(stretches)) + b"".join(varint(len(stream)) for stream in streams) + stretches
        return head + (bytes(-len(head) % 4) if zeros is None else zeros(-len(head) % 4)) + b"".join(streams)


def operation_changed(arm, word, *operation):
    """Word `word` of the code is another operation."""
    operations = arm.streams[arm.OPERATIONS]
    return arm.payload(changed={arm.OPERATIONS: operations[:4 * word] + bytes(operation) + operations[4 * word + 4:]})


def machine_code():
    x86 = x86_code()
    block, whole = x86.block, x86.payload()
    calls, far = x86.streams[x86.CALLS], x86.streams[x86.FAR]
    yield right("x86_branches", "Code, a table, unwinding and other bytes.", whole, block)
    cases = [
        ("cut", "A stream whose last byte is missing.", whole[:-1]),
        ("more", "A byte behind the streams.", whole + b"\0"),
        ("count_less", "A call less than there are.", x86.payload(changed={x86.CALLS: calls[:-4]})),
        ("left_over", "A call more than there are.", x86.payload(changed={x86.CALLS: calls + calls[-4:]})),
        ("other_stream", "Calls in the stream of far distances.", x86.payload(changed={x86.CALLS: b"", x86.FAR: far + calls})),
        ("near_among_far", "A far distance of FFFFFE.", x86.payload(changed={x86.FAR: b"\0\xFF\xFF\xFE" + far[4:]})),
        ("operation_cut", "Operation bytes that end within an instruction.", x86.payload(changed={x86.OPERATIONS: x86.streams[x86.OPERATIONS][:-1]})),
        ("stretch_empty", "A stretch of no units.", x86.payload(varint(1) + x86.stretches)),
        ("stretch_past_end", "A stretch past the block's end.", x86.payload(x86.stretches[:-1] + varint(14))),
        ("stretch_missing", "No stretch for the last unit.", x86.payload(x86.stretches[:-1])),
        ("stretch_more", "A stretch behind the last unit.", x86.payload(x86.stretches + varint(7))),
        ("record_past_end", "A record of .eh_frame past its stretch.", x86.payload(changed={x86.SIZES: x86.streams[x86.SIZES][:-1] + b"\2" * 1024})),
        ("count_over", "A stream longer than the block.", varint(len(x86.stretches)) + varint(1 << 40) + whole[2:]),
        ("empty", "A payload of no bytes.", b""),
    ]
    for fault, what, filtered in cases:
        yield wrong("x86_branches", fault, what, filtered, block)
    arm = Arm64Payload()
    block, whole = arm.block, arm.payload()
    calls, branches = arm.streams[arm.CALLS], arm.streams[arm.BRANCHES]
    yield right("arm64_branches", "Code of each class of words, and other bytes.", whole, block)
    cases = [
        ("cut", "A stream whose last byte is missing.", whole[:-1]),
        ("more", "A byte behind the streams.", whole + b"\0"),
        ("count_less", "A call less than there are.", arm.payload(changed={arm.CALLS: calls[:-4]})),
        ("left_over", "A call more than there are.", arm.payload(changed={arm.CALLS: calls + calls[-4:]})),
        ("plane_short", "A distance's high byte is missing.", arm.payload(changed={arm.BRANCHES: branches[:-1]})),
        ("operation_cut", "Operations that end within a word.", arm.payload(changed={arm.OPERATIONS: arm.streams[arm.OPERATIONS][:-1]})),
        ("call_far", "A call to word 2^26.", arm.payload(changed={arm.CALLS: b"\4\0\0\0" + calls[4:]})),
        ("call_operation", "A call whose operation has more bits.", operation_changed(arm, 1, 0x94, 0, 0, 1)),
        ("call_other", "A call whose operation begins with 95.", operation_changed(arm, 1, 0x95, 0, 0, 0)),
        ("page_operation", "A page whose operation has more bits.", operation_changed(arm, 3, 0x90, 0, 0, 0x60)),
        ("page_other", "A page whose operation begins with B0.", operation_changed(arm, 3, 0xB0, 0, 0, 0x20)),
        ("immediate_twice", "An immediate in the word and in its page.", operation_changed(arm, 5, 0xF9, 1, 0, 0x21)),
        ("branch_operation", "A branch whose operation has more bits.", operation_changed(arm, 6, 0x54, 0, 1, 5 << 5 | 1)),
        ("test_operation", "A branch by a bit whose operation has more bits.", operation_changed(arm, 8, 0xB7, 1, 4 << 5 | 5, 4 << 5)),
        ("jump_far", "A jump by more than words have room for.", operation_changed(arm, 9, 0x14, 0, 4, 0)),
        ("jump_other", "A jump whose operation begins with 15.", operation_changed(arm, 9, 0x15, 0, 0, 0)),
        ("no_zeros", "Ones between the stretches and the streams.", arm.payload(zeros=lambda length: b"\1" * length)),
        ("stretch_empty", "A stretch of no units.", arm.payload(varint(1) + arm.stretches)),
        ("stretch_past_end", "A stretch past the block's end.", arm.payload(arm.stretches[:-1] + varint(2 * arm.KINDS))),
        ("stretch_missing", "No stretch for the last unit.", arm.payload(arm.stretches[:-1])),
        ("empty", "A payload of no bytes.", b""),
    ]
    assert arm.payload(zeros=lambda length: b"\1" * length) != whole
    for fault, what, filtered in cases:
        yield wrong("arm64_branches", fault, what, filtered, block)


def vectors():
    made = [*structural(), *texts_by_words(), *elements(), *integers(), *machine_code()]
    for name in FILTER_NAMES[1:]:
        assert any(vector.name == f"filter_{name}" for vector in made), name
    yield from made

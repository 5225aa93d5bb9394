"""Reference decoder of the x86_branches filter (x86_branches.md): plain and slow."""

MAX_RAW = 1 << 24
UNIT = 4096
MOST_INSTRUCTION = 20
FAR_DISTANCE = 0xFFFFFF

# Streams by number.
OTHER, OPERATIONS, BYTE_DISPLACEMENTS, DWORD_DISPLACEMENTS, PLACES, BYTES, WORDS, DWORDS, QWORDS = 0, 1, 2, 10, 11, 12, 13, 14, 15
NEAR, CALLS, JUMPS, BRANCHES, FAR, RECORDS = 16, 17, 18, 21, 24, 25
STREAMS = RECORDS + 22

PREFIXES = {0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65, 0x66, 0x67, 0xF0, 0xF2, 0xF3}

# The classes of the format's tables, one letter an opcode.
ONE_BYTE = ("mmmmbd..mmmmbd.." "mmmmbd..mmmmbd.." "mmmmbd..mmmmbd.." "mmmmbd..mmmmbd.."
            "................" "................" "...m....dDbB...." "nnnnnnnnnnnnnnnn"
            "BDBBmmmmmmmmmmmm" "................" "qqqq....bd......" "bbbbbbbbvvvvvvvv"
            "BBw...BDe.w..b.." "mmmm....mmmmmmmm" "nnnnbbbbcj.n...." "......FG......mm")
TWO_BYTE = ("mmmm.........m.." "mmmmmmmmmmmmmmmm" "mmmmmmmmmmmmmmmm" "......m.mmmmmmmm"
            "mmmmmmmmmmmmmmmm" "mmmmmmmmmmmmmmmm" "mmmmmmmmmmmmmmmm" "BBBBmmm.mmmmmmmm"
            "tttttttttttttttt" "mmmmmmmmmmmmmmmm" "...mBmmm...mBmmm" "mmmmmmmmmmBmmmmm"
            "mmBmBBBm........" "mmmmmmmmmmmmmmmm" "mmmmmmmmmmmmmmmm" "mmmmmmmmmmmmmmmm")
LENGTHS = {"": 0, "b": 1, "w": 2, "d": 4, "q": 8, "e": 3, "n": 1, "c": 4, "j": 4, "t": 4}


class Stream:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, length):
        if length > self.left():
            raise ValueError("a stream ends early")
        self.at += length
        return self.data[self.at - length:self.at]

    def left(self):
        return len(self.data) - self.at

    def varint(self):
        value = 0
        for i in range(10):
            byte = self.take(1)[0]
            if i == 9 and byte > 1:
                break
            value |= (byte & 0x7F) << (7 * i)
            if byte < 0x80:
                if byte == 0 and i > 0:
                    break
                return value
        raise ValueError("a number does not end well")


class Operation:
    """The operation bytes of an instruction, and what operands follow them."""

    def __init__(self, stream):
        self.stream, self.bytes, self.displacement, self.immediate, self.base = stream, b"", 0, "", 0
        prefixes = 0
        while prefixes < 4 and self.next() in PREFIXES:
            self.take()
            prefixes += 1
        is_16 = 0x66 in self.bytes
        rex_w = False
        if self.next() & 0xF0 == 0x40:
            rex_w = self.take() & 8 != 0
        letter = self.opcode()
        if letter in "mBDFG":
            self.mod_rm(letter)
        else:
            self.immediate = {".": "", "v": "d"}.get(letter, letter)
        if letter == "v" and rex_w:
            self.immediate = "q"
        elif self.immediate == "d" and is_16:
            self.immediate = "w"

    def next(self):
        if self.stream.left() == 0:
            raise ValueError("the operations end early")
        return self.stream.data[self.stream.at]

    def take(self):
        self.bytes += self.stream.take(1)
        return self.bytes[-1]

    def opcode(self):
        first = self.take()
        if first == 0x0F:
            second = self.take()
            if second == 0x38 or second == 0x3A:
                self.take()
                return "m" if second == 0x38 else "B"
            return TWO_BYTE[second]
        if first not in (0x62, 0xC4, 0xC5):
            return ONE_BYTE[first]
        behind = [self.take() for _ in range({0x62: 3, 0xC4: 2, 0xC5: 1}[first])]
        map_number = {0x62: behind[0] & 7, 0xC4: behind[0] & 31, 0xC5: 1}[first]
        last = self.take()
        if map_number == 3:
            return "B"
        return "m" if map_number != 1 or last & 0xF0 == 0x80 else TWO_BYTE[last]

    def mod_rm(self, letter):
        byte = self.take()
        mode, register, self.base = byte >> 6, byte >> 3 & 7, byte & 7
        if letter in "BD":
            self.immediate = letter.lower()
        elif letter in "FG" and register < 2:
            self.immediate = "b" if letter == "F" else "d"
        if mode == 3:
            return
        base = self.take() & 7 if self.base == 4 else self.base
        if mode == 1 or mode == 2:
            self.displacement = "byte" if mode == 1 else "dword"
        elif base == 5:
            self.displacement = "place" if self.base == 5 else "dword"


def little(value):
    return (value % (1 << 32)).to_bytes(4, "little")


def signed(zigzag):
    return zigzag // 2 if zigzag % 2 == 0 else -(zigzag // 2) - 1


class Stretches:
    """What this filter and arm64_branches have in common: subclasses decode code, of kinds 1 to CODE_KINDS."""
    OTHER, RECORDS, STREAMS, CODE_KINDS, ALIGNMENT = OTHER, RECORDS, STREAMS, 1, 1

    def __init__(self, filtered, raw_length):
        payload = Stream(filtered)
        stretch_bytes, lengths = payload.varint(), []
        for _ in range(self.STREAMS):
            lengths.append(payload.varint())
        zeros = -(payload.at + stretch_bytes) % self.ALIGNMENT
        if max(stretch_bytes, *lengths) > raw_length or payload.left() != stretch_bytes + zeros + sum(lengths):
            raise ValueError("the streams are not as long as they say")
        self.stretches = Stream(payload.take(stretch_bytes))
        if any(payload.take(zeros)):
            raise ValueError("no zeros before the streams")
        self.streams = [Stream(payload.take(length)) for length in lengths]
        self.raw, self.raw_length = bytearray(), raw_length

    def big(self, stream):
        return int.from_bytes(self.streams[stream].take(4), "big")

    def other(self, end):
        self.raw += self.streams[self.OTHER].take(end - len(self.raw))

    def records(self, phase, end):
        self.other(min(end, len(self.raw) + phase))
        record = [0, 0]
        while len(self.raw) + 8 <= end:
            steps = b"".join(self.streams[self.RECORDS + i].take(1) for i in range(8))
            for i in range(2):
                record[i] += int.from_bytes(steps[4 * i:4 * i + 4], "little")
                self.raw += little(record[i])

    def planes(self, first):
        return int.from_bytes(b"".join(self.streams[first + i].take(1) for i in range(4)), "little")

    def unwinding(self, end):
        sizes, origins, begins, ranges, programs = (self.RECORDS + i for i in (8, 9, 13, 17, 21))
        origin, begin = 0, 0
        while len(self.raw) < end:
            size = self.streams[sizes].take(1)[0]
            length = {1: 1, 2: 4}.get(size, 4 + 4 * size)
            if size == 0:
                self.other(min(end, (len(self.raw) // UNIT + 1) * UNIT))
                continue
            if len(self.raw) + length > end:
                raise ValueError("a record is not within its stretch")
            if size < 3:
                self.other(len(self.raw) + length)
                continue
            origin = (origin + self.planes(origins)) % (1 << 32)
            begin += signed(self.planes(begins))
            span = self.planes(ranges)
            relative = begin - (len(self.raw) + 8)
            self.raw += little(length - 4) + little(origin) + little(relative) + little(span)
            self.raw += self.streams[programs].take(length - 16)
            origin, begin = origin + length, begin + span

    def decode(self):
        tables = 1 + self.CODE_KINDS
        units, all_units = 0, -(-self.raw_length // UNIT)
        while len(self.raw) < self.raw_length:
            here, kind = divmod(self.stretches.varint(), tables + 5)
            if here == 0 or here > all_units - units:
                raise ValueError("a stretch is not within its block")
            units += here
            end = min(self.raw_length, units * UNIT)
            if kind == tables + 4:
                self.unwinding(end)
            elif kind >= tables:
                self.records(kind - tables, end)
            elif kind >= 1:
                self.code(kind - 1, end)
            self.other(end)
        if self.stretches.left() or any(stream.left() for stream in self.streams):
            raise ValueError("bytes are left over")
        return bytes(self.raw)


class Decoder(Stretches):
    def distance(self, first):
        planes = [self.streams[first + i].take(1)[0] for i in range(3)]
        zigzag = planes[0] << 16 | planes[1] << 8 | planes[2]
        if zigzag == FAR_DISTANCE:
            zigzag = self.big(FAR)
            if zigzag < FAR_DISTANCE:
                raise ValueError("a near distance among the far ones")
        return little(signed(zigzag))

    def code(self, _, end):
        while len(self.raw) + MOST_INSTRUCTION <= end:
            self.instruction()

    def instruction(self):
        operation = Operation(self.streams[OPERATIONS])
        displacement, immediate = operation.displacement, operation.immediate
        self.raw += operation.bytes
        if displacement == "byte":
            self.raw += self.streams[BYTE_DISPLACEMENTS + operation.base].take(1)
        elif displacement == "dword":
            self.raw += little(self.big(DWORD_DISPLACEMENTS))
        elif displacement == "place":
            self.raw += little(self.big(PLACES) - (len(self.raw) + 4 + LENGTHS[immediate]))
        if immediate in ("b", "w", "q", "n"):
            stream = {"b": BYTES, "w": WORDS, "q": QWORDS, "n": NEAR}[immediate]
            self.raw += self.streams[stream].take(LENGTHS[immediate])
        elif immediate == "d":
            self.raw += little(self.big(DWORDS))
        elif immediate == "c":
            self.raw += little(self.big(CALLS) - (len(self.raw) + 4))
        elif immediate in ("j", "t"):
            self.raw += self.distance(JUMPS if immediate == "j" else BRANCHES)
        elif immediate == "e":
            self.raw += self.streams[WORDS].take(2) + self.streams[BYTES].take(1)


def decode(filtered, raw_length):
    if raw_length > MAX_RAW:
        raise ValueError("the block is too long")
    return Decoder(filtered, raw_length).decode()

"""Vectors of the filters of machine code."""

import struct

from vectors_filters import right, varint, wrong


class X86Payload:
    """The block and the streams of x86-64 code, an instruction or a stretch at a time."""

    STREAMS, KINDS = 47, 7
    OTHER, OPERATIONS, BYTE_5, DWORD, PLACES, BYTES, WORDS, DWORDS = 0, 1, 7, 10, 11, 12, 13, 14
    QWORDS, NEAR, CALLS, JUMPS, BRANCHES, FAR, RECORDS = 15, 16, 17, 18, 21, 24, 25
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
            self.word(0xA9BF7BFD, 0xA9, 0xDE, 0xFF, 0xDD)
        elif kind == 1:  # bl to byte 64 of the block
            self.word(0x94000000 | (16 - position // 4) % (1 << 26), 0x94, 0, 0, 0)
            self.put(self.CALLS, struct.pack(">I", 16))
        elif kind == 2:  # mov
            self.word(0xAA0003E0 | register << 16 | i % 7, 0xAA, register, 0x1F, i % 7)
        elif kind == 3:  # adrp, of page 0x100123 of the block
            page = 0x100123 - position // 4096
            self.word(0x90000000 | page % 4 << 29 | page // 4 << 5 | register, 0x90, 0, 0, 0x20 | register)
            self.put(self.PAGES, struct.pack(">I", 0x123 << 12 | 8 * ((i + 2) % 400)))
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


def vectors():
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

"""Reference decoder of the arm64_branches filter (arm64_branches.md): plain and slow."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from x86_branches import MAX_RAW, Stretches, signed  # noqa: E402

OPERATIONS, CALLS, PAGES, OTHER, TESTS, JUMPS, BRANCHES, RECORDS = 0, 1, 2, 3, 4, 5, 7, 9
REACH = 32

# By class: which bits (highest, lowest) of a word the bits of an operation are, from its bit 23 down.
PLAIN = [(15, 13), (20, 16), (12, 10), (9, 5), (23, 21), (4, 0)]
IMMEDIATE = [(17, 10), (20, 18), (9, 5), (21, 21), (23, 22), (4, 0)]
PAIR = [(17, 15), (14, 10), (20, 18), (9, 5), (21, 21), (23, 22), (4, 0)]


def spread(operation, fields):
    word, left = operation & 0xFF000000, 24
    for high, low in fields:
        left -= high - low + 1
        word |= (operation >> left & (1 << high - low + 1) - 1) << low
    return word


def scale(word):
    if word & 0x3B000000 != 0x39000000:
        return 0
    return 4 if word & 0x04800000 == 0x04800000 else word >> 30


def require(condition):
    if not condition:
        raise ValueError("an operation or operand that cannot be")


class Decoder(Stretches):
    OTHER, RECORDS, STREAMS, CODE_KINDS, ALIGNMENT = OTHER, RECORDS, RECORDS + 22, 4, 4

    def code(self, phase, end):
        self.other(min(end, len(self.raw) + phase))
        self.lows = {}  # by register: where the last word for it may begin, and what is added to its page
        while len(self.raw) + 4 <= end:
            self.raw += self.word(self.big(OPERATIONS), len(self.raw)).to_bytes(4, "little")

    def word(self, operation, position):
        high = operation >> 24
        if high & 0xFC == 0x94:
            target = self.big(CALLS)
            require(operation == 0x94000000 and target < 1 << 26)
            return operation | (target - position // 4) % (1 << 26)
        if high & 0xFC == 0x14:
            require(operation & 0xFFFFFC00 == 0x14000000)
            return 0x14000000 | self.distance(operation & 0x3FF, JUMPS) % (1 << 26)
        if high == 0x54 or high & 0x7E == 0x34:
            require(operation & 0xFFFF00 == 0)
            return operation & 0xFF00001F | self.distance(operation >> 5 & 7, BRANCHES) % (1 << 19) << 5
        if high & 0x7E == 0x36:
            require(operation & 0xFF0000 == 0)
            distance = signed((operation >> 5 & 7) << 11 | (operation >> 13 & 7) << 8 | self.streams[TESTS].take(1)[0])
            return operation & 0xFF00001F | (operation >> 8 & 31) << 19 | distance % (1 << 14) << 5
        if high & 0x9F == 0x90:
            return self.page(operation, position)
        if high & 0x1F == 0x11 or high & 0x3B == 0x39:
            return self.immediate(spread(operation, IMMEDIATE), position)
        return spread(operation, PAIR if high & 0x3A == 0x28 else PLAIN)

    def distance(self, high, planes):
        return signed(high << 16 | self.streams[planes].take(1)[0] << 8 | self.streams[planes + 1].take(1)[0])

    def page(self, operation, position):
        require(operation & 0xFFFFFFC0 == 0x90000000)
        address, register = self.big(PAGES), operation & 31
        page = ((operation >> 5 & 1) << 20 | address >> 12) - position // 4096
        self.lows[register] = (position + REACH, address & 0xFFF)
        return 0x90000000 | page % 4 << 29 | (page >> 2) % (1 << 19) << 5 | register

    def immediate(self, word, position):
        last, low = self.lows.get(word >> 5 & 31, (-1, 0))
        if position > last:
            return word
        require(word >> 10 & 0xFFF == 0)
        del self.lows[word >> 5 & 31]
        bits = scale(word)
        return word | ((low >> bits | low << 12 - bits) & 0xFFF) << 10


def decode(filtered, raw_length):
    if raw_length > MAX_RAW:
        raise ValueError("the block is too long")
    return Decoder(filtered, raw_length).decode()

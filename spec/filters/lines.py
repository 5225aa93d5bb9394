"""Reference decoder of the filters lines and delimited (lines.md): clear, not fast. Shares no code with the library.
As a program: lines.py FILTERED RAW_LENGTH, raw bytes to standard output."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from field_column import Cursor, FieldReader  # noqa: E402

MAX_RAW = 1 << 24
MAX_COLUMNS, MAX_TEMPLATES, MAX_SLOTS, MAX_PREDICTORS = 2048, 8192, 16384, 3
HISTORY = 64
GUESSES = 16384
MAX_SLOT_BITS, MAX_KEYED_SLOTS, MAX_KEPT = 16, 65536, 255
FACTOR, WORD = 0x9FB21C651E98DF25, (1 << 64) - 1


def require(holds, what):
    if not holds:
        raise ValueError(what)


def split_parts(filtered):
    cursor = Cursor(filtered)
    count = cursor.varint()
    require(3 <= count <= 3 + 2 * MAX_COLUMNS, "a wrong number of parts")
    lengths = [cursor.varint() for _ in range(count)]
    parts = [cursor.take(length) for length in lengths]
    require(cursor.left() == 0, "bytes behind the parts")
    return parts


def key_hash(value):
    def mix(number, word):
        return (number ^ number >> 32 ^ word) * FACTOR & WORD

    value = value if len(value) <= MAX_KEPT else b""
    number, whole = len(value) * FACTOR & WORD, len(value) // 8 * 8
    for at in range(0, whole, 8):
        number = mix(number, int.from_bytes(value[at:at + 8], "little"))
    return mix(number, int.from_bytes(value[whole:], "little"))


class Predictor:
    def __init__(self, source, follows, slot_bits):
        self.source, self.follows, self.next = source, follows, 0
        self.slot_bits, self.kept = slot_bits, {}  # by slot; slot_bits is 0 if it is not keyed

    def slot(self, columns):
        return key_hash(self.latest(columns)) >> (64 - self.slot_bits)

    def latest(self, columns):
        source = columns[self.source]
        return source.values[-1] if source.values else b""

    def value(self, columns):
        source = columns[self.source]
        if self.slot_bits:
            return self.kept.get(self.slot(columns), b"")
        if self.follows and self.next < len(source.values) and self.next >= len(source.values) - HISTORY:
            return source.values[self.next]
        return self.latest(columns)

    def advance(self, columns, value):
        self.next = min(self.next + 1, len(columns[self.source].values))
        if self.slot_bits:
            self.kept[self.slot(columns)] = value if len(value) <= MAX_KEPT else b""


class Column:
    """A column keeps all its values here; the last HISTORY are enough."""

    def __init__(self, is_text, predictors):
        self.is_text, self.predictors = is_text, predictors
        self.values = []

    def open(self, operations, values):
        self.operations = Cursor(operations)
        self.text = Cursor(values if self.is_text else b"")
        self.field = None if self.is_text else FieldReader(values)

    def stored(self):
        if not self.is_text:
            return self.field.next()
        value = b""
        while value[-1:] not in (b"\n", b'"'):
            value += self.text.take(1)
        return value

    def next(self, columns):
        value = self.find(columns) if self.predictors else self.stored()
        for predictor in self.predictors:
            predictor.advance(columns, value)
        self.values.append(value)
        return value

    def find(self, columns):
        operation, count = self.operations.byte(), len(self.predictors)
        if operation == 0:
            return self.stored()
        if operation <= count:
            return self.predictors[operation - 1].value(columns)
        first = self.predictors[0]
        if operation == count + 1 and first.follows:
            back, known = self.operations.byte(), len(columns[first.source].values)
            require(back < HISTORY and back < known, "looks back too far")
            first.next = known - 1 - back
            return first.value(columns)
        require(operation == count + 2, "an unknown operation")
        cut, whole = self.operations.byte(), first.value(columns)
        require(cut <= len(whole), "cuts more than there is")
        return whole[:len(whole) - cut] + self.stored()

    def expect_end(self):
        require(self.operations.left() == 0 and self.text.left() == 0, "operations or text that nothing takes")
        if self.field is not None:
            self.field.expect_end()


def read_dictionary(part):
    cursor = Cursor(part)
    column_count, template_count = cursor.varint(), cursor.varint()
    require(column_count <= MAX_COLUMNS and template_count <= MAX_TEMPLATES, "too many columns or templates")
    columns, slots_used = [], 0
    for _ in range(column_count):
        kind = cursor.varint()
        require(kind < 2 * (MAX_PREDICTORS + 1), "an unknown kind of column")
        predictors = []
        for _ in range(kind // 2):
            source = cursor.varint()
            require(source < 3 * column_count, "no such source")
            slot_bits = cursor.varint() if source % 3 == 2 else 0
            require(source % 3 != 2 or 1 <= slot_bits <= MAX_SLOT_BITS, "no such number of slots")
            slots_used += 1 << slot_bits if slot_bits else 0
            require(slots_used <= MAX_KEYED_SLOTS, "too many slots of predictors")
            predictors.append(Predictor(source // 3, source % 3 == 1, slot_bits))
        columns.append(Column(kind % 2 == 1, predictors))
    templates, slots_left = [], MAX_SLOTS
    for _ in range(template_count):
        slot_count = cursor.varint()
        require(slot_count <= slots_left, "too many slots")
        slots_left -= slot_count
        slots = []
        for _ in range(slot_count):
            literal, column = cursor.take(cursor.varint()), cursor.varint()
            require(column < column_count, "no such column")
            slots.append((literal, column))
        templates.append((slots, cursor.take(cursor.varint())))
    require(cursor.left() == 0, "bytes behind the dictionary")
    return columns, templates


def open_columns(columns, parts, raw_length):
    at, memory = 0, 0
    for column in columns:
        taken = 2 if column.predictors else 1
        require(len(parts) - at >= taken, "too few columns")
        values = parts[at + taken - 1]
        if not column.is_text:
            memory += min(4 * len(values), len(values) // 2 + 10240)
        require(memory <= raw_length + (8 << 20), "the columns are too large")
        column.open(parts[at] if column.predictors else b"", values)
        at += taken
    require(at == len(parts), "too many columns")


class Sequence:
    """Numbers of templates."""

    def __init__(self, part):
        self.codes = Cursor(part)
        self.guesses = [0] * GUESSES
        self.slot = self.last = 0

    def next(self):
        code = self.codes.varint()
        return self.guesses[self.slot] if code == 0 else code - 1

    def learn(self, number):
        self.guesses[self.slot] = number
        self.slot = (2533 * self.last + 977 * number) % GUESSES
        self.last = number


def decode(filtered, raw_length):
    require(raw_length <= MAX_RAW, "too long a block")
    parts = split_parts(filtered)
    columns, templates = read_dictionary(parts[0])
    open_columns(columns, parts[3:], raw_length)
    sequence, raw, values_left = Sequence(parts[1]), bytearray(), raw_length
    while sequence.codes.left() > 0:
        number = sequence.next()
        require(number < len(templates), "no such template")
        sequence.learn(number)
        slots, ending = templates[number]
        require(len(slots) <= values_left, "more values than bytes")
        values_left -= len(slots)
        for literal, column in slots:
            raw += literal + columns[column].next(columns)
            require(len(raw) <= raw_length, "longer than the block")
        raw += ending
    raw += parts[2]
    require(len(raw) == raw_length, "longer or shorter than the block")
    for column in columns:
        column.expect_end()
    return bytes(raw)


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as file:
        sys.stdout.buffer.write(decode(file.read(), int(sys.argv[2])))

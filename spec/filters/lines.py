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


class Predictor:
    def __init__(self, source, follows):
        self.source, self.follows, self.next = source, follows, 0

    def value(self, columns):
        source = columns[self.source]
        if self.follows and self.next < len(source.values) and self.next >= len(source.values) - HISTORY:
            return source.values[self.next]
        return source.values[-1] if source.values else b""

    def advance(self, columns):
        self.next = min(self.next + 1, len(columns[self.source].values))


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
            predictor.advance(columns)
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
    columns = []
    for _ in range(column_count):
        kind = cursor.varint()
        require(kind < 2 * (MAX_PREDICTORS + 1), "an unknown kind of column")
        sources = [cursor.varint() for _ in range(kind // 2)]
        require(all(source < 2 * column_count for source in sources), "no such source")
        columns.append(Column(kind % 2 == 1, [Predictor(source // 2, source % 2 == 1) for source in sources]))
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
        require(memory <= raw_length + (1 << 20), "the columns are too large")
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

"""Reference decoder of the markup filter (markup.md): plain and slow. Columns are decoded by field_column.py."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

MAX_RAW = 1 << 24


class Reader:
    """Takes values off the front of bytes; ValueError where there are none."""

    def __init__(self, data):
        self.data = data
        self.at = 0

    def left(self):
        return len(self.data) - self.at

    def byte(self):
        return self.take(1)[0]

    def take(self, length):
        if length > self.left():
            raise ValueError("a part ends early")
        self.at += length
        return self.data[self.at - length:self.at]

    def varint(self):
        value = 0
        for i in range(10):
            byte = self.byte()
            if i == 9 and byte > 1:
                break
            value |= (byte & 0x7F) << (7 * i)
            if byte < 0x80:
                if byte == 0 and i > 0:
                    break
                return value
        raise ValueError("a number does not end well")

    def until(self, last):
        """Bytes up to and with the first that `last` is true of."""
        begin = self.at
        while not last(self.byte()):
            pass
        return self.data[begin:self.at]


def split_parts(payload):
    reader = Reader(payload)
    count = reader.varint()
    if count > 65536 or count > len(payload):
        raise ValueError("too many parts")
    lengths = [reader.varint() for _ in range(count)]
    parts = [reader.take(length) for length in lengths]
    if reader.left():
        raise ValueError("bytes follow the parts")
    return parts


def single_codes(count, codes):
    leads = 0 if count <= codes else (count - codes + 254) // 255
    return codes - leads


def read_code(reader, first, single):
    return first if first < single else single + 256 * (first - single) + reader.byte()


def read_templates(part, columns):
    if len(part) > 1 << 19:
        raise ValueError("the templates are too long")
    reader = Reader(part)
    count = reader.varint()
    if count > 12000:
        raise ValueError("too many templates")
    templates, pieces = [], 0
    for _ in range(count):
        text, kind = reader.varint(), reader.varint()
        if text >= 4 + columns or kind == 2 or kind > 18:
            raise ValueError("a template that cannot be")
        tag = []
        if kind < 2:
            slots = reader.varint()
            if slots > 64:
                raise ValueError("too many values")
            for i in range(slots + 1):
                tag.append(reader.take(reader.varint()))
                if i < slots:
                    if not tag[-1]:
                        raise ValueError("no bytes before a value")
                    tag.append(reader.varint())
                    if tag[-1] >= 1 + columns:
                        raise ValueError("no such column")
            pieces += slots + 1
        templates.append((text, kind, tag))
    if reader.left() or pieces > 1 << 15:
        raise ValueError("too many bytes or pieces of templates")
    return templates


CODE_BYTES = [byte for byte in range(1, 0xFF) if not (byte in (9, 10, 12, 13) or 0x20 <= byte < 0x7F)]
WORD_BYTES = set(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz") | set(range(0x80, 0x100))


class PlainTexts:
    def __init__(self, part):
        self.reader = Reader(part)
        self.left = self.reader.left

    def next(self):
        return self.reader.until(lambda byte: byte == ord("<"))[:-1]


class WordTexts:
    def __init__(self, part):
        self.reader = Reader(part)
        self.left = self.reader.left
        self.ones, leads = self.reader.byte(), self.reader.byte()
        twos = int.from_bytes(self.reader.take(2), "little")
        dictionary = Reader(self.reader.take(int.from_bytes(self.reader.take(4), "little")))
        if self.ones + leads > len(CODE_BYTES) or twos > 256 * leads:
            raise ValueError("more words than codes")
        self.words, word = [], b""
        for _ in range(self.ones + twos):
            shared, rest = dictionary.byte(), dictionary.byte()
            if shared > len(word) or not 1 <= shared + rest <= 255:
                raise ValueError("a word of a wrong length")
            word = word[:shared] + dictionary.take(rest)
            self.words.append(word)
        if dictionary.left() or sum(map(len, self.words)) > 1 << 19:
            raise ValueError("the words are too long, or bytes follow them")
        self.codes = {byte: i for i, byte in enumerate(CODE_BYTES[:self.ones + leads])}

    def next(self):
        text, closed = b"", False
        while True:
            byte = self.reader.byte()
            if byte == ord("<"):
                return text
            if byte == 0xFF or byte not in self.codes:
                text += self.reader.take(1) if byte == 0xFF else bytes([byte])
                closed = False
                continue
            code = self.codes[byte]
            index = code if code < self.ones else self.ones + 256 * (code - self.ones) + self.reader.byte()
            if index >= len(self.words):
                raise ValueError("no such word")
            word = self.words[index]
            if closed and word[0] in WORD_BYTES and word[:1] != b"_":
                text += b" "
            text += word
            closed = word[-1] in WORD_BYTES


def read_texts(part):
    if not part:
        return PlainTexts(part)
    if part[0] > 1:
        raise ValueError("texts of no known form")
    return (PlainTexts, WordTexts)[part[0]](part[1:])


def read_shape(reader):
    head = reader.byte()
    if head > 63:
        raise ValueError("a shape that cannot be")
    return head, reader.take(head & 15)


class Numbers:
    def __init__(self, shapes, codes, digits, rare):
        self.codes, self.digits, self.rare = Reader(codes), Reader(digits), Reader(rare)
        reader = Reader(shapes)
        self.shapes = []
        while reader.left():
            self.shapes.append(read_shape(reader))
        if len(self.shapes) > 16384:
            raise ValueError("too many shapes")
        self.single = single_codes(len(self.shapes), 255)

    def next(self):
        value = b""
        while True:
            first = self.codes.byte()
            if first == 255:
                head, text = read_shape(self.rare)
            else:
                code = read_code(self.codes, first, self.single)
                if code >= len(self.shapes):
                    raise ValueError("no such shape")
                head, text = self.shapes[code]
            value += text
            if head & 16:
                for byte in self.digits.until(lambda byte: byte >= 100):
                    if byte > 209:
                        raise ValueError("no such digits")
                    value += b"%02d" % (byte % 100) if byte < 200 else b"%d" % (byte - 200)
            if head & 32:
                return value

    def left(self):
        return self.codes.left() + self.digits.left() + self.rare.left()


def name_of(template):
    rest = template[2][0][1:]
    for i, byte in enumerate(rest):
        if byte in b" \t\n\r/>":
            return rest[:i]
    return rest


def decode(filtered, raw_length, read_column=None):
    """The raw bytes. read_column(part) gives a list of all values of a column."""
    if read_column is None:
        import field_column
        read_column = field_column.decode_column
    if raw_length > MAX_RAW:
        raise ValueError("the block is too long")
    parts = split_parts(filtered)
    if not 7 <= len(parts) <= 7 + 160:
        raise ValueError("a wrong number of parts")
    columns = [list(reversed(read_column(part))) for part in parts[7:]]
    templates = read_templates(parts[0], len(columns))
    codes, texts, numbers = Reader(parts[1]), read_texts(parts[2]), Numbers(*parts[3:7])
    single = single_codes(len(templates), 256)
    stack, spaces, raw = [], [b""] * 256, bytearray()

    def value(slot, first_column):
        if slot < first_column:
            return numbers.next()
        if not columns[slot - first_column]:
            raise ValueError("a column ends early")
        return columns[slot - first_column].pop()

    while codes.left():
        code = read_code(codes, codes.byte(), single)
        if code >= len(templates):
            raise ValueError("no such template")
        text, kind, tag = templates[code]
        if kind > 2:
            if kind - 2 > len(stack):
                raise ValueError("no element to close")
            closed = stack[-(kind - 2)]
            del stack[-(kind - 2):]
        depth = min(len(stack), 255)
        if text == 1:
            raw += spaces[depth]
        elif text == 2:
            raw += texts.next()
        elif text >= 3:
            written = value(text, 4)
            raw += written
            if text == 4 and len(written) <= 32:
                spaces[depth] = written
        if kind > 2:
            raw += b"</" + name_of(closed) + b">"
        else:
            for i, piece in enumerate(tag):
                raw += piece if i % 2 == 0 else value(piece, 1)
            if kind == 1 and len(stack) < 1 << 15:
                stack.append(templates[code])
        if len(raw) > raw_length:
            raise ValueError("longer than the block")
    if len(raw) != raw_length or texts.left() or numbers.left() or any(columns):
        raise ValueError("ends short of the block, or has something left over")
    return bytes(raw)

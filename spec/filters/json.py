"""Reference decoder of the json filter (json.md): clear, not fast. Shares no code with the library.
As a program: json.py FILTERED RAW_LENGTH, raw bytes to standard output."""

import sys

from field_column import Cursor, FieldReader

KEY, BARE, QUOTED, FIRST_STYLE, RAISE, LOWER = 0x01, 0x02, 0x03, 0x04, 0x0E, 0x0F
MAX_RAW = 1 << 24
COLUMNS = 6


def require(holds, what):
    if not holds:
        raise ValueError(what)


def split_parts(filtered):
    cursor = Cursor(filtered)
    count = cursor.varint()
    require(COLUMNS <= count <= COLUMNS + 256, "a wrong number of parts")
    lengths = [cursor.varint() for _ in range(count)]
    parts = [cursor.take(length) for length in lengths]
    require(cursor.left() == 0, "bytes behind the parts")
    return parts


def styles_of(part):
    require(len(part) <= 4 and all(1 <= byte & 0x3F <= 16 for byte in part), "wrong styles")
    return [(b"\r\n" if byte & 0x80 else b"\n", (b"\t" if byte & 0x40 else b" ") * (byte & 0x3F)) for byte in part]


def skeletons_of(part, styles):
    cursor, skeletons = Cursor(part), []
    while cursor.left() > 0:
        skeleton = cursor.take(cursor.varint())
        require(1 <= len(skeleton) <= 64 and len(skeletons) < 4096, "skeletons are too many or too long")
        for i, byte in enumerate(skeleton):
            is_style = FIRST_STYLE <= byte < FIRST_STYLE + len(styles)
            is_slot = byte in (BARE, QUOTED) and i + 1 == len(skeleton)
            require(byte >= 0x20 or byte in b"\t\n\r" or byte in (KEY, RAISE, LOWER) or is_style or is_slot, "a wrong byte in a skeleton")
        require(skeleton.strip(bytes([RAISE, LOWER])) != b"" and skeleton.count(KEY) <= 1, "a skeleton is empty or has two keys")
        skeletons.append(skeleton)
    return skeletons


class Token:
    def __init__(self, skeleton, key, column, copies):
        self.skeleton, self.key, self.column, self.copies = skeleton, key, column, copies

    def text_length(self):
        printed = sum(byte >= 0x20 or byte in b"\t\n\r" or byte == QUOTED for byte in self.skeleton)
        return printed + (len(self.key) + 2 if self.key is not None else 0)

    def pieces(self):
        return 1 + sum(FIRST_STYLE <= byte < FIRST_STYLE + 4 for byte in self.skeleton)


def tokens_of(parts, skeletons):
    numbers, columns, keys = Cursor(parts[2]), Cursor(parts[3]), FieldReader(parts[4])
    tokens, named = [], set()
    while numbers.left() > 0:
        number = numbers.varint()
        require(number < len(skeletons) and len(tokens) < 65535, "too many tokens, or one without a skeleton")
        skeleton, key, column, copies = skeletons[number], None, None, False
        if KEY in skeleton:
            key = keys.next()
            require(len(key) <= 64, "a key is too long")
        if skeleton[-1] in (BARE, QUOTED):
            coded = columns.varint()
            column, copies = coded // 2, coded % 2 == 1
            require(column < len(parts) - COLUMNS, "a column that is not there")
            named.add(column)
        tokens.append(Token(skeleton, key, column, copies))
    keys.expect_end()
    require(columns.left() == 0 and len(named) == len(parts) - COLUMNS, "columns that no token names")
    require(sum(token.text_length() for token in tokens) <= 1 << 19 and sum(token.pieces() for token in tokens) <= 1 << 16, "too long a dictionary")
    return tokens


class Structure:
    """Names the tokens in their order."""

    def __init__(self, codes, count):
        self.codes, self.count = Cursor(codes), count
        self.single = 255 if count <= 255 else 255 - (count - 255 + 254) // 255
        self.history = [0, 0, 0, 0]
        self.left, self.period = 0, 1

    def code(self):
        byte = self.codes.byte()
        if byte == 255:
            run = self.codes.varint()
            require(4 <= run and run // 4 <= MAX_RAW, "a run of a wrong length")
            self.left, self.period = run // 4, run % 4 + 1
            return None
        return byte if byte < self.single else self.single + 256 * (byte - self.single) + self.codes.byte()

    def next(self):
        token = self.code() if self.left == 0 else None
        if token is None:
            self.left -= 1
            token = self.history[-self.period]
        require(token < self.count, "an unknown token")
        self.history = self.history[1:] + [token]
        return token

    def expect_end(self):
        require(self.left == 0 and self.codes.left() == 0, "the structure goes on")


class Output:
    def __init__(self, styles, columns):
        self.styles, self.columns = styles, columns
        self.last = [b""] * len(columns)
        self.level, self.raw = 0, bytearray()

    def value(self, token, slot):
        if token.copies:
            value = self.last[token.column]
            require(value != b"", "nothing to copy")
            return value
        value = self.last[token.column] = self.columns[token.column].next()
        require(slot == QUOTED or value != b"", "a bare value is empty")
        return value

    def put(self, token):
        for i, byte in enumerate(token.skeleton):
            if byte == KEY:
                self.raw += b'"' + token.key + b'"'
            elif byte == BARE:
                self.raw += self.value(token, byte)
            elif byte == QUOTED:
                self.raw += b'"' + self.value(token, byte) + b'"'
            elif byte in (RAISE, LOWER):
                self.level += 1 if byte == RAISE else -1
            elif FIRST_STYLE <= byte < FIRST_STYLE + 4:
                line_end, unit = self.styles[byte - FIRST_STYLE]
                closing = token.skeleton[i + 1:i + 2] in (b"}", b"]")
                self.raw += line_end + unit * max(0, self.level - closing)
            else:
                self.level += (byte in b"{[") - (byte in b"}]")
                self.raw.append(byte)


def decode(filtered, raw_length):
    require(raw_length <= MAX_RAW, "too long a block")
    parts = split_parts(filtered)
    styles = styles_of(parts[0])
    tokens = tokens_of(parts, skeletons_of(parts[1], styles))
    columns = [FieldReader(part) for part in parts[COLUMNS:]]
    structure = Structure(parts[5], len(tokens))
    output = Output(styles, columns)
    while len(output.raw) < raw_length:
        output.put(tokens[structure.next()])
    require(len(output.raw) == raw_length, "more than the block")
    structure.expect_end()
    for column in columns:
        column.expect_end()
    return bytes(output.raw)


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as file:
        sys.stdout.buffer.write(decode(file.read(), int(sys.argv[2])))

"""Reference decoder of columns of fields (field-column.md): clear, not fast. Shares no code with the library."""

import datetime

MASK = (1 << 64) - 1
MINIMUM_TYPED = 256
MINIMUM_WORD_PART = 4096
MAX_ENTRIES = 65535
MAX_COMPOSED = 256
MAX_SHAPE_COLUMNS = 16
MAX_PADDED = 200
MAX_DEPTH = 3
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
WEEKDAYS = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]


class Cursor:
    """The bytes of a part, taken from the front."""

    def __init__(self, data):
        self.data = bytes(data)
        self.at = 0

    def left(self):
        return len(self.data) - self.at

    def take(self, count):
        if count > self.left():
            raise ValueError("a part ends early")
        self.at += count
        return self.data[self.at - count:self.at]

    def rest(self):
        return self.take(self.left())

    def byte(self):
        return self.take(1)[0]

    def varint(self):
        value = 0
        for i in range(10):
            byte = self.byte()
            value |= (byte & 0x7F) << (7 * i)
            if byte < 0x80:
                if (byte == 0 and i > 0) or value > MASK:
                    break
                return value
        raise ValueError("a varint does not end well")

    def signed(self):
        return unzigzag(self.varint())

    def terminated(self, terminator):
        end = self.data.find(bytes([terminator]), self.at)
        if end < 0:
            raise ValueError("a value does not end")
        value = self.take(end - self.at)
        self.at += 1
        return value


def unzigzag(value):
    return (value >> 1) ^ (MASK if value & 1 else 0)


def text_values(cursor):
    if cursor.left() == 0:
        raise ValueError("no terminator")
    terminator = cursor.byte()
    if cursor.left() and cursor.data[-1] != terminator:
        raise ValueError("the last value does not end")
    while cursor.left():
        yield cursor.terminated(terminator)


def length_values(cursor):
    while cursor.left():
        yield cursor.take(cursor.varint())


def constant_values(cursor):
    count = cursor.varint()
    value = cursor.rest()
    for _ in range(count):
        yield value


def dictionary_values(cursor):
    entry_count, count = cursor.varint(), cursor.varint()
    if entry_count > MAX_ENTRIES or 8 * entry_count > cursor.left():
        raise ValueError("too many entries")
    terminator = cursor.byte() if cursor.left() else 0
    entries = [cursor.terminated(terminator) for _ in range(entry_count)]
    indices = cursor.rest()
    wide = entry_count > 256
    if len(indices) != count * (2 if wide else 1):
        raise ValueError("indices are cut or too many")
    for i in range(count):
        index = indices[i] | (indices[count + i] << 8 if wide else 0)
        if index >= entry_count:
            raise ValueError("an index of no entry")
        yield entries[index]


def numbers_of(cursor):
    count = cursor.varint()
    layout = cursor.byte()
    step_kind, width = layout & 3, (layout >> 4) + 1
    if layout >= 0x80 or step_kind == 3:
        raise ValueError("unknown layout")
    offset = cursor.signed()
    value = cursor.signed() if step_kind >= 1 else 0
    step = cursor.signed() if step_kind == 2 else 0
    data = cursor.rest()
    if len(data) != count * width:
        raise ValueError("numbers are cut or too many")
    for i in range(count):
        word = bytes(data[i * width + b] if layout & 8 else data[b * count + i] for b in range(width))
        word = int.from_bytes(word, "little")
        word = ((unzigzag(word) if layout & 4 else word) + offset) & MASK
        if step_kind == 0:
            yield word
        else:
            step = word if step_kind == 1 else (step + word) & MASK
            value = (value + step) & MASK
            yield value


def spell_number(form, digits, number):
    if form in (1, 2):
        text = ("%x" if form == 1 else "%X") % number if number else ""
        return text.rjust(digits, "0").encode()
    signed = number - (1 << 64) if number >> 63 else number
    sign = "-" if signed < 0 else ""
    magnitude = str(abs(signed)) if signed else ""
    if form == 0:
        return (sign + magnitude.rjust(digits, "0")).encode()
    magnitude = magnitude.rjust(digits + 1, "0")
    whole, fraction = magnitude[:len(magnitude) - digits], magnitude[len(magnitude) - digits:]
    if form != 3:
        stripped = fraction.rstrip("0")
        fraction = fraction[:1] if form == 5 and not stripped else stripped
    return (sign + whole + ("." + fraction if fraction else "")).encode()


def time_pattern(pattern, digits):
    """The pattern as texts and codes, and how many units a day has."""
    units_of = dict(zip("YmdebaHMSf", [1, 1, 1, 1, 1, 1, 24, 1440, 86400, 86400 * 10**digits]))
    pieces, units, i = [], 0, 0
    while i < len(pattern):
        if pattern[i] != ord("%"):
            pieces.append((None, pattern[i:i + 1]))
            i += 1
            continue
        code = pattern[i + 1:i + 2].decode("latin-1")
        if code not in units_of or not code:
            raise ValueError("unknown code")
        units = max(units, units_of[code])
        pieces.append((code, b""))
        i += 2
    if units == 0 or len(pattern) > 40:
        raise ValueError("no pattern")
    return pieces, units


def civil(day):
    """Python knows the years 1 to 9999; year 0 is a leap year like year 4."""
    shift = 4 * 365 + 1 if day < -719162 else 0
    date = datetime.date.fromordinal(day + 719163 + shift)
    return (date.year - (4 if shift else 0), date.month, date.day)


def spell_time(pieces, units, digits, number):
    number = number - (1 << 64) if number >> 63 else number
    day, of_day = divmod(number, units)
    if not -719528 <= day <= 2932896:
        raise ValueError("a year of more than four digits")
    year, month, day_of_month = civil(day)
    if units <= 86400:
        seconds, fraction = of_day * (86400 // units), 0
    else:
        seconds, fraction = divmod(of_day, units // 86400)
    text = {
        "Y": "%04d" % year, "m": "%02d" % month, "d": "%02d" % day_of_month, "e": "%2d" % day_of_month, "b": MONTHS[month - 1],
        "a": WEEKDAYS[day % 7], "H": "%02d" % (seconds // 3600), "M": "%02d" % (seconds // 60 % 60), "S": "%02d" % (seconds % 60),
        "f": str(fraction).rjust(digits, "0") if digits else "",
    }
    value = b"".join(literal if code is None else text[code].encode() for code, literal in pieces)
    if not value:
        raise ValueError("a time of no text")
    return value


def number_values(cursor):
    form, digits = cursor.byte(), cursor.byte()
    if form == 6:
        if digits > 9:
            raise ValueError("too many digits")
        pieces, units = time_pattern(cursor.take(cursor.byte()), digits)
        numbers = numbers_of(cursor)
        return (spell_time(pieces, units, digits, number) for number in numbers)
    if form > 6 or digits > 18:
        raise ValueError("unknown form")
    return (spell_number(form, digits, number) for number in numbers_of(cursor))


def spell_scientific(spelling, precision, signed, exponent):
    upper, plus, least, exact = spelling & 1, spelling & 2, (spelling >> 3 & 3) + 1, spelling & 32
    if spelling < 4:
        plus, least = True, 2
    if exact:
        digits = "%0*d" % (precision + 1, abs(signed))
        if len(digits) > precision + 1:
            raise ValueError("a mantissa of too many digits")
        digits = ("-" if signed < 0 else "") + digits[0] + "." + digits[1:]
    else:
        digits, shown = ("%.*e" % (precision, float("%de%d" % (signed, exponent)))).split("e")
        exponent = int(shown)
    return digits + ("E" if upper else "e") + ("-" if exponent < 0 else "+" if plus else "") + "%0*d" % (least, abs(exponent))


def spell_float(spelling, precision, mantissa, exponent):
    signed = mantissa - (1 << 64) if mantissa >> 63 else mantissa
    if spelling >= 2:
        return spell_scientific(spelling, precision, signed, exponent - 128).encode()
    behind = 128 - exponent
    if not 0 <= behind <= 40:
        raise ValueError("too many digits behind the point, or fewer than none")
    digits = str(abs(signed)).rjust(behind + 1, "0")
    whole, fraction = digits[:len(digits) - behind], digits[len(digits) - behind:]
    if spelling == 1 and whole == "0" and signed:
        whole = ""
    return (("-" if signed < 0 else "") + whole + ("." + fraction if fraction else "")).encode()


def float_values(cursor):
    spelling, precision = cursor.byte(), cursor.byte()
    flagged = 4 <= spelling < 64 and spelling & 4 and spelling >> 3 & 3 < 3 and spelling & 58 != 10
    most = 17 if spelling & 32 else 18
    if (spelling > 3 and not flagged) or not (1 <= precision <= most if spelling >= 2 else precision == 0):
        raise ValueError("unknown spelling or precision")
    exponents = cursor.take(cursor.varint())
    mantissas = numbers_of(cursor)
    for exponent in exponents:
        mantissa = next(mantissas, None)
        if mantissa is None:
            raise ValueError("more exponents than mantissas")
        yield spell_float(spelling, precision, mantissa, exponent)
    if next(mantissas, None) is not None:
        raise ValueError("more mantissas than exponents")


def shared_values(cursor):
    count = cursor.varint()
    shares = cursor.take(count)
    terminator = cursor.byte()
    value = b""
    for share in shares:
        if share > len(value):
            raise ValueError("more shared than there is")
        value = value[:share] + cursor.terminated(terminator)
        if len(value) > MAX_COMPOSED:
            raise ValueError("a value is too long")
        yield value
    if cursor.left():
        raise ValueError("text that nothing takes")


def hex_values(cursor):
    flags = cursor.byte()
    length = cursor.varint()
    if flags > 3 or length > MAX_COMPOSED:
        raise ValueError("unknown flags or too long")
    pattern = cursor.take(length)
    digits = pattern.count(0)
    data = cursor.rest()
    if digits == 0 or digits % 2 or len(data) % (digits // 2):
        raise ValueError("no pattern, or bytes are cut")
    width = digits // 2
    count = len(data) // width
    for i in range(count):
        value = data[i::count] if flags & 2 else data[i * width:(i + 1) * width]
        text = iter(value.hex().upper() if flags & 1 else value.hex())
        yield bytes(byte or ord(next(text)) for byte in pattern)


def shaped_values(cursor, depth):
    whole = cursor.left()
    count = cursor.varint()
    if not 1 <= count <= MAX_SHAPE_COLUMNS or 64 * count > whole or depth > 1:
        raise ValueError("too many columns or none")
    texts = [cursor.take(cursor.varint()) for _ in range(count + 1)]
    lengths = [cursor.varint() for _ in range(count - 1)]
    columns = [FieldReader(cursor.take(length), depth + 1) for length in lengths]
    columns.append(FieldReader(cursor.rest(), depth + 1))
    while not all(column.at_end() for column in columns):
        value = texts[0] + b"".join(column.next() + text for column, text in zip(columns, texts[1:]))
        if len(value) > MAX_COMPOSED:
            raise ValueError("a value is too long")
        yield value


def patched_values(cursor, depth):
    gaps_length, exceptions_length = cursor.varint(), cursor.varint()
    gaps = Cursor(cursor.take(gaps_length))
    exceptions = FieldReader(cursor.take(exceptions_length), MAX_DEPTH + 1)
    others = FieldReader(cursor.rest(), depth + 1)
    while gaps.left():
        for _ in range(gaps.varint()):
            yield others.next()
        yield exceptions.next()
    if not exceptions.at_end():
        raise ValueError("an exception without a position")
    while not others.at_end():
        yield others.next()


CODE_BYTES = [byte for byte in range(1, 0xFF) if not (byte in (9, 10, 12, 13) or 0x20 <= byte < 0x7F)]
WORD_BYTES = set(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz") | set(range(0x80, 0x100))


def read_words(cursor, size):
    """Their codes' first bytes by number, how many of these are words of one byte, and the words."""
    ones, leads = cursor.byte(), cursor.byte()
    twos = int.from_bytes(cursor.take(2), "little")
    dictionary = Cursor(cursor.take(int.from_bytes(cursor.take(4), "little")))
    if ones + leads > len(CODE_BYTES) or twos > 256 * leads or ones + twos > size // 32 + 256:
        raise ValueError("too many words")
    words, word = [], b""
    for _ in range(ones + twos):
        shared, rest = dictionary.byte(), dictionary.byte()
        if shared > len(word) or not 1 <= shared + rest <= 255:
            raise ValueError("a word of a wrong length")
        word = word[:shared] + dictionary.take(rest)
        words.append(word)
    if dictionary.left() or sum(map(len, words)) > min(size // 8 + 4096, 1 << 19):
        raise ValueError("the words are too long, or bytes follow them")
    return {byte: i for i, byte in enumerate(CODE_BYTES[:ones + leads])}, ones, words


def words_values(cursor):
    size = len(cursor.data)
    if size < MINIMUM_WORD_PART:
        raise ValueError("too short a part for words")
    codes, ones, words = read_words(cursor, size)
    while cursor.left():
        value, closed = b"", False
        while (byte := cursor.byte()) != 0:
            if byte in codes:
                index = codes[byte] if codes[byte] < ones else ones + 256 * (codes[byte] - ones) + cursor.byte()
                if index >= len(words):
                    raise ValueError("no such word")
                if closed and words[index][0] in WORD_BYTES and words[index][:1] != b"_":
                    value += b" "
                value += words[index]
                closed = words[index][-1] in WORD_BYTES
            else:
                value += cursor.take(1) if byte == 0xFF else bytes([byte])
                closed = False
        if len(value) > size // 8:
            raise ValueError("a value is too long")
        yield value


def padded_values(cursor, depth):
    place, width = cursor.byte(), cursor.byte()
    if depth > 0 or place > 1 or not 1 <= width <= MAX_PADDED:
        raise ValueError("a wrong place or width, or a padded column within another")
    values = FieldReader(cursor.rest(), depth + 1)
    while not values.at_end():
        value = values.next()
        if len(value) > width:
            raise ValueError("a value is too long")
        yield value.ljust(width) if place else value.rjust(width)


class FieldReader:
    """Values front to back. ValueError for a part that contradicts itself: at the latest when the value in question is taken."""

    def __init__(self, part, depth=0):
        cursor = Cursor(part)
        encoding = cursor.byte() if part else 0
        plain = [length_values, text_values, constant_values]
        if encoding < len(plain):
            self.values = plain[encoding](cursor)
        elif encoding > 11 or depth > MAX_DEPTH or len(part) < MINIMUM_TYPED:
            raise ValueError("an unknown encoding, or one that does not belong here")
        elif encoding in (6, 7, 11):
            self.values = {6: shaped_values, 7: patched_values, 11: padded_values}[encoding](cursor, depth)
        else:
            self.values = {3: dictionary_values, 4: number_values, 5: shared_values, 8: hex_values, 9: float_values, 10: words_values}[encoding](cursor)
        self.ahead = next(self.values, None)

    def at_end(self):
        return self.ahead is None

    def next(self):
        if self.ahead is None:
            raise ValueError("a column ends early")
        value, self.ahead = self.ahead, next(self.values, None)
        return value

    def expect_end(self):
        if self.ahead is not None:
            raise ValueError("values that nothing takes")


def decode_column(part):
    """All values of a part."""
    reader = FieldReader(part)
    values = []
    while not reader.at_end():
        values.append(reader.next())
    return values

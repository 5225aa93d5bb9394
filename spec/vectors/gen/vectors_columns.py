"""Faults in the directory of columns and in the encodings of integers (spec 6, 6.1)."""

from columns import BY_NAME, dictionary, differences, frame, number, packed, zero_run
from ids import COLUMNS, ENCODINGS
from pages import new_column
from vector import Vector, column_setting, mixed, setting
from wire import u8

TOP = (1 << 64) - 1
ROLE = "page:catalog_leaf0"
NAMES = {column_id: name for name, column_id in COLUMNS.items()}


def _fault(name, what, edit, failure_class="corrupt", stage="list", also="", role=ROLE):
    return Vector(name, what, mixed(name, {role: edit}).bytes(), failure_class, stage, more={"also": also} if also else {})


# --- the directory ---

def _added(**fields):
    def edit(page):
        column = new_column(0x4001, ENCODINGS["bytes"], 3, b"new")
        column.__dict__.update(fields)
        page.columns.append(column)
    return edit


def _swapped(page):
    page.columns[3], page.columns[4] = page.columns[4], page.columns[3]


def _repeated(page):
    page.columns.insert(4, page.columns[3])


def directory():
    yield _fault("column_must_understand", "A column of an unknown id that must be understood.", _added(flags=1), "unsupported")
    yield _fault("column_flags", "Reserved flags of a known column.", column_setting("mode", flags=2))
    yield _fault("column_unknown_flags", "Reserved flags of a column of an unknown id.", _added(flags=128))
    yield _fault("column_order", "Two columns in the wrong order.", _swapped)
    yield _fault("column_twice", "A column twice.", _repeated)
    yield _fault("column_id_zero", "Column id 0 behind the others.", _added(id=0))
    yield _fault("column_length_long", "A column longer than the page has left.", column_setting("xattr_bytes", length=1000), "truncated", also="corrupt")
    yield _fault("column_length_huge", "A column of 2^64 - 1 bytes.", column_setting("xattr_bytes", length=TOP), "truncated", also="corrupt limit")
    yield _fault("column_length_short", "The last column one byte shorter than what is there.",
                 column_setting("xattr_bytes", length=14, count=14), "corrupt", also="trailing_data truncated")
    yield _fault("column_count_more", "A directory that counts one column more than it has.", _one_more, "corrupt",
                 also="truncated trailing_data unsupported limit")
    yield _fault("column_count_less", "A directory that counts one column less than it has.", _one_less, "corrupt",
                 also="truncated trailing_data unsupported limit")
    yield _fault("column_count_limit", "65 columns.", _many, "limit")
    yield _fault("column_count_huge", "65,535 columns claimed.", setting(column_count=65_535), "limit", also="truncated")
    yield _fault("column_values_more", "A column of one value more than the page has rows.", column_setting("uid", count=7))
    yield _fault("column_values_less", "A column of one value less than the page has rows.", column_setting("uid", count=5))
    yield _fault("column_values_zero", "A column of no values.", column_setting("uid", count=0))
    yield _fault("column_values_huge", "A constant column of 2^32 - 1 values in a page of six rows.", column_setting("gid", count=(1 << 32) - 1), also="limit")
    yield _fault("column_bytes_count", "A column of bytes whose number of values is not its length.", column_setting("path_suffix", count=1))
    yield _fault("column_encoding_zero", "Encoding 0.", column_setting("mode", encoding=0), "unsupported", also="corrupt")
    yield _fault("column_encoding_unknown", "An unknown encoding.", column_setting("mode", encoding=15), "unsupported", also="corrupt")
    yield _fault("column_integers_as_bytes", "Bytes where integers belong.", column_setting("mode", encoding=ENCODINGS["bytes"]), also="unsupported")
    yield _fault("column_bytes_as_integers", "Integers where bytes belong.", column_setting("path_suffix", encoding=ENCODINGS["constant"]), also="unsupported")
    for length in (0, 31, 40):
        yield Vector(f"page_of_{length}_bytes", f"A page of {length} bytes.", mixed(f"page_of_{length}_bytes", {
            "raw:catalog_leaf0": lambda raw: raw[:length]}).bytes(), "truncated", "list", more={"also": "corrupt"})


def _one_more(page):
    page.column_count = len(page.columns) + 1


def _one_less(page):
    page.column_count = len(page.columns) - 1


def _many(page):
    while len(page.columns) < 65:
        page.columns.append(new_column(0x4001 + len(page.columns), ENCODINGS["bytes"], 3, b"new"))


# --- encodings ---

def _coded(column, encoding, data):
    return column_setting(column, encoding=ENCODINGS[encoding], data=data)


def _encoding_faults(column, encoding, cases):
    for name, what, data, failure_class, also in cases:
        yield _fault(f"{encoding}_{name}", f"{encoding}: {what}", _coded(column, encoding, data), failure_class, also=also)


KINDS = [2, 1, 1, 3, 4, 1]  # the values of the column `kind`


def numbers_and_constants():
    """`gid` has six values of 1000."""
    yield from _encoding_faults("gid", "constant", [
        ("short", "a byte too few.", b"\x02\xe8", "truncated", "corrupt"), ("long", "a byte too many.", b"\x02\xe8\x03\0", "trailing_data", "corrupt"),
        ("empty", "no bytes for six values.", b"", "truncated", "corrupt"), ("leading_zero", "a number with a leading zero.", b"\x03\xe8\x03\0", "corrupt", ""),
        ("zero_of_one_byte", "a zero of one byte.", b"\x01\0", "corrupt", ""), ("nine_bytes", "a number of nine bytes.", b"\x09" + b"\x01" * 9, "corrupt", "")])


def frames_of_reference():
    good = frame(KINDS)
    yield from _encoding_faults("kind", "frame_of_reference", [
        ("short", "a byte too few.", good[:-1], "truncated", "corrupt"), ("long", "a byte too many.", good + b"\0", "trailing_data", "corrupt"),
        ("width_65", "width 65.", u8(65) + number(1) + bytes(49), "corrupt", ""), ("width_255", "width 255.", u8(255) + number(1) + bytes(192), "corrupt", ""),
        ("padding", "a padding bit that is not zero.", good[:-1] + bytes([good[-1] | 0x80]), "corrupt", ""),
        ("overflow", "a sum over 64 bits.", u8(64) + number(2) + packed([TOP, 999, 999, 999, 999, 999], 64), "corrupt", "")])


def deltas():
    good = differences(KINDS)
    yield from _encoding_faults("kind", "delta", [
        ("short", "a byte too few.", good[:-1], "truncated", "corrupt"), ("long", "a byte too many.", good + b"\0", "trailing_data", "corrupt"),
        ("width_65", "width 65.", number(2) + u8(65) + number(1) + bytes(41), "corrupt", ""),
        ("padding", "a padding bit that is not zero.", good[:-1] + bytes([good[-1] | 0x80]), "corrupt", ""),
        ("empty", "no bytes for six values.", b"", "truncated", "corrupt")])


def zero_runs():
    """`mtime_nanoseconds` is 0 but for the third of six."""
    gaps, values = frame([2]), frame([5])
    yield from _encoding_faults("mtime_nanoseconds", "zero_run", [
        ("short", "a byte too few.", zero_run([0, 0, 5, 0, 0, 0])[:-1], "truncated", "corrupt"),
        ("long", "a byte too many.", zero_run([0, 0, 5, 0, 0, 0]) + b"\0", "trailing_data", "corrupt"),
        ("position", "a position past the last value.", number(1) + frame([6]) + values, "corrupt", ""),
        ("position_huge", "positions whose sum passes 2^64.", number(2) + frame([2, TOP - 2]) + frame([5, 5]), "corrupt", ""),
        ("stored_zero", "a stored zero.", number(1) + gaps + frame([0]), "corrupt", ""),
        ("count", "more exceptions than values.", number(7) + frame([0] * 7) + frame([5] * 7), "corrupt", ""),
        ("count_huge", "2^64 - 1 exceptions.", number(TOP) + frame([0]) + frame([5]), "corrupt", "")])


def dictionaries():
    good, words = dictionary(KINDS), differences([1, 2, 3, 4])
    indices, none = packed([1, 0, 0, 2, 3, 0], 2), number(0)
    yield from _encoding_faults("kind", "dictionary", [
        ("short", "a byte too few.", good[:-1], "truncated", "corrupt"), ("long", "a byte too many.", good + b"\0", "trailing_data", "corrupt"),
        ("size_0", "a dictionary of no values.", number(0) + indices + none, "corrupt", ""),
        ("size_4097", "a dictionary of 4,097 values.", number(4097) + differences(list(range(4097))) + packed([2, 1, 1, 3, 4, 1], 13) + none, "corrupt",
         "limit"),
        ("size_huge", "a dictionary of 2^64 - 1 values.", number(TOP) + words + indices + none, "corrupt", "limit"),
        ("descends", "a dictionary that descends.", number(4) + differences([1, 2, 4, 3]) + packed([1, 0, 0, 3, 2, 0], 2) + none, "corrupt", ""),
        ("twice", "a value twice in the dictionary.", number(4) + differences([1, 1, 3, 4]) + packed([1, 0, 0, 2, 3, 0], 2) + none, "corrupt", ""),
        ("index", "an index past the dictionary.", number(3) + differences([1, 2, 3]) + packed([1, 0, 0, 2, 3, 0], 2) + none, "corrupt", ""),
        ("padding", "a padding bit that is not zero.", number(4) + words + bytes([indices[0], indices[1] | 0x80]) + none, "corrupt", ""),
        ("patched_index", "an index that is not zero at a patched position.",
         number(3) + differences([1, 2, 3]) + packed([1, 0, 0, 2, 1, 0], 2) + number(1) + frame([4]) + frame([4]), "corrupt", ""),
        ("patch_position", "a patch past the last value.", number(4) + words + indices + number(1) + frame([6]) + frame([4]), "corrupt", ""),
        ("patch_count", "more patches than values.", number(4) + words + packed([0] * 6, 2) + number(7) + frame([0] * 7) + frame([1] * 7), "corrupt", "")])
    one = number(1) + number(1000)
    yield from _encoding_faults("gid", "dictionary", [
        ("one_with_width", "one value, with a width of differences.", one + u8(3) + number(0) + none, "corrupt", ""),
        ("one_with_difference", "one value, with a lowest difference.", one + u8(0) + number(2) + none, "corrupt", "")])


def right_encodings():
    """Every integer column of a package in one encoding, where that can hold it."""
    for encoding in BY_NAME:
        name = f"columns_{encoding}"
        package = mixed(name, {stage: edit for role in ("catalog_leaf0", "manifest0", "chunk_leaf0") for stage, edit in _reencoded(role, encoding)})
        yield Vector(name, f"Every integer column in {encoding}, where it can hold it.", package.bytes(), expected=package.commits[-1])
    patched = mixed("columns_patched", {"page:catalog_leaf0": _coded("kind", "dictionary", dictionary(KINDS, [1])),
                                        "page:manifest0": _coded("size", "dictionary", dictionary([0, 5, 9, 0, 0, 110], [0, 5]))})
    yield Vector("columns_patched", "Dictionaries with patches.", patched.bytes(), expected=patched.commits[-1])


def _reencoded(role, encoding):
    tables = {}

    def edit(page):
        for column in page.columns:
            values = tables[NAMES[column.id]]
            if not isinstance(values, bytes) and (encoding != "constant" or len(set(values)) == 1):
                column.encoding, column.data = ENCODINGS[encoding], BY_NAME[encoding](values)

    return [(f"table:{role}", lambda table: tables.update(table)), (f"page:{role}", edit)]


def vectors():
    for group in (directory, numbers_and_constants, frames_of_reference, deltas, zero_runs, dictionaries, right_encodings):
        yield from group()

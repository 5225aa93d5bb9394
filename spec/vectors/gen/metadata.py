"""The metadata of a package: section 2 of a placement (spec 7.1)."""

import unicodedata

from failure import Cursor, Failure, require

SECTION = 2
MOST_PAIRS, MOST_NAME_BYTES, MOST_VALUE_BYTES, MOST_BYTES = 4096, 255, 1 << 16, 1 << 20


def of_sections(sections):
    """Name to value, both text; nothing if no section has it."""
    found = [data for section_id, data in sections if section_id == SECTION]
    require(len(found) <= 1, "metadata twice")
    return _pairs(found[0]) if found else {}


def _pairs(data):
    require(len(data) <= MOST_BYTES, "metadata: larger than the limit", "limit")
    try:
        return _read_pairs(Cursor(data, "metadata"))
    except Failure as failure:
        failure.failure_class = "limit" if failure.failure_class == "limit" else "corrupt"
        raise


def _read_pairs(it):
    pairs, before = {}, b""
    count = it.integer(2)
    require(count > 0, "metadata without a pair")
    require(count <= MOST_PAIRS, "metadata: more pairs than the limit", "limit")
    for _ in range(count):
        name = it.take(it.integer(2))
        length = it.integer(4)
        require(length <= MOST_VALUE_BYTES, "metadata: a value longer than the limit", "limit")
        value = it.take(length)
        require(before < name and len(name) <= MOST_NAME_BYTES, "metadata: names")
        before = name
        pairs[_name(name)] = _text(value)
    it.finish()
    return pairs


def _name(name):
    text = _text(name)
    require(not any(unicodedata.category(character) == "Cc" for character in text), "metadata: a control character in a name")
    return text


def _text(data):
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise Failure("corrupt", "metadata: not UTF-8") from None

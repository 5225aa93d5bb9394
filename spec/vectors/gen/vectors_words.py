"""The filter `words` (spec 5): what it can say, and faults in its chain, its dictionary and its codes."""

import payloads
from ids import CODECS
from package import Package
from vector import Vector, close, hello, regular

# --- a small text, put into codes by hand: six one-byte words (codes 01 to 06), one lead (07), four two-byte words ---

WORDS = [b"river", b"the", "\u00e9t\u00e9".encode(), b", ", b"_id", b"runs", b"under", b"underground", b"under", b"7 seas_"]
ONE, LEADS, TWO = 6, 1, 4
TOKENS = [
    1, 0, 5, 6, 1, b" city", 3, 9, 7, b".\n",         # spaces between the, river, runs, under, the; none around the comma
    1, 4, b" = \xff\x01\xff\x07\xff\xff\x08\x00\n",   # none before _id; escapes for codes, lead and escape; 08 and 00 stand for themselves
    1, b"\xffm", 0, b" ", 0, b"\xff ", 2, 4, 4,       # a literal, escaped or not, between two codes: no space
    8, b"\n",                                         # _id closes, so that under has a space before it
    *[1, 7, 0, 5, 7] * 6, b"\xff\xff", 9]
CONTENT = ("the river runs under the city, 7 seas_ underground.\n".encode() + b"the_id = \x01\x07\xff\x08\x00\n"
           + b"themriver river " + "\u00e9t\u00e9".encode() + b"_id_id under\n"
           + b" ".join([b"the underground river runs underground"] * 6) + b"\xff7 seas_")


def small(dictionary=None, codes=None, one=ONE, leads=LEADS, two=TWO, length=None):
    dictionary = payloads.words_dictionary(WORDS) if dictionary is None else dictionary
    return payloads.words_filtered(one, leads, two, dictionary, payloads.words_tokens(TOKENS, ONE) if codes is None else codes, length)


def _ok(name, what, filtered, compressor, content):
    package = hello(name, codec=payloads.words_chain(filtered, compressor), content=content)
    return Vector(name, what, package.bytes(), expected=package.commits[-1])


def right():
    yield _ok("words_zstd", "Words and zstd: words of one and of two bytes, literals, escapes, spaces that are implied and spaces that are not.",
              small(), payloads.zstd_raw, CONTENT)
    yield _ok("words_all_codes", "Words and LZ4: all 155 codes, two of them leads; 300 two-byte words.", *_all_codes())
    yield _ok("words_longest", "Words and LZ4: words of 255 bytes, 1 MiB in all, in a payload of one kilobyte.", *_longest(16))
    yield _ok("words_lzma2", "Words and LZMA2.", small(), payloads.lzma2_stored, CONTENT)
    package = Package("words_block_as_base")
    package.block([CONTENT], _lz4(small()))
    tail = b"twelve bytes"
    package.block([CONTENT[:40] + tail], (payloads.lz4_chain(), payloads.lz4_sequence(b"", len(CONTENT), 40) + payloads.lz4_sequence(tail)), base=0)
    close(package, [regular(b"base", 0), regular(b"derived", 1)])
    yield Vector("words_block_as_base", "A block of words that is another block's base.", package.bytes(), expected=package.commits[-1])


def _all_codes():
    words = [b"number%03d" % number for number in range(453)]
    codes = payloads.words_tokens(range(453), 153)
    return payloads.words_filtered(153, 2, 300, payloads.words_dictionary(words), codes), payloads.lz4_literals, b" ".join(words)


def _longest(last):
    """4,112 words of 255 bytes and one of `last`; 16 is the most."""
    head, word, end = bytes([0, 255]) + b"a" * 255, bytes([254, 1]) + b"a", bytes([last, 0])
    dictionary = head + word * 4111 + end
    codes = b"\x01" * 80 + b"\x02\x00" + bytes([payloads.WORDS_CODES[17], 15])  # words 0, 1 and 4,112
    filtered = payloads.words_filtered(1, 17, 4112, dictionary, codes)
    assert 1 + 256 * 16 + 15 == 4112
    start, tail = filtered[:8 + len(head) + 3], end + codes
    payload = payloads.lz4_sequence(start, 3, 3 * 4110) + payloads.lz4_sequence(tail)
    return filtered, lambda _: (payloads.lz4_chain(), payload), b" ".join([b"a" * 255] * 81 + [b"a" * last])


# --- faults ---

def _lz4(filtered, length=None):
    return payloads.words_chain(filtered, payloads.lz4_literals, length)


def _fault(name, what, chain_and_payload, content=CONTENT, also="", stage="read"):
    data = hello(name, codec=chain_and_payload, content=content).bytes()
    return Vector(name, what, data, "corrupt", stage, more={"also": also} if also else {})


def _dictionary_with(number, entry):
    """The dictionary with one word's entry as given."""
    whole = payloads.words_dictionary
    first, upto = len(whole(WORDS[:number])), len(whole(WORDS[:number + 1]))
    data = whole(WORDS)
    return data[:first] + entry + data[upto:]


def wrong():
    dictionary, codes = payloads.words_dictionary(WORDS), payloads.words_tokens(TOKENS, ONE)
    cases = [
        ("no_such_word", "A number one behind the last word.", small(payloads.words_dictionary(WORDS[:-1]), two=TWO - 1)),
        ("escape_cut", "An escape at the very end.", small(codes=payloads.words_tokens(TOKENS[:-1], ONE)[:-1])),
        ("lead_cut", "A lead byte at the very end.", small(codes=codes[:-1])),
        ("dictionary_long", "A byte behind the dictionary's last word.", small(dictionary + b"\n")),
        ("dictionary_word_more", "A whole word behind the dictionary's last.", small(dictionary + b"\0\1x")),
        ("dictionary_cut", "A last word that reaches past the end of the dictionary.", small(length=len(dictionary) - 1)),
        ("dictionary_past_end", "A dictionary one byte longer than the payload has room for.", small(codes=b"", length=len(dictionary) + 1)),
        ("dictionary_huge", "A dictionary of 2^32 - 1 bytes.", small(length=(1 << 32) - 1)),
        ("shared_too_long", "A word that shares more than the word before has.", small(_dictionary_with(7, b"\6\6ground"))),
        ("shared_first", "A first word that shares a byte.", small(_dictionary_with(0, b"\1\4iver"))),
        ("header_cut", "A filtered payload of seven bytes.", bytes(7)),
        ("empty", "A filtered payload of no bytes.", b""),
    ]
    for name, what, filtered in cases:
        yield _fault(f"words_{name}", what, _lz4(filtered))
    plain = payloads.words_tokens([1, 0, 5] * 30, ONE)  # gives the same whatever the words behind are
    cases = [
        ("dictionary_word_less", "A dictionary that ends one word early.", small(dictionary[:-2 - len(WORDS[-1])], plain)),
        ("word_empty", "A word of no bytes.", small(_dictionary_with(8, b"\0\0"), plain)),
        ("word_too_long", "A word of 256 bytes, one of them shared.", small(_dictionary_with(7, b"\1\xff" + b"n" * 255), plain)),
        ("too_many_two_byte_words", "Two-byte words, and no lead.", small(codes=plain, leads=0)),
    ]
    for name, what, filtered in cases:
        yield _fault(f"words_{name}", what, _lz4(filtered), b" ".join([b"the river runs"] * 30))
    filtered = small(payloads.words_dictionary([b"a"] * 155), b"\1" * 400, 155, 1, 0)
    yield _fault("words_too_many_codes", "155 one-byte words and a lead.", _lz4(filtered), b" ".join([b"a"] * 400))
    yield _fault("words_text_over", "Words of 1 MiB and a byte.", payloads.words_chain(*_longest(17)[:2]), _longest(17)[2], also="limit")
    yield _fault("words_short", "Codes that give one byte less than the raw length.", _lz4(small()), CONTENT + b"!")
    yield _fault("words_long", "Codes that give one byte more than the raw length.", _lz4(small()), CONTENT[:-1],
                 stage="verify")
    yield _fault("words_long_escape", "An escape behind the last raw byte.", _lz4(small(codes=codes + b"\xff")),
                 stage="verify")
    yield from chains()


def chains():
    filtered, words = small(), CODECS["words"]
    chain, payload = _lz4(filtered)
    yield _fault("words_length_over", "A filtered payload longer than the raw bytes.",
                 _lz4(small(b"\0\1a", b"\1bcd", 1, 0, 0)), b"abcd", also="limit")
    yield _fault("words_length_more", "A length of the filtered payload one more than LZ4 gives.", _lz4(filtered, len(filtered) + 1),
                 also="truncated")
    yield _fault("words_length_less", "A length of the filtered payload one less than LZ4 gives.", _lz4(filtered, len(filtered) - 1),
                 also="trailing_data")
    yield _fault("words_behind_compressor", "Words behind LZ4.", (chain[::-1], payload))
    package = hello("words_without_compressor", codec=([(words, 0, len(filtered))], filtered), content=CONTENT)
    yield Vector("words_without_compressor", "Words, and no compressor behind.", package.bytes(), expected=package.commits[-1])
    package = hello("words_twice", codec=_twice()[0], content=_twice()[1])
    yield Vector("words_twice", "Words behind words.", package.bytes(), expected=package.commits[-1])
    package = Package("words_with_base")
    package.block([b"a dictionary that no match reaches"], dictionary=True)
    package.block([CONTENT], (chain, payload), base=0)
    close(package, [regular(b"hello", 0)])
    yield Vector("words_with_base", "A block of words that names a base.", package.bytes(), expected=package.commits[-1])


def _twice():
    """Both steps are true: the second one makes a code of the codes that come again and again."""
    again = payloads.words_tokens([1, 7, 0, 5, 7], ONE)
    rest = payloads.words_tokens(TOKENS[-2:], ONE)
    head = payloads.words_tokens(TOKENS[:-32], ONE)
    escaped = b"".join(b"\xff" + bytes([byte]) if byte in (1, 255) else bytes([byte]) for byte in small(codes=head))
    outer = small(codes=head + again * 40 + rest)
    inner = payloads.words_filtered(1, 0, 0, bytes([0, len(again)]) + again, escaped + b"\1" * 40 + rest.replace(b"\xff", b"\xff\xff"))
    chain, payload = payloads.lz4_literals(inner)
    content = CONTENT[:CONTENT.index(b"the underground")] + b" ".join([b"the underground river runs underground"] * 40) + b"\xff7 seas_"
    return ([(CODECS["words"], 0, len(outer)), (CODECS["words"], 0, len(inner)), *chain], payload), content


def vectors():
    for group in (right, wrong):
        yield from group()

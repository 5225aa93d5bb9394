"""Codec payloads made by hand. Each function gives (chain, payload); a chain step is (codec id, level, parameter)."""

from ids import CODECS

ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
ZSTD_RAW, ZSTD_RLE, ZSTD_COMPRESSED = 0, 1, 2
ZSTD_BLOCK_LIMIT = 128 << 10


def store(raw):
    return [], raw


# --- zstd (RFC 8878) ---

def window_log(raw_length):
    """The largest window the format allows: raw length rounded up to a power of two, at least 1 KiB."""
    return max(10, (max(raw_length, 1) - 1).bit_length())


def zstd_frame(blocks, log):
    """Frame header without dictionary id, checksum and content size; `blocks` are (type, size field, bytes)."""
    out = ZSTD_MAGIC + bytes([0, (log - 10) << 3])
    for index, (kind, size, data) in enumerate(blocks):
        last = index == len(blocks) - 1
        out += (size << 3 | kind << 1 | last).to_bytes(3, "little") + data
    return out


def zstd_chain(log, level=3):
    return [(CODECS["zstd"], level, log)]


def zstd_raw(raw):
    """Raw blocks only."""
    log = window_log(len(raw))
    step = min(ZSTD_BLOCK_LIMIT, 1 << log)
    pieces = [raw[at:at + step] for at in range(0, len(raw), step)] or [b""]
    return zstd_chain(log), zstd_frame([(ZSTD_RAW, len(piece), piece) for piece in pieces], log)


def zstd_rle(byte, length, log=None):
    """RLE blocks that give `byte` `length` times."""
    log = window_log(length) if log is None else log
    step = min(ZSTD_BLOCK_LIMIT, 1 << log)
    sizes = [step] * (length // step) + ([length % step] if length % step else [])
    return zstd_chain(log), zstd_frame([(ZSTD_RLE, size, byte) for size in sizes], log)


def zstd_match(literals, offset, match_length, log):
    """One compressed block: `literals` (under 16 bytes), then one match of 3 to 34 bytes, all symbols in RLE mode."""
    offset_value = offset + 3
    code = offset_value.bit_length() - 1
    extra = offset_value - (1 << code)
    bits = 1 << code | extra  # the highest bit ends the stream
    block = bytes([len(literals) << 3]) + literals + bytes([1, 0x54, len(literals), code, match_length - 3])
    block += bits.to_bytes(code // 8 + 1, "little")
    return zstd_chain(log), zstd_frame([(ZSTD_COMPRESSED, len(block), block)], log)


# --- LZ4 block ---

def _lz4_length(length):
    extra = b""
    if length >= 15:
        rest = length - 15
        extra = b"\xff" * (rest // 255) + bytes([rest % 255])
    return min(length, 15), extra


def lz4_sequence(literals, offset=0, match_length=0):
    """One sequence; without offset the last one of a block."""
    literal_nibble, literal_extra = _lz4_length(len(literals))
    if not offset:
        return bytes([literal_nibble << 4]) + literal_extra + literals
    match_nibble, match_extra = _lz4_length(match_length - 4)
    return bytes([literal_nibble << 4 | match_nibble]) + literal_extra + literals + offset.to_bytes(2, "little") + match_extra


def lz4_chain(level=0):
    return [(CODECS["lz4"], level, 0)]


def lz4_literals(raw):
    return lz4_chain(), lz4_sequence(raw)


def lz4_periodic(raw, period):
    """For bytes that repeat themselves after `period`: first the period, then one match, then twelve literals."""
    if len(raw) < period + 24:
        return lz4_literals(raw)
    head, tail = raw[:period], raw[-12:]
    return lz4_chain(), lz4_sequence(head, period, len(raw) - period - 12) + lz4_sequence(tail)


# --- LZMA2 ---

def lzma2_chain(dictionary_bytes=1 << 16):
    return [(CODECS["lzma2"], 6, dictionary_bytes)]


def lzma2_stored(raw):
    """LZMA2 chunks that hold their bytes uncompressed; the first one resets the dictionary."""
    out = b""
    for at in range(0, len(raw), 1 << 16):
        piece = raw[at:at + (1 << 16)]
        out += (b"\x02" if at else b"\x01") + (len(piece) - 1).to_bytes(2, "big") + piece
    return lzma2_chain(), out + b"\0"


# --- words, a filter ---

WORDS_CODES = bytes([*range(0x01, 0x09), 0x0B, *range(0x0E, 0x20), 0x7F, *range(0x80, 0xFF)])
WORDS_ESCAPE = 0xFF


def words_dictionary(words):
    """Each word as the bytes it shares with the one before, and the rest."""
    out, before = b"", b""
    for word in words:
        shared = 0
        while shared < min(len(word), len(before)) and word[shared] == before[shared]:
            shared += 1
        out += bytes([shared, len(word) - shared]) + word[shared:]
        before = word
    return out


def words_tokens(tokens, one):
    """Numbers are words; bytes stand as they are (escape by hand)."""
    out = b""
    for token in tokens:
        if isinstance(token, bytes):
            out += token
        elif token < one:
            out += WORDS_CODES[token:token + 1]
        else:
            lead, byte = divmod(token - one, 256)
            out += bytes([WORDS_CODES[one + lead], byte])
    return out


def words_filtered(one, leads, two, dictionary, codes, length=None):
    length = len(dictionary) if length is None else length
    return bytes([one, leads]) + two.to_bytes(2, "little") + length.to_bytes(4, "little") + dictionary + codes


def words_chain(filtered, compressor, length=None):
    """The filter's step, then `compressor` (a function of bytes) on the filtered payload."""
    chain, payload = compressor(filtered)
    return [(CODECS["words"], 0, len(filtered) if length is None else length), *chain], payload

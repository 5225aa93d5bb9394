"""Decoders for payloads: store, LZ4, LZMA2, words, and as much of zstd as the vectors need (other frames go to the `zstd` command, if there)."""

import functools
import importlib.util
import lzma
import pathlib
import shutil
import subprocess
import sys
import tempfile

import limits
from failure import Failure, require
from ids import CODECS, FILTER_NAMES, FILTERS
from payloads import WORDS_CODES, WORDS_ESCAPE, ZSTD_BLOCK_LIMIT, ZSTD_COMPRESSED, ZSTD_MAGIC, ZSTD_RAW, ZSTD_RLE, window_log

FILTER_PAGES = pathlib.Path(__file__).parents[2] / "filters"


def decode(inner, base=b""):
    """Undoes the steps from the last to the first. `inner` is one that parse.inner_header let pass."""
    if not inner.chain:
        return inner.payload
    decoder = {CODECS["zstd"]: _zstd, CODECS["lz4"]: _lz4, CODECS["lzma2"]: _lzma2}
    filters = [step for step in inner.chain if step.codec in FILTERS]
    lengths = [inner.raw_length, *(step.parameter for step in filters)]
    data = inner.payload
    if len(filters) < len(inner.chain):
        step = inner.chain[-1]
        data = decoder[step.codec](data, lengths[-1], base, step.parameter)
    require(len(data) == lengths[-1], "payload of another raw length")
    for step, length in zip(reversed(filters), reversed(lengths[:-1])):
        data = _unfiltered(step.codec, data, length)
        require(len(data) == length, "filter: another raw length")
    return data


def _unfiltered(codec, data, raw_length):
    """Other filters than words come from spec/filters."""
    if codec == CODECS["words"]:
        return _words(data, raw_length)
    name = FILTER_NAMES[codec - CODECS["words"]]
    require((FILTER_PAGES / f"{name}.py").exists(), f"filter {name}", "unsupported")
    try:
        return bytes(filter_decoder(name)(bytes(data), raw_length))
    except ValueError as error:
        raise Failure("corrupt", f"{name}: {error}") from error


@functools.cache
def filter_decoder(name):
    """The function of spec/filters/NAME.py, whatever module of Python's own has that name."""
    if str(FILTER_PAGES) not in sys.path:
        sys.path.append(str(FILTER_PAGES))
    spec = importlib.util.spec_from_file_location(f"filter_{name}", FILTER_PAGES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.decode


# --- zstd ---

def _zstd(payload, raw_length, base, parameter):
    parameter = parameter or 28
    require(parameter >= 10, "zstd: window log below 10")
    require(parameter <= 28, "zstd: window log over 28", "limit")
    require(payload[:4] == ZSTD_MAGIC and len(payload) >= 6, "zstd: no frame")
    require(payload[4] == 0, "zstd: dictionary id, checksum or content size")
    log = 10 + (payload[5] >> 3)
    require(payload[5] & 7 == 0 and log <= min(parameter, window_log(raw_length + len(base))), "zstd: window")
    out, at, last = bytearray(base), 6, False
    while not last:
        require(at + 3 <= len(payload), "zstd: a block header is cut short")
        header = int.from_bytes(payload[at:at + 3], "little")
        last, kind, size, at = header & 1, header >> 1 & 3, header >> 3, at + 3
        require(size <= min(ZSTD_BLOCK_LIMIT, 1 << log) and kind < 3, "zstd: block header")
        taken = 1 if kind == ZSTD_RLE else size
        data = payload[at:at + taken]
        at += taken
        require(len(data) == taken, "zstd: a block is cut short")
        if kind == ZSTD_COMPRESSED and not _one_match(out, data):
            return _zstd_command(payload, base)
        out += data * size if kind == ZSTD_RLE else data if kind == ZSTD_RAW else b""
        require(len(out) - len(base) <= raw_length, "zstd: more bytes than the raw length")
    require(at == len(payload), "zstd: bytes behind the frame")
    return bytes(out[len(base):])


def _one_match(out, block):
    """A compressed block as payloads.zstd_match makes it; False if it is of another kind."""
    literals = block[0] >> 3
    rest = block[1 + literals:]
    if block[0] & 7 or rest[:2] != b"\x01\x54" or rest[2] != literals or rest[4] > 31:
        return False
    code, length = rest[3], rest[4] + 3
    offset = (int.from_bytes(rest[5:], "little") & (1 << code) - 1 | 1 << code) - 3
    out += block[1:1 + literals]
    return _copy(out, offset, length)


def _copy(out, offset, length):
    require(0 < offset <= len(out), "a match before the first byte")
    for _ in range(length):
        out.append(out[-offset])
    return True


def _zstd_command(payload, base):
    if not shutil.which("zstd"):
        raise Failure("unsupported", "this reader needs the zstd command for compressed blocks")
    with tempfile.NamedTemporaryFile() as dictionary:
        dictionary.write(base)
        dictionary.flush()
        done = subprocess.run(["zstd", "-dc"] + (["-D", dictionary.name] if base else []), input=payload, capture_output=True, check=False)
    require(done.returncode == 0, "zstd: " + done.stderr.decode(errors="replace"))
    return done.stdout


# --- LZ4 block ---

def _lz4(payload, raw_length, base, _parameter):
    base = base[-(64 << 10):]
    out, at = bytearray(base), 0
    while True:
        require(at < len(payload), "lz4: cut short")
        token, at = payload[at], at + 1
        count, at = _lz4_length(payload, at, token >> 4)
        require(at + count <= len(payload), "lz4: literals cut short")
        out += payload[at:at + count]
        at += count
        require(len(out) - len(base) <= raw_length, "lz4: more bytes than the raw length")
        if at == len(payload):
            return bytes(out[len(base):])
        require(at + 2 <= len(payload), "lz4: offset cut short")
        offset, at = int.from_bytes(payload[at:at + 2], "little"), at + 2
        length, at = _lz4_length(payload, at, token & 15)
        require(len(out) - len(base) + length + 4 <= raw_length, "lz4: more bytes than the raw length")
        _copy(out, offset, length + 4)


def _lz4_length(payload, at, nibble):
    if nibble < 15:
        return nibble, at
    total = 15
    while True:
        require(at < len(payload), "lz4: a length is cut short")
        total, at = total + payload[at], at + 1
        if payload[at - 1] != 255:
            return total, at


# --- LZMA2 ---

def _lzma2(payload, raw_length, base, parameter):
    if base:
        raise Failure("unsupported", "Python's lzma module knows no preset dictionary")
    require(parameter <= 256 << 20, "lzma2: dictionary over 256 MiB", "limit")
    parameter = max(parameter or 256 << 20, 4096)
    decoder = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA2, "dict_size": parameter}])
    try:
        raw = decoder.decompress(payload, raw_length + 1)
    except lzma.LZMAError as error:
        raise Failure("corrupt", f"lzma2: {error}") from None
    require(not decoder.unused_data, "lzma2: bytes behind the end")
    require(decoder.eof, "lzma2: no end")
    return raw


# --- words ---

WORD_BYTES = {*range(0x30, 0x3A), *range(0x41, 0x5B), *range(0x61, 0x7B), 0x5F, *range(0x80, 0x100)}
OPENING_BYTES = WORD_BYTES - {0x5F}


def _words(data, raw_length):
    require(len(data) >= 8, "words: header")
    n1, n2, two_byte_words = data[0], data[1], int.from_bytes(data[2:4], "little")
    size = int.from_bytes(data[4:8], "little")
    require(n1 + n2 <= len(WORDS_CODES), "words: more codes than there are")
    require(two_byte_words <= 256 * n2, "words: more two-byte words than leads have room for")
    require(size <= len(data) - 8 and size <= 257 * (n1 + two_byte_words), "words: dictionary longer than it can be")
    words = _words_dictionary(data[8:8 + size], n1 + two_byte_words)
    return _words_text(data[8 + size:], words, n1, n2, raw_length)


def _words_dictionary(data, count):
    words, word, at, text = [], b"", 0, 0
    for _ in range(count):
        require(at + 2 <= len(data), "words: dictionary ends early")
        shared, rest, at = data[at], data[at + 1], at + 2
        require(shared <= len(word) and 1 <= shared + rest <= 255, "words: length of a word, or of what it shares")
        require(at + rest <= len(data), "words: dictionary ends within a word")
        word, at = word[:shared] + data[at:at + rest], at + rest
        words.append(word)
        text += len(word)
        require(text <= limits.WORDS_TEXT, "words: words over 1 MiB")
    require(at == len(data), "words: bytes behind the last word")
    return words


def _words_text(codes, words, n1, n2, raw_length):
    one_byte = {code: number for number, code in enumerate(WORDS_CODES[:n1])}
    leads = {code: number for number, code in enumerate(WORDS_CODES[n1:n1 + n2])}
    out, at, closed = bytearray(), 0, False  # closed: a code stands directly before, and its word closes
    while at < len(codes):
        byte, at = codes[at], at + 1
        number = one_byte.get(byte)
        if byte in leads or byte == WORDS_ESCAPE:
            require(at < len(codes), "words: ends within a token")
            number = n1 + 256 * leads[byte] + codes[at] if byte in leads else None
            byte, at = codes[at], at + 1
        if number is None:
            out.append(byte)
            closed = False
        else:
            require(number < len(words), "words: no such word")
            out += b" " if closed and words[number][0] in OPENING_BYTES else b""
            out += words[number]
            closed = words[number][-1] in WORD_BYTES
        require(len(out) <= raw_length, "words: more bytes than the raw length")
    require(len(out) == raw_length, "words: fewer bytes than the raw length")
    return bytes(out)

"""Decoders for payloads: store, LZ4, LZMA2 and as much of zstd as the vectors need (other zstd frames go to the `zstd` command, if there is one)."""

import lzma
import shutil
import subprocess
import tempfile

from failure import Failure, require
from ids import CODECS
from payloads import ZSTD_BLOCK_LIMIT, ZSTD_COMPRESSED, ZSTD_MAGIC, ZSTD_RAW, ZSTD_RLE, window_log


def decode(inner, base=b""):
    if not inner.chain:
        return inner.payload
    step = inner.chain[0]
    decoder = {CODECS["zstd"]: _zstd, CODECS["lz4"]: _lz4, CODECS["lzma2"]: _lzma2}[step.codec]
    raw = decoder(inner.payload, inner.raw_length, base, step.parameter)
    require(len(raw) == inner.raw_length, "payload of another raw length")
    return raw


# --- zstd ---

def _zstd(payload, raw_length, base, _parameter):
    require(payload[:4] == ZSTD_MAGIC and len(payload) >= 6, "zstd: no frame")
    require(payload[4] == 0, "zstd: dictionary id, checksum or content size")
    log = 10 + (payload[5] >> 3)
    require(payload[5] & 7 == 0 and log <= window_log(raw_length + len(base)), "zstd: window")
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
    decoder = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA2, "dict_size": max(parameter, 4096)}])
    try:
        raw = decoder.decompress(payload, raw_length + 1)
    except lzma.LZMAError as error:
        raise Failure("corrupt", f"lzma2: {error}") from None
    require(not decoder.unused_data, "lzma2: bytes behind the end")
    require(decoder.eof, "lzma2: no end")
    return raw

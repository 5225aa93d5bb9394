"""Superblock, frames, commit and trailer from bytes, with the checks of sections 4, 5, 7 and 11 in their order."""

from types import SimpleNamespace

import limits
import metadata
from blake3 import digest
from crc32c import crc32c
from failure import Cursor, require
from ids import CLEAR_FRAMES, CODECS, FILTERS, FRAME_TYPES

MUST_UNDERSTAND, SEALED, CARRIES_SALT = 1, 2, 4
HEADER_BYTES = 64


def superblock(data):
    require(len(data) >= 96, "the superblock is cut short", "truncated")
    data = data[:96]
    require(data[:8] == b"\x89NPK\r\n\x1a\n", "not a package")
    require(crc32c(data[:92]) == int.from_bytes(data[92:], "little"), "superblock checksum")
    it = Cursor(data, "superblock")
    it.take(8)
    version, grammar, flags = it.integer(2), it.integer(2), it.integer(4)
    package_id, commitment, reserved = it.take(16), it.take(32), it.take(28)
    cipher, reserved = reserved[0], reserved[1:]
    require(version == 1 and grammar == 1, f"version {version}, grammar {grammar}", "unsupported")
    sealed = bool(flags & 1)
    require(flags <= 1 and not any(reserved), "superblock: reserved")
    require(sealed or not any(commitment) and not cipher, "superblock: key commitment or cipher of a package that is not sealed")
    require(not sealed or cipher, "superblock: a sealed package without a cipher")
    require(cipher <= 2, f"cipher {cipher}", "unsupported")
    return SimpleNamespace(id=package_id, tag=package_id[:8], sealed=sealed, commitment=commitment, cipher=cipher, bytes=data)


def frame_header(data, tag, sealed=False):
    """`sealed`: whether the package is."""
    require(len(data) >= HEADER_BYTES, "a frame header is cut short", "truncated")
    data = data[:HEADER_BYTES]
    require(data[:4] == b"NPKF", "no frame here")
    require(crc32c(data[:60]) == int.from_bytes(data[60:], "little"), "frame header checksum")
    it = Cursor(data[4:], "frame header")
    header = SimpleNamespace(type=it.integer(1), flags=it.integer(1), length=it.integer(2), tag=it.take(8), epoch=it.integer(4), salt=it.integer(4),
                             sequence=it.integer(8), stored_length=it.integer(8), last_commit=it.integer(8), body_check=it.take(8),
                             counter=it.integer(4), bytes=data)
    require(header.tag == tag, "a frame of another package")
    require(header.flags & ~(MUST_UNDERSTAND | SEALED | CARRIES_SALT) == 0, "frame header: reserved")
    _seal_fields(header, sealed)
    require(header.length == HEADER_BYTES, "frame header length", "unsupported")
    require(header.stored_length <= limits.FRAME_BODY, "a frame too large", "limit")
    require(header.type, "frame type 0")
    known = header.type in FRAME_TYPES.values()
    require(known or not header.flags & MUST_UNDERSTAND, f"frame type {header.type} must be understood", "unsupported")
    return header


def _seal_fields(header, sealed):
    if sealed and header.type not in CLEAR_FRAMES:
        require(header.flags & SEALED and header.epoch and header.salt, "a frame that is not sealed", "auth_failed")
    else:
        require(not header.flags & (SEALED | CARRIES_SALT), "a clear frame with bits of sealed ones")
        require(header.epoch == header.salt == header.counter == 0, "a clear frame with key fields")


def frame(data, tag, sealed=False):
    """Header and stored body of the frame that `data` begins with."""
    header = frame_header(data, tag, sealed)
    body = data[HEADER_BYTES:HEADER_BYTES + header.stored_length]
    require(len(body) == header.stored_length, "a frame's body is cut short", "truncated")
    require(digest(body)[:8] == header.body_check, "body check")
    return header, body


def inner_header(body, raw_limit):
    it = Cursor(body, "inner header")
    inner = SimpleNamespace(raw_length=it.integer(8), base=it.integer(8), padding_length=it.integer(4))
    steps, reserved = it.integer(1), it.take(3)
    require(steps <= limits.CHAIN and not any(reserved), "inner header: chain length or reserved bytes")
    require(inner.raw_length <= raw_limit, "raw length over the limit", "limit")
    inner.chain = [_step(it) for _ in range(steps)]
    payload = it.rest()
    require(inner.padding_length <= len(payload), "padding longer than the body")
    cut = len(payload) - inner.padding_length
    require(not any(payload[cut:]), "padding that is not zero")
    inner.payload = payload[:cut]
    require(inner.chain or len(inner.payload) == inner.raw_length, "stored payload of another length")
    _chain(inner)
    return inner


def _chain(inner):
    codecs = [step.codec for step in inner.chain]
    require(all(codec in FILTERS for codec in codecs[:-1]), "a compressor that is not the last step")
    filters = [step for step in inner.chain if step.codec in FILTERS]
    length = inner.raw_length
    for step in filters:
        grows = len(filters) == 1 and step.codec == CODECS["arm64_branches"]
        require(step.parameter <= length + (length // 4 if grows else 0) + limits.FILTER_GROWTH, "filter: longer than filters make a block")
        if step.codec == CODECS["words"]:
            require(step.parameter <= length <= limits.WORDS_RAW, "words: lengths")
        length = step.parameter
    alone = len(filters) == 1 and filters[0].codec == CODECS["words"]
    require(not filters or alone or inner.raw_length <= limits.FILTERED_RAW, "filter: raw length")


def _step(it):
    codec, level, reserved, parameter = it.integer(1), it.integer(1, signed=True), it.integer(2), it.integer(4)
    require(reserved == 0, "chain step: reserved")
    require(codec in CODECS.values() and codec != CODECS["store"], f"codec {codec}", "unsupported")
    return SimpleNamespace(codec=codec, level=level, parameter=parameter)


# --- commit ---

def commit(raw):
    it = Cursor(raw, "commit")
    statement_bytes = it.take(it.integer(4))
    placement_bytes = it.take(it.integer(4))
    it.finish()
    return SimpleNamespace(statement=_statement(statement_bytes), placement=_placement(placement_bytes), hash=digest(statement_bytes))


def _statement(data):
    it = Cursor(data, "statement")
    require(it.take(8) == b"NPKSTMT1", "statement magic")
    statement = SimpleNamespace(lineage=it.take(16), generation=it.integer(8), seconds=it.integer(8, signed=True), nanoseconds=it.integer(4))
    message_length = it.integer(4)
    statement.before, statement.content_root, statement.storage_root = it.take(32), it.take(32), it.take(32)
    statement.message = it.take(message_length)
    it.finish()
    require(statement.generation > 0, "generation 0")
    require(statement.nanoseconds < 1_000_000_000, "statement: nanoseconds")
    require(statement.generation > 1 or not any(statement.before), "the first statement has one before it")
    return statement


TOTALS = ("entries", "regular", "directories", "content_bytes", "hole_bytes", "chunks", "blocks", "unique_bytes", "stored_bytes")


def _root(it):
    return SimpleNamespace(position=it.integer(8), length=it.integer(8), hash=it.take(32))


def _placement(data):
    it = Cursor(data, "placement")
    placement = SimpleNamespace(before=it.integer(8), features=[it.integer(8) for _ in range(3)])
    placement.catalog, placement.chunks_root, placement.hint = _root(it), _root(it), _root(it)
    placement.totals = {name: it.integer(8) for name in TOTALS}
    placement.method, reserved = it.integer(1), it.take(3)
    require(not any(reserved), "placement: reserved")
    it.take(12 + 8)
    placement.sections = [_section(it) for _ in _counted(it, it.integer(4), 8)]
    it.finish()
    placement.metadata = metadata.of_sections(placement.sections)
    require(placement.features[2] == 0, f"unknown incompatible feature bits {placement.features[2]:#x}", "unsupported")
    return placement


def _counted(it, count, least_bytes):
    require(count * least_bytes <= len(it.data) - it.at, f"{it.what}: more parts than bytes", "truncated")
    return range(count)


KNOWN_SECTIONS = (1, 2)


def _section(it):
    section_id, flags, reserved = it.integer(2), it.integer(1), it.integer(1)
    require(flags <= 1 and reserved == 0, "section: reserved")
    data = it.take(it.integer(4))
    require(flags == 0 or section_id in KNOWN_SECTIONS, f"section {section_id} must be understood", "unsupported")
    return section_id, data


# --- trailer ---

def trailer(data, body):
    """`body` of a trailer frame that ends `data`."""
    it = Cursor(body, "trailer")
    found = SimpleNamespace(package_length=it.integer(8), position=it.integer(8), length=it.integer(8), hash=it.take(32), generation=it.integer(8),
                            features=[it.integer(8) for _ in range(3)], signature=it.integer(8))
    envelopes, reserved = it.integer(4), it.integer(4)
    require(reserved == 0 and envelopes <= limits.ENVELOPES, "trailer: reserved, or too many envelopes")
    found.envelopes = [it.integer(8) for _ in range(envelopes)]
    frame_length, end_reserved, magic = it.integer(4), it.integer(4), it.take(8)
    it.finish()
    require(end_reserved == 0 and magic == b"NPKEND\x1a\n", "trailer: reserved, or end magic")
    require(frame_length == HEADER_BYTES + len(body), "trailer: its own length")
    require(HEADER_BYTES + len(body) <= found.package_length <= len(data), "trailer: length of the package")
    require(not found.signature or 96 <= found.signature < found.package_length - frame_length, "trailer: a signature that does not lie before it")
    return found

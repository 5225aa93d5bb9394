"""Faults in the superblock, in frame headers, in inner headers and in payloads (spec 4, 5)."""

import payloads
from blake3 import digest
from package import Package
from vector import Vector, adding, close, flipped, hello, mixed, regular, setting


def _fault(name, what, failure_class, stage, edits, make=hello, **more):
    return Vector(name, what, make(name, edits).bytes(), failure_class, stage, more=more)


# --- superblock ---

def superblock():
    whole = hello("file_empty").bytes()
    yield Vector("file_empty", "A file of no bytes.", b"", "truncated", "open")
    yield Vector("superblock_cut", "Cut within the superblock.", whole[:50], "truncated", "open")
    yield Vector("superblock_alone", "Cut behind the superblock: no commit, no manifest.", whole[:96], "truncated", "open")
    yield Vector("not_a_package", "A text.", b"This is not a package, but a text that is longer than a superblock. " * 4, "corrupt", "open")
    yield Vector("text_mode_transfer", "CR LF became LF on the way.", hello("text_mode_transfer").bytes().replace(b"\r\n", b"\n"), "corrupt", "open")
    cases = [
        ("superblock_seven_bits", "The magic's first byte lost its eighth bit.", "corrupt", dict(magic=b"\x09NPK\r\n\x1a\n")),
        ("superblock_magic", "A wrong letter in the magic.", "corrupt", dict(magic=b"\x89NPQ\r\n\x1a\n")),
        ("superblock_checksum", "A wrong checksum.", "corrupt", dict(crc=0x12345678)),
        ("superblock_version_0", "Format version 0.", "unsupported", dict(version=0)),
        ("superblock_version_2", "Format version 2.", "unsupported", dict(version=2)),
        ("superblock_grammar_2", "Frame grammar 2.", "unsupported", dict(grammar=2)),
        ("superblock_flag", "A reserved flag.", "corrupt", dict(flags=2)),
        ("superblock_high_flag", "The highest reserved flag.", "corrupt", dict(flags=1 << 31)),
        ("superblock_reserved", "A reserved byte that is not zero.", "corrupt", dict(reserved=bytes(26) + b"\x01")),
        ("superblock_cipher", "A cipher in a package that is not sealed.", "corrupt", dict(cipher=1)),
        ("superblock_commitment", "A key commitment in a package that is not sealed.", "corrupt", dict(commitment=b"\x01" * 32)),
    ]
    for name, what, failure_class, fields in cases:
        yield _fault(name, what, failure_class, "open", {"superblock": setting(**fields)})
    yield Vector("sealed", "A sealed package.", _sealed(1), "no_key", "open")
    yield Vector("sealed_cipher_none", "A sealed package without a cipher.", _sealed(0), "corrupt", "open")
    yield Vector("sealed_cipher_unknown", "A sealed package with a cipher of the future.", _sealed(3), "unsupported", "open")


def _sealed(cipher):
    """As far as format 1 goes: the places that sealing has, filled with bytes that only look sealed."""
    package = Package("sealed", {"superblock": setting(flags=1, commitment=digest(b"epoch key 1"), cipher=cipher)})
    noise = b"".join(digest(b"noise %d" % number) for number in range(10))
    for role, frame_type in (("block0", 1), ("chunk_leaf0", 5), ("manifest0", 3), ("catalog_leaf0", 4), ("commit", 9)):
        flags = 3 if role != "block0" else 7
        reference = package.frame(role, frame_type, noise, flags=flags & 6, epoch=1, salt=0x01020304)
    package.last_commit, package.last_reference, package.generation = reference.position, reference, 1
    package.trailer()
    return package.bytes()


# --- frame headers ---

HEADER_FAULTS = [
    ("magic", "A wrong frame magic.", "corrupt", dict(magic=b"NPKG")),
    ("checksum", "A wrong header checksum.", "corrupt", dict(crc=1)),
    ("tag", "The tag of another package.", "corrupt", dict(tag=b"elsewher")),
    ("flag_reserved", "A reserved flag.", "corrupt", dict(flags=8)),
    ("flag_high", "The highest reserved flag.", "corrupt", dict(flags=128)),
    ("flag_sealed", "The sealed bit in a package that is not sealed.", "corrupt", dict(flags=2)),
    ("flag_salt", "The carries-salt bit in a package that is not sealed.", "corrupt", dict(flags=4)),
    ("epoch", "A key epoch in a package that is not sealed.", "corrupt", dict(epoch=1)),
    ("salt_id", "A writer salt id in a package that is not sealed.", "corrupt", dict(salt=1)),
    ("reserved", "Reserved bytes that are not zero.", "corrupt", dict(counter=1 << 24)),
    ("header_length", "A header length of 72.", "unsupported", dict(header_length=72)),
    ("length_limit", "A stored length over 1 GiB.", "limit", dict(stored_length=(1 << 30) + 1)),
    ("length_huge", "A stored length of 2^64 - 1.", "limit", dict(stored_length=(1 << 64) - 1)),
    ("body_check", "A wrong body check; the hash in the reference fits.", "corrupt", dict(body_check=bytes(8))),
    ("type_manifest", "A block's frame that says it is a manifest.", "corrupt", dict(type=3)),
    ("type_dictionary", "A block's frame that says it is a dictionary.", "corrupt", dict(type=2)),
]


def frame_headers():
    for name, what, failure_class, fields in HEADER_FAULTS:
        yield _fault(f"frame_{name}", what, failure_class, "read", {"frame:block0": setting(**fields)})
    yield _fault("frame_body_missing", "A stored length past the end of the file, in header and reference.", "truncated", "read",
                 {"frame:block0": setting(stored_length=1_000_000), "reference:block0": setting(length=1_000_000)})
    yield _fault("frame_type_unknown_referenced", "A referenced block in a frame of an unknown type.", "corrupt", "read",
                 {"frame:block0": setting(type=200)})
    yield _fault("catalog_frame_checksum", "A wrong header checksum of a catalog page.", "corrupt", "list", {"frame:catalog_leaf0": setting(crc=1)})
    yield _fault("catalog_frame_type", "A catalog page in a chunk page's frame.", "corrupt", "list", {"frame:catalog_leaf0": setting(type=5)})
    yield _fault("chunk_frame_type", "A chunk page in a catalog page's frame.", "corrupt", "read", {"frame:chunk_leaf0": setting(type=4)})
    yield _fault("commit_frame_type", "A commit in a manifest's frame.", "corrupt", "open", {"frame:commit": setting(type=3)})
    yield from _walked()
    yield from _flipped()


def _walked():
    """What only those see who walk the frames."""
    yield _fault("frame_sequence", "A sequence number skipped.", "corrupt", "verify", {"frame:manifest0": adding(sequence=1)})
    yield _fault("frame_sequence_repeated", "A sequence number twice.", "corrupt", "verify", {"frame:manifest0": adding(sequence=-1)})
    yield _fault("frame_last_commit", "A position of the last commit where there was none.", "corrupt", "verify",
                 {"frame:manifest0": setting(last_commit=96)})
    package = Package("frame_gap")
    package.block([b"hello"])
    package.out += b"gap"
    yield Vector("frame_gap", "Three bytes between two frames.", close(package, [regular(b"hello", 0)]).bytes(), "corrupt", "verify")
    package = Package("frame_must_understand")
    package.frame("unknown0", 200, b"important", flags=1)
    package.block([b"hello"])
    yield Vector("frame_must_understand", "A frame of an unknown type that must be understood.", close(package, [regular(b"hello", 0)]).bytes(),
                 "unsupported", "verify")


def _flipped():
    """One bit of a finished package."""
    package = mixed("flipped")
    data = package.bytes()
    for role, stage in (("block1", "read"), ("chunk_leaf0", "read"), ("catalog_leaf0", "list"), ("commit", "open"), ("manifest0", "verify")):
        for place, offset in (("body", 64 + 26), ("header", 40)):
            kept = {"intact": ["dir/one"]} if role == "block1" else {}
            yield Vector(f"flipped_{place}_of_{role}", f"One bit changed in the {place} of frame {role}.",
                         flipped(data, package.positions[role] + offset), "corrupt", stage, more=kept)


# --- inner headers ---

def inner_headers():
    cases = [
        ("stored_shorter", "No chain, and a payload shorter than the raw length.", "corrupt", dict(raw_length=6), {}),
        ("stored_longer", "No chain, and a payload longer than the raw length.", "corrupt", dict(raw_length=4), dict(also="trailing_data")),
        ("raw_over_limit", "A raw length over 256 MiB.", "limit", dict(raw_length=(256 << 20) + 1), {}),
        ("raw_huge", "A raw length of 2^64 - 1.", "limit", dict(raw_length=(1 << 64) - 1), {}),
        ("chain_too_long", "A chain of nine steps.", "corrupt", dict(chain=[(2, 0, 0)] * 9), dict(also="limit")),
        ("chain_cut", "A chain of eight steps that the body has no room for.", "truncated", dict(chain_length=8), {}),
        ("two_compressors", "A chain of two compressors.", "corrupt", dict(chain=[(2, 0, 0), (2, 0, 0)]), {}),
        ("unknown_codec", "A compressor of an unknown id.", "unsupported", dict(chain=[(63, 0, 0)]), {}),
        ("unknown_filter", "A filter of an unknown id.", "unsupported", dict(chain=[(127, 0, 0)]), {}),
        ("private_codec", "A codec of an id for private use.", "unsupported", dict(chain=[(200, 0, 0)]), {}),
        ("reserved", "A reserved byte that is not zero.", "corrupt", dict(reserved=b"\0\0\x01"), {}),
        ("padding", "Padding that is not zero.", "corrupt", dict(padding=b"\0\0\x01\0"), {}),
        ("padding_too_long", "More padding than the body has.", "corrupt", dict(padding_length=1 << 20), dict(also="truncated")),
    ]
    for name, what, failure_class, fields, more in cases:
        yield _fault(f"inner_{name}", what, failure_class, "read", {"inner:block0": setting(**fields)}, **more)
    yield _fault("inner_step_reserved", "Reserved bytes of a chain step that are not zero.", "corrupt", "read",
                 {"inner:block0": setting(step_reserved=256)}, lambda name, edits: hello(name, edits, payloads.lz4_literals))
    yield _fault("inner_cut", "A body shorter than an inner header.", "truncated", "read", {"body:block0": lambda body: body[:20]})
    yield _fault("inner_body_empty", "A body of no bytes.", "truncated", "read", {"body:block0": lambda body: b""})
    yield _fault("page_names_base", "A catalog page that names a base.", "corrupt", "list", {"inner:catalog_leaf0": setting(base=96)})
    yield _fault("dictionary_names_base", "A dictionary that names a base.", "corrupt", "read", {
        "inner:dictionary1": setting(base=96), "table:chunk_leaf0": lambda table: table.update(block_base=[0, 1, 1])}, _two_dictionaries)


def _two_dictionaries(name, edits):
    package = Package(name, edits)
    package.block([b"dictionary"], dictionary=True)
    package.block([b"dictionary"], dictionary=True)
    package.block([b"hello"], payloads.lz4_literals, base=1)
    return close(package, [regular(b"hello", 0)])


# --- payloads ---

def codecs():
    raw = b"twenty bytes of text"
    zstd, lz4, lzma2 = payloads.zstd_raw(raw), payloads.lz4_literals(raw), payloads.lzma2_stored(raw)
    frame = payloads.zstd_frame
    cases = [
        ("zstd_cut", "A zstd frame cut short.", zstd[0], zstd[1][:-4], "truncated"),
        ("zstd_trailing", "Bytes behind the zstd frame.", zstd[0], zstd[1] + b"x", "trailing_data"),
        ("zstd_two_frames", "A second zstd frame.", zstd[0], frame([(0, 10, raw[:10])], 10) + frame([(0, 10, raw[10:])], 10), "trailing_data"),
        ("zstd_skippable", "A skippable frame before the zstd frame.", zstd[0], b"\x50\x2a\x4d\x18\0\0\0\0" + zstd[1], ""),
        ("zstd_window", "A window larger than the format allows.", payloads.zstd_chain(20), frame([(0, 20, raw)], 20), "limit"),
        ("zstd_window_above_log", "A window larger than the chain says.", payloads.zstd_chain(10), frame([(0, 1000, raw * 50)] * 2, 11), "limit", raw * 100),
        ("zstd_log_small", "A window log of 9.", payloads.zstd_chain(9), zstd[1], ""),
        ("zstd_log_large", "A window log of 29.", payloads.zstd_chain(29), zstd[1], "limit"),
        ("zstd_content_size", "A zstd frame with a content size.", zstd[0], payloads.ZSTD_MAGIC + b"\x20\x14" + zstd[1][6:], ""),
        ("zstd_checksum", "A zstd frame with a content checksum.", zstd[0], payloads.ZSTD_MAGIC + b"\x04" + zstd[1][5:] + bytes.fromhex("3071a565"), ""),
        ("zstd_dictionary_id", "A zstd frame with a dictionary id.", zstd[0], payloads.ZSTD_MAGIC + b"\x01\0\x07" + zstd[1][6:], ""),
        ("zstd_short", "A zstd frame that gives fewer bytes than the raw length.", zstd[0], payloads.zstd_raw(raw[:19])[1], "truncated"),
        ("zstd_bomb", "A small raw length, and RLE blocks of two megabytes.", zstd[0], _zstd_bomb(), "limit trailing_data"),
        ("lz4_cut", "An LZ4 block cut short.", lz4[0], lz4[1][:-3], "truncated"),
        ("lz4_long", "An LZ4 block that gives more bytes than the raw length.", lz4[0], payloads.lz4_literals(raw + b"!")[1], "trailing_data"),
        ("lz4_bomb", "A small raw length, and a match of a megabyte.", lz4[0], payloads.lz4_periodic(b"x" * (1 << 20), 1)[1], "limit trailing_data"),
        ("lz4_short", "An LZ4 block that gives fewer bytes than the raw length.", lz4[0], payloads.lz4_literals(raw[:19])[1], "truncated"),
        ("lz4_offset_zero", "A match of offset 0.", lz4[0], b"\x40twen\0\0" + payloads.lz4_sequence(raw[8:]), ""),
        ("lz4_offset_outside", "A match before the first byte.", lz4[0], b"\x40twen\x05\0" + payloads.lz4_sequence(raw[8:]), ""),
        ("lz4_empty", "An LZ4 block of no bytes.", lz4[0], b"", "truncated"),
        ("lzma2_cut", "An LZMA2 stream without its end.", lzma2[0], lzma2[1][:-1], "truncated"),
        ("lzma2_trailing", "Bytes behind the LZMA2 stream.", lzma2[0], lzma2[1] + b"x", "trailing_data"),
        ("lzma2_control", "A reserved control byte.", lzma2[0], b"\x03" + lzma2[1][1:], ""),
        ("lzma2_short", "An LZMA2 stream that gives fewer bytes than the raw length.", lzma2[0], payloads.lzma2_stored(raw[:19])[1], "truncated"),
    ]
    for name, what, chain, payload, also, *content in cases:
        make = lambda vector, edits: hello(vector, edits, (chain, payload), *content or [raw])
        yield _fault(name, what, "corrupt", "read", {}, make, **({"also": also} if also else {}))
    make = lambda vector, edits: hello(vector, edits, (payloads.lzma2_chain((256 << 20) + 1), lzma2[1]), raw)
    yield _fault("lzma2_dictionary", "An LZMA2 dictionary over 256 MiB.", "limit", "read", {}, make, also="corrupt")


def _zstd_bomb():
    blocks = [(payloads.ZSTD_RLE, 1024, b"\0")] * 2000
    return payloads.zstd_frame(blocks, 10)


def vectors():
    for group in (superblock, frame_headers, inner_headers, codecs):
        yield from group()

#!/usr/bin/env python3
"""Writes the seed inputs of fuzz targets, made from the specification alone: tests/fuzz/make_corpus.py

Each function named after a target yields (name, bytes); the files go to corpus/<target>/<name> and are committed.
"""
import base64
import pathlib

CONSTANT, FRAME, DELTA, ZERO_RUN, DICTIONARY = 1, 2, 3, 4, 5
TOP = 2**64 - 1
# RFC 8032, section 7.1, test 1: seed, public key.
RFC8032_SECRET = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
                               "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")


def number(value):
    length = (value.bit_length() + 7) // 8
    return bytes([length]) + value.to_bytes(length, "little")


def packed(values, width):
    bits = sum(value << (i * width) for i, value in enumerate(values))
    return bits.to_bytes((len(values) * width + 7) // 8, "little")


def frame(values):
    width = (max(values) - min(values)).bit_length()
    return bytes([width]) + number(min(values)) + packed([v - min(values) for v in values], width)


def differences(values):
    steps = [(b - a + 2**63) % 2**64 - 2**63 for a, b in zip(values, values[1:])]
    low, high = (min(steps), max(steps)) if steps else (0, 0)
    width = (high - low).bit_length()
    zigzag = 2 * low if low >= 0 else -2 * low - 1
    return number(values[0]) + bytes([width]) + number(zigzag) + packed([s - low for s in steps], width)


def exceptions(at):
    positions = sorted(at)
    gaps = [b - a - 1 for a, b in zip([-1] + positions, positions)]
    lists = frame(gaps) + frame([at[p] for p in positions]) if at else b""
    return number(len(at)) + lists


def dictionary(values, entries):
    indices = [entries.index(v) if v in entries else 0 for v in values]
    width = (len(entries) - 1).bit_length()
    patches = {i: v for i, v in enumerate(values) if v not in entries}
    return number(len(entries)) + differences(entries) + packed(indices, width) + exceptions(patches)


def column(encoding, count, body):
    return bytes([encoding]) + count.to_bytes(2, "little") + body


def integer_column_fuzz():
    yield "constant_none", column(CONSTANT, 0, b"")
    yield "constant_zero", column(CONSTANT, 300, number(0))
    yield "constant_top", column(CONSTANT, 2, number(TOP))
    yield "frame", column(FRAME, 5, frame([1000, 1003, 1001, 1007, 1000]))
    yield "frame_64_bits", column(FRAME, 3, frame([0, TOP, 5]))
    yield "frame_17_values", column(FRAME, 17, frame([i * i for i in range(17)]))
    yield "delta_sorted", column(DELTA, 4, differences([100, 110, 119, 131]))
    yield "delta_down", column(DELTA, 20, differences(list(range(20, 0, -1))))
    yield "delta_wraps", column(DELTA, 3, differences([TOP, 0, TOP // 2]))
    yield "zero_run", column(ZERO_RUN, 8, exceptions({2: 9, 6: 12}))
    yield "zero_run_sparse", column(ZERO_RUN, 5000, exceptions({0: 1, 77: TOP, 4999: 3}))
    yield "zero_run_all_zero", column(ZERO_RUN, 9, exceptions({}))
    values = [7, 500, 7, 7, 500, 7, 500, 9000, 7]
    yield "dictionary_patched", column(DICTIONARY, 9, dictionary(values, [7, 500]))
    yield "dictionary_whole", column(DICTIONARY, 9, dictionary(values, [7, 500, 9000]))
    yield "dictionary_all_patches", column(DICTIONARY, 4, dictionary([1, 2, 3, TOP], [0]))


def minisign_fuzz():
    """First byte: 0 a text, 1 the bytes of a key, 2 the bytes of a signature."""
    key_id, point, secret = bytes(range(8)), bytes(range(32)), bytes(range(64))
    no_cost, usual_cost = bytes(48), bytes(32) + (2**25).to_bytes(8, "little") + (2**30).to_bytes(8, "little")
    public = b"Ed" + key_id + point
    line, overall = b"ED" + key_id + bytes(64), bytes(64)

    def text(*lines, end=b"\n"):
        return b"\0" + b"".join(each + end for each in lines)

    signature = (b"untrusted comment: x", base64.b64encode(line), "trusted comment: é\t".encode(), base64.b64encode(overall))
    yield "signature", text(*signature)
    yield "signature_crlf", text(*signature, end=b"\r\n")
    yield "signature_bytes", b"\2" + line + overall + b"commit 1"
    yield "signature_legacy", b"\2" + b"Ed" + line[2:] + overall
    yield "signature_control", b"\2" + line + overall + b"\x1b[2J"
    yield "signature_short", text(*signature[:3])
    yield "public_line", b"\0" + base64.b64encode(public)
    yield "public_file", text(b"untrusted comment: minisign public key 0706050403020100", base64.b64encode(public))
    yield "public_bytes", b"\1" + public
    yield "secret_plain", b"\1" + b"Ed\0\0B2" + no_cost + key_id + secret + bytes(32)
    yield "secret_pair", b"\1" + b"Ed\0\0B2" + no_cost + key_id + RFC8032_SECRET + bytes(32)
    yield "secret_sealed", b"\1" + b"EdScB2" + usual_cost + key_id + secret + bytes(32)
    yield "secret_costly", b"\1" + b"EdScB2" + b"\xff" * 48 + key_id + secret + bytes(32)
    yield "secret_unknown", b"\1" + b"EdXxB2" + no_cost + key_id + secret + bytes(32)


def commit_fuzz():
    """Commits of no entries whose only section is metadata."""
    def u(size, value):
        return value.to_bytes(size, "little")

    def metadata(pairs, count=None):
        return u(2, len(pairs) if count is None else count) + b"".join(u(2, len(n)) + n + u(4, len(v)) + v for n, v in pairs)

    def commit(*sections):
        statement = b"NPKSTMT1" + bytes(16) + u(8, 1) + bytes(12) + u(4, 0) + bytes(96)
        placement = bytes(272) + u(4, len(sections)) + b"".join(u(2, 2) + bytes(2) + u(4, len(data)) + data for data in sections)
        return u(8, 5000) + u(4, len(statement)) + statement + u(4, len(placement)) + placement

    pairs = [(b"name", b"x"), (b"tag.a", b""), (b"version", "1\u00e9\u4e2d\U0001f600".encode())]
    yield "metadata", commit(metadata(pairs))
    yield "metadata_none", commit(metadata([]))
    yield "metadata_twice", commit(metadata(pairs), metadata(pairs))
    yield "metadata_unordered", commit(metadata(pairs[::-1]))
    yield "metadata_more", commit(metadata(pairs, 4))
    yield "metadata_fewer", commit(metadata(pairs, 2))
    yield "metadata_surrogate", commit(metadata([(b"name", b"\xed\xa0\x80")]))
    yield "metadata_control", commit(metadata([(b"na\x7fme", b"")]))
    yield "metadata_long", commit(u(2, 1) + u(2, 1) + b"n" + u(4, 65537))


def accel_fuzz():
    operations = ["varint_encode", "varint_decode", "zigzag_encode", "zigzag_decode", "delta_encode", "delta_decode", "bit_pack", "bit_unpack", "frame_encode",
                  "frame_decode", "dictionary", "histogram", "pattern_match", "cut_points", "blake3", "lz4_decode", "none"]
    with_parameters = {4, 5, 6, 7, 13}

    def u(size, value):
        return value.to_bytes(size, "little")

    def batch(operation, items, content, sound=1, cuts=(2**60, 2**56)):
        out = bytes([operation, sound, len(items)]) + u(8, cuts[0]) + u(8, cuts[1])
        for place in items:
            for value in place[:4]:
                out += b"\xff" + u(8, value) if value > 65535 else b"\0" + u(2, value)
            if operation in with_parameters:
                out += u(4, place[4])
        if operation != 13:
            out += bytes([9])
        out += u(8, 77)
        if operation == 12:
            out += b"\3" + b"\1a" + b"\2ab" + b"\3bab"
        return out + content

    values = b"".join(u(8, v) for v in (0, 1, 127, 128, 300, 2**35, TOP, 5, 4, 3, 2, 1, 0, 77, 78, 80))
    content = {1: bytes([5, 0x80, 1, 0xFF, 0x7F]) + b"\xff" * 9 + b"\1" + b"\0" * 9, 7: bytes(range(128)), 9: u(8, 100) + u(4, 7) + u(4, 9) + bytes(range(40)),
               10: b"".join(u(4, v) for v in (0, 8, 9, 3)) * 2, 12: b"abababbab" * 6, 13: bytes(range(256)) * 4, 15: b"\x40abcd" + u(2, 4) + b"\x50vwxyz"
               + b"\0" * 8}
    for operation, name in enumerate(operations):
        data = content.get(operation, values)
        whole = (0, len(data), 0, 4000, 3)
        yield name, batch(operation, [whole], data)
        yield name + "_items", batch(operation, [whole, (8, 24, 0, 16, 1), (16, 0, 0, 0, 2), whole], data)
        yield name + "_as_said", batch(operation, [(0, len(data) // 8 * 8, 0, 2048, 1)], data, sound=0)
    yield "places_beyond", batch(14, [(TOP, 2, 0, 32)], values, sound=0)
    yield "outputs_overlap", batch(14, [(0, 8, 0, 40), (0, 8, 32, 32)], values, sound=0)
    yield "width_65", batch(6, [(0, 8, 0, 80, 65)], values, sound=0)
    yield "bounds_crossed", batch(13, [(0, 64, 0, 800, 0)], values, sound=0, cuts=(1, 2))
    yield "hostile_frame", batch(9, [(0, 16, 0, 4000)], u(8, 0) + u(4, 64) + u(4, 2**32 - 1))


def main():
    corpus = pathlib.Path(__file__).parent / "corpus"
    for target in (integer_column_fuzz, minisign_fuzz, commit_fuzz, accel_fuzz):
        folder = corpus / target.__name__
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in target():
            (folder / name).write_bytes(content)


if __name__ == "__main__":
    main()

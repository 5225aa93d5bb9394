"""Faults in sealed packages (spec 14), and packages that the key at hand does not open."""

import base64

import age
import seal
from blake3 import digest
from crc32c import crc32c
from sealed_package import OURS, STRANGER, SealedPackage, secret, to, to_passphrase
from vector import Vector, flipped, hello, hello_in, setting
from vectors_sealed import FULL, WITH_PASSPHRASE, identity, two_generations, wrong_mac
from wire import u32, u64

CLEAR = dict(flags=0, epoch=0, salt=0, counter=0)
SEALED, HEAD = 2, seal.HEAD


def _fault(name, what, failure_class, stage, edits=None, also=None, key=None, make=hello_in, **options):
    """`edits`: a dict, or a function of the package that gives one."""
    package = SealedPackage(f"sealed_{name}", {} if callable(edits) else edits, **options)
    if callable(edits):
        package.edits = edits(package)
    more = (identity() if key is None else key) | ({"also": also} if also else {})
    return Vector(package.name, what, make(package).bytes(), failure_class, stage, more=more)


# --- frames without seal, and clear ones with it ---

def bits():
    for role, stage in (("block0", "read"), ("chunk_leaf0", "read"), ("catalog_leaf0", "list"), ("manifest0", "verify"), ("commit", "open")):
        yield _fault(f"clear_{role}", f"Frame {role} is not sealed.", "auth_failed", stage, _clear(role))
    yield _fault("clear_unknown", "A frame of an unknown type that is not sealed.", "auth_failed", "verify", _clear("unknown0"), make=_with_unknown)
    roles = ("block1", "chunk_leaf1", "chunk_node0", "manifest1", "catalog_leaf1", "commit")
    yield _fault("clear_generation", "A second generation that is not sealed.", "auth_failed", "open",
                 {stage: edit for role in roles for stage, edit in _clear(role).items()}, make=two_generations)
    yield _fault("epoch_zero", "A sealed block of key epoch 0.", "auth_failed", "read", {"frame:block0": setting(epoch=0)}, also="corrupt no_key")
    yield _fault("salt_id_zero", "Writer salt id 0.", "auth_failed", "open", {f"frame:{role}": setting(salt=0) for role in (
        "block0", "chunk_leaf0", "manifest0", "catalog_leaf0", "commit")}, also="corrupt")
    for name, what, fields in (("sealed_bit", "the sealed bit", dict(flags=2)), ("salt_bit", "the carries-salt bit", dict(flags=4)),
                               ("epoch", "a key epoch", dict(epoch=1)), ("salt_id", "a writer salt id", dict(salt=1)),
                               ("counter", "a seal counter", dict(counter=1))):
        yield _fault(f"padding_{name}", f"A padding frame with {what}.", "corrupt", "verify", {"frame:padding0": setting(**fields)}, make=_with_padding)
        yield _fault(f"envelope_{name}", f"An envelope with {what}.", "corrupt", "open", {"frame:envelope0": setting(**fields)})
    yield _fault("trailer_sealed_bit", "A trailer with the sealed bit.", "corrupt", "verify", {"frame:trailer": setting(flags=2)})


def _clear(role):
    return {f"frame:{role}": setting(**CLEAR), f"seal:{role}": setting(seals=None)}


def _with_unknown(package):
    package.frame("unknown0", 200, b"")
    return hello_in(package)


def _with_padding(package):
    package.frame("padding0", 11, bytes(50))
    return hello_in(package)


# --- sessions ---

def heads():
    yield _fault("head_commitment", "One bit changed in the commitment in front of the commit.", "auth_failed", "open",
                 {"seal:commit": lambda how: setattr(how, "head", flipped(how.head, 40))})
    yield _fault("head_salt", "One bit changed in the salt in front of the commit.", "auth_failed", "open",
                 {"seal:commit": lambda how: setattr(how, "head", flipped(how.head, 3))})
    yield _fault("head_of_block", "One bit changed in the commitment in front of a block.", "auth_failed", "read",
                 {"seal:block0": lambda how: setattr(how, "head", flipped(how.head, 63))})
    yield _fault("head_twice", "A block of another session, whose head fits, under the epoch and salt id of the commit's.", "auth_failed", "read",
                 lambda package: _block_of(package.make_session(1, 1, salt=secret("another salt"))))
    yield _fault("head_missing", "The commit does not carry its session's head.", "auth_failed", "open", {"frame:commit": setting(flags=SEALED)})
    yield _fault("session_unmet", "A block of a session whose head is nowhere.", "auth_failed", "read", _unmet)
    yield _fault("session_of_another_key", "A block of a session under a key that is not epoch 1's.", "auth_failed", "read",
                 lambda package: _block_of(package.make_session(1, 2, key=secret("another key"))))
    other = hello_in(SealedPackage("sealed_other_package")).bytes()[:96]
    yield _fault("session_of_another_package", "A block that was sealed, with our epoch key, for another package.", "auth_failed", "read",
                 lambda package: _block_of(package.make_session(1, 2, superblock=other)))
    yield _fault("epoch_without_key", "A block of epoch 2, of which no envelope has the key.", "no_key", "read",
                 lambda package: _block_of(package.make_session(2, 2)))


def _block_of(session):
    return {"frame:block0": setting(epoch=session.epoch, salt=session.salt_id), "seal:block0": setting(session=session, head=session.head)}


def _unmet(package):
    return {"frame:block0": setting(flags=SEALED, salt=2), "seal:block0": setting(session=package.make_session(1, 2))}


# --- what a body is sealed with ---

def seals():
    for cipher in ("xchacha20poly1305", "aes256gcm"):
        yield _fault(f"tag_{cipher}", f"One bit changed in a block's tag, {cipher}; check and hashes of the body fit.", "auth_failed", "read",
                     {"sealed:block0": lambda data: flipped(data, len(data) - 1)}, cipher=cipher)
        yield _fault(f"text_{cipher}", f"One bit changed in a block's cipher text, {cipher}; check and hashes of the body fit.", "auth_failed", "read",
                     {"sealed:block0": lambda data: flipped(data, HEAD + 24)}, cipher=cipher)
    for role, stage in (("catalog_leaf0", "list"), ("chunk_leaf0", "read"), ("manifest0", "verify"), ("commit", "open")):
        yield _fault(f"tag_of_{role}", f"One bit changed in the tag of {role}; check and hashes of the body fit.", "auth_failed", stage,
                     {f"sealed:{role}": lambda data: flipped(data, len(data) - 3, 128)})
    yield _fault("counter", "A block sealed with seal counter 1, and 0 in its header.", "auth_failed", "read", {"seal:block0": setting(counter=1)})
    yield _fault("frame_type", "A catalog page sealed with the key for chunk pages.", "auth_failed", "list", {"seal:catalog_leaf0": setting(type=5)})
    yield _fault("flag_added", "A must-understand bit set behind the sealing.", "auth_failed", "read",
                 {"frame:block0": lambda header: setattr(header, "flags", header.flags | 1), "seal:block0": setting(associated=lambda data: flipped(data, 5))})
    yield _fault("associated_none", "A block sealed without associated data.", "auth_failed", "read", {"seal:block0": setting(associated=lambda data: b"")})
    yield _fault("associated_sequence", "A block whose sequence is part of the associated data.", "auth_failed", "read",
                 {"seal:block0": setting(associated=lambda data: data[:24] + u64(1) + data[32:])})
    yield _fault("hash_of_plain", "A reference with the hash of a block's plain body.", "corrupt", "read", _hash_of_plain)
    yield _fault("inner_reserved", "Under the seal, a reserved byte that is not zero.", "corrupt", "read", {"inner:block0": setting(reserved=b"\1\0\0")})
    yield _fault("inner_padding", "Under the seal, padding that is not zero.", "corrupt", "read", {"inner:block0": setting(padding=b"\0\1")})
    package = hello_in(SealedPackage("sealed_flipped"))
    for role, stage in (("block0", "read"), ("catalog_leaf0", "list"), ("commit", "open"), ("envelope0", "open")):
        yield Vector(f"sealed_flipped_{role}", f"One bit changed in the body of {role}.", flipped(package.bytes(), package.positions[role] + 64 + 80),
                     "corrupt", stage, more=identity())


def _hash_of_plain(package):
    kept = {}
    return {"body:block0": lambda body: kept.update(hash=digest(body)), "reference:block0": lambda it: setattr(it, "hash", kept["hash"])}


# --- segments ---

def _sealing(numbers=None, lasts=None):
    """Seals with these numbers and last flags instead of the true ones."""
    def seals(cipher, key, counter, plain, associated):
        parts = seal.segments(len(plain))
        sealed = [seal.seal_segment(cipher, key, seal.nonce(cipher, counter, numbers[index] if numbers else index,
                                                            lasts[index] if lasts else index == len(parts) - 1), plain[at:at + size], associated)
                  for index, (at, size) in enumerate(parts)]
        return b"".join(text for text, _ in sealed) + b"".join(tag for _, tag in sealed)
    return setting(seals=seals)


def _sized(size):
    return lambda package: hello_in(package, content=bytes(size))


def segments():
    two = _sized(FULL + 65_536)
    yield _fault("segments_swapped", "The two segments of a block, and their tags, in each other's place.", "auth_failed", "read",
                 {"sealed:block0": lambda data: data[:HEAD] + data[HEAD + 65_536:-32] + data[HEAD:HEAD + 65_536] + data[-16:] + data[-32:-16]}, make=two)
    yield _fault("segment_repeated", "The first segment of a block, and its tag, twice.", "auth_failed", "read",
                 {"sealed:block0": lambda data: data[:HEAD] + data[HEAD:HEAD + 65_536] * 2 + data[-32:-16] * 2}, make=two)
    yield _fault("segment_dropped", "A segment that another followed once.", "auth_failed", "read", {"seal:block0": _sealing(lasts=[0])}, make=_sized(FULL))
    yield _fault("segment_last_early", "The first of two segments says that it is the last.", "auth_failed", "read",
                 {"seal:block0": _sealing(lasts=[1, 1])}, make=_sized(FULL + 10))
    yield _fault("segment_not_last", "The only segment does not say that it is the last.", "auth_failed", "read", {"seal:block0": _sealing(lasts=[0])})
    yield _fault("segment_number", "The only segment has number 1.", "auth_failed", "read", {"seal:block0": _sealing(numbers=[1])})
    yield _fault("segment_empty", "An empty last segment behind a full one.", "corrupt", "read", {"seal:block0": setting(seals=_empty_last)}, make=_sized(FULL))
    for name, what, length in (("none", "no body at all behind its head", HEAD), ("below_tag", "15 bytes behind its head", HEAD + 15),
                               ("below_head", "40 bytes, less than a head", 40)):
        yield _fault(f"length_{name}", f"A sealed block of {what}.", "corrupt", "read", {"sealed:block0": lambda data, length=length: data[:length]})
    yield _fault("length_second_tag", "A sealed block one byte longer than a full segment and its tag.", "corrupt", "read",
                 {"sealed:block0": lambda data: data + b"\0"}, make=_sized(FULL))
    yield _fault("body_too_short", "A sealed body of 20 plain bytes, less than an inner header.", "truncated", "read", {"body:block0": lambda body: body[:20]})


def _empty_last(cipher, key, counter, plain, associated):
    first = seal.seal_segment(cipher, key, seal.nonce(cipher, counter, 0, 0), plain, associated)
    last = seal.seal_segment(cipher, key, seal.nonce(cipher, counter, 1, 1), b"", associated)
    return first[0] + first[1] + last[1]


# --- the superblock, changed behind the sealing ---

def superblock():
    yield _restamped("superblock_cipher", "The superblock names the other cipher.", lambda data: data[:64] + b"\x02" + data[65:])
    yield _restamped("superblock_commitment", "One bit changed in the superblock's key commitment.", lambda data: flipped(data, 40))
    yield _restamped("superblock_id", "One bit changed in the package id, outside the tag.", lambda data: flipped(data, 31))
    yield _restamped("superblock_unsealed", "The superblock says that the package is not sealed; the reader has a key.",
                     lambda data: data[:12] + bytes(4) + data[16:32] + bytes(64), also="corrupt")
    yield Vector("sealed_expected", "A package that is not sealed, for a reader that has a key.", hello("sealed_expected").bytes(), "auth_failed", "open",
                 more=identity())


def _restamped(name, what, change, **more):
    data = hello_in(SealedPackage(f"sealed_{name}")).bytes()
    head = change(data[:92])[:92]
    return Vector(f"sealed_{name}", what, head + u32(crc32c(head)) + data[96:], "auth_failed", "open", more=identity() | more)


# --- envelopes and what is in them ---

def records():
    other, more = secret("another key"), {"stage": "open"}
    yield _fault("record_of_another_package", "An envelope with the id of another package.", "auth_failed", **more, envelopes=[to(OURS, package_id=bytes(16))])
    yield _fault("record_of_another_key", "A key for epoch 1 that does not fit the superblock's commitment.", "auth_failed", **more,
                 envelopes=[to(OURS, epochs=[(1, other)])])
    yield _fault("record_two_keys", "Two envelopes that give epoch 2 different keys.", "auth_failed", **more,
                 envelopes=[to(OURS, epochs=(1, 2)), to(OURS, epochs=[1, (2, other)])])
    yield _fault("record_magic", "A record \"NPKKEYS2\".", "unsupported", **more, envelopes=[_record(magic=b"NPKKEYS2")])
    yield _fault("record_epochs_descend", "Epochs 2, 1.", "corrupt", **more, envelopes=[to(OURS, epochs=(2, 1))])
    yield _fault("record_epoch_twice", "Epoch 1 twice, with one key.", "corrupt", **more, envelopes=[to(OURS, epochs=(1, 1))])
    yield _fault("record_epoch_zero", "Epochs 0, 1.", "corrupt", **more, envelopes=[to(OURS, epochs=(0, 1))])
    yield _fault("record_no_keys", "No keys.", "corrupt", **more, envelopes=[to(OURS, epochs=())])
    yield _fault("record_many_keys", "4,097 keys claimed.", "corrupt", **more, envelopes=[_record(key_count=4097)], also="limit truncated")
    yield _fault("record_keys_huge", "2^32 - 1 keys claimed.", "corrupt", **more, envelopes=[_record(key_count=(1 << 32) - 1)], also="limit truncated")
    yield _fault("record_many_recipients", "1,025 recipients claimed.", "corrupt", **more, envelopes=[_record(recipient_count=1025)], also="limit truncated")
    yield _fault("record_long_recipient", "A recipient of 4,097 bytes.", "corrupt", **more, envelopes=[to(OURS, recipients=[b"x" * 4097])], also="limit")
    for name, what, edit, failure_class in (("cut", "cut within a recipient", lambda data: data[:-1], "truncated"),
                                            ("cut_key", "cut within a key", lambda data: data[:40], "truncated"),
                                            ("magic_alone", "of nothing but its magic", lambda data: data[:8], "truncated"),
                                            ("empty", "of no bytes", lambda data: b"", "truncated"),
                                            ("trailing", "with a byte behind its end", lambda data: data + b"\0", "trailing_data")):
        yield _fault(f"record_{name}", f"A record {what}.", failure_class, "open", {"record:envelope0": edit}, also="corrupt")


def _record(**fields):
    return to(OURS, record=lambda *parts: seal.record(*parts, **fields))


def envelopes():
    """None opens."""
    def fault(name, what, *made, edits=None, **more):
        return _fault(name, what, "no_key", "open", edits, envelopes=list(made), **more)

    yield fault("no_key", "A sealed package, and no key.", to(OURS), key={})
    yield fault("stranger", "An envelope for somebody else only.", to(STRANGER))
    cut = hello_in(SealedPackage("sealed_stranger_cut", envelopes=[to(STRANGER)]))
    yield Vector(cut.name, "An envelope for somebody else only, and no trailer.", cut.bytes()[:cut.positions["trailer"]], "no_key", "open", more=identity())
    yield fault("seventeenth_envelope", "Sixteen envelopes for others before ours.", *[to(secret(f"other {number}")) for number in range(16)], to(OURS))
    yield fault("wrong_passphrase", "Another passphrase.", to_passphrase(b"another"), key=WITH_PASSPHRASE)
    yield fault("second_passphrase", "An envelope for another passphrase before ours.", to_passphrase(b"another"), to_passphrase(), key=WITH_PASSPHRASE)
    yield fault("passphrase_for_recipient", "An envelope for a recipient, and a passphrase.", to(OURS), key=WITH_PASSPHRASE)
    yield fault("passphrase_too_costly", "A scrypt work factor of 2^21.", to_passphrase(log2=21), key=WITH_PASSPHRASE, also="limit")
    yield fault("passphrase_not_alone", "A scrypt stanza beside another one.", to_passphrase(behind=[_ours]), key=WITH_PASSPHRASE, also="corrupt")
    yield from _bad_files(fault)
    yield _fault("envelope_is_block", "The trailer names a block as an envelope.", "corrupt", "open", _block_as_envelope)
    yield _fault("envelope_outside", "The trailer names an envelope behind the end.", "corrupt", "open",
                 {"trailer:trailer": lambda it: setattr(it, "envelopes", [1 << 40])}, also="truncated")


def _ours(file_key, name):
    return age.x25519_stanza(file_key, age.public_of(OURS), secret(name))


def _block_as_envelope(package):
    return {"trailer:trailer": lambda it: setattr(it, "envelopes", [package.positions["block0"]])}


def _bad_files(fault):
    """Envelopes that are no good age files: they do not open. A reader may say why instead."""
    cases = [
        ("mac", "A wrong header MAC.", wrong_mac, "auth_failed"),
        ("payload", "One bit changed in the payload.", lambda file: flipped(file, len(file) - 20), "auth_failed"),
        ("payload_cut", "A payload cut short.", lambda file: file[:-5], "auth_failed corrupt truncated"),
        ("payload_none", "No payload behind the header.", lambda file: file[:file.index(b"\n--- ") + 49], "corrupt truncated"),
        ("version", "An age file of version 2.", lambda file: file.replace(b"/v1\n", b"/v2\n", 1), "unsupported corrupt"),
        ("base64", "A stanza with base64 padding.", lambda file: file.replace(b"\n-> X25519 ", b"\n-> X25519 =", 1), "corrupt"),
        ("armored", "An armored age file.", _armored, "corrupt unsupported"),
        ("empty", "An envelope of no bytes.", lambda file: b"", "corrupt truncated"),
        ("text", "An envelope that is no age file.", lambda file: b"no age file", "corrupt truncated"),
    ]
    for name, what, edit, also in cases:
        yield fault(f"age_{name}", what, to(OURS), edits={"age:envelope0": edit}, also=also)
    yield fault("age_low_order", "A share that is no usable point.", lambda package: package.envelope([_low_order]), also="corrupt")


def _armored(file):
    text = base64.b64encode(file)
    lines = b"".join(text[at:at + 64] + b"\n" for at in range(0, len(text), 64))
    return b"-----BEGIN AGE ENCRYPTED FILE-----\n" + lines + b"-----END AGE ENCRYPTED FILE-----\n"


def _low_order(file_key, name):
    return [b"X25519", age.base64_of(bytes(32))], bytes(32)


def vectors():
    for group in (bits, heads, seals, segments, superblock, records, envelopes):
        yield from group()

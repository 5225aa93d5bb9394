"""Sealed packages that every reader with the key must read (spec 14)."""

import age
from ids import FRAME_TYPES
from sealed_package import OURS, PASSPHRASE, SECOND, STRANGER, THIRD, SealedPackage, secret, to, to_passphrase, unknown_stanza
from vector import Vector, close, hello_in, mixed_in, regular

FULL = 65_536 - 24  # content of a block whose body is one full segment


def identity(key=OURS):
    return {"identity": age.identity_text(key)}


WITH_PASSPHRASE = {"passphrase": PASSPHRASE.decode()}


def _vector(what, package, more=None):
    return Vector(package.name, what, package.bytes(), expected=package.commits[-1], more=more or identity())


def _hello(name, what, envelopes, more=None):
    return _vector(what, hello_in(SealedPackage(name, envelopes=envelopes)), more)


# --- who may open ---

def recipients():
    for cipher in ("xchacha20poly1305", "aes256gcm"):
        yield _vector(f"Six entries, sealed with {cipher} for one recipient.", mixed_in(SealedPackage(f"sealed_{cipher}", cipher=cipher)))
    yield _hello("sealed_recipients", "Three recipients in one envelope; the third opens.", [to(OURS, SECOND, THIRD)], identity(THIRD))
    yield _hello("sealed_passphrase", "A passphrase, with a scrypt work factor of 2^10.", [to_passphrase()], WITH_PASSPHRASE)
    yield _hello("sealed_passphrase_and_recipient", "An envelope for a passphrase and one for a recipient, each with all keys; the passphrase opens.",
                 [to(OURS), to_passphrase()], WITH_PASSPHRASE)
    yield _hello("sealed_stranger_first", "An envelope for somebody else first, ours second.", [to(STRANGER), to(OURS)])
    yield _hello("sealed_sixteenth_envelope", "Fifteen envelopes for others first.", [to(secret(f"other {number}")) for number in range(15)] + [to(OURS)])
    yield _hello("sealed_unknown_stanzas", "Stanzas of unknown types around ours, one without a body and one with a body that fills its lines.", [
        to(OURS, before=[unknown_stanza(b"plugin", b"some", b"arguments"), unknown_stanza(b"empty", body=b"")],
           behind=[unknown_stanza(b"~/+grease", body=bytes(96))])])
    yield _hello("sealed_not_age_first", "A first envelope that is no age file; ours second.", [_noise, to(OURS)])
    yield _unauthentic_first()
    yield _added_later()


def _noise(package):
    package.envelopes.append(package.frame("noise", FRAME_TYPES["envelope"], b"no age file").position)


def _unauthentic_first():
    package = SealedPackage("sealed_unauthentic_first", {"age:envelope0": wrong_mac}, envelopes=[to(OURS), to(OURS)])
    return _vector("A first envelope for us whose header MAC is wrong; a good one second.", hello_in(package))


def wrong_mac(file):
    at = file.index(b"\n--- ") + 5
    return file[:at] + (b"A" if file[at:at + 1] != b"A" else b"B") + file[at + 1:]


def _added_later():
    package = hello_in(SealedPackage("sealed_envelope_added", {}, envelopes=[to(STRANGER)]))
    to(OURS)(package)
    package.trailer("trailer_behind")
    return _vector("An envelope for us behind the first trailer, and a second trailer that names it too.", package)


# --- epochs and sessions ---

def sessions():
    both = [to(OURS, epochs=(1, 2))]
    yield _vector("A second session goes on under epoch 2, with a head of its own.", two_sessions(SealedPackage("sealed_two_epochs", envelopes=both), 2))
    yield _vector("A second session under the same epoch.", two_sessions(SealedPackage("sealed_two_sessions"), 1))
    yield _vector("One envelope gives epoch 1, another epochs 1 and 2.",
                  two_sessions(SealedPackage("sealed_epochs_apart", envelopes=[to(OURS, epochs=(1,)), to(OURS, epochs=(1, 2))]), 2))
    yield _vector("Epochs 1, 3 and 4,000,000,000 in an envelope; the second session is of the last.", two_sessions(
        SealedPackage("sealed_epochs_with_gaps", envelopes=[to(OURS, epochs=(1, 3, 4_000_000_000))]), 4_000_000_000))
    package = SealedPackage("sealed_every_head", every_head=True)
    yield _vector("Every frame carries its session's head.", mixed_in(package))
    yield _vector("A second generation under epoch 2, whose key comes with an envelope behind the first trailer. Every frame carries its session's head.",
                  two_generations(SealedPackage("sealed_two_generations", every_head=True)))


def two_sessions(package, epoch, salt_id=2):
    """Every frame of the first session carries its head: a reader may come to any of them first."""
    package.every_head = True
    package.block([b"first"])
    package.block([b"second"])
    package.every_head = False
    package.begin_session(epoch, salt_id)
    package.block([b"third"])
    return close(package, [regular(b"first", 0), regular(b"second", 1), regular(b"third", 2)])


def two_generations(package):
    package.block([b"first"])
    package.chunk_page()
    first = [regular(b"first", 0)]
    package.manifest(first)
    package.commit(first, role="commit_before")
    package.trailer("trailer_before")
    to(OURS, epochs=(1, 2))(package)
    package.begin_session(2, 2)
    package.block([b"second"])
    package.chunk_page()
    second = [regular(b"second", 1)]
    package.manifest(second)
    package.commit(first + second)
    package.trailer()
    return package


# --- bodies ---

def bodies():
    yield _vector("No entries: the commit is the only sealed frame.", close(SealedPackage("sealed_empty"), []))
    yield _sized("sealed_full_segment", "A block whose body is one full segment.", FULL)
    yield _sized("sealed_two_segments", "A block whose body is a full segment and one of a byte, under AES-256-GCM.", FULL + 1, "aes256gcm")
    yield _vector("A dictionary without payload, and a frame of an unknown type without body: one segment of 24 bytes, one of none.", _empty_bodies())
    package = SealedPackage("sealed_padded")
    package.block([b"padded"], padding=100)
    yield _vector("A block with 100 bytes of padding under the seal.", close(package, [regular(b"padded", 0)]))
    yield _vector("Sealed frames of unknown types, and a clear padding frame, between the others.", _unknown_frames("sealed_unknown_frames"))
    prefix = bytes(300)
    inside = hello_in(SealedPackage("sealed_inside_a_larger_file"))
    yield Vector(inside.name, "300 bytes before the superblock.", prefix + inside.bytes(), expected=inside.commits[-1],
                 more=identity() | {"prefix": len(prefix)})


def _sized(name, what, size, cipher="xchacha20poly1305"):
    return _vector(what, hello_in(SealedPackage(name, cipher=cipher), content=bytes(index * 7 & 0xFF for index in range(size))))


def _empty_bodies():
    package = SealedPackage("sealed_empty_bodies")
    package.frame("unknown0", 200, b"")
    package.block([b""], dictionary=True)
    return hello_in(package)


def _unknown_frames(name):
    package = SealedPackage(name)
    package.frame("unknown0", 200, b"from a later version")
    package.block([b"greeting"], dictionary=True)
    package.block([b"hello"])
    package.frame("padding0", FRAME_TYPES["padding"], bytes(100))
    package.frame("unknown1", 31, b"NPKF")
    return close(package, [regular(b"hello", 0)])


# --- what is left of packages cut short ---

def recovered():
    package = mixed_in(SealedPackage("sealed_recovered_commit"))
    yield _cut("Cut before the trailer: the envelope behind the superblock opens it.", package, "trailer", 0, package.commits[-1])
    package = mixed_in(SealedPackage("sealed_recovered_manifest"))
    commit = package.commits[-1]
    commit.content_root = None
    yield _cut("Cut within the commit: the entries come from the manifest.", package, "commit", 200, commit)
    package = _unknown_frames("sealed_recovered_unknown")
    commit = package.commits[-1]
    commit.content_root = None
    yield _cut("Cut before the commit; the first head is in front of a frame of an unknown type.", package, "commit", 0, commit)
    package = two_generations(SealedPackage("sealed_recovered_generation"))
    yield _cut("Cut in the block of a second generation under epoch 2: the first stands.", package, "block1", 70, package.commits[0])


def _cut(what, package, role, offset, expected):
    return Vector(package.name, what, package.bytes()[:package.positions[role] + offset], expected=expected,
                  more=identity() | {"recovered": True, "verify_class": "truncated"})


def vectors():
    for group in (recipients, sessions, bodies, recovered):
        yield from group()

"""A package writer that seals (spec 14). Edits as in package.py, and these, in order of use:

    seal:ROLE      what a body is sealed with: session, head (b"": none), type, counter; `associated` changes the associated data, `seals` is the
                   function that seals (None: the body stays clear)
    sealed:ROLE    bytes -> bytes: a stored body
    record:ROLE    bytes -> bytes: the record in an envelope
    age:ROLE       bytes -> bytes: an envelope

All that a sealing writer draws at random is derived from names here, so that the bytes are the same every time.
"""

from types import SimpleNamespace

import age
import seal
from blake3 import digest
from ids import CIPHERS, CLEAR_FRAMES, FRAME_TYPES
from package import Package
from parse import CARRIES_SALT, SEALED


def secret(name):
    """32 bytes, the same for a name every time."""
    return digest(b"npk test vectors: " + name.encode())


OURS, SECOND, THIRD, STRANGER = (secret(f"identity {number}") for number in range(4))
PASSPHRASE = b"correct horse battery staple"


class SealedPackage(Package):
    def __init__(self, name, edits=None, cipher="xchacha20poly1305", envelopes=None, every_head=False):
        """`envelopes`: functions of the package that write those right behind the superblock."""
        self.name, self.cipher, self.every_head = name, CIPHERS[cipher], every_head
        super().__init__(name, edits)
        self.superblock = self.out
        for write in envelopes or [to(OURS)]:
            write(self)
        self.begin_session(1, 1)

    def _start(self, superblock):
        superblock.flags, superblock.cipher = 1, self.cipher
        superblock.commitment = seal.key_commitment(self.epoch_key(1), self.id)

    def epoch_key(self, epoch):
        return secret(f"{self.name}: epoch key {epoch}")

    def begin_session(self, epoch, salt_id):
        self.session = self.make_session(epoch, salt_id)

    def make_session(self, epoch, salt_id, key=None, superblock=None, salt=None):
        key, superblock = key or self.epoch_key(epoch), superblock or self.superblock
        head = seal.session_head(key, superblock, salt or secret(f"{self.name}: salt {salt_id}"))
        return SimpleNamespace(epoch=epoch, salt_id=salt_id, epoch_key=key, superblock=superblock, head=head, counters={}, begun=False)

    # --- frames ---

    def frame(self, role, type_id, body, **fields):
        if type_id in CLEAR_FRAMES:
            return super().frame(role, type_id, body, **fields)
        session = self.session
        counter = session.counters.get(type_id, 0)
        session.counters[type_id] = counter + 1
        shown = self.every_head or not session.begun or type_id == FRAME_TYPES["commit"] or (type_id == FRAME_TYPES["block"] and counter == 0)
        session.begun = True
        flags = SEALED | (CARRIES_SALT if shown else 0) | fields.pop("flags", 0)
        return super().frame(role, type_id, body, flags=flags, epoch=session.epoch, salt=session.salt_id, counter=counter, **fields)

    def _stored(self, role, header, body):
        if header.type in CLEAR_FRAMES:
            return super()._stored(role, header, body)
        self._edit(f"frame:{role}", header)
        how = SimpleNamespace(session=self.session, head=self.session.head if header.flags & CARRIES_SALT else b"", type=header.type,
                              counter=header.counter, associated=lambda data: data, seals=seal.seal_body)
        self._edit(f"seal:{role}", how)
        stored = self._edit(f"sealed:{role}", self._sealed(how, header, body) if how.seals else body)
        header.stored_length = len(stored)
        return stored

    def _sealed(self, how, header, body):
        key = seal.frame_key(how.session.epoch_key, how.session.superblock, how.session.head[:32], how.type)
        header.stored_length = len(how.head) + seal.sealed_bytes(len(body))
        associated = how.associated(seal.associated_data(self._header_bytes(header, b"")))
        return how.head + how.seals(self.cipher, key, how.counter, body, associated)

    # --- envelopes ---

    def envelope(self, stanzas, epochs=(1,), recipients=(), record=None, package_id=None, role=None):
        """`stanzas`: functions of file key and a name to draw secrets by; `record`: a function of (package id, keys, recipients)."""
        role = role or self.role("envelope")
        keys = [(epoch, self.epoch_key(epoch)) if isinstance(epoch, int) else epoch for epoch in epochs]
        plain = self._edit(f"record:{role}", (record or seal.record)(package_id or self.id, keys, list(recipients)))
        name = f"{self.name}: {role}"
        file_key, nonce = secret(f"{name}: file key")[:16], secret(f"{name}: nonce")[:16]
        made = [stanza(file_key, f"{name}: stanza {number}") for number, stanza in enumerate(stanzas)]
        file = self._edit(f"age:{role}", age.write(plain, file_key, nonce, made))
        reference = self.frame(role, FRAME_TYPES["envelope"], file)
        self.envelopes.append(reference.position)


# --- envelopes to give a package ---

def _x25519(identity):
    return lambda file_key, name: age.x25519_stanza(file_key, age.public_of(identity), secret(name))


def _scrypt(passphrase, log2):
    return lambda file_key, name: age.scrypt_stanza(file_key, passphrase, secret(name)[:16], log2)


def unknown_stanza(*arguments, body=b"what only a plugin knows"):
    return lambda file_key, name: ([*arguments], body)


def to(*identities, before=(), behind=(), **options):
    """An envelope for these; `before` and `behind` are stanzas around theirs."""
    recipients = [age.recipient_text(identity).encode() for identity in identities]
    stanzas = [*before, *map(_x25519, identities), *behind]
    return lambda package: package.envelope(stanzas, **{"recipients": recipients, **options})


def to_passphrase(passphrase=PASSPHRASE, log2=10, behind=(), **options):
    return lambda package: package.envelope([_scrypt(passphrase, log2), *behind], **{"recipients": [b""], **options})

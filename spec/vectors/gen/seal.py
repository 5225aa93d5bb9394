"""Sealing (spec 14): keys, heads, bodies, and the record in an envelope. Needs python3-nacl and python3-cryptography."""

import hashlib
import hmac

from blake3 import digest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from failure import Cursor, Failure, require
from ids import CIPHERS
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_decrypt, crypto_aead_xchacha20poly1305_ietf_encrypt
from nacl.exceptions import CryptoError
from wire import u8, u32

RECORD_MAGIC = b"NPKKEYS1"
MOST_KEYS, MOST_RECIPIENTS, MOST_RECIPIENT_BYTES = 4096, 1024, 4096
SEGMENT, TAG, HEAD = 65_536, 16, 64
NONCE_BYTES = {CIPHERS["xchacha20poly1305"]: 24, CIPHERS["aes256gcm"]: 12}


def keyed(key, message):
    """H(k, m)"""
    return hashlib.blake2b(message, key=key, digest_size=32).digest()


def key_commitment(epoch_key, package_id):
    return keyed(epoch_key, b"npk 1 key commitment" + package_id)


def session_head(epoch_key, superblock, salt):
    """`superblock`: its 96 bytes."""
    return salt + keyed(epoch_key, b"npk 1 session commitment" + digest(superblock) + salt)


def frame_key(epoch_key, superblock, salt, frame_type):
    return keyed(epoch_key, b"npk 1 frame key" + digest(superblock) + salt + u8(frame_type))


def associated_data(header):
    """Of the 64 bytes of a frame's header: zeros for sequence (24), last commit (40), body check (48) and checksum (60)."""
    return header[:24] + bytes(8) + header[32:40] + bytes(16) + header[56:60] + bytes(4)


# --- segments ---

def nonce(cipher, counter, number, last):
    return (u32(counter) + u32(number) + u8(last)).ljust(NONCE_BYTES[cipher], b"\0")


def seal_segment(cipher, key, nonce_bytes, plain, associated):
    """(cipher text, tag)"""
    if cipher == CIPHERS["aes256gcm"]:
        sealed = AESGCM(key).encrypt(nonce_bytes, plain, associated)
    else:
        sealed = crypto_aead_xchacha20poly1305_ietf_encrypt(plain, associated, nonce_bytes, key)
    return sealed[:-TAG], sealed[-TAG:]


def open_segment(cipher, key, nonce_bytes, sealed, associated):
    try:
        if cipher == CIPHERS["aes256gcm"]:
            return AESGCM(key).decrypt(nonce_bytes, sealed, associated)
        return crypto_aead_xchacha20poly1305_ietf_decrypt(sealed, associated, nonce_bytes, key)
    except (CryptoError, InvalidTag):
        raise Failure("auth_failed", "a segment's tag") from None


def segments(length):
    """(offset, length) of each segment of a plain body."""
    return [(at, min(SEGMENT, length - at)) for at in range(0, max(length, 1), SEGMENT)]


def sealed_bytes(plain):
    return plain + TAG * len(segments(plain))


def plain_bytes(sealed):
    plain = sealed - TAG * -(-sealed // (SEGMENT + TAG))
    require(plain >= 0 and sealed_bytes(plain) == sealed, "a length that no sealed body has")
    return plain


def seal_body(cipher, key, counter, plain, associated):
    """Cipher text and tags."""
    parts = segments(len(plain))
    sealed = [seal_segment(cipher, key, nonce(cipher, counter, number, number == len(parts) - 1), plain[at:at + length], associated)
              for number, (at, length) in enumerate(parts)]
    return b"".join(text for text, _ in sealed) + b"".join(tag for _, tag in sealed)


def open_body(cipher, key, counter, sealed, associated):
    length = plain_bytes(len(sealed))
    text, tags, parts = sealed[:length], sealed[length:], segments(length)
    return b"".join(open_segment(cipher, key, nonce(cipher, counter, number, number == len(parts) - 1),
                                 text[at:at + size] + tags[TAG * number:TAG * (number + 1)], associated)
                    for number, (at, size) in enumerate(parts))


# --- records ---

def record(package_id, keys, recipients, magic=RECORD_MAGIC, key_count=None, recipient_count=None):
    """`keys`: (epoch, key) in order; `recipients`: texts as bytes."""
    out = magic + package_id + u32(len(keys) if key_count is None else key_count)
    out += b"".join(u32(epoch) + key for epoch, key in keys)
    out += u32(len(recipients) if recipient_count is None else recipient_count)
    return out + b"".join(u32(len(text)) + text for text in recipients)


def parse_record(data, superblock):
    """Epoch -> key, of an envelope of the package with this superblock (parse.superblock)."""
    it = Cursor(data, "record")
    require(it.take(8) == RECORD_MAGIC, "a record of another kind", "unsupported")
    require(it.take(16) == superblock.id, "an envelope of another package", "auth_failed")
    keys, count = {}, it.integer(4)
    require(1 <= count <= MOST_KEYS, "record: number of keys")
    for _ in range(count):
        epoch = it.integer(4)
        require(epoch > max(keys, default=0), "record: epochs do not ascend")
        keys[epoch] = it.take(32)
    _recipients(it)
    require(1 not in keys or hmac.compare_digest(key_commitment(keys[1], superblock.id), superblock.commitment),
            "a key that is not the superblock's", "auth_failed")
    return keys


def _recipients(it):
    count = it.integer(4)
    require(count <= MOST_RECIPIENTS, "record: number of recipients")
    for _ in range(count):
        length = it.integer(4)
        require(length <= MOST_RECIPIENT_BYTES, "record: a recipient's length")
        it.take(length)
    it.finish()

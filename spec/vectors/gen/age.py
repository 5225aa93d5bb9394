"""age v1 files (C2SP age.md), as envelopes hold them: written with secrets that the caller fixes, read with identities or a passphrase.

Needs python3-cryptography."""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field

import bech32
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from failure import Failure, require

VERSION = b"age-encryption.org/v1"
SECRET_PREFIX, PUBLIC_PREFIX = "age-secret-key-", "age"
CHUNK = 64 << 10
LINE = 64
MOST_SCRYPT_LOG2 = 20


def hkdf(secret, salt, info):
    return HKDF(hashes.SHA256(), 32, salt, info).derive(secret)


def base64_of(data):
    return base64.b64encode(data).rstrip(b"=")


def from_base64(text):
    """Only the canonical form."""
    try:
        data = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except ValueError:
        raise Failure("corrupt", "age: base64") from None
    require(base64_of(data) == text, "age: base64 that is not canonical")
    return data


# --- keys ---

def public_of(secret):
    return X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def identity_text(secret):
    return bech32.encode(SECRET_PREFIX, secret).upper()


def recipient_text(secret):
    return bech32.encode(PUBLIC_PREFIX, public_of(secret))


def _shared(secret, public):
    try:
        return X25519PrivateKey.from_private_bytes(secret).exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError:
        raise Failure("corrupt", "age: a point of low order") from None


@dataclass
class Keys:
    """What a reader has to open with."""
    identities: list = field(default_factory=list)  # X25519 secrets
    passphrase: bytes = None

    def __bool__(self):
        return bool(self.identities) or self.passphrase is not None


def parse_identities(text):
    """An identity file as age-keygen writes it."""
    lines = [line.strip() for line in text.splitlines()]
    return [bech32.decode(SECRET_PREFIX, line) for line in lines if line and not line.startswith("#")]


# --- stanzas: (arguments, body) ---

def x25519_stanza(file_key, public, ephemeral):
    share = public_of(ephemeral)
    key = hkdf(_shared(ephemeral, public), share + public, VERSION + b"/X25519")
    return [b"X25519", base64_of(share)], ChaCha20Poly1305(key).encrypt(bytes(12), file_key, None)


def _scrypt(passphrase, salt, log2):
    return hashlib.scrypt(passphrase, salt=VERSION + b"/scrypt" + salt, n=1 << log2, r=8, p=1, maxmem=2048 << log2, dklen=32)


def scrypt_stanza(file_key, passphrase, salt, log2=10):
    key = _scrypt(passphrase, salt, log2) if log2 <= MOST_SCRYPT_LOG2 else bytes(32)
    return [b"scrypt", base64_of(salt), b"%d" % log2], ChaCha20Poly1305(key).encrypt(bytes(12), file_key, None)


def _unwrap(key, body):
    require(len(body) == 32, "age: length of a wrapped key")
    try:
        return ChaCha20Poly1305(key).decrypt(bytes(12), body, None)
    except InvalidTag:
        return None


def _open_x25519(arguments, body, keys):
    require(len(arguments) == 2, "age: arguments of an X25519 stanza")
    share = from_base64(arguments[1])
    require(len(share) == 32, "age: length of a share")
    found = None
    for secret in keys.identities:
        key = hkdf(_shared(secret, share), share + public_of(secret), VERSION + b"/X25519")
        found = found or _unwrap(key, body)
    return found


def _open_scrypt(arguments, body, keys):
    require(len(arguments) == 3 and arguments[2].isdigit() and arguments[2][:1] != b"0", "age: arguments of a scrypt stanza")
    salt, log2 = from_base64(arguments[1]), int(arguments[2])
    require(len(salt) == 16, "age: length of a salt")
    if keys.passphrase is None:
        return None
    require(log2 <= MOST_SCRYPT_LOG2, "age: a scrypt stanza that costs too much", "limit")
    return _unwrap(_scrypt(keys.passphrase, salt, log2), body)


OPENERS = {b"X25519": _open_x25519, b"scrypt": _open_scrypt}


# --- files ---

def _stanza_bytes(arguments, body):
    text = base64_of(body)
    lines = [text[at:at + LINE] for at in range(0, len(text) + 1, LINE)]  # the last one is shorter than a full line, maybe empty
    return b"-> " + b" ".join(arguments) + b"\n" + b"".join(line + b"\n" for line in lines)


def _mac(file_key, header):
    return hmac.new(hkdf(file_key, b"", b"header"), header, hashlib.sha256).digest()


def _chunk_nonce(number, last):
    return number.to_bytes(11, "big") + bytes([last])


def write(plain, file_key, nonce, stanzas, mac=None):
    """`nonce` and `file_key` have 16 bytes; `mac` instead of the true one."""
    header = VERSION + b"\n" + b"".join(_stanza_bytes(*stanza) for stanza in stanzas) + b"---"
    cipher = ChaCha20Poly1305(hkdf(file_key, nonce, b"payload"))
    pieces = [plain[at:at + CHUNK] for at in range(0, len(plain), CHUNK)] or [b""]
    sealed = [cipher.encrypt(_chunk_nonce(number, number == len(pieces) - 1), piece, None) for number, piece in enumerate(pieces)]
    return header + b" " + base64_of(mac or _mac(file_key, header)) + b"\n" + nonce + b"".join(sealed)


def _parse_header(file):
    """Stanzas, header as the MAC covers it, MAC, payload."""
    lines, at, stanzas = [], 0, []

    def next_line():
        nonlocal at
        end = file.find(b"\n", at)
        require(end >= 0, "age: the header ends early")
        line, at = file[at:end], end + 1
        return line

    require(next_line() == VERSION, "age: not an age file")
    while (line := next_line()).startswith(b"-> "):
        arguments, body = line[3:].split(b" "), b""
        require(all(argument and all(33 <= byte <= 126 for byte in argument) for argument in arguments), "age: an argument")
        while len(line := next_line()) == LINE:
            body += line
        require(len(line) < LINE, "age: a line too long")
        stanzas.append((arguments, from_base64(body + line)))
    require(line.startswith(b"--- ") and stanzas, "age: the header's end")
    return stanzas, file[:at - len(line) - 1] + b"---", from_base64(line[4:]), file[at:]


def stanza_types(file):
    return [arguments[0] for arguments, _ in _parse_header(file)[0]]


def open_file(file, keys):
    """The plain text; None if no key fits a stanza."""
    stanzas, header, mac, payload = _parse_header(file)
    types = [arguments[0] for arguments, _ in stanzas]
    require(b"scrypt" not in types or len(types) == 1, "age: a passphrase beside other recipients")
    found = (OPENERS[arguments[0]](arguments, body, keys) for arguments, body in stanzas if arguments[0] in OPENERS)
    file_key = next((key for key in found if key is not None), None)
    if file_key is None:
        return None
    require(hmac.compare_digest(mac, _mac(file_key, header)), "age: header MAC", "auth_failed")
    return _open_payload(payload, file_key)


def _open_payload(payload, file_key):
    require(len(payload) >= 16 + 16, "age: the payload is cut short", "truncated")
    cipher, step = ChaCha20Poly1305(hkdf(file_key, payload[:16], b"payload")), CHUNK + 16
    pieces = [payload[at:at + step] for at in range(16, len(payload), step)]
    try:
        plain = [cipher.decrypt(_chunk_nonce(number, number == len(pieces) - 1), piece, None) for number, piece in enumerate(pieces)]
    except InvalidTag:
        raise Failure("auth_failed", "age: payload") from None
    require(len(plain) == 1 or plain[-1], "age: an empty last chunk")
    return b"".join(plain)

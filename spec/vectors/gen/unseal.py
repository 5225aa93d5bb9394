"""What opens a sealed package for the reader (spec 14): its envelopes, then the bodies of its frames."""

import hmac

import age
import parse
import seal
from failure import Failure, require

MOST_ENVELOPES = 16


class Opener:
    def __init__(self, superblock):
        self.superblock = superblock
        self.keys = {}   # epoch -> key
        self.heads = {}  # (epoch, salt id) -> head

    def find_keys(self, envelopes, keys):
        """`envelopes`: bodies of envelope frames, in the order to try them; only as many are taken as a reader tries."""
        passphrases = 0
        for _, body in zip(range(MOST_ENVELOPES), envelopes):
            try:
                passphrases += (costs := b"scrypt" in age.stanza_types(body))
                plain = age.open_file(body, keys) if not costs or passphrases == 1 else None
            except Failure:
                continue  # does not open
            if plain is not None:
                self._add(seal.parse_record(plain, self.superblock))
        require(self.keys, "no envelope opens", "no_key")

    def _add(self, keys):
        for epoch, key in keys.items():
            require(hmac.compare_digest(self.keys.setdefault(epoch, key), key), "two keys of one epoch", "auth_failed")

    def meet(self, header, body):
        """Learns the session of a frame that carries its head; gives the head of the frame's session, and the rest of the body."""
        name = header.epoch, header.salt
        if not header.flags & parse.CARRIES_SALT:
            require(name in self.heads, "a session whose head was not met", "auth_failed")
            return self.heads[name], body
        require(len(body) >= seal.HEAD, "a body shorter than its head")
        require(header.epoch in self.keys, "an epoch without a key", "no_key")
        head = body[:seal.HEAD]
        true = seal.session_head(self.keys[header.epoch], self.superblock.bytes, head[:32])
        require(hmac.compare_digest(head, true), "a session's commitment", "auth_failed")
        require(self.heads.setdefault(name, head) == head, "two sessions of one number", "auth_failed")
        return head, body[seal.HEAD:]

    def open(self, header, body):
        head, sealed = self.meet(header, body)
        key = seal.frame_key(self.keys[header.epoch], self.superblock.bytes, head[:32], header.type)
        return seal.open_body(self.superblock.cipher, key, header.counter, sealed, seal.associated_data(header.bytes))

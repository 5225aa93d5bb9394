"""Sealed packages: made for recipients and passphrases, opened by every verb, and what they say when they can't be."""

import fcntl
import hashlib
import os
import pty
import random
import select
import struct
import subprocess
import termios
import zlib

import harness
from harness import DAMAGED, INPUT_OUTPUT, NO_KEY, NPK, USAGE

SUPERBLOCK, FRAME_HEADER = 96, 64
ENVELOPE, COMMIT = 6, 9
READING = [["list"], ["verify"], ["info"], ["hash"], ["cat"], ["seek"], ["extract"]]


def frames(package):
    """(type, flags, position, body) of each frame."""
    at = SUPERBLOCK
    while at < len(package):
        magic, kind, flags = package[at:at + 4], package[at + 4], package[at + 5]
        assert magic == b"NPKF", f"no frame at {at}"
        length, = struct.unpack_from("<Q", package, at + 32)
        yield kind, flags, at, package[at + FRAME_HEADER:at + FRAME_HEADER + length]
        at += FRAME_HEADER + length


class Sealed(harness.CommandTest):
    def setUp(self):
        super().setUp()
        self.secrets = []
        self.recipient = self.age_key("key")
        self.small_tree()
        self.write("tree/name-that-must-not-show", "content that must not show\n" * 5)

    def age_key(self, name):
        subprocess.run(["age-keygen", "-o", self.at / name], check=True, capture_output=True)
        self.secrets.append((self.at / name).read_bytes().split()[-1])
        return subprocess.run(["age-keygen", "-y", self.at / name], check=True, capture_output=True).stdout.decode().strip()

    def ssh_key(self, name, kind="ed25519", passphrase=""):
        subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-f", self.at / name], check=True, stdin=subprocess.DEVNULL)
        return (self.at / f"{name}.pub").read_text().strip()

    def npk(self, *arguments, **how):
        done = super().npk(*arguments, **how)
        for secret in self.secrets:
            self.assertNotIn(secret, done.stdout + done.stderr)
        return done

    def with_passphrase(self, phrase, *arguments, code=0):
        """--passphrase-fd in front of the operands."""
        reader, writer = os.pipe()
        os.write(writer, phrase + b"\n")
        os.close(writer)
        verb, *rest = arguments
        done = subprocess.run([NPK, verb, "--passphrase-fd", str(reader), *rest], cwd=self.at, capture_output=True, pass_fds=[reader], timeout=100, check=False)
        os.close(reader)
        self.assertEqual(done.returncode, code, done.stderr)
        if phrase:
            self.assertNotIn(phrase, done.stdout + done.stderr)
        return done

    def sealed(self, *arguments):
        self.npk("pack", "-q", *(arguments or ["-r", self.recipient]), "p.npk", "tree")
        return (self.at / "p.npk").read_bytes()

    def read(self, verb, *options, package="p.npk", **how):
        operands = {"cat": ["tree/a.txt"], "seek": ["tree/a.txt", "2", "2"], "extract": ["-C", "out", "--overwrite"]}.get(verb, [])
        return self.npk(verb, *options, package, *operands, **how)


class Verbs(Sealed):
    def test_every_verb_with_the_key(self):
        self.sealed()
        self.assertIn("tree/name-that-must-not-show", self.lines("list", "-i", "key", "p.npk"))
        self.assertEqual(self.read("cat", "-i", "key").stdout, b"alpha\n")
        self.assertEqual(self.read("seek", "-i", "key").stdout, b"ph")
        self.assertEqual(self.read("verify", "--identity", "key").stdout[:4], b"ok: ")
        self.read("verify", "-i", "key", "--quick")
        self.npk("pack", "-q", "clear.npk", "tree")
        self.assertEqual(self.lines("hash", "-i", "key", "p.npk"), self.lines("hash", "clear.npk"))
        self.read("extract", "-i", "key")
        self.same_tree("tree", "out/tree")

    def test_info_knows_the_codecs(self):
        self.write("tree/large", random.Random(1).randbytes(400_000) + b"text " * 200_000)
        for codec in ("store", "zstd", "lzma2"):
            self.sealed("-r", self.recipient, "--codec", codec, "--block-size", "64K")
            self.npk("pack", "-q", "--codec", codec, "--block-size", "64K", "clear.npk", "tree")
            sealed, clear = (self.json("info", "--json", *key, name) for key, name in ((["-i", "key"], "p.npk"), ([], "clear.npk")))
            shares = [{name: (share["blocks"], share["raw_bytes"]) for name, share in info["codecs"].items()} for info in (sealed, clear)]
            self.assertEqual(*shares)
            self.assertEqual(sealed["totals"]["blocks"], clear["totals"]["blocks"])

    def test_without_a_key(self):
        self.sealed()
        self.age_key("other")
        for verb, in READING:
            with self.subTest(verb=verb):
                self.read(verb, code=NO_KEY, says="p.npk: the package is sealed: an identity or a passphrase is needed\nhint: -i FILE")
                done = self.read(verb, "-i", "other", code=NO_KEY, says="none of the given keys opens it")
                self.assertEqual(done.stdout, b"")
                self.read(verb, "-i", "other", "-i", "key")
        self.assertNotIn(b"must-not-show", done.stderr)

    def test_a_key_for_what_is_not_sealed(self):
        self.npk("pack", "-q", "p.npk", "tree")
        for verb, in READING:
            self.read(verb, "-i", "key", code=DAMAGED, says="the package is not sealed")
        self.npk("extract", "-i", "key", "-C", "piped", "-", stdin=(self.at / "p.npk").read_bytes(), code=DAMAGED, says="not sealed")

    def test_pipes(self):
        package = self.npk("pack", "-q", "-r", self.recipient, "-", "tree").stdout
        self.npk("extract", "-i", "key", "-C", "out", "-", stdin=package)
        self.same_tree("tree", "out/tree")
        self.npk("extract", "-C", "none", "-", stdin=package, code=NO_KEY, says="hint: -i FILE")
        self.npk("extract", "-i", "key", "-C", "cut", "-", stdin=package[:-100], code=DAMAGED)
        self.npk("pack", "-q", "-r", self.recipient, "--stdin-name", "s", "s.npk", "-", stdin=b"from a pipe")
        self.assertEqual(self.npk("cat", "-i", "key", "s.npk", "s").stdout, b"from a pipe")

    def test_nothing_shows(self):
        for cipher in ("xchacha20-poly1305", "aes-256-gcm"):
            package = self.sealed("-r", self.recipient, "--cipher", cipher, "--codec", "store")
            for text in (b"must-not-show", b"must not show", b"int main", b"alpha", b"tree/", self.recipient.encode()):
                self.assertNotIn(text, package)
            self.assertLess(len(zlib.compress(package)), len(package) + 100)
            clear = [kind for kind, flags, _, _ in frames(package) if not flags & 2]
            self.assertTrue(set(clear) <= {ENVELOPE, 10, 11}, clear)
            self.read("verify", "-i", "key")

    def test_two_are_never_the_same(self):
        one = self.sealed("-r", self.recipient, "--reproducible")
        two = self.sealed("-r", self.recipient, "--reproducible")
        self.assertNotEqual(one[16:SUPERBLOCK], two[16:SUPERBLOCK])
        bodies = [{hashlib.sha256(body).digest() for _, flags, _, body in frames(package) if flags & 2} for package in (one, two)]
        self.assertTrue(bodies[0] and not bodies[0] & bodies[1])

    def test_damage(self):
        package = bytearray(self.sealed())
        for kind, flags, at, body in list(frames(package)):
            if not flags & 2:
                continue
            damaged = bytearray(package)
            damaged[at + FRAME_HEADER + len(body) - 1] ^= 1
            self.write("d.npk", bytes(damaged))
            self.read("verify", "-i", "key", package="d.npk", code=DAMAGED)
            if kind != COMMIT:
                continue
            self.read("cat", "-i", "key", package="d.npk", code=DAMAGED)

    def test_the_record_of_an_envelope_opens_with_age(self):
        other = self.age_key("other")
        package = self.sealed("-r", self.recipient, "-r", other)
        envelopes = [body for kind, _, _, body in frames(package) if kind == ENVELOPE]
        self.assertEqual(len(envelopes), 1)
        self.write("envelope.age", envelopes[0])
        for key in ("key", "other"):
            record = subprocess.run(["age", "-d", "-i", self.at / key, self.at / "envelope.age"], check=True, capture_output=True).stdout
            self.assertEqual(record[:8], b"NPKKEYS1")
            self.assertEqual(record[8:24], package[16:32])
            self.assertEqual(struct.unpack_from("<II", record, 24), (1, 1))
            self.assertEqual(struct.unpack_from("<I", record, 64), (2,))
            for recipient in (self.recipient, other):
                self.assertIn(recipient.encode(), record)
            self.assertNotIn(record[32:64], package)


class Keys(Sealed):
    def test_ssh(self):
        public = self.ssh_key("id")
        self.sealed("-r", public)
        self.assertEqual(self.read("cat", "-i", "id").stdout, b"alpha\n")
        self.read("cat", "-i", "key", code=NO_KEY)
        self.sealed("-R", "id.pub")
        self.read("verify", "-i", "id")
        self.ssh_key("locked", passphrase="secret")
        self.read("cat", "-i", "locked", code=USAGE, says="locked: ")
        self.ssh_key("ecdsa", kind="ecdsa")
        self.read("cat", "-i", "ecdsa", code=USAGE, says="ecdsa: ")

    def test_files_of_recipients(self):
        other = self.age_key("other")
        self.write("team", f"# the team\n{self.recipient}\n\n{other}\n")
        third = self.age_key("third")
        self.sealed("-R", "team", "-r", third)
        for key in ("key", "other", "third"):
            self.read("verify", "-i", key)
        self.npk("pack", "-R", "key", "x.npk", "tree", code=USAGE, says="key: line 3: an identity where a recipient belongs")
        self.npk("pack", "-r", self.secrets[0].decode(), "x.npk", "tree", code=USAGE, says="--recipient: an identity where a recipient belongs")
        self.npk("pack", "-r", "age1nonsense", "x.npk", "tree", code=USAGE, says="--recipient: ")
        self.npk("pack", "-R", "none", "x.npk", "tree", code=INPUT_OUTPUT, says="none: can't open (No such file or directory)")
        self.assertFalse((self.at / "x.npk").exists())

    def test_a_key_file_that_is_none(self):
        self.sealed()
        self.write("empty")
        self.write("junk", "junk\n")
        self.write("broken", self.secrets[0][:-1] + b"q\n")
        self.write("large", bytes((1 << 20) + 1))
        self.write("public", self.recipient + "\n")
        for name, code, says in (("none", INPUT_OUTPUT, "can't open (No such file or directory)"), ("tree", INPUT_OUTPUT, "(Is a directory)"),
                                 ("large", USAGE, "too large for a file of keys"), ("empty", USAGE, "no identity in the file"),
                                 ("junk", USAGE, "line 1: "), ("broken", USAGE, "line 1: "), ("public", USAGE, "line 1: ")):
            with self.subTest(name=name):
                said = self.read("list", "-i", name, code=code, says=f"npk list: {name}: ").stderr.decode()
                self.assertIn(says, said)
                self.assertEqual(said.count("\n"), 1, said)

    def test_a_key_file_that_is_a_pipe(self):
        self.sealed()
        key = (self.at / "key").read_bytes()
        self.assertEqual(self.read("cat", "-i", "/dev/stdin", stdin=key).stdout, b"alpha\n")
        self.read("cat", "-i", "/dev/stdin", stdin=bytes((1 << 20) + 1), code=USAGE, says="too large for a file of keys")
        self.read("cat", "-i", "/dev/stdin", stdin=b"", code=USAGE, says="no identity in the file")

    def test_a_cipher_without_recipients_is_refused(self):
        self.npk("pack", "--cipher", "xchacha20-poly1305", "x.npk", "tree", code=USAGE, says="--cipher")
        self.npk("pack", "--cipher", "rot13", "-r", self.recipient, "x.npk", "tree", code=USAGE, says="--cipher: 'rot13'")
        self.assertFalse((self.at / "x.npk").exists())


class Passphrases(Sealed):
    def test_from_a_descriptor(self):
        self.with_passphrase(b"correct horse", "pack", "-q", "p.npk", "tree")
        self.assertEqual(self.with_passphrase(b"correct horse", "cat", "p.npk", "tree/a.txt").stdout, b"alpha\n")
        done = self.with_passphrase(b"correct horsf", "list", "p.npk", code=NO_KEY)
        self.assertIn(b"the passphrase does not open it", done.stderr)
        self.read("list", code=NO_KEY)
        self.with_passphrase(b"", "pack", "-q", "x.npk", "tree", code=USAGE)
        self.assertFalse((self.at / "x.npk").exists())

    def test_beside_recipients(self):
        self.with_passphrase(b"correct horse", "pack", "-q", "-r", self.recipient, "p.npk", "tree")
        self.read("verify", "-i", "key")
        self.with_passphrase(b"correct horse", "verify", "p.npk")
        kinds = [kind for kind, _, _, _ in frames((self.at / "p.npk").read_bytes())]
        self.assertEqual(kinds.count(ENVELOPE), 2)

    def on_a_terminal(self, *arguments, answers):
        """(exit code, stdout, stderr, what the terminal showed)"""
        master, slave = pty.openpty()
        process = subprocess.Popen([NPK, *arguments], cwd=self.at, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   start_new_session=True, preexec_fn=lambda: fcntl.ioctl(slave, termios.TIOCSCTTY, 0))
        shown = b""
        for prompt, answer in answers:
            while prompt not in shown:
                self.assertTrue(select.select([master], [], [], 60)[0], f"never asked {prompt}, but showed {shown}")
                shown += os.read(master, 4096)
            os.write(master, answer + b"\n")
        out, err = process.communicate(timeout=100)
        while select.select([master], [], [], 0)[0]:
            shown += os.read(master, 4096)
        os.close(master)
        os.close(slave)
        for _, answer in answers:
            self.assertNotIn(answer, shown + out + err)
        return process.returncode, out, err, shown

    def test_from_a_terminal(self):
        ask, again = b"Passphrase for p.npk: ", b"The same again: "
        code, _, err, _ = self.on_a_terminal("pack", "-q", "-p", "p.npk", "tree", answers=[(ask, b"correct horse"), (again, b"correct horse")])
        self.assertEqual((code, err), (0, b""))
        self.assertEqual(self.on_a_terminal("cat", "-p", "p.npk", "tree/a.txt", answers=[(ask, b"correct horse")])[:2], (0, b"alpha\n"))
        self.assertEqual(self.on_a_terminal("cat", "-p", "p.npk", "tree/a.txt", answers=[(ask, b"wrong horse")])[:2], (NO_KEY, b""))
        code, _, err, _ = self.on_a_terminal("pack", "-q", "-p", "x.npk", "tree", answers=[(b"Passphrase for x.npk: ", b"one horse"), (again, b"two horses")])
        self.assertEqual(code, USAGE, err)
        self.assertFalse((self.at / "x.npk").exists())

    def test_without_a_terminal(self):
        self.sealed()
        done = subprocess.run([NPK, "list", "-p", "p.npk"], cwd=self.at, stdin=subprocess.DEVNULL, capture_output=True, start_new_session=True, timeout=60,
                              check=False)
        self.assertEqual(done.returncode, NO_KEY)
        self.assertIn(b"no terminal", done.stderr)


if __name__ == "__main__":
    harness.run()

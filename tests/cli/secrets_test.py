"""Where secrets must not show while a command runs, and what is said to who gives the wrong key, or the wrong kind of one."""

import fcntl
import os
import struct
import subprocess
import termios
import time

import harness
import sealed_test
from harness import INPUT_OUTPUT, NO_KEY, NPK, USAGE

HINT = "hint: -i FILE names a file of identities, -p asks for a passphrase\n"
PHRASE = b"correct horse battery staple"


def wait_until_taken(pipe):
    """Until all that was written to it has been read."""
    deadline = time.monotonic() + 60
    while struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, b"\0" * 4))[0] != 0:
        assert time.monotonic() < deadline, "nobody reads the pipe"
        os.sched_yield()


class Showing(sealed_test.Sealed):
    """npk waits in the middle of a secret, and what the system tells of it is looked at."""

    def assert_hidden(self, secret, text):
        self.assertNotIn(secret[:len(secret) // 2], text)
        self.assertNotIn(secret[len(secret) // 2:], text)

    def run_watched(self, arguments, pipe, secret, before, pass_fds=()):
        """`pipe` gives the descriptor to write to, once npk runs. `before`: what comes before the secret. Returns (exit code, stdout)."""
        process = subprocess.Popen([NPK, *arguments], cwd=self.at, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, pass_fds=pass_fds)
        writer = pipe()
        os.write(writer, before + secret)
        wait_until_taken(writer)
        self.assertIsNone(process.poll(), "it waits for the end of the line")
        for name in ("cmdline", "environ", "comm", "status"):
            with open(f"/proc/{process.pid}/{name}", "rb") as file:
                self.assert_hidden(secret, file.read())
        os.write(writer, b"\n")
        os.close(writer)
        out, err = process.communicate(timeout=100)
        self.assert_hidden(secret, out + err)
        return process.returncode, out

    def with_identity(self, *arguments):
        os.mkfifo(self.at / "fifo")
        done = self.run_watched(arguments, lambda: os.open(self.at / "fifo", os.O_WRONLY), self.secrets[0], b"# a comment\n")
        (self.at / "fifo").unlink()
        return done

    def with_phrase(self, verb, *rest, phrase=PHRASE):
        reader, writer = os.pipe()
        done = self.run_watched([verb, "--passphrase-fd", str(reader), *rest], lambda: writer, phrase, b"", pass_fds=[reader])
        os.close(reader)
        return done

    def test_an_identity(self):
        self.sealed()
        for verb, operands in (("list", []), ("verify", []), ("info", []), ("hash", []), ("cat", ["tree/a.txt"]), ("seek", ["tree/a.txt", "0", "5"]),
                               ("extract", ["-C", "out"])):
            with self.subTest(verb=verb):
                code, out = self.with_identity(verb, "-i", "fifo", "p.npk", *operands)
                self.assertEqual(code, 0)
                if verb == "cat":
                    self.assertEqual(out, b"alpha\n")

    def test_an_identity_that_does_not_open(self):
        self.sealed("-r", self.age_key("other"))
        self.assertEqual(self.with_identity("list", "-i", "fifo", "p.npk"), (NO_KEY, b""))

    def test_a_passphrase(self):
        self.assertEqual(self.with_phrase("pack", "-q", "p.npk", "tree"), (0, b""))
        self.assertEqual(self.with_phrase("cat", "p.npk", "tree/a.txt"), (0, b"alpha\n"))
        self.assertEqual(self.with_phrase("list", "p.npk", phrase=b"not the right horse"), (NO_KEY, b""))

    def test_a_secret_on_the_command_line_is_refused_and_not_repeated(self):
        self.sealed()
        secret = self.secrets[0].decode()
        for key in (secret, secret.lower()):
            done = self.npk("list", "-i", key, "p.npk", code=USAGE, says="npk list: a secret does not belong on the command line")
            self.assert_hidden(key.encode(), done.stdout + done.stderr)
        done = self.npk("pack", "-r", secret, "x.npk", "tree", code=USAGE, says="an identity where a recipient belongs")
        self.assert_hidden(self.secrets[0], done.stderr)
        done = self.npk("list", "--passphrase=hunter2", "p.npk", code=USAGE, says="--passphrase takes no value\n")
        self.assertNotIn(b"hunter2", done.stderr)


class Mistakes(sealed_test.Sealed):
    """Each is one sentence: what, where, and what to do."""

    def said(self, *arguments, code):
        return self.npk(*arguments, code=code).stderr.decode()

    def test_keys_that_do_not_open(self):
        self.sealed()
        self.age_key("other")
        self.ssh_key("id")
        none = "npk list: p.npk: the package is sealed: an identity or a passphrase is needed\n"
        wrong = "npk list: p.npk: the package is sealed, and none of the given keys opens it\n"
        self.assertEqual(self.said("list", "p.npk", code=NO_KEY), none + HINT)
        self.assertEqual(self.said("list", "-i", "other", "p.npk", code=NO_KEY), wrong + HINT)
        self.assertEqual(self.said("list", "-i", "id", "-i", "other", "p.npk", code=NO_KEY), wrong + HINT)
        for verb, *operands in (["verify"], ["extract", "-C", "out"]):
            self.assertEqual(self.said(verb, *operands, "p.npk", code=NO_KEY), none.replace("list", verb) + HINT)

    def test_passphrases_that_do_not_open(self):
        self.sealed()
        done = self.with_passphrase(PHRASE, "list", "p.npk", code=NO_KEY)
        self.assertEqual(done.stderr.decode(), "npk list: p.npk: the package is sealed to keys alone: an identity is needed, no passphrase opens it\n" + HINT)
        self.with_passphrase(PHRASE, "pack", "-q", "p.npk", "tree")
        done = self.with_passphrase(b"wrong", "list", "p.npk", code=NO_KEY)
        self.assertEqual(done.stderr.decode(), "npk list: p.npk: the package is sealed, and the passphrase does not open it\n" + HINT)
        self.assertEqual(self.said("list", "-i", "key", "p.npk", code=NO_KEY), "npk list: p.npk: the package is sealed, and none of the given keys opens it\n"
                         + HINT)

    def test_from_a_pipe(self):
        package = self.sealed()
        done = self.npk("extract", "-C", "out", "-", stdin=package, code=NO_KEY)
        self.assertIn(b"the package is sealed: an identity or a passphrase is needed\n" + HINT.encode(), done.stderr)
        self.assertEqual(list((self.at / "out").iterdir()) if (self.at / "out").exists() else [], [])

    def test_a_file_that_is_not_there(self):
        self.sealed()
        self.assertEqual(self.said("list", "-i", "no/such", "p.npk", code=INPUT_OUTPUT).splitlines()[0],
                         "npk list: no/such: can't open (No such file or directory)")
        self.assertEqual(self.said("pack", "-R", "no/such", "x.npk", "tree", code=INPUT_OUTPUT).splitlines()[0],
                         "npk pack: no/such: can't open (No such file or directory)")

    def test_a_public_key_where_a_secret_is_wanted(self):
        self.sealed()
        self.ssh_key("id")
        self.write("public", self.recipient + "\n")
        for name in ("public", "id.pub"):
            self.assertEqual(self.said("list", "-i", name, "p.npk", code=USAGE), f"npk list: {name}: line 1: a recipient where an identity belongs\n")

    def test_a_secret_where_a_public_key_is_wanted(self):
        self.ssh_key("id")
        for name, says in (("key", "line 3: an identity"), ("id", "line 1: a private key")):
            self.assertEqual(self.said("pack", "-R", name, "x.npk", "tree", code=USAGE).splitlines()[0], f"npk pack: {name}: {says} where a recipient belongs")
        for name in ("key", "id", "id.pub"):
            self.assertEqual(self.said("pack", "-r", name, "x.npk", "tree", code=USAGE).splitlines()[0],
                             f"npk pack: --recipient: '{name}' is a file: -R takes recipients from one")
        self.assertFalse((self.at / "x.npk").exists())


if __name__ == "__main__":
    harness.run()

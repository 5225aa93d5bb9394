#!/usr/bin/env python3
"""Keys and signatures go both ways between npk and the command minisign. NPK_MINISIGN_DRIVER names minisign_driver."""

import os
import pathlib
import pty
import subprocess
import sys
import tempfile
import unittest

DRIVER = os.environ["NPK_MINISIGN_DRIVER"]
MESSAGE = b"The package has 3 entries.\n"
COMMENT = "commit 42, by José"


class Interoperation(unittest.TestCase):
    """`self.at` is the test's directory, and the commands'; plain.key, plain.pub and message are in it."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="npk-minisign.")
        self.addCleanup(folder.cleanup)
        self.at = pathlib.Path(folder.name)
        self.write("message", MESSAGE)
        self.minisign("-G", "-W", "-p", "plain.pub", "-s", "plain.key")

    def write(self, name, content):
        (self.at / name).write_bytes(content)

    def run_command(self, command, message=b"", succeeds=True):
        done = subprocess.run(command, cwd=self.at, input=message, capture_output=True, timeout=120, check=False)
        self.assertEqual(done.returncode == 0, succeeds, f"{command}: {done.stdout!r} {done.stderr!r}")
        return done

    def minisign(self, *arguments, succeeds=True):
        return self.run_command(["minisign", *arguments], succeeds=succeeds).stdout.decode()

    def ours(self, *arguments, message=MESSAGE):
        return self.run_command([DRIVER, *arguments], message).stdout

    def refused(self, *arguments, message=MESSAGE):
        return self.run_command([DRIVER, *arguments], message, succeeds=False).stderr.decode()

    def sign(self, key="plain.key", passphrase="", message=MESSAGE):
        self.write("message.minisig", self.ours("sign", key, passphrase, COMMENT, message=message))

    def on_a_terminal(self, arguments, words):
        """Runs minisign on a terminal of its own, with the next of `words` typed at each prompt."""
        master, slave = pty.openpty()
        process = subprocess.Popen(["minisign", *arguments], cwd=self.at, stdin=slave, stdout=slave, stderr=slave)
        os.close(slave)
        shown = b""
        try:
            while piece := os.read(master, 4096):
                shown += piece
                if words and shown.endswith(b": "):
                    os.write(master, words.pop(0) + b"\n")
        except OSError:  # closed at the other end
            pass
        os.close(master)
        self.assertEqual(process.wait(timeout=120), 0, shown)
        self.assertEqual(words, [], shown)

    def test_minisign_verifies_ours(self):
        for message in (MESSAGE, b"", os.urandom(3_000_000)):
            self.write("message", message)
            self.sign(message=message)
            shown = self.minisign("-V", "-H", "-p", "plain.pub", "-m", "message")
            self.assertIn(f"Trusted comment: {COMMENT}\n", shown)

    def test_minisign_refuses_ours_over_something_else(self):
        self.sign()
        self.write("message", MESSAGE + b"\n")
        self.minisign("-V", "-p", "plain.pub", "-m", "message", succeeds=False)

    def test_we_verify_minisigns(self):
        for message in (MESSAGE, b"", os.urandom(3_000_000)):
            self.write("message", message)
            self.minisign("-S", "-s", "plain.key", "-m", "message", "-t", COMMENT)
            for how in ("whole", "hashed"):
                comment = self.ours("verify", "plain.pub", "message.minisig", how, message=message)
                self.assertEqual(comment.decode(), COMMENT)
                said = self.refused("verify", "plain.pub", "message.minisig", how, message=message + b"\n")
                self.assertIn("auth_failed: the signature is not over this content", said)

    def test_default_comments(self):
        self.minisign("-S", "-s", "plain.key", "-m", "message")
        self.assertIn(b"timestamp:", self.ours("verify", "plain.pub", "message.minisig", "hashed"))

    def test_legacy_signatures(self):
        self.minisign("-S", "-l", "-s", "plain.key", "-m", "message", "-t", COMMENT)
        self.assertEqual(self.ours("verify", "plain.pub", "message.minisig", "whole").decode(), COMMENT)
        self.assertIn("unsupported: ", self.refused("verify", "plain.pub", "message.minisig", "hashed"))

    def test_the_same_bytes(self):
        self.sign()
        ours = (self.at / "message.minisig").read_bytes()
        self.minisign("-S", "-s", "plain.key", "-m", "message", "-t", COMMENT, "-c", "signature from npk")
        self.assertEqual((self.at / "message.minisig").read_bytes(), ours)

    def test_public_keys(self):
        self.write("ours.pub", self.ours("public", "plain.key", ""))
        theirs = (self.at / "plain.pub").read_text().splitlines()
        self.assertEqual((self.at / "ours.pub").read_text().splitlines()[1], theirs[1])
        self.sign()
        self.minisign("-V", "-p", "ours.pub", "-m", "message")
        self.write("line.pub", theirs[1].encode())
        self.ours("verify", "line.pub", "message.minisig", "hashed")

    def test_another_key(self):
        self.sign()
        self.minisign("-G", "-W", "-p", "other.pub", "-s", "other.key")
        self.minisign("-V", "-p", "other.pub", "-m", "message", succeeds=False)
        self.assertIn("auth_failed: signed with key ", self.refused("verify", "other.pub", "message.minisig", "hashed"))

    def test_line_ends_of_the_other_kind(self):
        self.sign()
        text = (self.at / "message.minisig").read_bytes().replace(b"\n", b"\r\n")
        self.write("message.minisig", text)
        self.minisign("-V", "-p", "plain.pub", "-m", "message")
        self.ours("verify", "plain.pub", "message.minisig", "hashed")

    def test_changed_comments(self):
        self.sign()
        text = (self.at / "message.minisig").read_bytes()
        self.write("message.minisig", text.replace(b"commit 42", b"commit 43"))
        self.minisign("-V", "-p", "plain.pub", "-m", "message", succeeds=False)
        said = self.refused("verify", "plain.pub", "message.minisig", "hashed")
        self.assertIn("auth_failed: the signature's trusted comment", said)
        self.write("message.minisig", text.replace(b"from npk", b"of nobody"))
        self.minisign("-V", "-p", "plain.pub", "-m", "message")
        self.ours("verify", "plain.pub", "message.minisig", "hashed")

    def test_encrypted_key_of_the_usual_cost(self):
        self.on_a_terminal(["-G", "-p", "sealed.pub", "-s", "sealed.key"], [b"correct horse"] * 2)
        self.write("passphrase", b"correct horse")
        self.sign(key="sealed.key", passphrase="passphrase")
        self.minisign("-V", "-p", "sealed.pub", "-m", "message")
        self.on_a_terminal(["-S", "-s", "sealed.key", "-m", "message"], [b"correct horse"])
        self.ours("verify", "sealed.pub", "message.minisig", "hashed")
        self.write("passphrase", b"correct horse\n")
        self.assertIn("no_key: secret key: wrong passphrase", self.refused("public", "sealed.key", "passphrase"))
        self.assertIn("no passphrase was given", self.refused("public", "sealed.key", ""))


if __name__ == "__main__":
    program = unittest.main(exit=False)
    if program.result.testsRun == 0:
        sys.exit("no test ran")
    sys.exit(not program.result.wasSuccessful())

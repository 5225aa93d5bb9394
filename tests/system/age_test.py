#!/usr/bin/env python3
"""Age files go both ways between the library (age_driver, named by NPK_AGE_DRIVER) and stock age and its key tools."""

import os
import pathlib
import pty
import random
import select
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

DRIVER = os.environ.get("NPK_AGE_DRIVER", "npk_age_driver")
SIZES = (0, 1, 1000, 65535, 65536, 65537, 131072, 131073, 300000)
PASSPHRASE = "correct horse battery staple"


def run(*command, stdin=b""):
    return subprocess.run(command, input=stdin, capture_output=True, timeout=120, check=True).stdout


def run_on_terminal(command, answer, stdin=b""):
    """Runs a command that asks a terminal of its own for passphrases, answering each time. Returns its stdout."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        preexec_fn=lambda: os.close(os.open(os.ttyname(theirs), os.O_RDWR)))  # becomes the controlling terminal
    process.stdin.write(stdin)
    process.stdin.close()
    deadline, asked = time.monotonic() + 60, b""
    while process.poll() is None and time.monotonic() < deadline:
        if select.select([ours], [], [], 0.05)[0]:
            asked += os.read(ours, 4096)
            if asked.rstrip().endswith(b":"):
                asked = b""
                os.write(ours, answer.encode() + b"\n")
    process.kill()
    output, errors = process.stdout.read(), process.stderr.read()
    for stream in (process.stdout, process.stderr):
        stream.close()
    os.close(ours)
    os.close(theirs)
    if process.wait() != 0:
        raise AssertionError(f"{command}: {errors.decode(errors='replace')}")
    return output


class AgeTest(unittest.TestCase):
    def setUp(self):
        self.at = pathlib.Path(tempfile.mkdtemp(prefix="npk-age."))
        self.addCleanup(shutil.rmtree, self.at)

    def path(self, name):
        return str(self.at / name)

    def write(self, name, content):
        (self.at / name).write_bytes(content)
        return self.path(name)

    def age_key(self, name):
        """(identity file, recipients file), by age-keygen."""
        subprocess.run(["age-keygen", "-o", self.path(name)], capture_output=True, check=True)
        return self.path(name), self.write(name + ".pub", run("age-keygen", "-y", self.path(name)))

    def ssh_key(self, name, *options, kind="ed25519", passphrase=""):
        run("ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-C", "some one@host", "-f", self.path(name), *options)
        return self.path(name), self.path(name + ".pub")

    def both_ways(self, identity, recipients):
        for size in SIZES:
            plain = random.Random(size).randbytes(size)
            ours = run(DRIVER, "encrypt", recipients, stdin=plain)
            self.assertEqual(run("age", "-d", "-i", identity, stdin=ours), plain)
            for armor in ([], ["-a"]):
                theirs = run("age", *armor, "-R", recipients, stdin=plain)
                self.assertEqual(run(DRIVER, "decrypt", identity, stdin=theirs), plain)

    def refused(self, code, *arguments, stdin=b""):
        done = subprocess.run([DRIVER, *arguments], input=stdin, capture_output=True, timeout=120, check=False)
        self.assertEqual((done.returncode, done.stdout), (1, b""))
        text = done.stderr.decode()
        self.assertTrue(text.startswith(code + ":"), text)
        return text

    def test_x25519(self):
        self.both_ways(*self.age_key("key.txt"))

    def test_our_identities(self):
        identity = self.write("ours.txt", run(DRIVER, "generate"))
        recipient = run(DRIVER, "recipients", identity)
        self.assertEqual(run("age-keygen", "-y", identity), recipient)
        self.both_ways(identity, self.write("ours.pub", recipient))

    def test_ssh_ed25519(self):
        identity, recipients = self.ssh_key("ssh")
        public = pathlib.Path(recipients).read_text().split()
        self.assertEqual(run(DRIVER, "recipients", identity).decode().split(), public[:2])
        self.both_ways(identity, recipients)

    def test_several_recipients(self):
        keys = [self.age_key("one"), self.age_key("two"), self.ssh_key("three")]
        lines = b"".join(pathlib.Path(recipients).read_bytes() for _, recipients in keys)
        recipients = self.write("all.pub", b"# who may read\n\n" + lines)
        ours = run(DRIVER, "encrypt", recipients, stdin=b"for all")
        theirs = run("age", "-R", recipients, stdin=b"for all")
        for identity, _ in keys:
            self.assertEqual(run("age", "-d", "-i", identity, stdin=ours), b"for all")
            self.assertEqual(run(DRIVER, "decrypt", identity, stdin=theirs), b"for all")
        types = [line.split()[0] for line in run(DRIVER, "stanzas", stdin=theirs).splitlines()]
        self.assertEqual([kind for kind in types if b"grease" not in kind], [b"X25519", b"X25519", b"ssh-ed25519"])
        self.refused("no_key", "decrypt", self.age_key("stranger")[0], stdin=theirs)

    def test_passphrase(self):
        word = self.write("word", PASSPHRASE.encode())
        ours = run(DRIVER, "encrypt-passphrase", word, "12", stdin=b"by word")
        sealed = self.write("ours.age", ours)
        self.assertEqual(run_on_terminal(["age", "-d", sealed], PASSPHRASE), b"by word")
        theirs = run_on_terminal(["age", "-p", self.write("plain", b"by word")], PASSPHRASE)
        self.assertEqual(run(DRIVER, "decrypt-passphrase", word, stdin=theirs), b"by word")
        self.refused("no_key", "decrypt-passphrase", self.write("wrong", b"incorrect"), stdin=ours)

    def test_identities_that_are_not_read(self):
        closed, _ = self.ssh_key("closed", "-a", "1", passphrase="secret")
        self.assertIn("ssh-keygen -p", self.refused("unsupported", "recipients", closed))
        self.refused("unsupported", "recipients", self.ssh_key("ecdsa", kind="ecdsa")[0])
        self.refused("unsupported", "encrypt", self.path("ecdsa.pub"))
        identity, recipients = self.age_key("key")
        for armor in ([], ["-a"]):
            sealed = run("age", *armor, "-R", recipients, stdin=pathlib.Path(identity).read_bytes())
            self.assertIn("encrypted", self.refused("unsupported", "recipients", self.write("sealed", sealed)))

    def test_the_hint_for_a_passphrase_works(self):
        closed, _ = self.ssh_key("closed", "-a", "1", passphrase="secret")
        run("ssh-keygen", "-p", "-P", "secret", "-N", "", "-f", closed)
        self.assertTrue(run(DRIVER, "recipients", closed).startswith(b"ssh-ed25519 "))


if __name__ == "__main__":
    program = unittest.main(exit=False)
    if program.result.testsRun == 0:
        sys.exit("no test ran")
    sys.exit(not program.result.wasSuccessful())

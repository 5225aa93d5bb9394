"""Signatures: npk sign and --signer beside stock minisign, in both directions, and what verbs say that expect a signer."""

import os
import pty
import subprocess

import harness
from harness import DAMAGED, INPUT_OUTPUT, NO_KEY, NPK, SOME_FAILED, USAGE

READING = ["list", "verify", "info", "hash", "cat", "seek", "extract"]
# Made by minisign where little memory was to be had: opening it takes 32 MiB instead of 1 GiB.
SEALED_KEY = """untrusted comment: minisign encrypted secret key
RWRTY0Iyz21VFr/eRm+erReM4wAT426hvGsOvMZHP7rFjJBw3vkAABAAAAAAAAAAAAIAAAAAn9QZujI1pfm+T/RqkYL9bfs3A610S1Qrqy88adZ06Bt/2fV2U6Y72PoB9FlvgMe8qKfisDKMY/vFC226Pnu7MO1Urc5vc9PjeLm6WxOUfIyQok7DI1uTQxYIqC6nWYQVrHlm87e5C68=
"""
SEALED_PUBLIC = "RWSCFKu256C2CeejJ8Ioj5NfGMntROCZr9irNITOSfhpzh1KXPOZSkI/"
PASSPHRASE = b"correct horse"


class Signed(harness.CommandTest):
    def setUp(self):
        super().setUp()
        self.small_tree()
        self.key("one")
        self.key("two")
        self.npk("pack", "-q", "p.npk", "tree")

    def minisign(self, *arguments, succeeds=True):
        done = subprocess.run(["minisign", *arguments], cwd=self.at, capture_output=True, stdin=subprocess.DEVNULL, timeout=100, check=False)
        self.assertEqual(done.returncode == 0, succeeds, f"minisign {arguments}: {done.stdout!r} {done.stderr!r}")
        return done.stdout.decode()

    def key(self, name):
        self.minisign("-G", "-W", "-p", f"{name}.pub", "-s", f"{name}.key")

    def line_of(self, name):
        return (self.at / f"{name}.pub").read_text().splitlines()[1]

    def id_of(self, name):
        """As minisign prints it: in the comment, before version 0.12 without leading zeros."""
        return (self.at / f"{name}.pub").read_text().splitlines()[0].split()[-1].rjust(16, "0")

    def sign(self, name="one", *options, package="p.npk", **how):
        return self.npk("sign", "-s", f"{name}.key", *options, package, **how)

    def read(self, verb, *options, package="p.npk", **how):
        operands = {"cat": ["tree/a.txt"], "seek": ["tree/a.txt", "2", "2"], "extract": ["-C", "out", "--overwrite"]}.get(verb, [])
        return self.npk(verb, *options, package, *operands, **how)

    def commit(self, package="p.npk", *options):
        return self.json("info", "--json", *options, package)["commit"]


class Signing(Signed):
    def test_it_says_what_was_signed(self):
        before = (self.at / "p.npk").read_bytes()
        said = f"commit {self.commit()}, generation 1, with key {self.id_of('one')}\n"
        self.assertEqual(self.sign().stdout.decode(), "signed " + said)
        once = (self.at / "p.npk").read_bytes()
        self.assertTrue(once.startswith(before) and len(once) > len(before))
        self.assertEqual(self.sign().stdout.decode(), "already signed: " + said)
        self.assertEqual((self.at / "p.npk").read_bytes(), once)
        self.read("verify")
        self.npk("extract", "-C", "piped", "-", stdin=once)
        self.same_tree("tree", "piped/tree")

    def test_the_default_key(self):
        self.write("home/.minisign/minisign.key", (self.at / "one.key").read_bytes())
        self.npk("sign", "p.npk", environment={"HOME": str(self.at / "home")})
        self.read("list", "--signer", "one.pub")
        self.npk("sign", "p.npk", environment={"HOME": str(self.at)}, code=INPUT_OUTPUT, says=".minisign/minisign.key: ")
        self.npk("sign", "p.npk", environment={"HOME": None}, code=USAGE, says="-s KEYFILE is missing")

    def test_comments(self):
        self.sign("one", "--comment", "release 1\tby José")
        shown = self.json("info", "--json", "p.npk")["signatures"]
        self.assertEqual([signature["trusted_comment"] for signature in shown], ["release 1\tby José"])
        self.sign("one", "--comment", "two\nlines", code=USAGE)

    def test_keys_that_are_none(self):
        before = (self.at / "p.npk").read_bytes()
        self.write("junk.key", "junk\n")
        self.write("large.key", bytes(5000))
        self.write("pub.key", (self.at / "one.pub").read_bytes())
        for name in ("junk", "large", "pub"):
            self.sign(name, code=USAGE, says=f"npk sign: {name}.key: ")
        self.sign("none", code=INPUT_OUTPUT, says="none.key: ")
        self.sign("one", package="-", code=USAGE, says="only a file can be signed")
        self.sign("one", "-o", "x", code=USAGE, says="-o is for --detached")
        self.sign("one", package="none.npk", code=INPUT_OUTPUT, says="none.npk: ")
        self.sign("one", package="one.pub", code=DAMAGED)
        self.assertEqual((self.at / "p.npk").read_bytes(), before)

    def test_encrypted_keys(self):
        self.write("sealed.key", SEALED_KEY)
        reader, writer = os.pipe()
        os.write(writer, PASSPHRASE + b"\n")
        os.close(writer)
        done = subprocess.run([NPK, "sign", "-s", "sealed.key", "--key-passphrase-fd", str(reader), "p.npk"], cwd=self.at, pass_fds=[reader],
                              capture_output=True, timeout=100, check=False)
        os.close(reader)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.read("verify", "--signer", SEALED_PUBLIC)
        self.sign("sealed", "--key-passphrase-fd", "0", stdin=b"wrong\n", code=NO_KEY, says="sealed.key: ")
        self.sign("sealed", "--key-passphrase-fd", "0", stdin=b"", code=NO_KEY, says="no passphrase was given")

    def at_terminal(self, command, words):
        """Runs a command on a terminal of its own, with the next of `words` typed at each prompt. What it showed."""
        child, master = pty.fork()
        if child == 0:
            os.chdir(self.at)
            os.execvp(command[0], command)
        shown, left = b"", list(words)
        try:
            while piece := os.read(master, 4096):
                shown += piece
                if left and shown.endswith(b": "):
                    os.write(master, left.pop(0) + b"\n")
        except OSError:  # closed at the other end
            pass
        os.close(master)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 0, shown)
        self.assertEqual(left, [], shown)
        return shown

    def test_encrypted_keys_of_the_usual_cost_at_a_terminal(self):
        self.at_terminal(["minisign", "-G", "-p", "usual.pub", "-s", "usual.key"], [PASSPHRASE] * 2)
        shown = self.at_terminal([NPK, "sign", "-s", "usual.key", "p.npk"], [PASSPHRASE])
        self.assertIn(b"Passphrase for usual.key: ", shown)
        self.assertNotIn(PASSPHRASE, shown)
        self.read("verify", "--signer", "usual.pub")

    def test_sealed_packages(self):
        subprocess.run(["age-keygen", "-o", self.at / "id"], check=True, capture_output=True)
        recipient = subprocess.run(["age-keygen", "-y", self.at / "id"], check=True, capture_output=True).stdout.decode().strip()
        self.npk("pack", "-q", "-r", recipient, "s.npk", "tree")
        before = (self.at / "s.npk").read_bytes()
        self.sign(package="s.npk", code=NO_KEY, says="hint: -i FILE")
        self.assertEqual((self.at / "s.npk").read_bytes(), before)
        self.sign("one", "-i", "id", "--comment", "must not show", package="s.npk")
        self.sign("two", "-i", "id", package="s.npk")
        self.assertNotIn(b"must not show", (self.at / "s.npk").read_bytes())
        for verb in READING:
            self.read(verb, "-i", "id", "--signer", "one.pub", "--signer", "two.pub", package="s.npk")
        self.read("list", "--signer", "one.pub", package="s.npk", code=NO_KEY)
        self.sign("one", "-i", "id", code=DAMAGED, says="not sealed")


class Detached(Signed):
    def test_minisign_accepts_it(self):
        self.assertEqual(self.sign("one", "--detached").stdout.decode(), f"signed p.npk with key {self.id_of('one')}: p.npk.minisig\n")
        self.assertIn("Trusted comment: file:p.npk\n", self.minisign("-Vm", "p.npk", "-p", "one.pub"))
        self.minisign("-Vm", "p.npk", "-p", "two.pub", succeeds=False)
        self.sign("two")  # which adds to the file
        self.minisign("-Vm", "p.npk", "-p", "one.pub", succeeds=False)
        self.sign("two", "--detached", "-o", "other", "--comment", "again")
        self.assertIn("Trusted comment: again\n", self.minisign("-Vm", "p.npk", "-x", "other", "-p", "two.pub"))
        self.assertEqual(sorted(path.name for path in self.at.iterdir() if ".npk-" in path.name), [])

    def test_it_needs_no_key_that_opens(self):
        self.npk("pack", "-q", "--passphrase-fd", "0", "s.npk", "tree", stdin=b"secret\n")
        self.sign("one", "--detached", package="s.npk")
        self.minisign("-Vm", "s.npk", "-p", "one.pub")
        self.sign("one", "--detached", package="none", code=INPUT_OUTPUT, says="none: ")
        self.sign("one", "--detached", "-o", "none/x", code=INPUT_OUTPUT)


class Expecting(Signed):
    def test_every_verb(self):
        self.sign()
        commit = self.commit()
        for verb in READING:
            with self.subTest(verb=verb):
                for signer in ("one.pub", self.line_of("one")):
                    self.read(verb, "--signer", signer)
                self.read(verb, "--signer", "one.pub", "--expect-commit", commit.upper())
                refused = f"npk {verb}: p.npk: commit {commit} is not signed by the key {self.id_of('two')}; nor is any other in this package\n"
                for options in (["--signer", "two.pub"], ["--signer", "one.pub", "--signer", "two.pub"]):
                    done = self.read(verb, *options, code=DAMAGED)
                    self.assertEqual((done.stdout, done.stderr.decode()), (b"", refused))
                other = "0" * 64
                done = self.read(verb, "--expect-commit", other, code=DAMAGED, says=f"p.npk: the package is at commit {commit}, not at {other}")
                self.assertEqual(done.stdout, b"")
        self.read("extract", "--signer", "one.pub")
        self.same_tree("tree", "out/tree")

    def test_both_signed(self):
        self.sign("one")
        self.sign("two")
        for verb in READING:
            self.read(verb, "--signer", "one.pub", "--signer", "two.pub")

    def test_packages_that_are_not_signed(self):
        for verb in READING:
            self.read(verb, "--signer", "one.pub", code=DAMAGED, says="is not signed by the key")
            self.read(verb, "--expect-commit", self.commit())

    def test_packages_cut_short(self):
        whole = (self.at / "p.npk").read_bytes()
        self.sign()
        signed = (self.at / "p.npk").read_bytes()
        self.write("p.npk", signed[:-1])
        self.read("list", code=0)
        for verb in READING:
            self.read(verb, "--signer", "one.pub", code=DAMAGED, says="the package is cut short or damaged")
        self.write("p.npk", signed[:len(whole)])
        self.read("list", "--signer", "one.pub", code=DAMAGED, says="is not signed by the key")

    def test_what_is_no_key_or_hash(self):
        self.sign()
        self.write("junk", "junk\n")
        line = self.line_of("one")
        for signer in ("junk", "none", "tree", line[:-1], "x" + line, "one.key", ""):
            self.read("list", "--signer", signer, code=USAGE, says=f"npk list: --signer {signer}: ")
        for commit in ("", "0", "0" * 63, "0" * 65, "0x" + "0" * 62, "g" * 64, "+" + "0" * 63, " " * 64):
            self.read("list", "--expect-commit", commit, code=USAGE, says="is not 64 hexadecimal digits")

    def test_pipes(self):
        self.sign()
        package = (self.at / "p.npk").read_bytes()
        for options in (["--signer", "one.pub"], ["--expect-commit", self.commit()]):
            done = self.npk("extract", *options, "-C", "out", "-", stdin=package, code=USAGE, says="lie at a package's end")
            self.assertFalse((self.at / "out").exists(), done)
            self.npk("list", *options, "-", stdin=package, code=USAGE)

    def test_verify_says_what_is_signed(self):
        self.sign()
        said = self.lines("verify", "--signer", "one.pub", "p.npk")
        self.assertEqual(said[1:], [f"signed by {self.id_of('one')}: the package as it is"])
        found = self.json("verify", "--json", "--signer", "one.pub", "p.npk")
        self.assertEqual(found["signed_by"], [{"key_id": self.id_of("one"), "scope": "storage"}])
        self.assertEqual(self.json("verify", "--json", "p.npk")["signed_by"], [])
        self.read("verify", "--quick", "--signer", "one.pub")
        damaged = bytearray((self.at / "p.npk").read_bytes())
        damaged[200] ^= 1
        self.write("p.npk", bytes(damaged))
        self.assertEqual(self.json("verify", "--json", "--signer", "one.pub", "p.npk", code=DAMAGED)["signed_by"], [])


class Info(Signed):
    def test_signatures(self):
        self.assertEqual(self.json("info", "--json", "p.npk")["signatures"], [])
        self.sign("one", "--comment", "first")
        self.sign("two", "--comment", "second")
        shown = self.json("info", "--json", "--signer", "one.pub", "p.npk")
        common = {"generation": 1, "of_this_commit": True}
        self.assertEqual(shown["signatures"], [{"key_id": self.id_of("two"), "checked": False, "trusted_comment": "second", **common},
                                               {"key_id": self.id_of("one"), "checked": True, "trusted_comment": "first", **common}])
        self.assertEqual(sum(shown["bytes"].values()), shown["package_bytes"])
        text = self.lines("info", "--signer", "one.pub", "p.npk")
        self.assertIn(f"commit        {shown['commit']}", text)
        self.assertIn(f"signature     key {self.id_of('one')}, generation 1; checked: first", text)
        self.assertIn(f"signature     key {self.id_of('two')}, generation 1; not checked: second", text)

    def test_minisign_accepts_statement_and_signature(self):
        self.sign("one", "--comment", "first")
        self.sign("two", "--comment", "second")
        self.write("s", self.npk("info", "--statement", "p.npk").stdout)
        self.write("s.minisig", self.npk("info", "--minisig", "p.npk").stdout)
        self.assertIn("Trusted comment: second\n", self.minisign("-Vm", "s", "-x", "s.minisig", "-p", "two.pub"))
        self.write("s.minisig", self.npk("info", "--minisig", "--signer", "one.pub", "p.npk").stdout)
        self.assertIn("Trusted comment: first\n", self.minisign("-Vm", "s", "-x", "s.minisig", "-p", "one.pub"))
        self.npk("pack", "-q", "s.npk", "s")
        self.assertEqual(self.lines("hash", "s.npk", "s"), [f"{self.commit()}  s"])

    def test_nothing_to_show(self):
        done = self.npk("info", "--minisig", "p.npk", code=SOME_FAILED, says="the newest commit is not signed")
        self.assertEqual(done.stdout, b"")
        self.npk("info", "--minisig", "--json", "p.npk", code=USAGE)
        self.npk("info", "--minisig", "--statement", "p.npk", code=USAGE)


if __name__ == "__main__":
    harness.run()

"""npk rekey, and packages that hide their sizes."""

import os
import signal
import subprocess

import harness
from harness import DAMAGED, NO_KEY, NPK, USAGE
from sealed_test import Sealed, frames


class Rekey(Sealed):
    def setUp(self):
        super().setUp()
        self.sealed()
        self.other = self.age_key("other")

    def content(self, identity, package="p.npk"):
        return self.npk("hash", "-i", identity, package).stdout

    def test_for_others(self):
        before = self.content("key")
        self.npk("rekey", "-i", "key", "-r", self.other, "p.npk", says="sealed anew")
        self.assertEqual(self.content("other"), before)
        self.npk("list", "-i", "key", "p.npk", code=NO_KEY)
        self.npk("verify", "-i", "other", "p.npk")

    def test_for_the_same_and_again(self):
        before, bytes_before = self.content("key"), (self.at / "p.npk").read_bytes()
        for _ in range(3):
            self.npk("rekey", "-q", "-i", "key", "p.npk")
            self.assertEqual(self.content("key"), before)
        self.assertNotEqual((self.at / "p.npk").read_bytes(), bytes_before)

    def test_a_new_passphrase_to_another_file(self):
        before = (self.at / "p.npk").read_bytes()
        reader, writer = os.pipe()
        os.write(writer, b"correct horse\n")
        os.close(writer)
        subprocess.run([NPK, "rekey", "-i", "key", "--new-passphrase-fd", str(reader), "-o", "q.npk", "p.npk"], cwd=self.at, check=True, pass_fds=[reader])
        os.close(reader)
        self.assertEqual((self.at / "p.npk").read_bytes(), before)
        self.with_passphrase(b"correct horse", "verify", "q.npk")

    def test_a_removed_recipient_can_read_until_then(self):
        self.npk("rekey", "-i", "key", "-r", self.recipient, "-r", self.other, "p.npk")
        self.npk("list", "-i", "other", "p.npk")
        self.npk("rekey", "-i", "key", "-r", self.recipient, "p.npk")
        self.npk("list", "-i", "other", "p.npk", code=NO_KEY)

    def test_mistakes_change_nothing(self):
        before = (self.at / "p.npk").read_bytes()
        self.npk("rekey", "p.npk", code=NO_KEY, says="-i FILE")
        self.npk("rekey", "-i", "other", "p.npk", code=NO_KEY)
        self.npk("rekey", "-i", "key", "-r", "age1nonsense", "p.npk", code=USAGE, says="--recipient")
        self.npk("rekey", "-i", "key", "--cipher", "rot13", "p.npk", code=USAGE, says="--cipher")
        self.npk("rekey", "-i", "key", code=USAGE)
        self.assertEqual((self.at / "p.npk").read_bytes(), before)
        self.npk("pack", "-q", "clear.npk", "tree")
        self.npk("rekey", "clear.npk", code=USAGE, says="not sealed")

    def test_damage_stops_it(self):
        package = bytearray((self.at / "p.npk").read_bytes())
        _, _, at, body = next(frame for frame in frames(package) if frame[0] == 1)
        package[at + 64 + len(body) // 2] ^= 1
        self.write("p.npk", bytes(package))
        self.npk("rekey", "-i", "key", "p.npk", code=DAMAGED)
        self.assertEqual((self.at / "p.npk").read_bytes(), bytes(package))

    def test_interrupted_it_leaves_the_package(self):
        self.write("tree/large", os.urandom(64 << 20))
        self.sealed()
        before = (self.at / "p.npk").read_bytes()
        for hit in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            run = subprocess.Popen([NPK, "rekey", "-q", "-i", "key", "p.npk"], cwd=self.at, stderr=subprocess.PIPE)
            while run.poll() is None and not [name for name in os.listdir(self.at) if name.startswith(".p.npk.npk-")]:
                pass
            run.send_signal(hit)
            run.communicate()
            if run.returncode != 0:
                self.assertEqual((self.at / "p.npk").read_bytes(), before)
                self.npk("verify", "--quick", "-i", "key", "p.npk")
            before = (self.at / "p.npk").read_bytes()


class Pad(Sealed):
    def test_padded_packages_are_what_they_were(self):
        plain = len(self.sealed())
        padded = len(self.sealed("--pad", "-r", self.recipient))
        self.assertGreaterEqual(padded, plain)
        self.assertEqual(padded & ((1 << (padded.bit_length() - 1 - (padded.bit_length() - 1).bit_length())) - 1), 0, "a padded length")
        self.npk("verify", "-i", "key", "p.npk")
        self.npk("extract", "-q", "-i", "key", "-C", "out", "p.npk")
        subprocess.run(["diff", "-r", "-x", "pipe", "--no-dereference", self.at / "tree", self.at / "out/tree"], check=True)

    def test_from_a_pipe_and_by_rekey(self):
        self.sealed("--pad", "-r", self.recipient)
        self.npk("extract", "-q", "-i", "key", "-C", "out", "-", stdin=(self.at / "p.npk").read_bytes())
        self.npk("rekey", "-q", "--pad", "-i", "key", "p.npk")
        self.npk("verify", "-i", "key", "p.npk")

    def test_without_recipients_is_a_mistake(self):
        self.npk("pack", "--pad", "p.npk", "tree", code=USAGE, says="--pad")


if __name__ == "__main__":
    harness.run()

"""Packages in several files: npk pack --volume-size, and every verb on them."""

import random
import subprocess

import harness
from harness import DAMAGED, INPUT_OUTPUT, USAGE

MEBIBYTE = 1 << 20


class Volumes(harness.CommandTest):
    def setUp(self):
        super().setUp()
        noise = random.Random(3)
        for number in range(5):
            self.write(f"t/{number}", noise.randbytes(2 * MEBIBYTE))
        self.npk("pack", "-q", "--volume-size", "4M", "p.npk", "t")

    def parts(self):
        return sorted(path.name for path in self.at.glob("*.npk*"))

    def expect_tree(self, *arguments, **how):
        self.npk("extract", "-q", "-C", "out", "--overwrite", *arguments, **how)
        subprocess.run(["diff", "-r", self.at / "t", self.at / "out/t"], check=True)

    def test_all_verbs_read_them(self):
        self.assertEqual(self.parts(), ["p.npk.001", "p.npk.002", "p.npk.003"])
        self.assertTrue(all((self.at / part).stat().st_size <= 4 * MEBIBYTE for part in self.parts()))
        for verb in ("list", "info", "verify", "hash", "log"):
            self.npk(verb, "p.npk")
            self.npk(verb, "p.npk.002")
        self.expect_tree("p.npk")
        content = (self.at / "t/3").read_bytes()
        self.assertEqual(self.npk("cat", "p.npk", "t/3").stdout, content)
        self.assertEqual(self.npk("seek", "p.npk", "t/3", "1000000", "10").stdout, content[1_000_000:1_000_010])

    def test_same_content_as_in_one_file(self):
        self.npk("pack", "-q", "one.npk", "t")
        self.assertEqual(self.lines("hash", "one.npk"), self.lines("hash", "p.npk"))

    def test_from_a_pipe(self):
        joined = b"".join((self.at / part).read_bytes() for part in self.parts())
        self.expect_tree("-", stdin=joined)

    def test_growing(self):
        before = {part: (self.at / part).read_bytes() for part in self.parts()}
        self.write("t/new", random.Random(4).randbytes(6 * MEBIBYTE))
        self.npk("append", "-q", "p.npk", "t")
        self.assertEqual({part: (self.at / part).read_bytes() for part in before}, before)
        self.assertEqual(len(self.parts()), 5)
        self.expect_tree("p.npk")
        self.npk("verify", "p.npk")
        self.npk("remove", "-q", "p.npk.001", "t/new")
        (self.at / "t/new").unlink()
        (self.at / "out/t/new").unlink()
        self.expect_tree("p.npk")
        self.assertEqual(len(self.lines("log", "p.npk")), 3)

    def test_a_missing_part_is_named(self):
        (self.at / "p.npk.003").rename(self.at / "away")
        for verb in ("list", "verify", "extract"):
            self.npk(verb, "p.npk", code=DAMAGED, says="p.npk.003: part 3 of the package is missing")
        self.npk("append", "p.npk", "t", code=DAMAGED, says="p.npk.003")

    def test_a_foreign_part_is_named(self):
        self.write("t/0", b"x" * 10)
        self.npk("pack", "-q", "--volume-size", "4M", "q.npk", "t")
        (self.at / "p.npk.002").write_bytes((self.at / "q.npk.002").read_bytes())
        self.npk("list", "p.npk", code=DAMAGED, says="p.npk.002: this is a part of another package")

    def test_what_a_missing_part_leaves(self):
        """The last one has all names: there is one manifest, as there is little content."""
        for part in self.parts()[:-1]:
            (self.at / part).rename(self.at / "away")
            report = self.json("recover", "--json", "p.npk", "-o", "saved.npk", code=DAMAGED)
            self.assertEqual(report["missing_parts"], [part])
            self.assertFalse(report["complete"])
            lost = {entry["path"] for entry in report["lost"]}
            self.assertLess(len(lost), 5)
            self.npk("verify", "saved.npk")
            self.npk("extract", "-q", "-C", f"{part[-1]}-out", "saved.npk")
            for number in range(5):
                saved = self.at / f"{part[-1]}-out/t/{number}"
                self.assertEqual(saved.exists(), f"t/{number}" not in lost)
                if saved.exists():
                    self.assertEqual(saved.read_bytes(), (self.at / f"t/{number}").read_bytes())
            (self.at / "saved.npk").unlink()
            (self.at / "away").rename(self.at / part)
        (self.at / "p.npk.003").unlink()
        self.npk("recover", "p.npk", "-o", "saved.npk", code=DAMAGED, says="nothing in it names an entry")
        for part in self.parts():
            (self.at / part).unlink()
        self.npk("recover", "p.npk", "-o", "saved.npk", code=INPUT_OUTPUT)

    def test_mistakes(self):
        self.npk("pack", "--volume-size", "1M", "q.npk", "t", code=USAGE, says="at least 4 MiB")
        self.npk("pack", "--volume-size", "4M", "-", "t", code=USAGE, says="--volume-size")
        self.npk("repair", "-o", "whole.npk", "p.npk", code=DAMAGED, says="parity")
        self.npk("protect", "p.npk", code=USAGE, says="protect a package in one file")
        self.npk("pack", "--volume-size", "4M", "--block-size", "4M", "q.npk", "t", code=USAGE, says="block size")
        self.npk("pack", "--volume-size", "4M", "p.npk", "t", code=INPUT_OUTPUT, says="p.npk.001: is there already")

    def test_sealed(self):
        self.npk("pack", "-q", "--volume-size", "4M", "--passphrase-fd", "0", "--pad", "s.npk", "t", stdin=b"secret\n")
        self.npk("verify", "--passphrase-fd", "0", "s.npk", stdin=b"secret\n")
        self.npk("rekey", "--passphrase-fd", "0", "-r", "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p", "s.npk", stdin=b"secret\n",
                 code=USAGE, says="not replaced in place")


if __name__ == "__main__":
    harness.run()

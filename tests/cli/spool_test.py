"""Packages from standard input that one pass can't do: --spool."""

import os
import random
import shutil
import subprocess

import harness
from harness import DAMAGED, NO_KEY, USAGE


class Spool(harness.CommandTest):
    def histories(self, seed, *pack):
        """p.npk with some random generations of t/."""
        choice = random.Random(seed)
        for number in range(8):
            self.write(f"t/d{number % 3}/f{number}", choice.randbytes(5000))
        (self.at / "p.npk").unlink(missing_ok=True)
        self.npk("pack", "-q", *pack, "p.npk", "t")
        for _ in range(4):
            files = sorted(path for path in (self.at / "t").rglob("f*"))
            choice.choice(files).unlink()
            choice.choice(files[1:]).unlink(missing_ok=True)
            self.write(f"t/d{choice.randrange(3)}/f{choice.randrange(12)}", choice.randbytes(choice.randrange(9000)))
            yield

    def expect_as_from_the_file(self, *keys):
        package = (self.at / "p.npk").read_bytes()
        self.npk("extract", "-q", *keys, "-C", "file", "p.npk")
        self.npk("extract", "-q", *keys, "--spool", "64M", "-C", "pipe", "-", stdin=package)
        self.same_tree("file", "pipe")
        for verb in (["list", "-l"], ["hash"], ["info"], ["log"], ["verify"], ["list", "--at", "1"]):
            self.assertEqual(self.npk(*verb, *keys, "--spool", "64M", "-", stdin=package).stdout, self.npk(*verb, *keys, "p.npk").stdout)

    def test_several_generations(self):
        for seed in (1, 2):
            for _ in self.histories(seed):
                self.npk("append", "-q", "p.npk", "t")
            self.expect_as_from_the_file()
            for name in ("t", "file", "pipe"):
                shutil.rmtree(self.at / name)

    def test_renamed_swapped_and_reverted(self):
        for _ in self.histories(3):
            pass
        names = self.lines("list", "p.npk")
        files = [name for name in names if "/f" in name]
        self.npk("rename", "-q", "p.npk", files[0], "t/swap")
        self.npk("rename", "-q", "p.npk", files[1], files[0])
        self.npk("rename", "-q", "p.npk", "t/swap", files[1])
        self.expect_as_from_the_file()
        self.npk("revert", "-q", "p.npk", "1")
        package = (self.at / "p.npk").read_bytes()
        self.assertEqual(self.npk("cat", "--spool", "1M", "-", files[0], stdin=package).stdout, self.npk("cat", "p.npk", files[0]).stdout)

    def test_without_it_generations_are_refused_clearly(self):
        for _ in self.histories(4):
            self.npk("append", "-q", "p.npk", "t")
        package = (self.at / "p.npk").read_bytes()
        done = self.npk("extract", "-q", "-C", "out", "-", stdin=package, code=DAMAGED, says="several generations")
        self.assertIn(b"--spool SIZE", done.stderr)

    def test_bounds(self):
        for _ in self.histories(5):
            pass
        package = (self.at / "p.npk").read_bytes()
        self.npk("list", "--spool", "1K", "-", stdin=package, code=DAMAGED, says="longer than")
        self.npk("list", "--spool", "0", "-", stdin=package, code=USAGE, says="--spool")
        self.npk("list", "-", stdin=package, code=USAGE, says="--spool SIZE")
        self.npk("extract", "--spool", "1M", "-C", "out", "-", stdin=package[:-10], code=DAMAGED)
        self.npk("list", "--spool", "1M", "p.npk")

    def test_sealed(self):
        # A passphrase costs half a second of work each time: one generation more is enough.
        def with_passphrase(*arguments, **how):
            reader, writer = os.pipe()
            os.write(writer, b"correct horse\n")
            os.close(writer)
            try:
                return subprocess.run([harness.NPK, arguments[0], "--passphrase-fd", str(reader), *arguments[1:]], cwd=self.at, capture_output=True,
                                      pass_fds=[reader], check=True, **how)
            finally:
                os.close(reader)
        self.write("t/a", b"one")
        with_passphrase("pack", "-q", "p.npk", "t")
        self.write("t/a", b"another")
        with_passphrase("append", "-q", "p.npk", "t")
        package = (self.at / "p.npk").read_bytes()
        self.npk("list", "--spool", "1M", "-", stdin=package, code=NO_KEY)
        with_passphrase("extract", "-q", "--spool", "1M", "-C", "out", "-", input=package)
        self.same_tree("t", "out/t")


if __name__ == "__main__":
    harness.run()

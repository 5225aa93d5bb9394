"""pack, append and extract --resume: killed at random moments, and gone on with."""

import os
import random
import signal
import subprocess
import time

import harness
from harness import NPK, SOME_FAILED, USAGE

FIXED = {"SOURCE_DATE_EPOCH": "1700000000"}
# Slow enough to be killed in the midst, on any machine.
SLOW = ("--codec", "zstd", "--level", "19", "--block-size", "256K", "--threads", "2")


class Resume(harness.CommandTest):
    def setUp(self):
        super().setUp()
        self.random = random.Random(7)
        self.tree("t", 24)

    def tree(self, name, files):
        words = [bytes(self.random.randrange(97, 123) for _ in range(self.random.randrange(2, 9))) for _ in range(3000)]
        for number in range(files):
            self.write(f"{name}/{number}", b" ".join(self.random.choices(words, k=12000)))
            os.utime(self.at / f"{name}/{number}", (1600000000, 1600000000))
        os.utime(self.at / name, (1600000000, 1600000000))

    def killed(self, after, *arguments):
        """Whether the run was killed, rather than done by then."""
        environment = {**os.environ, **FIXED}
        with subprocess.Popen([NPK, *arguments], cwd=self.at, env=environment, stderr=subprocess.DEVNULL) as run:
            time.sleep(after)
            run.send_signal(signal.SIGKILL)
        return run.returncode == -signal.SIGKILL

    def beside(self):
        return sorted(name for name in os.listdir(self.at) if name.startswith(".p.npk"))

    def test_pack_killed_at_random(self):
        begun = time.monotonic()
        self.npk("pack", "-q", *SLOW, "whole.npk", "t", environment=FIXED)
        whole = (self.at / "whole.npk").read_bytes()
        longest = time.monotonic() - begun
        kills = 0
        for _ in range(20):
            after = self.random.uniform(0, longest / 3)
            if self.killed(after, "pack", "-q", "--resume", *SLOW, "p.npk", "t"):
                kills += 1
                continue
            self.assertEqual((self.at / "p.npk").read_bytes(), whole)
            (self.at / "p.npk").unlink()
        self.npk("pack", "-q", "--resume", *SLOW, "p.npk", "t", environment=FIXED)
        self.assertEqual((self.at / "p.npk").read_bytes(), whole)
        self.assertEqual(self.beside(), [])
        self.assertGreater(kills, 0)

    def test_append_killed_at_random(self):
        self.tree("u", 16)
        self.npk("pack", "-q", "--block-size", "256K", "p.npk", "t", environment=FIXED)
        base = (self.at / "p.npk").read_bytes()
        begun = time.monotonic()
        self.npk("append", "-q", *SLOW, "p.npk", "u", environment=FIXED)
        longest = time.monotonic() - begun
        whole = (self.at / "p.npk").read_bytes()
        for _ in range(5):
            (self.at / "p.npk").write_bytes(base)
            for _ in range(3):
                self.killed(self.random.uniform(0, longest / 2), "append", "-q", "--resume", *SLOW, "p.npk", "u")
            self.npk("append", "-q", "--resume", *SLOW, "p.npk", "u", environment=FIXED)
            self.assertEqual((self.at / "p.npk").read_bytes(), whole)
            self.assertEqual(self.beside(), [])

    def test_extract_killed_at_random(self):
        self.npk("pack", "-q", "--fast", "--block-size", "256K", "p.npk", "t")
        for turn in range(10):
            target = f"out{turn}"
            for _ in range(2):
                self.killed(self.random.uniform(0, 0.05), "extract", "-q", "--resume", "-C", target, "p.npk")
            checked = ["--checksum"] if turn % 2 else []
            self.npk("extract", "-q", "--resume", *checked, "--overwrite", "-C", target, "p.npk")
            self.same_tree("t", f"{target}/t")
            self.assertFalse((self.at / target / ".npk-resume").exists())

    def test_what_does_not_go(self):
        self.npk("pack", "--resume", "-", "t", code=USAGE, says="pipe")
        self.npk("pack", "--resume", "--volume-size", "4M", "p.npk", "t", code=USAGE, says="parts get their names")
        self.npk("extract", "--checksum", "-C", "out", "p.npk", code=USAGE, says="--resume")
        self.npk("pack", "-i", "key", "p.npk", "t", code=USAGE, says="--resume")
        self.npk("pack", "-q", "--resume", "p.npk", "t")
        self.assertEqual(self.beside(), [])

    def test_own_partial_file_is_not_packed(self):
        self.write("t/.p.npk.npk-partial", b"left by a run")
        self.npk("pack", "-q", "--resume", "t/p.npk", "t")
        self.assertNotIn("t/.p.npk.npk-partial", self.lines("list", "t/p.npk"))

    def test_json_says_what_was_taken_over(self):
        report = self.json("pack", "--json", "--resume", "p.npk", "t")
        self.assertEqual((report["earlier_bytes"], report["not_restored_blocks"]), (0, 0))

    def test_extract_leaves_what_was_there(self):
        self.npk("pack", "-q", "--fast", "p.npk", "t")
        self.write("out/t/5", "mine")
        self.npk("extract", "-q", "--resume", "-C", "out", "p.npk", code=SOME_FAILED, says="is there already")
        self.assertEqual((self.at / "out/t/5").read_bytes(), b"mine")


if __name__ == "__main__":
    harness.run()

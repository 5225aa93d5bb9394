#!/usr/bin/env python3
"""The command killed at random moments, 210 times: the package there was answers, or the new one, and the verb done again does its work."""

import collections
import os
import random
import shutil
import signal
import subprocess
import time

import harness
from harness import DAMAGED, DONE, NPK

KILLS = 30  # of each verb


class Killed(harness.CommandTest):
    place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None

    def setUp(self):
        super().setUp()
        self.random = random.Random(self.id())
        for name in "abcdef":
            self.write(f"t/{name}", self.random.randbytes(1 << 20))
        self.write("t/secret", self.random.randbytes(1 << 20))

    def generations(self):
        """old.npk has three, and t/ is newer than they are."""
        self.npk("pack", "-q", "--fast", "old.npk", "t")
        for i in range(2):
            self.write(f"t/more{i}", self.random.randbytes(1 << 20))
            self.npk("append", "-q", "old.npk", "t")
        self.write("t/new", self.random.randbytes(6 << 20))

    def content(self, name):
        """What answers under that name; None if there is no such file."""
        return self.npk("hash", name).stdout if (self.at / name).exists() else None

    def put_back(self, name):
        for left in os.listdir(self.at):
            if left.startswith((name, f".{name}")):
                (self.at / left).unlink()
        if (self.at / "old.npk").exists() and name == "p.npk":
            shutil.copyfile(self.at / "old.npk", self.at / name)

    def seconds(self, *verb):
        begun = time.monotonic()
        self.npk(*verb)
        return time.monotonic() - begun

    def kill_often(self, name, *verb, torn=False):
        """`name`: what VERB makes, or changes; `torn`: what a kill leaves behind the old end is told by verify."""
        self.put_back(name)
        old = self.content(name)
        longest = self.seconds(*verb)
        new = self.content(name)
        seen, kills = collections.Counter(), 0
        while kills < KILLS:
            self.put_back(name)
            run = subprocess.Popen([NPK, *verb], cwd=self.at, stderr=subprocess.DEVNULL)
            time.sleep(self.random.uniform(0, longest))
            run.send_signal(signal.SIGKILL)
            if run.wait() != -signal.SIGKILL:  # quicker than the first time
                longest = max(longest * 0.9, 0.001)
                continue
            kills += 1
            found = self.content(name)
            self.assertIn(found, (old, new))
            seen["new" if found == new else "old"] += 1
            if found is None:
                continue
            done = subprocess.run([NPK, "verify", "-q", name], cwd=self.at, capture_output=True, check=False)
            self.assertIn(done.returncode, (DONE, DAMAGED) if torn else (DONE,), done.stderr)
        self.assertGreater(seen["old"] if old != new else kills, 0)
        self.put_back(name)
        self.npk(*verb)
        self.assertEqual(self.content(name), new)
        self.npk("verify", "-q", name)

    def test_pack(self):
        self.kill_often("q.npk", "pack", "-q", "--fast", "q.npk", "t")

    def test_append(self):
        self.generations()
        self.kill_often("p.npk", "append", "-q", "p.npk", "t", torn=True)

    def test_compact(self):
        self.generations()
        (self.at / "t/secret").unlink()
        self.npk("append", "-q", "old.npk", "t")
        self.kill_often("p.npk", "compact", "-q", "--keep-last", "1", "p.npk")

    def test_protect(self):
        self.generations()
        self.kill_often("p.npk", "protect", "-q", "--recovery", "20", "p.npk", torn=True)

    def test_purge(self):
        self.generations()
        self.kill_often("p.npk", "purge", "-q", "p.npk", "t/secret")

    def damaged(self):
        self.generations()
        self.npk("protect", "-q", "--recovery", "20", "old.npk")
        package = bytearray((self.at / "old.npk").read_bytes())
        at = self.random.randrange(len(package) // 2)
        package[at:at + 100_000] = bytes(100_000)
        self.write("damaged.npk", bytes(package))

    def test_repair(self):
        self.damaged()
        self.kill_often("q.npk", "repair", "-q", "-o", "q.npk", "damaged.npk")

    def test_recover(self):
        self.generations()
        self.write("cut.npk", (self.at / "old.npk").read_bytes()[:-20])
        self.kill_often("q.npk", "recover", "-q", "--fast", "-o", "q.npk", "cut.npk")


if __name__ == "__main__":
    harness.run()

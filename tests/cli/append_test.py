"""npk append, remove, rename and log, and --at on the reading verbs."""

import fcntl
import os
import random
import signal
import subprocess
import time

import harness
from harness import DAMAGED, INPUT_OUTPUT, NPK, SOME_FAILED, USAGE

MINUTE_AGO = time.time() - 60


class Append(harness.CommandTest):
    def setUp(self):
        super().setUp()
        for name in ("a", "d/b", "d/c"):
            self.write(f"t/{name}", name * 1000)
        self.age()
        self.npk("pack", "-q", "p.npk", "t")

    def age(self):
        """As if nothing had been written in the last minute."""
        for path, folders, files in os.walk(self.at / "t"):
            for name in files + folders + ["."]:
                os.utime(os.path.join(path, name), (MINUTE_AGO, MINUTE_AGO))

    def package(self):
        return (self.at / "p.npk").read_bytes()

    def expect_tree(self, *options):
        self.npk("extract", "-q", "-C", "out", "--overwrite", *options, "p.npk")
        subprocess.run(["diff", "-r", self.at / "t", self.at / "out/t"], check=True)

    def test_today_into_yesterday(self):
        self.write("t/d/b", "changed")
        self.write("t/new", "new")
        report = self.json("append", "--json", "--ignore-ctime", "--message", "today", "p.npk", "t")
        self.assertEqual((report["generation"], report["new_entries"], report["changed"]), (2, 1, True))
        self.assertEqual(report["input_bytes"], len("changed") + len("new"))
        self.expect_tree()
        self.npk("verify", "p.npk")
        self.npk("verify", "--at", "1", "p.npk")
        self.assertEqual(self.npk("cat", "--at", "1", "p.npk", "t/d/b").stdout, b"d/b" * 1000)
        self.assertNotIn("t/new", self.lines("list", "--at", "1", "p.npk"))

    def test_log_lists_generations(self):
        self.write("t/new", "new")
        self.npk("append", "-q", "--message", "a message", "p.npk", "t")
        log = self.json("log", "--json", "p.npk")["generations"]
        self.assertEqual([entry["generation"] for entry in log], [2, 1])
        self.assertEqual(log[0]["message"], "a message")
        self.assertEqual(log[1]["commit"], self.json("info", "--json", "--at", "1", "p.npk")["commit"])
        self.assertEqual(len(self.lines("log", "p.npk")), 2)
        self.npk("list", "--at", "3", "p.npk", code=USAGE, says="no generation 3")

    def test_every_reading_verb_knows_at(self):
        for verb in ("list", "extract", "cat", "seek", "info", "verify", "hash", "log"):
            self.assertIn("--at N|TIME", self.npk(verb, "--help").stdout.decode(), verb)

    def test_nothing_new_writes_nothing(self):
        before = self.package()
        self.npk("append", "p.npk", "t", says="nothing has changed")
        self.assertEqual(self.package(), before)

    def test_what_changed_behind_its_mtime_is_noticed(self):
        path = self.at / "t/a"
        os.utime(path, (1_600_000_000, 1_600_000_000))
        self.npk("append", "-q", "p.npk", "t")
        path.write_bytes(b"b" * 1000)
        os.utime(path, (1_600_000_000, 1_600_000_000))
        self.assertFalse(self.json("append", "--json", "--ignore-ctime", "--ignore-inode", "p.npk", "t")["changed"])
        self.assertTrue(self.json("append", "--json", "p.npk", "t")["changed"])
        self.assertEqual(self.npk("cat", "p.npk", "t/a").stdout, path.read_bytes())

    def test_remove_and_rename(self):
        self.npk("remove", "-q", "p.npk", "t/d/*")
        self.assertEqual(self.lines("list", "p.npk"), ["t", "t/a", "t/d"])
        self.npk("rename", "-q", "p.npk", "t/a", "t/z")
        self.assertEqual(self.lines("list", "p.npk"), ["t", "t/d", "t/z"])
        self.assertEqual(self.npk("cat", "p.npk", "t/z").stdout, b"a" * 1000)
        before = self.package()
        self.npk("remove", "p.npk", "nonsense", code=SOME_FAILED, says="fits no entry")
        self.npk("rename", "p.npk", "t/z", "t/d", code=USAGE, says="t/d")
        self.npk("rename", "p.npk", "t/none", "x", code=SOME_FAILED)
        self.npk("rename", "p.npk", "t/d", "t/z/d", code=USAGE, says="t/z: is no directory in the package")
        self.npk("rename", "p.npk", "t/z", "../z", code=USAGE, says="'..'")
        self.assertEqual(self.package(), before)

    def test_diff_and_revert(self):
        self.write("t/d/b", "changed")
        (self.at / "t/a").unlink()
        self.write("t/new", "new")
        self.npk("append", "-q", "p.npk", "t")
        changes = self.lines("diff", "p.npk@1", "p.npk")
        self.assertEqual([line for line in changes if line[0] != "m"], ["- t/a", "M t/d/b", "+ t/new"])
        self.assertEqual(self.lines("diff", "p.npk@2", "p.npk"), [])
        self.assertEqual(self.json("diff", "--json", "p.npk", "p.npk"), {"format": "npk-diff-1", "changes": []})
        kinds = {it["path"]: it["change"] for it in self.json("diff", "--json", "p.npk", "p.npk@1")["changes"]}
        self.assertEqual((kinds["t/a"], kinds["t/new"], kinds["t/d/b"]), ("added", "removed", "content"))
        self.npk("revert", "-q", "p.npk", "1")
        self.assertEqual(self.lines("diff", "p.npk@1", "p.npk"), [])
        self.assertEqual(len(self.lines("log", "p.npk")), 3)
        self.npk("revert", "p.npk", "7", code=USAGE, says="no generation 7")
        self.npk("revert", "p.npk", "yesterday", code=USAGE, says="npk log")
        self.npk("diff", "p.npk@9", "p.npk", code=USAGE)

    def test_at_a_time(self):
        environment = {"SOURCE_DATE_EPOCH": "1700000000"}  # 2023-11-14T22:13:20Z
        self.npk("pack", "-q", "q.npk", "t", environment=environment)
        self.write("t/new", "new")
        self.npk("append", "-q", "q.npk", "t")
        self.assertNotIn("t/new", self.lines("list", "--at", "2023-11-14", "q.npk"))
        self.assertNotIn("t/new", self.lines("list", "--at", "2023-11-14T22:13:20Z", "q.npk"))
        self.assertIn("t/new", self.lines("list", "--at", "2200-01-01", "q.npk"))
        self.npk("list", "--at", "2023-11-14T22:13:19Z", "q.npk", code=USAGE, says="newer")
        for wrong in ("0", "yesterday", "2023-13-01", "2023-02-29", "2023-11-14T22:13Z", "1x", ""):
            self.npk("list", "--at", wrong, "q.npk", code=USAGE, says="--at")

    def test_from_standard_input(self):
        self.npk("append", "-q", "--stdin-name", "notes/today", "p.npk", "-", stdin=b"words\n")
        self.assertEqual(self.npk("cat", "p.npk", "notes/today").stdout, b"words\n")
        self.assertIn("t/a", self.lines("list", "p.npk"))

    def test_readers_while_it_is_written_and_after_the_writer_was_killed(self):
        """From a pipe that stays open: the writer has written some of its blocks, and waits."""
        size = len(self.package())
        writer = subprocess.Popen([NPK, "append", "-q", "--codec", "store", "--block-size", "256K", "p.npk", "-"], cwd=self.at, stdin=subprocess.PIPE)
        try:
            while len(self.package()) < size + 100_000:
                writer.stdin.write(random.randbytes(1 << 20))
            for verb in (["list"], ["verify"], ["info"], ["hash"]):
                self.assertEqual(self.npk(*verb, "p.npk").stderr, b"")
        finally:
            writer.kill()
            writer.wait()
            writer.stdin.close()
        self.npk("list", "p.npk", says="npk list: ")
        self.npk("verify", "p.npk", code=DAMAGED)

    def test_older_generations_need_a_file(self):
        self.npk("extract", "--at", "1", "-", stdin=self.package(), code=USAGE, says="--at")

    def test_a_missing_path_keeps_what_was_there(self):
        before = self.lines("list", "p.npk")
        self.write("t/new", "new")
        self.npk("append", "p.npk", "t", "no-such-path", code=SOME_FAILED, says="no-such-path")
        self.assertEqual(set(before) - set(self.lines("list", "p.npk")), set())

    def test_what_is_no_package_is_left_alone(self):
        self.write("text", "no package at all, but longer than a superblock" * 10)
        self.npk("append", "text", "t", code=DAMAGED)
        self.assertEqual((self.at / "text").read_text(), "no package at all, but longer than a superblock" * 10)
        self.npk("append", "nothing.npk", "t", code=INPUT_OUTPUT)
        self.npk("append", "p.npk", code=USAGE, says="PATH is missing")

    def test_a_full_disk_leaves_the_package(self):
        self.write("t/large", os.urandom(3 << 20))
        before = self.package()
        limited = f"ulimit -f 1024; trap '' XFSZ; exec {NPK} append -q p.npk t"
        done = subprocess.run(["bash", "-c", limited], cwd=self.at, capture_output=True, check=False)
        self.assertEqual(done.returncode, INPUT_OUTPUT, done.stderr)
        self.assertEqual(self.package(), before)

    def test_killed_anywhere_it_loses_nothing(self):
        """The generation before answers, or the new one; the next append goes on from there."""
        draw = random.Random(5)
        self.write("t/large", os.urandom(24 << 20))
        first = self.package()
        outcomes = set()
        for delay in [draw.random() * 0.12 for _ in range(12)]:
            (self.at / "p.npk").write_bytes(first)
            run = subprocess.Popen([NPK, "append", "-q", "p.npk", "t"], cwd=self.at, stderr=subprocess.DEVNULL)
            time.sleep(delay)
            run.send_signal(signal.SIGKILL)
            run.wait()
            names = self.lines("list", "p.npk")
            outcomes.add("t/large" in names)
            self.assertIn("t/d/b", names)
            self.assertEqual(self.npk("cat", "p.npk", "t/d/b").stdout, b"d/b" * 1000)
            self.npk("append", "-q", "p.npk", "t")
            self.npk("verify", "-q", "p.npk")
            self.assertIn("t/large", self.lines("list", "p.npk"))
            self.assertEqual(len(self.lines("log", "p.npk")), 2)

    def test_a_second_writer_is_told(self):
        with open(self.at / "p.npk", "rb") as package:
            fcntl.flock(package, fcntl.LOCK_EX)
            who = f"another process is writing to it (process {os.getpid()})"
            for verb in (["append", "p.npk", "t"], ["remove", "p.npk", "t/a"], ["rename", "p.npk", "t/a", "x"], ["protect", "p.npk"]):
                self.npk(*verb, code=INPUT_OUTPUT, says=who)
            self.npk("list", "p.npk")
        self.npk("remove", "-q", "p.npk", "t/a")

    def test_the_lock_of_a_killed_writer_is_taken_over(self):
        """A writer that waits for its input holds the lock, and is named; killed, it holds nothing."""
        size = len(self.package())
        writer = subprocess.Popen([NPK, "append", "-q", "--codec", "store", "--block-size", "256K", "p.npk", "-"], cwd=self.at, stdin=subprocess.PIPE)
        try:
            while len(self.package()) < size + 100_000:
                writer.stdin.write(random.randbytes(1 << 20))
            self.npk("append", "p.npk", "t", code=INPUT_OUTPUT, says=f"(process {writer.pid})")
        finally:
            writer.kill()
            writer.wait()
            writer.stdin.close()
        self.npk("append", "-q", "p.npk", "t")
        self.npk("verify", "-q", "p.npk")


if __name__ == "__main__":
    harness.run()

"""What needs a real process: signals, closed pipes, full disks, terminals, the overview."""

import base64
import contextlib
import os
import pty
import resource
import signal
import subprocess
import time
import unittest

import harness
from harness import DONE, INPUT_OUTPUT, NPK, SOME_FAILED, USAGE


@contextlib.contextmanager
def resource_limit(which, value):
    """For this process, and what it starts."""
    soft, hard = resource.getrlimit(which)
    resource.setrlimit(which, (value, hard))
    try:
        yield
    finally:
        resource.setrlimit(which, (soft, hard))


class Process(harness.CommandTest):
    def start(self, *arguments, **how):
        return subprocess.Popen([NPK, *arguments], cwd=self.at, stderr=subprocess.PIPE, **how)

    def wait_for_handler(self, process, number):
        """Until the command catches the signal: before that it would end as any process does."""
        for _ in range(3000):
            with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
                caught = next(int(line.split()[1], 16) for line in status if line.startswith("SigCgt:"))
            if caught >> (number - 1) & 1:
                return
            time.sleep(0.01)
        self.fail("the command never caught the signal")

    def interrupt(self, *arguments, after=0.2):
        """Starts the command, and asks it to stop some seconds after it can know of that."""
        process = self.start(*arguments)
        self.wait_for_handler(process, signal.SIGTERM)
        time.sleep(after)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(timeout=60), 130)
        process.stderr.close()

    def test_interrupted_pack_leaves_nothing(self):
        process = self.start("pack", "p.npk", "-", stdin=subprocess.PIPE)
        process.stdin.write(b"x" * 100_000)
        process.stdin.flush()
        self.wait_for_handler(process, signal.SIGINT)
        time.sleep(0.2)  # somewhere in the middle
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=60), 130)
        self.assertEqual(os.listdir(self.at), [])
        self.assertEqual(process.stderr.read(), b"npk pack: stopped\n")
        process.stdin.close()
        process.stderr.close()

    def test_interrupted_large_pack(self):
        with open(self.at / "random", "wb") as file:
            file.write(base64.b64encode(os.urandom(15 << 20)))  # some seconds of compressing, in one block
        self.interrupt("pack", "--max", "-q", "--dedup", "none", "p.npk", "random")
        self.assertEqual(os.listdir(self.at), ["random"])

    def closing(self, streams, *arguments):
        """Runs `npk ARGUMENTS` with these standard streams closed, as `npk … 2>&-` does; returns its exit code."""
        closed = " ".join({0: "<&-", 1: ">&-", 2: "2>&-"}[stream] for stream in streams)
        done = subprocess.run(["sh", "-c", f'exec "$0" "$@" {closed}', NPK, *arguments], cwd=self.at, stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60, check=False)
        return done.returncode

    def test_messages_for_a_closed_stream_go_into_no_package(self):
        self.small_tree()
        self.write("more/b", "new")
        self.npk("pack", "-q", "p.npk", "tree")
        before = (self.at / "p.npk").read_bytes()
        self.assertEqual(self.closing([2], "append", "-q", "p.npk", "more", "nothing"), SOME_FAILED)
        self.assertEqual((self.at / "p.npk").read_bytes()[:len(before)], before)
        self.assertEqual(self.closing([0, 1, 2], "append", "p.npk", str(self.at / "more")), DONE)
        self.npk("verify", "p.npk")
        self.assertEqual(self.npk("cat", "p.npk", "more/b").stdout, b"new")

    def test_closed_streams_keep_nobody_waiting(self):
        self.small_tree()
        for streams in ([1], [0], [0, 1], [0, 1, 2]):
            with self.subTest(streams=streams):
                self.assertEqual(self.closing(streams, "pack", "-q", "p.npk", "tree"), DONE)
                self.assertEqual(self.closing(streams, "verify", "-q", "p.npk"), DONE)
                self.assertEqual(self.closing(streams, "compact", "-q", "p.npk"), DONE)
                self.assertEqual(self.closing(streams, "extract", "-q", "-C", f"out{len(streams)}{streams[0]}", "p.npk"), DONE)
        self.assertEqual(self.closing([1], "list", "p.npk"), INPUT_OUTPUT)
        self.assertNotEqual(self.closing([0], "pack", "-q", "q.npk", "-"), DONE)

    def test_interrupted_rewriting_leaves_nothing(self):
        self.write("random", base64.b64encode(os.urandom(15 << 20)))
        self.npk("pack", "-q", "--fast", "p.npk", "random")
        before = (self.at / "p.npk").read_bytes()
        self.interrupt("recompress", "-q", "--max", "p.npk")
        self.assertEqual(sorted(os.listdir(self.at)), ["p.npk", "random"])
        self.assertEqual((self.at / "p.npk").read_bytes(), before)

    def test_interrupted_mending_leaves_nothing(self):
        for i in range(60):
            self.write(f"random/{i}", os.urandom(2_000_000))  # some tenths of a second to go through
        self.npk("pack", "-q", "--fast", "p.npk", "random")
        self.npk("protect", "-q", "p.npk")
        with open(self.at / "p.npk", "r+b") as package:
            package.seek(5_000_000)
            package.write(b"damage")
        for verb in ("repair", "recover"):
            with self.subTest(verb=verb):
                self.interrupt(verb, "-q", "-o", "o.npk", "p.npk", after=0)
                self.assertEqual(sorted(os.listdir(self.at)), ["p.npk", "random"])

    def test_interrupted_within_a_hole(self):
        with open(self.at / "hole", "wb") as file:
            file.truncate(4 << 40)  # a quarter of an hour of zeros
        self.interrupt("pack", "-q", "p.npk", "hole")
        self.assertEqual(os.listdir(self.at), ["hole"])

    def test_a_file_size_limit_is_an_error(self):
        self.write("random", os.urandom(4_000_000))
        with resource_limit(resource.RLIMIT_FSIZE, 1_000_000):
            self.npk("pack", "-q", "p.npk", "random", code=INPUT_OUTPUT, says="File too large")
        self.assertEqual(os.listdir(self.at), ["random"])

    def test_memory_that_runs_out_is_an_error(self):
        self.write("random", base64.b64encode(os.urandom(15 << 20)))
        with resource_limit(resource.RLIMIT_AS, 200_000_000):  # LZMA's match finder alone takes that
            self.npk("pack", "-q", "--max", "--threads", "1", "p.npk", "random", code=INPUT_OUTPUT, says="npk pack: out of memory")
        self.assertEqual(os.listdir(self.at), ["random"])

    def test_closed_output_ends_quietly(self):
        self.write("tree/large", b"0123456789" * 1_000_000)
        self.npk("pack", "-q", "p.npk", "tree")
        process = self.start("cat", "p.npk", "tree/large", stdout=subprocess.PIPE)
        process.stdout.read(10)
        process.stdout.close()
        self.assertEqual(process.wait(timeout=60), 141)
        self.assertEqual(process.stderr.read(), b"")
        process.stderr.close()

    def test_output_that_can_not_be_written(self):
        self.small_tree()
        self.npk("pack", "-q", "p.npk", "tree")
        for arguments in (["list", "p.npk"], ["list", "--json", "p.npk"], ["cat", "p.npk", "tree/a.txt"], ["hash", "p.npk"], ["info", "p.npk"],
                          ["verify", "p.npk"], ["pack", "-q", "-", "tree"], ["--version"], ["list", "--help"]):
            with self.subTest(arguments=arguments), open("/dev/full", "wb") as full:
                process = self.start(*arguments, stdout=full)
                _, said = process.communicate(timeout=60)
                self.assertEqual(process.returncode, INPUT_OUTPUT)
                self.assertIn(b"No space left", said)

    @unittest.skipUnless(os.geteuid() == 0, "mounting a small file system needs root")
    def test_full_disk(self):
        (self.at / "disk").mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", self.at / "disk"], check=False, capture_output=True)
        if mounted.returncode != 0:
            self.skipTest("mounting is not allowed here")
        self.addCleanup(subprocess.run, ["umount", self.at / "disk"], check=True)
        self.write("tree/random", os.urandom(4_000_000))
        self.npk("pack", "-q", "disk/p.npk", "tree", code=INPUT_OUTPUT, says="No space left")
        self.assertEqual(os.listdir(self.at / "disk"), [])
        self.npk("pack", "-q", "p.npk", "tree")
        self.npk("extract", "-q", "-C", "disk", "p.npk", code=INPUT_OUTPUT, says="No space left")

    def on_a_terminal(self, *arguments):
        master, slave = pty.openpty()
        process = subprocess.Popen([NPK, *arguments], cwd=self.at, stdout=slave, stderr=slave, env={**os.environ, "TZ": "UTC"})
        os.close(slave)
        shown = b""
        try:
            while piece := os.read(master, 65536):
                shown += piece
        except OSError:
            pass
        os.close(master)
        return process.wait(timeout=60), shown

    def test_terminal(self):
        self.write("tree/evil\x1b[2J\nname", "x" * 1_000_000)
        code, shown = self.on_a_terminal("pack", "p.npk", "tree")
        self.assertEqual(code, 0)
        self.assertIn(b" %  ", shown)
        self.assertIn(b"2 entries", shown)
        code, shown = self.on_a_terminal("list", "p.npk")
        self.assertEqual((code, shown), (0, b"tree\r\ntree/evil\\033[2J\\nname\r\n"))
        code, shown = self.on_a_terminal("pack", "-q", "q.npk", "tree")
        self.assertEqual((code, shown), (0, b""))
        code, shown = self.on_a_terminal("pack", "-", "tree")
        self.assertEqual(code, USAGE)
        self.assertIn(b"not for a terminal", shown)

    def test_overview(self):
        self.assertIn(b"usage: npk VERB", self.npk(code=USAGE).stderr)
        self.assertIn(b"usage: npk VERB", self.npk("--help").stdout)
        self.assertTrue(self.npk("--version").stdout.startswith(b"npk 0."))
        self.npk("unpack", code=USAGE, says="no verb 'unpack'")
        for verb in ("pack", "append", "compact", "purge", "list", "extract", "cat", "seek", "info", "verify", "recover", "sign", "protect", "repair",
                     "rekey", "log", "remove", "rename", "diff", "revert", "tag", "comment", "hash", "key"):
            text = self.npk(verb, "--help").stdout.decode()
            self.assertTrue(text.startswith(f"usage: npk {verb}"))
            self.assertIn(f"npk {verb}", text.split("example")[-1], verb)
            self.assertEqual(self.npk("help", verb).stdout.decode(), text)


if __name__ == "__main__":
    harness.run()

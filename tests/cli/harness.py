"""Runs the built command, named by the environment variable NPK, in a directory of each test's own."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

DONE, SOME_FAILED, USAGE, DAMAGED, NO_KEY, INPUT_OUTPUT = range(6)
NPK = os.environ.get("NPK", "npk")


class CommandTest(unittest.TestCase):
    """`self.at` is the test's directory, and the command's."""

    place = None  # where that is made; None: TMPDIR or /tmp

    def setUp(self):
        self.at = pathlib.Path(tempfile.mkdtemp(prefix="npk-cli.", dir=self.place))
        self.addCleanup(self.remove)

    def remove(self):
        for path, folders, _ in os.walk(self.at):
            for folder in folders:
                full = os.path.join(path, folder)
                if not os.path.islink(full):
                    os.chmod(full, 0o700)
        shutil.rmtree(self.at)

    def npk(self, *arguments, code=DONE, stdin=b"", environment=None, says=None):
        """Runs `npk ARGUMENTS`; its exit code must be `code`, its stderr hold `says`. Returns the finished process, with bytes."""
        env = {**os.environ, "TZ": "UTC", "LC_ALL": "C", **(environment or {})}
        env = {name: value for name, value in env.items() if value is not None}
        done = subprocess.run([NPK, *arguments], cwd=self.at, input=stdin, capture_output=True, env=env, timeout=300, check=False)
        stderr = done.stderr.decode(errors="replace")
        self.assertEqual(done.returncode, code, f"npk {arguments}: {stderr}")
        if says is not None:
            self.assertIn(says, stderr)
        return done

    def lines(self, *arguments, **how):
        return self.npk(*arguments, **how).stdout.decode("utf-8", "surrogateescape").splitlines()

    def json(self, *arguments, **how):
        return json.loads(self.npk(*arguments, **how).stdout)

    def write(self, name, content=b"", mode=None):
        path = self.at / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        if mode is not None:
            path.chmod(mode)
        return path

    def small_tree(self):
        """tree/ with a bit of everything that needs no privilege; returns the paths in path order."""
        self.write("tree/a.txt", "alpha\n")
        self.write("tree/b/c.c", "int main() {}\n" * 200)
        self.write("tree/b/empty")
        (self.at / "tree/d").mkdir()
        (self.at / "tree/link").symlink_to("b/c.c")
        os.link(self.at / "tree/a.txt", self.at / "tree/z-hard")
        os.mkfifo(self.at / "tree/pipe")
        return ["tree", "tree/a.txt", "tree/b", "tree/b/c.c", "tree/b/empty", "tree/d", "tree/link", "tree/pipe", "tree/z-hard"]

    def same_tree(self, one, other):
        """Kinds, modes, times, sizes, targets and contents are equal."""
        self.assertEqual(describe(self.at / one), describe(self.at / other))


def describe(top):
    """{path: what matters of it}"""
    found = {}
    for path, folders, files in os.walk(os.fsencode(top)):
        for name in folders + files:
            full = os.path.join(path, name)
            status = os.lstat(full)
            content = b""
            if os.path.islink(full):
                content = os.readlink(full)
            elif os.path.isfile(full):
                with open(full, "rb") as file:
                    content = file.read()
            size = 0 if os.path.isdir(full) else status.st_size
            found[os.path.relpath(full, os.fsencode(top))] = (status.st_mode, status.st_mtime_ns, size, content)
    return found


def run():
    program = unittest.main(exit=False)
    if program.result.testsRun == 0:
        sys.exit("no test ran")
    sys.exit(not program.result.wasSuccessful())

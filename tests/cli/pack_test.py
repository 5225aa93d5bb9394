"""npk pack: inputs, options, and the promise of equal bytes."""

import hashlib
import json
import os
import random
import shutil
import subprocess

import harness
from harness import DONE, INPUT_OUTPUT, SOME_FAILED, USAGE


class Inputs(harness.CommandTest):
    def test_names_are_stored_as_given(self):
        paths = self.small_tree()
        self.npk("pack", "-q", "p.npk", "tree")
        self.assertEqual(self.lines("list", "p.npk"), paths)

    def test_dot_stores_what_is_inside(self):
        paths = self.small_tree()
        self.npk("pack", "-q", "-C", "tree", "p.npk", ".")
        self.assertEqual(self.lines("list", "p.npk"), [path[5:] for path in paths if path != "tree"])

    def test_leading_slash_is_removed_with_a_word(self):
        path = self.write("abs/file", "x")
        self.npk("pack", "p.npk", str(path), says="/")
        self.assertIn(str(path)[1:], self.lines("list", "p.npk"))

    def test_directories_given_several_times(self):
        for name in ("one/a", "two/b", "two/deep/c"):
            self.write(name, name)
        self.npk("pack", "-q", "p.npk", "-C", "one", "a", "-C", "../two", "b", "-C", "deep", "c", "-C", str(self.at), "one")
        self.assertEqual(self.lines("list", "p.npk"), ["a", "b", "c", "one", "one/a"])

    def test_files_from(self):
        self.small_tree()
        self.write("list", "tree/a.txt\ntree/b/empty\n\n")
        self.npk("pack", "-q", "p.npk", "--files-from", "list")
        self.assertEqual(self.lines("list", "p.npk"), ["tree/a.txt", "tree/b/empty"])
        self.npk("pack", "-q", "-C", "tree", "--files-from", "-", "q.npk", stdin=b"a.txt\nb")
        self.assertEqual(self.lines("list", "q.npk"), ["a.txt", "b", "b/c.c", "b/empty"])
        os.mkfifo(self.at / "names")
        writer = subprocess.Popen(["sh", "-c", "echo tree/a.txt > names"], cwd=self.at)
        self.npk("pack", "-q", "r.npk", "--files-from", "names")
        self.assertEqual((writer.wait(), self.lines("list", "r.npk")), (0, ["tree/a.txt"]))
        self.npk("pack", "-q", "r.npk", "--files-from", "absent", code=INPUT_OUTPUT, says="absent: can't open")

    def test_standard_input_as_an_entry(self):
        self.npk("pack", "-q", "p.npk", "-", stdin=b"hello " * 1000)
        self.assertEqual(self.lines("list", "p.npk"), ["stdin"])
        self.npk("pack", "-q", "--stdin-name", "logs/today", "q.npk", "-", stdin=b"hello")
        self.assertEqual(self.npk("cat", "q.npk", "logs/today").stdout, b"hello")

    def test_standard_input_in_a_place_of_its_own(self):
        self.small_tree()
        self.write("other/within/file", "x")
        self.npk("pack", "r.npk", "tree", "-", "--stdin-name", "tree/a.txt/x", code=USAGE, says="'tree/a.txt' is no directory")
        self.npk("pack", "r.npk", "other/within", "-", "--stdin-name", "other", code=USAGE, says="in which 'other/within' lies")
        self.npk("pack", "r.npk", "-", "--stdin-name", "", code=USAGE, says="the name for standard input")
        self.assertFalse((self.at / "r.npk").exists())

    def test_standard_input_only_once(self):
        self.npk("pack", "-q", "p.npk", "--files-from", "-", "-", code=USAGE, says="standard input")

    def test_package_on_standard_output(self):
        self.small_tree()
        package = self.npk("pack", "-q", "-", "tree").stdout
        self.write("p.npk", package)
        self.npk("verify", "p.npk")
        self.npk("pack", "--json", "-", "tree", code=USAGE, says="--json")

    def test_exclude_and_include(self):
        self.small_tree()
        self.npk("pack", "-q", "--exclude", "*.c", "--exclude", "[dp]*", "p.npk", "tree")
        self.assertEqual(self.lines("list", "p.npk"), ["tree", "tree/a.txt", "tree/b", "tree/b/empty", "tree/link", "tree/z-hard"])
        self.npk("pack", "-q", "--include", "*.c", "q.npk", "tree")
        self.assertIn("tree/b/c.c", self.lines("list", "q.npk"))
        self.assertNotIn("tree/a.txt", self.lines("list", "q.npk"))

    def test_what_cannot_be_read_is_named_and_left_out(self):
        self.small_tree()
        absent = str(self.at / "absent")
        self.npk("pack", "-q", "p.npk", "tree", absent, code=SOME_FAILED, says=absent + ": no such file")
        self.assertIn("tree/a.txt", self.lines("list", "p.npk"))
        before = (self.at / "p.npk").read_bytes()
        self.npk("pack", "-q", "p.npk", absent, code=INPUT_OUTPUT, says="no package is made")
        self.assertEqual((self.at / "p.npk").read_bytes(), before)

    def test_message_and_codecs(self):
        self.small_tree()
        for codec in ("store", "zstd", "lz4", "lzma2"):
            self.npk("pack", "-q", "--codec", codec, "--message", "two\nlines", "p.npk", "tree")
            info = self.json("info", "--json", "p.npk")
            self.assertEqual(info["message"], "two\nlines")
            self.npk("verify", "-q", "p.npk")
        for preset in ("--fast", "--max"):
            self.npk("pack", "-q", preset, "p.npk", "tree")
            self.npk("verify", "-q", "p.npk")

    def test_report(self):
        self.small_tree()
        report = self.json("pack", "--json", "p.npk", "tree")
        self.assertEqual(report["format"], "npk-pack-1")
        self.assertEqual((report["entries"], report["files"], report["directories"], report["failed_entries"]), (9, 4, 3, 0))
        self.assertEqual(report["package_bytes"], (self.at / "p.npk").stat().st_size)
        root = self.lines("hash", "p.npk")[-1]
        self.assertEqual(root, "content-root " + report["content_root"])

    def test_summary_only_if_wanted(self):
        self.small_tree()
        self.assertIn(b"9 entries", self.npk("pack", "p.npk", "tree").stderr)
        self.assertIn(b"content root", self.npk("pack", "-v", "p.npk", "tree").stderr)
        self.assertEqual(self.npk("pack", "-q", "p.npk", "tree").stderr, b"")


class Mistakes(harness.CommandTest):
    def test_one_clear_sentence_each(self):
        self.small_tree()
        for arguments, says in (
                (["p.npk"], "PATH is missing"), ([], "PACKAGE is missing"), (["--fast", "--max", "p.npk", "tree"], "does not go with"),
                (["--block-size", "12Q", "p.npk", "tree"], "is not a size"), (["--threads", "0", "p.npk", "tree"], "--threads"),
                (["--dedup", "all", "p.npk", "tree"], "--dedup"), (["--order", "size", "p.npk", "tree"], "--order"),
                (["--wrong", "p.npk", "tree"], "there is no option --wrong"),
                (["--codec", "rar", "p.npk", "tree"], "rar"), (["--chunk-size", "5000", "p.npk", "tree"], "chunk"),
                (["--memory", "1", "p.npk", "tree"], "memory"), (["--level", "99", "--codec", "zstd", "p.npk", "tree"], "level")):
            with self.subTest(arguments=arguments):
                done = self.npk("pack", *arguments, code=USAGE, says=says)
                self.assertTrue(done.stderr.startswith(b"npk pack: "))
                self.assertFalse((self.at / "p.npk").exists())

    def test_place_that_is_not_there(self):
        self.small_tree()
        self.npk("pack", "-q", "absent/p.npk", "tree", code=INPUT_OUTPUT, says="absent/p.npk")

    def test_failure_leaves_the_old_package(self):
        self.small_tree()
        self.npk("pack", "-q", "p.npk", "tree")
        before = (self.at / "p.npk").read_bytes()
        self.npk("pack", "-q", "--memory", "1", "p.npk", "tree", code=USAGE)
        self.assertEqual((self.at / "p.npk").read_bytes(), before)


def fill(top, seed=7):
    """A tree of some variety, the same every time."""
    rng = random.Random(seed)
    words = [bytes(rng.choices(b"abcdefgh ", k=8)) for _ in range(200)]
    for i in range(60):
        path = top / f"d{i % 7}" / f"f{i}.{'c' if i % 2 else 'txt'}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(rng.choices(words, k=rng.randrange(0, 3000))))
    (top / "big").write_bytes(rng.randbytes(3_000_000) + b"x" * 1_000_000)
    (top / "big2").write_bytes((top / "big").read_bytes()[5:])


class SameBytes(harness.CommandTest):
    def setUp(self):
        super().setUp()
        fill(self.at / "tree")
        for path in sorted((self.at / "tree").rglob("*")):
            os.utime(path, (1_600_000_000, 1_600_000_000))

    def digest(self, *arguments, **how):
        self.npk("pack", "-q", *arguments, "p.npk", "-C", "tree", ".", **how)
        return hashlib.sha256((self.at / "p.npk").read_bytes()).hexdigest()

    def test_threads_and_memory_change_nothing(self):
        epoch = {"SOURCE_DATE_EPOCH": "1700000000"}
        for preset in ([], ["--fast"]):
            digests = {self.digest(*preset, "--threads", threads, environment=epoch) for threads in ("1", "2", "4")}
            digests.add(self.digest(*preset, "--memory", "1G", environment=epoch))
            self.assertEqual(len(digests), 1)

    def test_reproducible_elsewhere(self):
        epoch = {"SOURCE_DATE_EPOCH": "1500000000"}
        first = self.digest("--reproducible", environment=epoch)
        shutil.move(self.at / "tree", self.at / "away")
        names = sorted((path.relative_to(self.at / "away") for path in (self.at / "away").rglob("*") if path.is_file()), reverse=True)
        for name in names:  # another order in the directories, other times, all newer than the date
            (self.at / "tree" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.at / "away" / name, self.at / "tree" / name)
        for path in (self.at / "tree").rglob("*"):
            path.chmod(os.lstat(self.at / "away" / path.relative_to(self.at / "tree")).st_mode & 0o7777)
        self.assertEqual(self.digest("--reproducible", environment=epoch), first)
        info = self.json("info", "--json", "p.npk")
        self.assertEqual(info["time"], "2017-07-14T02:40:00.000000000Z")

    def test_date_must_be_a_number(self):
        for wrong in ("", "x", "-5", "12 "):
            self.npk("pack", "-q", "p.npk", "tree", code=USAGE, says="SOURCE_DATE_EPOCH", environment={"SOURCE_DATE_EPOCH": wrong})

    def test_content_root_does_not_depend_on_the_layout(self):
        roots = set()
        for options in ([], ["--fast"], ["--codec", "lz4", "--block-size", "64K"], ["--dedup", "none"], ["--chunk-size", "16K"]):
            self.npk("pack", "-q", *options, "p.npk", "-C", "tree", ".")
            roots.add(self.lines("hash", "p.npk")[-1])
        self.assertEqual(len(roots), 1)

    def test_deduplication(self):
        found = {}
        for what in ("none", "files", "chunks"):
            found[what] = json.loads(self.npk("pack", "--json", "--dedup", what, "p.npk", "tree").stdout)["unique_bytes"]
        self.assertLessEqual(found["files"], found["none"])
        self.assertLess(found["chunks"], found["files"] - 2_000_000)


if __name__ == "__main__":
    harness.run()

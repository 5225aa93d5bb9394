"""npk list, cat, seek, hash, info: what is read out of a package."""

import json
import os
import subprocess

import harness
from harness import DAMAGED, INPUT_OUTPUT, SOME_FAILED, USAGE


class Reading(harness.CommandTest):
    def setUp(self):
        super().setUp()
        self.paths = self.small_tree()
        os.utime(self.at / "tree/a.txt", ns=(0, 1_600_000_000_123_456_789))
        os.chmod(self.at / "tree/a.txt", 0o4755)
        self.npk("pack", "-q", "p.npk", "tree")


class List(Reading):
    def test_long(self):
        lines = {line.split()[-1] if " link to " not in line and " -> " not in line else line.split()[5]: line
                 for line in self.lines("list", "-l", "p.npk")}
        self.assertTrue(lines["tree/a.txt"].startswith("-rwsr-xr-x "), lines["tree/a.txt"])
        self.assertIn(" 6 2020-09-13 12:26 tree/a.txt", lines["tree/a.txt"])
        self.assertTrue(lines["tree/z-hard"].startswith("hrwsr-xr-x "))
        self.assertTrue(lines["tree/z-hard"].endswith("tree/z-hard link to tree/a.txt"))
        self.assertTrue(lines["tree/link"].endswith("tree/link -> b/c.c"))
        self.assertTrue(lines["tree/pipe"].startswith("p"))
        self.assertTrue(lines["tree/d/"].startswith("d"))

    def test_as_tar_shows_it(self):
        subprocess.run(["tar", "-cf", "p.tar", "--sort=name", "tree"], cwd=self.at, check=True)
        shown = subprocess.run(["tar", "-tvf", "p.tar"], cwd=self.at, check=True, capture_output=True, text=True, env={**os.environ, "TZ": "UTC"})
        ours = [line.split() for line in self.lines("list", "-l", "p.npk") if " link to " not in line]
        theirs = [line.split() for line in shown.stdout.splitlines() if " link to " not in line]
        self.assertEqual(sorted(ours), sorted(theirs))

    def test_globs(self):
        self.assertEqual(self.lines("list", "p.npk", "tree/b"), ["tree/b", "tree/b/c.c", "tree/b/empty"])
        self.assertEqual(self.lines("list", "p.npk", "tree/b/", "./tree/a.txt", "tree/b/c.c"), ["tree/a.txt", "tree/b", "tree/b/c.c", "tree/b/empty"])
        self.assertEqual(self.lines("list", "p.npk", "*.c"), ["tree/b/c.c"])
        self.assertEqual(self.lines("list", "p.npk", "tree/[ab]*"), ["tree/a.txt", "tree/b", "tree/b/c.c", "tree/b/empty"])
        self.assertEqual(self.lines("list", "p.npk", "*/b", "tree/d"), ["tree/b", "tree/b/c.c", "tree/b/empty", "tree/d"])

    def test_glob_that_fits_nothing(self):
        for glob in ("absent", "*.absent", "tree/a", "[ab]"):
            done = self.npk("list", "p.npk", glob, "tree/d", code=SOME_FAILED, says=glob + ": fits no entry")
            self.assertEqual(done.stdout, b"tree/d\n")

    def test_json(self):
        listed = self.json("list", "--json", "p.npk")
        self.assertEqual(listed["format"], "npk-list-1")
        entries = {entry["path"]: entry for entry in listed["entries"]}
        self.assertEqual(list(entries), self.paths)
        entry = entries["tree/a.txt"]
        self.assertEqual((entry["kind"], entry["mode"], entry["size"]), ("file", "4755", 6))
        self.assertEqual(entry["mtime"], "2020-09-13T12:26:40.123456789Z")
        self.assertEqual(entry["link_group"], entries["tree/z-hard"]["link_group"])
        self.assertEqual(entries["tree/link"]["target"], "b/c.c")
        self.assertEqual(entries["tree/pipe"]["kind"], "fifo")
        digests = dict(reversed(line.split("  ", 1)) for line in self.lines("hash", "p.npk") if "  " in line)
        self.assertEqual(digests, {path: entry["digest"] for path, entry in entries.items() if "digest" in entry})

    def test_wrong_packages(self):
        self.npk("list", "absent.npk", code=INPUT_OUTPUT, says="absent.npk: can't open (No such file")
        self.npk("list", "tree/a.txt", code=DAMAGED, says="tree/a.txt")
        self.npk("list", "tree", code=INPUT_OUTPUT, says="Is a directory")
        self.npk("list", "-", code=USAGE, says="extract reads packages from standard input")
        self.npk("list", code=USAGE, says="PACKAGE is missing")
        self.write("empty")
        self.npk("list", "empty", code=DAMAGED)


class Content(Reading):
    def test_cat(self):
        whole = (self.at / "tree/b/c.c").read_bytes()
        self.assertEqual(self.npk("cat", "p.npk", "tree/b/c.c").stdout, whole)
        self.assertEqual(self.npk("cat", "p.npk", "./tree/b/c.c", "--offset", "1K").stdout, whole[1024:])
        self.assertEqual(self.npk("cat", "--offset", "3", "--length", "10", "p.npk", "tree/b/c.c").stdout, whole[3:13])
        self.assertEqual(self.npk("cat", "--offset", str(len(whole)), "p.npk", "tree/b/c.c").stdout, b"")
        self.assertEqual(self.npk("cat", "p.npk", "tree/b/empty").stdout, b"")

    def test_cat_of_what_has_no_content(self):
        self.npk("cat", "p.npk", "absent", code=SOME_FAILED, says="there is no such entry")
        self.npk("cat", "p.npk", "tree/d", code=SOME_FAILED, says="is a directory")
        self.npk("cat", "p.npk", "tree/link", code=SOME_FAILED, says="b/c.c")
        self.npk("cat", "--offset", "7", "p.npk", "tree/a.txt", code=USAGE, says="7")

    def test_seek(self):
        self.assertEqual(self.npk("seek", "p.npk", "tree/a.txt", "2", "3").stdout, b"pha")
        self.assertEqual(self.npk("seek", "p.npk", "tree/a.txt", "2").stdout, b"pha\n")
        cost = self.npk("seek", "-v", "p.npk", "tree/a.txt", "0", "1", says="frames touched").stderr
        self.assertIn(b"stored bytes read", cost)
        self.npk("seek", "p.npk", "tree/a.txt", code=USAGE, says="OFFSET is missing")
        self.npk("seek", "p.npk", "tree/a.txt", "far", code=USAGE, says="OFFSET: 'far' is not a size")

    def test_hash(self):
        lines = self.lines("hash", "p.npk", "tree/b")
        self.assertEqual([line.split("  ")[1] for line in lines], ["tree/b/c.c", "tree/b/empty"])
        self.assertEqual(lines[1].split()[0], "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262")
        self.assertTrue(self.lines("hash", "p.npk")[-1].startswith("content-root "))
        self.npk("hash", "p.npk", "absent", code=SOME_FAILED)

    def test_hash_escapes_as_b3sum(self):
        self.write("odd/new\nline", "x")
        self.write("odd/back\\slash", "x")
        self.npk("pack", "-q", "odd.npk", "odd")
        lines = self.npk("hash", "odd.npk").stdout.splitlines()
        self.assertTrue(lines[0].startswith(b"\\") and lines[0].endswith(b"  odd/back\\\\slash"))
        self.assertTrue(lines[1].startswith(b"\\") and lines[1].endswith(b"  odd/new\\nline"))

    def test_info(self):
        info = self.json("info", "--json", "p.npk")
        self.assertEqual(sum(info["bytes"].values()), info["package_bytes"])
        self.assertEqual(info["package_bytes"], (self.at / "p.npk").stat().st_size)
        self.assertEqual(info["totals"]["entries"], 9)
        self.assertEqual((info["symlinks"], info["devices"], info["hard_links"]), (1, 1, 1))
        self.assertEqual(sum(share["files"] for share in info["types"].values()), 4)
        self.assertEqual(info["types"][".c"]["content_bytes"], 2800)
        self.assertEqual(sum(share["unique_bytes"] for share in info["types"].values()), info["totals"]["unique_bytes"])
        self.assertEqual(sum(codec["blocks"] for codec in info["codecs"].values()), info["totals"]["blocks"])
        text = self.npk("info", "p.npk").stdout.decode()
        for word in ("content root", "catalog pages", ".c", "entries"):
            self.assertIn(word, text)


class ManyEntries(harness.CommandTest):
    COUNT = 84_000

    def test_list(self):
        for folder in range(84):
            (self.at / f"many/{folder:03}").mkdir(parents=True)
            for number in range(999):
                os.close(os.open(self.at / f"many/{folder:03}/file{number}", os.O_CREAT | os.O_WRONLY))
        self.npk("pack", "-q", "p.npk", "-C", "many", ".")
        listed = self.npk("list", "p.npk").stdout.splitlines()
        self.assertEqual(len(listed), self.COUNT)
        self.assertEqual(listed, sorted(listed, key=lambda path: path.split(b"/")))
        self.assertEqual(len(self.npk("list", "-l", "p.npk").stdout.splitlines()), self.COUNT)
        self.assertEqual(len(json.loads(self.npk("list", "--json", "p.npk").stdout)["entries"]), self.COUNT)
        self.npk("verify", "p.npk")


if __name__ == "__main__":
    harness.run()

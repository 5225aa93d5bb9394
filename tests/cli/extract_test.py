"""npk extract: places, existing files, patterns, pipes."""

import harness
from harness import DAMAGED, INPUT_OUTPUT, SOME_FAILED, USAGE


class Extract(harness.CommandTest):
    def setUp(self):
        super().setUp()
        self.paths = self.small_tree()
        self.npk("pack", "-q", "p.npk", "tree")

    def test_round_trip(self):
        self.npk("extract", "-C", "new/place", "p.npk")
        self.same_tree("tree", "new/place/tree")
        one, other = (self.at / "new/place/tree" / name for name in ("a.txt", "z-hard"))
        self.assertEqual(one.stat().st_ino, other.stat().st_ino)

    def test_from_a_pipe(self):
        self.npk("extract", "-C", "out", "-", stdin=(self.at / "p.npk").read_bytes())
        self.same_tree("tree", "out/tree")

    def test_threads_and_memory(self):
        for number, options in enumerate((["--threads", "1"], ["--threads", "4"], ["--memory", "1G"])):
            self.npk("extract", *options, "-C", f"out{number}", "p.npk")
            self.same_tree("tree", f"out{number}/tree")

    def test_strip_components(self):
        self.npk("extract", "--strip-components", "1", "-C", "out", "p.npk")
        self.assertEqual(sorted(path.name for path in (self.at / "out").iterdir()), ["a.txt", "b", "d", "link", "pipe", "z-hard"])

    def test_globs(self):
        self.npk("extract", "-C", "out", "p.npk", "tree/b", "*.txt")
        found = sorted(str(path.relative_to(self.at / "out")) for path in (self.at / "out").rglob("*"))
        self.assertEqual(found, ["tree", "tree/a.txt", "tree/b", "tree/b/c.c", "tree/b/empty"])
        self.npk("extract", "-C", "out2", "p.npk", "tree/b", "absent", code=SOME_FAILED, says="absent")
        self.assertTrue((self.at / "out2/tree/b/c.c").exists())

    def test_existing_files(self):
        for options, code, content in (([], SOME_FAILED, b"mine"), (["--keep"], 0, b"mine"), (["--overwrite"], 0, b"alpha\n")):
            with self.subTest(options=options):
                target = f"out{len(options)}{code}{len(content)}"
                self.write(f"{target}/tree/a.txt", "mine")
                done = self.npk("extract", *options, "-C", target, "p.npk", code=code)
                self.assertEqual((self.at / target / "tree/a.txt").read_bytes(), content)
                self.assertTrue((self.at / target / "tree/b/c.c").exists())
                self.assertEqual(b"tree/a.txt" in done.stderr, not options)

    def test_a_directory_in_the_way_names_each_entry_below(self):
        (self.at / "out/tree").mkdir(parents=True)
        (self.at / "out/tree/b").symlink_to("/nowhere")
        done = self.npk("extract", "-C", "out", "p.npk", code=SOME_FAILED)
        for path in ("tree/b/c.c", "tree/b/empty"):
            self.assertIn(f"{path}: 'tree/b': a symbolic link is there", done.stderr.decode())

    def test_mistakes(self):
        self.npk("extract", "--keep", "--overwrite", "p.npk", code=USAGE, says="does not go with")
        self.npk("extract", "absent.npk", code=INPUT_OUTPUT, says="absent.npk")
        self.npk("extract", "tree/a.txt", code=DAMAGED)
        self.npk("extract", "-", code=DAMAGED, stdin=b"")
        self.npk("extract", "-C", "tree/a.txt", "p.npk", code=INPUT_OUTPUT)

    def test_cut_short(self):
        whole = (self.at / "p.npk").read_bytes()
        self.npk("extract", "-C", "out", "-", code=DAMAGED, stdin=whole[:-20])
        self.write("cut.npk", whole[: len(whole) // 2])
        done = self.npk("extract", "-C", "out2", "cut.npk", code=DAMAGED)
        self.assertNotEqual(done.stderr, b"")


if __name__ == "__main__":
    harness.run()

"""npk recover: what it says, its exit codes and its JSON."""

import harness
from harness import DAMAGED, DONE, INPUT_OUTPUT, USAGE


class Recover(harness.CommandTest):
    def setUp(self):
        super().setUp()
        self.small_tree()
        for number in range(6):
            self.write(f"tree/n{number}", bytes((number * 37 + i * i) % 256 for i in range(90_000)))
        self.npk("pack", "-q", "--codec", "store", "--block-size", "64K", "p.npk", "tree")
        self.whole = (self.at / "p.npk").read_bytes()

    def damage(self, at, length=1):
        self.write("damaged.npk", self.whole[:at] + bytes(length) + self.whole[at + length:])

    def extract_and_compare(self, package):
        self.npk("extract", "-q", "-C", "out", package)
        self.same_tree("tree", "out/tree")

    def test_a_whole_one(self):
        self.npk("recover", "p.npk", "-o", "saved.npk", says="nothing is lost")
        self.extract_and_compare("saved.npk")
        self.assertEqual((self.at / "p.npk").read_bytes(), self.whole)

    def test_without_its_end(self):
        self.write("damaged.npk", self.whole[:-100])
        self.npk("recover", "damaged.npk", "-o", "saved.npk", says="nothing is lost")
        self.npk("verify", "saved.npk")
        self.extract_and_compare("saved.npk")

    def test_one_bad_block_loses_what_lies_in_it(self):
        inside = self.whole.index(bytes((3 * 37 + i * i) % 256 for i in range(300)))
        self.damage(inside + 10, 100)
        done = self.npk("recover", "damaged.npk", "-o", "saved.npk", code=DAMAGED, says="tree/n3: ")
        report = self.json("recover", "--json", "damaged.npk", "-o", "saved.npk", code=DAMAGED)
        self.assertEqual(report["format"], "npk-recover-1")
        self.assertFalse(report["complete"])
        lost = [entry["path"] for entry in report["lost"]]
        self.assertIn("tree/n3", lost)
        for path in lost:
            self.assertIn(path.encode(), done.stderr)
        listed = set(self.lines("list", "saved.npk"))
        self.assertEqual(listed, set(self.lines("list", "p.npk")) - set(lost))
        self.npk("verify", "saved.npk")
        self.assertEqual(report["saved"]["entries"], len(listed))

    def test_in_part(self):
        inside = self.whole.index(bytes((3 * 37 + i * i) % 256 for i in range(300)))
        self.damage(inside + 10, 100)
        self.npk("recover", "--partial", "damaged.npk", "-o", "saved.npk", code=DAMAGED)
        self.assertIn("tree/n3", self.lines("list", "saved.npk"))
        kept = self.npk("cat", "saved.npk", "tree/n3").stdout
        self.assertEqual(len(kept), 90_000)

    def test_mistakes(self):
        self.npk("recover", "p.npk", code=USAGE, says="-o FILE")
        self.npk("recover", "p.npk", "-o", "p.npk", code=USAGE, says="never written to")
        self.npk("recover", "none.npk", "-o", "q.npk", code=INPUT_OUTPUT)
        self.write("noise", bytes(5000))
        self.npk("recover", "noise", "-o", "q.npk", code=DAMAGED)
        self.assertFalse((self.at / "q.npk").exists())
        self.assertEqual((self.at / "p.npk").read_bytes(), self.whole)

    def test_the_generation_before(self):
        self.write("tree/new", b"new" * 10_000)
        self.npk("append", "-q", "p.npk", "tree")
        grown = (self.at / "p.npk").read_bytes()
        self.write("damaged.npk", grown[:len(self.whole) + 100] + b"\xff" * 8 + grown[len(self.whole) + 108:])
        self.npk("recover", "damaged.npk", "-o", "saved.npk", code=DAMAGED, says="generation 1 is the newest that is whole")
        self.npk("recover", "--newest", "damaged.npk", "-o", "newest.npk", code=DAMAGED, says="tree/new: lost")
        (self.at / "tree/new").unlink()
        self.assertNotIn("tree/new", self.lines("list", "saved.npk"))
        self.npk("recover", "-q", "saved.npk", "-o", "again.npk", code=DONE)


if __name__ == "__main__":
    harness.run()

"""Small blocks share bases: npk pack --block-size, npk info --blocks, and all of it comes back from a file, a pipe and parts."""

import random

import harness


class Bases(harness.CommandTest):
    def setUp(self):
        super().setUp()
        source = random.Random(3)
        words = ["".join(source.choice("abcdefghij_") for _ in range(source.randrange(3, 12))) for _ in range(900)]
        shared = [" ".join(source.choice(words) for _ in range(900)) for _ in range(6)]
        for number in range(150):
            own = " ".join(source.choice(words) for _ in range(1_500))
            self.write(f"t/d{number % 5}/f{number}.c", shared[number % 6] + "\n" + own + "\n")

    def blocks(self, package):
        return self.json("info", "--blocks", "--json", package)["blocks"]

    def with_base(self, package):
        return [block for block in self.blocks(package) if block["reason"] == "compressed with a base"]

    def comes_back(self, package):
        self.npk("verify", "-q", package)
        self.npk("extract", "-q", "-C", package + ".d", package)
        self.same_tree("t", package + ".d/t")

    def test_small_blocks_have_them(self):
        self.npk("pack", "-q", "--block-size", "128K", "p.npk", "t")
        self.assertGreater(len(self.with_base("p.npk")), 5)
        self.comes_back("p.npk")
        with open(self.at / "p.npk", "rb") as stream:
            self.npk("extract", "-q", "-C", "pipe", "-", stdin=stream.read())
        self.same_tree("t", "pipe/t")
        self.npk("pack", "-q", "--block-size", "4M", "q.npk", "t")
        self.assertEqual(self.with_base("q.npk"), [])

    def test_appended_compacted_recompressed(self):
        self.npk("pack", "-q", "--block-size", "64K", "p.npk", "t")
        self.write("t/new.c", "x" * 1_000)
        self.npk("append", "-q", "--block-size", "64K", "p.npk", "t")
        self.npk("compact", "-q", "p.npk")
        self.assertGreater(len(self.with_base("p.npk")), 5)
        self.comes_back("p.npk")
        self.npk("recompress", "-q", "--block-size", "256K", "p.npk")
        self.assertGreater(len(self.with_base("p.npk")), 1)
        self.npk("verify", "-q", "p.npk")

    def test_in_parts(self):
        self.npk("pack", "-q", "--block-size", "128K", "--volume-size", "4M", "v.npk", "t")
        self.npk("verify", "-q", "v.npk.001")


if __name__ == "__main__":
    harness.run()

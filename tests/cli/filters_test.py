"""npk pack with its filters, --no-filters and --chain, npk info --blocks, npk recompress: what blocks go through, and that all of it comes back."""

import json
import random

import harness
from harness import USAGE


class Filters(harness.CommandTest):
    def setUp(self):
        super().setUp()
        source = random.Random(1)
        records = [{"id": number, "name": f"record {source.randrange(10_000)}", "score": source.randrange(1_000) / 10} for number in range(6_000)]
        self.write("t/a.json", json.dumps(records, indent=1))
        self.write("t/b.svg", "<svg>\n" + "".join(f'  <rect x="{source.randrange(500)}" y="{source.randrange(500)}"/>\n' for _ in range(6_000)) + "</svg>\n")
        self.write("t/c.log", "".join(f"2026-11-28T10:{i // 60 % 60:02}:{i % 60:02} host daemon[{source.randrange(900)}]: took {source.randrange(5_000)} ms\n"
                                      for i in range(6_000)))

    def blocks(self, package):
        return self.json("info", "--blocks", "--json", package)["blocks"]

    def chains(self, package):
        return {block["chain"].split(":")[0] for block in self.blocks(package)}

    def comes_back(self, package):
        self.npk("verify", "-q", package)
        self.npk("extract", "-q", "-C", package + ".d", package)
        self.same_tree("t", package + ".d/t")
        with open(self.at / package, "rb") as stream:
            self.npk("extract", "-q", "-C", package + ".pipe", "-", stdin=stream.read())
        self.same_tree("t", package + ".pipe/t")

    def test_a_trial_chooses(self):
        self.npk("pack", "-q", "--no-filters", "p.npk", "t")
        self.assertEqual(self.chains("p.npk"), {"zstd"})
        self.npk("pack", "-q", "q.npk", "t")
        self.assertEqual(self.chains("q.npk"), {"json+zstd", "markup+zstd", "lines+zstd"})
        self.assertTrue(all(" % in a trial" in block["reason"] for block in self.blocks("q.npk")))
        self.assertLess((self.at / "q.npk").stat().st_size, (self.at / "p.npk").stat().st_size)
        self.comes_back("q.npk")
        self.assertIn("json saves", "\n".join(self.lines("info", "--blocks", "q.npk")))

    def test_threads_do_not_change_the_bytes(self):
        for threads in "14":
            self.npk("pack", "-q", "--reproducible", "--threads", threads, threads + ".npk", "t")
        self.assertEqual((self.at / "1.npk").read_bytes(), (self.at / "4.npk").read_bytes())

    def test_a_chain_is_forced(self):
        for chain, begin in (("json+zstd:3", "json+zstd:3"), ("element_delta+byte_shuffle+lz4", ""), ("words+lzma2", "words+lzma2"),
                             ("lines+words+zstd", "lines+"),
                             ("lz4", "lz4")):
            package = chain.replace("+", "_").replace(":", "_") + ".npk"
            self.npk("pack", "-q", "--chain", chain, package, "t")
            self.assertTrue(any(block["chain"].startswith(begin) for block in self.blocks(package)), self.blocks(package))
            self.comes_back(package)

    def test_wrong_chains(self):
        for chain, why in (("gzip", "neither a filter"), ("zstd+json", "neither a filter"), ("json+zstd:x", "no level"), ("json+" * 8 + "zstd", "at most 7")):
            self.npk("pack", "-q", "--chain", chain, "p.npk", "t", code=USAGE, says=why)
        self.npk("pack", "-q", "--filters", "--no-filters", "p.npk", "t", code=USAGE)
        self.npk("pack", "-q", "--chain", "json", "--codec", "zstd", "p.npk", "t", code=USAGE, says="not beside")
        self.assertFalse((self.at / "p.npk").exists())

    def test_recompress(self):
        self.npk("pack", "-q", "--no-filters", "p.npk", "t/a.json")
        before = self.npk("hash", "p.npk").stdout
        report = self.json("recompress", "--json", "p.npk")
        self.assertEqual((report["format"], report["copied_blocks"]), ("npk-recompress-1", 0))
        self.assertEqual(self.chains("p.npk"), {"json+zstd"})
        self.assertEqual(self.npk("hash", "p.npk").stdout, before)
        self.npk("recompress", "-q", "--max", "-o", "q.npk", "p.npk")
        self.assertTrue(any("lzma2" in chain for chain in self.chains("q.npk")))
        self.assertEqual(self.npk("hash", "q.npk").stdout, before)


if __name__ == "__main__":
    harness.run()

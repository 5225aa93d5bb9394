"""npk verify, and the exit codes of damage: where it is and which files it costs."""

import random

import harness
from harness import DAMAGED, USAGE


class Verify(harness.CommandTest):
    def setUp(self):
        super().setUp()
        rng = random.Random(3)
        for number in range(12):
            self.write(f"tree/f{number:02}", rng.randbytes(100_000))
        self.write("tree/large", rng.randbytes(6_000_000))
        self.write("tree/copy", (self.at / "tree/large").read_bytes())
        self.npk("pack", "-q", "--block-size", "256K", "p.npk", "-C", "tree", ".")
        self.package = bytearray((self.at / "p.npk").read_bytes())

    def damaged(self, at):
        package = bytearray(self.package)
        package[at] ^= 1
        self.write("d.npk", bytes(package))

    def test_sound(self):
        report = self.json("verify", "--json", "p.npk")
        self.assertTrue(report["ok"])
        self.assertEqual(report["damages"], [])
        self.assertEqual(report["package_bytes"], len(self.package))
        self.assertEqual(report["content_root"], self.json("info", "--json", "p.npk")["content_root"])
        self.assertEqual(report["file_digests"], 1)  # large, and its copy with it
        self.assertEqual(self.npk("verify", "p.npk").stdout[:4], b"ok: ")
        self.assertEqual(self.npk("verify", "-q", "p.npk").stdout, b"")

    def test_quick_does_not_look_into_blocks(self):
        report = self.json("verify", "--quick", "--json", "p.npk")
        self.assertEqual((report["ok"], report["chunks"], report["decoded_bytes"]), (True, 0, 0))
        self.assertEqual(report["blocks"], self.json("info", "--json", "p.npk")["totals"]["blocks"])
        self.damaged(3_000_000)
        self.npk("verify", "--quick", "d.npk")
        self.npk("verify", "d.npk", code=DAMAGED)

    def test_parts_make_a_whole(self):
        whole = self.json("verify", "--json", "p.npk")
        for parts in (1, 3, 1000):
            reports = [self.json("verify", "--json", "--part", f"{k}/{parts}", "p.npk") for k in range(1, min(parts, 40) + 1)]
            for name in ("blocks", "chunks", "decoded_bytes", "file_digests"):
                if parts < 1000:
                    self.assertEqual(sum(report[name] for report in reports), whole[name], name)
        self.damaged(3_000_000)
        codes = [self.json("verify", "--json", "--part", f"{k}/4", "d.npk", code=None)["ok"] for k in range(1, 5)]
        self.assertEqual(codes.count(False), 1)

    def npk(self, *arguments, code=0, **how):
        if code is not None:
            return super().npk(*arguments, code=code, **how)
        try:
            return super().npk(*arguments, **how)
        except AssertionError:
            return super().npk(*arguments, code=DAMAGED, **how)

    def test_wrong_parts(self):
        for part in ("0/3", "4/3", "x", "1/", "/2", "1/2/3"):
            self.npk("verify", "--part", part, "p.npk", code=USAGE, says="K/N")
        self.npk("verify", "--quick", "--part", "1/2", "p.npk", code=USAGE)

    def test_block_costs_its_files(self):
        self.damaged(3_000_000)
        report = self.json("verify", "--json", "d.npk", code=DAMAGED)
        self.assertEqual([damage["kind"] for damage in report["damages"]], ["block"])
        damage = report["damages"][0]
        self.assertLess(damage["offset"], 3_000_000)
        hit = [file["path"] for file in damage["files"]]
        self.assertTrue(hit)
        self.assertEqual(hit, sorted(hit))
        for path in self.lines("list", "d.npk"):
            code = DAMAGED if path in hit else 0
            self.npk("cat", "d.npk", path, code=code)
        said = self.npk("verify", "d.npk", code=DAMAGED).stderr.decode()
        self.assertIn(f"at byte {damage['offset']}", said)
        self.assertIn(hit[0], said)

    def test_every_flip_is_noticed(self):
        rng = random.Random(5)
        places = [*range(0, 96, 7), *rng.sample(range(96, len(self.package)), 120), *range(len(self.package) - 400, len(self.package), 13)]
        for at in places:
            self.damaged(at)
            report = self.npk("verify", "--json", "d.npk", code=DAMAGED)
            self.assertTrue(report.stdout or report.stderr, at)

    def test_cut_and_followed(self):
        for length in (0, 50, 96, 1000, len(self.package) // 2, len(self.package) - 1):
            self.write("d.npk", bytes(self.package[:length]))
            self.npk("verify", "d.npk", code=DAMAGED)
        self.write("d.npk", bytes(self.package) + b"more")
        report = self.json("verify", "--json", "d.npk", code=DAMAGED)
        trailing = [damage for damage in report["damages"] if damage["kind"] == "trailing"]
        self.assertEqual([damage["offset"] for damage in trailing], [len(self.package)])
        self.assertIn("4 bytes", trailing[0]["message"])

    def test_within_a_larger_file(self):
        self.write("d.npk", b"#!/bin/sh\n" * 100 + bytes(self.package))
        self.npk("verify", "d.npk")
        self.assertEqual(self.lines("list", "d.npk"), self.lines("list", "p.npk"))

    def test_several_damages(self):
        package = bytearray(self.package)
        for at in (2_000_000, 4_000_000, 6_000_000):
            package[at] ^= 1
        self.write("d.npk", bytes(package))
        report = self.json("verify", "--json", "d.npk", code=DAMAGED)
        self.assertEqual(len(report["damages"]), 3)
        offsets = [damage["offset"] for damage in report["damages"]]
        self.assertEqual(offsets, sorted(offsets))


if __name__ == "__main__":
    harness.run()
